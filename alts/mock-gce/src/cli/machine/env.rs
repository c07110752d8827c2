//! `mock-gce env`: lines for a shell.

use alts_daemon::admin::client::print;

use super::EnvArgs;

pub(super) fn run(args: EnvArgs) -> anyhow::Result<()> {
    let instance = args.which.instance()?;
    let record = instance.running()?;
    let api = format!("http://{}/", record.api);
    let token = instance.operator_token().display().to_string();
    let admin = format!("unix:{}", instance.admin_socket().display());
    let lines = [
        ("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM", api.as_str()),
        ("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", &token),
        ("CLOUDSDK_CORE_PROJECT", &record.project),
        ("ALTS_HANDSHAKER_ADMIN", &admin),
    ];
    let text: String = lines
        .iter()
        .map(|(name, value)| format!("export {name}={}\n", quoted(value)))
        .collect();
    print(&text)
}

/// As one word of a POSIX shell.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_word_whatever_is_in_it() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's $(here)"), r"'it'\''s $(here)'");
    }
}
