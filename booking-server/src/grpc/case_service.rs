//! `ot.v1.CaseService`: what its requests ask for, and what they are answered with.

use booking_proto::{
    contract::limits::MAX_MOVES,
    ot::v1::{self, case_service_server::CaseService},
};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::{
    case_filter::{CasePlace, parse_filter, parse_order},
    convert::{
        case::{self, to_details, to_milestones, to_overrides, to_plan, to_reason_given},
        hospital::chosen_id,
        values::{note, version},
        words::word,
    },
    desk::{Admitted, Desk, Redact, moment, reading, target},
    mask,
};
use crate::{
    access::Permission,
    app::{
        AbortCase, CancelCase, ConfirmCase, CorrectCase, CreateCase, Move, MoveCases, PostponeCase,
        RecordMilestone, Refusal, RescheduleCase, ScheduleCase, Target, UpdateCase,
    },
    domain::{Case, CaseId, CaseQuery},
    names::{name, parse},
};

#[tonic::async_trait]
impl CaseService for Desk {
    async fn create_case(
        &self,
        request: Request<v1::CreateCaseRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let ours = Uuid::now_v7().to_string();
        let read = |wire: &v1::CreateCaseRequest, hospital: &_, now| {
            reading(|fields| {
                let id = chosen_id(fields, "case_id", &wire.case_id, || ours);
                let draft = wire.case.clone().unwrap_or_default();
                let details = to_details(fields, hospital, &draft, now);
                let plan = match &wire.plan {
                    None => Some(None),
                    plan => to_plan(fields, "plan", plan.as_ref()).map(Some),
                };
                let overrides = to_overrides(fields, &wire.overrides);
                Some(CreateCase {
                    id: id?,
                    details: details?,
                    plan: plan?,
                    overrides: overrides?,
                })
            })
        };
        self.write(request, read, case::case).await
    }

    async fn get_case(
        &self,
        request: Request<v1::GetCaseRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let admitted = Admitted::of(&request)?;
        let request = request.into_inner();
        let id: CaseId = reading(|fields| fields.take("name", parse(&request.name)))?;
        let found = self
            .app
            .read()
            .await?
            .case(&id)
            .await
            .map_err(Refusal::from)?;
        let found = found.ok_or_else(|| Refusal::NotFound(name(&id)))?;
        Ok(Response::new(admitted.shown(case::case(&found))))
    }

    async fn list_cases(
        &self,
        request: Request<v1::ListCasesRequest>,
    ) -> Result<Response<v1::ListCasesResponse>, Status> {
        let admitted = Admitted::of(&request)?;
        let request = request.into_inner();
        let pages = self.pages(&admitted, &[&request.filter, &request.order_by]);
        let (filter, order, page) = reading(|fields| {
            let filter = fields.take("filter", parse_filter(&request.filter));
            let order = fields.take("order_by", parse_order(&request.order_by));
            let page = pages.page::<CasePlace>(fields, request.page_size, &request.page_token);
            Some((filter?, order?, page?))
        })?;
        if filter.of_patients {
            self.patients_only(&admitted).await?;
        }
        let query = CaseQuery {
            conditions: filter.conditions,
            order,
            after: page.after.as_ref().and_then(CasePlace::cursor),
            // One more says whether there is a next page.
            limit: u32::from(page.size) + 1,
        };
        let found = self.app.read().await?.cases(&query).await;
        let found = found.map_err(Refusal::from)?;
        let last = |last: &Case| CasePlace::of(&order.cursor(last));
        let shown = |it: &Case| admitted.shown(case::case(it));
        let (cases, next_page_token) = pages.told(&found, page.size, last, shown);
        Ok(Response::new(v1::ListCasesResponse {
            cases,
            next_page_token,
        }))
    }

    async fn update_case(
        &self,
        request: Request<v1::UpdateCaseRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let read = |wire: &v1::UpdateCaseRequest, _: &_, _| {
            let given = wire.case.clone().unwrap_or_default();
            let mask = wire.update_mask.clone();
            let (target, overrides) = reading(|fields| {
                let case = fields.take("case.name", parse(&given.name));
                let version = fields.take("case.etag", version(&given.etag));
                let overrides = to_overrides(fields, &wire.overrides);
                let target = Target {
                    case: case?,
                    version: version?,
                };
                Some((target, overrides?))
            })?;
            let change = move |before: &Case, hospital: &_, now| {
                let wire = case::case(before);
                let mut merged = mask::update(&wire, &given, mask.as_ref())?;
                // A target that nobody chose follows what it was made from.
                let default = before
                    .details
                    .urgency
                    .default_target(before.details.decided_at);
                if before.details.target_at == default && merged.target_time == wire.target_time {
                    merged.target_time = None;
                }
                reading(|fields| to_details(fields, hospital, &merged, now))
            };
            Ok(UpdateCase {
                target,
                change: Box::new(change),
                overrides,
            })
        };
        self.write(request, read, case::case).await
    }

    async fn schedule_case(
        &self,
        request: Request<v1::ScheduleCaseRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let read = |wire: &v1::ScheduleCaseRequest, _: &_, _| {
            reading(|fields| {
                let target = target(fields, &wire.name, &wire.etag);
                let plan = to_plan(fields, "plan", wire.plan.as_ref());
                let overrides = to_overrides(fields, &wire.overrides);
                Some(ScheduleCase {
                    target: target?,
                    plan: plan?,
                    overrides: overrides?,
                })
            })
        };
        self.write(request, read, case::case).await
    }

    async fn confirm_case(
        &self,
        request: Request<v1::ConfirmCaseRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let read = |wire: &v1::ConfirmCaseRequest, _: &_, _| {
            let target = reading(|fields| target(fields, &wire.name, &wire.etag))?;
            Ok(ConfirmCase { target })
        };
        self.write(request, read, case::case).await
    }

    async fn reschedule_case(
        &self,
        request: Request<v1::RescheduleCaseRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let read = |wire: &v1::RescheduleCaseRequest, _: &_, _| {
            reading(|fields| {
                let target = target(fields, &wire.name, &wire.etag);
                let plan = to_plan(fields, "plan", wire.plan.as_ref());
                let reason = to_reason_given(fields, &wire.reason, &wire.note);
                let overrides = to_overrides(fields, &wire.overrides);
                Some(RescheduleCase {
                    target: target?,
                    plan: plan?,
                    reason: reason?,
                    overrides: overrides?,
                })
            })
        };
        self.write(request, read, case::case).await
    }

    async fn postpone_case(
        &self,
        request: Request<v1::PostponeCaseRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let read = |wire: &v1::PostponeCaseRequest, _: &_, _| {
            reading(|fields| {
                let target = target(fields, &wire.name, &wire.etag);
                let reason = to_reason_given(fields, &wire.reason, &wire.note);
                Some(PostponeCase {
                    target: target?,
                    reason: reason?,
                })
            })
        };
        self.write(request, read, case::case).await
    }

    async fn cancel_case(
        &self,
        request: Request<v1::CancelCaseRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let read = |wire: &v1::CancelCaseRequest, _: &_, _| {
            reading(|fields| {
                let target = target(fields, &wire.name, &wire.etag);
                let reason = to_reason_given(fields, &wire.reason, &wire.note);
                Some(CancelCase {
                    target: target?,
                    reason: reason?,
                })
            })
        };
        self.write(request, read, case::case).await
    }

    async fn abort_case(
        &self,
        request: Request<v1::AbortCaseRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let read = |wire: &v1::AbortCaseRequest, _: &_, _| {
            reading(|fields| {
                let target = target(fields, &wire.name, &wire.etag);
                let reason = to_reason_given(fields, &wire.reason, &wire.note);
                Some(AbortCase {
                    target: target?,
                    reason: reason?,
                })
            })
        };
        self.write(request, read, case::case).await
    }

    async fn record_milestone(
        &self,
        request: Request<v1::RecordMilestoneRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let read = |wire: &v1::RecordMilestoneRequest, _: &_, _| {
            reading(|fields| {
                let target = target(fields, &wire.name, &wire.etag);
                let milestone = fields.take("milestone", word(wire.milestone));
                let at = moment(fields, "time", wire.time.as_ref());
                Some(RecordMilestone {
                    target: target?,
                    milestone: milestone?,
                    at: at?,
                })
            })
        };
        self.write(request, read, case::case).await
    }

    async fn correct_case(
        &self,
        request: Request<v1::CorrectCaseRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let read = |wire: &v1::CorrectCaseRequest, _: &_, _| {
            reading(|fields| {
                let target = target(fields, &wire.name, &wire.etag);
                let milestones = to_milestones(fields, wire.milestones.as_ref());
                let reason = match note(&wire.reason) {
                    Ok(reason) if reason.trim().is_empty() => Err("must be given".to_owned()),
                    read => read,
                };
                let reason = fields.take("reason", reason);
                Some(CorrectCase {
                    target: target?,
                    milestones: milestones?,
                    reason: reason?,
                })
            })
        };
        self.write(request, read, case::case).await
    }

    async fn batch_reschedule_cases(
        &self,
        request: Request<v1::BatchRescheduleCasesRequest>,
    ) -> Result<Response<v1::BatchRescheduleCasesResponse>, Status> {
        let read = |wire: &v1::BatchRescheduleCasesRequest, _: &_, _| {
            reading(|fields| {
                let moves = to_moves(fields, &wire.moves);
                let reason = to_reason_given(fields, &wire.reason, &wire.note);
                let overrides = to_overrides(fields, &wire.overrides);
                Some(MoveCases {
                    moves: moves?,
                    reason: reason?,
                    overrides: overrides?,
                })
            })
        };
        let respond = |cases: &Vec<Case>| v1::BatchRescheduleCasesResponse {
            cases: cases.iter().map(case::case).collect(),
        };
        self.write(request, read, respond).await
    }
}

fn to_moves(
    fields: &mut super::fields::Fields,
    wire: &[v1::batch_reschedule_cases_request::Move],
) -> Option<Vec<Move>> {
    if wire.is_empty() || wire.len() > MAX_MOVES {
        fields.refuse("moves", format!("must be 1 to {MAX_MOVES}"));
        return None;
    }
    let each = wire.iter().enumerate();
    let moves: Vec<_> = each
        .map(|(at, wire)| {
            let case = fields.take(format!("moves[{at}].name"), parse(&wire.name));
            let version = fields.take(format!("moves[{at}].etag"), version(&wire.etag));
            let plan = to_plan(fields, &format!("moves[{at}].plan"), wire.plan.as_ref());
            Some(Move {
                target: Target {
                    case: case?,
                    version: version?,
                },
                plan: plan?,
            })
        })
        .collect();
    moves.into_iter().collect()
}

impl Redact for v1::BatchRescheduleCasesResponse {
    fn redact(&mut self) {
        self.cases.iter_mut().for_each(Redact::redact);
    }
}

impl Admitted {
    /// What the caller may see of it.
    pub(super) fn shown<R: Redact>(&self, mut response: R) -> R {
        if !self.caller.may(Permission::PatientsRead) {
            response.redact();
        }
        response
    }
}
