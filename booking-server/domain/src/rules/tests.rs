//! Each rule by a case that keeps it and one that breaks it; overrides; sentences.

use super::*;
use crate::{
    Anaesthesia, CaseDetails, CaseState, Laterality, SessionOwner, SessionState, Subject, TeamRole,
    TheatreState, Timetable, Urgency,
    testing::{
        at, capability, details, hospital, member, plan, procedure_type_id, requested, scheduled,
        session, specialty, staff_id, theatre_id, unavailable, unit_id,
    },
};

const NOW: &str = "2026-05-20T12:00";

/// A question with everything in its favour, for tests to spoil.
struct Question {
    case: Case,
    plan: Plan,
    hospital: Hospital,
    around: Surroundings,
    booker: Booker,
    now: Timestamp,
}

impl Question {
    fn new() -> Self {
        Self {
            case: requested("a"),
            plan: plan("OT-1", "2026-06-01T08:00"),
            hospital: hospital(),
            around: Surroundings::default(),
            booker: Booker::default(),
            now: at(NOW),
        }
    }

    fn among(mut self, cases: &[Case]) -> Self {
        let table = Timetable::of_cases(cases, [], [], &self.hospital);
        self.around = table.around(&self.case, &self.plan, &self.hospital);
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn broken(&self) -> Vec<BrokenRule> {
        let Self {
            case,
            plan,
            hospital,
            around,
            booker,
            now,
        } = self;
        broken_rules(case, plan, hospital, around, booker, *now)
    }

    fn place(&self, requested: &[OverrideRequest]) -> Result<Placed, Vec<BrokenRule>> {
        let Self {
            case,
            plan,
            hospital,
            around,
            booker,
            now,
        } = self;
        place(case, plan, hospital, around, booker, requested, *now)
    }

    /// `R1 THEATRE_DOUBLE_BOOKED`, for each.
    fn said(&self) -> Vec<String> {
        let broken = self.broken();
        let said = |rule: &BrokenRule| format!("{} {}", rule.rule.as_str(), rule.reason);
        broken.iter().map(said).collect()
    }
}

fn asking(rule: RuleId) -> OverrideRequest {
    OverrideRequest {
        rule,
        reason: "agreed with the coordinator".to_owned(),
    }
}

/// The case as a hip replacement that lacks nothing.
fn hip(case: &Case) -> Case {
    case.with_details(CaseDetails {
        procedure_type: Some(procedure_type_id("hip")),
        specialty: Some(specialty("orthopaedics")),
        laterality: Laterality::Left,
        units: vec![unit_id("CA-1")],
        ..details("PT-hip")
    })
}

#[test]
fn each_rule_is_broken_by_what_it_forbids_and_by_nothing_else() {
    let none: &[&str] = &[];
    let table: Vec<(&str, Question, &[&str])> = vec![
        ("nothing is wrong", Question::new(), none),
        // R6, by the clock of London: 08:00 UTC is 09:00 there, open 07:00 to 19:00.
        (
            "the first minute of the day",
            Question::new().with(|q| q.plan = plan("OT-1", "2026-06-01T06:00")),
            none,
        ),
        (
            "a minute too early",
            Question::new().with(|q| q.plan = plan("OT-1", "2026-06-01T05:59")),
            &["R6 OUTSIDE_OPENING_HOURS"],
        ),
        (
            "the last minutes of the day",
            Question::new().with(|q| q.plan = plan("OT-1", "2026-06-01T16:30")),
            none,
        ),
        (
            "a minute too late",
            Question::new().with(|q| q.plan = plan("OT-1", "2026-06-01T16:31")),
            &["R6 OUTSIDE_OPENING_HOURS"],
        ),
        (
            "on a Sunday",
            Question::new().with(|q| q.plan = plan("OT-1", "2026-06-07T09:00")),
            &["R6 OUTSIDE_OPENING_HOURS"],
        ),
        (
            "over midnight in a theatre that never closes",
            Question::new().with(|q| q.plan = plan("OT-3", "2026-06-06T22:30")),
            none,
        ),
        (
            "a theatre in maintenance",
            Question::new().with(|q| set_state(q, TheatreState::Maintenance)),
            &["R6 THEATRE_IN_MAINTENANCE"],
        ),
        (
            "a theatre no longer used",
            Question::new().with(|q| set_state(q, TheatreState::Retired)),
            &["R6 THEATRE_RETIRED"],
        ),
        (
            "a theatre that is not there",
            Question::new().with(|q| q.plan = plan("OT-9", "2026-06-01T08:00")),
            &["R6 THEATRE_UNKNOWN"],
        ),
        (
            "a closure that ends as the case begins, and another that begins as it ends",
            Question::new().with(|q| {
                close(q, "2026-06-01T06:00", "2026-06-01T08:00");
                close(q, "2026-06-01T09:30", "2026-06-01T12:00");
            }),
            none,
        ),
        (
            "a closure that reaches in by a minute",
            Question::new().with(|q| close(q, "2026-06-01T06:00", "2026-06-01T08:01")),
            &["R6 THEATRE_CLOSED"],
        ),
        // R7
        (
            "a theatre that can do it",
            Question::new().with(|q| q.case = hip(&q.case)),
            none,
        ),
        (
            "a theatre that cannot",
            Question::new().with(|q| {
                q.case = hip(&q.case);
                q.plan = plan("OT-2", "2026-06-01T08:00");
            }),
            &["R7 CAPABILITY_MISSING"],
        ),
        (
            "a capability the case itself asks for",
            Question::new().with(|q| q.case.required_capabilities = vec![capability("imaging")]),
            &["R7 CAPABILITY_MISSING"],
        ),
        (
            "no unit of a kind that is needed",
            Question::new().with(|q| {
                q.case = hip(&q.case);
                q.case.units.clear();
            }),
            &["R7 EQUIPMENT_MISSING"],
        ),
        (
            "a unit that is not there",
            Question::new().with(|q| q.case.units = vec![unit_id("XX-1")]),
            &["R7 EQUIPMENT_UNKNOWN"],
        ),
        (
            "a unit that is away",
            Question::new().with(|q| {
                q.case.units = vec![unit_id("CA-1")];
                let away = Subject::Unit(unit_id("CA-1"));
                let away = unavailable(away, "2026-06-01T09:29", "2026-06-02T08:00");
                q.around.unavailable.push(away);
            }),
            &["R7 EQUIPMENT_UNAVAILABLE"],
        ),
        // R9: the surgeon is needed from 08:15 to 09:15 only.
        (
            "a surgeon who comes when the patient is ready",
            Question::new().with(|q| absent(q, "DC-1", "2026-06-01T06:00", "2026-06-01T08:15")),
            none,
        ),
        (
            "a surgeon who comes a minute later",
            Question::new().with(|q| absent(q, "DC-1", "2026-06-01T06:00", "2026-06-01T08:16")),
            &["R9 STAFF_ABSENT"],
        ),
        (
            "a surgeon who is no anaesthetist",
            Question::new().with(|q| q.case.team.push(member("DC-2", TeamRole::Anaesthetist))),
            &["R9 STAFF_ROLE_NOT_ALLOWED"],
        ),
        (
            "somebody who is not there",
            Question::new().with(|q| q.case.team.push(member("DC-9", TeamRole::Anaesthetist))),
            &["R9 STAFF_UNKNOWN"],
        ),
        (
            "somebody who has left",
            Question::new().with(|q| {
                let staff = q.hospital.staff.get_mut(&staff_id("DC-1")).unwrap();
                staff.retired = true;
            }),
            &["R9 STAFF_RETIRED"],
        ),
        (
            "a placeholder, who may do anything at any time",
            Question::new().with(|q| {
                q.case.team = vec![
                    member("DC-0", TeamRole::PrimarySurgeon),
                    member("DC-0", TeamRole::Anaesthetist),
                ];
                absent(q, "DC-0", "2026-06-01T06:00", "2026-06-01T12:00");
            }),
            none,
        ),
        // R10
        (
            "no surgeon",
            Question::new().with(|q| q.case.team.clear()),
            &["R10 PRIMARY_SURGEON_REQUIRED"],
        ),
        (
            "two surgeons who both answer for it",
            Question::new().with(|q| q.case.team.push(member("DC-2", TeamRole::PrimarySurgeon))),
            &["R10 PRIMARY_SURGEON_REQUIRED"],
        ),
        (
            "no anaesthetist yet",
            Question::new().with(|q| q.case.anaesthesia = Anaesthesia::General),
            none,
        ),
        (
            "no anaesthetist any more",
            Question::new().with(|q| {
                q.case.anaesthesia = Anaesthesia::General;
                q.case.state = CaseState::Confirmed;
            }),
            &["R10 ANAESTHETIST_REQUIRED"],
        ),
        // R11
        (
            "a quarter of an hour ago",
            Question::new().with(|q| q.now = at("2026-06-01T08:15")),
            none,
        ),
        (
            "a minute more",
            Question::new().with(|q| q.now = at("2026-06-01T08:16")),
            &["R11 START_IN_THE_PAST"],
        ),
        (
            "where it has been all along",
            Question::new().with(|q| {
                q.case.plan = Some(q.plan.clone());
                q.now = at("2026-06-01T09:00");
            }),
            none,
        ),
        // R12
        (
            "a hip, and no side",
            Question::new().with(|q| {
                q.case = hip(&q.case);
                q.case.laterality = Laterality::NotApplicable;
            }),
            &["R12 LATERALITY_REQUIRED"],
        ),
        (
            "all at once",
            Question::new().with(|q| {
                q.case = hip(&q.case);
                q.case.units.clear();
                q.case.team.clear();
                q.case.laterality = Laterality::Unspecified;
                q.plan = plan("OT-2", "2026-05-10T09:00");
            }),
            &[
                "R6 OUTSIDE_OPENING_HOURS",
                "R7 CAPABILITY_MISSING",
                "R7 EQUIPMENT_MISSING",
                "R10 PRIMARY_SURGEON_REQUIRED",
                "R11 START_IN_THE_PAST",
                "R12 LATERALITY_REQUIRED",
            ],
        ),
        (
            "all at once, but it has happened: an import",
            Question::new().with(|q| {
                q.case.team.clear();
                q.plan = plan("OT-2", "2026-05-10T09:00");
                q.booker.import = true;
            }),
            none,
        ),
    ];
    for (what, question, expected) in table {
        assert_eq!(question.said(), expected, "{what}");
    }
}

fn set_state(q: &mut Question, state: TheatreState) {
    q.hospital
        .theatres
        .get_mut(&theatre_id("OT-1"))
        .unwrap()
        .state = state;
}

fn close(q: &mut Question, start: &str, end: &str) {
    let closed = Subject::Theatre(theatre_id("OT-1"));
    q.around.unavailable.push(unavailable(closed, start, end));
}

fn absent(q: &mut Question, who: &str, start: &str, end: &str) {
    let absent = Subject::Staff(staff_id(who));
    q.around.unavailable.push(unavailable(absent, start, end));
}

#[test]
fn nothing_and_nobody_is_in_two_places_at_once() {
    // The case is in OT-1 from 08:00 to 09:30, and its gap lasts until 09:40.
    let other = |theatre: &str, start: &str| scheduled("b", theatre, start);
    let by = |case: Case, who: &str| Case {
        team: vec![member(who, TeamRole::PrimarySurgeon)],
        ..case
    };
    let with = |case: Case, unit: &str| Case {
        units: vec![unit_id(unit)],
        ..case
    };
    let none: &[&str] = &[];
    let one_minute_in = by(other("OT-1", "2026-06-01T09:29"), "DC-2");
    let table: Vec<(&str, Vec<Case>, &[&str])> = vec![
        (
            "back to back, with the gap",
            vec![
                by(other("OT-1", "2026-06-01T06:20"), "DC-2"),
                by(other("OT-1", "2026-06-01T09:40"), "DC-2"),
            ],
            none,
        ),
        (
            "one minute in",
            vec![one_minute_in],
            &["R1 THEATRE_DOUBLE_BOOKED"],
        ),
        (
            "in the gap after it",
            vec![by(other("OT-1", "2026-06-01T09:30"), "DC-2")],
            &["R5 THEATRE_DOUBLE_BOOKED"],
        ),
        (
            "in the gap before it",
            vec![by(other("OT-1", "2026-06-01T06:21"), "DC-2")],
            &["R5 THEATRE_DOUBLE_BOOKED"],
        ),
        // The surgeon is needed 08:15 to 09:15 here, and 09:15 to 10:15 there.
        (
            "a surgeon who runs two theatres",
            vec![other("OT-2", "2026-06-01T09:00")],
            none,
        ),
        (
            "a surgeon who is needed a minute too early",
            vec![other("OT-2", "2026-06-01T08:59")],
            &["R2 STAFF_DOUBLE_BOOKED"],
        ),
        (
            "another surgeon",
            vec![by(other("OT-2", "2026-06-01T08:00"), "DC-2")],
            none,
        ),
        (
            "a unit that is still being made ready",
            vec![with(by(other("OT-2", "2026-06-01T06:31"), "DC-2"), "CA-1")],
            &["R4 EQUIPMENT_DOUBLE_BOOKED"],
        ),
        (
            "the other unit",
            vec![with(by(other("OT-2", "2026-06-01T06:31"), "DC-2"), "CA-2")],
            none,
        ),
        (
            "itself, where it is now",
            vec![scheduled("a", "OT-1", "2026-06-01T08:30")],
            none,
        ),
    ];
    for (what, cases, expected) in table {
        let question = Question::new().with(|q| q.case.units = vec![unit_id("CA-1")]);
        assert_eq!(question.among(&cases).said(), expected, "{what}");
    }

    let twice = Case {
        patient: requested("a").patient,
        ..by(other("OT-2", "2026-06-01T08:00"), "DC-2")
    };
    let question = Question::new().among(&[twice]);
    assert_eq!(question.said(), ["R3 PATIENT_DOUBLE_BOOKED"]);
}

#[test]
fn the_sentences_are_for_people_and_name_no_patient() {
    let other = Case {
        patient: requested("a").patient,
        ..scheduled("b", "OT-1", "2026-06-01T09:00")
    };
    let question = Question::new().among(&[other]).with(|q| {
        absent(q, "DC-1", "2026-05-31T22:00", "2026-06-02T06:00");
        close(q, "2026-06-01T09:00", "2026-06-01T10:00");
    });
    let said: Vec<String> = question
        .broken()
        .into_iter()
        .map(|rule| rule.description)
        .collect();
    assert_eq!(
        said,
        [
            "Theatre 1 is taken by another case from 10:00 to 11:40 on Mon 1 Jun",
            "The patient has another case from 10:00 to 11:15 on Mon 1 Jun",
            "Theatre 1 is closed from 10:00 to 11:00 on Mon 1 Jun: training",
            "Dr Quinn is absent from 23:00 on Sun 31 May to 07:00 on Tue 2 Jun: training",
        ]
    );
    let late = Question::new().with(|q| q.plan = plan("OT-1", "2026-06-01T17:00"));
    assert_eq!(
        late.broken()[0].description,
        "The case would be in Theatre 1 from 18:00 to 19:30 on Mon 1 Jun, which is open only from \
         18:00 to 19:00 on Mon 1 Jun of that"
    );
}

#[test]
fn a_session_is_its_owners_until_it_is_released() {
    // The case is there from 08:00 to 09:30.
    let whole = || session("s", "OT-1", "2026-06-01T07:00", "2026-06-01T12:00");
    let owned = |owner| Session { owner, ..whole() };
    let surgeons = || owned(SessionOwner::Surgeon(staff_id("DC-2")));
    let none: &[&str] = &[];
    let taken: &[&str] = &["R8 SESSION_NOT_AVAILABLE"];
    let overrun: &[&str] = &["R8 SESSION_OVERRUN"];
    let until = |end| session("s", "OT-1", "2026-06-01T07:00", end);
    let table = [
        ("open", whole(), none),
        (
            "its surgeon's",
            owned(SessionOwner::Surgeon(staff_id("DC-1"))),
            none,
        ),
        ("another surgeon's", surgeons(), taken),
        (
            "its branch's",
            owned(SessionOwner::Specialty(specialty("general"))),
            none,
        ),
        (
            "another branch's",
            owned(SessionOwner::Specialty(specialty("eyes"))),
            taken,
        ),
        (
            "kept for emergencies",
            owned(SessionOwner::Emergency),
            taken,
        ),
        (
            "released by hand",
            Session {
                state: SessionState::Released,
                ..surgeons()
            },
            none,
        ),
        (
            "released by time",
            Session {
                release_at: Some(at(NOW)),
                ..surgeons()
            },
            none,
        ),
        (
            "to be released in a moment",
            Session {
                release_at: Some(at("2026-05-20T12:01")),
                ..surgeons()
            },
            taken,
        ),
        (
            "not taking place",
            Session {
                state: SessionState::Cancelled,
                ..surgeons()
            },
            none,
        ),
        (
            "in another theatre",
            Session {
                theatre: theatre_id("OT-2"),
                ..surgeons()
            },
            none,
        ),
        ("long enough", until("2026-06-01T09:30"), none),
        ("a minute short", until("2026-06-01T09:29"), overrun),
        (
            "there for the first minute only",
            until("2026-06-01T08:01"),
            overrun,
        ),
        ("over before", until("2026-06-01T08:00"), none),
    ];
    for (what, session, expected) in table {
        let question = Question::new().with(|q| q.around.sessions = vec![session]);
        assert_eq!(question.said(), expected, "{what}");
    }
    let emergency = Question::new().with(|q| {
        q.case.urgency = Urgency::Urgent2b;
        q.around.sessions = vec![owned(SessionOwner::Emergency)];
    });
    assert_eq!(emergency.said(), none);
    let anybodys = Question::new().with(|q| {
        q.booker.any_session = true;
        q.around.sessions = vec![surgeons()];
    });
    assert_eq!(anybodys.said(), none);
}

#[test]
fn a_session_must_have_what_the_case_needs() {
    let bare = Session {
        flags: crate::SessionFlags::default(),
        ..session("s", "OT-1", "2026-06-01T07:00", "2026-06-01T12:00")
    };
    let table = [
        (Anaesthesia::None, 0),
        (Anaesthesia::Local, 0),
        (Anaesthesia::Regional, 1),
        (Anaesthesia::General, 2),
    ];
    for (anaesthesia, lacks) in table {
        let question = Question::new().with(|q| {
            q.case.anaesthesia = anaesthesia;
            q.around.sessions = vec![bare.clone()];
        });
        let said = question.said();
        assert_eq!(
            said,
            vec!["R8 SESSION_UNSUITABLE"; lacks],
            "{anaesthesia:?}"
        );
    }
}

#[test]
fn a_place_names_the_session_it_lies_in() {
    let session = session("s", "OT-1", "2026-06-01T07:00", "2026-06-01T12:00");
    let question = Question::new().with(|q| q.around.sessions = vec![session.clone()]);
    let placed = question.place(&[]).unwrap();
    assert_eq!(placed.plan.session, Some(session.id.clone()));
    assert_eq!(
        placed.claims,
        claims(&question.case, &question.plan, &question.hospital)
    );

    let named = |id: &str| {
        Question::new().with(|q| {
            q.plan.session = Some(crate::testing::session_id(id));
            q.around.sessions = vec![session.clone()];
        })
    };
    assert!(named("s").place(&[]).is_ok());
    assert_eq!(named("another").said(), ["R8 SESSION_NOT_AVAILABLE"]);
    assert_eq!(Question::new().place(&[]).unwrap().plan.session, None);
}

#[test]
fn rules_are_set_aside_by_right_and_reason_and_never_those_that_protect_people() {
    let scheduler = Booker {
        author: "anna".to_owned(),
        overrides: true,
        ..Booker::default()
    };
    let coordinator = Booker {
        emergency: true,
        ..scheduler.clone()
    };
    let on_call = Booker {
        emergency: true,
        ..Booker::default()
    };
    let bookers = [Booker::default(), scheduler.clone(), on_call, coordinator];
    // Which of the four may set the rule aside.
    let may = |rule| match rule {
        RuleId::R6 => [false, true, true, true],
        RuleId::R8 | RuleId::R9 => [false, true, false, true],
        RuleId::R11 => [false, false, true, true],
        _ => [false; 4],
    };
    for rule in RuleId::ALL {
        assert_eq!(
            bookers.each_ref().map(|booker| booker.may_set_aside(rule)),
            may(rule)
        );
        let some = may(rule).contains(&true);
        assert_eq!(rule.is_overridable(), some, "{rule:?}");
    }

    let sunday = || {
        Question::new().with(|q| {
            q.plan = plan("OT-1", "2026-06-07T09:00");
            q.booker = scheduler.clone();
        })
    };
    let placed = sunday().place(&[asking(RuleId::R6)]).unwrap();
    assert_eq!(placed.overrides.len(), 1);
    assert_eq!(placed.overrides[0].author, "anna");
    assert_eq!(placed.overrides[0].reason, "agreed with the coordinator");
    assert!(sunday().place(&[]).is_err());
    let blank = OverrideRequest {
        rule: RuleId::R6,
        reason: " \t".to_owned(),
    };
    assert!(sunday().place(&[blank]).is_err());
    let no_right = sunday().with(|q| q.booker = Booker::default());
    assert!(no_right.place(&[asking(RuleId::R6)]).is_err());
    // One right reason does not carry the other rule; only what is left is told.
    let both = sunday().with(|q| q.case.team.clear());
    let refused = both
        .place(&[asking(RuleId::R6), asking(RuleId::R10)])
        .unwrap_err();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].rule, RuleId::R10);
    // What is not there at all cannot be wished there.
    let retired = Question::new().with(|q| {
        set_state(q, TheatreState::Retired);
        q.booker = scheduler.clone();
    });
    assert!(retired.place(&[asking(RuleId::R6)]).is_err());
    // An override that nothing needs is not kept.
    assert_eq!(
        Question::new()
            .place(&[asking(RuleId::R6)])
            .unwrap()
            .overrides,
        []
    );
}

#[test]
fn what_was_set_aside_stays_so_where_it_is_and_not_elsewhere() {
    let first = Question::new().with(|q| {
        q.plan = plan("OT-1", "2026-06-07T09:00");
        q.booker = Booker {
            overrides: true,
            ..Booker::default()
        };
    });
    let placed = first.place(&[asking(RuleId::R6)]).unwrap();
    let case = Case {
        state: CaseState::Scheduled,
        plan: Some(placed.plan.clone()),
        overrides: placed.overrides.clone(),
        ..first.case
    };
    let again = Question::new().with(|q| {
        q.case = case.clone();
        q.plan = placed.plan.clone();
    });
    assert_eq!(again.place(&[]).unwrap(), placed);
    let elsewhere = Question::new().with(|q| {
        q.case = case;
        q.plan = plan("OT-1", "2026-06-07T09:05");
    });
    assert!(elsewhere.place(&[]).is_err());
}

#[test]
fn a_claim_is_what_the_drawing_says() {
    let mut case = hip(&requested("a"));
    case.team = vec![
        member("DC-1", TeamRole::PrimarySurgeon),
        member("DC-3", TeamRole::Anaesthetist),
        member("DC-4", TeamRole::AssistantSurgeon),
        member("DC-4", TeamRole::Anaesthetist),
        member("NU-1", TeamRole::CirculatingNurse),
        member("DC-0", TeamRole::ScrubNurse),
    ];
    let plan = plan("OT-1", "2026-06-01T08:00");
    let claims = claims(&case, &plan, &hospital());
    let table = [
        ("OT-1", "08:00", "09:40"), // with 10 minutes of turnover
        ("DC-1", "08:15", "09:15"),
        ("DC-3", "08:00", "09:15"),
        ("DC-4", "08:00", "09:15"), // once, for as long as both roles take
        ("NU-1", "08:00", "09:30"),
        ("PT-hip", "08:00", "09:15"),
        ("CA-1", "08:00", "09:45"), // made ready again
    ];
    assert_eq!(claims.len(), table.len());
    for (claim, (id, from, to)) in claims.iter().zip(table) {
        let day = |clock: &str| at(&format!("2026-06-01T{clock}"));
        assert_eq!(claim.resource.id, id);
        assert_eq!(
            (claim.range.start(), claim.range.end()),
            (day(from), day(to)),
            "{id}"
        );
    }
}
