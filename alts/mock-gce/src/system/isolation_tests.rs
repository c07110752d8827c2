//! Tests of `isolation.rs`.

use super::*;

#[test]
fn each_reason_has_its_remedy() {
    let set = |value: &str| Some(value.to_owned());
    let cases = [
        (
            "unshare: unshare failed: Operation not permitted",
            Switches {
                unprivileged_userns_clone: set("0"),
                ..Switches::default()
            },
            "sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        (
            "mount: permission denied",
            Switches {
                unprivileged_userns_clone: set("1"),
                apparmor_restrict_unprivileged_userns: set("1"),
                ..Switches::default()
            },
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        (
            "unshare: unshare failed: No space left on device",
            Switches {
                max_user_namespaces: set("0"),
                ..Switches::default()
            },
            "sysctl -w user.max_user_namespaces=15000",
        ),
        (
            "sh: 1: ip: not found",
            Switches::default(),
            "install iproute2",
        ),
        (
            "sh: 1: cannot create /proc/sys/net/ipv4/ip_forward: Read-only file system",
            Switches::default(),
            "Read-only file system; run this as root; in a container",
        ),
    ];
    for (said, switches, expected) in cases {
        let error = explain(said, &switches).to_string();
        assert!(error.contains(expected), "{expected}\n  {error}");
        assert!(error.starts_with("cannot make machines here: "));
        assert_eq!(error.lines().count(), 1);
    }
}
