//! `ot.v1.SessionService`: theatres' time that belongs to somebody.

use booking_domain::{
    Case, Expansion, MAX_EXPANSION_DAYS, Session, SessionId, SessionTemplate, TemplateId,
};
use booking_proto::ot::v1::{self, session_service_server::SessionService};
use booking_store::SessionQuery;
use jiff::civil::Date;
use tonic::Request;

use crate::{
    app::{CancelSession, ExpandTemplate, ReleaseSession},
    grpc::{
        convert::{
            case::{case, to_reason_given},
            item::ItemMessage as _,
        },
        fields::reading,
        limits::MAX_RANGE_DAYS,
        shared::{
            GrpcServices, Reply,
            catalogue::by_id,
            request::{dates, target, theatres},
        },
    },
    names::{digest, parse},
};

#[tonic::async_trait]
impl SessionService for GrpcServices {
    async fn create_session_template(
        &self,
        request: Request<v1::CreateSessionTemplateRequest>,
    ) -> Reply<v1::SessionTemplate> {
        self.create(request, |it| {
            (&it.session_template_id, &it.session_template)
        })
        .await
    }

    async fn list_session_templates(
        &self,
        request: Request<v1::ListSessionTemplatesRequest>,
    ) -> Reply<v1::ListSessionTemplatesResponse> {
        self.read(request, |admitted, request| async move {
            let templates = self.app.read().await?.templates().await?.into_iter();
            self.listed(&admitted, &request, &[], templates, by_id)
        })
        .await
    }

    async fn update_session_template(
        &self,
        request: Request<v1::UpdateSessionTemplateRequest>,
    ) -> Reply<v1::SessionTemplate> {
        self.update(request, |it| (&it.session_template, &it.update_mask))
            .await
    }

    async fn delete_session_template(
        &self,
        request: Request<v1::DeleteSessionTemplateRequest>,
    ) -> Reply<()> {
        self.delete::<SessionTemplate>(request).await
    }

    async fn expand_session_template(
        &self,
        request: Request<v1::ExpandSessionTemplateRequest>,
    ) -> Reply<v1::ExpandSessionTemplateResponse> {
        let read = |wire: &v1::ExpandSessionTemplateRequest, _: &_, _| {
            reading(|fields| {
                let template = fields.take("name", parse::<TemplateId>(&wire.name));
                let max_days = MAX_EXPANSION_DAYS.into();
                let dates = dates(fields, &wire.first_date, &wire.last_date, max_days);
                let (template, (first, last)) = (template?, dates?);
                let of = template.clone();
                Some(ExpandTemplate {
                    template,
                    first,
                    last,
                    new_id: Box::new(move |date| session_of(&of, date)),
                })
            })
        };
        let respond = |expansion: &Expansion| v1::ExpandSessionTemplateResponse {
            sessions: expansion.sessions.iter().map(v1::Session::of).collect(),
            skipped: expansion
                .skipped
                .iter()
                .map(|(date, why)| v1::SkippedDate {
                    date: date.to_string(),
                    reason: why.to_string(),
                })
                .collect(),
        };
        self.write(request, read, respond).await
    }

    async fn create_session(
        &self,
        request: Request<v1::CreateSessionRequest>,
    ) -> Reply<v1::Session> {
        self.create(request, |it| (&it.session_id, &it.session))
            .await
    }

    async fn get_session(&self, request: Request<v1::GetSessionRequest>) -> Reply<v1::Session> {
        self.get(request, |it| &it.name).await
    }

    async fn list_sessions(
        &self,
        request: Request<v1::ListSessionsRequest>,
    ) -> Reply<v1::ListSessionsResponse> {
        self.read(request, |admitted, wire| async move {
            let hospital = self.hospital().await?;
            let (start, end) = (wire.start_time.as_ref(), wire.end_time.as_ref());
            let asked = [wire.theatres.join(" "), format!("{start:?} {end:?}")];
            let pages = self.pages(&admitted, &[&asked[0], &asked[1]]);
            let (query, size) = reading(|fields| {
                let theatres = theatres(fields, &hospital, &wire.theatres);
                let range = fields.bounded_range(start, end, MAX_RANGE_DAYS);
                let page = pages.page(fields, wire.page_size, &wire.page_token)?;
                let query = SessionQuery {
                    theatres: theatres?,
                    range: Some(range?),
                    limit: Some(page.limit()),
                    after: page.after,
                    ..SessionQuery::default()
                };
                Some((query, page.size))
            })?;
            let found = self.app.read().await?.sessions(&query).await?;
            let last = |last: &Session| (last.range.start(), last.id.clone());
            let (sessions, next_page_token) = pages.told(&found, size, last, v1::Session::of);
            Ok(v1::ListSessionsResponse {
                sessions,
                next_page_token,
            })
        })
        .await
    }

    async fn update_session(
        &self,
        request: Request<v1::UpdateSessionRequest>,
    ) -> Reply<v1::Session> {
        self.update(request, |it| (&it.session, &it.update_mask))
            .await
    }

    async fn release_session(
        &self,
        request: Request<v1::ReleaseSessionRequest>,
    ) -> Reply<v1::Session> {
        let read = |wire: &v1::ReleaseSessionRequest, _: &_, _| {
            let (session, version) = reading(|fields| target(fields, wire))?;
            Ok(ReleaseSession { session, version })
        };
        self.write(request, read, v1::Session::of).await
    }

    async fn cancel_session(
        &self,
        request: Request<v1::CancelSessionRequest>,
    ) -> Reply<v1::CancelSessionResponse> {
        let read = |wire: &v1::CancelSessionRequest, _: &_, _| {
            reading(|fields| {
                let target = target(fields, wire);
                let reason = to_reason_given(fields, &wire.reason, "");
                let (session, version) = target?;
                Some(CancelSession {
                    session,
                    version,
                    reason: reason?,
                    postpone_cases: wire.postpone_cases,
                })
            })
        };
        let respond = |(cancelled, postponed): &(Session, Vec<Case>)| v1::CancelSessionResponse {
            session: Some(v1::Session::of(cancelled)),
            postponed_cases: postponed.iter().map(case).collect(),
        };
        self.write(request, read, respond).await
    }
}

/// A number that a template's session of a date always gets: an expansion that is done again, on
/// another server, finds what was made.
fn session_of(template: &TemplateId, date: Date) -> SessionId {
    let short = digest(&format!("{template}\n{date}"), 8);
    SessionId::parse(&format!("{date}-{short}")).expect("short, and without control characters")
}
