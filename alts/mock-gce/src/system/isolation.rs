//! Whether this computer lets us make namespaces, and how; if not, what to do about it.

use std::{
    ffi::OsStr,
    fs, io,
    process::{Command, Output},
};

use super::network::program;

/// What has to work inside: another `/sys/class`, a link, forwarding.
const REHEARSAL: &str = "mount -t tmpfs none /sys/class && ip link set lo up && \
    ip link add name rehearsal0 type veth peer name rehearsal1 && \
    echo 1 > /proc/sys/net/ipv4/ip_forward";

/// How namespaces are made here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// By root's own power.
    Root,
    /// In a user namespace, in which the caller is root.
    UserNamespace,
}

/// Neither way works.
#[derive(Debug, thiserror::Error)]
#[error("cannot make machines here: {cause}; {remedy}")]
pub struct NoIsolation {
    cause: String,
    remedy: String,
}

impl Isolation {
    /// Tries what will be needed, in namespaces that are gone afterwards.
    ///
    /// # Errors
    /// With the cause and what to do.
    pub fn find() -> Result<Self, NoIsolation> {
        let mut said = String::new();
        for way in [Self::Root, Self::UserNamespace] {
            if way == Self::Root && !rustix::process::geteuid().is_root() {
                continue;
            }
            match way.rehearse() {
                Ok(output) if output.status.success() => return Ok(way),
                Ok(output) => said = one_line(&String::from_utf8_lossy(&output.stderr)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(NoIsolation {
                        cause: "there is no program unshare".to_owned(),
                        remedy: "install util-linux".to_owned(),
                    });
                }
                Err(error) => said = error.to_string(),
            }
        }
        Err(explain(&said, &Switches::read()))
    }

    /// A command that runs `program` in mount, network and host name namespaces of its own.
    pub fn command(self, program: impl AsRef<OsStr>) -> Command {
        let mut command = apart();
        if self == Self::UserNamespace {
            command.args(["--user", "--map-root-user"]);
        }
        command.arg("--").arg(program);
        command
    }

    fn rehearse(self) -> io::Result<Output> {
        let path = std::env::var("PATH").unwrap_or_default();
        self.command("sh")
            .env("PATH", format!("{path}:/usr/sbin:/sbin"))
            .args(["-c", REHEARSAL])
            .output()
    }
}

/// `unshare`, with what every machine needs. Inside a user namespace no further one is needed.
pub fn apart() -> Command {
    let mut command = Command::new(program("unshare"));
    command.args(["--mount", "--net", "--uts"]);
    command
}

/// What distributions switch user namespaces off with.
#[derive(Debug, Default)]
struct Switches {
    /// Debian's.
    unprivileged_userns_clone: Option<String>,
    /// Ubuntu's.
    apparmor_restrict_unprivileged_userns: Option<String>,
    /// Red Hat's, and the kernel's own limit.
    max_user_namespaces: Option<String>,
}

impl Switches {
    fn read() -> Self {
        let read = |path: &str| {
            let text = fs::read_to_string(path).ok()?;
            Some(text.trim().to_owned())
        };
        Self {
            unprivileged_userns_clone: read("/proc/sys/kernel/unprivileged_userns_clone"),
            apparmor_restrict_unprivileged_userns: read(
                "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            ),
            max_user_namespaces: read("/proc/sys/user/max_user_namespaces"),
        }
    }
}

/// Pure.
fn explain(said: &str, switches: &Switches) -> NoIsolation {
    let refused = |setting: &str, value: &str| NoIsolation {
        cause: format!("{setting} keeps users from making user namespaces"),
        remedy: format!("run `sudo sysctl -w {setting}={value}`, or run this as root"),
    };
    if said.contains("ip: not found") || said.contains("ip: command not found") {
        return NoIsolation {
            cause: "there is no program ip".to_owned(),
            remedy: "install iproute2".to_owned(),
        };
    }
    if switches.unprivileged_userns_clone.as_deref() == Some("0") {
        return refused("kernel.unprivileged_userns_clone", "1");
    }
    if switches.max_user_namespaces.as_deref() == Some("0") {
        return refused("user.max_user_namespaces", "15000");
    }
    if switches.apparmor_restrict_unprivileged_userns.as_deref() == Some("1") {
        return refused("kernel.apparmor_restrict_unprivileged_userns", "0");
    }
    NoIsolation {
        cause: if said.is_empty() {
            "the system refuses namespaces".to_owned()
        } else {
            format!("the system refuses: {said}")
        },
        remedy: "run this as root; in a container, start that with --privileged".to_owned(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "isolation_tests.rs"]
mod tests;
