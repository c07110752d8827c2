//! Sites, theatres, staff, equipment, procedure types, reasons, closures and absences.

use booking_domain::{
    Capability, EquipmentKind, EquipmentUnit, Footprint, OpeningRule, ProcedureType, Reason, Site,
    Specialty, Staff, StaffId, Subject, Theatre, TheatreState, Unavailability, UnitId,
};
use booking_proto::ot::v1;
use jiff::tz::TimeZone;

use super::{
    super::fields::Fields,
    item::{ItemMessage, Known},
    values::{
        line, minute, minute_of_day, minutes, text, texts, timestamp, title, unless_empty, weekday,
    },
    words::{number, word},
};
use crate::names::{NameError, Named, etag, name, parse};

/// The longest FHIR code, in characters.
const MAX_CODE_CHARS: usize = 64;

impl ItemMessage for v1::Site {
    type Item = Site;

    fn of(site: &Site) -> Self {
        Self {
            name: name(&site.id),
            display_name: site.name.clone(),
            time_zone: site.zone.iana_name().unwrap_or("UTC").to_owned(),
            etag: etag(site.version),
        }
    }

    fn read(&self, fields: &mut Fields, known: Known<'_, Site>) -> Option<Site> {
        let name = fields.take("site.display_name", title(&self.display_name));
        let zone = fields.take("site.time_zone", zone(&self.time_zone));
        Some(Site {
            id: known.id?,
            version: 1,
            name: name?,
            zone: zone?,
        })
    }
}

/// A zone of the bundled IANA database, by the name it has there.
fn zone(name: &str) -> Result<TimeZone, &'static str> {
    let unknown = "must be an IANA time zone, such as Europe/London";
    let zone = TimeZone::get(name).map_err(|_| unknown)?;
    zone.iana_name().is_some().then_some(zone).ok_or(unknown)
}

impl ItemMessage for v1::Theatre {
    type Item = Theatre;

    fn of(theatre: &Theatre) -> Self {
        let opening_rule = |rule: &OpeningRule| v1::OpeningRule {
            weekday: rule.weekday.to_monday_one_offset().into(),
            open_minute: rule.open_minute.into(),
            close_minute: rule.close_minute.into(),
        };
        Self {
            name: name(&theatre.id),
            site: name(&theatre.site),
            display_name: theatre.name.clone(),
            list_order: theatre.list_order,
            state: number(theatre.state),
            capabilities: texts(&theatre.capabilities),
            turnover_min: theatre.turnover_min.into(),
            opening_rules: theatre.opening.iter().map(opening_rule).collect(),
            etag: etag(theatre.version),
        }
    }

    fn read(&self, fields: &mut Fields, known: Known<'_, Theatre>) -> Option<Theatre> {
        let site = fields.take("theatre.site", parse(&self.site));
        let name = fields.take("theatre.display_name", title(&self.display_name));
        let state = match self.state {
            0 => Some(TheatreState::Open),
            state => fields.take("theatre.state", word(state)),
        };
        let capabilities = &self.capabilities;
        let capabilities = fields.set("theatre.capabilities", capabilities, Capability::parse);
        let turnover_min = fields.take("theatre.turnover_min", minutes(self.turnover_min));
        let opening = fields.list("theatre.opening_rules", &self.opening_rules, opening_rule);
        Some(Theatre {
            id: known.id?,
            version: 1,
            site: site?,
            name: name?,
            list_order: self.list_order,
            state: state?,
            capabilities: capabilities?,
            turnover_min: turnover_min?,
            opening: opening?,
        })
    }
}

fn opening_rule(wire: &v1::OpeningRule) -> Result<OpeningRule, &'static str> {
    Ok(OpeningRule {
        weekday: weekday(wire.weekday)?,
        open_minute: minute_of_day(wire.open_minute)?,
        close_minute: minute_of_day(wire.close_minute)?,
    })
}

impl ItemMessage for v1::Staff {
    type Item = Staff;

    fn of(staff: &Staff) -> Self {
        Self {
            name: name(&staff.id),
            display_name: staff.name.clone(),
            roles: staff.roles.iter().map(|role| number(*role)).collect(),
            specialty: text(staff.specialty.as_ref()),
            retired: staff.retired,
            etag: etag(staff.version),
            placeholder: staff.placeholder,
        }
    }

    fn read(&self, fields: &mut Fields, known: Known<'_, Staff>) -> Option<Staff> {
        let name = fields.take("staff.display_name", title(&self.display_name));
        let roles = fields.list("staff.roles", &self.roles, |role| word(*role));
        let specialty = unless_empty(&self.specialty, Specialty::parse);
        let specialty = fields.take("staff.specialty", specialty);
        let mut roles = roles?;
        roles.sort();
        roles.dedup();
        Some(Staff {
            id: known.id?,
            version: 1,
            name: name?,
            roles,
            specialty: specialty?,
            retired: self.retired,
            // Only an import makes staff that stand for nobody.
            placeholder: known.before.is_some_and(|it| it.placeholder),
        })
    }
}

impl ItemMessage for v1::EquipmentUnit {
    type Item = EquipmentUnit;

    fn of(unit: &EquipmentUnit) -> Self {
        Self {
            name: name(&unit.id),
            kind: unit.kind.to_string(),
            display_name: unit.name.clone(),
            reprocess_min: unit.reprocess_min.into(),
            retired: unit.retired,
            etag: etag(unit.version),
        }
    }

    fn read(&self, fields: &mut Fields, known: Known<'_, EquipmentUnit>) -> Option<EquipmentUnit> {
        let kind = fields.take("equipment_unit.kind", EquipmentKind::parse(&self.kind));
        let name = fields.take("equipment_unit.display_name", title(&self.display_name));
        let reprocess_min = minutes(self.reprocess_min);
        let reprocess_min = fields.take("equipment_unit.reprocess_min", reprocess_min);
        Some(EquipmentUnit {
            id: known.id?,
            version: 1,
            kind: kind?,
            name: name?,
            reprocess_min: reprocess_min?,
            retired: self.retired,
        })
    }
}

impl ItemMessage for v1::ProcedureType {
    type Item = ProcedureType;

    fn of(kind: &ProcedureType) -> Self {
        Self {
            name: name(&kind.id),
            display_name: kind.name.clone(),
            specialty: text(kind.specialty.as_ref()),
            default_durations: Some(durations(kind.footprint)),
            required_capabilities: texts(&kind.required_capabilities),
            required_equipment_kinds: texts(&kind.required_kinds),
            laterality_required: kind.laterality_required,
            retired: kind.retired,
            etag: etag(kind.version),
        }
    }

    fn read(&self, fields: &mut Fields, known: Known<'_, ProcedureType>) -> Option<ProcedureType> {
        let at = |field: &str| format!("procedure_type.{field}");
        let name = fields.take(at("display_name"), title(&self.display_name));
        let specialty = unless_empty(&self.specialty, Specialty::parse);
        let specialty = fields.take(at("specialty"), specialty);
        let footprint = to_footprint(self.default_durations.as_ref());
        let footprint = fields.take(at("default_durations"), footprint);
        let capabilities = &self.required_capabilities;
        let capabilities = fields.set(
            &at("required_capabilities"),
            capabilities,
            Capability::parse,
        );
        let kinds = &self.required_equipment_kinds;
        let kinds = fields.set(&at("required_equipment_kinds"), kinds, EquipmentKind::parse);
        Some(ProcedureType {
            id: known.id?,
            version: 1,
            name: name?,
            specialty: specialty?,
            footprint: footprint?,
            required_capabilities: capabilities?,
            required_kinds: kinds?,
            laterality_required: self.laterality_required,
            retired: self.retired,
        })
    }
}

pub(in crate::grpc) fn durations(footprint: Footprint) -> v1::Durations {
    v1::Durations {
        setup_min: footprint.setup_min().into(),
        procedure_min: footprint.procedure_min().into(),
        cleanup_min: footprint.cleanup_min().into(),
    }
}

/// How long a case takes its theatre for; it must be given.
pub(in crate::grpc) fn to_footprint(wire: Option<&v1::Durations>) -> Result<Footprint, String> {
    let wire = wire.ok_or("must be given")?;
    let setup = minutes(wire.setup_min)?;
    let procedure = minutes(wire.procedure_min)?;
    let cleanup = minutes(wire.cleanup_min)?;
    Footprint::new(setup, procedure, cleanup).map_err(|why| why.to_string())
}

impl ItemMessage for v1::Reason {
    type Item = Reason;

    fn of(reason: &Reason) -> Self {
        Self {
            name: name(&reason.code),
            display_name: reason.name.clone(),
            group: number(reason.group),
            avoidable: reason.avoidable,
            fhir_code: reason.fhir_code.clone(),
            retired: reason.retired,
            etag: etag(reason.version),
        }
    }

    fn read(&self, fields: &mut Fields, known: Known<'_, Reason>) -> Option<Reason> {
        let name = fields.take("reason.display_name", title(&self.display_name));
        let group = fields.take("reason.group", word(self.group));
        let fhir_code = line(&self.fhir_code).and_then(|code| {
            let long = code.chars().count() > MAX_CODE_CHARS;
            let problem = || format!("has more than {MAX_CODE_CHARS} characters");
            (!long).then_some(code).ok_or_else(problem)
        });
        let fhir_code = fields.take("reason.fhir_code", fhir_code);
        Some(Reason {
            code: known.id?,
            version: 1,
            name: name?,
            group: group?,
            avoidable: self.avoidable,
            fhir_code: fhir_code?,
            retired: self.retired,
        })
    }
}

impl ItemMessage for v1::Unavailability {
    type Item = Unavailability;

    fn of(unavailability: &Unavailability) -> Self {
        Self {
            name: name(&unavailability.id),
            subject: match &unavailability.subject {
                Subject::Theatre(id) => name(id),
                Subject::Staff(id) => name(id),
                Subject::Unit(id) => name(id),
            },
            start_time: Some(timestamp(unavailability.range.start())),
            end_time: Some(timestamp(unavailability.range.end())),
            reason: unavailability.reason.clone(),
            etag: etag(unavailability.version),
        }
    }

    fn read(&self, fields: &mut Fields, known: Known<'_, Self::Item>) -> Option<Self::Item> {
        let subject = fields.take("unavailability.subject", to_subject(&self.subject));
        let (start, end) = (self.start_time.as_ref(), self.end_time.as_ref());
        let range = fields.range("unavailability.", start, end, minute);
        let reason = fields.take("unavailability.reason", title(&self.reason));
        Some(Unavailability {
            id: known.id?,
            version: 1,
            subject: subject?,
            range: range?,
            reason: reason?,
        })
    }
}

/// What a closure or an absence is of.
pub(in crate::grpc) fn to_subject(wire: &str) -> Result<Subject, NameError> {
    let is = |collection| wire.split('/').next() == Some(collection);
    if is(StaffId::COLLECTION) {
        parse(wire).map(Subject::Staff)
    } else if is(UnitId::COLLECTION) {
        parse(wire).map(Subject::Unit)
    } else {
        parse(wire).map(Subject::Theatre)
    }
}
