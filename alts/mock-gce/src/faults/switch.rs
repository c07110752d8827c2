//! What is switched on now, machine by machine.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use alts_authority::issuer::NoCredential;
use alts_handshake::HandshakeCredential;
use alts_handshaker::{
    hook::{CallHook, FaultedStep, Interference},
    session::{Side, Step},
};
use tokio::{
    sync::{OnceCell, OwnedSemaphorePermit, Semaphore},
    task::JoinError,
    time::sleep,
};

use super::{
    credential::{Machine, credential},
    fault::Fault,
    inject::inject,
    plan::Plan,
};

/// One machine's faults.
#[derive(Debug)]
pub struct FaultSwitch {
    machine: Machine,
    now: Mutex<Arc<Planned>>,
}

/// A plan, and what is kept as long as it holds.
#[derive(Debug, Default)]
struct Planned {
    plan: Plan,
    /// A wrong credential, made once: "revoked" puts an id on a list.
    credential: OnceCell<Arc<HandshakeCredential>>,
    /// For the fault limit-streams: each connection's, by its number.
    streams: Mutex<BTreeMap<u64, Arc<Semaphore>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FaultSwitch {
    /// Nothing goes wrong on this machine yet.
    pub fn new(machine: Machine) -> Arc<Self> {
        Arc::new(Self {
            machine,
            now: Mutex::default(),
        })
    }

    /// What goes wrong now.
    pub fn plan(&self) -> Plan {
        locked(&self.now).plan.clone()
    }

    /// From the next handshake on.
    pub fn set(&self, plan: Plan) {
        let planned = Planned {
            plan,
            ..Planned::default()
        };
        *locked(&self.now) = Arc::new(planned);
    }
}

impl Planned {
    /// One limit for all calls of a connection.
    fn streams(&self, connection: u64, limit: u32) -> Arc<Semaphore> {
        let mut streams = locked(&self.streams);
        // Of those without a call nobody needs to know.
        streams.retain(|_, permits| Arc::strong_count(permits) > 1);
        let limit = usize::try_from(limit).unwrap_or(Semaphore::MAX_PERMITS);
        let permits = streams
            .entry(connection)
            .or_insert_with(|| Arc::new(Semaphore::new(limit.min(Semaphore::MAX_PERMITS))));
        Arc::clone(permits)
    }
}

impl CallHook for FaultSwitch {
    fn begin(self: Arc<Self>, connection: u64) -> Option<Box<dyn Interference>> {
        let planned = Arc::clone(&locked(&self.now));
        if planned.plan.is_empty() {
            return None;
        }
        Some(Box::new(FaultedCall {
            switch: self,
            planned,
            connection,
            stream: None,
        }))
    }
}

/// One call that goes wrong by the plan that held when it began.
struct FaultedCall {
    switch: Arc<FaultSwitch>,
    planned: Arc<Planned>,
    connection: u64,
    stream: Option<OwnedSemaphorePermit>,
}

#[tonic::async_trait]
impl Interference for FaultedCall {
    /// For the fault limit-streams: as if the transport let no more calls in.
    async fn admit(&mut self) {
        let Machine { name, faulted, .. } = &self.switch.machine;
        for (fault, _) in self.planned.plan.faults() {
            faulted.count(format!("machine=\"{name}\",fault=\"{fault}\""));
        }
        if let Some(limit) = self.planned.plan.value(Fault::LimitStreams) {
            let streams = self.planned.streams(self.connection, limit);
            self.stream = streams.acquire_owned().await.ok();
        }
    }

    async fn credential(&self) -> Option<Result<Arc<HandshakeCredential>, NoCredential>> {
        let fault = self.planned.plan.credential_fault()?;
        let switch = Arc::clone(&self.switch);
        let making = async move {
            let made = tokio::task::spawn_blocking(move || credential(fault, &switch.machine));
            let ended = |error: JoinError| NoCredential::AuthorityUnreachable(error.to_string());
            made.await.map_err(ended)?
        };
        let made = self.planned.credential.get_or_try_init(|| making).await;
        Some(made.cloned())
    }

    async fn inject(&self, side: Option<Side>, step: Step) -> FaultedStep {
        let step = inject(&self.planned.plan, side, step);
        if let Some(ms) = self.planned.plan.value(Fault::Delay) {
            sleep(Duration::from_millis(ms.into())).await;
        }
        step
    }
}

/// The machines of one process, by their names.
pub type Switches = BTreeMap<String, Arc<FaultSwitch>>;
