//! What the numbers belong to: machine, build and versions.

use std::fs;

use alts::record::aead::BackEnd;

/// Crates whose version moves the numbers.
const CRATES: [&str; 8] = [
    "ring",
    "aes-gcm",
    "tonic",
    "hyper",
    "h2",
    "rustls",
    "aws-lc-rs",
    "tokio",
];
/// The versions that this program was built with.
const LOCK_FILE: &str = include_str!("../../Cargo.lock");

/// Where and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Machine {
    /// The AEAD that ALTS uses in this run.
    pub(crate) back_end: &'static str,
    /// The processor's name.
    pub(crate) cpu: String,
    /// Cores that this process may use.
    pub(crate) cores: usize,
    /// Of the operating system.
    pub(crate) kernel: String,
    /// Names and versions of crates.
    pub(crate) versions: Vec<(&'static str, String)>,
    /// Optimisations on; anything else measures the compiler.
    pub(crate) optimised: bool,
}

impl Machine {
    /// This one, with this AEAD.
    pub(crate) fn this(back_end: BackEnd) -> Self {
        let cpu_info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self {
            back_end: back_end.name(),
            cpu: cpu_name(&cpu_info)
                .unwrap_or("unknown processor")
                .to_owned(),
            cores: crate::worker::cores().len(),
            kernel: format!("{} {}", std::env::consts::OS, release.trim()),
            versions: CRATES
                .iter()
                .map(|name| (*name, locked(LOCK_FILE, name)))
                .collect(),
            optimised: !cfg!(debug_assertions),
        }
    }
}

fn cpu_name(cpu_info: &str) -> Option<&str> {
    let line = cpu_info
        .lines()
        .find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, name)| name.trim())
}

/// All versions of a crate in a lock file, oldest first.
fn locked(lock_file: &str, name: &str) -> String {
    let head = format!("name = \"{name}\"");
    let mut lines = lock_file.lines();
    let mut versions = Vec::new();
    while lines.any(|line| line == head) {
        let version = lines
            .next()
            .and_then(|line| line.strip_prefix("version = "));
        versions.extend(version.map(|version| version.trim_matches('"')));
    }
    versions.join("+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_the_lock_file() {
        let lock = "[[package]]\nname = \"h2\"\nversion = \"0.4.20\"\n\n[[package]]\nname = \
                    \"h2-other\"\nversion = \"9.9.9\"\n\n[[package]]\nname = \"h2\"\nversion = \
                    \"0.5.0\"\n";
        assert_eq!(locked(lock, "h2"), "0.4.20+0.5.0");
        assert_eq!(locked(lock, "none"), "");
        for (name, version) in Machine::this(BackEnd::default()).versions {
            assert!(!version.is_empty(), "{name} is not in the lock file");
        }
    }

    #[test]
    fn a_processor_has_a_name_if_the_system_tells() {
        assert_eq!(
            cpu_name("processor : 0\nmodel name\t: AMD EPYC\n"),
            Some("AMD EPYC")
        );
        assert_eq!(cpu_name("processor : 0\n"), None);
    }
}
