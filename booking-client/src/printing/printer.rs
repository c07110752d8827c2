//! Where answers go, in the form that was asked for.

use std::{
    fmt,
    io::{self, Write},
    slice,
};

use prost::{Message, Name};
use serde::Serialize;

use super::{
    json,
    table::{Column, table},
};
use crate::reading::OutputFormat;

/// Writes answers in the form that was asked for.
pub struct Printer {
    out: Box<dyn Write>,
    /// The form.
    pub format: OutputFormat,
    /// Whether more was asked for, with `-v`.
    pub verbose: bool,
}

impl fmt::Debug for Printer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Printer")
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Printer {
    /// To this writer, in this form.
    pub fn new(out: impl Write + 'static, format: OutputFormat, verbose: bool) -> Self {
        let out = Box::new(out);
        Self {
            out,
            format,
            verbose,
        }
    }

    /// One message, or what `text` makes of it.
    pub fn message<M: Message + Name>(
        &mut self,
        message: &M,
        text: impl FnOnce(&M) -> String,
    ) -> io::Result<()> {
        self.messages(slice::from_ref(message), |messages| text(&messages[0]))
    }

    /// Several messages, one a line, or what `text` makes of them all.
    pub fn messages<M: Message + Name>(
        &mut self,
        messages: &[M],
        text: impl FnOnce(&[M]) -> String,
    ) -> io::Result<()> {
        match self.format {
            OutputFormat::Text => self.out.write_all(text(messages).as_bytes()),
            OutputFormat::Json => messages
                .iter()
                .try_for_each(|message| writeln!(self.out, "{}", json::line(message))),
        }
    }

    /// Several messages, one a line, or a table of them.
    pub fn table<M: Message + Name, C>(
        &mut self,
        columns: &[Column<M, C>],
        messages: &[M],
        context: &C,
    ) -> io::Result<()> {
        self.messages(messages, |messages| table(columns, messages, context))
    }

    /// What is no message of the contract: JSON on one line, or what `text` makes of it.
    pub fn value(
        &mut self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> io::Result<()> {
        match self.format {
            OutputFormat::Text => self.out.write_all(text().as_bytes()),
            OutputFormat::Json => {
                writeln!(self.out, "{}", json::quiet(&serde_json::to_string(value)?))
            }
        }
    }

    /// A line for people; programs have the exit code.
    pub fn note(&mut self, line: &str) -> io::Result<()> {
        match self.format {
            OutputFormat::Text => writeln!(self.out, "{line}"),
            OutputFormat::Json => Ok(()),
        }
    }

    /// For bytes that are a file of their own.
    pub fn bytes(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// Lets a reader at the other end see what was written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
