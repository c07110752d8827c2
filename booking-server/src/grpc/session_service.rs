//! `ot.v1.SessionService`: theatres' time that belongs to somebody.

use booking_proto::ot::v1::{self, session_service_server::SessionService};
use jiff::{Timestamp, civil::Date};
use sha2::{Digest as _, Sha256};
use tonic::{Request, Response, Status};

use super::{
    convert::{
        case::{case, to_reason_given},
        hospital::chosen_id,
        session::{SessionStanding, session, template, to_session, to_template},
        values::{date, timestamp, version},
    },
    desk::{Admitted, Desk, Redact, reading, theatres},
    fields::Fields,
    hospital_service::MAX_RANGE_DAYS,
    things::new_id,
};
use crate::{
    app::{CancelSession, ExpandTemplate, Refusal, ReleaseSession},
    domain::{
        Case, Expansion, MAX_EXPANSION_DAYS, Session, SessionId, SessionState, SessionTemplate,
        TemplateId,
    },
    names::{Named as _, name, parse},
    store::SessionQuery,
};

/// The place of a session in a list, as a page token holds it.
#[derive(Clone, PartialEq, prost::Message)]
struct SessionPlace {
    #[prost(message, optional, tag = "1")]
    start: Option<prost_types::Timestamp>,
    #[prost(string, tag = "2")]
    id: String,
}

impl SessionPlace {
    fn after(&self) -> Option<(Timestamp, SessionId)> {
        let start = self.start.as_ref()?;
        let start = Timestamp::new(start.seconds, start.nanos).ok()?;
        Some((start, SessionId::parse(&self.id).ok()?))
    }
}

#[tonic::async_trait]
impl SessionService for Desk {
    async fn create_session_template(
        &self,
        request: Request<v1::CreateSessionTemplateRequest>,
    ) -> Result<Response<v1::SessionTemplate>, Status> {
        let read = |fields: &mut Fields, wire: &v1::CreateSessionTemplateRequest| {
            let chosen = &wire.session_template_id;
            let id = chosen_id(fields, "session_template_id", chosen, new_id);
            to_template(
                fields,
                id,
                1,
                &wire.session_template.clone().unwrap_or_default(),
            )
        };
        self.create(request, read, template).await
    }

    async fn list_session_templates(
        &self,
        request: Request<v1::ListSessionTemplatesRequest>,
    ) -> Result<Response<v1::ListSessionTemplatesResponse>, Status> {
        let admitted = Admitted::of(&request)?;
        let request = request.into_inner();
        let pages = self.pages(&admitted, &[]);
        let page = reading(|fields| pages.page(fields, request.page_size, &request.page_token))?;
        let templates = self.app.read().await?.templates().await;
        let templates = templates.map_err(Refusal::from)?.into_iter();
        let key = |it: &SessionTemplate| it.id.to_string();
        let (session_templates, next_page_token) = pages.of_sorted(templates, &page, key, template);
        Ok(Response::new(v1::ListSessionTemplatesResponse {
            session_templates,
            next_page_token,
        }))
    }

    async fn update_session_template(
        &self,
        request: Request<v1::UpdateSessionTemplateRequest>,
    ) -> Result<Response<v1::SessionTemplate>, Status> {
        let given = |it: &v1::UpdateSessionTemplateRequest| {
            (it.session_template.clone(), it.update_mask.clone())
        };
        let read = |fields: &mut Fields, before: &SessionTemplate, wire: &v1::SessionTemplate| {
            to_template(fields, Some(before.id.clone()), before.version, wire)
        };
        self.update(request, given, read, template).await
    }

    async fn delete_session_template(
        &self,
        request: Request<v1::DeleteSessionTemplateRequest>,
    ) -> Result<Response<()>, Status> {
        self.delete::<_, SessionTemplate>(request, |it| (&it.name, &it.etag))
            .await
    }

    async fn expand_session_template(
        &self,
        request: Request<v1::ExpandSessionTemplateRequest>,
    ) -> Result<Response<v1::ExpandSessionTemplateResponse>, Status> {
        let read = |wire: &v1::ExpandSessionTemplateRequest, _: &_, _| {
            reading(|fields| {
                let template = fields.take("name", parse::<TemplateId>(&wire.name));
                let dates = to_dates(fields, wire, MAX_EXPANSION_DAYS.into());
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
            sessions: expansion.sessions.iter().map(session).collect(),
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
    ) -> Result<Response<v1::Session>, Status> {
        let read = |fields: &mut Fields, wire: &v1::CreateSessionRequest| {
            let id = chosen_id(fields, "session_id", &wire.session_id, new_id);
            let standing = SessionStanding {
                version: 1,
                state: SessionState::Planned,
                template: None,
            };
            to_session(
                fields,
                id,
                standing,
                &wire.session.clone().unwrap_or_default(),
            )
        };
        self.create(request, read, session).await
    }

    async fn get_session(
        &self,
        request: Request<v1::GetSessionRequest>,
    ) -> Result<Response<v1::Session>, Status> {
        let wire = request.into_inner();
        let id: SessionId = reading(|fields| fields.take("name", parse(&wire.name)))?;
        let found = self.app.read().await?.session(&id).await;
        let found = found.map_err(Refusal::from)?;
        let found = found.ok_or_else(|| Refusal::NotFound(name(&id)))?;
        Ok(Response::new(session(&found)))
    }

    async fn list_sessions(
        &self,
        request: Request<v1::ListSessionsRequest>,
    ) -> Result<Response<v1::ListSessionsResponse>, Status> {
        let admitted = Admitted::of(&request)?;
        let wire = request.into_inner();
        let hospital = self.app.store().hospital().await.map_err(Refusal::from)?;
        let (start, end) = (wire.start_time.as_ref(), wire.end_time.as_ref());
        let asked = [wire.theatres.join(" "), format!("{start:?} {end:?}")];
        let pages = self.pages(&admitted, &[&asked[0], &asked[1]]);
        let (query, size) = reading(|fields| {
            let theatres = theatres(fields, &hospital, &wire.theatres);
            let range = fields.bounded_range(start, end, MAX_RANGE_DAYS);
            let page = pages.page::<SessionPlace>(fields, wire.page_size, &wire.page_token)?;
            let query = SessionQuery {
                theatres: theatres?,
                range: Some(range?),
                after: page.after.as_ref().and_then(SessionPlace::after),
                limit: Some(u32::from(page.size) + 1),
                ..SessionQuery::default()
            };
            Some((query, page.size))
        })?;
        let found = self.app.read().await?.sessions(&query).await;
        let found = found.map_err(Refusal::from)?;
        let last = |last: &Session| SessionPlace {
            start: Some(timestamp(last.range.start())),
            id: last.id.text().to_owned(),
        };
        let (sessions, next_page_token) = pages.told(&found, size, last, session);
        Ok(Response::new(v1::ListSessionsResponse {
            sessions,
            next_page_token,
        }))
    }

    async fn update_session(
        &self,
        request: Request<v1::UpdateSessionRequest>,
    ) -> Result<Response<v1::Session>, Status> {
        let given = |it: &v1::UpdateSessionRequest| (it.session.clone(), it.update_mask.clone());
        let read = |fields: &mut Fields, before: &Session, wire: &v1::Session| {
            let standing = SessionStanding {
                version: before.version,
                state: before.state,
                template: before.template.clone(),
            };
            to_session(fields, Some(before.id.clone()), standing, wire)
        };
        self.update(request, given, read, session).await
    }

    async fn release_session(
        &self,
        request: Request<v1::ReleaseSessionRequest>,
    ) -> Result<Response<v1::Session>, Status> {
        let read = |wire: &v1::ReleaseSessionRequest, _: &_, _| {
            reading(|fields| {
                let session = fields.take("name", parse(&wire.name));
                let version = fields.take("etag", version(&wire.etag));
                Some(ReleaseSession {
                    session: session?,
                    version: version?,
                })
            })
        };
        self.write(request, read, session).await
    }

    async fn cancel_session(
        &self,
        request: Request<v1::CancelSessionRequest>,
    ) -> Result<Response<v1::CancelSessionResponse>, Status> {
        let read = |wire: &v1::CancelSessionRequest, _: &_, _| {
            reading(|fields| {
                let session = fields.take("name", parse(&wire.name));
                let version = fields.take("etag", version(&wire.etag));
                let reason = to_reason_given(fields, &wire.reason, "");
                Some(CancelSession {
                    session: session?,
                    version: version?,
                    reason: reason?,
                    postpone_cases: wire.postpone_cases,
                })
            })
        };
        let respond = |(cancelled, postponed): &(Session, Vec<Case>)| v1::CancelSessionResponse {
            session: Some(session(cancelled)),
            postponed_cases: postponed.iter().map(case).collect(),
        };
        self.write(request, read, respond).await
    }
}

/// A number that a template's session of a date always gets: an expansion that is done again, on
/// another server, finds what was made.
fn session_of(template: &TemplateId, date: Date) -> SessionId {
    let hash = Sha256::digest(format!("{template}\n{date}"));
    let short: String = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    SessionId::parse(&format!("{date}-{short}")).expect("short, and without control characters")
}

/// A range of civil dates, both included.
fn to_dates(
    fields: &mut Fields,
    wire: &v1::ExpandSessionTemplateRequest,
    max_days: i64,
) -> Option<(Date, Date)> {
    let first = fields.take("first_date", date(&wire.first_date));
    let last = fields.take("last_date", date(&wire.last_date));
    let (first, last) = (first?, last?);
    let days = first.duration_until(last).as_hours() / 24 + 1;
    if days < 1 || days > max_days {
        fields.refuse(
            "last_date",
            format!("must be 1 to {max_days} days from first_date"),
        );
    }
    Some((first, last))
}

impl Redact for v1::Session {}
impl Redact for v1::SessionTemplate {}
impl Redact for v1::ExpandSessionTemplateResponse {}
impl Redact for v1::CancelSessionResponse {
    fn redact(&mut self) {
        self.postponed_cases.iter_mut().for_each(Redact::redact);
    }
}
