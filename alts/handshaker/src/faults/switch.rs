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
pub(crate) struct FaultSwitch {
    plan: Mutex<Arc<Plan>>,
    /// A wrong credential, made once per plan: "revoked" puts an id on a list.
    pub(crate) credential: AsyncMutex<Option<(Arc<Plan>, Arc<HandshakeCredential>)>>,
}

impl FaultSwitch {
    pub(crate) fn plan(&self) -> Arc<Plan> {
        Arc::clone(&self.plan.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, plan: Plan) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(plan);
    }
}

/// The machines of one process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Switches(Arc<BTreeMap<MachineName, Arc<FaultSwitch>>>);

impl Switches {
    pub(crate) fn of(machines: impl IntoIterator<Item = MachineName>) -> Self {
        let switch = |machine| (machine, Arc::default());
        Self(Arc::new(machines.into_iter().map(switch).collect()))
    }

    pub(crate) fn get(&self, machine: &str) -> Option<&Arc<FaultSwitch>> {
        self.iter()
            .find(|(name, _)| name.as_ref() == machine)
            .map(|(_, switch)| switch)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&MachineName, &Arc<FaultSwitch>)> {
        self.0.iter()
    }
}
