//! What a process says; for tests of several crates.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Output},
    sync::mpsc,
    thread,
};

/// A process's log, line by line. Read as it comes, so that a talkative process never waits for us.
pub(crate) fn log_of(child: &mut Child) -> mpsc::Receiver<String> {
    let log = BufReader::new(child.stderr.take().unwrap());
    let (tell, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in log.lines().map_while(Result::ok) {
            // Whoever reads no more misses nothing.
            let _ = tell.send(line);
        }
    });
    lines
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
