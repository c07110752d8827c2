//! What a page needs of a request: who looks, what they ask, and a desk to ask the backend at.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Query},
    http::{StatusCode, request::Parts},
    response::Response,
};
use booking_proto::ot::v1::{
    ListReasonsRequest, ListSitesRequest, ListStaffRequest, ListTheatresRequest, Reason, Staff,
    Theatre,
};
use jiff::Timestamp;

use super::{
    fields::Fields,
    frame::{Frame, Here, Offers},
    strip::Strip,
    trouble, undo,
};
use crate::{
    AppState,
    backend::{Access, Desk, Refusal, RefusalKind},
    view::{civil::Civil, directory::Directory},
    visitor::Visitor,
};

/// As many as a hospital has, in one answer.
pub(crate) const ALL: i32 = 1000;

/// One request of somebody who may look.
pub(crate) struct Ctx {
    pub(crate) state: AppState,
    pub(crate) visitor: Visitor,
    pub(crate) desk: Desk,
    pub(crate) query: Fields,
    pub(crate) now: Timestamp,
    /// Taken before anything is asked, so that no change falls between a page and its news.
    since: String,
}

impl FromRequestParts<AppState> for Ctx {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let query = query.map_or_else(|_| Fields::default(), |Query(pairs)| Fields::new(pairs));
        Ok(Self {
            desk: state.desk(visitor.person.clone()),
            state: state.clone(),
            visitor,
            query,
            now: Timestamp::now(),
            since: state.live.mark(),
        })
    }
}

impl Ctx {
    /// The frame around a page, with what was proven while the page was put together.
    pub(crate) fn frame(&self, here: Here) -> Frame {
        let strip = match self.desk.noted() {
            Some(reply) => Strip::of(&reply, &self.state.expected, self.now),
            None => Strip::Idle {
                expected: self.state.expected.to_vec(),
            },
        };
        Frame {
            here,
            token: self.visitor.form_token(&self.state.sign_in.seal),
            visitor: self.visitor.clone(),
            strip,
            offers: self.offers(),
            undo: undo::offer(self),
            since: self.since.clone(),
        }
    }

    /// What the person may, as far as it is known.
    pub(crate) fn access(&self) -> Option<Arc<Access>> {
        self.state.access.of(self.visitor.person.as_deref())
    }

    /// Whether there is any sense in offering what needs this right: yes, unless the backend has said no.
    pub(crate) fn may(&self, right: &str) -> bool {
        self.access().is_none_or(|access| access.may(right))
    }

    fn offers(&self) -> Offers {
        Offers::new(&self.state, self.visitor.person.as_deref())
    }

    /// The page that says why there is no other.
    pub(crate) fn trouble(&self, here: Here, refusal: &Refusal) -> Response {
        note(refusal);
        trouble::page(self, here, refusal)
    }

    /// The hospital's civil time.
    pub(crate) async fn civil(&self) -> Result<Civil, Refusal> {
        let sites = self
            .desk
            .list_sites(ListSitesRequest::default())
            .await?
            .sites;
        Ok(Civil::of(
            sites.first().map_or("UTC", |site| &site.time_zone),
        ))
    }

    pub(crate) async fn theatres(&self) -> Result<Vec<Theatre>, Refusal> {
        let request = ListTheatresRequest {
            page_size: ALL,
            ..Default::default()
        };
        Ok(self.desk.list_theatres(request).await?.theatres)
    }

    /// Nobody for those who may not know who works here; a board is a board without their names.
    pub(crate) async fn staff(&self) -> Result<Vec<Staff>, Refusal> {
        let request = ListStaffRequest {
            page_size: ALL,
            ..Default::default()
        };
        let listed = permitted(self.desk.list_staff(request).await)?;
        Ok(listed.unwrap_or_default().staff)
    }

    pub(crate) async fn reasons(&self) -> Result<Vec<Reason>, Refusal> {
        let reasons = self
            .desk
            .list_reasons(ListReasonsRequest::default())
            .await?
            .reasons;
        Ok(reasons
            .into_iter()
            .filter(|reason| !reason.retired)
            .collect())
    }

    /// Names of staff and theatres.
    pub(crate) async fn names(&self) -> Result<Directory, Refusal> {
        let (staff, theatres) = tokio::try_join!(self.staff(), self.theatres())?;
        Ok(Directory::default().staff(&staff).theatres(&theatres))
    }
}

/// None for what the person may not see, so that the rest of a page is shown.
pub(crate) fn permitted<T>(answer: Result<T, Refusal>) -> Result<Option<T>, Refusal> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(refusal) if refusal.kind == RefusalKind::PermissionMissing => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// A fresh id for a form that changes something: sent twice, it changes it once.
pub(crate) fn request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// One log line for what was refused, without the backend's words: they may name a patient.
pub(crate) fn note(refusal: &Refusal) {
    let Refusal {
        kind,
        code,
        reason,
        detail,
        loggable,
        ..
    } = refusal;
    let cause = if *loggable {
        detail.as_str()
    } else {
        "in the backend's own words"
    };
    tracing::warn!(?kind, ?code, reason, cause, "the backend was asked in vain");
}

/// The status of a page that could not do what was asked.
pub(crate) fn status_of(kind: RefusalKind) -> StatusCode {
    super::words::Words::of(kind).status
}
