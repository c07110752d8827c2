//! `booking-client sessions templates …`

use std::time::Duration;

use booking_proto::ot::v1::{
    CreateSessionTemplateRequest, DeleteSessionTemplateRequest, ExpandSessionTemplateRequest,
    ListSessionTemplatesRequest, SessionTemplate, UpdateSessionTemplateRequest,
};
use clap::{Args, Subcommand};

use super::parts::{FlagArgs, OwnerArgs, expansion, flags, owner};
use crate::{
    connection::{EVERYTHING, Service},
    failure::Failure,
    printing::{Column, Printer, joined},
    reading::{
        ChangeArgs, Day, Hours, OneArgs, SiteTime, UpdateMask, UsageError, Weekday, WriteArgs,
        day_name, hours, id_of, parse_duration, resource,
    },
};

/// What can be done with templates.
#[derive(Debug, Subcommand)]
pub enum Templates {
    /// All of them
    List,
    /// A new one
    Create(CreateArgs),
    /// Change only what is given; sessions that are made stay as they are
    Update(UpdateArgs),
    /// Make its sessions; those that are there, changed or cancelled, stay as they are
    Expand(ExpandArgs),
    /// Remove it; its sessions stay
    #[command(mut_arg("id", |id| id.value_name("TEMPLATE")))]
    Delete(OneArgs),
}

/// A session that recurs.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// An identifier of your choice
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Where
    #[arg(long)]
    theatre: String,
    /// On which day of the week
    #[arg(long, value_name = "WEEKDAY")]
    day: Weekday,
    /// From when until when, as in 08:00-13:00
    #[arg(long)]
    hours: Hours,
    #[command(flatten)]
    owner: OwnerArgs,
    #[command(flatten)]
    flags: FlagArgs,
    /// Every how many weeks, 1 to 4
    #[arg(
        long,
        value_name = "WEEKS",
        default_value_t = 1,
        conflicts_with = "weeks"
    )]
    every: i32,
    /// Or in which weeks of the month, as in 1,3
    #[arg(long, value_name = "WEEKS", value_delimiter = ',')]
    weeks: Vec<i32>,
    /// From this day on
    #[arg(long, value_name = "DAY", default_value = "today")]
    first: Day,
    /// Up to this day and with it; for ever unless told
    #[arg(long, value_name = "DAY")]
    last: Option<Day>,
    /// How long before its start a session releases itself, such as 72h; never unless told
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    release_before: Option<Duration>,
    #[command(flatten)]
    write: WriteArgs,
}

impl CreateArgs {
    fn into_request(self, site: &SiteTime) -> Result<CreateSessionTemplateRequest, UsageError> {
        let last = self.last.map(|last| last.resolve(site)).transpose()?;
        let by_month = !self.weeks.is_empty();
        Ok(CreateSessionTemplateRequest {
            session_template_id: self.id.unwrap_or_default(),
            session_template: Some(SessionTemplate {
                theatre: resource("theatres", &self.theatre),
                owner: Some(self.owner.into()),
                flags: Some(self.flags.typed().unwrap_or_default()),
                weekday: self.day.0,
                start_minute: self.hours.from_minute,
                end_minute: self.hours.to_minute,
                interval_weeks: if by_month { 0 } else { self.every },
                weeks_of_month: self.weeks,
                first_date: self.first.resolve(site)?.to_string(),
                last_date: last.map(|date| date.to_string()).unwrap_or_default(),
                release_before: self.release_before.map(before).transpose()?,
                ..SessionTemplate::default()
            }),
            request_id: self.write.request_id(),
            validate_only: self.write.dry_run,
        })
    }
}

fn before(typed: Duration) -> Result<prost_types::Duration, UsageError> {
    let before = prost_types::Duration::try_from(typed);
    before.map_err(|_| UsageError::Meaning("--release-before is too long".to_owned()))
}

/// What may change of a session that recurs.
#[derive(Debug, Args)]
pub struct UpdateArgs {
    /// Which
    template: String,
    /// On which day of the week
    #[arg(long, value_name = "WEEKDAY")]
    day: Option<Weekday>,
    /// From when until when, as in 08:00-13:00
    #[arg(long)]
    hours: Option<Hours>,
    #[command(flatten)]
    flags: FlagArgs,
    /// Up to this day and with it
    #[arg(long, value_name = "DAY")]
    last: Option<Day>,
    /// How long before its start a session releases itself, such as 72h
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    release_before: Option<Duration>,
    #[command(flatten)]
    change: ChangeArgs,
}

impl UpdateArgs {
    fn into_request(self, site: &SiteTime) -> Result<UpdateSessionTemplateRequest, UsageError> {
        let mut template = SessionTemplate {
            name: resource("sessionTemplates", &self.template),
            etag: self.change.etag,
            ..SessionTemplate::default()
        };
        let (start, end) = (
            self.hours.map(|hours| hours.from_minute),
            self.hours.map(|hours| hours.to_minute),
        );
        let last = self.last.map(|last| last.resolve(site)).transpose()?;
        let release = self.release_before.map(before).transpose()?;
        let mut mask = UpdateMask::default();
        mask.put("weekday", self.day.map(|day| day.0), &mut template.weekday);
        mask.put("start_minute", start, &mut template.start_minute);
        mask.put("end_minute", end, &mut template.end_minute);
        mask.put("flags", self.flags.typed(), &mut template.flags);
        let last = last.map(|date| date.to_string());
        mask.put("last_date", last, &mut template.last_date);
        mask.put("release_before", release, &mut template.release_before);
        Ok(UpdateSessionTemplateRequest {
            session_template: Some(template),
            update_mask: Some(mask.finish()?),
            request_id: self.change.write.request_id(),
            validate_only: self.change.write.dry_run,
        })
    }
}

/// For which days sessions are made.
#[derive(Debug, Args)]
pub struct ExpandArgs {
    /// Which
    template: String,
    /// From this day on
    #[arg(long, value_name = "DAY", default_value = "today")]
    from: Day,
    /// Up to this day and with it
    #[arg(long, value_name = "DAY", default_value = "+28")]
    to: Day,
    #[command(flatten)]
    write: WriteArgs,
}

impl ExpandArgs {
    fn into_request(self, site: &SiteTime) -> Result<ExpandSessionTemplateRequest, UsageError> {
        Ok(ExpandSessionTemplateRequest {
            name: resource("sessionTemplates", &self.template),
            first_date: self.from.resolve(site)?.to_string(),
            last_date: self.to.resolve(site)?.to_string(),
            request_id: self.write.request_id(),
            validate_only: self.write.dry_run,
        })
    }
}

impl Templates {
    pub(super) async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let site = service.site_time().await?;
        let templates = match self {
            Self::List => {
                let request = ListSessionTemplatesRequest::default();
                service.list(request, EVERYTHING).await?
            }
            Self::Create(args) => vec![service.call(args.into_request(&site)?).await?],
            Self::Update(args) => vec![service.call(args.into_request(&site)?).await?],
            Self::Expand(args) => {
                let made = service.call(args.into_request(&site)?).await?;
                return Ok(printer.message(&made, |made| expansion(made, &site))?);
            }
            Self::Delete(args) => {
                service
                    .call(DeleteSessionTemplateRequest::from(args))
                    .await?;
                return Ok(printer.note("Deleted; its sessions stay.")?);
            }
        };
        Ok(printer.table(TEMPLATES, &templates, &())?)
    }
}

const TEMPLATES: &[Column<SessionTemplate, ()>] = &[
    ("theatre", |template, ()| id_of(&template.theatre)),
    ("when", |template, ()| {
        let hours = hours(template.start_minute, template.end_minute);
        format!("{} {hours}", day_name(template.weekday))
    }),
    ("how often", |template, ()| {
        let weeks = template.weeks_of_month.iter().map(ToString::to_string);
        match (joined(weeks).as_str(), template.interval_weeks) {
            ("", 0 | 1) => "every week".to_owned(),
            ("", weeks) => format!("every {weeks} weeks"),
            (weeks, _) => format!("weeks {weeks} of the month"),
        }
    }),
    ("owner", |template, ()| owner(template.owner.as_ref())),
    ("with", |template, ()| flags(template.flags)),
    ("first", |template, ()| template.first_date.clone()),
    ("last", |template, ()| template.last_date.clone()),
    ("released", |template, ()| {
        let before = template.release_before;
        let hours = before.map(|before| format!("{} h before", before.seconds / 3600));
        hours.unwrap_or_default()
    }),
    ("template", |template, ()| id_of(&template.name)),
];
