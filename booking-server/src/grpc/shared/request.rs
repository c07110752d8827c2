//! What the requests of many methods have in common.

use booking_domain::{Hospital, SiteId, TheatreId, Version};
use jiff::civil::Date;
use prost::{Message, Name};

use crate::{
    grpc::{
        convert::values::{date, version},
        fields::Fields,
        wire_form::ByName,
    },
    names::{Named, parse},
};

/// Which resource a request writes to, and in which version that the caller knows, if they say so.
pub(in crate::grpc) fn target<T: Named>(
    fields: &mut Fields,
    request: &impl Name,
) -> Option<(T, Option<Version>)> {
    target_in(fields, "", request)
}

/// The same of a message that is in the field of a request before which `prefix` stands.
pub(in crate::grpc) fn target_in<T: Named, M: Message + Name>(
    fields: &mut Fields,
    prefix: &str,
    message: &M,
) -> Option<(T, Option<Version>)> {
    let bytes = message.encode_to_vec();
    let given = ByName::of::<M>(&bytes);
    let id = fields.take(format!("{prefix}name"), parse(&given.text("name")));
    let version = fields.take(format!("{prefix}etag"), version(&given.text("etag")));
    Some((id?, version?))
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
