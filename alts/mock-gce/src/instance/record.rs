//! What is written down of a mock that runs, for commands that come later.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
};

use alts::ServiceAccount;
use serde::{Deserialize, Serialize};

use crate::system::process::ProcessIdentity;

/// What runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Of which boot: process numbers mean nothing in another one.
    pub boot_id: String,
    /// The cloud process.
    pub cloud: ProcessIdentity,
    /// Whether everything is in a user namespace.
    pub user_namespace: bool,
    /// The project's id.
    pub project: String,
    /// Where Google's REST interfaces answer, outside the machines.
    pub api: SocketAddr,
    /// In the configuration's order. Empty until all are ready.
    pub machines: Vec<MachineRecord>,
}

/// A machine that was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MachineRecord {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Ipv4Addr,
    /// Whom its workloads are.
    pub service_account: ServiceAccount,
    /// The process that holds its namespaces.
    pub keeper: ProcessIdentity,
}

impl Record {
    /// Whether the cloud process runs.
    pub fn is_running(&self) -> bool {
        self.boot_id == boot_id() && self.cloud.is_running()
    }
}

/// Changes with every boot; empty where the kernel does not tell.
pub fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|id| id.trim().to_owned())
        .unwrap_or_default()
}
