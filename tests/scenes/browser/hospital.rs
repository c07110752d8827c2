//! The demo hospital on stage, by a clock of the scene's choice, with a theatre that is open day and
//! night; the backend to ask; and browsers in which Anna is signed in.

use alts::AltsChannel;
use anyhow::{Context, Result};
use booking_proto::ot::v1::{
    Anaesthesia, Case, ConfirmCaseRequest, CreateCaseRequest, CreateStaffRequest,
    CreateTheatreRequest, Durations, GetCaseRequest, Laterality, OpeningRule, Plan, Staff,
    TeamMember, TeamRole, Theatre, Urgency, case_service_client::CaseServiceClient,
    hospital_service_client::HospitalServiceClient, theatre,
};
use jiff::{Timestamp, civil, tz::TimeZone};
use prost_types::Timestamp as Stamp;
use tests::{
    clock::Clock,
    suite::{Ports, Suite},
};

use crate::driver::{Browser, PATIENCE};

/// A Tuesday morning at which theatres are busy: what a scene finds does not depend on when it runs.
pub(crate) const MORNING: &str = "2026-03-17T10:40:00Z";

/// The theatre that is open day and night, and whoever operates there.
pub(crate) const THEATRE: &str = "theatres/OT-9";
pub(crate) const SURGEON: &str = "staff/DC-9001";

/// A suite with the demo hospital, and the link that signs Anna in.
pub(crate) struct Hospital {
    pub(crate) suite: Suite,
    pub(crate) link: String,
    pub(crate) zone: TimeZone,
    channel: AltsChannel,
}

impl Hospital {
    pub(crate) async fn start() -> Result<Self> {
        Self::start_at(MORNING).await
    }

    /// By a clock that shows this instant.
    pub(crate) async fn start_at(instant: &str) -> Result<Self> {
        let clock = Clock::showing(instant.parse()?)?;
        let suite = Suite::start_demo_by(clock, Ports::default()).await?;
        let hospital = Self {
            link: suite.sign_in_link()?,
            zone: TimeZone::get("Europe/London")?,
            channel: suite.mock.connector(suite.server_addr)?(),
            suite,
        };
        hospital.furnish().await?;
        Ok(hospital)
    }

    async fn furnish(&self) -> Result<()> {
        let mut things = HospitalServiceClient::new(self.channel.clone());
        let day_and_night = |weekday| OpeningRule {
            weekday,
            ..OpeningRule::default()
        };
        let theatre = CreateTheatreRequest {
            theatre_id: "OT-9".to_owned(),
            theatre: Some(Theatre {
                site: "sites/main".to_owned(),
                display_name: "Theatre 9".to_owned(),
                list_order: 9,
                state: theatre::State::Open.into(),
                opening_rules: (1..=7).map(day_and_night).collect(),
                ..Theatre::default()
            }),
            request_id: request_id(),
            ..CreateTheatreRequest::default()
        };
        things.create_theatre(theatre).await?;
        let surgeon = CreateStaffRequest {
            staff_id: "DC-9001".to_owned(),
            staff: Some(Staff {
                display_name: "Ms Z. Tallis".to_owned(),
                roles: vec![TeamRole::PrimarySurgeon.into()],
                ..Staff::default()
            }),
            request_id: request_id(),
            ..CreateStaffRequest::default()
        };
        things.create_staff(surgeon).await?;
        Ok(())
    }

    /// What its clock shows.
    pub(crate) fn now(&self) -> Timestamp {
        self.suite.mock.clock().now()
    }

    /// This time of its tomorrow.
    pub(crate) fn tomorrow_at(&self, hour: i8) -> Result<Timestamp> {
        let tomorrow = self.tomorrow()?.at(hour, 0, 0, 0);
        Ok(tomorrow.to_zoned(self.zone.clone())?.timestamp())
    }

    pub(crate) fn tomorrow(&self) -> Result<civil::Date> {
        Ok(self.zone.to_datetime(self.now()).date().tomorrow()?)
    }

    /// The backend's answers about cases.
    pub(crate) fn cases(&self) -> CaseServiceClient<AltsChannel> {
        CaseServiceClient::new(self.channel.clone())
    }

    /// An hour under local anaesthesia, with five minutes of setup and of cleanup.
    pub(crate) fn hour(&self, patient: &str) -> Case {
        Case {
            patient: format!("patients/{patient}"),
            procedure: "Hernia repair".to_owned(),
            condition: "Inguinal hernia".to_owned(),
            laterality: Laterality::Left.into(),
            urgency: Urgency::Elective.into(),
            anaesthesia: Anaesthesia::Local.into(),
            decision_time: Some(stamp(self.now())),
            durations: Some(Durations {
                setup_min: 5,
                procedure_min: 50,
                cleanup_min: 5,
            }),
            team: vec![TeamMember {
                staff: SURGEON.to_owned(),
                role: TeamRole::PrimarySurgeon.into(),
            }],
            ..Case::default()
        }
    }

    /// Enters a case, with a place in the theatre that is always open, or none; its name.
    pub(crate) async fn enter(&self, case: Case, start: Option<Timestamp>) -> Result<String> {
        let request = CreateCaseRequest {
            case: Some(case),
            plan: start.map(|start| Plan {
                theatre: THEATRE.to_owned(),
                start_time: Some(stamp(start)),
                ..Plan::default()
            }),
            request_id: request_id(),
            ..CreateCaseRequest::default()
        };
        Ok(self.cases().create_case(request).await?.into_inner().name)
    }

    /// An hour at this hour of its tomorrow; its name.
    pub(crate) async fn enter_at(&self, patient: &str, hour: i8) -> Result<String> {
        let start = self.tomorrow_at(hour)?;
        self.enter(self.hour(patient), Some(start)).await
    }

    /// A case as the backend has it.
    pub(crate) async fn case(&self, name: &str) -> Result<Case> {
        let name = name.to_owned();
        let found = self.cases().get_case(GetCaseRequest { name }).await?;
        Ok(found.into_inner())
    }

    /// When a case is planned to start, as the backend has it.
    pub(crate) async fn start_of(&self, name: &str) -> Result<Timestamp> {
        let plan = self.case(name).await?.plan;
        let start = plan.and_then(|plan| plan.start_time);
        let start = start.with_context(|| format!("{name} has no plan"))?;
        Ok(Timestamp::from_second(start.seconds)?)
    }

    /// Everybody has agreed.
    pub(crate) async fn confirm(&self, name: &str) -> Result<()> {
        let request = ConfirmCaseRequest {
            name: name.to_owned(),
            etag: self.case(name).await?.etag,
            request_id: request_id(),
            validate_only: false,
        };
        self.cases().confirm_case(request).await?;
        Ok(())
    }

    /// A browser in which Anna is signed in.
    pub(crate) async fn browser(&self, javascript: bool) -> Result<Browser> {
        let browser = Browser::start(javascript).await?;
        self.sign_in(&browser).await?;
        Ok(browser)
    }

    /// Signs Anna in, and shows her the board.
    pub(crate) async fn sign_in(&self, browser: &Browser) -> Result<()> {
        browser.client.goto(&self.link).await?;
        browser.wait_for("Needs attention", PATIENCE).await
    }

    /// Opens the board of the day on which this case is planned.
    pub(crate) async fn open_board_of(&self, browser: &Browser, case: &str) -> Result<()> {
        browser.open(&self.suite, &format!("/{case}")).await?;
        browser.press("section a[href^='/?date=']").await?;
        browser.find(&bar(case)).await.map(drop)
    }
}

/// Finds a case's bar on a board.
pub(crate) fn bar(case: &str) -> String {
    format!(".case[data-case='{case}']")
}

pub(crate) fn stamp(at: Timestamp) -> Stamp {
    Stamp {
        seconds: at.as_second(),
        nanos: 0,
    }
}

/// A fresh one for every call that changes something.
pub(crate) fn request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
