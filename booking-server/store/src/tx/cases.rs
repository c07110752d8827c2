//! Cases, with their teams, units and claims.

use booking_domain::{Case, CaseId, Claim, TeamMember, UnitId};

use super::{seal::ROWS_PER_INSERT, transaction::Tx};
use crate::{
    ChangeKind, PlannedSlot, StoreError,
    db::{Column as _, Sql},
    rows,
};

/// A case as it was, as it shall be, and what it then holds.
#[derive(Clone, Copy, Debug)]
pub struct CaseUpdate<'a> {
    /// As it was read in this transaction.
    pub before: &'a Case,
    /// As it shall be.
    pub after: &'a Case,
    /// What it then holds; counts only while `after` holds its resources.
    pub claims: &'a [Claim],
}

impl Tx {
    /// Adds a case with what it holds; the claims count only while the case holds its resources.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exists`], [`StoreError::Overlap`], or what the database says.
    pub async fn insert_case(&mut self, case: &Case, claims: &[Claim]) -> Result<(), StoreError> {
        self.add("a case of this number", rows::case::put(case, None))
            .await?;
        self.insert_team(case).await?;
        self.insert_units(case).await?;
        self.take(&[(case, claims)]).await?;
        self.changed(ChangeKind::Case, case.id.as_str(), None, planned(case));
        Ok(())
    }

    /// Replaces a case and all it holds, and gives it as it is kept: one version on.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`], [`StoreError::Overlap`], or what the database says.
    pub async fn update_case(
        &mut self,
        before: &Case,
        after: &Case,
        claims: &[Claim],
    ) -> Result<Case, StoreError> {
        let update = CaseUpdate {
            before,
            after,
            claims,
        };
        let kept = self.update_cases(&[update]).await?;
        Ok(kept.into_iter().next().expect("one update keeps one case"))
    }

    /// Replaces several at once: all they held is let go before anything is taken, so that two may
    /// swap. Gives them as they are kept, in the order they came.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`], [`StoreError::Overlap`], or what the database says.
    pub async fn update_cases(
        &mut self,
        updates: &[CaseUpdate<'_>],
    ) -> Result<Vec<Case>, StoreError> {
        let held = updates.iter().map(|update| update.before);
        let held = held.filter(|before| before.state.holds());
        let held: Vec<&CaseId> = held.map(|before| &before.id).collect();
        self.let_go(&held).await?;
        let mut kept = Vec::with_capacity(updates.len());
        for update in updates {
            let after = Case {
                version: update.before.version + 1,
                ..update.after.clone()
            };
            self.replace(
                "the case",
                rows::case::put(&after, Some(update.before.version)),
            )
            .await?;
            self.replace_team(update.before, &after).await?;
            self.changed(
                ChangeKind::Case,
                after.id.as_str(),
                planned(update.before),
                planned(&after),
            );
            kept.push(after);
        }
        let taken: Vec<_> = kept
            .iter()
            .zip(updates)
            .map(|(after, update)| (after, update.claims))
            .collect();
        self.take(&taken).await?;
        Ok(kept)
    }

    /// Frees what these cases held.
    async fn let_go(&mut self, cases: &[&CaseId]) -> Result<(), StoreError> {
        for some in cases.chunks(ROWS_PER_INSERT) {
            let mut sql = Sql::new("delete from occupancy where case_id in ");
            sql.list(some.iter().map(|case| case.as_str()));
            self.write(sql).await?;
        }
        Ok(())
    }

    /// Takes what these cases claim, those of them that hold anything.
    async fn take(&mut self, cases: &[(&Case, &[Claim])]) -> Result<(), StoreError> {
        let holding = cases.iter().filter(|(case, _)| case.state.holds());
        let taken = holding.flat_map(|(case, claims)| claims.iter().map(|claim| (&case.id, claim)));
        let row = |(case, claim): (&CaseId, &Claim)| {
            let mut values = case.values();
            claim.write(&mut values);
            values
        };
        let columns = "case_id, kind, resource, start_us, end_us";
        let rows = taken.map(row).collect();
        self.insert("occupancy", columns, rows, "").await
    }

    async fn replace_team(&mut self, before: &Case, after: &Case) -> Result<(), StoreError> {
        if before.details.team != after.details.team {
            let sql = Sql::new("delete from case_team where case_id = $1");
            self.write(sql.bind(after.id.as_str())).await?;
            self.insert_team(after).await?;
        }
        if before.details.units != after.details.units {
            let sql = Sql::new("delete from case_unit where case_id = $1");
            self.write(sql.bind(after.id.as_str())).await?;
            self.insert_units(after).await?;
        }
        Ok(())
    }

    async fn insert_team(&mut self, case: &Case) -> Result<(), StoreError> {
        let id = case.id.as_str();
        let member =
            |it: &TeamMember| vec![id.into(), it.staff.as_str().into(), it.role.as_str().into()];
        let rows = case.details.team.iter().map(member).collect();
        let columns = "case_id, staff_id, role";
        // Down twice for one thing is down for it.
        let end = " on conflict (case_id, staff_id, role) do nothing";
        self.insert("case_team", columns, rows, end).await
    }

    async fn insert_units(&mut self, case: &Case) -> Result<(), StoreError> {
        let unit = |unit: &UnitId| vec![case.id.as_str().into(), unit.as_str().into()];
        let rows = case.details.units.iter().map(unit).collect();
        let end = " on conflict (case_id, unit_id) do nothing";
        self.insert("case_unit", "case_id, unit_id", rows, end)
            .await
    }
}

/// Where and when a case is planned.
fn planned(case: &Case) -> Option<PlannedSlot> {
    let plan = case.plan.as_ref()?;
    Some(PlannedSlot {
        theatre: plan.theatre.clone(),
        range: case.planned_range()?,
    })
}
