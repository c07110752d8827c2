//! Which cases a watch is about: those planned in a range, or all that are not over.

use booking_domain::{
    Case, CaseCondition, CaseQuery, CaseState, Hospital, MAX_FOOTPRINT_MIN, TheatreId, TimeRange,
    later,
};
use booking_proto::ot::v1;
use booking_store::Change;

use crate::grpc::{fields::Fields, limits::MAX_RANGE_DAYS, shared::request::theatres};

/// Cases that are read at once for a snapshot: they are kept until the reader has taken them.
const SNAPSHOT_PAGE: u32 = 200;

/// Which cases.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    /// Any when empty.
    theatres: Vec<TheatreId>,
    /// Planned in here; whatever is not over when absent.
    range: Option<TimeRange>,
}

impl Filter {
    pub(super) fn read(
        fields: &mut Fields,
        hospital: &Hospital,
        wire: &v1::WatchScheduleRequest,
    ) -> Option<Self> {
        let theatres = theatres(fields, hospital, &wire.theatres);
        let range = match (&wire.start_time, &wire.end_time) {
            (None, None) => Some(None),
            (start, end) => fields
                .bounded_range(start.as_ref(), end.as_ref(), MAX_RANGE_DAYS)
                .map(Some),
        };
        Some(Self {
            theatres: theatres?,
            range: range?,
        })
    }

    fn has_theatre(&self, theatre: &TheatreId) -> bool {
        self.theatres.is_empty() || self.theatres.contains(theatre)
    }

    /// Whether a case is one of those that are watched.
    pub(super) fn has(&self, case: &Case) -> bool {
        let Some(range) = &self.range else {
            let over = matches!(case.state, CaseState::Completed | CaseState::Cancelled);
            let theatre = case.plan.as_ref().map(|plan| &plan.theatre);
            return !over && theatre.map_or(self.theatres.is_empty(), |it| self.has_theatre(it));
        };
        let theatre = case
            .plan
            .as_ref()
            .is_some_and(|plan| self.has_theatre(&plan.theatre));
        let inside = case.planned_range().is_some_and(|it| it.overlaps(range));
        case.state != CaseState::Cancelled && theatre && inside
    }

    /// Whether the case may have been one of them before it changed.
    pub(super) fn had(&self, change: &Change) -> bool {
        match (&change.before, &self.range) {
            (Some(before), Some(range)) => {
                self.has_theatre(&before.theatre) && before.range.overlaps(range)
            }
            (Some(before), None) => self.has_theatre(&before.theatre),
            (None, Some(_)) => false,
            (None, None) => self.theatres.is_empty(),
        }
    }

    /// The first page of all of them; what it gives may be more than [`Self::has`].
    pub(super) fn first_page(&self) -> CaseQuery {
        let states = CaseState::ALL.into_iter().filter(|state| match self.range {
            Some(_) => *state != CaseState::Cancelled,
            None => !matches!(state, CaseState::Completed | CaseState::Cancelled),
        });
        let mut conditions = vec![CaseCondition::StateIn(states.collect())];
        if !self.theatres.is_empty() {
            conditions.push(CaseCondition::TheatreIn(self.theatres.clone()));
        }
        if let Some(range) = &self.range {
            // What began before may reach into it.
            let from = later(range.start(), -i64::from(MAX_FOOTPRINT_MIN));
            conditions.push(CaseCondition::StartFrom(from));
            conditions.push(CaseCondition::StartBefore(range.end()));
        }
        CaseQuery {
            conditions,
            limit: SNAPSHOT_PAGE,
            ..CaseQuery::default()
        }
    }
}

/// The page after one of `query` that came out as `page`, if there is one.
pub(super) fn next_page(query: CaseQuery, page: &[Case]) -> Option<CaseQuery> {
    let last = page
        .last()
        .filter(|_| page.len() == SNAPSHOT_PAGE as usize)?;
    Some(CaseQuery {
        after: Some(query.order.cursor(last)),
        ..query
    })
}
