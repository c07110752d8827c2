//! `/cases/{id}/slots`: where a case would fit, and what stands in the way where it nearly would.

use askama::Template;
use axum::{extract::Path, response::Response};
use booking_proto::ot::v1::{Case, FindSlotsRequest, SlotOffer};

use crate::{
    backend::Refusal,
    pages::{
        context::Ctx,
        field::{Field, Kind},
        fields::Form,
        frame::Frame,
        url::with_query,
    },
    view::{
        civil::{Civil, days_later, instant, message},
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
    case: Case,
    from: Field,
    days: Field,
    free: Vec<Slot>,
    near: Vec<Slot>,
}

struct Slot {
    offer: SlotOffer,
    theatre: String,
    theatre_name: String,
    when: String,
    at: String,
}

impl SlotsPage {
    /// The form with this place filled in.
    fn link(&self, slot: &Slot) -> String {
        let place = [("theatre", slot.theatre.as_str()), ("at", slot.at.as_str())];
        with_query(&format!("/{}/move", self.case.name), place)
    }
}

/// `GET /cases/{id}/slots`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Response {
    ctx.show(load(&ctx, id).await)
}

async fn load(ctx: &Ctx, id: String) -> Result<SlotsPage, Refusal> {
    let (case, names, civil) = tokio::try_join!(ctx.case(&id), ctx.names(), ctx.civil())?;
    let today = civil.date(ctx.now);
    let mut form = Form::from(ctx.query.clone());
    let from = form.optional_date("from");
    let first = from.unwrap_or(today).max(today);
    let days = form.get("days").parse().unwrap_or(DAYS);
    let days = days.clamp(1, MAX_DAYS);
    let earliest = civil.midnight(first).max(ctx.now);
    let request = FindSlotsRequest {
        case: case.name.clone(),
        earliest_time: Some(message(earliest)),
        latest_time: Some(message(civil.midnight(days_later(first, days)))),
        max_slots: OFFERS,
        include_near_misses: true,
        ..Default::default()
    };
    let offers = ctx.client.find_slots(request).await?.offers.into_iter();
    let slots = offers.filter_map(|offer| Slot::of(offer, &names, &civil));
    let (free, near) = slots.partition(|slot| slot.offer.broken_rules.is_empty());
    Ok(SlotsPage {
        frame: ctx.frame(),
        id,
        case,
        from: Field::line("from", "From")
            .kind(Kind::Date)
            .value(first.to_string())
            .wrong(&form),
        days: Field::line("days", "Days")
            .kind(Kind::Number)
            .value(days.to_string()),
        free,
        near,
    })
}

impl Slot {
    fn of(offer: SlotOffer, names: &Directory, civil: &Civil) -> Option<Self> {
        let plan = offer.plan.as_ref()?;
        let start = instant(plan.start_time)?;
        let end = instant(plan.end_time);
        let end = end.map(|end| format!(" to {}", civil.time(end)));
        Some(Self {
            theatre: plan.theatre.clone(),
            theatre_name: names.name(&plan.theatre).to_owned(),
            when: civil.moment(start) + &end.unwrap_or_default(),
            at: start.to_string(),
            offer,
        })
    }
}
