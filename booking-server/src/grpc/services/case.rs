//! `ot.v1.CaseService`: what its requests ask for, and what they are answered with.

use booking_domain::{Case, CaseId, CaseQuery};
use booking_proto::{
    contract::limits::MAX_MOVES,
    ot::v1::{self, case_service_server::CaseService},
};
use prost::{Message, Name};
use tonic::Request;

use crate::{
    app::{CaseChange, ChangeCase, CreateCase, Move, MoveCases, Refusal},
    grpc::{
        case_filter::{parse_filter, parse_order},
        convert::{
            case::{self, to_details, to_milestones, to_overrides, to_plan, to_reason_given},
            values::{note, version},
            words::word,
        },
        fields::{Fields, reading},
        mask,
        shared::{
            GrpcServices, Reply,
            catalogue::chosen_id,
            request::{target, target_in},
        },
    },
    names::{name, parse},
};

#[tonic::async_trait]
impl CaseService for GrpcServices {
    async fn create_case(&self, request: Request<v1::CreateCaseRequest>) -> Reply<v1::Case> {
        let read = |wire: &v1::CreateCaseRequest, hospital: &_, now| {
            reading(|fields| {
                let id = chosen_id(fields, "case_id", &wire.case_id);
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

    async fn get_case(&self, request: Request<v1::GetCaseRequest>) -> Reply<v1::Case> {
        self.read(request, |_, request| async move {
            let id: CaseId = reading(|fields| fields.take("name", parse(&request.name)))?;
            let found = self.app.read().await?.case(&id).await?;
            let found = found.ok_or_else(|| Refusal::NotFound(name(&id)))?;
            Ok(case::case(&found))
        })
        .await
    }

    async fn list_cases(
        &self,
        request: Request<v1::ListCasesRequest>,
    ) -> Reply<v1::ListCasesResponse> {
        self.read(request, |admitted, request| async move {
            let pages = self.pages(&admitted, &[&request.filter, &request.order_by]);
            let (filter, order, page) = reading(|fields| {
                let filter = fields.take("filter", parse_filter(&request.filter));
                let order = fields.take("order_by", parse_order(&request.order_by));
                let page = pages.page(fields, request.page_size, &request.page_token);
                Some((filter?, order?, page?))
            })?;
            if filter.of_patients {
                self.patients_only(&admitted).await?;
            }
            let query = CaseQuery {
                conditions: filter.conditions,
                order,
                limit: page.limit(),
                after: page.after,
            };
            let found = self.app.read().await?.cases(&query).await?;
            let last = |last: &Case| order.cursor(last);
            let (cases, next_page_token) = pages.told(&found, page.size, last, case::case);
            Ok(v1::ListCasesResponse {
                cases,
                next_page_token,
            })
        })
        .await
    }

    async fn update_case(&self, request: Request<v1::UpdateCaseRequest>) -> Reply<v1::Case> {
        let read = |wire: &v1::UpdateCaseRequest, _: &_, _| {
            let given = wire.case.clone().unwrap_or_default();
            let mask = wire.update_mask.clone();
            let (case, version, overrides) = reading(|fields| {
                let target = target_in(fields, "case.", &given);
                let overrides = to_overrides(fields, &wire.overrides);
                let (case, version) = target?;
                Some((case, version, overrides?))
            })?;
            let details = move |before: &Case, hospital: &_, now| {
                let wire = case::case(before);
                let mut merged = mask::update(&wire, &given, mask.as_ref())?;
                // A target that nobody chose follows what it was made from.
                let asked = &before.details;
                let default = asked.urgency.default_target(asked.decided_at);
                if asked.target_at == default && merged.target_time == wire.target_time {
                    merged.target_time = None;
                }
                reading(|fields| to_details(fields, hospital, &merged, now))
            };
            Ok(ChangeCase {
                case,
                version,
                change: CaseChange::Update {
                    details: Box::new(details),
                    overrides,
                },
            })
        };
        self.write(request, read, case::case).await
    }

    async fn schedule_case(&self, request: Request<v1::ScheduleCaseRequest>) -> Reply<v1::Case> {
        self.change(request, |fields, wire| {
            let plan = to_plan(fields, "plan", wire.plan.as_ref());
            let overrides = to_overrides(fields, &wire.overrides);
            Some(CaseChange::Schedule {
                plan: plan?,
                overrides: overrides?,
            })
        })
        .await
    }

    async fn confirm_case(&self, request: Request<v1::ConfirmCaseRequest>) -> Reply<v1::Case> {
        self.change(request, |_, _| Some(CaseChange::Confirm)).await
    }

    async fn reschedule_case(
        &self,
        request: Request<v1::RescheduleCaseRequest>,
    ) -> Reply<v1::Case> {
        self.change(request, |fields, wire| {
            let plan = to_plan(fields, "plan", wire.plan.as_ref());
            let reason = to_reason_given(fields, &wire.reason, &wire.note);
            let overrides = to_overrides(fields, &wire.overrides);
            Some(CaseChange::Reschedule {
                plan: plan?,
                reason: reason?,
                overrides: overrides?,
            })
        })
        .await
    }

    async fn postpone_case(&self, request: Request<v1::PostponeCaseRequest>) -> Reply<v1::Case> {
        self.change(request, |fields, wire| {
            to_reason_given(fields, &wire.reason, &wire.note).map(CaseChange::Postpone)
        })
        .await
    }

    async fn cancel_case(&self, request: Request<v1::CancelCaseRequest>) -> Reply<v1::Case> {
        self.change(request, |fields, wire| {
            to_reason_given(fields, &wire.reason, &wire.note).map(CaseChange::Cancel)
        })
        .await
    }

    async fn abort_case(&self, request: Request<v1::AbortCaseRequest>) -> Reply<v1::Case> {
        self.change(request, |fields, wire| {
            to_reason_given(fields, &wire.reason, &wire.note).map(CaseChange::Abort)
        })
        .await
    }

    async fn record_milestone(
        &self,
        request: Request<v1::RecordMilestoneRequest>,
    ) -> Reply<v1::Case> {
        self.change(request, |fields, wire| {
            let milestone = fields.take("milestone", word(wire.milestone));
            let at = fields.moment("time", &wire.time);
            Some(CaseChange::Record {
                milestone: milestone?,
                at: at?,
            })
        })
        .await
    }

    async fn correct_case(&self, request: Request<v1::CorrectCaseRequest>) -> Reply<v1::Case> {
        self.change(request, |fields, wire| {
            let milestones = match &wire.milestones {
                Some(given) => to_milestones(fields, "milestones.", given),
                None => fields.take("milestones", Err("must be given")),
            };
            let reason = match note(&wire.reason) {
                Ok(reason) if reason.trim().is_empty() => Err("must be given".to_owned()),
                read => read,
            };
            let reason = fields.take("reason", reason);
            Some(CaseChange::Correct {
                milestones: milestones?,
                reason: reason?,
            })
        })
        .await
    }

    async fn batch_reschedule_cases(
        &self,
        request: Request<v1::BatchRescheduleCasesRequest>,
    ) -> Reply<v1::BatchRescheduleCasesResponse> {
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

impl GrpcServices {
    /// Moves one case on: `read` says how.
    async fn change<M: Message + Name>(
        &self,
        request: Request<M>,
        read: impl FnOnce(&mut Fields, &M) -> Option<CaseChange>,
    ) -> Reply<v1::Case> {
        let read = |wire: &M, _: &_, _| {
            reading(|fields| {
                let target = target(fields, wire);
                let change = read(fields, wire);
                let (case, version) = target?;
                Some(ChangeCase {
                    case,
                    version,
                    change: change?,
                })
            })
        };
        self.write(request, read, case::case).await
    }
}

fn to_moves(
    fields: &mut Fields,
    wire: &[v1::batch_reschedule_cases_request::Move],
) -> Option<Vec<Move>> {
    if wire.is_empty() || wire.len() > MAX_MOVES {
        fields.refuse("moves", format!("must be 1 to {MAX_MOVES}"));
        return None;
    }
    fields.each(wire, |fields, at, wire| {
        let case = fields.take(format!("moves[{at}].name"), parse(&wire.name));
        let version = fields.take(format!("moves[{at}].etag"), version(&wire.etag));
        let plan = to_plan(fields, &format!("moves[{at}].plan"), wire.plan.as_ref());
        Some(Move {
            case: case?,
            version: version?,
            plan: plan?,
        })
    })
}
