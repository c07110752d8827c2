//! The same board for different people: what each looks for first (Reichart 2026: a board that is
//! fitted to a role is preferred to one for all).
//!
//! | for | theatres | attention | below |
//! |---|---|---|---|
//! | coordinator | all | all | waiting cases that can go today |
//! | surgeon | those of their cases | of their cases | their own waiting cases |
//! | anaesthetist | those of their cases | of their cases, and cases without anybody | emergencies that wait |
//! | ward, recovery | all | delays | patients to bring and to fetch |

use booking_proto::ot::v1::{TeamRole, case::State};
use jiff::Timestamp;

use super::{
    attention::{Attention, Matter},
    board::{Board, Row},
    card::Card,
    civil::{how_long, later, minutes},
};

/// For whom a board is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Preset {
    #[default]
    Coordinator,
    Surgeon,
    Anaesthetist,
    Ward,
}

/// In addresses and cookies, and on the page.
const WORDS: [(Preset, &str, &str); 4] = [
    (Preset::Coordinator, "coordinator", "All theatres"),
    (Preset::Surgeon, "surgeon", "Surgeon"),
    (Preset::Anaesthetist, "anaesthetist", "Anaesthetist"),
    (Preset::Ward, "ward", "Ward, recovery"),
];

impl Preset {
    /// In addresses and cookies, on the page, whether it is this one.
    pub(crate) fn choices(self) -> [(&'static str, &'static str, bool); 4] {
        WORDS.map(|(one, word, label)| (word, label, one == self))
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        let found = WORDS.into_iter().find(|(_, one, _)| *one == word);
        found.map(|(preset, ..)| preset)
    }

    /// What suits somebody with these roles, who is this in the hospital. Whoever runs the day sees all
    /// of it, whatever else they are.
    pub(crate) fn for_roles(roles: &[String], team: &[TeamRole]) -> Self {
        let is = |role: &str| roles.iter().any(|one| one == role);
        let runs_the_day = ["coordinator", "scheduler", "theatre-nurse", "admin"];
        if runs_the_day.into_iter().any(is) {
            Self::Coordinator
        } else if team.contains(&TeamRole::Anaesthetist) {
            Self::Anaesthetist
        } else if is("surgeon") {
            Self::Surgeon
        } else if is("requester") {
            Self::Ward
        } else {
            Self::Coordinator
        }
    }

    /// Whether only a person's own cases are wanted.
    pub(crate) fn is_personal(self) -> bool {
        matches!(self, Self::Surgeon | Self::Anaesthetist)
    }

    /// Leaves what concerns whoever looks, `me` as `staff/…`. Says how many theatres are hidden.
    pub(crate) fn narrow(self, board: &mut Board, me: &str) -> usize {
        if self == Self::Ward {
            board.attention.retain(|one| one.matter == Matter::Delay);
        }
        if !self.is_personal() || me.is_empty() {
            return 0;
        }
        let mine = |card: &&Card| card.staff.iter().any(|one| one == me);
        let own = board.rows.iter().flat_map(Row::cards).filter(mine);
        let own: Vec<String> = own.map(|card| card.link.clone()).collect();
        let wanted = |one: &Attention| {
            own.contains(&one.link) || self == Self::Anaesthetist && one.matter == Matter::Team
        };
        board.attention.retain(wanted);
        let all = board.rows.len();
        board.rows.retain(|row| row.cards().any(|card| mine(&card)));
        all - board.rows.len()
    }
}

/// A patient whom a ward or recovery awaits: to bring, or to fetch.
#[derive(Clone, Debug)]
pub(crate) struct Passing {
    pub(crate) card: Card,
    /// What is next, and when: `Comes in at 10:40, in 25 min`.
    pub(crate) next: String,
    pub(crate) late: bool,
    at: Timestamp,
}

/// Today's patients who are not through, whoever is next first.
pub(crate) fn passing(board: &Board, now: Timestamp) -> Vec<Passing> {
    let cards = board.rows.iter().flat_map(Row::cards);
    let mut all: Vec<Passing> = cards
        .filter_map(|card| Passing::of(card, board, now))
        .collect();
    all.sort_by_key(|one| one.at);
    all
}

impl Passing {
    fn of(card: &Card, board: &Board, now: Timestamp) -> Option<Self> {
        let (start, end) = card.projected.unwrap_or((card.start, card.end));
        let cleanup = i64::from(card.durations.cleanup_min);
        let (words, at) = match card.state {
            State::Scheduled | State::Confirmed => ("Comes in at", start),
            // The theatre is cleaned after the patient has left.
            State::InTheatre => ("Expected out at", later(end, -cleanup)),
            State::InRecovery => ("In recovery since", card.wheels_out.unwrap_or(now)),
            _ => return None,
        };
        let in_min = minutes(now, at);
        let when = match in_min {
            1.. => format!(", in {}", how_long(in_min)),
            0 => ", now".to_owned(),
            _ => format!(", {} ago", how_long(-in_min)),
        };
        Some(Self {
            card: card.clone(),
            next: format!("{words} {}{when}", board.civil.time(at)),
            late: in_min < 0 && card.state != State::InRecovery,
            at,
        })
    }
}
