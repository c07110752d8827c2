//! What really happened in a case, and when. Milestones never change the plan.
//!
//! ```text
//!  wheels in <= anaesthesia ready <= knife to skin <= closed <= wheels out <= recovery out
//!                                                               wheels out <= theatre clean
//! ```

use jiff::Timestamp;

/// A moment that is written down.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
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
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
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
