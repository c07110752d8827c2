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
    session::{Side, Turn},
};
use tokio::{
    sync::{Mutex as AsyncMutex, OwnedSemaphorePermit, Semaphore},
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
    plan: Mutex<Arc<Plan>>,
    /// A wrong credential, made once per plan: "revoked" puts an id on a list.
    credential: AsyncMutex<Option<(Arc<Plan>, Arc<HandshakeCredential>)>>,
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
            plan: Mutex::default(),
            credential: AsyncMutex::default(),
            streams: Mutex::default(),
        })
    }

    /// What goes wrong now.
    pub fn plan(&self) -> Arc<Plan> {
        Arc::clone(&locked(&self.plan))
    }

    /// From the next handshake on.
    pub fn set(&self, plan: Plan) {
        *locked(&self.plan) = Arc::new(plan);
        locked(&self.streams).clear();
    }

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
        let plan = self.plan();
        if plan.is_empty() {
            return None;
        }
        Some(Box::new(FaultedCall {
            switch: self,
            plan,
            connection,
            stream: None,
        }))
    }
}

/// One call that goes wrong by the plan that held when it began.
struct FaultedCall {
    switch: Arc<FaultSwitch>,
    plan: Arc<Plan>,
    connection: u64,
    stream: Option<OwnedSemaphorePermit>,
}

#[tonic::async_trait]
impl Interference for FaultedCall {
    /// For the fault limit-streams: as if the transport let no more calls in.
    async fn admit(&mut self) {
        let Machine { name, faulted, .. } = &self.switch.machine;
        for (fault, _) in self.plan.faults() {
            faulted.count(format!("machine=\"{name}\",fault=\"{fault}\""));
        }
        if let Some(limit) = self.plan.value(Fault::LimitStreams) {
            let streams = self.switch.streams(self.connection, limit);
            self.stream = streams.acquire_owned().await.ok();
        }
    }

    async fn credential(&self) -> Option<Result<Arc<HandshakeCredential>, NoCredential>> {
        let fault = self.plan.credential_fault()?;
        let mut made = self.switch.credential.lock().await;
        if let Some((plan, credential)) = made.as_ref()
            && Arc::ptr_eq(plan, &self.plan)
        {
            return Some(Ok(Arc::clone(credential)));
        }
        let switch = Arc::clone(&self.switch);
        let issued = tokio::task::spawn_blocking(move || credential(fault, &switch.machine)).await;
        let issued = issued
            .unwrap_or_else(|error| Err(NoCredential::AuthorityUnreachable(error.to_string())));
        if let Ok(credential) = &issued {
            *made = Some((Arc::clone(&self.plan), Arc::clone(credential)));
        }
        Some(issued)
    }

    async fn inject(&self, side: Option<Side>, turn: Turn) -> FaultedStep {
        let step = inject(&self.plan, side, turn);
        if let Some(ms) = self.plan.value(Fault::Delay) {
            sleep(Duration::from_millis(ms.into())).await;
        }
        step
    }
}

/// The machines of one process, by their names.
pub type Switches = BTreeMap<String, Arc<FaultSwitch>>;
