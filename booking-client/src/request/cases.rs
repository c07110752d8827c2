//! `cases …`: what was typed → messages of `CaseService`.

use booking_proto::ot::v1::{
    self, Anaesthesia, Case, CaseProjection, CorrectCaseRequest, CreateCaseRequest, Durations,
    Milestone, Milestones, Plan, RecordMilestoneRequest, TeamMember, TeamRole, Urgency,
    batch_reschedule_cases_request::Move, case::State,
};
use jiff::{SignedDuration, Timestamp};
use prost_types::FieldMask;

use super::{
    UsageError, WriteOptions,
    filter::case_filter,
    name::{resource, resources},
    overrides,
};
use crate::{
    cli::{
        CaseFields, CorrectArgs, CreateCaseArgs, ListCasesArgs, MilestoneArgs, PlanArgs, PushArgs,
        RescheduleArgs, TeamArgs, UpdateCaseArgs,
    },
    moment::{Moment, Place},
    stamp::{stamp, timestamp},
};

/// The first page of the cases that are asked for.
pub fn list(args: &ListCasesArgs, place: &Place) -> Result<v1::ListCasesRequest, UsageError> {
    let order = if args.waiting { "waiting" } else { "" };
    Ok(v1::ListCasesRequest {
        page_size: 0,
        page_token: String::new(),
        filter: case_filter(args, place)?,
        order_by: args.order_by.clone().unwrap_or_else(|| order.to_owned()),
    })
}

/// A new case, planned at once when theatre and start were given.
pub fn create(
    args: &CreateCaseArgs,
    place: &Place,
    write: &WriteOptions,
) -> Result<CreateCaseRequest, UsageError> {
    let mut case = draft(&args.patient, &args.fields, place)?;
    case.procedure.clone_from(&args.procedure);
    let plan = match (&args.theatre, args.start) {
        (Some(theatre), Some(start)) => Some(Plan {
            theatre: resource("theatres", theatre),
            start_time: Some(stamp(start.resolve(place)?)),
            ..Plan::default()
        }),
        _ => None,
    };
    Ok(CreateCaseRequest {
        case: Some(case),
        case_id: args.id.clone().unwrap_or_default(),
        plan,
        overrides: overrides(&args.overrides),
        request_id: write.request_id.clone(),
        validate_only: write.validate_only,
    })
}

/// A case that is not entered yet, with what a new one has unless told.
pub fn draft(patient: &str, fields: &CaseFields, place: &Place) -> Result<Case, UsageError> {
    let mut case = Case {
        patient: resource("patients", patient),
        urgency: Urgency::Elective.into(),
        anaesthesia: Anaesthesia::General.into(),
        decision_time: Some(stamp(Moment::Now.resolve(place)?)),
        ..Case::default()
    };
    // A type brings its own durations; without one the procedure must be given.
    let needs_durations = fields.procedure_type.is_none() || fields.duration.is_some();
    if needs_durations {
        let Some(procedure_min) = fields.duration else {
            return Err(UsageError::Meaning(
                "how long it takes is not known; give --duration in minutes, or --type".to_owned(),
            ));
        };
        case.durations = Some(Durations {
            setup_min: fields.setup.unwrap_or(0).into(),
            procedure_min: procedure_min.into(),
            cleanup_min: fields.cleanup.unwrap_or(0).into(),
        });
    }
    apply(fields, place, &mut case)?;
    Ok(case)
}

/// Puts what was typed into `case` and tells which fields that were.
fn apply(fields: &CaseFields, place: &Place, case: &mut Case) -> Result<Vec<String>, UsageError> {
    let mut set = Vec::new();
    let mut field = |given: bool, name: &str| {
        if given {
            set.push(name.to_owned());
        }
        given
    };
    if let Some(typed) = &fields.procedure_type {
        field(true, "procedure_type");
        case.procedure_type = resource("procedureTypes", typed);
    }
    let texts = [
        ("condition", &fields.condition, &mut case.condition),
        ("specialty", &fields.specialty, &mut case.specialty),
        ("notes", &fields.notes, &mut case.notes),
    ];
    for (name, typed, kept) in texts {
        if let Some(typed) = typed {
            field(true, name);
            kept.clone_from(typed);
        }
    }
    let numbers = [
        (
            "laterality",
            fields.side.map(i32::from),
            &mut case.laterality,
        ),
        ("urgency", fields.urgency.map(i32::from), &mut case.urgency),
        (
            "anaesthesia",
            fields.anaesthesia.map(i32::from),
            &mut case.anaesthesia,
        ),
    ];
    for (name, typed, kept) in numbers {
        if let Some(typed) = typed {
            field(true, name);
            *kept = typed;
        }
    }
    let times = [
        ("decision_time", fields.decided, &mut case.decision_time),
        ("target_time", fields.target, &mut case.target_time),
    ];
    for (name, typed, kept) in times {
        if let Some(typed) = typed {
            field(true, name);
            *kept = Some(stamp(typed.resolve(place)?));
        }
    }
    let team = team(&fields.team);
    if field(!team.is_empty(), "team") {
        case.team = team;
    }
    if field(!fields.equipment.is_empty(), "equipment") {
        case.equipment = resources("equipmentUnits", &fields.equipment);
    }
    if field(!fields.requires.is_empty(), "required_capabilities") {
        case.required_capabilities.clone_from(&fields.requires);
    }
    Ok(set)
}

fn team(args: &TeamArgs) -> Vec<TeamMember> {
    let by_role = [
        (TeamRole::PrimarySurgeon, args.surgeon.as_slice()),
        (TeamRole::AssistantSurgeon, &args.assistant),
        (TeamRole::Anaesthetist, &args.anaesthetist),
        (TeamRole::ScrubNurse, &args.scrub),
        (TeamRole::CirculatingNurse, &args.circulating),
    ];
    let members = by_role.into_iter().flat_map(|(role, people)| {
        people.iter().map(move |who| TeamMember {
            staff: resource("staff", who),
            role: role.into(),
        })
    });
    members.collect()
}

/// Changes to a case. Each duration is a field of its own, so that one can be changed alone.
pub fn update(
    args: &UpdateCaseArgs,
    place: &Place,
    write: &WriteOptions,
) -> Result<v1::UpdateCaseRequest, UsageError> {
    let mut case = Case {
        name: resource("cases", &args.case),
        etag: args.change.etag.clone().unwrap_or_default(),
        ..Case::default()
    };
    let mut paths = apply(&args.fields, place, &mut case)?;
    if let Some(procedure) = &args.procedure {
        paths.push("procedure".to_owned());
        case.procedure.clone_from(procedure);
    }
    let mut durations = Durations::default();
    let parts = [
        (
            "durations.setup_min",
            args.fields.setup,
            &mut durations.setup_min,
        ),
        (
            "durations.procedure_min",
            args.fields.duration,
            &mut durations.procedure_min,
        ),
        (
            "durations.cleanup_min",
            args.fields.cleanup,
            &mut durations.cleanup_min,
        ),
    ];
    for (path, typed, kept) in parts {
        if let Some(minutes) = typed {
            paths.push(path.to_owned());
            *kept = minutes.into();
            case.durations.get_or_insert_default();
        }
    }
    if case.durations.is_some() {
        case.durations = Some(durations);
    }
    if paths.is_empty() {
        return Err(UsageError::Meaning(
            "nothing to change; give at least one of the fields that 'cases update --help' lists"
                .to_owned(),
        ));
    }
    Ok(v1::UpdateCaseRequest {
        case: Some(case),
        update_mask: Some(FieldMask { paths }),
        overrides: overrides(&args.overrides),
        request_id: write.request_id.clone(),
        validate_only: write.validate_only,
    })
}

/// Where and when.
pub fn plan(args: &PlanArgs, place: &Place) -> Result<Plan, UsageError> {
    Ok(Plan {
        theatre: resource("theatres", &args.theatre),
        start_time: Some(stamp(args.start.resolve(place)?)),
        end_time: None,
        session: args
            .session
            .as_ref()
            .map(|typed| resource("sessions", typed))
            .unwrap_or_default(),
    })
}

/// A move.
pub fn reschedule(
    args: &RescheduleArgs,
    place: &Place,
    write: &WriteOptions,
) -> Result<v1::RescheduleCaseRequest, UsageError> {
    Ok(v1::RescheduleCaseRequest {
        name: resource("cases", &args.case),
        etag: args.change.etag.clone().unwrap_or_default(),
        plan: Some(plan(&args.plan, place)?),
        reason: resource("reasons", &args.reason),
        note: args.note.clone(),
        overrides: overrides(&args.plan.overrides),
        request_id: write.request_id.clone(),
        validate_only: write.validate_only,
    })
}

/// What happened, and when.
pub fn milestone(
    args: &MilestoneArgs,
    place: &Place,
    write: &WriteOptions,
) -> Result<RecordMilestoneRequest, UsageError> {
    let time = args.at.map(|at| at.resolve(place)).transpose()?;
    Ok(RecordMilestoneRequest {
        name: resource("cases", &args.case),
        etag: args.change.etag.clone().unwrap_or_default(),
        milestone: args.milestone.into(),
        time: time.map(stamp),
        request_id: write.request_id.clone(),
        validate_only: write.validate_only,
    })
}

/// The milestones of `case` with what was typed put in. Refers to the version that was read, so
/// that nothing which somebody else corrects meanwhile is undone.
pub fn correct(
    args: &CorrectArgs,
    case: &Case,
    place: &Place,
    write: &WriteOptions,
) -> Result<CorrectCaseRequest, UsageError> {
    let mut milestones = case.milestones.unwrap_or_default();
    for (milestone, typed) in &args.set {
        let time = typed.map(|moment| moment.resolve(place)).transpose()?;
        *moment_of(&mut milestones, *milestone) = time.map(stamp);
    }
    Ok(CorrectCaseRequest {
        name: case.name.clone(),
        etag: args
            .change
            .etag
            .clone()
            .unwrap_or_else(|| case.etag.clone()),
        milestones: Some(milestones),
        reason: args.reason.clone(),
        request_id: write.request_id.clone(),
        validate_only: write.validate_only,
    })
}

fn moment_of(milestones: &mut Milestones, which: Milestone) -> &mut Option<prost_types::Timestamp> {
    match which {
        // Zero is what nobody can type.
        Milestone::Unspecified | Milestone::WheelsIn => &mut milestones.wheels_in,
        Milestone::AnaesthesiaReady => &mut milestones.anaesthesia_ready,
        Milestone::KnifeToSkin => &mut milestones.knife_to_skin,
        Milestone::Closed => &mut milestones.closed,
        Milestone::WheelsOut => &mut milestones.wheels_out,
        Milestone::RecoveryOut => &mut milestones.recovery_out,
        Milestone::TheatreClean => &mut milestones.theatre_clean,
    }
}

/// Everything of a theatre's day that is still to come from `from` on, moved by `by_min`. Each move
/// refers to the version that was read.
pub fn moves(args: &PushArgs, from: Timestamp, day: &[CaseProjection]) -> Vec<Move> {
    let by = SignedDuration::from_mins(args.by.into());
    let movable = day.iter().filter_map(|projection| {
        let case = projection.case.as_ref()?;
        let plan = case.plan.as_ref()?;
        let start = timestamp(plan.start_time.as_ref()?)?;
        let movable = matches!(case.state(), State::Scheduled | State::Confirmed);
        (movable && start >= from).then(|| Move {
            name: case.name.clone(),
            etag: case.etag.clone(),
            plan: Some(Plan {
                theatre: plan.theatre.clone(),
                start_time: start.checked_add(by).ok().map(stamp),
                end_time: None,
                session: String::new(),
            }),
        })
    });
    movable.collect()
}

#[cfg(test)]
#[path = "cases_tests.rs"]
mod tests;
