//! Several cases moved at once, all or none: "push the list by 20 minutes", or two that swap.
//!
//! Everything that the moved cases hold is let go before anything new is looked at, so that they
//! may take each other's places. Then each is placed among the others' new places.

use jiff::Timestamp;
use thiserror::Error;

use crate::{
    Booker, BrokenRule, Case, CaseId, Hospital, OverrideRequest, Placed, Plan, Timetable,
    claim::claims, place,
};

/// A case and where it shall go.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Move<'a> {
    /// As it is.
    pub case: &'a Case,
    /// Where and when it shall be.
    pub plan: Plan,
    /// Rules that shall be overridden for it there.
    pub overrides: &'a [OverrideRequest],
}

/// Why moves are refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum MovesRefused {
    /// One case cannot go to two places.
    #[error("a case is moved twice")]
    Repeated(CaseId),
    /// All that stands against it, case by case, in the order of the moves.
    #[error("{} of the cases cannot go where they should", .0.len())]
    Broken(Vec<(CaseId, Vec<BrokenRule>)>),
}

/// Places all of them, in the order of the moves, or says all that stands against it.
///
/// `around` holds what is held, and closed, wherever the moves lead.
///
/// # Errors
///
/// [`MovesRefused`].
pub fn place_all(
    moves: &[Move<'_>],
    around: &Timetable,
    hospital: &Hospital,
    booker: &Booker,
    now: Timestamp,
) -> Result<Vec<Placed>, MovesRefused> {
    let mut table = around.clone();
    for (index, moved) in moves.iter().enumerate() {
        let id = &moved.case.id;
        if moves[..index].iter().any(|before| before.case.id == *id) {
            return Err(MovesRefused::Repeated(id.clone()));
        }
        table.let_go(id);
    }
    for moved in moves {
        let wanted = claims(moved.case, &moved.plan, hospital);
        table.hold_all(&moved.case.id, wanted);
    }
    let mut placed = Vec::with_capacity(moves.len());
    let mut broken = Vec::new();
    for moved in moves {
        let Move {
            case,
            plan,
            overrides,
        } = moved;
        let surroundings = table.around(case, plan, hospital);
        match place(case, plan, hospital, &surroundings, booker, overrides, now) {
            Ok(place) => placed.push(place),
            Err(rules) => broken.push((case.id.clone(), rules)),
        }
    }
    if broken.is_empty() {
        Ok(placed)
    } else {
        Err(MovesRefused::Broken(broken))
    }
}
