//! Cases: what is asked for, where it is planned, what has happened.

use booking_domain::{
    BloodUnits, Capability, Case, CaseDetails, Hospital, Laterality, Milestone, Milestones,
    OverrideRequest, Plan, ReasonGiven, RuleId, Specialty, TeamMember, TeamRole, TooMuchBlood,
};
use booking_proto::ot::v1;
use jiff::Timestamp;

use super::{
    super::fields::Fields,
    hospital::{durations, to_footprint},
    values::{
        instant, line, minute, note, optional_name, required, text, texts, timestamp, unless_empty,
    },
    words::{number, word},
};
use crate::names::{etag, name, optional, parse};

/// A rule once; more requests than rules say nothing more.
const MAX_OVERRIDES: usize = RuleId::ALL.len();

// --- from the domain ---------------------------------------------------------------------------

pub(in crate::grpc) fn case(case: &Case) -> v1::Case {
    let asked = &case.details;
    v1::Case {
        name: name(&case.id),
        state: number(case.state),
        etag: etag(case.version),
        create_time: Some(timestamp(case.created_at)),
        update_time: Some(timestamp(case.updated_at)),
        patient: name(&asked.patient),
        procedure: asked.procedure.clone(),
        procedure_type: optional(asked.procedure_type.as_ref()),
        condition: asked.condition.clone(),
        laterality: number(asked.laterality),
        urgency: number(asked.urgency),
        anaesthesia: number(asked.anaesthesia),
        decision_time: Some(timestamp(asked.decided_at)),
        target_time: asked.target_at.map(timestamp),
        durations: Some(durations(asked.footprint)),
        team: asked.team.iter().map(team_member).collect(),
        equipment: asked.units.iter().map(name).collect(),
        required_capabilities: texts(&asked.required_capabilities),
        notes: asked.notes.clone(),
        plan: case.plan.as_ref().map(|it| plan(case, it)),
        milestones: Some(milestones(&case.milestones)),
        cancellation: case.cancellation.as_ref().map(cancellation),
        overrides: case.overrides.iter().map(override_of).collect(),
        postponements: i32::try_from(case.postponements).unwrap_or(i32::MAX),
        specialty: text(asked.specialty.as_ref()),
        import_key: case.import_key.clone().unwrap_or_default(),
        blood_units: asked.blood_units.get().into(),
    }
}

fn team_member(member: &TeamMember) -> v1::TeamMember {
    v1::TeamMember {
        staff: name(&member.staff),
        role: number(member.role),
    }
}

/// A plan of `case`, its own or another.
pub(in crate::grpc) fn plan(case: &Case, plan: &Plan) -> v1::Plan {
    v1::Plan {
        theatre: name(&plan.theatre),
        start_time: Some(timestamp(plan.start)),
        end_time: Some(timestamp(
            case.details.footprint.range_from(plan.start).end(),
        )),
        session: optional(plan.session.as_ref()),
    }
}

fn milestones(it: &Milestones) -> v1::Milestones {
    v1::Milestones {
        wheels_in: it.wheels_in.map(timestamp),
        anaesthesia_ready: it.anaesthesia_ready.map(timestamp),
        knife_to_skin: it.knife_to_skin.map(timestamp),
        closed: it.closed.map(timestamp),
        wheels_out: it.wheels_out.map(timestamp),
        recovery_out: it.recovery_out.map(timestamp),
        theatre_clean: it.theatre_clean.map(timestamp),
    }
}

fn cancellation(it: &booking_domain::Cancellation) -> v1::Cancellation {
    v1::Cancellation {
        reason: name(&it.reason),
        note: it.note.clone(),
        cancel_time: Some(timestamp(it.at)),
        day_of_surgery: it.day_of_surgery,
        aborted: it.aborted,
    }
}

fn override_of(it: &booking_domain::Override) -> v1::Override {
    v1::Override {
        rule: it.rule.as_str().to_owned(),
        reason: it.reason.clone(),
        author: it.author.clone(),
        override_time: Some(timestamp(it.at)),
    }
}

// --- to the domain; `Fields` has noted why where there is nothing ------------------------------

/// What is asked for, with the procedure type's defaults for what is left out: its name as the
/// procedure, its specialty, its durations; and now as the decision, and the urgency's target.
pub(in crate::grpc) fn to_details(
    fields: &mut Fields,
    hospital: &Hospital,
    wire: &v1::Case,
    now: Timestamp,
) -> Option<CaseDetails> {
    let patient = fields.take("case.patient", parse(&wire.patient));
    let procedure_type = fields.take("case.procedure_type", optional_name(&wire.procedure_type));
    let kind = procedure_type.as_ref().and_then(Option::as_ref);
    let kind = kind.and_then(|kind| hospital.procedure_types.get(kind));

    let procedure = match (line(&wire.procedure), kind) {
        (Ok(text), Some(kind)) if text.trim().is_empty() => Ok(kind.name.clone()),
        (Ok(text), None) if text.trim().is_empty() => {
            Err("must be given, or a procedure_type".into())
        }
        (given, _) => given,
    };
    let procedure = fields.take("case.procedure", procedure);
    let specialty = unless_empty(&wire.specialty, Specialty::parse)
        .map(|given| given.or_else(|| kind.and_then(|kind| kind.specialty.clone())));
    let specialty = fields.take("case.specialty", specialty);
    let footprint = match (&wire.durations, kind) {
        (None, Some(kind)) => Ok(kind.footprint),
        (given, _) => to_footprint(given.as_ref()),
    };
    let footprint = fields.take("case.durations", footprint);

    let condition = fields.take("case.condition", line(&wire.condition));
    let laterality = fields.take("case.laterality", word::<Laterality>(wire.laterality));
    let urgency = fields.take("case.urgency", word(wire.urgency));
    let anaesthesia = fields.take("case.anaesthesia", word(wire.anaesthesia));
    let decided_at = wire.decision_time.as_ref().map_or(Ok(now), instant);
    let decided_at = fields.take("case.decision_time", decided_at);
    let target_at = fields.moment("case.target_time", &wire.target_time);
    let team = fields.list("case.team", &wire.team, to_team_member);
    let team = team.and_then(|team| fields.take("case.team", one_surgeon(team)));
    let units = fields.list("case.equipment", &wire.equipment, |unit: &String| {
        parse(unit)
    });
    let required_capabilities = fields.set(
        "case.required_capabilities",
        &wire.required_capabilities,
        Capability::parse,
    );
    let notes = fields.take("case.notes", note(&wire.notes));
    let blood_units = u8::try_from(wire.blood_units).map_err(|_| TooMuchBlood);
    let blood_units = fields.take("case.blood_units", blood_units.and_then(BloodUnits::new));

    let (urgency, decided_at) = (urgency?, decided_at?);
    Some(CaseDetails {
        patient: patient?,
        procedure: procedure?,
        procedure_type: procedure_type?,
        condition: condition?,
        specialty: specialty?,
        laterality: laterality?,
        urgency,
        anaesthesia: anaesthesia?,
        decided_at,
        target_at: target_at?.or_else(|| urgency.default_target(decided_at)),
        footprint: footprint?,
        team: team?,
        units: units?,
        required_capabilities: required_capabilities?,
        notes: notes?,
        blood_units: blood_units?,
    })
}

fn to_team_member(wire: &v1::TeamMember) -> Result<TeamMember, String> {
    Ok(TeamMember {
        staff: parse(&wire.staff).map_err(|why| format!("has a staff that {why}"))?,
        role: word(wire.role).map_err(|why| format!("has a role that {why}"))?,
    })
}

/// A team in which nobody, or one alone, is the primary surgeon.
fn one_surgeon(team: Vec<TeamMember>) -> Result<Vec<TeamMember>, &'static str> {
    let leads = |it: &&TeamMember| it.role == TeamRole::PrimarySurgeon;
    let mut leading = team.iter().filter(leads).map(|it| &it.staff);
    let first = leading.next();
    // Down twice for one thing is down for it.
    if leading.all(|staff| Some(staff) == first) {
        Ok(team)
    } else {
        Err("has two primary surgeons; make one of them the assistant")
    }
}

/// A plan that must be given; `field` is where it is.
pub(in crate::grpc) fn to_plan(
    fields: &mut Fields,
    field: &str,
    wire: Option<&v1::Plan>,
) -> Option<Plan> {
    let Some(wire) = wire else {
        fields.refuse(field, "must be given");
        return None;
    };
    let theatre = fields.take(format!("{field}.theatre"), parse(&wire.theatre));
    let start = fields.take(
        format!("{field}.start_time"),
        required(wire.start_time.as_ref(), minute),
    );
    let session = fields.take(format!("{field}.session"), optional_name(&wire.session));
    Some(Plan {
        theatre: theatre?,
        start: start?,
        session: session?,
    })
}

/// The rules that somebody asks to set aside.
pub(in crate::grpc) fn to_overrides(
    fields: &mut Fields,
    wire: &[v1::OverrideRequest],
) -> Option<Vec<OverrideRequest>> {
    if wire.len() > MAX_OVERRIDES {
        fields.refuse(
            "overrides",
            format!("has more than {MAX_OVERRIDES} elements"),
        );
        return None;
    }
    fields.list("overrides", wire, |it| {
        let rule = RuleId::ALL.into_iter().filter(|rule| rule.is_overridable());
        let rule = rule.into_iter().find(|rule| rule.as_str() == it.rule);
        let reason = note(&it.reason)?;
        if reason.trim().is_empty() {
            return Err("has no reason".to_owned());
        }
        Ok(OverrideRequest {
            rule: rule.ok_or("has a rule that cannot be set aside; R6, R8, R9 and R11 can")?,
            reason,
        })
    })
}

/// Why a case is moved, put off or given up.
pub(in crate::grpc) fn to_reason_given(
    fields: &mut Fields,
    reason: &str,
    text: &str,
) -> Option<ReasonGiven> {
    let code = fields.take("reason", parse(reason));
    let note = fields.take("note", note(text));
    Some(ReasonGiven {
        code: code?,
        note: note?,
    })
}

/// Every milestone as it should read; `prefix` stands before their names.
pub(in crate::grpc) fn to_milestones(
    fields: &mut Fields,
    prefix: &str,
    wire: &v1::Milestones,
) -> Option<Milestones> {
    let given = [
        (Milestone::WheelsIn, &wire.wheels_in),
        (Milestone::AnaesthesiaReady, &wire.anaesthesia_ready),
        (Milestone::KnifeToSkin, &wire.knife_to_skin),
        (Milestone::Closed, &wire.closed),
        (Milestone::WheelsOut, &wire.wheels_out),
        (Milestone::RecoveryOut, &wire.recovery_out),
        (Milestone::TheatreClean, &wire.theatre_clean),
    ];
    let read = given.map(|(milestone, at)| {
        let field = format!("{prefix}{}", milestone.as_str().to_lowercase());
        Some((milestone, fields.moment(field, at)?))
    });
    let mut milestones = Milestones::default();
    for read in read {
        let (milestone, at) = read?;
        milestones = milestones.with(milestone, at);
    }
    Some(milestones)
}
