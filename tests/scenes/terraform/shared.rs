//! What several tests look at and each would make again: plans, and the states of applies. Made once, by whoever asks first.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use serde_json::Value;

use crate::{
    configuration::{Configuration, PROJECT, newest, oldest_and_newest, stubs},
    stub::Stub,
};

/// Things by what they are made of.
struct Made<T>(Mutex<BTreeMap<String, Arc<OnceLock<T>>>>);

impl<T: Clone> Made<T> {
    const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    fn get(&self, of: &[&str], make: impl FnOnce() -> T) -> T {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = Arc::clone(made.entry(of.join(" ")).or_default());
        // Who asks for something else does not wait for this.
        drop(made);
        found.get_or_init(make).clone()
    }
}

static PLANS: Made<Arc<Value>> = Made::new();
static STATES: Made<String> = Made::new();

/// What is planned of a root with these variables, by the newest provider.
pub(crate) fn plan(root: &str, variables: &[&str]) -> Arc<Value> {
    let of = [&[root], variables].concat();
    PLANS.get(&of, || {
        Arc::new(Configuration::copy().plan(root, variables))
    })
}

/// The two ends of what the configuration promises to work with: the oldest Terraform with the oldest provider, the newest with the newest.
pub(crate) fn ends() -> [(PathBuf, &'static Stub); 2] {
    let [oldest, latest] = oldest_and_newest();
    [(oldest, &stubs()[0]), (latest, newest())]
}

/// A copy to which a root with these variables is applied, to be changed at will.
pub(crate) fn applied(
    (terraform, stub): (&Path, &Stub),
    root: &str,
    variables: &[&str],
) -> Configuration {
    let copy = Configuration::copy_for(terraform.to_owned());
    let at = copy.path(root).join("terraform.tfstate");
    let path = terraform.display().to_string();
    let of = [&[path.as_str(), &stub.version, root], variables].concat();
    let state = STATES.get(&of, || {
        let project = format!("-var=project_id={PROJECT}");
        let apply = [&["apply", "-auto-approve", &project], variables].concat();
        copy.run(stub, root, &apply).well();
        fs::read_to_string(&at).expect("a local state")
    });
    fs::write(&at, state).expect("a file");
    copy
}
