//! How much and how long, where both ends have to know.

use std::time::Duration;

/// The most elements of a page; whoever asks for more gets as many (AIP-158).
pub const MAX_PAGE_SIZE: u16 = 1000;

/// The most rows of one `ImportCases`: one transaction.
pub const MAX_IMPORT_ROWS: usize = 1000;

/// The most cases of one `BatchRescheduleCases`; a theatre's day has some twenty.
pub const MAX_MOVES: usize = 100;

/// The largest message: gRPC's own default.
pub const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// The longest identifier, in characters.
pub const MAX_ID_CHARS: usize = 64;

/// The longest description of the article's question, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 500;

/// The longest text on one line, in characters: a name, a procedure, a diagnosis.
pub const MAX_LINE_CHARS: usize = 300;

/// The longest text of several lines, in characters.
pub const MAX_NOTE_CHARS: usize = 4000;

/// How long a watch is silent at most: then it is told a heartbeat. A reader that hears nothing for
/// twice as long knows more than the network does.
pub const WATCH_HEARTBEAT: Duration = Duration::from_secs(15);

/// How much longer than its own limit a client tells the server that it waits. The client's timer
/// must win: tonic calls its own expired timer `CANCELLED`, and only the client knows that time ran out.
pub const SERVER_GRACE: Duration = Duration::from_millis(250);
