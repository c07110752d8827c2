//! Sites, theatres, staff, equipment, procedure types, reasons, closures and absences.

use booking_domain::{
    Capability, EquipmentKind, EquipmentUnit, Footprint, OpeningRule, ProcedureType,
    ProcedureTypeId, Reason, ReasonCode, Site, SiteId, Specialty, Staff, StaffId, Subject, Theatre,
    TheatreId, Unavailability, UnavailabilityId, UnitId, Version,
};
use booking_proto::ot::v1;
use jiff::tz::TimeZone;

use super::{
    super::fields::Fields,
    values::{line, minute, minute_of_day, minutes, timestamp, title, unless_empty, weekday},
    words::{number, word},
};
use crate::names::{self, Named, etag, name, parse};

/// The longest FHIR code, in characters.
const MAX_CODE_CHARS: usize = 64;

// --- from the domain ---------------------------------------------------------------------------

pub(in crate::grpc) fn site(site: &Site) -> v1::Site {
    v1::Site {
        name: name(&site.id),
        display_name: site.name.clone(),
        time_zone: site.zone.iana_name().unwrap_or("UTC").to_owned(),
        etag: etag(site.version),
    }
}

pub(in crate::grpc) fn theatre(theatre: &Theatre) -> v1::Theatre {
    v1::Theatre {
        name: name(&theatre.id),
        site: name(&theatre.site),
        display_name: theatre.name.clone(),
        list_order: theatre.list_order,
        state: number(theatre.state),
        capabilities: theatre
            .capabilities
            .iter()
            .map(ToString::to_string)
            .collect(),
        turnover_min: theatre.turnover_min.into(),
        opening_rules: theatre.opening.iter().map(opening_rule).collect(),
        etag: etag(theatre.version),
    }
}

fn opening_rule(rule: &OpeningRule) -> v1::OpeningRule {
    v1::OpeningRule {
        weekday: rule.weekday.to_monday_one_offset().into(),
        open_minute: rule.open_minute.into(),
        close_minute: rule.close_minute.into(),
    }
}

pub(in crate::grpc) fn staff(staff: &Staff) -> v1::Staff {
    v1::Staff {
        name: name(&staff.id),
        display_name: staff.name.clone(),
        roles: staff.roles.iter().map(|role| number(*role)).collect(),
        specialty: text(staff.specialty.as_ref()),
        retired: staff.retired,
        etag: etag(staff.version),
        placeholder: staff.placeholder,
    }
}

pub(in crate::grpc) fn unit(unit: &EquipmentUnit) -> v1::EquipmentUnit {
    v1::EquipmentUnit {
        name: name(&unit.id),
        kind: unit.kind.to_string(),
        display_name: unit.name.clone(),
        reprocess_min: unit.reprocess_min.into(),
        retired: unit.retired,
        etag: etag(unit.version),
    }
}

pub(in crate::grpc) fn procedure_type(kind: &ProcedureType) -> v1::ProcedureType {
    v1::ProcedureType {
        name: name(&kind.id),
        display_name: kind.name.clone(),
        specialty: text(kind.specialty.as_ref()),
        default_durations: Some(durations(kind.footprint)),
        required_capabilities: kind
            .required_capabilities
            .iter()
            .map(ToString::to_string)
            .collect(),
        required_equipment_kinds: kind
            .required_kinds
            .iter()
            .map(ToString::to_string)
            .collect(),
        laterality_required: kind.laterality_required,
        retired: kind.retired,
        etag: etag(kind.version),
    }
}

pub(in crate::grpc) fn durations(footprint: Footprint) -> v1::Durations {
    v1::Durations {
        setup_min: footprint.setup_min().into(),
        procedure_min: footprint.procedure_min().into(),
        cleanup_min: footprint.cleanup_min().into(),
    }
}

pub(in crate::grpc) fn reason(reason: &Reason) -> v1::Reason {
    v1::Reason {
        name: name(&reason.code),
        display_name: reason.name.clone(),
        group: number(reason.group),
        avoidable: reason.avoidable,
        fhir_code: reason.fhir_code.clone(),
        retired: reason.retired,
        etag: etag(reason.version),
    }
}

pub(in crate::grpc) fn unavailability(unavailability: &Unavailability) -> v1::Unavailability {
    v1::Unavailability {
        name: name(&unavailability.id),
        subject: subject_name(&unavailability.subject),
        start_time: Some(timestamp(unavailability.range.start())),
        end_time: Some(timestamp(unavailability.range.end())),
        reason: unavailability.reason.clone(),
        etag: etag(unavailability.version),
    }
}

fn subject_name(subject: &Subject) -> String {
    match subject {
        Subject::Theatre(id) => name(id),
        Subject::Staff(id) => name(id),
        Subject::Unit(id) => name(id),
    }
}

pub(in crate::grpc) fn text<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

// --- to the domain; `Fields` has noted why where there is nothing ------------------------------

pub(in crate::grpc) fn to_site(
    fields: &mut Fields,
    id: Option<SiteId>,
    version: Version,
    wire: &v1::Site,
) -> Option<Site> {
    let name = fields.take("site.display_name", title(&wire.display_name));
    let zone = fields.take("site.time_zone", zone(&wire.time_zone));
    Some(Site {
        id: id?,
        version,
        name: name?,
        zone: zone?,
    })
}

/// A zone of the bundled IANA database, by the name it has there.
fn zone(name: &str) -> Result<TimeZone, &'static str> {
    let unknown = "must be an IANA time zone, such as Europe/London";
    let zone = TimeZone::get(name).map_err(|_| unknown)?;
    zone.iana_name().is_some().then_some(zone).ok_or(unknown)
}

pub(in crate::grpc) fn to_theatre(
    fields: &mut Fields,
    id: Option<TheatreId>,
    version: Version,
    wire: &v1::Theatre,
) -> Option<Theatre> {
    let site = fields.take("theatre.site", parse(&wire.site));
    let name = fields.take("theatre.display_name", title(&wire.display_name));
    let state = match wire.state {
        0 => Some(booking_domain::TheatreState::Open),
        state => fields.take("theatre.state", word(state)),
    };
    let capabilities = fields.set(
        "theatre.capabilities",
        &wire.capabilities,
        Capability::parse,
    );
    let turnover_min = fields.take("theatre.turnover_min", minutes(wire.turnover_min));
    let opening = fields.list(
        "theatre.opening_rules",
        &wire.opening_rules,
        to_opening_rule,
    );
    Some(Theatre {
        id: id?,
        version,
        site: site?,
        name: name?,
        list_order: wire.list_order,
        state: state?,
        capabilities: capabilities?,
        turnover_min: turnover_min?,
        opening: opening?,
    })
}

fn to_opening_rule(wire: &v1::OpeningRule) -> Result<OpeningRule, &'static str> {
    Ok(OpeningRule {
        weekday: weekday(wire.weekday)?,
        open_minute: minute_of_day(wire.open_minute)?,
        close_minute: minute_of_day(wire.close_minute)?,
    })
}

/// `placeholder`: only an import makes staff that stand for nobody, so it is never read.
pub(in crate::grpc) fn to_staff(
    fields: &mut Fields,
    id: Option<StaffId>,
    version: Version,
    placeholder: bool,
    wire: &v1::Staff,
) -> Option<Staff> {
    let name = fields.take("staff.display_name", title(&wire.display_name));
    let roles = fields.list("staff.roles", &wire.roles, |role| word(*role));
    let specialty = fields.take(
        "staff.specialty",
        unless_empty(&wire.specialty, Specialty::parse),
    );
    let mut roles = roles?;
    roles.sort();
    roles.dedup();
    Some(Staff {
        id: id?,
        version,
        name: name?,
        roles,
        specialty: specialty?,
        retired: wire.retired,
        placeholder,
    })
}

pub(in crate::grpc) fn to_unit(
    fields: &mut Fields,
    id: Option<UnitId>,
    version: Version,
    wire: &v1::EquipmentUnit,
) -> Option<EquipmentUnit> {
    let kind = fields.take("equipment_unit.kind", EquipmentKind::parse(&wire.kind));
    let name = fields.take("equipment_unit.display_name", title(&wire.display_name));
    let reprocess_min = fields.take("equipment_unit.reprocess_min", minutes(wire.reprocess_min));
    Some(EquipmentUnit {
        id: id?,
        version,
        kind: kind?,
        name: name?,
        reprocess_min: reprocess_min?,
        retired: wire.retired,
    })
}

pub(in crate::grpc) fn to_procedure_type(
    fields: &mut Fields,
    id: Option<ProcedureTypeId>,
    version: Version,
    wire: &v1::ProcedureType,
) -> Option<ProcedureType> {
    let name = fields.take("procedure_type.display_name", title(&wire.display_name));
    let specialty = fields.take(
        "procedure_type.specialty",
        unless_empty(&wire.specialty, Specialty::parse),
    );
    let footprint = fields.take(
        "procedure_type.default_durations",
        to_footprint(wire.default_durations.as_ref()),
    );
    let required_capabilities = fields.set(
        "procedure_type.required_capabilities",
        &wire.required_capabilities,
        Capability::parse,
    );
    let required_kinds = fields.set(
        "procedure_type.required_equipment_kinds",
        &wire.required_equipment_kinds,
        EquipmentKind::parse,
    );
    Some(ProcedureType {
        id: id?,
        version,
        name: name?,
        specialty: specialty?,
        footprint: footprint?,
        required_capabilities: required_capabilities?,
        required_kinds: required_kinds?,
        laterality_required: wire.laterality_required,
        retired: wire.retired,
    })
}

/// How long a case takes its theatre for; it must be given.
pub(in crate::grpc) fn to_footprint(wire: Option<&v1::Durations>) -> Result<Footprint, String> {
    let wire = wire.ok_or("must be given")?;
    let setup = minutes(wire.setup_min)?;
    let procedure = minutes(wire.procedure_min)?;
    let cleanup = minutes(wire.cleanup_min)?;
    Footprint::new(setup, procedure, cleanup).map_err(|why| why.to_string())
}

pub(in crate::grpc) fn to_reason(
    fields: &mut Fields,
    code: Option<ReasonCode>,
    version: Version,
    wire: &v1::Reason,
) -> Option<Reason> {
    let name = fields.take("reason.display_name", title(&wire.display_name));
    let group = fields.take("reason.group", word(wire.group));
    let fhir_code = line(&wire.fhir_code).and_then(|code| {
        let long = code.chars().count() > MAX_CODE_CHARS;
        let problem = || format!("has more than {MAX_CODE_CHARS} characters");
        (!long).then_some(code).ok_or_else(problem)
    });
    let fhir_code = fields.take("reason.fhir_code", fhir_code);
    Some(Reason {
        code: code?,
        version,
        name: name?,
        group: group?,
        avoidable: wire.avoidable,
        fhir_code: fhir_code?,
        retired: wire.retired,
    })
}

pub(in crate::grpc) fn to_unavailability(
    fields: &mut Fields,
    id: UnavailabilityId,
    wire: &v1::Unavailability,
) -> Option<Unavailability> {
    let subject = fields.take("unavailability.subject", to_subject(&wire.subject));
    let (start, end) = (wire.start_time.as_ref(), wire.end_time.as_ref());
    let range = fields.range("unavailability.", start, end, minute);
    let reason = fields.take("unavailability.reason", title(&wire.reason));
    Some(Unavailability {
        id,
        version: 1,
        subject: subject?,
        range: range?,
        reason: reason?,
    })
}

/// What a closure or an absence is of.
pub(in crate::grpc) fn to_subject(wire: &str) -> Result<Subject, names::NameError> {
    let is = |collection| wire.split('/').next() == Some(collection);
    if is(StaffId::COLLECTION) {
        parse(wire).map(Subject::Staff)
    } else if is(UnitId::COLLECTION) {
        parse(wire).map(Subject::Unit)
    } else {
        parse(wire).map(Subject::Theatre)
    }
}

/// The id that a caller chose for something new, or one of ours.
pub(in crate::grpc) fn chosen_id<T: Named>(
    fields: &mut Fields,
    field: &str,
    text: &str,
    ours: impl FnOnce() -> String,
) -> Option<T> {
    let ours = if text.is_empty() {
        ours()
    } else {
        String::new()
    };
    let text = if text.is_empty() { &ours } else { text };
    fields.take(field, T::from_text(text))
}
