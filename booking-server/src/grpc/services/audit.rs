//! `ot.v1.AuditService`: who did what.

use booking_proto::ot::v1::{self, audit_service_server::AuditService};
use booking_store::{AuditEvent, AuditQuery};
use tonic::Request;

use crate::grpc::{
    convert::audit::{event, of_patients, to_conditions},
    fields::reading,
    shared::{GrpcServices, Reply},
};

#[tonic::async_trait]
impl AuditService for GrpcServices {
    async fn list_audit_events(
        &self,
        request: Request<v1::ListAuditEventsRequest>,
    ) -> Reply<v1::ListAuditEventsResponse> {
        self.read(request, |admitted, wire| async move {
            let pages = self.pages(&admitted, &[&wire.filter]);
            let (query, size) = reading(|fields| {
                let conditions = fields.take("filter", to_conditions(&wire.filter));
                let page = pages.page::<u64>(fields, wire.page_size, &wire.page_token)?;
                let query = AuditQuery {
                    conditions: conditions?,
                    before: page.after,
                    limit: page.limit(),
                };
                Some((query, page.size))
            })?;
            if of_patients(&query.conditions) {
                self.patients_only(&admitted).await?;
            }
            let found = self.app.read().await?.audit_page(&query).await?;
            let last = |last: &AuditEvent| last.sequence;
            let shown = |it: &AuditEvent| event(it, admitted.sees_patients());
            let (audit_events, next_page_token) = pages.told(&found, size, last, shown);
            Ok(v1::ListAuditEventsResponse {
                audit_events,
                next_page_token,
            })
        })
        .await
    }

    async fn verify_audit_chain(
        &self,
        request: Request<v1::VerifyAuditChainRequest>,
    ) -> Reply<v1::VerifyAuditChainResponse> {
        self.read(request, |_, _| async move {
            let report = self.app.store().verify_audit().await?;
            let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            let (broken_sequence, description) = report.broken.clone().unwrap_or_default();
            Ok(v1::VerifyAuditChainResponse {
                intact: report.broken.is_none(),
                events: number(report.events),
                broken_sequence: number(broken_sequence),
                description,
                head: report.head.to_vec(),
            })
        })
        .await
    }
}
