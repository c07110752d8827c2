//! What `up` tells the cloud process: a file, because a command line is everybody's to read and too
//! short for a configuration.

use std::{fs, path::PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::{instance::Instance, system::runtime_dir};

/// One start's order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Launch {
    /// The configuration's text, which `up` has checked.
    pub config: String,
    /// Its file's name, for errors.
    pub config_name: String,
    /// Where keys and accounts are kept.
    pub state_dir: PathBuf,
    /// Whether everything is in a user namespace.
    pub user_namespace: bool,
    /// Random; names this start's machines.
    pub generation: String,
}

impl Launch {
    /// Writes it where the cloud process of this instance looks for it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, instance: &Instance) -> anyhow::Result<()> {
        let json = serde_json::to_vec_pretty(self)?;
        runtime_dir::replace(&path(instance), &json)
    }

    pub(super) fn read(instance: &Instance) -> anyhow::Result<Self> {
        let path = path(instance);
        let json = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_slice(&json).with_context(|| format!("{} is damaged", path.display()))
    }
}

fn path(instance: &Instance) -> PathBuf {
    instance.dir().join("launch.json")
}
