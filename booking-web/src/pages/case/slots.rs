//! `/cases/{id}/slots`: where a case would fit, and what stands in the way where it nearly would.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use booking_proto::ot::v1::{Case, FindSlotsRequest, SlotOffer};

use super::case;
use crate::{
    backend::Refusal,
    pages::{
        context::{Ctx, request_id},
        field::{Field, Kind},
        fields::Problems,
        frame::{Frame, Here},
        url,
    },
    view::{
        civil::{Civil, days_later, instant},
        directory::Directory,
        wording,
    },
};

/// How far ahead is looked at first, and at most, in days.
const DAYS: i64 = 14;
const MAX_DAYS: i64 = 62;
const OFFERS: i32 = 20;

#[derive(Template)]
#[template(path = "slots.html")]
struct SlotsPage {
    frame: Frame,
    id: String,
    etag: String,
    procedure: String,
    from: Field,
    days: Field,
    free: Vec<Slot>,
    near: Vec<Slot>,
}

struct Slot {
    theatre: String,
    theatre_name: String,
    when: String,
    at: String,
    request_id: String,
    /// The form with this place filled in.
    link: String,
    broken: Vec<String>,
}

/// `GET /cases/{id}/slots`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Response {
    match load(&ctx, &id).await {
        Ok(page) => crate::pages::page(StatusCode::OK, &page),
        Err(refusal) => ctx.trouble(Here::Elsewhere, &refusal),
    }
}

async fn load(ctx: &Ctx, id: &str) -> Result<SlotsPage, Refusal> {
    let (case, names, civil) = tokio::try_join!(case(ctx, id), ctx.names(), ctx.civil())?;
    let today = civil.date(ctx.now);
    let mut problems = Problems::default();
    let from = problems.optional_date(&ctx.query, "from");
    let first = from.unwrap_or(today).max(today);
    let days = ctx
        .query
        .get("days")
        .parse()
        .unwrap_or(DAYS)
        .clamp(1, MAX_DAYS);
    let earliest = civil.midnight(first).max(ctx.now);
    let request = FindSlotsRequest {
        case: case.name.clone(),
        earliest_time: Some(crate::view::civil::message(earliest)),
        latest_time: Some(crate::view::civil::message(
            civil.midnight(days_later(first, days)),
        )),
        max_slots: OFFERS,
        include_near_misses: true,
        ..Default::default()
    };
    let offers = ctx.desk.find_slots(request).await?.offers;
    let slots = offers
        .iter()
        .filter_map(|offer| Slot::of(offer, &case, &names, &civil));
    let (free, near) = slots.partition(|slot| slot.broken.is_empty());
    Ok(SlotsPage {
        id: id.to_owned(),
        etag: case.etag.clone(),
        procedure: wording::procedure(&case.procedure, case.laterality()),
        from: Field::line("from", "From")
            .kind(Kind::Date)
            .value(first.to_string())
            .wrong(&ctx.query, &problems),
        days: Field::line("days", "Days")
            .kind(Kind::Number)
            .value(days.to_string()),
        free,
        near,
        frame: ctx.frame(Here::Elsewhere),
    })
}

impl Slot {
    fn of(offer: &SlotOffer, case: &Case, names: &Directory, civil: &Civil) -> Option<Self> {
        let plan = offer.plan.as_ref()?;
        let start = instant(plan.start_time.as_ref())?;
        let end = instant(plan.end_time.as_ref());
        let at = start.to_string();
        Some(Self {
            link: format!(
                "/{}/move?theatre={}&at={}",
                case.name,
                url::encode(&plan.theatre),
                url::encode(&at)
            ),
            at,
            theatre: plan.theatre.clone(),
            theatre_name: names.name(&plan.theatre).to_owned(),
            when: match end {
                Some(end) => format!("{} to {}", civil.moment(start), civil.time(end)),
                None => civil.moment(start),
            },
            request_id: request_id(),
            broken: offer
                .broken_rules
                .iter()
                .map(|one| one.description.clone())
                .collect(),
        })
    }
}
