//! `ot.v1.AuditService`: who did what.

use booking_proto::ot::v1::{self, audit_service_server::AuditService};
use tonic::{Request, Response, Status};

use super::{
    convert::audit::{event, of_patients, to_conditions},
    desk::{Admitted, Desk, reading},
};
use crate::{
    access::Permission,
    app::Refusal,
    store::{AuditEvent, AuditQuery},
};

#[tonic::async_trait]
impl AuditService for Desk {
    async fn list_audit_events(
        &self,
        request: Request<v1::ListAuditEventsRequest>,
    ) -> Result<Response<v1::ListAuditEventsResponse>, Status> {
        let admitted = Admitted::of(&request)?;
        let wire = request.into_inner();
        let pages = self.pages(&admitted, &[&wire.filter]);
        let (query, size) = reading(|fields| {
            let conditions = fields.take("filter", to_conditions(&wire.filter));
            let page = pages.page::<u64>(fields, wire.page_size, &wire.page_token)?;
            let query = AuditQuery {
                conditions: conditions?,
                before: page.after,
                limit: u32::from(page.size) + 1,
            };
            Some((query, page.size))
        })?;
        if of_patients(&query.conditions) {
            self.patients_only(&admitted).await?;
        }
        let found = self.app.read().await?.audit_page(&query).await;
        let found = found.map_err(Refusal::from)?;
        let sees_patients = admitted.caller.may(Permission::PatientsRead);
        let last = |last: &AuditEvent| last.sequence;
        let shown = |it: &AuditEvent| event(it, sees_patients);
        let (audit_events, next_page_token) = pages.told(&found, size, last, shown);
        Ok(Response::new(v1::ListAuditEventsResponse {
            audit_events,
            next_page_token,
        }))
    }

    async fn verify_audit_chain(
        &self,
        _: Request<v1::VerifyAuditChainRequest>,
    ) -> Result<Response<v1::VerifyAuditChainResponse>, Status> {
        let report = self
            .app
            .store()
            .verify_audit()
            .await
            .map_err(Refusal::from)?;
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let (broken_sequence, description) = report.broken.clone().unwrap_or_default();
        Ok(Response::new(v1::VerifyAuditChainResponse {
            intact: report.broken.is_none(),
            events: number(report.events),
            broken_sequence: number(broken_sequence),
            description,
            head: report.head.to_vec(),
        }))
    }
}
