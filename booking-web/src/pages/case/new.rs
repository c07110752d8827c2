//! `/cases/new`: entering a case, the first of two steps; the second is where it fits.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::ot::v1::{
    Anaesthesia, Case, CreateCaseRequest, Durations, Laterality, ListProcedureTypesRequest,
    ProcedureType, Staff, TeamMember, TeamRole, Urgency,
};

use crate::{
    backend::{Refusal, RefusalKind},
    pages::{
        context::{ALL, Ctx, permitted, request_id, status_of},
        field::{Choice, Field, Kind},
        fields::{Fields, Posted, Problems},
        frame::{Frame, Here},
    },
    view::{
        civil,
        wording::{self, URGENCIES},
    },
};

#[derive(Template)]
#[template(path = "new_case.html")]
struct NewCasePage {
    frame: Frame,
    request_id: String,
    what: Vec<Field>,
    how_long: Vec<Field>,
    who: Vec<Field>,
    refusal: Option<Refusal>,
    complaints: bool,
}

struct Known {
    types: Vec<ProcedureType>,
    staff: Vec<Staff>,
}

async fn known(ctx: &Ctx) -> Result<Known, Refusal> {
    let types = ListProcedureTypesRequest {
        page_size: ALL,
        ..Default::default()
    };
    let types = async { permitted(ctx.desk.list_procedure_types(types).await) };
    let (types, staff) = tokio::try_join!(types, ctx.staff())?;
    Ok(Known {
        types: types.unwrap_or_default().procedure_types,
        staff,
    })
}

/// `GET /cases/new`
pub(crate) async fn show(ctx: Ctx) -> Response {
    match known(&ctx).await {
        Ok(known) => {
            let page = page(
                &ctx,
                &known,
                &start(&ctx.query, &known),
                &Problems::default(),
                None,
            );
            crate::pages::page(StatusCode::OK, &page)
        }
        Err(refusal) => ctx.trouble(Here::NewCase, &refusal),
    }
}

/// What the form starts with: the defaults of the kind that the address names, if it names one.
fn start(query: &Fields, known: &Known) -> Fields {
    let usual = [
        ("setup_min", "15"),
        ("procedure_min", "60"),
        ("cleanup_min", "15"),
        ("urgency", Urgency::Elective.as_str_name()),
        ("anaesthesia", Anaesthesia::General.as_str_name()),
        ("laterality", Laterality::NotApplicable.as_str_name()),
        ("blood_units", "0"),
    ];
    defaults(query, known).or(usual)
}

/// The defaults of the kind that was chosen, without any script.
fn defaults(fields: &Fields, known: &Known) -> Fields {
    let mut kinds = known.types.iter();
    let Some(kind) = kinds.find(|one| one.name == fields.get("procedure_type")) else {
        return Fields::default();
    };
    let words = Fields::default().or([
        ("procedure_type", kind.name.as_str()),
        ("procedure", kind.display_name.as_str()),
        ("specialty", kind.specialty.as_str()),
    ]);
    match kind.default_durations {
        None => words,
        Some(durations) => words.or([
            ("setup_min", durations.setup_min.to_string()),
            ("procedure_min", durations.procedure_min.to_string()),
            ("cleanup_min", durations.cleanup_min.to_string()),
        ]),
    }
}

fn page(
    ctx: &Ctx,
    known: &Known,
    typed: &Fields,
    problems: &Problems,
    refusal: Option<Refusal>,
) -> NewCasePage {
    let types = known
        .types
        .iter()
        .filter(|one| !one.retired)
        .map(|one| Choice::new(&one.name, &one.display_name));
    let types = std::iter::once(Choice::new("", "None of these"))
        .chain(types)
        .collect();
    let what = [
        Field::line("patient", "Patient number").hint("For example PT-1204"),
        Field::line("procedure_type", "Kind of procedure")
            .optional()
            .kind(Kind::Choice(types)),
        Field::line("procedure", "Procedure in words"),
        Field::line("laterality", "Side").kind(Kind::Choice(lateralities())),
        Field::line("condition", "Condition").hint("What it is done for"),
        Field::line("urgency", "Urgency").kind(Kind::Choice(urgencies())),
        Field::line("anaesthesia", "Anaesthesia").kind(Kind::Choice(anaesthesias())),
        Field::line("specialty", "Specialty").optional(),
    ];
    let how_long = [
        Field::line("setup_min", "Setup, minutes").kind(Kind::Number),
        Field::line("procedure_min", "Procedure, minutes").kind(Kind::Number),
        Field::line("cleanup_min", "Cleanup, minutes").kind(Kind::Number),
    ];
    let who = [
        Field::line("surgeon", "Surgeon")
            .kind(Kind::Choice(staff(known, TeamRole::PrimarySurgeon))),
        Field::line("anaesthetist", "Anaesthetist")
            .optional()
            .kind(Kind::Choice(staff(known, TeamRole::Anaesthetist))),
        Field::line("notes", "Notes").optional().kind(Kind::Text),
        blood_units(),
    ];
    let shown = |fields: Vec<Field>| {
        fields
            .into_iter()
            .map(|field| field.typed(typed, problems))
            .collect()
    };
    NewCasePage {
        request_id: if typed.has("request_id") {
            typed.get("request_id").to_owned()
        } else {
            request_id()
        },
        what: shown(what.to_vec()),
        how_long: shown(how_long.to_vec()),
        who: shown(who.to_vec()),
        refusal,
        complaints: !problems.is_empty(),
        frame: ctx.frame(Here::NewCase),
    }
}

/// Blood to have ready.
pub(crate) fn blood_units() -> Field {
    Field::line("blood_units", "Blood, units")
        .optional()
        .kind(Kind::Number)
}

/// What was typed of it; nothing is none.
pub(crate) fn read_blood(fields: &Fields, problems: &mut Problems) -> i32 {
    if fields.has("blood_units") {
        problems.number(fields, "blood_units", 0..=20)
    } else {
        0
    }
}

fn staff(known: &Known, role: TeamRole) -> Vec<Choice> {
    let able = known
        .staff
        .iter()
        .filter(|one| !one.retired && one.roles().any(|known| known == role));
    let able = able.map(|one| Choice::new(&one.name, &one.display_name));
    std::iter::once(Choice::new("", "Nobody yet"))
        .chain(able)
        .collect()
}

pub(crate) fn lateralities() -> Vec<Choice> {
    [
        (Laterality::NotApplicable, "Not applicable"),
        (Laterality::Left, "Left"),
        (Laterality::Right, "Right"),
        (Laterality::Bilateral, "Both sides"),
    ]
    .map(|(value, label)| Choice::new(value.as_str_name(), label))
    .to_vec()
}

pub(crate) fn urgencies() -> Vec<Choice> {
    URGENCIES
        .map(|one| Choice::new(one.as_str_name(), wording::urgency(one).word))
        .to_vec()
}

pub(crate) fn anaesthesias() -> Vec<Choice> {
    [
        Anaesthesia::General,
        Anaesthesia::Regional,
        Anaesthesia::Sedation,
        Anaesthesia::Local,
        Anaesthesia::None,
    ]
    .map(|one| Choice::new(one.as_str_name(), wording::anaesthesia(one)))
    .to_vec()
}

/// `POST /cases/new`
pub(crate) async fn create(Posted { ctx, fields }: Posted) -> Response {
    let known = match known(&ctx).await {
        Ok(known) => known,
        Err(refusal) => return ctx.trouble(Here::NewCase, &refusal),
    };
    let mut problems = Problems::default();
    if fields.has("fill") {
        // By POST like all that is typed here: an address would keep the patient's number.
        let filled = defaults(&fields, &known).or(fields.pairs().iter().cloned());
        let page = page(&ctx, &known, &filled, &problems, None);
        return crate::pages::page(StatusCode::OK, &page);
    }
    let case = read(&ctx, &fields, &mut problems);
    if !problems.is_empty() {
        let page = page(&ctx, &known, &fields, &problems, None);
        return crate::pages::page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let request = CreateCaseRequest {
        case: Some(case),
        request_id: fields.get("request_id").to_owned(),
        ..Default::default()
    };
    match ctx.desk.create_case(request).await {
        Ok(case) => Redirect::to(&format!("/{}/slots", case.name)).into_response(),
        Err(refusal) => {
            for wrong in &refusal.fields {
                problems.add(field_of(&wrong.field), wrong.description.clone());
            }
            let status = status_of(refusal.kind);
            let shown = (refusal.kind != RefusalKind::InvalidInput || problems.is_empty())
                .then_some(refusal);
            let page = page(&ctx, &known, &fields, &problems, shown);
            crate::pages::page(status, &page)
        }
    }
}

/// The form's field for a field of the request: `case.durations.setup_min` is `setup_min`.
fn field_of(path: &str) -> &str {
    match path.rsplit('.').next().unwrap_or(path) {
        "durations" => "procedure_min",
        "team" => "surgeon",
        last => last,
    }
}

fn read(ctx: &Ctx, fields: &Fields, problems: &mut Problems) -> Case {
    let patient = problems.line(fields, "patient", true);
    if patient.chars().count() > 64 {
        problems.add("patient", "Shorten this to 64 characters.");
    }
    let member = |field: &str, role: TeamRole| {
        fields.has(field).then(|| TeamMember {
            staff: fields.get(field).to_owned(),
            role: role.into(),
        })
    };
    let team = [
        member("surgeon", TeamRole::PrimarySurgeon),
        member("anaesthetist", TeamRole::Anaesthetist),
    ];
    Case {
        patient: format!("patients/{}", crate::pages::url::segment(&patient)),
        procedure: problems.line(fields, "procedure", true),
        procedure_type: fields.get("procedure_type").to_owned(),
        condition: problems.line(fields, "condition", true),
        laterality: choice(fields, problems, "laterality", Laterality::from_str_name)
            .map_or(0, Into::into),
        urgency: choice(fields, problems, "urgency", Urgency::from_str_name).map_or(0, Into::into),
        anaesthesia: choice(fields, problems, "anaesthesia", Anaesthesia::from_str_name)
            .map_or(0, Into::into),
        decision_time: Some(civil::message(ctx.now)),
        durations: Some(Durations {
            setup_min: problems.number(fields, "setup_min", 0..=480),
            procedure_min: problems.number(fields, "procedure_min", 1..=1200),
            cleanup_min: problems.number(fields, "cleanup_min", 0..=480),
        }),
        team: team.into_iter().flatten().collect(),
        notes: problems.text(fields, "notes"),
        blood_units: read_blood(fields, problems),
        specialty: problems.line(fields, "specialty", false),
        ..Default::default()
    }
}

pub(crate) fn choice<T>(
    fields: &Fields,
    problems: &mut Problems,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let chosen = parse(fields.get(name));
    if chosen.is_none() {
        problems.add(name, "Choose one of these.");
    }
    chosen
}
