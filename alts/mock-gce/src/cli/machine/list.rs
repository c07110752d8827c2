//! `mock-gce machines`: what there is.

use alts_daemon::admin::client::{self, Output, print};
use mock_gce::instance::{MachineRecord, Record};
use serde_json::json;

use super::MachinesArgs;

pub(super) fn run(args: MachinesArgs) -> anyhow::Result<()> {
    let record = args.which.instance()?.running()?;
    match args.output {
        Output::Table => print(&table(&record)),
        Output::Json => print(&format!("{}\n", as_json(&record))),
    }
}

fn state(machine: &MachineRecord) -> &'static str {
    if machine.keeper.is_running() {
        "up"
    } else {
        "off"
    }
}

/// One line per machine, under a heading.
pub(super) fn table(record: &Record) -> String {
    let rows = record.machines.iter().map(|machine| {
        [
            machine.name.to_string(),
            machine.address.to_string(),
            state(machine).to_owned(),
            machine.service_account.to_string(),
        ]
    });
    client::table(["MACHINE", "ADDRESS", "STATE", "SERVICE ACCOUNT"], rows)
}

fn as_json(record: &Record) -> serde_json::Value {
    let machines = record.machines.iter().map(|machine| {
        json!({
            "name": machine.name,
            "address": machine.address,
            "state": state(machine),
            "serviceAccount": machine.service_account.to_string(),
        })
    });
    machines.collect()
}
