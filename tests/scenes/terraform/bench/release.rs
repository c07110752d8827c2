//! The programs as they are built here, packed by the release's own script: once for all scenes that play at the same time.

use std::{
    fs,
    path::Path,
    process::Command,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tempfile::TempDir;
use tests::process::program;

use crate::configuration::repository;

/// A packed release. Dropping the last one removes it.
pub(super) struct Release {
    folder: TempDir,
}

impl Release {
    /// The one that others use right now, or a new one.
    pub(super) fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Release>> = Mutex::new(Weak::new());
        // A scene that failed while it packed left nothing behind.
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(release) = shared.upgrade() {
            return release;
        }
        let release = Arc::new(Self::pack());
        *shared = Arc::downgrade(&release);
        release
    }

    fn pack() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let built = program("booking-server").expect("the programs are built");
        let packed = Command::new(repository().join("scripts/release"))
            .arg("--from")
            .arg(built.parent().expect("a folder around it"))
            .arg("--out")
            .arg(folder.path().join("release"))
            .output()
            .expect("scripts/release runs");
        let said = String::from_utf8_lossy(&packed.stderr);
        assert!(packed.status.success(), "{said}");
        Self { folder }
    }

    /// The same files in another folder, in place of what is there. A link takes no room; who changes a file has to replace it.
    pub(super) fn link_into(&self, folder: &Path) {
        fs::remove_dir_all(folder).expect("a release of programs that are none");
        link(&self.folder.path().join("release"), folder);
    }
}

/// A release beside another one, with another `booking-web` in it.
pub(super) fn next(last: &Path, next: &Path) {
    link(last, next);
    let program = next.join("linux-amd64/booking-web");
    let mut bytes = fs::read(&program).expect("a program");
    // What stands behind a program's end is nothing to it.
    bytes.extend_from_slice(b"the next release");
    fs::remove_file(&program).expect("a program");
    fs::write(&program, bytes).expect("a file");
    let sums = next.join("SHA256SUMS");
    let known = fs::read_to_string(&sums).expect("checksums");
    let made = Command::new("sha256sum").arg(&program).output();
    let made = String::from_utf8_lossy(&made.expect("it runs").stdout)[..64].to_owned();
    let line = |line: &str| match line.split_once("  ") {
        Some((_, name @ "linux-amd64/booking-web")) => format!("{made}  {name}\n"),
        _ => format!("{line}\n"),
    };
    let text: String = known.lines().map(line).collect();
    fs::remove_file(&sums).expect("checksums");
    fs::write(&sums, text).expect("a file");
}

fn link(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        let to = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            link(&path, &to);
        } else {
            fs::hard_link(&path, to).expect("both are temporary folders of one file system");
        }
    }
}
