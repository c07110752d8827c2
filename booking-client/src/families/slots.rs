//! `booking-client slots`: where a case would fit.

use booking_proto::ot::v1::{BrokenRule, FindSlotsRequest, SlotOffer};
use clap::Args;
use theatre_log::stamp;

use super::cases::fields::CaseFields;
use crate::{
    connection::Service,
    failure::Failure,
    printable::Printable,
    printing::{Printer, dated_span},
    reading::{Bound, SiteTime, UsageError, id_of, resource, resources},
};

/// Stands for the patient of a case that is only described: slots do not depend on who it is unless
/// it is said.
const NOBODY: &str = "draft";

/// What to find a place for, and where.
#[derive(Debug, Args)]
pub struct SlotsArgs {
    /// A case that is entered; without one, describe it: --duration, --surgeon, …
    case: Option<String>,
    /// Describing one that is not: the patient
    #[arg(long, value_name = "ID", conflicts_with = "case")]
    patient: Option<String>,
    #[command(flatten)]
    draft: CaseFields,
    /// Only in this theatre; repeat it for several
    #[arg(long)]
    theatre: Vec<String>,
    /// Not before
    #[arg(long, value_name = "DAY|TIME", default_value = "now")]
    earliest: Bound,
    /// Not after, at most 62 days later
    #[arg(long, value_name = "DAY|TIME", default_value = "+14")]
    latest: Bound,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(i32).range(1..=100))]
    max: i32,
    /// Also places that break a rule, with the rules
    #[arg(long)]
    near_misses: bool,
}

impl SlotsArgs {
    fn into_request(self, site: &SiteTime) -> Result<FindSlotsRequest, UsageError> {
        let patient = self.patient.as_deref().unwrap_or(NOBODY);
        let draft = match &self.case {
            Some(_) => None,
            None => Some(self.draft.draft(patient, site)?),
        };
        let case = self.case.map(|typed| resource("cases", &typed));
        Ok(FindSlotsRequest {
            case: case.unwrap_or_default(),
            draft,
            theatres: resources("theatres", &self.theatre),
            earliest_time: Some(stamp(self.earliest.from(site)?)),
            latest_time: Some(stamp(self.latest.to(site)?)),
            max_slots: self.max,
            include_near_misses: self.near_misses,
        })
    }

    /// Finds them.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let site = service.site_time().await?;
        let request = self.into_request(&site)?;
        let found = service.call(request).await?;
        Ok(printer.messages(&found.offers, |offers| shown_offers(offers, &site))?)
    }
}

/// Where a case would fit, and what stands against the others.
fn shown_offers(offers: &[SlotOffer], site: &SiteTime) -> String {
    if offers.is_empty() {
        return "No place found; look further ahead with --latest, or see --near-misses.\n"
            .to_owned();
    }
    let mut text = String::new();
    for offer in offers {
        let plan = offer.plan.clone().unwrap_or_default();
        let when = dated_span(plan.start_time, plan.end_time, site);
        let session = match id_of(&plan.session).as_str() {
            "" => String::new(),
            session => format!("  session {session}"),
        };
        let line = format!("{when}  {}{session}", id_of(&plan.theatre));
        text.push_str(&format!("{}\n", Printable(&line)));
        text.extend(offer.broken_rules.iter().map(broken));
    }
    text
}

fn broken(rule: &BrokenRule) -> String {
    let may = if rule.overridable {
        " (may be set aside)"
    } else {
        ""
    };
    let line = format!("{} {}{may}", rule.rule, rule.description);
    format!("    {}\n", Printable(&line))
}
