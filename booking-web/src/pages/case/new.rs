//! `/cases/new`: entering a case, the first of two steps; the second is where it fits.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use booking_proto::ot::v1::{
    Anaesthesia, Case, CreateCaseRequest, Laterality, ListProcedureTypesRequest, Urgency,
};

use super::form::{self, FIELDS, Known, Part};
use crate::{
    backend::{Refusal, RefusalKind},
    pages::{
        context::{ALL, Ctx, permitted, request_id},
        field::Field,
        fields::{Fields, Form},
        frame::Frame,
        posted::Posted,
    },
    view::civil,
};

#[derive(Template)]
#[template(path = "new_case.html")]
struct NewCasePage {
    frame: Frame,
    request_id: String,
    what: Vec<Field>,
    how_long: Vec<Field>,
    who: Vec<Field>,
    complaints: bool,
}

impl NewCasePage {
    fn new(ctx: &Ctx, known: &Known, form: &Form) -> Self {
        let fields = |part: Part| {
            let own = FIELDS.into_iter().filter(|field| field.part == part);
            own.map(|field| field.shown(known, form)).collect()
        };
        Self {
            request_id: match form.get("request_id") {
                "" => request_id(),
                sent => sent.to_owned(),
            },
            what: fields(Part::What),
            how_long: fields(Part::HowLong),
            who: fields(Part::Who),
            complaints: form.is_wrong(),
            frame: ctx.frame(),
        }
    }
}

async fn known(ctx: &Ctx) -> Result<Known, Refusal> {
    let types = ListProcedureTypesRequest {
        page_size: ALL,
        ..Default::default()
    };
    let types = async { permitted(ctx.client.list_procedure_types(types).await) };
    let (types, staff) = tokio::try_join!(types, ctx.staff())?;
    Ok(Known {
        types: types.unwrap_or_default().procedure_types,
        staff,
    })
}

/// `GET /cases/new`
pub(crate) async fn show(ctx: Ctx) -> Response {
    let known = known(&ctx).await;
    ctx.show(known.map(|known| NewCasePage::new(&ctx, &known, &start(&ctx.query, &known).into())))
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
    let usual = Case {
        procedure_type: kind.name.clone(),
        procedure: kind.display_name.clone(),
        specialty: kind.specialty.clone(),
        durations: kind.default_durations,
        ..Default::default()
    };
    let said = FIELDS.into_iter().filter(|field| match field.part {
        Part::What => true,
        Part::HowLong => kind.default_durations.is_some(),
        Part::Who => false,
    });
    Fields::default().or(said.map(|field| (field.name, field.of(&usual))))
}

/// `POST /cases/new`
pub(crate) async fn create(Posted { ctx, mut form }: Posted) -> Response {
    let known = match known(&ctx).await {
        Ok(known) => known,
        Err(refusal) => return ctx.trouble(&refusal),
    };
    if form.has("fill") {
        // By POST like all that is typed here: an address would keep the patient's number.
        let filled = defaults(&form, &known).or(form.pairs().iter().cloned());
        return ctx.show(Ok(NewCasePage::new(&ctx, &known, &filled.into())));
    }
    let case = Case {
        decision_time: Some(civil::message(ctx.now)),
        ..form::read(&mut form, true)
    };
    if form.is_wrong() {
        return ctx.show_form(&form, &NewCasePage::new(&ctx, &known, &form));
    }
    let request = CreateCaseRequest {
        case: Some(case),
        request_id: form.own("request_id"),
        ..Default::default()
    };
    match ctx.client.create_case(request).await {
        Ok(case) => Redirect::to(&format!("/{}/slots", case.name)).into_response(),
        Err(refusal) => {
            for wrong in &refusal.fields {
                form.complain(field_of(&wrong.field), wrong.description.clone());
            }
            // What stands beside its field need not be told twice.
            let told = refusal.kind == RefusalKind::InvalidInput && form.is_wrong();
            let ctx = if told { ctx } else { ctx.refused(refusal) };
            ctx.show_form(&form, &NewCasePage::new(&ctx, &known, &form))
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
