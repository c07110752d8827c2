//! Why a call was refused, for programs: `google.rpc.ErrorInfo`, as AIP-193 (google.aip.dev/193) has it.
//!
//! A plan that breaks the hospital's rules is refused with the first broken rule's own reason, such as
//! `THEATRE_DOUBLE_BOOKED`, with `FAILED_PRECONDITION`, and with every broken rule in `PreconditionFailure`.

use tonic::Code;

/// Who gives the reasons their meaning (`ErrorInfo.domain`).
pub const ERROR_DOMAIN: &str = "otbooking";

/// The rules that somebody with the right may override, with a reason, as violations name them.
pub const OVERRIDABLE_RULES: [&str; 4] = ["R6", "R8", "R9", "R11"];

/// A reason, and the status that always comes with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ErrorReason {
    /// Its name (`ErrorInfo.reason`).
    pub name: &'static str,
    /// The status.
    pub code: Code,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident: $code:ident;)*) => {$(
        $(#[$doc])*
        pub const $name: ErrorReason = ErrorReason {
            name: stringify!($name),
            code: Code::$code,
        };
    )*};
}

reasons! {
    /// Fields are missing, not well-formed, or name what is not there; `BadRequest` has every one.
    FIELD_INVALID: InvalidArgument;
    /// No protobuf message of the method's type.
    REQUEST_MALFORMED: InvalidArgument;
    /// The request id was used for another request.
    REQUEST_ID_REUSED: InvalidArgument;
    /// Not allowed; metadata `permission`.
    PERMISSION_MISSING: PermissionDenied;
    /// No such thing; metadata `resource`.
    NOT_FOUND: NotFound;
    /// No case answers the article's question.
    BOOKING_NOT_FOUND: NotFound;
    /// There already; metadata `resource`.
    ALREADY_EXISTS: AlreadyExists;
    /// A stale etag; metadata `resource`, and `etag` where it is known what it is now.
    ETAG_MISMATCH: Aborted;
    /// An option of an emergency plan that was overtaken.
    PLAN_STALE: Aborted;
    /// The wrong state; metadata `state`, for a case also `allowed`.
    INVALID_STATE: FailedPrecondition;
    /// Another patient is in the theatre.
    THEATRE_OCCUPIED: FailedPrecondition;
    /// The milestone was recorded before.
    MILESTONE_RECORDED: FailedPrecondition;
    /// Milestones that contradict each other.
    MILESTONES_OUT_OF_ORDER: FailedPrecondition;
    /// A milestone that contradicts the case's state.
    MILESTONE_CONTRADICTS_STATE: FailedPrecondition;
    /// A field that the case's state has fixed.
    FIELD_FIXED: FailedPrecondition;
    /// Another session stands in the theatre then.
    SESSION_OVERLAP: FailedPrecondition;
    /// The session has cases in it; `PreconditionFailure` has every one.
    SESSION_HAS_CASES: FailedPrecondition;
    /// To be deleted, and used.
    IN_USE: FailedPrecondition;
    /// The database's own net: two would hold one thing at a time.
    DOUBLE_BOOKED: FailedPrecondition;
    /// The database's own net: something that is referred to is not there.
    REFERENCE_MISSING: FailedPrecondition;
    /// A watch's token that is too old, or its reader was too slow.
    WATCH_TOKEN_EXPIRED: OutOfRange;
    /// As many watches as a caller may have.
    TOO_MANY_WATCHES: ResourceExhausted;
    /// The store is busy, or closing; `RetryInfo`.
    STORE_BUSY: Unavailable;
    /// Whether it happened is not known.
    OUTCOME_UNKNOWN: Internal;
    /// The store is damaged.
    STORE_DAMAGED: DataLoss;
    /// The store cannot be read.
    STORE_UNREADABLE: Internal;
}

/// A status by the name that gRPC's documents give it.
pub const fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
