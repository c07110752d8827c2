//! `export`: a stream of chunks into a file, whole or not at all.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use booking_proto::ot::v1::{ExportCasesRequest, ExportChunk};
use tonic::Streaming;

use super::Service;
use crate::{cli::ExportArgs, failure::Failure, output::Printer, request};

/// Cases are about patients: whoever exports them decides who else reads the file.
const OWN_EYES: u32 = 0o600;
/// The longest pause within a stream of chunks: the service has to read the next few hundred cases.
const SILENCE: Duration = Duration::from_secs(60);

pub(super) async fn export(
    service: &Service,
    args: &ExportArgs,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let request = request::export(args, &service.place().await?)?;
    let chunks = open(service, request).await?;
    match &args.file {
        None => copy(chunks, &mut printer.bytes()).await,
        Some(path) => {
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
}

async fn open(
    service: &Service,
    request: ExportCasesRequest,
) -> Result<Streaming<ExportChunk>, Failure> {
    let mut transfer = service.transfer();
    service
        .open(request, async |r| transfer.export_cases(r).await)
        .await
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

async fn copy(mut chunks: Streaming<ExportChunk>, out: &mut impl Write) -> Result<(), Failure> {
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
