//! Cases: by number, by condition, by day.

use booking_domain::{
    Case, CaseCondition, CaseId, CaseOrderKey, CaseQuery, CaseState, MAX_FOOTPRINT_MIN, PatientId,
    SortKey, StaffId, TeamRole, TheatreId, TimeRange,
};

use super::snapshot::Reads;
use crate::{
    Scope, StoreError,
    db::Sql,
    rows::{
        case::{SELECTED, read},
        values::urgency_number,
    },
};

/// The planned start for sorting; a case without a plan comes as if planned at the end of time.
/// The indexes are on these very words.
const START_KEY: &str = "coalesce(c.start_us, 253402207200999999)";

/// The target for sorting, likewise.
const TARGET_KEY: &str = "coalesce(c.target_at_us, 253402207200999999)";

/// The end of the planned footprint.
const END_US: &str = "c.start_us + (c.setup_min + c.procedure_min + c.cleanup_min) * 60000000";

const MAX_FOOTPRINT_US: i64 = MAX_FOOTPRINT_MIN as i64 * 60_000_000;

fn select() -> Sql {
    let mut sql = Sql::new("select ");
    sql.push(&SELECTED).push(" from surgical_case c where ");
    sql
}

impl Reads {
    /// A case by its number.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn case(&mut self, id: &CaseId) -> Result<Option<Case>, StoreError> {
        let mut sql = select();
        sql.push("c.id = ").arg(id.as_str());
        Ok(self.read_cases(sql).await?.pop())
    }

    /// Cases by the keys they were imported under, in no particular order; those that are not there
    /// are left out.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn cases_by_import_key(&mut self, keys: &[String]) -> Result<Vec<Case>, StoreError> {
        let mut sql = select();
        sql.push("c.import_key in ")
            .list(keys.iter().map(String::as_str));
        self.read_cases(sql).await
    }

    /// A page of the cases that are asked for.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn cases(&mut self, query: &CaseQuery) -> Result<Vec<Case>, StoreError> {
        self.read_cases(page(query)).await
    }

    /// Every case of `patient` in which `doctor` has a surgical role, in no particular order.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn cases_of(
        &mut self,
        patient: &PatientId,
        doctor: &StaffId,
    ) -> Result<Vec<Case>, StoreError> {
        let mut sql = select();
        sql.push("c.patient_id = ").arg(patient.as_str());
        sql.push(" and exists (select 1 from case_team d where d.case_id = c.id and d.staff_id = ");
        sql.arg(doctor.as_str()).push(" and d.role in ");
        sql.list(TeamRole::SURGICAL.map(TeamRole::as_str)).push(")");
        self.read_cases(sql).await
    }

    /// Every case whose planned footprint overlaps the range, cancelled ones included; by theatre,
    /// then start.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn day(&mut self, scope: &Scope, range: TimeRange) -> Result<Vec<Case>, StoreError> {
        self.read_cases(day(scope, range)).await
    }

    async fn read_cases(&mut self, sql: Sql) -> Result<Vec<Case>, StoreError> {
        self.rows(sql).await?.iter().map(read).collect()
    }
}

/// The question behind [`Reads::cases`].
pub(super) fn page(query: &CaseQuery) -> Sql {
    let mut sql = select();
    sql.push("true");
    let mut conditions = query.conditions.iter();
    let in_theatres = conditions.any(|condition| matches!(condition, CaseCondition::TheatreIn(_)));
    // With theatres, the index is by theatre and start; without, by the sort key.
    let start = if in_theatres { "c.start_us" } else { START_KEY };
    for condition in &query.conditions {
        sql.push(" and ");
        push_condition(&mut sql, condition, start);
    }
    push_after(&mut sql, query);
    push_order(&mut sql, query);
    sql
}

/// The question behind [`Reads::day`].
pub(super) fn day(scope: &Scope, range: TimeRange) -> Sql {
    let (start, end) = (range.start().as_microsecond(), range.end().as_microsecond());
    let mut sql = select();
    let key = match scope {
        Scope::All => START_KEY,
        Scope::These(theatres) => {
            sql.push("c.theatre_id in ");
            sql.list(theatres.iter().map(TheatreId::as_str))
                .push(" and ");
            "c.start_us"
        }
    };
    // No footprint is longer than a day: what began earlier is over.
    sql.push(key).push(" > ").arg(start - MAX_FOOTPRINT_US);
    sql.push(" and ").push(key).push(" < ").arg(end);
    sql.push(" and ").push(END_US).push(" > ").arg(start);
    sql.push(" order by c.theatre_id, c.start_us, c.id");
    sql
}

fn push_condition(sql: &mut Sql, condition: &CaseCondition, start: &str) {
    const IS_PLANNED: &str = " and c.start_us is not null";
    match condition {
        CaseCondition::StateIn(states) => {
            let states = states.iter().map(|state| state.as_str());
            sql.push("c.state in ").list(states)
        }
        CaseCondition::TheatreIn(theatres) => {
            let theatres = theatres.iter().map(TheatreId::as_str);
            sql.push("c.theatre_id in ").list(theatres)
        }
        CaseCondition::SessionIs(it) => sql.push("c.session_id = ").arg(it.as_str()),
        CaseCondition::PatientIs(it) => sql.push("c.patient_id = ").arg(it.as_str()),
        CaseCondition::StaffIs(staff) => {
            sql.push("c.id in (select d.case_id from case_team d where d.staff_id = ");
            sql.arg(staff.as_str()).push(")")
        }
        CaseCondition::UrgencyIn(urgencies) => {
            let urgencies = urgencies.iter().map(|urgency| urgency_number(*urgency));
            sql.push("c.urgency in ").list(urgencies)
        }
        CaseCondition::SpecialtyIs(it) => sql.push("c.specialty = ").arg(it.as_str()),
        // Before the end of time: whatever has no plan is not before anything.
        CaseCondition::StartFrom(at) => sql.push(start).push(" >= ").arg(*at).push(IS_PLANNED),
        CaseCondition::StartBefore(at) => sql.push(start).push(" < ").arg(*at).push(IS_PLANNED),
        CaseCondition::DecidedFrom(at) => sql.push("c.decided_at_us >= ").arg(*at),
        CaseCondition::DecidedBefore(at) => sql.push("c.decided_at_us < ").arg(*at),
        CaseCondition::TargetFrom(at) => sql.push("c.target_at_us >= ").arg(*at),
        CaseCondition::TargetBefore(at) => sql.push("c.target_at_us < ").arg(*at),
        CaseCondition::Waiting(waiting) => push_waiting(sql, *waiting),
        CaseCondition::TextContains(text) => {
            sql.push("c.search_text like ").arg(containing(text));
            sql.push(" escape '!'")
        }
    };
}

/// In the words of the partial index, which serves only queries that say the same.
fn push_waiting(sql: &mut Sql, waiting: bool) -> &mut Sql {
    let [requested, postponed] =
        [CaseState::Requested, CaseState::Postponed].map(CaseState::as_str);
    let is_in = if waiting { "in" } else { "not in" };
    sql.push(&format!("c.state {is_in} ('{requested}', '{postponed}')"))
}

/// A `like` pattern for texts that hold this one.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// The columns of an order; the id settles ties.
fn order_columns(key: CaseOrderKey) -> &'static [&'static str] {
    match key {
        CaseOrderKey::Start => &[START_KEY, "c.id"],
        CaseOrderKey::Decided => &["c.decided_at_us", "c.id"],
        CaseOrderKey::Waiting => &["c.urgency", TARGET_KEY, "c.decided_at_us", "c.id"],
    }
}

/// Beginning after the last case of the page before: columns are compared from left to right.
fn push_after(sql: &mut Sql, query: &CaseQuery) {
    let Some(after) = &query.after else {
        return;
    };
    let beyond = if query.order.descending { "<" } else { ">" };
    let columns = order_columns(query.order.key).join(", ");
    sql.push(&format!(" and ({columns}) {beyond} ("));
    match after.key {
        SortKey::Start(at) | SortKey::Decided(at) => sql.arg(at),
        SortKey::Waiting(urgency, target, decided) => {
            sql.arg(urgency_number(urgency)).push(", ");
            sql.arg(target).push(", ").arg(decided)
        }
    };
    sql.push(", ").arg(after.id.as_str()).push(")");
}

fn push_order(sql: &mut Sql, query: &CaseQuery) {
    let direction = if query.order.descending { " desc" } else { "" };
    for (index, column) in order_columns(query.order.key).iter().enumerate() {
        sql.push(if index == 0 { " order by " } else { ", " });
        sql.push(column).push(direction);
    }
    sql.push(" limit ").arg(query.limit);
}
