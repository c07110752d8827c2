//! When theatres, staff and equipment cannot be used: closures and absences, which their families name each
//! in its own way.

use booking_proto::ot::v1::{
    CreateUnavailabilityRequest, DeleteUnavailabilityRequest, ListUnavailabilitiesRequest,
    Unavailability,
};
use clap::Args;
use theatre_log::stamp;

use crate::{
    connection::{EVERYTHING, Service},
    failure::Failure,
    printing::{Column, Printer, date_time},
    reading::{Bound, OneArgs, SiteTime, UsageError, WriteArgs, id_of, resource},
};

/// A closure or an absence.
#[derive(Debug, Args)]
pub struct AwayArgs {
    /// Which theatre or unit, or who
    #[arg(value_name = "ID")]
    subject: String,
    /// From when; a day means its start
    #[arg(long, value_name = "DAY|TIME")]
    from: Bound,
    /// Until when; a day means its end
    #[arg(long, value_name = "DAY|TIME")]
    to: Bound,
    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    write: WriteArgs,
}

impl AwayArgs {
    fn into_request(
        self,
        collection: &str,
        site: &SiteTime,
    ) -> Result<CreateUnavailabilityRequest, UsageError> {
        Ok(CreateUnavailabilityRequest {
            unavailability: Some(Unavailability {
                subject: resource(collection, &self.subject),
                start_time: Some(stamp(self.from.from(site)?)),
                end_time: Some(stamp(self.to.to(site)?)),
                reason: self.reason,
                ..Unavailability::default()
            }),
            request_id: self.write.request_id(),
            validate_only: self.write.dry_run,
        })
    }

    /// Closes a theatre, notes an absence, takes a unit away.
    pub async fn run(
        self,
        collection: &str,
        service: &Service,
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        let site = service.site_time().await?;
        let request = self.into_request(collection, &site)?;
        let made = service.call(request).await?;
        Ok(printer.table(COLUMNS, &[made], &site)?)
    }
}

/// Which closures or absences.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Which theatre or unit, or who; all unless told
    #[arg(value_name = "ID")]
    subject: Option<String>,
    /// From when
    #[arg(long, value_name = "DAY|TIME", default_value = "today")]
    from: Bound,
    /// Until when
    #[arg(long, value_name = "DAY|TIME", default_value = "+28")]
    to: Bound,
}

impl ListArgs {
    /// Lists those of a collection.
    pub async fn run(
        self,
        collection: &str,
        service: &Service,
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        let site = service.site_time().await?;
        let subject = self.subject.map(|typed| resource(collection, &typed));
        let request = ListUnavailabilitiesRequest {
            subject: subject.unwrap_or_default(),
            start_time: Some(stamp(self.from.from(&site)?)),
            end_time: Some(stamp(self.to.to(&site)?)),
            ..ListUnavailabilitiesRequest::default()
        };
        let mut all = service.list(request, EVERYTHING).await?;
        // Without a subject the service tells of closures and absences alike.
        all.retain(|each| each.subject.starts_with(collection));
        Ok(printer.table(COLUMNS, &all, &site)?)
    }
}

/// Takes a closure or an absence back.
pub async fn take_back(
    args: OneArgs,
    service: &Service,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let request: DeleteUnavailabilityRequest = args.into();
    service.call(request).await?;
    Ok(printer.note("Taken back.")?)
}

const COLUMNS: &[Column<Unavailability, SiteTime>] = &[
    ("who or what", |each, _| id_of(&each.subject)),
    ("from", |each, site| date_time(each.start_time, site)),
    ("to", |each, site| date_time(each.end_time, site)),
    ("why", |each, _| each.reason.clone()),
    ("id", |each, _| id_of(&each.name)),
];
