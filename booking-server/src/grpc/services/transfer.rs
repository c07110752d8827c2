//! `ot.v1.TransferService`: historical cases in, everything out.

use booking_domain::{
    CaseCondition, CaseId, CaseQuery, Footprint, Hospital, IdError, MAX_ID_CHARS, PatientId,
    Specialty, StaffId, TheatreId, TimeRange,
};
use booking_proto::{
    contract::limits::MAX_IMPORT_ROWS,
    ot::v1::{self, transfer_service_server::TransferService},
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::{
    app::{ImportCases, ImportRow, Imported, Refusal},
    export::Export,
    grpc::{
        convert::{
            case::to_milestones,
            values::{minute, minutes, optional_name, required, title, unless_empty},
            words::{number, word},
        },
        fields::{Fields, reading},
        layers::access::Admitted,
        shared::{
            GrpcServices, Reply, new_id,
            request::{site, theatres},
        },
    },
    names::{digest, optional},
};

/// Cases that are read at once for an export.
const PAGE: u32 = 500;

/// Chunks that a slow reader may be behind; it sets the pace.
const CHUNKS: usize = 4;

#[tonic::async_trait]
impl TransferService for GrpcServices {
    type ExportCasesStream = ReceiverStream<Result<v1::ExportChunk, Status>>;

    async fn import_cases(
        &self,
        request: Request<v1::ImportCasesRequest>,
    ) -> Reply<v1::ImportCasesResponse> {
        let read = |wire: &v1::ImportCasesRequest, hospital: &Hospital, _| {
            reading(|fields| {
                let source = fields.take("source", title(&wire.source));
                let site = site(fields, hospital, &wire.site);
                let rows = to_rows(fields, &source?, &wire.rows);
                Some(ImportCases {
                    site: site?,
                    rows: rows?,
                    strict: wire.strict,
                })
            })
        };
        let respond = |outcomes: &Vec<Imported>| v1::ImportCasesResponse {
            outcomes: outcomes.iter().map(outcome).collect(),
        };
        self.write(request, read, respond).await
    }

    async fn export_cases(
        &self,
        request: Request<v1::ExportCasesRequest>,
    ) -> Reply<Self::ExportCasesStream> {
        let admitted = Admitted::of(&request)?;
        let wire = request.into_inner();
        let hospital = self.hospital().await?;
        let (format, query) = reading(|fields| {
            let format = fields.take("format", word(wire.format));
            let query = to_query(fields, &hospital, &wire);
            Some((format?, query?))
        })?;
        // A file of everybody's cases leaves only with a trace.
        let traced = self.app.store().audit(self.record(&admitted)).await;
        traced.map_err(Refusal::from)?;
        let export = Export {
            format,
            hospital,
            sees_patients: admitted.sees_patients(),
            now: self.app.now(),
            written: 0,
        };
        let (chunks, receiver) = mpsc::channel(CHUNKS);
        let services = self.clone();
        tokio::spawn(async move {
            if let Err(refusal) = services.write_file(export, query, &chunks).await {
                // Whoever does not read any more need not be told.
                drop(chunks.send(Err(refusal.into())).await);
            }
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }
}

type Chunks = mpsc::Sender<Result<v1::ExportChunk, Status>>;

impl GrpcServices {
    /// Writes a file page by page, each in a snapshot of its own: a slow reader holds none.
    async fn write_file(
        &self,
        mut export: Export,
        mut query: CaseQuery,
        chunks: &Chunks,
    ) -> Result<(), Refusal> {
        let mut data = export.head();
        loop {
            let page = self.app.read().await?.cases(&query).await?;
            for case in &page {
                data.extend(export.case(case));
            }
            let last = page.len() < PAGE as usize;
            query.after = page.last().map(|case| query.order.cursor(case));
            if last {
                data.extend(export.foot());
            }
            if chunks.send(Ok(v1::ExportChunk { data })).await.is_err() || last {
                return Ok(());
            }
            data = Vec::new();
        }
    }
}

fn to_query(
    fields: &mut Fields,
    hospital: &Hospital,
    wire: &v1::ExportCasesRequest,
) -> Option<CaseQuery> {
    let start = fields.moment("start_time", &wire.start_time);
    let end = fields.moment("end_time", &wire.end_time);
    let theatres = theatres(fields, hospital, &wire.theatres);
    let staff = fields.take("staff", optional_name::<StaffId>(&wire.staff));
    if let (Some(Some(start)), Some(Some(end))) = (start, end) {
        fields.take("end_time", TimeRange::new(start, end));
    }
    let theatres = theatres?;
    let conditions = [
        start?.map(CaseCondition::StartFrom),
        end?.map(CaseCondition::StartBefore),
        staff?.map(CaseCondition::StaffIs),
        (!theatres.is_empty()).then_some(CaseCondition::TheatreIn(theatres)),
    ];
    Some(CaseQuery {
        conditions: conditions.into_iter().flatten().collect(),
        limit: PAGE,
        ..CaseQuery::default()
    })
}

fn to_rows(fields: &mut Fields, source: &str, wire: &[v1::ImportRow]) -> Option<Vec<ImportRow>> {
    if wire.len() > MAX_IMPORT_ROWS {
        fields.refuse(
            "rows",
            format!(
                "has {} elements; at most {MAX_IMPORT_ROWS} are allowed",
                wire.len()
            ),
        );
        return None;
    }
    fields.each(wire, |fields, at, row| to_row(fields, source, at, row))
}

fn to_row(fields: &mut Fields, source: &str, at: usize, wire: &v1::ImportRow) -> Option<ImportRow> {
    let field = |name: &str| format!("rows[{at}].{name}");
    let encounter = fields.take(field("encounter_id"), title(&wire.encounter_id));
    let theatre = fields.take(field("theatre"), TheatreId::parse(&wire.theatre));
    let specialty = unless_empty(&wire.specialty, Specialty::parse);
    let specialty = fields.take(field("specialty"), specialty);
    let procedure = fields.take(field("procedure"), title(&wire.procedure));
    let scheduled = required(wire.scheduled_time.as_ref(), minute);
    let scheduled = fields.take(field("scheduled_time"), scheduled);
    let footprint = minutes(wire.booked_min)
        .map_err(str::to_owned)
        .and_then(|booked| Footprint::new(0, booked, 0).map_err(|why| why.to_string()));
    let footprint = fields.take(field("booked_min"), footprint);
    let milestones = v1::Milestones {
        wheels_in: wire.wheels_in,
        knife_to_skin: wire.knife_to_skin,
        closed: wire.closed,
        wheels_out: wire.wheels_out,
        ..v1::Milestones::default()
    };
    let milestones = to_milestones(fields, &field(""), &milestones);
    let key = format!("{source}/{}", encounter?);
    let patient = fields.take(field("encounter_id"), patient_of(&key));
    Some(ImportRow {
        line: wire.line,
        patient: patient?,
        key,
        case: CaseId::parse(&new_id()).expect("a UUID is an identifier"),
        theatre: theatre?,
        specialty: specialty?,
        procedure: procedure?,
        scheduled: scheduled?,
        footprint: footprint?,
        milestones: milestones?,
    })
}

/// Each encounter is a patient of its own, by the key where that is short enough for a number.
fn patient_of(key: &str) -> Result<PatientId, IdError> {
    if key.chars().count() <= MAX_ID_CHARS {
        return PatientId::parse(key);
    }
    PatientId::parse(&format!("import-{}", digest(key, 16)))
}

fn outcome(imported: &Imported) -> v1::ImportOutcome {
    v1::ImportOutcome {
        line: imported.line,
        kind: number(imported.verdict),
        case: optional(imported.case.as_ref()),
        message: imported.message.clone(),
    }
}
