//! `load`: books as fast as it is told and measures from sending to the durable answer.

use std::{
    collections::BTreeMap,
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use booking_proto::ot::v1::{
    Anaesthesia, Case, CreateCaseRequest, CreateStaffRequest, CreateTheatreRequest, Durations,
    Laterality, OpeningRule, Plan, Staff, TeamMember, TeamRole, Theatre, Urgency,
};
use jiff::{SignedDuration, Timestamp};
use tonic::Code;
use uuid::Uuid;

use super::Service;
use crate::{
    cli::LoadArgs,
    exit::Exit,
    failure::Failure,
    output::{LoadResult, Printer},
    request::{UsageError, overrides},
    stamp::stamp,
};

pub(super) async fn run(
    service: &Service,
    args: &LoadArgs,
    printer: &mut Printer<impl Write>,
) -> Result<Exit, Failure> {
    let place = service.place().await?;
    if args.prepare {
        prepare(service, args).await?;
    }
    let first = args
        .first
        .resolve(&place)
        .and_then(|date| place.start_of(date));
    let bookings = Arc::new(Bookings {
        theatres: u32::from(args.theatres),
        first: first.map_err(UsageError::from)?,
        slot_min: args.slot,
        run: args
            .run
            .clone()
            .unwrap_or_else(|| Uuid::new_v4().simple().to_string()[..8].to_owned()),
        overrides: overrides(&args.overrides),
        next: AtomicU32::new(0),
        count: args.count,
    });
    let mut connections = vec![service.clone()];
    for _ in 1..args.connections {
        connections.push(service.another_connection()?);
    }
    let begun = Instant::now();
    let deadline = begun + args.duration;
    let workers: Vec<_> = (0..usize::from(args.concurrency))
        .map(|worker| {
            let service = connections[worker % connections.len()].clone();
            tokio::spawn(book(service, Arc::clone(&bookings), deadline))
        })
        .collect();
    let mut result = LoadResult::default();
    for worker in workers {
        let tally = worker
            .await
            .map_err(|_| Failure::here("a worker failed; this is a defect, please report it"))?;
        result.took.extend(tally.took);
        for (refusal, count) in tally.refusals {
            *result.refusals.entry(refusal).or_default() += count;
        }
    }
    result.elapsed = begun.elapsed();
    printer.load(&result)?;
    Ok(if result.took.is_empty() {
        Exit::Refused
    } else {
        Exit::Done
    })
}

/// All bookings of a run; whoever is free takes the next.
struct Bookings {
    theatres: u32,
    first: Timestamp,
    slot_min: u16,
    run: String,
    overrides: Vec<booking_proto::ot::v1::OverrideRequest>,
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

/// What one worker saw.
#[derive(Default)]
struct Tally {
    took: Vec<Duration>,
    refusals: BTreeMap<String, u32>,
}

async fn book(service: Service, bookings: Arc<Bookings>, deadline: Instant) -> Tally {
    let mut tally = Tally::default();
    let mut cases = service.cases();
    while Instant::now() < deadline {
        let Some(request) = bookings.take() else {
            break;
        };
        let sent = Instant::now();
        match service
            .call(request, async |r| cases.create_case(r).await)
            .await
        {
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
async fn prepare(service: &Service, args: &LoadArgs) -> Result<(), Failure> {
    let site = service.site().await?.to_owned();
    let mut hospital = service.hospital();
    for number in 1..=args.theatres {
        let id = format!("LOAD-{number}");
        let always = (1..=7).map(|weekday| OpeningRule {
            weekday,
            open_minute: 0,
            close_minute: 0,
        });
        let theatre = CreateTheatreRequest {
            theatre_id: id.clone(),
            theatre: Some(Theatre {
                site: site.clone(),
                display_name: id.clone(),
                list_order: 1000 + i32::from(number),
                state: booking_proto::ot::v1::theatre::State::Open.into(),
                opening_rules: always.collect(),
                ..Theatre::default()
            }),
            request_id: Uuid::new_v4().to_string(),
            validate_only: false,
        };
        unless_there(
            service
                .call(theatre, async |r| hospital.create_theatre(r).await)
                .await,
        )?;
        let surgeon = CreateStaffRequest {
            staff_id: id.clone(),
            staff: Some(Staff {
                display_name: format!("Surgeon of {id}"),
                roles: vec![TeamRole::PrimarySurgeon.into()],
                ..Staff::default()
            }),
            request_id: Uuid::new_v4().to_string(),
            validate_only: false,
        };
        unless_there(
            service
                .call(surgeon, async |r| hospital.create_staff(r).await)
                .await,
        )?;
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_bookings_of_a_run_meet() {
        let bookings = Bookings {
            theatres: 3,
            first: Timestamp::UNIX_EPOCH,
            slot_min: 15,
            run: "r".to_owned(),
            overrides: Vec::new(),
            next: AtomicU32::new(0),
            count: 300,
        };
        let taken: Vec<_> = std::iter::from_fn(|| bookings.take()).collect();
        let plans = taken.iter().map(|request| request.plan.clone().unwrap());
        let places: HashSet<_> = plans
            .map(|plan| (plan.theatre, plan.start_time.unwrap().seconds))
            .collect();
        assert_eq!((taken.len(), places.len()), (300, 300));
        assert!(places.iter().all(|(_, start)| start % (15 * 60) == 0));
    }
}
