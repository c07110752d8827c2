//! `/cases/new`: entering a case, the first of two steps; the second is where it fits.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response, Result};
use booking_proto::ot::v1::{
    Anaesthesia, Case, CreateCaseRequest, Laterality, ListProcedureTypesRequest, Urgency,
};

use super::form::{self, FIELDS, Known, Part};
use crate::{
    backend::{Refusal, RefusalKind},
    pages::{
        context::{ALL, Ctx, permitted},
        field::Field,
        fields::{Fields, Form},
        frame::Frame,
        posted::Posted,
    },
    view::civil,
};

#[derive(Template)]
#[template(path = "new_case.html")]
struct NewCasePage<'a> {
    frame: Frame,
    known: &'a Known,
    form: &'a Form,
}

impl NewCasePage<'_> {
    /// The fields of a part of the page.
    fn fields(&self, part: Part) -> Vec<Field> {
        let own = FIELDS.into_iter().filter(|field| field.part == part);
        own.map(|field| field.shown(self.known, self.form))
            .collect()
    }
}

fn page(ctx: &Ctx, known: &Known, form: &Form) -> Response {
    let frame = ctx.frame();
    ctx.show_form(form, &NewCasePage { frame, known, form })
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
pub(crate) async fn show(ctx: Ctx) -> Result<Response> {
    let known = known(&ctx).await.map_err(|why| ctx.trouble(&why))?;
    Ok(page(&ctx, &known, &start(&ctx.query, &known).into()))
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
pub(crate) async fn create(Posted { ctx, mut form }: Posted) -> Result<Response> {
    let known = known(&ctx).await.map_err(|why| ctx.trouble(&why))?;
    if form.has("fill") {
        // By POST like all that is typed here: an address would keep the patient's number.
        let filled = defaults(&form, &known).or(form.pairs().iter().cloned());
        return Ok(page(&ctx, &known, &filled.into()));
    }
    let case = Case {
        decision_time: Some(civil::message(ctx.now)),
        ..form::read(&mut form, true)
    };
    if form.is_wrong() {
        return Ok(page(&ctx, &known, &form));
    }
    let request = CreateCaseRequest {
        case: Some(case),
        request_id: form.own("request_id"),
        ..Default::default()
    };
    Ok(match ctx.client.create_case(request).await {
        Ok(case) => Redirect::to(&format!("/{}/slots", case.name)).into_response(),
        Err(refusal) => {
            for wrong in &refusal.fields {
                form.complain(field_of(&wrong.field), wrong.description.clone());
            }
            // What stands beside its field need not be told twice.
            let told = refusal.kind == RefusalKind::InvalidInput && form.is_wrong();
            let ctx = if told { ctx } else { ctx.refused(refusal) };
            page(&ctx, &known, &form)
        }
    })
}

/// The form's field for a field of the request: `case.durations.setup_min` is `setup_min`.
fn field_of(path: &str) -> &str {
    match path.rsplit('.').next().unwrap_or(path) {
        "durations" => "procedure_min",
        "team" => "surgeon",
        last => last,
    }
}
