//! `import` and `export`: what was typed → messages of `TransferService`.

use std::path::Path;

use booking_proto::ot::v1::{ExportCasesRequest, export_cases_request::Format};

use super::{
    UsageError,
    name::{resource, resources},
};
use crate::{
    cli::{ExportArgs, ExportFormat},
    moment::Place,
    stamp::stamp,
};

/// A file of cases.
pub fn export(args: &ExportArgs, place: &Place) -> Result<ExportCasesRequest, UsageError> {
    let format = match args.format {
        ExportFormat::Csv => Format::Csv,
        ExportFormat::Fhir => Format::FhirR4,
        ExportFormat::Ical => Format::Icalendar,
    };
    let staff = args.staff.as_ref().map(|typed| resource("staff", typed));
    Ok(ExportCasesRequest {
        format: format.into(),
        start_time: Some(stamp(args.from.from(place)?)),
        end_time: Some(stamp(args.to.to(place)?)),
        theatres: resources("theatres", &args.theatre),
        staff: staff.unwrap_or_default(),
    })
}

/// What a log is called: as it was told, or its file without folders, so that the same file in
/// another folder is the same log.
///
/// # Errors
/// [`UsageError::Meaning`] for a log on stdin, which has no name of its own.
pub fn source_name(told: Option<&str>, file: &Path) -> Result<String, UsageError> {
    if let Some(told) = told {
        return Ok(told.to_owned());
    }
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    name.filter(|name| name != "-").ok_or_else(|| {
        UsageError::Meaning(
            "a log on stdin has no name of its own; give it one with --source".to_owned(),
        )
    })
}
