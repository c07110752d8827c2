//! Who stands in which theatre for a day: nobody in two.

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
        let specialty = match &session.owner {
            SessionOwner::Specialty(specialty) => Some(specialty.clone()),
            _ => None,
        };
        // A mixed list has a surgeon of each specialty, the others two in turn.
        let mut surgeons = Vec::new();
        match specialty {
            Some(specialty) => {
                let of = [Some(&specialty); 2];
                surgeons.extend(of.into_iter().filter_map(|specialty| {
                    self.take(demo, TeamRole::PrimarySurgeon, specialty, chance)
                }));
            }
            None => {
                let mut wanted: Vec<&str> = PROCEDURES
                    .iter()
                    .filter(|each| each.day_case || each.emergency)
                    .map(|each| each.specialty)
                    .collect();
                wanted.sort_unstable();
                wanted.dedup();
                for specialty in wanted {
                    let specialty = id!(Specialty, specialty);
                    surgeons.extend(self.take(
                        demo,
                        TeamRole::PrimarySurgeon,
                        Some(&specialty),
                        chance,
                    ));
                }
            }
        }
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
