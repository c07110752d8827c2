//! `/cases/{id}/edit`: changing what was asked for. Whoever edits a case that somebody else has
//! changed in between sees both, side by side, and loses nothing.

use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::ot::v1::{Anaesthesia, Case, Durations, Laterality, UpdateCaseRequest, Urgency};

use super::{
    case,
    new::{anaesthesias, blood_units, choice, lateralities, read_blood, urgencies},
};
use crate::{
    backend::{Refusal, RefusalKind},
    pages::{
        context::{Ctx, request_id, status_of},
        field::{Field, Kind},
        fields::{Fields, Posted, Problems},
        frame::{Frame, Here},
    },
};

/// What the form changes.
const MASK: [&str; 8] = [
    "procedure",
    "condition",
    "laterality",
    "urgency",
    "anaesthesia",
    "durations",
    "notes",
    "blood_units",
];

#[derive(Template)]
#[template(path = "edit.html")]
struct EditPage {
    frame: Frame,
    id: String,
    etag: String,
    request_id: String,
    fields: Vec<Field>,
    refusal: Option<Refusal>,
    /// Field, what was typed, what is there now: after somebody else was faster.
    comparison: Vec<(&'static str, String, String)>,
}

/// `GET /cases/{id}/edit`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Response {
    match case(&ctx, &id).await {
        Ok(case) => {
            let page = page(&ctx, &id, &case, &typed(&case), &Problems::default(), None);
            crate::pages::page(StatusCode::OK, &page)
        }
        Err(refusal) => ctx.trouble(Here::Elsewhere, &refusal),
    }
}

/// A case as the form would have it.
fn typed(case: &Case) -> Fields {
    let durations = case.durations.unwrap_or_default();
    Fields::default().or([
        ("procedure", case.procedure.clone()),
        ("condition", case.condition.clone()),
        ("laterality", case.laterality().as_str_name().to_owned()),
        ("urgency", case.urgency().as_str_name().to_owned()),
        ("anaesthesia", case.anaesthesia().as_str_name().to_owned()),
        ("setup_min", durations.setup_min.to_string()),
        ("procedure_min", durations.procedure_min.to_string()),
        ("cleanup_min", durations.cleanup_min.to_string()),
        ("notes", case.notes.clone()),
        ("blood_units", case.blood_units.to_string()),
        ("etag", case.etag.clone()),
    ])
}

fn fields() -> [Field; 10] {
    [
        Field::line("procedure", "Procedure in words"),
        Field::line("condition", "Condition"),
        Field::line("laterality", "Side").kind(Kind::Choice(lateralities())),
        Field::line("urgency", "Urgency").kind(Kind::Choice(urgencies())),
        Field::line("anaesthesia", "Anaesthesia").kind(Kind::Choice(anaesthesias())),
        Field::line("setup_min", "Setup, minutes").kind(Kind::Number),
        Field::line("procedure_min", "Procedure, minutes").kind(Kind::Number),
        Field::line("cleanup_min", "Cleanup, minutes").kind(Kind::Number),
        Field::line("notes", "Notes").optional().kind(Kind::Text),
        blood_units(),
    ]
}

fn page(
    ctx: &Ctx,
    id: &str,
    case: &Case,
    entered: &Fields,
    problems: &Problems,
    refusal: Option<Refusal>,
) -> EditPage {
    let stale = refusal
        .as_ref()
        .is_some_and(|one| one.kind == RefusalKind::Stale);
    let now = typed(case);
    let differs = |field: &Field| {
        let (mine, theirs) = (entered.get(field.name), now.get(field.name));
        (mine != theirs).then(|| (field.label, mine.to_owned(), theirs.to_owned()))
    };
    EditPage {
        frame: ctx.frame(Here::Elsewhere),
        id: id.to_owned(),
        // After the comparison was shown, saving means it.
        etag: if stale {
            case.etag.clone()
        } else {
            entered.get("etag").to_owned()
        },
        request_id: request_id(),
        comparison: if stale {
            fields().iter().filter_map(differs).collect()
        } else {
            Vec::new()
        },
        fields: fields()
            .into_iter()
            .map(|field| field.typed(entered, problems))
            .collect(),
        refusal,
    }
}

/// `POST /cases/{id}/edit`
pub(crate) async fn save(Path(id): Path<String>, Posted { ctx, fields }: Posted) -> Response {
    let current = match case(&ctx, &id).await {
        Ok(current) => current,
        Err(refusal) => return ctx.trouble(Here::Elsewhere, &refusal),
    };
    let mut problems = Problems::default();
    let wanted = read(&fields, &current, &mut problems);
    if !problems.is_empty() {
        let page = page(&ctx, &id, &current, &fields, &problems, None);
        return crate::pages::page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let request = UpdateCaseRequest {
        case: Some(wanted),
        update_mask: Some(prost_types::FieldMask {
            paths: MASK.map(str::to_owned).to_vec(),
        }),
        request_id: fields.get("request_id").to_owned(),
        ..Default::default()
    };
    match ctx.desk.update_case(request).await {
        Ok(_) => Redirect::to(&format!("/cases/{id}?done=edited")).into_response(),
        Err(refusal) => {
            let status = status_of(refusal.kind);
            let page = page(&ctx, &id, &current, &fields, &problems, Some(refusal));
            crate::pages::page(status, &page)
        }
    }
}

fn read(fields: &Fields, current: &Case, problems: &mut Problems) -> Case {
    Case {
        name: current.name.clone(),
        etag: fields.get("etag").to_owned(),
        procedure: problems.line(fields, "procedure", true),
        condition: problems.line(fields, "condition", false),
        laterality: choice(fields, problems, "laterality", Laterality::from_str_name)
            .map_or(0, Into::into),
        urgency: choice(fields, problems, "urgency", Urgency::from_str_name).map_or(0, Into::into),
        anaesthesia: choice(fields, problems, "anaesthesia", Anaesthesia::from_str_name)
            .map_or(0, Into::into),
        durations: Some(Durations {
            setup_min: problems.number(fields, "setup_min", 0..=480),
            procedure_min: problems.number(fields, "procedure_min", 1..=1200),
            cleanup_min: problems.number(fields, "cleanup_min", 0..=480),
        }),
        notes: problems.text(fields, "notes"),
        blood_units: read_blood(fields, problems),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use booking_proto::fields;
    use prost::Name as _;

    use super::*;

    /// What is asked for when a case is entered, and not changed here.
    const ENTERED_ONCE: [&str; 3] = ["procedure_type", "specialty", "team"];

    /// What no form asks for, and why.
    const NOT_ASKED: [(&str, &str); 4] = [
        ("decision_time", "it is now when a case is entered"),
        ("target_time", "it follows from the urgency"),
        ("equipment", "chosen at the command line"),
        (
            "required_capabilities",
            "they follow from the kind of procedure",
        ),
    ];

    #[test]
    fn every_field_of_a_case_is_asked_for_or_there_is_a_reason() {
        for field in fields::of(Case::NAME).updatable() {
            let name = &*field.name;
            let asked = MASK.contains(&name) || ENTERED_ONCE.contains(&name);
            let excused = NOT_ASKED.iter().any(|(one, _)| *one == name);
            assert!(asked != excused, "{name}");
        }
    }
}
