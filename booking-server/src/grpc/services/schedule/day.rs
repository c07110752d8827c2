//! One civil day of some theatres: everything that a board shows.

use std::collections::BTreeMap;

use booking_domain::{
    Case, CaseState, Hospital, SiteId, Subject, Theatre, TheatreId, TimeRange, civil_date,
    day_range, open_within, project,
};
use booking_proto::ot::v1;
use booking_store::{Reads, Scope, SessionQuery, StoreError, UnavailabilityQuery};
use jiff::{Timestamp, civil::Date};

use crate::{
    grpc::{
        convert::{
            case::case,
            item::ItemMessage as _,
            schedule::range,
            values::{date, timestamp},
        },
        fields::Fields,
        shared::request::{site, theatres, theatres_at},
    },
    names::name,
};

/// A civil day of some theatres.
pub(super) struct Day {
    site: SiteId,
    date: Date,
    range: TimeRange,
    theatres: Vec<TheatreId>,
}

impl Day {
    /// Reads a request.
    pub(super) fn read(
        fields: &mut Fields,
        hospital: &Hospital,
        wire: &v1::GetDayScheduleRequest,
        now: Timestamp,
    ) -> Option<Self> {
        let site = site(fields, hospital, &wire.site);
        let asked = theatres(fields, hospital, &wire.theatres);
        let site = site?;
        let zone = &hospital.sites.get(&site)?.zone;
        let date = match &*wire.date {
            "" => civil_date(now, zone),
            text => fields.take("date", date(text))?,
        };
        let range = day_range(zone, date).ok_or("is a day that the site never had");
        let range = fields.take("date", range);
        let mut theatres = theatres_at(fields, hospital, &site, &asked?)?;
        // Those of one order stay as they came: by name.
        theatres.sort_by_key(|id| hospital.theatres.get(id).map(|it| it.list_order));
        Some(Self {
            theatres,
            date,
            range: range?,
            site,
        })
    }

    /// All that is in it.
    pub(super) async fn shown(
        &self,
        reads: &mut Reads,
        hospital: &Hospital,
        now: Timestamp,
    ) -> Result<v1::DaySchedule, StoreError> {
        let scope = Scope::These(self.theatres.clone());
        let cases = reads.day(&scope, self.range).await?;
        let sessions = SessionQuery {
            theatres: self.theatres.clone(),
            range: Some(self.range),
            ..SessionQuery::default()
        };
        let sessions = reads.sessions(&sessions).await?;
        let subjects = self.theatres.iter().cloned().map(Subject::Theatre);
        let closures = UnavailabilityQuery {
            subjects: subjects.collect(),
            range: Some(self.range),
        };
        let closures = reads.unavailabilities(&closures).await?;

        let mut by_theatre = BTreeMap::<TheatreId, Vec<Case>>::new();
        for case in cases {
            if let Some(plan) = &case.plan
                && case.state != CaseState::Cancelled
            {
                by_theatre
                    .entry(plan.theatre.clone())
                    .or_default()
                    .push(case);
            }
        }
        let zone = hospital.sites.get(&self.site).map(|site| site.zone.clone());
        let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
        let theatres = self
            .theatres
            .iter()
            .filter_map(|id| hospital.theatres.get(id));
        let days = theatres.map(|it| {
            let cases = by_theatre.remove(&it.id).unwrap_or_default();
            v1::TheatreDay {
                theatre: Some(v1::Theatre::of(it)),
                open: open_within(it, &zone, &self.range)
                    .iter()
                    .map(range)
                    .collect(),
                closures: closures
                    .iter()
                    .filter(|closure| closure.subject == Subject::Theatre(it.id.clone()))
                    .map(v1::Unavailability::of)
                    .collect(),
                sessions: sessions
                    .iter()
                    .filter(|session| session.theatre == it.id)
                    .map(v1::Session::of)
                    .collect(),
                cases: projected(&cases, it, &self.range, now),
            }
        });
        Ok(v1::DaySchedule {
            site: name(&self.site),
            time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            date: self.date.to_string(),
            start_time: Some(timestamp(self.range.start())),
            end_time: Some(timestamp(self.range.end())),
            read_time: Some(timestamp(now)),
            theatres: days.collect(),
            ..v1::DaySchedule::default()
        })
    }
}

/// Cases with what can be foretold of them, by planned start.
fn projected(
    cases: &[Case],
    theatre: &Theatre,
    day: &TimeRange,
    now: Timestamp,
) -> Vec<v1::CaseProjection> {
    let projections = project(cases, theatre.turnover_min, day, now);
    let projections: BTreeMap<_, _> = projections.iter().map(|it| (&it.case, it)).collect();
    let shown = cases.iter().map(|it| {
        let projection = projections.get(&it.id);
        v1::CaseProjection {
            case: Some(case(it)),
            projected_start_time: projection.map(|it| timestamp(it.range.start())),
            projected_end_time: projection.map(|it| timestamp(it.range.end())),
            delay_min: projection.map_or(0, |it| i32::try_from(it.delay_min).unwrap_or(i32::MAX)),
        }
    });
    shown.collect()
}
