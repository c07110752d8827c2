//! What may be typed, and the manual: clap definitions only, no decisions.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use alts::{HandshakerArgs, ServiceAccount};
use axum::http::Uri;
use clap::{Parser, builder::NonEmptyStringValueParser};
use jiff::SignedDuration;

use crate::telemetry::LogFormat;

/// The longest `--backend-timeout`: no person waits longer for a page.
const MAX_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// The booking suite's pages for a browser: a hospital's theatre board, over ALTS to the backend.
///
/// Serves plain HTTP; put a proxy that speaks HTTPS in front of it wherever others than this
/// machine's users can reach it. The backend has to prove that it is one of the accounts given
/// here, and sees this machine's account; each page shows both. No key or password is configured:
/// the machine's handshaker holds them.
#[derive(Debug, Parser)]
#[command(version, after_long_help = EXAMPLES)]
pub struct Cli {
    /// The booking service, as HOST:PORT
    #[arg(
        long,
        value_name = "HOST:PORT",
        env = "OT_BACKEND",
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub backend: String,

    /// Service accounts the backend may prove to be; any one of them will do
    ///
    /// Repeat it or join several by commas. Case matters.
    #[arg(
        long = "backend-account",
        value_name = "ACCOUNT",
        env = "OT_BACKEND_ACCOUNTS",
        value_delimiter = ',',
        num_args = 1..,
        required = true
    )]
    pub backend_accounts: Vec<ServiceAccount>,

    /// How long a look-up may take before the page says that it took too long
    ///
    /// A number with a unit: 5s, 500ms, 1m 30s. At most 5m.
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = parse_timeout)]
    pub backend_timeout: Duration,

    /// Address and port to serve on; port 0 takes a free one and logs it
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "OT_WEB_LISTEN",
        default_value = "127.0.0.1:8000"
    )]
    pub listen: SocketAddr,

    /// Names under which browsers reach this front end, when it is behind a proxy
    ///
    /// On a loopback address, requests for other names than localhost and these are refused, so
    /// that no page elsewhere can read bookings through a visitor's browser. On other addresses
    /// every name is answered unless some are given. Repeat it or join several by commas.
    #[arg(
        long = "public-host",
        value_name = "NAME",
        env = "OT_WEB_PUBLIC_HOSTS",
        value_delimiter = ',',
        value_parser = parse_host
    )]
    pub public_hosts: Vec<String>,

    /// People who may sign in: a TOML file with names and hashes of passwords
    ///
    /// Roles are the backend's business (its access file), under the same names. Without this and
    /// without --person-header or --iap-audience nobody signs in: on a loopback address being on the machine is the
    /// sign-in, on others only single look-ups are answered.
    #[arg(
        long,
        value_name = "FILE",
        env = "OT_WEB_USERS",
        conflicts_with = "person_header"
    )]
    pub users: Option<PathBuf>,

    /// A key that keeps people signed in when this program is started again; made when not there
    ///
    /// FILE.ended beside it keeps who has signed out.
    #[arg(long, value_name = "FILE", env = "OT_WEB_SESSION_KEY")]
    pub session_key: Option<PathBuf>,

    /// For demonstrations: a link in the log signs whoever opens it in as this user
    #[arg(long, value_name = "NAME", requires = "users")]
    pub demo_person: Option<String>,

    /// The header in which a trusted proxy names the person it has signed in
    ///
    /// The proxy must put its own in place of any that a visitor sends; its documentation says which
    /// one it is. What somebody may do stands under the name in it in the backend's access file.
    #[arg(long, value_name = "HEADER", requires = "trusted_proxies", value_parser = parse_header)]
    pub person_header: Option<axum::http::HeaderName>,

    /// Addresses of proxies that are believed about persons and about where these come from
    ///
    /// The address of the connection counts, no header. A request from elsewhere is nobody's. Tries
    /// to sign in are counted by address: behind a proxy, by the last one in X-Forwarded-For that is
    /// not a proxy's own. Repeat it or join several by commas.
    #[arg(long = "trusted-proxy", value_name = "ADDRESS", value_delimiter = ',')]
    pub trusted_proxies: Vec<IpAddr>,

    /// Who signs in has done so at Google's Identity-Aware Proxy: the backend service that it protects
    ///
    /// Written /projects/NUMBER/global/backendServices/ID. Pages are then for whom the proxy's signed header names, by the
    /// e-mail address that the backend's access file has too, and for nobody else. GET /healthz is for the balancer's check.
    #[arg(
        long,
        value_name = "AUDIENCE",
        env = "OT_WEB_IAP_AUDIENCE",
        value_parser = NonEmptyStringValueParser::new(),
        conflicts_with_all = ["users", "person_header", "trusted_proxies"]
    )]
    pub iap_audience: Option<String>,

    /// Where the keys are that Identity-Aware Proxy signs with
    #[arg(
        long,
        value_name = "URL",
        env = "OT_WEB_IAP_KEYS",
        default_value = "https://www.gstatic.com/iap/verify/public_key-jwk"
    )]
    pub iap_keys: Uri,

    /// For demonstrations: the mock cloud's admin service, HOST:PORT or unix:/PATH
    ///
    /// Gives everybody who may look a page that switches service accounts.
    #[arg(long, value_name = "ADDRESS", env = "OT_WEB_ACCOUNTS_ADMIN")]
    pub accounts_admin: Option<String>,

    /// This front end's own service account, for the drill on the accounts page
    #[arg(long, value_name = "ACCOUNT", requires = "accounts_admin")]
    pub own_account: Option<ServiceAccount>,

    /// A shell command that restarts the backend, for the drill on the accounts page
    #[arg(long, value_name = "COMMAND", requires = "accounts_admin")]
    pub drill_restart: Option<String>,

    /// How log lines are written on stderr
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub log_format: LogFormat,

    /// The handshaker this machine runs. Last, because its help heading holds for what follows.
    #[command(flatten)]
    pub handshaker: HandshakerArgs,
}

/// Reads a duration as people type it; the error says what would have been understood.
fn parse_timeout(typed: &str) -> Result<Duration, String> {
    let example = "write a number with a unit, for example 5s, 500ms or 1m30s";
    let signed: SignedDuration = typed
        .parse()
        .map_err(|_| format!("not a duration; {example}"))?;
    let timeout = Duration::try_from(signed).map_err(|_| format!("negative; {example}"))?;
    if timeout.is_zero() {
        return Err(format!("no time at all; {example}"));
    }
    if timeout > MAX_TIMEOUT {
        return Err("longer than a person waits; give at most 5m".to_owned());
    }
    Ok(timeout)
}

/// A header's name.
fn parse_header(typed: &str) -> Result<axum::http::HeaderName, String> {
    typed
        .parse()
        .map_err(|_| "not the name of a header; write it like X-Person".to_owned())
}

/// A host name as it stands in a browser's address bar, without scheme and port.
fn parse_host(typed: &str) -> Result<String, String> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    if typed.is_empty() || !typed.bytes().all(allowed) {
        return Err(
            "not a host name; write it without scheme and port, like ot.example.org".into(),
        );
    }
    Ok(typed.to_owned())
}

const EXAMPLES: &str = "\
Examples:
  In front of the article's backend, on a machine of Google Compute Engine:
    booking-web --backend 10.128.0.2:8080 \\
        --backend-account prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com

  On one machine, with a handshaker of your own (for example 'alts-handshaker mock'):
    booking-web --handshaker-address 127.0.0.1:18080 --allow-untrusted-handshaker \\
        --backend 127.0.0.1:8080 \\
        --backend-account prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com

  Behind a proxy that serves it as https://ot.example.org:
    booking-web --public-host ot.example.org --backend ... --backend-account ...

  Behind Google's load balancer with Identity-Aware Proxy, which signs people in:
    booking-web --listen 0.0.0.0:8000 --public-host ot.example.org \\
        --iap-audience /projects/123456789012/global/backendServices/4567890123456789012 ...

  With people who sign in; the first command asks for a password and prints its hash:
    booking-web hash-password
    booking-web --users people.toml --session-key session.key --backend ...

Stops on SIGINT or SIGTERM after answering the requests that have begun; a second signal stops it
at once. GET /healthz answers 'ok' while it runs.

Exit codes:
    0  stopped by a signal
    1  could not start or had to stop; stderr names the cause
    2  the command line is wrong
  130  stopped by a second signal";

#[cfg(test)]
#[path = "cli_tests.rs"]
mod tests;
