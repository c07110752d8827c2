//! `booking-client export`: a stream of chunks into a file, whole or not at all.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use booking_proto::ot::v1::{ExportCasesRequest, ExportChunk, export_cases_request::Format};
use clap::{Args, ValueEnum};
use theatre_log::stamp;
use tonic::Streaming;

use crate::{
    connection::Service,
    failure::Failure,
    printing::Printer,
    reading::{Bound, SiteTime, UsageError, resource, resources},
};

/// Cases are about patients: whoever exports them decides who else reads the file.
const OWN_EYES: u32 = 0o600;
/// The longest pause within a stream of chunks: the service has to read the next few hundred cases.
const SILENCE: Duration = Duration::from_secs(60);

/// What a file of cases may look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A table; safe to open in a spreadsheet.
    Csv,
    /// A FHIR R4 Bundle of Appointments, as JSON.
    Fhir,
    /// A calendar, without names or numbers of patients.
    Ical,
}

/// A file of cases.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Its form
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "csv")]
    format: ExportFormat,
    /// From when
    #[arg(long, value_name = "DAY|TIME", default_value = "today")]
    from: Bound,
    /// Until when
    #[arg(long, value_name = "DAY|TIME", default_value = "+6")]
    to: Bound,
    /// Only this theatre; repeat it for several
    #[arg(long)]
    theatre: Vec<String>,
    /// Only with this member of staff, in any role
    #[arg(long, value_name = "ID")]
    staff: Option<String>,
    /// Where to; stdout unless told. Written whole or not at all
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl ExportArgs {
    fn request(&self, site: &SiteTime) -> Result<ExportCasesRequest, UsageError> {
        let format = match self.format {
            ExportFormat::Csv => Format::Csv,
            ExportFormat::Fhir => Format::FhirR4,
            ExportFormat::Ical => Format::Icalendar,
        };
        let staff = self.staff.as_ref().map(|typed| resource("staff", typed));
        Ok(ExportCasesRequest {
            format: format.into(),
            start_time: Some(stamp(self.from.from(site)?)),
            end_time: Some(stamp(self.to.to(site)?)),
            theatres: resources("theatres", &self.theatre),
            staff: staff.unwrap_or_default(),
        })
    }

    /// Writes the file.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let request = self.request(&service.site_time().await?)?;
        let chunks = service.open(request).await?;
        let Some(path) = &self.file else {
            return copy(chunks, printer.bytes()).await;
        };
        // Beside it, so that the last step is a rename.
        let mut unfinished = path.clone().into_os_string();
        unfinished.push(".part");
        let unfinished = PathBuf::from(unfinished);
        let done = into_file(chunks, &unfinished, path).await;
        if done.is_err() {
            drop(fs::remove_file(&unfinished));
        }
        done
    }
}

async fn into_file(
    chunks: Streaming<ExportChunk>,
    unfinished: &Path,
    path: &Path,
) -> Result<(), Failure> {
    let failed = |error| {
        Failure::here(&format!(
            "cannot write {}: {error}; check --file",
            path.display()
        ))
    };
    // What was left by an earlier try may be open to more eyes; its mode would stay.
    drop(fs::remove_file(unfinished));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(OWN_EYES)
        .open(unfinished)
        .map_err(failed)?;
    copy(chunks, &mut file).await?;
    file.sync_all().map_err(failed)?;
    fs::rename(unfinished, path).map_err(failed)
}

async fn copy(mut chunks: Streaming<ExportChunk>, out: &mut dyn Write) -> Result<(), Failure> {
    loop {
        let next = tokio::time::timeout(SILENCE, chunks.message()).await;
        let next = next.map_err(|_| Failure::deadline(SILENCE))?;
        let Some(chunk) = next.map_err(|status| Failure::in_command(&status))? else {
            break;
        };
        out.write_all(&chunk.data)?;
    }
    out.flush()?;
    Ok(())
}
