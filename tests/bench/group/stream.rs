//! Streams of 64 KiB and 1 MiB messages, up and down, with default and with large HTTP/2 frames:
//! bytes per CPU-second of client, server and kernel together.

use std::fmt;

use anyhow::Result;

use crate::{
    cipher::{self, BATCH, RECORD_LEN},
    clock::Stopwatch,
    contender::{Arena, Contender, Http2Frames, Provider, Security, Setup},
    findings::{Cell, Figure, Findings, Plan, Seen},
    goals::Measure,
    load::{Client, Direction, Transfer},
    rounds::{Scores, interleave},
    stats::ratios,
};

const KIB: u32 = 1024;
const MIB: u32 = 1024 * KIB;

/// Bytes that one contender moves per turn: enough to outweigh the call around them.
const QUICK_TURN_LEN: u32 = 64 * MIB;
const TURN_LEN: u32 = 256 * MIB;
/// Batches that the bare cipher works on per turn: 64 MiB.
const CIPHER_BATCHES: usize = 256;

/// Who takes part. The order is only that of the figures.
const LANES: [Lane; 8] = [
    (Security::Plain, Http2Frames::Default),
    (Security::Tls(Provider::AwsLc), Http2Frames::Default),
    (Security::Tls(Provider::Ring), Http2Frames::Default),
    (Security::Alts, Http2Frames::Default),
    (Security::Plain, Http2Frames::Large),
    (Security::Tls(Provider::AwsLc), Http2Frames::Large),
    (Security::Tls(Provider::Ring), Http2Frames::Large),
    (Security::Alts, Http2Frames::Large),
];

type Lane = (Security, Http2Frames);

/// What ALTS is compared with, in its own frame size unless it is itself.
#[derive(Clone, Copy)]
enum Rival {
    /// Plaintext and the bare cipher, one after the other.
    Ideal,
    /// Another contender.
    Lane(Security),
    /// ALTS with default frames.
    DefaultFrames,
}

const COMPARISONS: [(Measure, Http2Frames, Rival); 7] = {
    use Http2Frames::{Default, Large};
    use Rival::{DefaultFrames, Ideal, Lane};
    use Security::{Plain, Tls};
    [
        (Measure::StreamVsIdeal, Default, Ideal),
        (Measure::StreamVsAwsLc, Default, Lane(Tls(Provider::AwsLc))),
        (Measure::StreamVsRing, Default, Lane(Tls(Provider::Ring))),
        (Measure::StreamVsPlain, Default, Lane(Plain)),
        (Measure::LargeVsIdeal, Large, Ideal),
        (Measure::LargeVsAwsLc, Large, Lane(Tls(Provider::AwsLc))),
        (Measure::LargeVsDefault, Large, DefaultFrames),
    ]
};

/// What takes turns.
enum Entrant {
    /// A contender with a connection that is open.
    Contender(Box<Contender>, Client),
    /// The bare cipher, each byte sealed and opened.
    Cipher,
}

impl Entrant {
    /// Bytes per CPU-second.
    async fn score(&self, work: &Transfer) -> Result<f64> {
        match self {
            Self::Contender(_, client) => {
                let stopwatch = Stopwatch::start();
                work.run(client).await?;
                Ok(stopwatch.read().per_cpu_s(work.bytes()))
            }
            Self::Cipher => {
                let mut cost = cipher::seal(CIPHER_BATCHES)?;
                cost += cipher::open(CIPHER_BATCHES)?;
                Ok(cost.per_cpu_s((CIPHER_BATCHES * BATCH * RECORD_LEN) as u64))
            }
        }
    }

    fn lane(&self) -> Option<Lane> {
        match self {
            Self::Contender(contender, _) => {
                Some((contender.setup.security, contender.setup.frames))
            }
            Self::Cipher => None,
        }
    }
}

pub(super) async fn run(arena: &Arena, plan: &Plan) -> Result<Findings> {
    let mut entrants = vec![Entrant::Cipher];
    for (security, frames) in LANES {
        let contender = arena.contender(Setup::of(security).frames(frames)).await?;
        let client = contender.connected().await?;
        entrants.push(Entrant::Contender(Box::new(contender), client));
    }
    let mut findings = Findings::default();
    for (measure, ..) in COMPARISONS {
        findings.seen.push(Seen {
            measure,
            cells: Vec::new(),
        });
    }
    for work in works(plan.amount(QUICK_TURN_LEN, TURN_LEN)) {
        let scores = interleave(plan.rounds, &entrants, async |entrant| {
            entrant.score(&work.0).await
        })
        .await?;
        let round = Turn {
            entrants: &entrants,
            scores: &scores,
        };
        round.compare(&work, &mut findings.seen);
        findings.figures.extend(round.figures(&work));
    }
    Ok(findings)
}

/// The scores of all entrants for one kind of work.
struct Turn<'a> {
    entrants: &'a [Entrant],
    scores: &'a [Scores],
}

impl Turn<'_> {
    fn compare(&self, work: &Work, seen: &mut [Seen]) {
        for (seen, (_, frames, rival)) in seen.iter_mut().zip(COMPARISONS) {
            let ours = self.of(Some((Security::Alts, frames)));
            let ideal = self.ideal(frames);
            let (theirs, best_case) = match rival {
                Rival::Ideal => (&ideal, Vec::new()),
                Rival::Lane(security) => {
                    let theirs = self.of(Some((security, frames)));
                    (theirs, ratios(&ideal, theirs))
                }
                Rival::DefaultFrames => (
                    self.of(Some((Security::Alts, Http2Frames::Default))),
                    ratios(&ideal, &self.ideal(Http2Frames::Default)),
                ),
            };
            seen.cells.push(Cell {
                work: work.to_string(),
                values: ratios(ours, theirs),
                limits: best_case,
            });
        }
    }

    /// Bytes per CPU-second of an ALTS that costs nothing beyond plaintext and its cipher.
    fn ideal(&self, frames: Http2Frames) -> Scores {
        let plain = self.of(Some((Security::Plain, frames)));
        let cipher = self.of(None);
        plain
            .iter()
            .zip(cipher)
            .map(|(plain, cipher)| 1.0 / (1.0 / plain + 1.0 / cipher))
            .collect()
    }

    /// The scores of a lane; `None` is the bare cipher's.
    fn of(&self, lane: Option<Lane>) -> &Scores {
        let index = self
            .entrants
            .iter()
            .position(|entrant| entrant.lane() == lane);
        &self.scores[index.expect("everybody who is compared takes part")]
    }

    fn figures(&self, work: &Work) -> impl Iterator<Item = Figure> {
        self.entrants
            .iter()
            .zip(self.scores)
            .map(move |(entrant, scores)| {
                let megabytes: Vec<f64> = scores.iter().map(|bytes| bytes / 1e6).collect();
                let what = match entrant.lane() {
                    Some((security, frames)) => format!("stream {work}, {frames}, {security}"),
                    None => format!("stream {work}, bare AEAD both ways"),
                };
                Figure::of(what, &megabytes, "MB/CPU-s")
            })
    }
}

/// One kind of work.
struct Work(Transfer);

fn works(turn_len: u32) -> Vec<Work> {
    let mut works = Vec::new();
    for message_len in [64 * KIB, MIB] {
        for direction in [Direction::Up, Direction::Down] {
            let messages = turn_len / message_len;
            works.push(Work(Transfer {
                direction,
                message_len,
                messages,
            }));
        }
    }
    works
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.0.direction {
            Direction::Up => "up",
            Direction::Down => "down",
        };
        match self.0.message_len {
            MIB => write!(f, "{direction} 1 MiB"),
            len => write!(f, "{direction} {} KiB", len / KIB),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{group::Group, stats::median};

    #[test]
    fn what_is_announced_is_what_is_compared() {
        let compared: Vec<Measure> = COMPARISONS.iter().map(|(measure, ..)| *measure).collect();
        assert_eq!(compared, Group::Stream.measures());
    }

    #[tokio::test]
    async fn an_ideal_alts_costs_plaintext_and_cipher_and_bounds_every_comparison() {
        let servers = crate::worker::Worker::start("servers", None).unwrap();
        let handshakers = crate::worker::Worker::start("handshakers", None).unwrap();
        let arena = Arena::new(servers, handshakers).await.unwrap();
        let mut entrants = vec![Entrant::Cipher];
        for (security, frames) in LANES {
            let contender = arena
                .contender(Setup::of(security).frames(frames))
                .await
                .unwrap();
            let client = contender.client();
            entrants.push(Entrant::Contender(Box::new(contender), client));
        }
        // The cipher moves 300, plaintext 100, everybody else 60 bytes per CPU-second.
        let scores: Vec<Scores> = (0..entrants.len())
            .map(|index| match index {
                0 => vec![300.0],
                1 | 5 => vec![100.0],
                _ => vec![60.0],
            })
            .collect();
        let mut seen: Vec<Seen> = COMPARISONS
            .iter()
            .map(|(measure, ..)| Seen {
                measure: *measure,
                cells: Vec::new(),
            })
            .collect();
        let turn = Turn {
            entrants: &entrants,
            scores: &scores,
        };
        turn.compare(&works(MIB)[0], &mut seen);
        let row = |measure| seen.iter().find(|seen| seen.measure == measure).unwrap();
        let near = |value: f64, expected: f64| (value - expected).abs() < 1e-9;
        assert!(near(row(Measure::StreamVsIdeal).median(), 60.0 / 75.0));
        assert!(near(row(Measure::StreamVsPlain).limit().unwrap(), 0.75));
        assert!(near(
            row(Measure::StreamVsAwsLc).limit().unwrap(),
            75.0 / 60.0
        ));
        assert!(near(
            median(&row(Measure::LargeVsDefault).cells[0].limits),
            1.0
        ));
    }
}
