//! What can be asked for on the command line.

use std::path::PathBuf;

use clap::Parser;

use crate::group::{Group, Subject};

/// Measures what ALTS costs and compares it with what it should cost
///
/// Everything is measured in one process, contenders taking turns round by round, and judged as a
/// ratio within a round: the bare cipher against the record layer, and tonic over plaintext, over
/// TLS 1.3 (rustls, TLS13_AES_128_GCM_SHA256, X25519, mutual P-256 certificates)
/// and over ALTS with real handshakers. The unit is work per CPU-second of client, server,
/// handshakers and kernel together.
///
/// Every line of the table has a floor, which must hold, and an aim, which is what we want. A
/// group that misses a floor is measured once more before that counts.
#[derive(Debug, Parser)]
#[command(
    name = "bench",
    version,
    after_help = "\
ALTS_AEAD names the AES-128-GCM that ALTS uses, ring or aes-gcm. Both tables, from the top of the
repository:
  scripts/bench
One of them:
  scripts/bench aes-gcm

Exit codes: 0 all floors hold; 1 a floor is missed, twice; 2 wrong usage; 3 nothing measured."
)]
pub(crate) struct Cli {
    /// Do less per round, in fewer rounds: for continuous integration. Same floors
    #[arg(long)]
    pub(crate) quick: bool,

    /// Measure only this group; may be repeated
    #[arg(long, value_name = "GROUP", value_enum)]
    pub(crate) only: Vec<Group>,

    /// Rounds that count [default: 15, with --quick 9]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(9..=101))]
    pub(crate) rounds: Option<u8>,

    /// Write all results, with the machine and the versions, to this file as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// Show groups and goals of this AEAD, and measure nothing
    #[arg(long)]
    pub(crate) list: bool,

    /// Measure the memory of this contender's idle connections, print it, and end: the group
    /// `idle` starts itself so
    #[arg(long, value_name = "SUBJECT", value_enum, hide = true)]
    pub(crate) idle_memory: Option<Subject>,
}

impl Cli {
    /// The groups that are asked for, in their usual order.
    pub(crate) fn groups(&self) -> Vec<Group> {
        let wanted = |group: &Group| self.only.is_empty() || self.only.contains(group);
        Group::ALL.into_iter().filter(wanted).collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn groups_run_in_their_order_whatever_was_typed() {
        let cli = Cli::parse_from(["bench", "--only", "unary", "--only", "record"]);
        assert_eq!(cli.groups(), [Group::Record, Group::Unary]);
        assert_eq!(Cli::parse_from(["bench"]).groups(), Group::ALL);
    }

    #[test]
    fn few_rounds_make_no_median() {
        assert!(Cli::try_parse_from(["bench", "--rounds", "8"]).is_err());
        assert!(Cli::try_parse_from(["bench", "--rounds", "9"]).is_ok());
    }
}
