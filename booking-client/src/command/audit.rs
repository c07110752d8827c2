//! `audit …`

use std::io::Write;

use booking_proto::ot::v1::{ListAuditEventsRequest, VerifyAuditChainRequest};

use super::{Service, pages};
use crate::{
    cli::{Audit, AuditFilter},
    exit::Exit,
    failure::Failure,
    output::{self, Printer},
    request,
};

pub(super) async fn run(
    service: &Service,
    command: &Audit,
    printer: &mut Printer<impl Write>,
) -> Result<Exit, Failure> {
    match command {
        Audit::List(args) => list(service, args, printer).await,
        Audit::Verify => verify(service, printer).await,
    }
}

async fn list(
    service: &Service,
    args: &AuditFilter,
    printer: &mut Printer<impl Write>,
) -> Result<Exit, Failure> {
    let place = service.place().await?;
    let filter = request::audit_filter(args, &place)?;
    let mut audit = service.audit();
    let events = pages::all(args.limit, async |page_size, page_token| {
        let request = ListAuditEventsRequest {
            page_size,
            page_token,
            filter: filter.clone(),
        };
        let page = service
            .call(request, async |r| audit.list_audit_events(r).await)
            .await?;
        Ok((page.audit_events, page.next_page_token))
    })
    .await?;
    printer.messages(&events, || output::audit_table(&events, &place))?;
    Ok(Exit::Done)
}

async fn verify(service: &Service, printer: &mut Printer<impl Write>) -> Result<Exit, Failure> {
    let mut audit = service.audit();
    let request = VerifyAuditChainRequest {};
    let verdict = service
        .call(request, async |r| audit.verify_audit_chain(r).await)
        .await?;
    printer.message(&verdict, || output::verdict(&verdict))?;
    Ok(if verdict.intact {
        Exit::Done
    } else {
        Exit::Refused
    })
}
