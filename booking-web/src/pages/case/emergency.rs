//! `/cases/{id}/emergency`: what could be done for an emergency now, what each way would cost
//! others, and doing one of them.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::{
    contract::resource::{CASES, name},
    ot::v1::{ApplyEmergencyPlanRequest, EmergencyOption, PlanEmergencyRequest},
};

use crate::{
    backend::Refusal,
    pages::{
        context::{Ctx, request_id},
        frame::{Frame, Here},
        posted::Posted,
    },
    view::{
        civil::{Civil, how_long, instant},
        directory::Directory,
        wording,
    },
};

#[derive(Template)]
#[template(path = "emergency.html")]
struct EmergencyPage {
    frame: Frame,
    id: String,
    procedure: String,
    urgency: wording::UrgencyMark,
    options: Vec<OptionWords>,
    refusal: Option<Refusal>,
}

struct OptionWords {
    option: String,
    request_id: String,
    theatre: String,
    when: String,
    wait: String,
    /// Links to the cases that are touched, each with what happens to it.
    consequences: Vec<(String, String)>,
}

impl OptionWords {
    fn of(option: &EmergencyOption, names: &Directory, civil: &Civil) -> Option<Self> {
        let plan = option.plan.as_ref()?;
        let start = instant(plan.start_time.as_ref())?;
        let touched = option.consequences.iter();
        Some(Self {
            option: option.option.clone(),
            request_id: request_id(),
            theatre: names.name(&plan.theatre).to_owned(),
            when: civil.moment(start),
            wait: match option.wait_min {
                ..=0 => "now".to_owned(),
                wait => format!("in {}", how_long(i64::from(wait))),
            },
            consequences: touched
                .map(|one| (format!("/{}", one.case), one.description.clone()))
                .collect(),
        })
    }
}

/// `GET /cases/{id}/emergency`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Response {
    page(&ctx, &id, None).await
}

async fn page(ctx: &Ctx, id: &str, refusal: Option<Refusal>) -> Response {
    let page = load(ctx, id, refusal.clone()).await;
    ctx.show_refused(Here::Elsewhere, refusal.as_ref(), page)
}

async fn load(ctx: &Ctx, id: &str, refusal: Option<Refusal>) -> Result<EmergencyPage, Refusal> {
    let request = PlanEmergencyRequest {
        case: name(CASES, id),
        ..Default::default()
    };
    let (case, names, civil, plan) = tokio::try_join!(
        ctx.case(id),
        ctx.names(),
        ctx.civil(),
        ctx.client.plan_emergency(request)
    )?;
    Ok(EmergencyPage {
        frame: ctx.frame(Here::Elsewhere),
        id: id.to_owned(),
        procedure: wording::procedure(&case.procedure, case.laterality()),
        urgency: wording::urgency(case.urgency()),
        options: plan
            .options
            .iter()
            .filter_map(|one| OptionWords::of(one, &names, &civil))
            .collect(),
        refusal,
    })
}

/// `POST /cases/{id}/emergency`
pub(crate) async fn apply(Path(id): Path<String>, Posted { ctx, fields }: Posted) -> Response {
    let request = ApplyEmergencyPlanRequest {
        option: fields.own("option"),
        request_id: fields.own("request_id"),
        validate_only: false,
    };
    match ctx.client.apply_emergency_plan(request).await {
        Ok(_) => Redirect::to(&format!("/cases/{id}?done=emergency")).into_response(),
        Err(refusal) => page(&ctx, &id, Some(refusal)).await,
    }
}
