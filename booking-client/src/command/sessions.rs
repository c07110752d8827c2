//! `sessions …`

use std::io::Write;

use booking_proto::ot::v1::{
    self, CancelSessionRequest, DeleteSessionTemplateRequest, ExpandSessionTemplateRequest,
    GetSessionRequest, ReleaseSessionRequest, Session,
};

use super::{Service, options, pages};
use crate::{
    cli::{ChangeArgs, ListSessionsArgs, Sessions, Templates, WriteArgs},
    failure::Failure,
    moment::Day,
    output::{self, Printer},
    request::{self, UsageError, resource},
};

pub(super) async fn run(
    service: &Service,
    command: &Sessions,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let mut sessions = service.sessions();
    let session = match command {
        Sessions::List(args) => return list(service, args, printer).await,
        Sessions::Templates(command) => return templates(service, command, printer).await,
        Sessions::Create(args) => {
            let request = request::new_session(args, &place, &options(&args.write))?;
            service
                .call(request, async |r| sessions.create_session(r).await)
                .await?
        }
        Sessions::Get { session } => {
            let request = GetSessionRequest {
                name: resource("sessions", session),
            };
            service
                .call(request, async |r| sessions.get_session(r).await)
                .await?
        }
        Sessions::Release { session, change } => {
            let write = options(&change.write);
            let request = ReleaseSessionRequest {
                name: resource("sessions", session),
                etag: change.etag.clone().unwrap_or_default(),
                request_id: write.request_id,
                validate_only: write.validate_only,
            };
            service
                .call(request, async |r| sessions.release_session(r).await)
                .await?
        }
        Sessions::Cancel {
            session,
            reason,
            postpone_cases,
            change,
        } => {
            let fate = (reason.as_str(), *postpone_cases);
            cancel(service, session, fate, change, printer).await?
        }
        Sessions::Move {
            session,
            from,
            to,
            note,
            flags,
            change,
        } => {
            let what = (*from, *to, note.as_ref(), flags);
            let request =
                request::moved_session(session, what, change, &place, &options(&change.write))?;
            service
                .call(request, async |r| sessions.update_session(r).await)
                .await?
        }
    };
    printer.message(&session, || {
        output::session_table(std::slice::from_ref(&session), &place)
    })?;
    Ok(())
}

async fn list(
    service: &Service,
    args: &ListSessionsArgs,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let first = request::list_sessions(args, &place)?;
    let mut client = service.sessions();
    let all = pages::all(pages::EVERYTHING, async |page_size, page_token| {
        let request = v1::ListSessionsRequest {
            page_size,
            page_token,
            ..first.clone()
        };
        let page = service
            .call(request, async |r| client.list_sessions(r).await)
            .await?;
        Ok((page.sessions, page.next_page_token))
    })
    .await?;
    printer.messages(&all, || output::session_table(&all, &place))?;
    Ok(())
}

/// Prints the cases that lost their place, and gives the session.
async fn cancel(
    service: &Service,
    session: &str,
    (reason, postpone_cases): (&str, bool),
    change: &ChangeArgs,
    printer: &mut Printer<impl Write>,
) -> Result<Session, Failure> {
    let write = options(&change.write);
    let request = CancelSessionRequest {
        name: resource("sessions", session),
        etag: change.etag.clone().unwrap_or_default(),
        reason: resource("reasons", reason),
        postpone_cases,
        request_id: write.request_id,
        validate_only: write.validate_only,
    };
    let mut sessions = service.sessions();
    let done = service
        .call(request, async |r| sessions.cancel_session(r).await)
        .await?;
    let place = service.place().await?;
    printer.messages(&done.postponed_cases, || {
        match done.postponed_cases.as_slice() {
            [] => String::new(),
            cases => output::waiting_list(cases, &place),
        }
    })?;
    Ok(done.session.unwrap_or_default())
}

async fn templates(
    service: &Service,
    command: &Templates,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let mut sessions = service.sessions();
    match command {
        Templates::List => {
            let all = pages::all(pages::EVERYTHING, async |page_size, page_token| {
                let request = v1::ListSessionTemplatesRequest {
                    page_size,
                    page_token,
                };
                let page = service
                    .call(request, async |r| sessions.list_session_templates(r).await)
                    .await?;
                Ok((page.session_templates, page.next_page_token))
            })
            .await?;
            printer.messages(&all, || output::template_table(&all))?;
        }
        Templates::Create(args) => {
            let request = request::new_template(args, &place, &options(&args.write))?;
            let made = service
                .call(request, async |r| sessions.create_session_template(r).await)
                .await?;
            printer.message(&made, || {
                output::template_table(std::slice::from_ref(&made))
            })?;
        }
        Templates::Update(args) => {
            let write = options(&args.change.write);
            let request = request::changed_template(args, &place, &write)?;
            let changed = service
                .call(request, async |r| sessions.update_session_template(r).await)
                .await?;
            printer.message(&changed, || {
                output::template_table(std::slice::from_ref(&changed))
            })?;
        }
        Templates::Expand {
            template,
            from,
            to,
            write,
        } => {
            expand(service, template, (*from, *to), write, printer).await?;
        }
        Templates::Delete { template, change } => {
            let write = options(&change.write);
            let request = DeleteSessionTemplateRequest {
                name: resource("sessionTemplates", template),
                etag: change.etag.clone().unwrap_or_default(),
                request_id: write.request_id,
                validate_only: write.validate_only,
            };
            service
                .call(request, async |r| sessions.delete_session_template(r).await)
                .await?;
            printer.note("Deleted; its sessions stay.")?;
        }
    }
    Ok(())
}

async fn expand(
    service: &Service,
    template: &str,
    (from, to): (Day, Day),
    write: &WriteArgs,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let write = options(write);
    let request = ExpandSessionTemplateRequest {
        name: resource("sessionTemplates", template),
        first_date: from.resolve(&place).map_err(UsageError::from)?.to_string(),
        last_date: to.resolve(&place).map_err(UsageError::from)?.to_string(),
        request_id: write.request_id,
        validate_only: write.validate_only,
    };
    let mut sessions = service.sessions();
    let made = service
        .call(request, async |r| sessions.expand_session_template(r).await)
        .await?;
    printer.message(&made, || output::expansion(&made, &place))?;
    Ok(())
}
