//! `/cases/{id}/emergency`: what could be done for an emergency now, what each way would cost
//! others, and doing one of them.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::{
    contract::resource::{CASES, name},
    ot::v1::{ApplyEmergencyPlanRequest, Case, EmergencyOption, PlanEmergencyRequest},
};

use crate::{
    backend::Refusal,
    pages::{context::Ctx, frame::Frame, posted::Posted},
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
    case: Case,
    options: Vec<EmergencyOption>,
    names: Directory,
    civil: Civil,
}

impl EmergencyPage {
    fn theatre<'a>(&'a self, option: &'a EmergencyOption) -> &'a str {
        let plan = option.plan.as_ref();
        plan.map_or("", |plan| self.names.name(&plan.theatre))
    }

    fn when(&self, option: &EmergencyOption) -> String {
        let plan = option.plan.as_ref();
        let start = plan.and_then(|plan| instant(plan.start_time));
        start.map(|at| self.civil.moment(at)).unwrap_or_default()
    }

    fn wait(option: &EmergencyOption) -> String {
        match option.wait_min {
            ..=0 => "now".to_owned(),
            wait => format!("in {}", how_long(i64::from(wait))),
        }
    }
}

/// `GET /cases/{id}/emergency`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Response {
    ctx.show(load(&ctx, &id).await)
}

async fn load(ctx: &Ctx, id: &str) -> Result<EmergencyPage, Refusal> {
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
    let mut options = plan.options;
    options.retain(|option| {
        let plan = option.plan.as_ref();
        plan.is_some_and(|plan| plan.start_time.is_some())
    });
    Ok(EmergencyPage {
        frame: ctx.frame(),
        id: id.to_owned(),
        case,
        options,
        names,
        civil,
    })
}

/// `POST /cases/{id}/emergency`
pub(crate) async fn apply(Path(id): Path<String>, Posted { ctx, form }: Posted) -> Response {
    let request = ApplyEmergencyPlanRequest {
        option: form.own("option"),
        request_id: form.own("request_id"),
        validate_only: false,
    };
    match ctx.client.apply_emergency_plan(request).await {
        Ok(_) => Redirect::to(&format!("/cases/{id}?done=emergency")).into_response(),
        Err(refusal) => show(Path(id), ctx.refused(refusal)).await,
    }
}
