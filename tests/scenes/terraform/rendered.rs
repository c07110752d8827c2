//! What the machines get, before the programs that will read it: units before systemd, scripts before bash and shellcheck, settings before
//! `alts-handshaker`, command lines and access file before the booking programs.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output},
    time::Duration,
};

use tempfile::TempDir;
use tests::process::{Process, program};

use crate::{
    plan::{placed, startup_scripts},
    shared,
};

/// How exposed a unit may be, in tenths, by `systemd-analyze security`: below it is what systemd calls OK.
const EXPOSURE_TENTHS: &str = "15";

/// A root key's public half, of no authority.
const ROOT: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// A folder that looks like the machine's root after its startup script.
fn machine(script: &str) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    let write = |path: &str, mode: u32, text: &str| {
        let path = root.path().join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
    };
    for file in placed(script) {
        write(&file.path, file.mode, &file.text);
    }
    for line in script.lines().filter(|line| line.starts_with("program ")) {
        let name = line.split(' ').nth(1).expect("a name");
        write(&format!("usr/local/bin/{name}"), 0o755, "#!/bin/sh\n");
    }
    // What every unit hangs on, whatever the machine.
    for target in ["sysinit", "basic", "network-online", "shutdown"] {
        let unit = format!("[Unit]\nDescription={target}\n");
        write(
            &format!("usr/lib/systemd/system/{target}.target"),
            0o644,
            &unit,
        );
    }
    root
}

fn run(program: &str, package: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).output();
    output.unwrap_or_else(|error| panic!("{program}: {error} (Debian: {package})"))
}

fn told(output: &Output) -> String {
    let streams = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&streams).trim().to_owned()
}

/// What systemd says about the units of a script.
pub(crate) fn unit_problems(script: &str) -> Vec<String> {
    let root = machine(script);
    let mut found = Vec::new();
    for file in placed(script) {
        let Some(unit) = file.path.strip_prefix("/etc/systemd/system/") else {
            continue;
        };
        let rooted = format!("--root={}", root.path().display());
        let verified = run(
            "systemd-analyze",
            "systemd",
            &["verify", &rooted, &file.path],
        );
        if !verified.status.success() || !told(&verified).is_empty() {
            found.push(format!("{unit}: {}", told(&verified)));
        }
        let threshold = format!("--threshold={EXPOSURE_TENTHS}");
        let path = root.path().join(file.path.trim_start_matches('/'));
        let path = path.display().to_string();
        let judged = run(
            "systemd-analyze",
            "systemd",
            &["security", "--offline=true", &threshold, &path],
        );
        if !judged.status.success() {
            found.push(format!("{unit} is exposed: {}", told(&judged)));
        }
    }
    found
}

/// What bash and shellcheck say about a script and the scripts in it.
pub(crate) fn script_problems(script: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut scripts = vec![("startup".to_owned(), script.to_owned())];
    for file in placed(script) {
        if file.text.starts_with("#!") {
            let name = file.path.rsplit('/').next().unwrap_or_default().to_owned();
            scripts.push((name, file.text));
        }
    }
    let mut found = Vec::new();
    for (name, text) in scripts {
        let path = folder.path().join(&name);
        fs::write(&path, text).expect("a file");
        let path = path.display().to_string();
        for (program, arguments) in [
            ("bash", ["-n", &path]),
            ("shellcheck", ["--shell=bash", &path]),
        ] {
            let output = run(program, program, &arguments);
            if !output.status.success() {
                found.push(format!("{name}: {program}: {}", told(&output)));
            }
        }
    }
    found
}

/// Programs that are tried with their unit's own command line, and what each says once it has understood it.
const TRIED: [(&str, &str); 2] = [
    ("booking-server", "Booking OT service started successfully!"),
    ("booking-web", "Booking web front end started"),
];

/// What the suite's programs say about the settings and command lines in a script.
pub(crate) async fn setting_problems(script: &str) -> Vec<String> {
    let root = machine(script);
    let etc = root.path().join("etc");
    let mut found = Vec::new();
    let served = etc.join("alts-handshaker/serve.toml");
    if served.is_file() {
        // As on a machine whose authority has published its root, and that is not on Compute Engine after all.
        change(&served, "roots = []", &format!("roots = [\"{ROOT}\"]"));
        change(
            &served,
            "[identity]",
            "[identity]\nmetadata = \"http://127.0.0.1:1\"",
        );
        change(&served, "\"/etc/", &format!("\"{}/", etc.display()));
        let output = handshaker("serve", &served, root.path()).output();
        let output = output.expect("alts-handshaker runs");
        if !told(&output).contains("the metadata server does not say who this machine is") {
            found.push(format!("serve.toml: {}", told(&output)));
        }
    }
    let authority = etc.join("alts-authority/authority.toml");
    if authority.is_file() {
        change(&authority, "0.0.0.0:18070", "127.0.0.1:0");
        let here = format!("unix:{}", root.path().display());
        change(&authority, "unix:/run/alts-authority", &here);
        let mut command = handshaker("authority", &authority, root.path());
        command.args(["--log-format", "json"]);
        let mut process = Process::start("authority", command.into()).expect("it starts");
        if process.announced("authority ready").await.is_err() {
            found.push(format!("authority.toml: {}", process.log_text()));
        }
        drop(process.stop().await);
    }
    for (name, says) in TRIED {
        let unit = etc.join(format!("systemd/system/{name}.service"));
        let Ok(unit) = fs::read_to_string(unit) else {
            continue;
        };
        let mut process = Process::start(name, tried(name, &unit, &etc).into());
        let process = process.as_mut().expect("it starts");
        if process.announced(says).await.is_err() {
            found.push(format!("{name}: {}", process.log_text()));
        }
    }
    found
}

/// A unit's command line, with this folder in place of `/etc` and a free port in place of its own.
fn tried(name: &str, unit: &str, etc: &Path) -> Command {
    let line = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let words = line.expect("a unit starts something").split(' ').skip(1);
    let mut command = Command::new(program(name).expect("the programs are built"));
    let mut before = "";
    for word in words {
        match (before, word.strip_prefix("/etc/")) {
            ("--listen", _) => command.arg("127.0.0.1:0"),
            (_, Some(path)) => command.arg(etc.join(path)),
            _ => command.arg(word),
        };
        before = word;
    }
    // Neither needs its handshaker before somebody calls.
    command
        .env("ALTS_HANDSHAKER_ADDRESS", "127.0.0.1:1")
        .env("ALTS_ALLOW_UNTRUSTED_HANDSHAKER", "true")
        .env("OT_DATABASE_URL", "sqlite::memory:");
    command
}

fn handshaker(verb: &str, config: &Path, state: &Path) -> Command {
    let program = program("alts-handshaker").expect("the programs are built");
    let mut command = Command::new(program);
    command.arg(verb).arg("--config").arg(config);
    command.arg("--state-dir").arg(state.join("state"));
    command
}

fn change(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("a file");
    assert!(text.contains(from), "{} has no {from}", path.display());
    fs::write(path, text.replace(from, to)).expect("a file");
}

/// Every startup script that there can be: of each role, with either handshaker, with either database.
fn scripts() -> Vec<String> {
    let variables: [&[&str]; 3] = [
        &[],
        &["-var=handshaker=google"],
        &["-var=database={}", "-var=backends=3"],
    ];
    let plans = variables.map(|variables| shared::plan("terraform", variables));
    let all: Vec<String> = plans
        .iter()
        .flat_map(|plan| startup_scripts(plan))
        .collect();
    assert_eq!(all.len(), 3 + 2 + 3, "one for each machine");
    all
}

#[test]
fn systemd_takes_every_unit_and_finds_little_exposed() {
    let problems: Vec<String> = scripts()
        .iter()
        .flat_map(|script| unit_problems(script))
        .collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn every_rendered_script_is_clean() {
    let problems: Vec<String> = scripts()
        .iter()
        .flat_map(|script| script_problems(script))
        .collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[tokio::test]
async fn the_programs_take_their_settings() {
    for script in scripts() {
        let judged = tokio::time::timeout(Duration::from_secs(60), setting_problems(&script)).await;
        assert_eq!(judged.expect("it says something"), Vec::<String>::new());
    }
}

#[test]
fn a_startup_script_fits_into_metadata() {
    // Compute Engine's limit for one value.
    const MAX_BYTES: usize = 256 * 1024;
    for script in scripts() {
        assert!(script.len() < MAX_BYTES, "{} bytes", script.len());
    }
}
