//! Who stands in which theatre for a day: nobody in two.

use std::collections::BTreeSet;

use booking_domain::{
    Anaesthesia, Session, SessionOwner, Specialty, StaffId, TeamMember, TeamRole,
};

use crate::{
    addition::Demo,
    catalogue::id,
    chance::Chance,
    procedures::{PROCEDURES, Procedure},
};

/// Who stands in a theatre for a day.
#[derive(Debug)]
pub(crate) struct Crew {
    surgeons: Vec<StaffId>,
    anaesthetist: StaffId,
    scrub: StaffId,
    circulating: StaffId,
}

/// Whoever has nothing to do yet on a day.
#[derive(Debug)]
pub(crate) struct AtWork(pub(crate) Vec<StaffId>);

impl AtWork {
    /// People for one theatre and a day, who then have something to do; `None` when too few are left.
    pub(crate) fn crew(
        &mut self,
        demo: &Demo,
        session: &Session,
        chance: &mut Chance,
    ) -> Option<Crew> {
        let specialties = match &session.owner {
            // Two in turn.
            SessionOwner::Specialty(specialty) => vec![specialty.clone(); 2],
            // A mixed list has a surgeon of each specialty.
            _ => mixed(),
        };
        let mut surgeon =
            |of: &Specialty| self.take(demo, TeamRole::PrimarySurgeon, Some(of), chance);
        let surgeons: Vec<StaffId> = specialties.iter().filter_map(&mut surgeon).collect();
        if surgeons.is_empty() {
            return None;
        }
        Some(Crew {
            surgeons,
            anaesthetist: self.take(demo, TeamRole::Anaesthetist, None, chance)?,
            scrub: self.take(demo, TeamRole::ScrubNurse, None, chance)?,
            circulating: self.take(demo, TeamRole::CirculatingNurse, None, chance)?,
        })
    }

    fn take(
        &mut self,
        demo: &Demo,
        role: TeamRole,
        specialty: Option<&Specialty>,
        chance: &mut Chance,
    ) -> Option<StaffId> {
        let fit = |id: &&StaffId| {
            let person = demo.hospital.staff.get(*id);
            person.is_some_and(|person| {
                person.roles.contains(&role)
                    && (specialty.is_none() || person.specialty.as_ref() == specialty)
            })
        };
        let fitting: Vec<StaffId> = self.0.iter().filter(fit).cloned().collect();
        if fitting.is_empty() {
            return None;
        }
        let chosen = chance.pick(&fitting).clone();
        self.0.retain(|id| *id != chosen);
        Some(chosen)
    }
}

/// The specialties of what may be on a list that is nobody's own.
fn mixed() -> Vec<Specialty> {
    let procedures = PROCEDURES.iter().filter(|it| it.day_case || it.emergency);
    let names: BTreeSet<&str> = procedures.map(|it| it.specialty).collect();
    names.into_iter().map(|name| id!(Specialty, name)).collect()
}

impl Crew {
    /// Whoever of the surgeons it is; without anaesthesia nobody for it.
    pub(crate) fn team(&self, procedure: &Procedure, chance: &mut Chance) -> Vec<TeamMember> {
        let member = |staff: &StaffId, role| TeamMember {
            staff: staff.clone(),
            role,
        };
        let mut team = vec![
            member(chance.pick(&self.surgeons), TeamRole::PrimarySurgeon),
            member(&self.scrub, TeamRole::ScrubNurse),
            member(&self.circulating, TeamRole::CirculatingNurse),
        ];
        if !matches!(
            procedure.anaesthesia,
            Anaesthesia::Local | Anaesthesia::None
        ) {
            team.push(member(&self.anaesthetist, TeamRole::Anaesthetist));
        }
        team
    }
}
