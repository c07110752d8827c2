//! Reading a theatre's log of past cases: CSV bytes in, rows of the contract out. Pure but for the
//! reader that the bytes come from.
//!
//! ```text
//!   bytes ──► csv ──► columns ──► row ──► ImportRow, or the line and why it was refused
//!                        ▲          ▲
//!                     mapping      zone
//! ```
//!
//! Logs in the wild have no time zone, so the zone is told and never guessed. A row that cannot be
//! understood is refused alone, with its line; the others go on.

mod civil;
mod columns;
mod field;
mod form;
mod lines;
mod mapping;
mod row;

use std::{
    collections::{HashMap, hash_map::Entry},
    io::Read,
};

use booking_proto::ot::v1::ImportRow;
use csv::{ByteRecord, ReaderBuilder};
use jiff::tz::TimeZone;

pub use self::{
    civil::{CivilError, instant, stamp},
    columns::LogError,
    field::Field,
    mapping::Mapping,
};
use self::{columns::Columns, form::Forms, lines::Lines, row::RowForm};

/// A row that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where in the file; the header is line 1.
    pub line: u64,
    /// A sentence for a person; quotes at most one cell.
    pub why: String,
}

/// A log whose header was understood; an iterator over its rows.
#[derive(Debug)]
pub struct Log<R> {
    reader: csv::Reader<Lines<R>>,
    row: RowForm,
    /// Encounters and the lines they were in.
    seen: HashMap<String, u64>,
}

/// How a log begins, for a person to see what its columns are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The first rows, as they stand there.
    pub rows: Vec<Vec<String>>,
}

impl Beginning {
    /// Reads a header and at most so many rows behind it.
    ///
    /// # Errors
    /// [`LogError`], when there is no text that could be CSV.
    pub fn of(bytes: impl Read, mapping: &Mapping, rows: usize) -> Result<Self, LogError> {
        let (mut reader, header) = begin(bytes, mapping)?;
        let words = |record: &ByteRecord| -> Vec<String> {
            let cells = record.iter();
            cells
                .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
                .collect()
        };
        let mut begins = Self {
            header: words(&header),
            rows: Vec::new(),
        };
        let mut record = ByteRecord::new();
        while begins.rows.len() < rows && reader.read_byte_record(&mut record)? {
            begins.rows.push(words(&record));
        }
        Ok(begins)
    }
}

/// A reader behind its header.
fn begin<R: Read>(
    bytes: R,
    mapping: &Mapping,
) -> Result<(csv::Reader<Lines<R>>, ByteRecord), LogError> {
    let mut reader = ReaderBuilder::new()
        .delimiter(mapping.delimiter())
        // Rows of another length are refused one by one, not the file.
        .flexible(true)
        .from_reader(Lines::new(bytes));
    let header = reader.byte_headers()?.clone();
    if header
        .get(0)
        .is_some_and(|cell| cell.starts_with(b"\xff\xfe") || cell.starts_with(b"\xfe\xff"))
    {
        return Err(LogError::NotText("is UTF-16; save it as UTF-8"));
    }
    Ok((reader, header))
}

impl<R: Read> Log<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`LogError`], when no row could be understood whatever it held.
    pub fn open(bytes: R, mapping: &Mapping, zone: TimeZone) -> Result<Self, LogError> {
        let (reader, header) = begin(bytes, mapping)?;
        let columns = Columns::find(&header, mapping)?;
        Ok(Self {
            reader,
            row: RowForm {
                columns,
                forms: Forms::new(mapping),
                zone,
            },
            seen: HashMap::new(),
        })
    }

    fn next_row(&mut self, record: &ByteRecord) -> Result<ImportRow, Refused> {
        let offset = record.position().map_or(0, csv::Position::byte);
        let line = self.reader.get_ref().of(offset);
        let refused = |why| Refused { line, why };
        let row = self.row.read(record, line).map_err(refused)?;
        match self.seen.entry(row.encounter_id.clone()) {
            // The service would take the second for the first sent again, and drop it.
            Entry::Occupied(first) => Err(refused(format!(
                "encounter {} was in line {} already; an encounter is one row",
                row.encounter_id,
                first.get()
            ))),
            Entry::Vacant(free) => {
                free.insert(line);
                Ok(row)
            }
        }
    }
}

impl<R: Read> Iterator for Log<R> {
    type Item = Result<Result<ImportRow, Refused>, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut record = ByteRecord::new();
        loop {
            match self.reader.read_byte_record(&mut record) {
                Ok(false) => return None,
                // A line of nothing but separators, as spreadsheets leave behind.
                Ok(true) if record.iter().all(|cell| cell.trim_ascii().is_empty()) => {}
                Ok(true) => return Some(Ok(self.next_row(&record))),
                Err(error) => return Some(Err(error.into())),
            }
        }
    }
}

#[cfg(test)]
mod tests;
