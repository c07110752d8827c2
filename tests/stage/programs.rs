//! How a backend and a front end are started on the mock's machines.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Result;
use tokio::process::Command;

use crate::{
    CLIENT_ACCOUNT, SERVER_ACCOUNT,
    mock::Mock,
    process::{Process, field, program},
};

/// The URL of an SQLite database in a folder.
pub(crate) fn database_in(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("ot-booking.db").display())
}

/// Roles for the client account: all that act, so that a scene may do anything; and a person it may
/// act for.
const ACCESS: &str = r#"
roles = ["legacy", "coordinator", "integration", "auditor", "admin"]
act_as = true

[people."vera"]
roles = ["viewer"]

[people."anna"]
roles = ["coordinator", "auditor", "legacy"]

[people."anna.berg@hospital.example"]
roles = ["admin", "auditor", "coordinator"]
"#;

/// Arguments of a backend whose access file gives the client account everything.
pub(crate) fn hospital_args(folder: &Path, url: &str, seed: &str) -> Result<Vec<String>> {
    let access = folder.join("access.toml");
    std::fs::write(&access, format!("[accounts.\"{CLIENT_ACCOUNT}\"]{ACCESS}"))?;
    let access = access.display().to_string();
    let args = ["--database-url", url, "--seed", seed, "--access", &access];
    Ok(args.map(str::to_owned).to_vec())
}

/// A backend on the article's server machine, with these arguments.
pub(crate) async fn start_server(
    mock: &Mock,
    listen: SocketAddr,
    args: &[String],
) -> Result<(Process, SocketAddr)> {
    let mut command = Command::new(program("booking-server")?);
    mock.place(&mut command, 1);
    command
        .args(args)
        .args(["--log-format", "json", "--listen", &listen.to_string()]);
    let mut process = Process::start("booking-server", command)?;
    let started = process
        .announced("Booking OT service started successfully!")
        .await?;
    let address = field(&started, "address")?.parse()?;
    Ok((process, address))
}

/// What the front end logs beside the link that signs somebody in.
pub(crate) const LINK: &str = "whoever opens this link is signed in: for demonstrations only";

/// Arguments of a front end at which Anna is signed in by a link, and stays so when it is restarted.
pub(crate) fn people_args(folder: &Path) -> Result<Vec<String>> {
    let (people, key) = (folder.join("people.toml"), folder.join("session.key"));
    std::fs::write(&people, "[people.anna]\ndisplay_name = \"Anna Berg\"\n")?;
    let (people, key) = (people.display().to_string(), key.display().to_string());
    let args = [
        "--users",
        &people,
        "--session-key",
        &key,
        "--demo-person",
        "anna",
    ];
    Ok(args.map(str::to_owned).to_vec())
}

/// The file that is there while somebody wishes the backend restarted.
pub(crate) fn wish(folder: &Path) -> PathBuf {
    folder.join("restart-wished")
}

pub(crate) async fn start_web(
    mock: &Mock,
    folder: &Path,
    backend: SocketAddr,
    listen: SocketAddr,
    web_args: &[String],
) -> Result<(Process, SocketAddr)> {
    let mut command = Command::new(program("booking-web")?);
    mock.place(&mut command, 0);
    command.args([
        "--backend",
        &backend.to_string(),
        "--backend-account",
        SERVER_ACCOUNT,
    ]);
    command.args(["--log-format", "json", "--listen", &listen.to_string()]);
    command.args(["--accounts-admin", mock.admin()]);
    command.args(["--own-account", CLIENT_ACCOUNT]);
    let wish = wish(folder);
    let wish = wish.display();
    command.arg("--drill-restart").arg(format!(
        "touch '{wish}'; while [ -e '{wish}' ]; do sleep 0.1; done"
    ));
    command.args(web_args);
    let mut process = Process::start("booking-web", command)?;
    let started = process.announced("Booking web front end started").await?;
    if web_args.iter().any(|arg| arg == "--demo-person") {
        process.announced(LINK).await?;
    }
    let address = field(&started, "address")?.parse()?;
    Ok((process, address))
}
