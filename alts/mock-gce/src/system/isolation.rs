//! Whether this computer lets us make namespaces, and how; if not, what to do about it.

use std::{
    ffi::OsStr,
    fs, io,
    path::Path,
    process::{Command, Output},
};

use anyhow::anyhow;

use super::network::{one_line, program};

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

impl Isolation {
    /// Tries what will be needed, in namespaces that are gone afterwards.
    ///
    /// # Errors
    /// With the cause and what to do.
    pub fn find() -> anyhow::Result<Self> {
        let mut said = String::new();
        for way in [Self::Root, Self::UserNamespace] {
            if way == Self::Root && !rustix::process::geteuid().is_root() {
                continue;
            }
            match way.rehearse() {
                Ok(output) if output.status.success() => return Ok(way),
                Ok(output) => said = one_line(&output.stderr),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(none("there is no program unshare", "install util-linux"));
                }
                Err(error) => said = error.to_string(),
            }
        }
        Err(explain(&said, |setting| {
            let path = Path::new("/proc/sys").join(setting.replace('.', "/"));
            fs::read_to_string(path).ok()
        }))
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

/// What distributions switch user namespaces off with: the setting, its value then, and a better one.
/// Debian's, Red Hat's and the kernel's own limit, Ubuntu's.
const SWITCHES: [(&str, &str, &str); 3] = [
    ("kernel.unprivileged_userns_clone", "0", "1"),
    ("user.max_user_namespaces", "0", "15000"),
    ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
];

/// Neither way works.
fn none(cause: &str, remedy: &str) -> anyhow::Error {
    anyhow!("cannot make machines here: {cause}; {remedy}")
}

/// Why `said`: `read` tells the value of a setting.
fn explain(said: &str, read: impl Fn(&str) -> Option<String>) -> anyhow::Error {
    if said.contains("ip: not found") || said.contains("ip: command not found") {
        return none("there is no program ip", "install iproute2");
    }
    for (setting, off, on) in SWITCHES {
        if read(setting).is_some_and(|value| value.trim() == off) {
            return none(
                &format!("{setting} keeps users from making user namespaces"),
                &format!("run `sudo sysctl -w {setting}={on}`, or run this as root"),
            );
        }
    }
    let cause = match said {
        "" => "the system refuses namespaces".to_owned(),
        said => format!("the system refuses: {said}"),
    };
    let remedy = "run this as root; in a container, start that with --privileged";
    none(&cause, remedy)
}

#[cfg(test)]
#[path = "isolation_tests.rs"]
mod tests;
