//! Which cases a watch is about: those planned in a range, or all that are not over.

use booking_proto::ot::v1;

use super::super::{convert::values::instant, desk::theatres, fields::Fields};
use crate::{
    domain::{Case, CaseCondition, CaseQuery, CaseState, Hospital, TheatreId, TimeRange},
    store::{Change, Reads, Scope, StoreError},
};

/// Cases that are read at once for a snapshot without a range.
const SNAPSHOT_PAGE: u32 = 1_000;

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
                .range("", start.as_ref(), end.as_ref(), instant)
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

    /// All of them.
    pub(super) async fn snapshot(&self, reads: &mut Reads) -> Result<Vec<Case>, StoreError> {
        let Some(range) = self.range else {
            return self.all_that_is_not_over(reads).await;
        };
        let scope = match &*self.theatres {
            [] => Scope::All,
            theatres => Scope::These(theatres.to_vec()),
        };
        let mut cases = reads.day(&scope, range).await?;
        cases.retain(|case| self.has(case));
        Ok(cases)
    }

    async fn all_that_is_not_over(&self, reads: &mut Reads) -> Result<Vec<Case>, StoreError> {
        let states = CaseState::ALL
            .into_iter()
            .filter(|state| !matches!(state, CaseState::Completed | CaseState::Cancelled));
        let mut conditions = vec![CaseCondition::StateIn(states.collect())];
        if !self.theatres.is_empty() {
            conditions.push(CaseCondition::TheatreIn(self.theatres.clone()));
        }
        let mut query = CaseQuery {
            conditions,
            limit: SNAPSHOT_PAGE,
            ..CaseQuery::default()
        };
        let mut cases = Vec::new();
        loop {
            let page = reads.cases(&query).await?;
            let full = page.len() == SNAPSHOT_PAGE as usize;
            query.after = page.last().map(|last| query.order.cursor(last));
            cases.extend(page);
            if !full {
                return Ok(cases);
            }
        }
    }
}
