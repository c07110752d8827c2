//! Tests of `isolation.rs`.

use super::*;

#[test]
fn each_reason_has_its_remedy() {
    type Setting = (&'static str, &'static str);
    let cases: [(&str, &[Setting], &str); 5] = [
        (
            "unshare: unshare failed: Operation not permitted",
            &[("kernel.unprivileged_userns_clone", "0")],
            "sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        (
            "mount: permission denied",
            &[
                ("kernel.unprivileged_userns_clone", "1"),
                ("kernel.apparmor_restrict_unprivileged_userns", "1"),
            ],
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        (
            "unshare: unshare failed: No space left on device",
            &[("user.max_user_namespaces", "0")],
            "sysctl -w user.max_user_namespaces=15000",
        ),
        ("sh: 1: ip: not found", &[], "install iproute2"),
        (
            "sh: 1: cannot create /proc/sys/net/ipv4/ip_forward: Read-only file system",
            &[],
            "Read-only file system; run this as root; in a container",
        ),
    ];
    for (said, switches, expected) in cases {
        let read = |setting: &str| {
            let found = switches.iter().find(|(name, _)| *name == setting)?;
            Some(format!("{}\n", found.1))
        };
        let error = explain(said, read).to_string();
        assert!(error.contains(expected), "{expected}\n  {error}");
        assert!(error.starts_with("cannot make machines here: "));
        assert_eq!(error.lines().count(), 1);
    }
}
