//! `export`: a stream of chunks into a file, whole or not at all.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use booking_proto::ot::v1::{ExportCasesRequest, ExportChunk};
use tonic::Streaming;

use super::Service;
use crate::{cli::ExportArgs, failure::Failure, output::Printer, request};

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
    let mut file = File::create(unfinished).map_err(failed)?;
    copy(chunks, &mut file).await?;
    file.sync_all().map_err(failed)?;
    fs::rename(unfinished, path).map_err(failed)
}

async fn copy(mut chunks: Streaming<ExportChunk>, out: &mut impl Write) -> Result<(), Failure> {
    while let Some(chunk) = chunks
        .message()
        .await
        .map_err(|status| Failure::in_command(&status))?
    {
        out.write_all(&chunk.data)?;
    }
    out.flush()?;
    Ok(())
}
