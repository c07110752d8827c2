//! What a page needs of a request: who looks, what they ask, and a client to ask the backend with.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{FromRequestParts, Query},
    http::{StatusCode, request::Parts},
    response::Response,
};
use booking_proto::{
    contract::resource::{self, CASES},
    ot::v1::{
        Case, GetCaseRequest, ListReasonsRequest, ListSitesRequest, ListStaffRequest,
        ListTheatresRequest, Reason, Staff, Theatre,
    },
};
use jiff::Timestamp;

use super::{
    field::Choice,
    fields::{Fields, Form},
    frame::Frame,
    render::page,
    strip::Strip,
    undo_offer,
};
use crate::{
    backend::{Access, BackendClient, Refusal, RefusalKind, Reply},
    state::AppState,
    view::{civil::Civil, directory::Directory, wording},
    visitor::Visitor,
};

/// As many as a hospital has, in one answer.
pub(crate) const ALL: i32 = 1000;

/// One request of somebody who may look.
pub(crate) struct Ctx {
    pub(crate) state: AppState,
    pub(crate) visitor: Visitor,
    pub(crate) client: BackendClient,
    path: String,
    pub(crate) query: Fields,
    pub(crate) now: Timestamp,
    /// What was asked for and refused, of which the page tells.
    refusal: Option<Refusal>,
    /// Taken before anything is asked, so that no change falls between a page and its news.
    since: String,
}

/// The page in place of one that the backend could not or would not fill.
#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage<'a> {
    frame: Frame,
    refusal: &'a Refusal,
    /// Who has to have the right that is missing.
    asked_as: String,
}

impl FromRequestParts<AppState> for Ctx {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        Ok(Self::of(visitor, parts, state).await)
    }
}

impl Ctx {
    pub(crate) async fn of(visitor: Visitor, parts: &mut Parts, state: &AppState) -> Self {
        let query = Query::from_request_parts(parts, state).await;
        Self {
            client: state.backend.client(visitor.person.clone()),
            state: state.clone(),
            visitor,
            path: parts.uri.path().to_owned(),
            query: query.map_or_else(|_| Fields::default(), |Query(pairs)| Fields::new(pairs)),
            now: Timestamp::now(),
            refusal: None,
            since: state.live.mark(),
        }
    }

    /// The same after something was refused, of which the page then tells.
    pub(crate) fn refused(self, refusal: Refusal) -> Self {
        let refusal = Some(refusal);
        Self { refusal, ..self }
    }

    /// Whether a form carries a token of this sign-in.
    pub(crate) fn sent(&self, token: &str) -> bool {
        self.visitor.sent(&self.state.sign_in.seal, token)
    }

    /// The frame around a page, with what was proven while the page was put together.
    pub(crate) fn frame(&self) -> Frame {
        let sign_in = &self.state.sign_in;
        Frame {
            path: self.path.clone(),
            token: self.visitor.form_token(&sign_in.seal),
            visitor: self.visitor.clone(),
            strip: self.strip(self.client.noted().as_ref()),
            person: self.access(),
            account: self.state.backend.access(None),
            accounts: self.state.accounts.is_some(),
            undo: undo_offer::offer(self.query.get("undo"), &sign_in.seal, self.now),
            refusal: self.refusal.clone(),
            since: self.since.clone(),
        }
    }

    /// What was proven by a reply.
    pub(crate) fn strip<T>(&self, reply: Option<&Reply<T>>) -> Strip {
        Strip::of(reply, Arc::clone(&self.state.expected), self.now)
    }

    /// The page, or the one that says why there is none.
    pub(crate) fn show(&self, loaded: Result<impl Template, Refusal>) -> Response {
        match loaded {
            Ok(template) => self.show_form(&Form::default(), &template),
            Err(trouble) => self.trouble(self.refusal.as_ref().unwrap_or(&trouble)),
        }
    }

    /// A page with a form, which tells what was refused or has to be corrected, if anything.
    pub(crate) fn show_form(&self, form: &Form, template: &impl Template) -> Response {
        let status = match &self.refusal {
            Some(refusal) => refusal.text().status,
            None if form.is_wrong() => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
        };
        page(status, template)
    }

    /// The page that says why there is no other.
    pub(crate) fn trouble(&self, refusal: &Refusal) -> Response {
        let (kind, code, cause) = (refusal.kind, refusal.code, refusal.cause());
        let reason = &refusal.reason;
        tracing::warn!(?kind, ?code, reason, cause, "the backend was asked in vain");
        let asked_as = match &self.visitor.person {
            Some(person) => format!("{} ({person})", self.visitor.display_name),
            None => "this front end's service account".to_owned(),
        };
        let instead = TroublePage {
            frame: self.frame(),
            refusal,
            asked_as,
        };
        page(refusal.text().status, &instead)
    }

    /// What the person may, as far as it is known.
    pub(crate) fn access(&self) -> Option<Arc<Access>> {
        self.state.backend.access(self.visitor.person.as_deref())
    }

    /// The case at `/cases/{id}`.
    pub(crate) async fn case(&self, id: &str) -> Result<Case, Refusal> {
        let name = resource::name(CASES, id);
        self.client.get_case(GetCaseRequest { name }).await
    }

    /// The hospital's civil time.
    pub(crate) async fn civil(&self) -> Result<Civil, Refusal> {
        let listed = self.client.list_sites(ListSitesRequest::default()).await?;
        let site = listed.sites.first();
        Ok(Civil::of(site.map_or("UTC", |site| &site.time_zone)))
    }

    pub(crate) async fn theatres(&self) -> Result<Vec<Theatre>, Refusal> {
        let request = ListTheatresRequest {
            page_size: ALL,
            ..Default::default()
        };
        Ok(self.client.list_theatres(request).await?.theatres)
    }

    /// Nobody for those who may not know who works here; a board is a board without their names.
    pub(crate) async fn staff(&self) -> Result<Vec<Staff>, Refusal> {
        let request = ListStaffRequest {
            page_size: ALL,
            ..Default::default()
        };
        let listed = permitted(self.client.list_staff(request).await)?;
        Ok(listed.unwrap_or_default().staff)
    }

    /// Reasons that can still be given.
    pub(crate) async fn reasons(&self) -> Result<Vec<Reason>, Refusal> {
        let listed = self.client.list_reasons(ListReasonsRequest::default());
        let mut reasons = listed.await?.reasons;
        reasons.retain(|reason| !reason.retired);
        Ok(reasons)
    }

    /// Names of staff and theatres.
    pub(crate) async fn names(&self) -> Result<Directory, Refusal> {
        let (staff, theatres) = tokio::try_join!(self.staff(), self.theatres())?;
        Ok(Directory::default().staff(&staff).theatres(&theatres))
    }
}

/// Reasons to choose from: `Staff: Surgeon ill`.
pub(crate) fn reason_choices(reasons: &[Reason]) -> Vec<Choice> {
    let choice = |one: &Reason| {
        let group = wording::group(one.group());
        Choice::new(&one.name, format!("{group}: {}", one.display_name))
    };
    reasons.iter().map(choice).collect()
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
