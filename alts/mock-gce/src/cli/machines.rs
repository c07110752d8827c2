//! `mock-gce machines`: what there is.

use mock_gce::instance::{MachineRecord, Record};
use serde_json::json;

use super::{MachinesArgs, Output, print};

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
    let names = record.machines.iter().map(|machine| machine.name.len());
    let width = names.max().unwrap_or_default().max("MACHINE".len());
    let mut text = format!(
        "{:width$}  {:15}  {:5}  SERVICE ACCOUNT\n",
        "MACHINE", "ADDRESS", "STATE"
    );
    for machine in &record.machines {
        text += &format!(
            "{:width$}  {:15}  {:5}  {}\n",
            machine.name,
            machine.address.to_string(),
            state(machine),
            machine.service_account
        );
    }
    text
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
