//! `ot.v1.ScheduleService`: the day, what is free, what an emergency would cost, what stands against
//! the rules.

mod day;
mod slots;

use booking_domain::{
    Case, CaseId, Command, Hospital, MAX_SEARCH_DAYS, Urgency, conflicts,
    emergency::plan_emergency, find_slots,
};
use booking_proto::ot::v1::{self, schedule_service_server::ScheduleService};
use jiff::Timestamp;
use tonic::Request;

use self::day::Day;
use super::watch;
use crate::{
    app::{ApplyEmergencyOption, Refusal, ScheduleWindow},
    grpc::{
        convert::{
            case::{case, to_details},
            schedule::{conflict, offer, option},
            values::optional_name,
        },
        fields::{Fields, reading},
        shared::{
            GrpcServices, Reply, new_id,
            request::{site, theatres},
        },
    },
    names::{name, parse},
};

/// What the tokens of emergency options are for.
const OPTION: &str = "emergency option";

#[tonic::async_trait]
impl ScheduleService for GrpcServices {
    async fn get_day_schedule(
        &self,
        request: Request<v1::GetDayScheduleRequest>,
    ) -> Reply<v1::DaySchedule> {
        self.read(request, |_, wire| async move {
            let now = self.app.now();
            let mut snapshot = self.app.read().await?;
            let hospital = snapshot.hospital().await?;
            let asked = reading(|fields| Day::read(fields, &hospital, &wire, now))?;
            let shown = asked.shown(&mut snapshot, &hospital, now).await;
            let mut day = shown?;
            let position = snapshot.position().await?;
            day.version = i64::try_from(position).unwrap_or(i64::MAX);
            day.resume_token = watch::token(&self.tokens, position);
            Ok(day)
        })
        .await
    }

    async fn find_slots(
        &self,
        request: Request<v1::FindSlotsRequest>,
    ) -> Reply<v1::FindSlotsResponse> {
        self.read(request, |admitted, wire| async move {
            let now = self.app.now();
            let mut snapshot = self.app.read().await?;
            let hospital = snapshot.hospital().await?;
            let (wanted, mut search) = reading(|fields| {
                let wanted = Wanted::read(fields, &hospital, &wire, now);
                let search = slots::to_search(fields, &hospital, &wire);
                Some((wanted?, search?))
            })?;
            let wanted = match wanted {
                Wanted::Draft(case) => {
                    // What is offered to a patient says when that patient is taken.
                    self.patients_only(&admitted).await?;
                    *case
                }
                Wanted::Known(id) => {
                    let found = snapshot.case(&id).await?;
                    found.ok_or_else(|| Refusal::NotFound(name(&id)))?
                }
            };
            if search.theatres.is_empty() {
                search.theatres = hospital.theatres.keys().cloned().collect();
            }
            slots::check_extent(&search)?;
            let around = slots::around(&mut snapshot, &wanted, &search, &hospital).await;
            let around = around?;
            drop(snapshot);
            let booker = admitted.caller.booker();
            let offers = self.compute(move || {
                let offers = find_slots(&wanted, &search, &around, &hospital, &booker, now);
                offers.iter().map(|it| offer(&wanted, it)).collect()
            });
            Ok(v1::FindSlotsResponse {
                offers: offers.await?,
            })
        })
        .await
    }

    async fn plan_emergency(
        &self,
        request: Request<v1::PlanEmergencyRequest>,
    ) -> Reply<v1::EmergencyPlan> {
        self.read(request, |admitted, wire| async move {
            let now = self.app.now();
            let mut snapshot = self.app.read().await?;
            let hospital = snapshot.hospital().await?;
            let (id, mut theatres) = reading(|fields| {
                let case = fields.take("case", parse::<CaseId>(&wire.case));
                let theatres = theatres(fields, &hospital, &wire.theatres);
                Some((case?, theatres?))
            })?;
            if theatres.is_empty() {
                theatres = hospital.theatres.keys().cloned().collect();
            }
            let found = snapshot.case(&id).await?;
            let found = found.ok_or_else(|| Refusal::NotFound(name(&id)))?;
            if !found.state.is_waiting() {
                let schedule = Command::Schedule;
                schedule.check(found.state, true)?;
            }
            if matches!(
                found.details.urgency,
                Urgency::Expedited | Urgency::Elective
            ) {
                let why = "is neither IMMEDIATE nor URGENT; only such a case moves others";
                return Err(Refusal::field("case", why));
            }
            let around = ScheduleWindow::read(&mut snapshot, now).await?;
            drop(snapshot);
            let (booker, tokens) = (admitted.caller.booker(), self.tokens.clone());
            let options = self.compute(move || {
                let outlook = around.outlook();
                let options = plan_emergency(&found, &theatres, outlook, &hospital, &booker, now);
                let options = options.iter().map(|it| v1::EmergencyOption {
                    option: tokens.seal_value(OPTION, it),
                    ..option(&found, it, &around.cases)
                });
                options.collect()
            });
            Ok(v1::EmergencyPlan {
                options: options.await?,
            })
        })
        .await
    }

    async fn apply_emergency_plan(
        &self,
        request: Request<v1::ApplyEmergencyPlanRequest>,
    ) -> Reply<v1::ApplyEmergencyPlanResponse> {
        let read = |wire: &v1::ApplyEmergencyPlanRequest, _: &_, _| {
            reading(|fields| {
                let option = fields.take("option", self.tokens.open_value(OPTION, &wire.option));
                Some(ApplyEmergencyOption { option: option? })
            })
        };
        let respond = |cases: &Vec<Case>| v1::ApplyEmergencyPlanResponse {
            cases: cases.iter().map(case).collect(),
        };
        self.write(request, read, respond).await
    }

    async fn list_conflicts(
        &self,
        request: Request<v1::ListConflictsRequest>,
    ) -> Reply<v1::ListConflictsResponse> {
        self.read(request, |_, wire| async move {
            let now = self.app.now();
            let mut snapshot = self.app.read().await?;
            let hospital = snapshot.hospital().await?;
            let (site, range) = reading(|fields| {
                let site = site(fields, &hospital, &wire.site);
                let (start, end) = (wire.start_time.as_ref(), wire.end_time.as_ref());
                let range = fields.bounded_range(start, end, MAX_SEARCH_DAYS.into());
                Some((site?, range?))
            })?;
            let around = ScheduleWindow::within(&mut snapshot, slots::reach(range));
            let around = around.await?;
            drop(snapshot);
            let asked: Vec<Case> = around
                .cases
                .iter()
                .filter(|case| {
                    let plan = case.plan.as_ref();
                    let theatre = plan.and_then(|plan| hospital.theatres.get(&plan.theatre));
                    let inside = case.planned_range().is_some_and(|it| it.overlaps(&range));
                    inside && theatre.is_some_and(|theatre| theatre.site == site)
                })
                .cloned()
                .collect();
            let found = self.compute(move || {
                let around = around.into_timetable(&hospital);
                let found = conflicts(&asked, &around, &hospital, now);
                found.iter().map(conflict).collect()
            });
            Ok(v1::ListConflictsResponse {
                conflicts: found.await?,
            })
        })
        .await
    }
}

/// For what a place is looked for.
enum Wanted {
    Known(CaseId),
    Draft(Box<Case>),
}

impl Wanted {
    fn read(
        fields: &mut Fields,
        hospital: &Hospital,
        wire: &v1::FindSlotsRequest,
        now: Timestamp,
    ) -> Option<Self> {
        let known = fields.take("case", optional_name::<CaseId>(&wire.case))?;
        match (known, &wire.draft) {
            (Some(id), None) => Some(Self::Known(id)),
            (None, Some(draft)) => {
                let details = to_details(fields, hospital, draft, now)?;
                // Nobody's: whatever number is taken in advance could be a case's.
                let id = CaseId::parse(&new_id()).expect("a UUID is an identifier");
                Some(Self::Draft(Box::new(Case::request(id, details, now))))
            }
            _ => {
                fields.refuse("case", "or draft must be given, and not both");
                None
            }
        }
    }
}
