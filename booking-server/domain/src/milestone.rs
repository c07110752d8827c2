//! What really happened in a case, and when. Milestones never change the plan.
//!
//! ```text
//!  wheels in <= anaesthesia ready <= knife to skin <= closed <= wheels out <= recovery out
//!                                                               wheels out <= theatre clean
//! ```

use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

/// A moment that is written down.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Milestone {
    /// The patient is brought in.
    WheelsIn,
    /// The operation could begin.
    AnaesthesiaReady,
    /// It begins.
    KnifeToSkin,
    /// It ends.
    Closed,
    /// The patient is brought out.
    WheelsOut,
    /// The patient leaves recovery.
    RecoveryOut,
    /// The theatre is ready for the next.
    TheatreClean,
}

/// The moments of a case; each may be unknown.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Milestones {
    /// The patient was brought in.
    pub wheels_in: Option<Timestamp>,
    /// The operation could begin.
    pub anaesthesia_ready: Option<Timestamp>,
    /// It began.
    pub knife_to_skin: Option<Timestamp>,
    /// It ended.
    pub closed: Option<Timestamp>,
    /// The patient was brought out.
    pub wheels_out: Option<Timestamp>,
    /// The patient left recovery.
    pub recovery_out: Option<Timestamp>,
    /// The theatre was ready for the next.
    pub theatre_clean: Option<Timestamp>,
}

impl Milestone {
    /// Whether `self` must not come after `other`.
    fn precedes(self, other: Self) -> bool {
        // Recovery and cleaning go on side by side: neither waits for the other.
        self < other && (self, other) != (Self::RecoveryOut, Self::TheatreClean)
    }
}

/// A milestone that comes after one that it must precede.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("{} comes after {}", .earlier.as_str(), .later.as_str())]
pub struct MilestonesOutOfOrder {
    /// What should come first.
    pub earlier: Milestone,
    /// What should come second.
    pub later: Milestone,
}

impl Milestones {
    /// When it happened.
    pub const fn get(mut self, milestone: Milestone) -> Option<Timestamp> {
        *self.place(milestone)
    }

    /// The same with one of them known, or no longer known.
    #[must_use]
    pub const fn with(mut self, milestone: Milestone, at: Option<Timestamp>) -> Self {
        *self.place(milestone) = at;
        self
    }

    const fn place(&mut self, milestone: Milestone) -> &mut Option<Timestamp> {
        match milestone {
            Milestone::WheelsIn => &mut self.wheels_in,
            Milestone::AnaesthesiaReady => &mut self.anaesthesia_ready,
            Milestone::KnifeToSkin => &mut self.knife_to_skin,
            Milestone::Closed => &mut self.closed,
            Milestone::WheelsOut => &mut self.wheels_out,
            Milestone::RecoveryOut => &mut self.recovery_out,
            Milestone::TheatreClean => &mut self.theatre_clean,
        }
    }

    /// Those that are known, in the order of a case's life.
    pub fn known(&self) -> impl Iterator<Item = (Milestone, Timestamp)> {
        let all = Milestone::ALL.into_iter();
        all.filter_map(|milestone| Some((milestone, self.get(milestone)?)))
    }

    /// Whether they come in the order of a case's life; two may share an instant.
    ///
    /// # Errors
    ///
    /// [`MilestonesOutOfOrder`], the first pair that does not.
    pub fn check(&self) -> Result<(), MilestonesOutOfOrder> {
        for (earlier, first) in self.known() {
            for (later, second) in self.known() {
                if earlier.precedes(later) && first > second {
                    return Err(MilestonesOutOfOrder { earlier, later });
                }
            }
        }
        Ok(())
    }
}
