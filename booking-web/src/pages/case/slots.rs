//! `/cases/{id}/slots`: where a case would fit, and what stands in the way where it nearly would.

use askama::Template;
use axum::{extract::Path, response::Response};
use booking_proto::ot::v1::{Case, FindSlotsRequest, Plan, SlotOffer};

use crate::{
    backend::Refusal,
    pages::{
        context::{Ctx, request_id},
        field::{Field, Kind},
        fields::Problems,
        frame::{Frame, Here},
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
    ctx.show(Here::Elsewhere, load(&ctx, id).await)
}

async fn load(ctx: &Ctx, id: String) -> Result<SlotsPage, Refusal> {
    let (case, names, civil) = tokio::try_join!(ctx.case(&id), ctx.names(), ctx.civil())?;
    let today = civil.date(ctx.now);
    let mut problems = Problems::default();
    let from = problems.optional_date(&ctx.query, "from");
    let first = from.unwrap_or(today).max(today);
    let days = ctx.query.get("days").parse().unwrap_or(DAYS);
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
    let slots = offers.filter_map(|offer| Slot::of(offer, &case, &names, &civil));
    let (free, near) = slots.partition(|slot| slot.broken.is_empty());
    Ok(SlotsPage {
        id,
        procedure: wording::procedure(&case.procedure, case.laterality()),
        etag: case.etag,
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
    fn of(offer: SlotOffer, case: &Case, names: &Directory, civil: &Civil) -> Option<Self> {
        let Plan {
            theatre,
            start_time,
            end_time,
            ..
        } = offer.plan?;
        let start = instant(start_time.as_ref())?;
        let end = instant(end_time.as_ref());
        let end = end.map(|end| format!(" to {}", civil.time(end)));
        let at = start.to_string();
        let broken = offer.broken_rules.into_iter();
        Some(Self {
            link: with_query(
                &format!("/{}/move", case.name),
                [("theatre", &theatre), ("at", &at)],
            ),
            at,
            theatre_name: names.name(&theatre).to_owned(),
            theatre,
            when: civil.moment(start) + &end.unwrap_or_default(),
            request_id: request_id(),
            broken: broken.map(|one| one.description).collect(),
        })
    }
}
