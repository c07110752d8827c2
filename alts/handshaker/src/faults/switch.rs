//! What is switched on now, machine by machine.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Mutex as AsyncMutex;

use super::Plan;
use crate::handshake::{HandshakeCredential, MachineName};

/// One machine's faults.
#[derive(Debug, Default)]
pub struct FaultSwitch {
    plan: Mutex<Arc<Plan>>,
    /// A wrong credential, made once per plan: "revoked" puts an id on a list.
    pub(crate) credential: AsyncMutex<Option<(Arc<Plan>, Arc<HandshakeCredential>)>>,
}

impl FaultSwitch {
    /// What goes wrong now.
    pub fn plan(&self) -> Arc<Plan> {
        Arc::clone(&self.plan.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From the next handshake on.
    pub fn set(&self, plan: Plan) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(plan);
    }
}

/// The machines of one process.
#[derive(Clone, Debug, Default)]
pub struct Switches(Arc<BTreeMap<MachineName, Arc<FaultSwitch>>>);

impl Switches {
    /// Nothing goes wrong on these yet.
    pub fn of(machines: impl IntoIterator<Item = MachineName>) -> Self {
        let switch = |machine| (machine, Arc::default());
        Self(Arc::new(machines.into_iter().map(switch).collect()))
    }

    /// One machine's.
    pub fn get(&self, machine: &str) -> Option<&Arc<FaultSwitch>> {
        self.iter()
            .find(|(name, _)| name.as_ref() == machine)
            .map(|(_, switch)| switch)
    }

    /// In order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&MachineName, &Arc<FaultSwitch>)> {
        self.0.iter()
    }
}
