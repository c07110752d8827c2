//! Faults of running handshakers over gRPC.

use tonic::{Request, Response, Status};

use super::{plan::Plan, switch::Switches};
use crate::faults::proto::{
    MachineFaults, SetFaultsRequest, ShowFaultsRequest, ShowFaultsResponse,
    machines_server::Machines,
};

/// Serves the fault switches of this process's machines.
pub(crate) struct MachinesService(pub(crate) Switches);

#[tonic::async_trait]
impl Machines for MachinesService {
    async fn set_faults(
        &self,
        request: Request<SetFaultsRequest>,
    ) -> Result<Response<ShowFaultsResponse>, Status> {
        let SetFaultsRequest { machine, faults } = request.into_inner();
        let Self(switches) = self;
        let plan = faults.parse::<Plan>();
        let plan = plan.map_err(Status::invalid_argument)?;
        let switch = switches.get(&machine);
        let switch = switch.ok_or_else(|| not_found(switches, &machine))?;
        tracing::warn!(machine, faults = %plan, "faults switched");
        switch.set(plan);
        Ok(shown(switches, &machine))
    }

    async fn show_faults(
        &self,
        request: Request<ShowFaultsRequest>,
    ) -> Result<Response<ShowFaultsResponse>, Status> {
        let machine = request.into_inner().machine;
        let Self(switches) = self;
        if !machine.is_empty() && !switches.contains_key(&machine) {
            return Err(not_found(switches, &machine));
        }
        Ok(shown(switches, &machine))
    }
}

fn not_found(switches: &Switches, machine: &str) -> Status {
    let names: Vec<&str> = switches.keys().map(String::as_str).collect();
    Status::not_found(format!(
        "there is no machine {machine:?} here; there are: {}",
        names.join(", ")
    ))
}

fn shown(switches: &Switches, machine: &str) -> Response<ShowFaultsResponse> {
    let wanted = switches
        .iter()
        .filter(|(name, _)| machine.is_empty() || *name == machine);
    let machines = wanted.map(|(name, switch)| MachineFaults {
        machine: name.clone(),
        faults: switch.plan().to_string(),
    });
    Response::new(ShowFaultsResponse {
        machines: machines.collect(),
    })
}
