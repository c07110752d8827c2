//! The fields of a case as forms have them: how each is called and typed, and what it is in the
//! contract. One table; a new field is one row of it.

use booking_proto::{
    contract::{
        limits::MAX_ID_CHARS,
        resource::{PATIENTS, name, shown_id},
    },
    ot::v1::{
        Anaesthesia, Case, Durations, Laterality, ProcedureType, Staff, TeamMember, TeamRole,
        Urgency,
    },
};

use crate::{
    pages::{
        field::{Choice, Field, Kind},
        fields::{Fields, Form},
    },
    view::wording::{self, URGENCIES},
};

/// One field of a case.
#[derive(Clone, Copy)]
pub(super) struct CaseField {
    /// In forms; for most fields also the last part of its path in the contract.
    pub(super) name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: Value,
    needed: Needed,
    /// Where it stands on the page for a new case.
    pub(super) part: Part,
    /// Its path in an update's mask; empty for what is entered once.
    path: &'static str,
}

/// What is typed, and where in a case it stands.
#[derive(Clone, Copy)]
enum Value {
    Line(fn(&mut Case) -> &mut String),
    Text(fn(&mut Case) -> &mut String),
    /// A whole number, at least and at most.
    Number(fn(&mut Case) -> &mut i32, i32, i32),
    /// One of an enumeration's values.
    One(fn(&mut Case) -> &mut i32, fn() -> Vec<(i32, Choice)>),
    Patient,
    /// A procedure's type.
    Type,
    /// Who is in the team in this role.
    Member(TeamRole),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needed {
    Always,
    /// A new case has it; whoever edits one may not see it, and then leaves it empty.
    AtFirst,
    Never,
}

/// The parts of the page for a new case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    What,
    HowLong,
    Who,
}

/// What there is to choose from.
#[derive(Default)]
pub(super) struct Known {
    pub(super) types: Vec<ProcedureType>,
    pub(super) staff: Vec<Staff>,
}

/// All of them, in the order in which they are asked.
pub(super) const FIELDS: [CaseField; 15] = {
    use Part::{What, Who};
    use Value::{Line, Member, Number, One, Patient, Text, Type};
    [
        new(What, Patient)
            .called("patient", "Patient number")
            .hint("For example PT-1204"),
        new(What, Type)
            .called("procedure_type", "Kind of procedure")
            .optional(),
        new(What, Line(|case| &mut case.procedure))
            .called("procedure", "Procedure in words")
            .edited("procedure"),
        new(What, One(|case| &mut case.laterality, lateralities))
            .called("laterality", "Side")
            .edited("laterality"),
        new(What, Line(|case| &mut case.condition))
            .called("condition", "Condition")
            .at_first()
            .hint("What it is done for")
            .edited("condition"),
        new(What, One(|case| &mut case.urgency, urgencies))
            .called("urgency", "Urgency")
            .edited("urgency"),
        new(What, One(|case| &mut case.anaesthesia, anaesthesias))
            .called("anaesthesia", "Anaesthesia")
            .edited("anaesthesia"),
        new(What, Line(|case| &mut case.specialty))
            .called("specialty", "Specialty")
            .optional(),
        minutes(0, 480, |case| &mut durations(case).setup_min)
            .called("setup_min", "Setup, minutes"),
        minutes(1, 1200, |case| &mut durations(case).procedure_min)
            .called("procedure_min", "Procedure, minutes"),
        minutes(0, 480, |case| &mut durations(case).cleanup_min)
            .called("cleanup_min", "Cleanup, minutes"),
        new(Who, Member(TeamRole::PrimarySurgeon)).called("surgeon", "Surgeon"),
        new(Who, Member(TeamRole::Anaesthetist))
            .called("anaesthetist", "Anaesthetist")
            .optional(),
        new(Who, Text(|case| &mut case.notes))
            .called("notes", "Notes")
            .optional()
            .edited("notes"),
        new(Who, Number(|case| &mut case.blood_units, 0, 20))
            .called("blood_units", "Blood, units")
            .optional()
            .edited("blood_units"),
    ]
};

const fn new(part: Part, value: Value) -> CaseField {
    CaseField {
        name: "",
        label: "",
        hint: "",
        value,
        needed: Needed::Always,
        part,
        path: "",
    }
}

const fn minutes(least: i32, most: i32, at: fn(&mut Case) -> &mut i32) -> CaseField {
    new(Part::HowLong, Value::Number(at, least, most)).edited("durations")
}

fn durations(case: &mut Case) -> &mut Durations {
    case.durations.get_or_insert_default()
}

/// Those that an update may change.
pub(super) fn edited() -> impl Iterator<Item = CaseField> {
    FIELDS.into_iter().filter(|field| !field.path.is_empty())
}

/// The mask of an update with all of them.
pub(super) fn mask() -> Vec<String> {
    let mut paths: Vec<_> = edited().map(|field| field.path.to_owned()).collect();
    paths.dedup();
    paths
}

impl CaseField {
    const fn called(self, name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            label,
            ..self
        }
    }

    const fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    const fn optional(self) -> Self {
        let needed = Needed::Never;
        Self { needed, ..self }
    }

    const fn at_first(self) -> Self {
        let needed = Needed::AtFirst;
        Self { needed, ..self }
    }

    const fn edited(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    /// As a form shows it, with what was typed and what is wrong with that.
    pub(super) fn shown(self, known: &Known, form: &Form) -> Field {
        let types = || {
            let offered = known.types.iter().filter(|one| !one.retired);
            offered.map(|one| Choice::new(&one.name, &one.display_name))
        };
        let staff = |role: TeamRole| {
            let able = move |one: &&Staff| !one.retired && one.roles().any(|can| can == role);
            let able = known.staff.iter().filter(able);
            able.map(|one| Choice::new(&one.name, &one.display_name))
        };
        let kind = match self.value {
            Value::Line(_) | Value::Patient => Kind::Line,
            Value::Text(_) => Kind::Text,
            Value::Number(..) => Kind::Number,
            Value::One(_, all) => Kind::Choice(all().into_iter().map(|(_, one)| one).collect()),
            Value::Type => Kind::or_none("None of these", types()),
            Value::Member(role) => Kind::or_none("Nobody yet", staff(role)),
        };
        let mut field = Field::line(self.name, self.label).hint(self.hint);
        field.required = self.needed != Needed::Never;
        field.kind(kind).typed(form)
    }

    /// What somebody would have typed for this case.
    pub(super) fn of(self, case: &Case) -> String {
        let mut case = case.clone();
        match self.value {
            Value::Line(at) | Value::Text(at) => at(&mut case).clone(),
            Value::Number(at, ..) => at(&mut case).to_string(),
            Value::One(at, all) => {
                let value = *at(&mut case);
                let found = all().into_iter().find(|(one, _)| *one == value);
                found.map(|(_, choice)| choice.value).unwrap_or_default()
            }
            Value::Patient => shown_id(&case.patient),
            Value::Type => case.procedure_type,
            Value::Member(role) => {
                let found = case.team.into_iter().find(|one| one.role() == role);
                found.map(|member| member.staff).unwrap_or_default()
            }
        }
    }

    /// Puts what was typed into the case.
    fn read(self, form: &mut Form, entered: bool, case: &mut Case) {
        let needed = match self.needed {
            Needed::Always => true,
            Needed::AtFirst => entered,
            Needed::Never => false,
        };
        match self.value {
            Value::Line(at) => *at(case) = form.line(self.name, needed),
            Value::Text(at) => *at(case) = form.text(self.name),
            Value::Number(..) if !needed && !form.has(self.name) => {}
            Value::Number(at, least, most) => *at(case) = form.number(self.name, least..=most),
            Value::One(at, all) => {
                let chosen = form.get(self.name);
                match all().into_iter().find(|(_, one)| one.value == chosen) {
                    Some((value, _)) => *at(case) = value,
                    None => form.complain(self.name, "Choose one of these."),
                }
            }
            Value::Patient => {
                form.short(self.name, MAX_ID_CHARS);
                case.patient = name(PATIENTS, &form.line(self.name, needed));
            }
            Value::Type => case.procedure_type = form.own(self.name),
            Value::Member(role) if form.has(self.name) => case.team.push(TeamMember {
                staff: form.own(self.name),
                role: role.into(),
            }),
            Value::Member(_) => {}
        }
    }
}

/// A case as the form for changing it would have it.
pub(super) fn typed(case: &Case) -> Fields {
    Fields::default().or(edited().map(|field| (field.name, field.of(case))))
}

/// What was typed for a new case, or, where it is not `entered`, for one that is changed.
pub(super) fn read(form: &mut Form, entered: bool) -> Case {
    let mut case = Case::default();
    let asked = FIELDS.into_iter();
    for field in asked.filter(|field| entered || !field.path.is_empty()) {
        field.read(form, entered, &mut case);
    }
    case
}

fn lateralities() -> Vec<(i32, Choice)> {
    let all = [
        (Laterality::NotApplicable, "Not applicable"),
        (Laterality::Left, "Left"),
        (Laterality::Right, "Right"),
        (Laterality::Bilateral, "Both sides"),
    ];
    all.map(|(one, label)| (one.into(), Choice::new(one.as_str_name(), label)))
        .to_vec()
}

pub(crate) fn urgencies() -> Vec<(i32, Choice)> {
    let label = |one| wording::urgency(one).word;
    let choice = |one: Urgency| (one.into(), Choice::new(one.as_str_name(), label(one)));
    URGENCIES.map(choice).to_vec()
}

fn anaesthesias() -> Vec<(i32, Choice)> {
    use Anaesthesia::{General, Local, None, Regional, Sedation};
    let label = wording::anaesthesia;
    let choice = |one: Anaesthesia| (one.into(), Choice::new(one.as_str_name(), label(one)));
    [General, Regional, Sedation, Local, None]
        .map(choice)
        .to_vec()
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
