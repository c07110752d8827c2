//! `/begin`: a hospital that has nothing yet gets its name, its clocks and its first theatres.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::{
    contract::resource::{self, THEATRES},
    ot::v1::{
        CreateSiteRequest, CreateTheatreRequest, ListSitesRequest, OpeningRule, Site, Theatre,
        theatre,
    },
};

use super::{
    context::{Ctx, request_id},
    field::{Field, Kind},
    fields::{Fields, Problems},
    frame::{Frame, Here},
    posted::Posted,
    render,
};
use crate::backend::{Refusal, RefusalKind};

/// The site that is made when there is none.
const SITE_ID: &str = "main";
/// The most theatres that one form makes; more is a mistyped number.
const MAX_THEATRES: i32 = 40;
/// Monday to Friday, as the contract counts weekdays.
const WEEKDAYS: std::ops::RangeInclusive<i32> = 1..=5;

#[derive(Template)]
#[template(path = "begin.html")]
struct BeginPage {
    frame: Frame,
    fields: Vec<Field>,
    refusal: Option<Refusal>,
}

/// A hospital without a name and clocks, in place of its board.
#[derive(Template)]
#[template(path = "unfounded.html")]
struct UnfoundedPage {
    frame: Frame,
}

impl UnfoundedPage {
    /// Whether there is a hospital into which something could be imported.
    fn founded(&self) -> bool {
        false
    }
}

/// The board of a hospital that has no site; none when it is something else that was refused.
pub(crate) async fn instead_of_board(ctx: &Ctx, refusal: &Refusal) -> Option<Response> {
    if refusal.kind != RefusalKind::InvalidInput || has_site(ctx).await != Ok(false) {
        return None;
    }
    let page = UnfoundedPage {
        frame: ctx.frame(Here::Board),
    };
    Some(render::page(StatusCode::OK, &page))
}

async fn has_site(ctx: &Ctx) -> Result<bool, Refusal> {
    let listed = ctx.client.list_sites(ListSitesRequest::default()).await?;
    Ok(!listed.sites.is_empty())
}

/// `GET /begin`
pub(crate) async fn show(ctx: Ctx) -> Response {
    match has_site(&ctx).await {
        Ok(founded) => page(&ctx, founded, None, &Problems::default(), None),
        Err(refusal) => ctx.trouble(Here::Settings, &refusal),
    }
}

/// `POST /begin`
pub(crate) async fn make(Posted { ctx, fields }: Posted) -> Response {
    let founded = match has_site(&ctx).await {
        Ok(founded) => founded,
        Err(refusal) => return ctx.trouble(Here::Settings, &refusal),
    };
    let wanted = match Wanted::of(&fields, founded) {
        Ok(wanted) => wanted,
        Err(problems) => return page(&ctx, founded, Some(&fields), &problems, None),
    };
    match wanted.make(&ctx).await {
        Ok(()) => Redirect::to("/").into_response(),
        Err(refusal) => {
            let founded = founded || has_site(&ctx).await == Ok(true);
            let none = Problems::default();
            page(&ctx, founded, Some(&fields), &none, Some(refusal))
        }
    }
}

fn page(
    ctx: &Ctx,
    founded: bool,
    typed: Option<&Fields>,
    problems: &Problems,
    refusal: Option<Refusal>,
) -> Response {
    let suggested =
        Fields::default().or([("theatres", "4"), ("opens", "08:00"), ("closes", "18:00")]);
    let mut asked = vec![
        Field::line("theatres", "How many theatres").kind(Kind::Number),
        Field::line("opens", "Open from, Monday to Friday").kind(Kind::Time),
        Field::line("closes", "until").kind(Kind::Time),
    ];
    if !founded {
        let name = Field::line("name", "Name of the hospital");
        let zone = Field::line("time_zone", "Its time zone")
            .hint("Such as Europe/London; every time on these pages is by its clocks");
        asked.splice(0..0, [name, zone]);
    }
    let status = match &refusal {
        Some(refusal) => refusal.text().status,
        None if typed.is_some() => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = BeginPage {
        fields: asked
            .into_iter()
            .map(|field| field.typed(typed.unwrap_or(&suggested), problems))
            .collect(),
        frame: ctx.frame(Here::Settings),
        refusal,
    };
    render::page(status, &page)
}

/// What the form asks for.
struct Wanted {
    /// Name and zone, where there is no site.
    site: Option<Site>,
    theatres: i32,
    rules: Vec<OpeningRule>,
}

impl Wanted {
    fn of(fields: &Fields, founded: bool) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let site = (!founded).then(|| {
            problems.zone(fields, "time_zone");
            Site {
                display_name: problems.line(fields, "name", true),
                time_zone: fields.own("time_zone"),
                ..Default::default()
            }
        });
        let theatres = problems.number(fields, "theatres", 1..=MAX_THEATRES);
        let opens = problems.time(fields, "opens");
        let closes = problems.time(fields, "closes");
        let (Some(opens), Some(closes)) = (opens, closes) else {
            return Err(problems);
        };
        if opens >= closes {
            problems.add("closes", "This is not after the time before it.");
        }
        let minute =
            |time: jiff::civil::Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
        let rules = WEEKDAYS.map(|weekday| OpeningRule {
            weekday,
            open_minute: minute(opens),
            close_minute: minute(closes),
        });
        let wanted = Self {
            site,
            theatres,
            rules: rules.collect(),
        };
        problems.is_empty().then_some(wanted).ok_or(problems)
    }

    /// Makes what is not there yet: a form that was sent twice makes it once.
    async fn make(self, ctx: &Ctx) -> Result<(), Refusal> {
        if let Some(site) = self.site {
            let request = CreateSiteRequest {
                site_id: SITE_ID.to_owned(),
                site: Some(site),
                request_id: request_id(),
                validate_only: false,
            };
            ctx.client.create_site(request).await?;
        }
        let listed = ctx.client.list_sites(ListSitesRequest::default()).await?;
        let site = listed.sites.first().map(|site| site.name.clone());
        let there = ctx.theatres().await?;
        for number in 1..=self.theatres {
            let id = format!("OT-{number}");
            let name = resource::name(THEATRES, &id);
            if there.iter().any(|one| one.name == name) {
                continue;
            }
            let theatre = Theatre {
                site: site.clone().unwrap_or_default(),
                display_name: format!("Theatre {number}"),
                list_order: number,
                state: theatre::State::Open.into(),
                opening_rules: self.rules.clone(),
                ..Default::default()
            };
            let request = CreateTheatreRequest {
                theatre_id: id,
                theatre: Some(theatre),
                request_id: request_id(),
                validate_only: false,
            };
            ctx.client.create_theatre(request).await?;
        }
        Ok(())
    }
}
