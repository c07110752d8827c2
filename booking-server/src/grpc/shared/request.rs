//! What the requests of many methods have in common.

use booking_domain::{Hospital, SiteId, TheatreId, Version};
use booking_proto::ot::v1;
use jiff::{Timestamp, civil::Date};
use prost::Message;

use crate::{
    grpc::{
        convert::values::{date, instant, version},
        fields::Fields,
    },
    names::{Named, parse},
};

/// A request that writes.
pub(in crate::grpc) trait WriteRequest: Message {
    /// Its id, or nothing.
    fn request_id(&self) -> &str;
    /// Whether it is only tried.
    fn validate_only(&self) -> bool;
}

macro_rules! write_requests {
    ($($request:ident)*) => {$(
        impl WriteRequest for v1::$request {
            fn request_id(&self) -> &str {
                &self.request_id
            }

            fn validate_only(&self) -> bool {
                self.validate_only
            }
        }
    )*};
}

write_requests! {
    CreateCaseRequest UpdateCaseRequest BatchRescheduleCasesRequest ApplyEmergencyPlanRequest
    CreateSiteRequest CreateTheatreRequest UpdateTheatreRequest CreateStaffRequest
    UpdateStaffRequest CreateEquipmentUnitRequest UpdateEquipmentUnitRequest
    CreateProcedureTypeRequest UpdateProcedureTypeRequest CreateReasonRequest UpdateReasonRequest
    CreateUnavailabilityRequest CreateSessionTemplateRequest UpdateSessionTemplateRequest
    ExpandSessionTemplateRequest CreateSessionRequest UpdateSessionRequest ImportCasesRequest
}

/// A request that writes to one resource, in the version that the caller knows.
pub(in crate::grpc) trait Targeted: WriteRequest {
    /// Its name.
    fn name(&self) -> &str;
    /// Its etag, or nothing.
    fn etag(&self) -> &str;

    /// Which resource, and in which version.
    fn target<T: Named>(&self, fields: &mut Fields) -> Option<(T, Option<Version>)> {
        let id = fields.take("name", parse(self.name()));
        let version = fields.take("etag", version(self.etag()));
        Some((id?, version?))
    }
}

macro_rules! targeted {
    ($($request:ident)*) => {
        write_requests! { $($request)* }

        $(impl Targeted for v1::$request {
            fn name(&self) -> &str {
                &self.name
            }

            fn etag(&self) -> &str {
                &self.etag
            }
        })*
    };
}

targeted! {
    ScheduleCaseRequest ConfirmCaseRequest RescheduleCaseRequest PostponeCaseRequest
    CancelCaseRequest AbortCaseRequest RecordMilestoneRequest CorrectCaseRequest
    DeleteTheatreRequest DeleteStaffRequest DeleteUnavailabilityRequest
    DeleteSessionTemplateRequest ReleaseSessionRequest CancelSessionRequest
}

/// The site that is meant; the only one may go without saying.
pub(in crate::grpc) fn site(
    fields: &mut Fields,
    hospital: &Hospital,
    name: &str,
) -> Option<SiteId> {
    let site = if name.is_empty() {
        let mut sites = hospital.sites.keys();
        match (sites.next(), sites.next()) {
            (Some(only), None) => Ok(only.clone()),
            _ => Err("must be given: there is not exactly one".to_owned()),
        }
    } else {
        known(name, |site| hospital.sites.contains_key(site))
    };
    fields.take("site", site)
}

/// Theatres by name, all of which the hospital has.
pub(in crate::grpc) fn theatres(
    fields: &mut Fields,
    hospital: &Hospital,
    names: &[String],
) -> Option<Vec<TheatreId>> {
    fields.list("theatres", names, |name: &String| {
        known(name, |theatre| hospital.theatres.contains_key(theatre))
    })
}

fn known<T: Named>(name: &str, is_known: impl FnOnce(&T) -> bool) -> Result<T, String> {
    let id = parse(name).map_err(|why| why.to_string())?;
    is_known(&id)
        .then_some(id)
        .ok_or_else(|| "does not exist".to_owned())
}

/// The site's theatres that are meant: those that were named, or all of them.
pub(in crate::grpc) fn theatres_at(
    fields: &mut Fields,
    hospital: &Hospital,
    site: &SiteId,
    asked: &[TheatreId],
) -> Option<Vec<TheatreId>> {
    let theatres = hospital.theatres.values();
    let here = theatres.filter(|theatre| theatre.site == *site);
    let here: Vec<TheatreId> = here.map(|theatre| theatre.id.clone()).collect();
    let elsewhere = asked.iter().position(|theatre| !here.contains(theatre));
    if let Some(at) = elsewhere {
        fields.refuse(format!("theatres[{at}]"), format!("is not at site {site}"));
        return None;
    }
    let meant = |theatre: &TheatreId| asked.is_empty() || asked.contains(theatre);
    Some(here.into_iter().filter(meant).collect())
}

/// An instant that may be left out.
pub(in crate::grpc) fn optional_timestamp(
    fields: &mut Fields,
    field: &str,
    wire: Option<&prost_types::Timestamp>,
) -> Option<Option<Timestamp>> {
    fields.take(field, wire.map(instant).transpose())
}

/// A range of civil dates, both included.
pub(in crate::grpc) fn dates(
    fields: &mut Fields,
    first: &str,
    last: &str,
    max_days: i64,
) -> Option<(Date, Date)> {
    let first = fields.take("first_date", date(first));
    let last = fields.take("last_date", date(last));
    let (first, last) = (first?, last?);
    let days = first.duration_until(last).as_hours() / 24 + 1;
    if (1..=max_days).contains(&days) {
        return Some((first, last));
    }
    let problem = format!("must be 1 to {max_days} days from first_date");
    fields.refuse("last_date", problem);
    None
}
