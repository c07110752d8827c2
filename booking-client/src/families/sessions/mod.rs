//! `booking-client sessions …`

pub mod parts;
mod templates;

use booking_proto::ot::v1::{
    CancelSessionRequest, CreateSessionRequest, GetSessionRequest, ListSessionsRequest,
    ReleaseSessionRequest, Session, UpdateSessionRequest,
};
use clap::{Args, Subcommand};
use theatre_log::stamp;

use self::{
    parts::{FlagArgs, OwnerArgs, SESSIONS},
    templates::Templates,
};
use super::cases::shown::WAITING_LIST;
use crate::{
    connection::{EVERYTHING, Service},
    failure::Failure,
    printing::{Printer, table},
    reading::{
        Bound, ChangeArgs, Moment, OneArgs, SiteTime, UpdateMask, UsageError, WriteArgs, resource,
        resources,
    },
};

/// What can be done with sessions.
#[derive(Debug, Subcommand)]
#[command(after_help = MANUAL)]
pub enum Sessions {
    /// Those in a range
    List(ListArgs),
    /// All that is known of one
    Get {
        /// Which
        session: String,
    },
    /// A new one, made by hand
    Create(CreateArgs),
    /// Open it to everybody
    #[command(mut_arg("id", |id| id.value_name("SESSION")))]
    Release(OneArgs),
    /// It does not take place
    Cancel(CancelArgs),
    /// Change when it is, or what it has
    Move(MoveArgs),
    /// Rules by which sessions recur
    #[command(subcommand)]
    Templates(Templates),
}

const MANUAL: &str = "\
Examples:
  booking-client sessions list --from today --to +7
  booking-client sessions create --theatre OT-1 --from '2026-11-27 08:00' --to '2026-11-27 13:00' --surgeon DC-3904 \\
      --with anaesthetist,general-anaesthesia
  booking-client sessions templates create --theatre OT-1 --day mon --hours 08:00-13:00 --specialty orthopaedics \\
      --every 2 --first 2026-11-02 --release-before 72h --with anaesthetist,general-anaesthesia
  booking-client sessions templates expand ID --from 2026-12-01 --to 2026-12-31";

/// Which sessions.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// In this theatre; repeat it for several
    #[arg(long)]
    theatre: Vec<String>,
    /// From when
    #[arg(long, value_name = "DAY|TIME", default_value = "today")]
    from: Bound,
    /// Until when
    #[arg(long, value_name = "DAY|TIME", default_value = "+6")]
    to: Bound,
}

impl ListArgs {
    fn into_request(self, site: &SiteTime) -> Result<ListSessionsRequest, UsageError> {
        Ok(ListSessionsRequest {
            theatres: resources("theatres", &self.theatre),
            start_time: Some(stamp(self.from.from(site)?)),
            end_time: Some(stamp(self.to.to(site)?)),
            ..ListSessionsRequest::default()
        })
    }
}

/// A session made by hand.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// Where
    #[arg(long)]
    theatre: String,
    /// From when
    #[arg(long, value_name = "TIME")]
    from: Moment,
    /// Until when
    #[arg(long, value_name = "TIME")]
    to: Moment,
    #[command(flatten)]
    owner: OwnerArgs,
    #[command(flatten)]
    flags: FlagArgs,
    /// From then on anybody may book it
    #[arg(long, value_name = "TIME")]
    release: Option<Moment>,
    /// For people
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    write: WriteArgs,
}

impl CreateArgs {
    fn into_request(self, site: &SiteTime) -> Result<CreateSessionRequest, UsageError> {
        let release = self
            .release
            .map(|release| release.resolve(site))
            .transpose()?;
        Ok(CreateSessionRequest {
            session_id: String::new(),
            session: Some(Session {
                theatre: resource("theatres", &self.theatre),
                start_time: Some(stamp(self.from.resolve(site)?)),
                end_time: Some(stamp(self.to.resolve(site)?)),
                owner: Some(self.owner.into()),
                flags: Some(self.flags.typed().unwrap_or_default()),
                release_time: release.map(stamp),
                note: self.note.unwrap_or_default(),
                ..Session::default()
            }),
            request_id: self.write.request_id(),
            validate_only: self.write.dry_run,
        })
    }
}

/// Why a session does not take place, and what becomes of its cases.
#[derive(Debug, Args)]
pub struct CancelArgs {
    /// Which
    session: String,
    /// The code of the reason
    #[arg(long, value_name = "CODE")]
    reason: String,
    /// Put its cases back on the waiting list; without it, a session with cases is not cancelled
    #[arg(long)]
    postpone_cases: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

impl From<CancelArgs> for CancelSessionRequest {
    fn from(typed: CancelArgs) -> Self {
        Self {
            name: resource("sessions", &typed.session),
            etag: typed.change.etag,
            reason: resource("reasons", &typed.reason),
            postpone_cases: typed.postpone_cases,
            request_id: typed.change.write.request_id(),
            validate_only: typed.change.write.dry_run,
        }
    }
}

/// A session at another time, or with another note or other things.
#[derive(Debug, Args)]
pub struct MoveArgs {
    /// Which
    session: String,
    /// From when
    #[arg(long, value_name = "TIME")]
    from: Option<Moment>,
    /// Until when
    #[arg(long, value_name = "TIME")]
    to: Option<Moment>,
    /// A note for people
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    flags: FlagArgs,
    #[command(flatten)]
    change: ChangeArgs,
}

impl MoveArgs {
    fn into_request(self, site: &SiteTime) -> Result<UpdateSessionRequest, UsageError> {
        let mut session = Session {
            name: resource("sessions", &self.session),
            etag: self.change.etag,
            ..Session::default()
        };
        let from = self.from.map(|from| from.resolve(site)).transpose()?;
        let to = self.to.map(|to| to.resolve(site)).transpose()?;
        let mut mask = UpdateMask::default();
        mask.put("start_time", from.map(stamp), &mut session.start_time);
        mask.put("end_time", to.map(stamp), &mut session.end_time);
        mask.put("note", self.note, &mut session.note);
        mask.put("flags", self.flags.typed(), &mut session.flags);
        Ok(UpdateSessionRequest {
            session: Some(session),
            update_mask: Some(mask.finish()?),
            request_id: self.change.write.request_id(),
            validate_only: self.change.write.dry_run,
        })
    }
}

impl Sessions {
    /// Does what was typed.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let site = service.site_time().await?;
        let sessions = match self {
            Self::Templates(command) => return command.run(service, printer).await,
            Self::List(args) => {
                let request = args.into_request(&site)?;
                service.list(request, EVERYTHING).await?
            }
            Self::Create(args) => vec![service.call(args.into_request(&site)?).await?],
            Self::Get { session } => {
                let name = resource("sessions", &session);
                vec![service.call(GetSessionRequest { name }).await?]
            }
            Self::Release(args) => {
                vec![service.call(ReleaseSessionRequest::from(args)).await?]
            }
            Self::Cancel(args) => {
                let done = service.call(CancelSessionRequest::from(args)).await?;
                // First the cases that lost their place, if any did.
                printer.messages(&done.postponed_cases, |cases| match cases {
                    [] => String::new(),
                    cases => table(WAITING_LIST, cases, &site),
                })?;
                vec![done.session.unwrap_or_default()]
            }
            Self::Move(args) => vec![service.call(args.into_request(&site)?).await?],
        };
        Ok(printer.table(SESSIONS, &sessions, &site)?)
    }
}
