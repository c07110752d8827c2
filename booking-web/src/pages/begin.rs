//! `/begin`: a hospital that has nothing yet gets its name, its clocks and its first theatres.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response, Result};
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
    fields::{Fields, Form},
    frame::Frame,
    posted::Posted,
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
}

/// A hospital without a name and clocks, in place of its board.
#[derive(Template)]
#[template(path = "unfounded.html")]
struct UnfoundedPage {
    frame: Frame,
}

/// The board of a hospital that has no site; none when it is something else that was refused.
pub(crate) async fn instead_of_board(ctx: &Ctx, refusal: &Refusal) -> Option<Response> {
    if refusal.kind != RefusalKind::InvalidInput || has_site(ctx).await != Ok(false) {
        return None;
    }
    let frame = ctx.frame();
    Some(ctx.show(Ok(UnfoundedPage { frame })))
}

async fn has_site(ctx: &Ctx) -> Result<bool, Refusal> {
    let listed = ctx.client.list_sites(ListSitesRequest::default()).await?;
    Ok(!listed.sites.is_empty())
}

/// `GET /begin`
pub(crate) async fn show(ctx: Ctx) -> Result<Response> {
    let suggested = [("theatres", "4"), ("opens", "08:00"), ("closes", "18:00")];
    let founded = has_site(&ctx).await.map_err(|why| ctx.trouble(&why))?;
    Ok(page(&ctx, founded, &Fields::default().or(suggested).into()))
}

/// `POST /begin`
pub(crate) async fn make(Posted { ctx, mut form }: Posted) -> Result<Response> {
    let founded = has_site(&ctx).await.map_err(|why| ctx.trouble(&why))?;
    let Some(wanted) = Wanted::of(&mut form, founded) else {
        return Ok(page(&ctx, founded, &form));
    };
    Ok(match wanted.make(&ctx).await {
        Ok(()) => Redirect::to("/").into_response(),
        Err(refusal) => {
            let founded = founded || has_site(&ctx).await == Ok(true);
            page(&ctx.refused(refusal), founded, &form)
        }
    })
}

fn page(ctx: &Ctx, founded: bool, form: &Form) -> Response {
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
    let fields = asked.into_iter().map(|field| field.typed(form)).collect();
    let frame = ctx.frame();
    ctx.show_form(form, &BeginPage { frame, fields })
}

/// What the form asks for.
struct Wanted {
    /// Name and zone, where there is no site.
    site: Option<Site>,
    theatres: i32,
    rules: Vec<OpeningRule>,
}

impl Wanted {
    fn of(form: &mut Form, founded: bool) -> Option<Self> {
        let site = (!founded).then(|| {
            form.zone("time_zone");
            Site {
                display_name: form.line("name", true),
                time_zone: form.own("time_zone"),
                ..Default::default()
            }
        });
        let theatres = form.number("theatres", 1..=MAX_THEATRES);
        let opens = form.time("opens");
        let closes = form.time("closes");
        let (opens, closes) = opens.zip(closes)?;
        if opens >= closes {
            form.complain("closes", "This is not after the time before it.");
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
        (!form.is_wrong()).then_some(wanted)
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
