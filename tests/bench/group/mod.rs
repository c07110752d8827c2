//! The groups of measurements. Contenders of a group take turns; groups run one after another.
//!
//! | file | for |
//! |---|---|
//! | `record.rs` | what framing, buffering and copying add to the bare cipher |
//! | `stream.rs` | bytes per CPU-second through tonic, up and down |
//! | `unary.rs` | small calls: how many, and how long one takes |
//! | `connect.rs` | new connections: handshake and first call |
//! | `idle.rs` | memory of connections that do nothing |
//! | `stuck.rs` | whether peers that say nothing delay others |

mod connect;
mod idle;
mod record;
mod stream;
mod stuck;
mod unary;

use anyhow::{Context, Result};

pub(crate) use self::idle::{Subject, measure as measure_idle_memory};
use crate::{
    contender::Arena,
    findings::{Findings, Plan},
    goals::Measure,
};

/// A group of measurements that share contenders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Group {
    /// Record layer against its bare cipher.
    Record,
    /// Streaming through tonic.
    Stream,
    /// Small calls through tonic.
    Unary,
    /// New connections.
    Connect,
    /// Memory of idle connections.
    Idle,
    /// Handshakes beside stuck ones.
    Stuck,
}

impl Group {
    /// All of them, in the order they run and are shown.
    pub(crate) const ALL: [Self; 6] = [
        Self::Record,
        Self::Stream,
        Self::Unary,
        Self::Connect,
        Self::Idle,
        Self::Stuck,
    ];

    /// What `--only` calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Stream => "stream",
            Self::Unary => "unary",
            Self::Connect => "connect",
            Self::Idle => "idle",
            Self::Stuck => "stuck",
        }
    }

    /// What it measures.
    pub(crate) fn measures(self) -> &'static [Measure] {
        match self {
            Self::Record => &[Measure::RecordWrite, Measure::RecordRead],
            Self::Stream => &[
                Measure::StreamVsIdeal,
                Measure::StreamVsAwsLc,
                Measure::StreamVsRing,
                Measure::StreamVsPlain,
                Measure::LargeVsIdeal,
                Measure::LargeVsAwsLc,
                Measure::LargeVsDefault,
            ],
            Self::Unary => &[Measure::UnaryVsPlain, Measure::UnaryTime],
            Self::Connect => &[Measure::Connect, Measure::ConnectFull, Measure::Reconnect],
            Self::Idle => &[Measure::IdleMemory],
            Self::Stuck => &[Measure::Stuck],
        }
    }

    /// Measures it.
    ///
    /// # Errors
    /// When something that should just work does not, such as connecting on loopback.
    pub(crate) async fn run(self, arena: &Arena, plan: &Plan) -> Result<Findings> {
        let findings = match self {
            Self::Record => record::run(plan).await,
            Self::Stream => stream::run(arena, plan).await,
            Self::Unary => unary::run(arena, plan).await,
            Self::Connect => connect::run(arena, plan).await,
            Self::Idle => idle::run(plan).await,
            Self::Stuck => stuck::run(arena, plan).await,
        };
        findings.with_context(|| format!("group {} could not be measured", self.name()))
    }
}
