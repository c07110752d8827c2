//! What stands beside a deployment on the bench: the suite's own scripts where documents say that they are, and the programs that stand for
//! Google's.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    process::{Command, Stdio},
};

use crate::configuration::{Configuration, newest, repository, terraform};

/// The suite's scripts, where the documents say that they are; its release is packed already.
pub(super) fn scripts_beside(copy: &Configuration) {
    let scripts = copy.path("scripts");
    fs::create_dir_all(&scripts).expect("a folder");
    for entry in fs::read_dir(repository().join("scripts")).expect("a readable folder") {
        let entry = entry.expect("a readable folder");
        if entry.file_name() != "release" {
            symlink(entry.path(), scripts.join(entry.file_name())).expect("a link");
        }
    }
    fs::write(scripts.join("release"), "#!/bin/sh\n").expect("a file");
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(scripts.join("release"), mode).expect("a mode");
}

/// Runs a line of a document in the repository's folder, before there is any machine.
pub(super) fn pasted(copy: &Configuration, bin: &Path, line: &str, answers: &str) {
    use std::io::Write as _;
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("/bin/bash")
        .args(["-e", "-c", line])
        .current_dir(copy.path(""))
        .envs(copy.environment(newest()))
        .env("TF_INPUT", "1")
        .env("PATH", format!("{}:{path}", bin.join("bin").display()))
        .env("REAL_TERRAFORM", terraform())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash runs");
    let mut input = shell.stdin.take().expect("piped");
    // Whoever asks nothing reads nothing.
    drop(input.write_all(answers.as_bytes()));
    drop(input);
    let output = shell.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{line}: {}",
        String::from_utf8_lossy(&said)
    );
}

/// The programs that stand for Google's, where the scripts find them.
pub(super) fn stand_ins(folder: &Path) {
    let from = repository().join("tests/terraform/bench");
    fs::create_dir_all(folder.join("bin")).expect("a folder");
    for (name, to) in [
        ("enter", "enter"),
        ("systemctl.py", "systemctl.py"),
        ("google_apis.py", "google_apis.py"),
        ("cloud_sql", "cloud_sql"),
        ("osconfig.py", "osconfig.py"),
        ("journalctl", "journalctl"),
        ("gcloud.py", "bin/gcloud"),
        ("terraform.py", "bin/terraform"),
    ] {
        let to = folder.join(to);
        fs::copy(from.join(name), &to).expect("a file");
        fs::set_permissions(&to, fs::Permissions::from_mode(0o755)).expect("a mode");
    }
    let packed = Command::new(from.join("ops_agent_package"))
        .arg(folder.join("ops-agent.deb"))
        .status();
    assert!(
        packed.expect("it runs").success(),
        "dpkg-deb (Debian: dpkg)"
    );
    // Scripts that ask for a shell's usual programs find this computer's.
    drop(symlink("/usr/bin/python3", folder.join("bin/python3")));
}
