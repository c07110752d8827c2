//! Which line of a file a record is in, as an editor counts them.
//!
//! The csv crate counts line feeds that it has passed, so after `\r\n` it is one behind and with `\r`
//! alone it never counts at all. What it says exactly is the byte where a record starts; this watches
//! the bytes go by and knows where lines start.

use std::io::{self, Read};

/// A reader that remembers where lines start.
#[derive(Debug)]
pub(super) struct Lines<R> {
    inner: R,
    /// How many bytes have gone by.
    passed: u64,
    /// The offset at which each line after the first starts.
    starts: Vec<u64>,
    /// Lines with nothing in them, by number; the csv crate passes over them.
    empty: Vec<u64>,
    last: u8,
}

impl<R> Lines<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            passed: 0,
            starts: Vec::new(),
            empty: Vec::new(),
            last: 0,
        }
    }

    /// The line, counted from 1, of the record that starts at this offset or, when empty lines
    /// follow there, behind them.
    pub(super) fn of(&self, offset: u64) -> u64 {
        let mut line = 1 + self.starts.partition_point(|start| *start <= offset) as u64;
        while self.empty.binary_search(&line).is_ok() {
            line += 1;
        }
        line
    }

    fn watch(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let start = self.starts.last().copied().unwrap_or_default();
            match byte {
                // The second half of a line end.
                b'\n' if self.last == b'\r' => {
                    if let Some(start) = self.starts.last_mut() {
                        *start = self.passed;
                    }
                }
                b'\r' | b'\n' => {
                    let line = self.starts.len() as u64 + 1;
                    let begins = if self.last == b'\n' || self.last == b'\r' {
                        self.passed
                    } else {
                        start
                    };
                    if begins == self.passed {
                        self.empty.push(line);
                    }
                    self.starts.push(self.passed);
                }
                _ => {}
            }
            self.last = *byte;
            self.passed += 1;
        }
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.watch(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
