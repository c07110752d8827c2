//! `booking-client load`: books as fast as it is told and measures from sending to the durable answer.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use booking_proto::ot::v1::{
    Anaesthesia, Case, CreateCaseRequest, Durations, Laterality, OpeningRule, OverrideRequest,
    Plan, Staff, TeamMember, TeamRole, Theatre, Urgency, theatre,
};
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use theatre_log::stamp;
use tonic::Code;
use uuid::Uuid;

use super::catalogue::CatalogueItem as _;
use crate::{
    connection::Service,
    exit::Exit,
    failure::Failure,
    printable::Printable,
    printing::Printer,
    reading::{Day, WriteArgs, parse_duration, parse_rule},
};

/// How much to book, where, and how fast.
#[derive(Debug, Args)]
#[command(after_help = MANUAL)]
pub struct LoadArgs {
    /// Over how many theatres, LOAD-1 to LOAD-N, each with a surgeon of the same name
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    theatres: u16,
    /// First make those theatres and surgeons where they are not there; needs the admin's right
    #[arg(long)]
    prepare: bool,
    /// How many bookings
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// How many at a time
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    concurrency: u16,
    /// Over how many connections
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    connections: u16,
    /// Stop after this long even if not all is booked
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = parse_duration)]
    duration: Duration,
    /// The first day to book
    #[arg(long, value_name = "DAY", default_value = "+1")]
    first: Day,
    /// Length of each case and distance to the next, in minutes
    #[arg(long, value_name = "MIN", default_value_t = 15, value_parser = clap::value_parser!(u16).range(5..=1440))]
    slot: u16,
    /// A rule to set aside for every case, as in R8='a test of load'; repeat it for several
    #[arg(long = "override", value_name = "RULE=WHY", value_parser = parse_rule)]
    overrides: Vec<OverrideRequest>,
    /// A word in the identifiers, so that two runs do not meet; random unless told
    #[arg(long, value_name = "WORD")]
    run: Option<String>,
}

const MANUAL: &str = "\
Makes cases and books them, one slot after another in theatres LOAD-1 to LOAD-N, several at once,
until the count or the duration is reached. For a service of its own: what it books stays. It prints
bookings a second, how long they took (50th, 95th and 99th percentile, from sending to the durable
answer) and every kind of refusal with its number.

Example:
  booking-client load --prepare --theatres 8 --count 10000 --concurrency 32";

impl LoadArgs {
    /// Books, and prints what that took.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<Exit, Failure> {
        let site = service.site_time().await?;
        if self.prepare {
            prepare(service, self.theatres).await?;
        }
        let first = site.start_of(self.first.resolve(&site)?)?;
        let random = || Uuid::new_v4().simple().to_string()[..8].to_owned();
        let bookings = Arc::new(Bookings {
            theatres: u32::from(self.theatres),
            first,
            slot_min: self.slot,
            run: self.run.unwrap_or_else(random),
            overrides: self.overrides,
            next: AtomicU32::new(0),
            count: self.count,
        });
        let mut connections = vec![service.clone()];
        for _ in 1..self.connections {
            connections.push(service.another_connection()?);
        }
        let begun = Instant::now();
        let deadline = begun + self.duration;
        let workers: Vec<_> = (0..usize::from(self.concurrency))
            .map(|worker| {
                let service = connections[worker % connections.len()].clone();
                tokio::spawn(book(service, Arc::clone(&bookings), deadline))
            })
            .collect();
        let mut result = LoadResult::default();
        for worker in workers {
            let broken = "a worker failed; this is a defect, please report it";
            result.add(worker.await.map_err(|_| Failure::here(broken))?);
        }
        result.elapsed = begun.elapsed();
        printer.value(&result.json(), || result.text())?;
        let nothing = result.took.is_empty();
        Ok(if nothing { Exit::Refused } else { Exit::Done })
    }
}

/// All bookings of a run; whoever is free takes the next.
struct Bookings {
    theatres: u32,
    first: Timestamp,
    slot_min: u16,
    run: String,
    overrides: Vec<OverrideRequest>,
    next: AtomicU32,
    count: u32,
}

impl Bookings {
    /// The next one: theatres in turn, slot after slot, so that no two meet.
    fn take(&self) -> Option<CreateCaseRequest> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        (number < self.count).then(|| self.booking(number))
    }

    fn booking(&self, number: u32) -> CreateCaseRequest {
        let room = format!("LOAD-{}", number % self.theatres + 1);
        let slots = i64::from(number / self.theatres);
        let start = self.first + SignedDuration::from_mins(slots * i64::from(self.slot_min));
        CreateCaseRequest {
            case: Some(Case {
                patient: format!("patients/LOAD-{}-{number}", self.run),
                procedure: "A booking of a load test".to_owned(),
                laterality: Laterality::NotApplicable.into(),
                urgency: Urgency::Elective.into(),
                anaesthesia: Anaesthesia::Local.into(),
                decision_time: Some(stamp(Timestamp::now())),
                durations: Some(Durations {
                    procedure_min: self.slot_min.into(),
                    ..Durations::default()
                }),
                team: vec![TeamMember {
                    staff: format!("staff/{room}"),
                    role: TeamRole::PrimarySurgeon.into(),
                }],
                ..Case::default()
            }),
            plan: Some(Plan {
                theatre: format!("theatres/{room}"),
                start_time: Some(stamp(start)),
                ..Plan::default()
            }),
            overrides: self.overrides.clone(),
            request_id: Uuid::new_v4().to_string(),
            ..CreateCaseRequest::default()
        }
    }
}

async fn book(service: Service, bookings: Arc<Bookings>, deadline: Instant) -> LoadResult {
    let mut tally = LoadResult::default();
    while Instant::now() < deadline {
        let Some(request) = bookings.take() else {
            break;
        };
        let sent = Instant::now();
        match service.call(request).await {
            Ok(_) => tally.took.push(sent.elapsed()),
            Err(failure) => {
                let word = if failure.word().is_empty() {
                    format!("{:?}", failure.code())
                } else {
                    failure.word().to_owned()
                };
                tracing::info!(%failure, "not booked");
                *tally.refusals.entry(word).or_default() += 1;
            }
        }
    }
    tally
}

/// Makes the theatres and surgeons that are not there: open day and night, fit for nothing but this.
async fn prepare(service: &Service, theatres: u16) -> Result<(), Failure> {
    let site = service.site().await?;
    for number in 1..=theatres {
        let id = format!("LOAD-{number}");
        let always = (1..=7).map(|weekday| OpeningRule {
            weekday,
            open_minute: 0,
            close_minute: 0,
        });
        let theatre = Theatre {
            site: site.clone(),
            display_name: id.clone(),
            list_order: 1000 + i32::from(number),
            state: theatre::State::Open.into(),
            opening_rules: always.collect(),
            ..Theatre::default()
        };
        let surgeon = Staff {
            display_name: format!("Surgeon of {id}"),
            roles: vec![TeamRole::PrimarySurgeon.into()],
            ..Staff::default()
        };
        let write = WriteArgs::default;
        unless_there(service.call(theatre.create(id.clone(), write())).await)?;
        unless_there(service.call(surgeon.create(id, write())).await)?;
    }
    Ok(())
}

fn unless_there<T>(made: Result<T, Failure>) -> Result<(), Failure> {
    match made {
        Ok(_) => Ok(()),
        Err(failure) if failure.code() == Code::AlreadyExists => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// What bookings took: those of one worker, or of all.
#[derive(Clone, Debug, Default)]
struct LoadResult {
    /// How long each booking took, from sending to the durable answer.
    took: Vec<Duration>,
    /// How often each refusal came.
    refusals: BTreeMap<String, u32>,
    /// The whole run.
    elapsed: Duration,
}

impl LoadResult {
    fn add(&mut self, other: Self) {
        self.took.extend(other.took);
        for (refusal, count) in other.refusals {
            *self.refusals.entry(refusal).or_default() += count;
        }
    }

    fn per_second(&self) -> f64 {
        self.took.len() as f64 / self.elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// In milliseconds: the smallest time that this share of all bookings did not exceed.
    fn percentiles_ms(&self) -> [(&'static str, f64); 4] {
        let mut sorted = self.took.clone();
        sorted.sort_unstable();
        let at = |share: f64| {
            let rank = (share * sorted.len() as f64).ceil() as usize;
            let took = sorted
                .get(rank.saturating_sub(1))
                .copied()
                .unwrap_or_default();
            took.as_secs_f64() * 1000.0
        };
        [
            ("p50", at(0.5)),
            ("p95", at(0.95)),
            ("p99", at(0.99)),
            ("max", at(1.0)),
        ]
    }

    fn text(&self) -> String {
        let percentiles = self.percentiles_ms();
        let percentiles = percentiles
            .map(|(name, ms)| format!("{name} {ms:.1} ms"))
            .join(", ");
        let mut text = format!(
            "{} bookings in {:.2} s: {:.0} a second\n{percentiles}\n",
            self.took.len(),
            self.elapsed.as_secs_f64(),
            self.per_second()
        );
        for (refusal, count) in &self.refusals {
            text.push_str(&format!("refused {count} times: {}\n", Printable(refusal)));
        }
        text
    }

    fn json(&self) -> Value {
        let mut result = json!({
            "bookings": self.took.len(),
            "seconds": self.elapsed.as_secs_f64(),
            "bookingsPerSecond": self.per_second(),
            "refusals": self.refusals,
        });
        for (name, ms) in self.percentiles_ms() {
            result[format!("{name}Ms")] = json!(ms);
        }
        result
    }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
