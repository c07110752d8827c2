//! From a state to the things that a bench has to have: machines, files of a bucket, secrets, and who may read them. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// A machine, as far as the bench can have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) address: String,
    /// Its service account's e-mail address.
    pub(crate) account: String,
    pub(crate) startup_script: String,
    pub(crate) zone: String,
    /// What policies find it by.
    pub(crate) labels: BTreeMap<String, String>,
    /// Whether there is a way to Google's APIs from its subnet, without an external address.
    pub(crate) reaches_google: bool,
    /// Disks beside the one that it boots from.
    pub(crate) disks: Vec<Disk>,
}

/// A disk that outlives its machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Disk {
    /// What it is called in the project.
    pub(crate) name: String,
    /// What it is called in the machine.
    pub(crate) device: String,
}

/// A passthrough load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Balancer {
    pub(crate) address: String,
    pub(crate) port: String,
    /// What the names of the machines behind it begin with.
    pub(crate) machines: String,
}

/// What a state says there is.
#[derive(Debug)]
pub(crate) struct World {
    resources: Vec<(String, Value)>,
}

impl World {
    /// Of `terraform show -json`.
    pub(crate) fn of(state: &Value) -> Self {
        fn collect(module: &Value, all: &mut Vec<(String, Value)>) {
            for resource in list(&module["resources"]) {
                all.push((text(&resource["type"]), resource["values"].clone()));
            }
            for child in list(&module["child_modules"]) {
                collect(child, all);
            }
        }
        let mut resources = Vec::new();
        collect(&state["values"]["root_module"], &mut resources);
        Self { resources }
    }

    /// The values of every resource of a type.
    pub(crate) fn every<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        let wanted = move |(found, _): &&(String, Value)| found == kind;
        self.resources
            .iter()
            .filter(wanted)
            .map(|(_, values)| values)
    }

    /// Single machines, and those of groups, whose names and addresses Google would choose.
    pub(crate) fn machines(&self) -> Vec<Machine> {
        let mut machines: Vec<Machine> = self
            .every("google_compute_instance")
            .map(|values| Machine {
                name: text(&values["name"]),
                address: text(&values["network_interface"][0]["network_ip"]),
                account: text(&values["service_account"][0]["email"]),
                startup_script: text(&values["metadata"]["startup-script"]),
                zone: text(&values["zone"]),
                labels: labels(&values["labels"]),
                reaches_google: self.reaches_google(values),
                disks: list(&values["attached_disk"]).map(disk).collect(),
            })
            .collect();
        let templates = self.every("google_compute_instance_template");
        for (group, template) in self
            .every("google_compute_region_instance_group_manager")
            .zip(templates)
        {
            let zones: Vec<String> = list(&group["distribution_policy_zones"])
                .map(text)
                .collect();
            for number in 0..group["target_size"].as_u64().unwrap_or_default() {
                machines.push(Machine {
                    name: format!("{}-{number}", text(&group["base_instance_name"])),
                    address: format!("10.128.0.{}", 20 + number),
                    account: text(&template["service_account"][0]["email"]),
                    startup_script: text(&template["metadata"]["startup-script"]),
                    zone: zones[number as usize % zones.len()].clone(),
                    labels: labels(&template["labels"]),
                    reaches_google: self.reaches_google(template),
                    disks: Vec::new(),
                });
            }
        }
        machines
    }

    /// By Private Google Access of the subnet, or through a NAT; of a subnet that nobody looked at, nothing is known.
    fn reaches_google(&self, machine: &Value) -> bool {
        let subnet = &machine["network_interface"][0]["subnetwork"];
        let looked_at = self
            .every("google_compute_subnetwork")
            .find(|found| found["id"] == *subnet);
        let access = looked_at.is_some_and(|found| found["private_ip_google_access"] == true);
        access || self.every("google_compute_router_nat").next().is_some()
    }

    /// The OS policies that apply to a machine: those of its zone whose labels it has.
    pub(crate) fn policies(&self, machine: &Machine) -> Vec<Value> {
        self.every("google_os_config_os_policy_assignment")
            .filter(|assignment| text(&assignment["location"]) == machine.zone)
            .filter(|assignment| {
                list(&assignment["instance_filter"][0]["inclusion_labels"]).any(|wanted| {
                    let wanted = labels(&wanted["labels"]);
                    wanted
                        .iter()
                        .all(|(key, value)| machine.labels.get(key) == Some(value))
                })
            })
            .flat_map(|assignment| list(&assignment["os_policies"]).cloned())
            .collect()
    }

    /// Who may log in where, for the stand-in of `gcloud`: grants on the project, on machines, on tunnels to them, on accounts.
    pub(crate) fn logins(&self) -> Value {
        let granted = |kind, thing: &str| -> Vec<Value> {
            let grants = self.every(kind);
            let grant = |values: &Value| {
                json!({
                    "on": values[thing],
                    "role": values["role"],
                    "member": values["member"],
                    "condition": values["condition"][0]["expression"],
                })
            };
            grants.map(grant).collect()
        };
        let roles: BTreeMap<String, Value> = self
            .every("google_project_iam_custom_role")
            .map(|role| {
                let name = format!(
                    "projects/{}/roles/{}",
                    text(&role["project"]),
                    text(&role["role_id"])
                );
                (name, role["permissions"].clone())
            })
            .collect();
        let groups = self.every("google_compute_region_instance_group_manager");
        let groups: BTreeMap<String, String> = groups
            .map(|group| (text(&group["name"]), text(&group["base_instance_name"])))
            .collect();
        let machines: BTreeMap<String, Value> = self
            .machines()
            .into_iter()
            .map(|machine| {
                let about = json!({"account": machine.account, "zone": machine.zone});
                (machine.name, about)
            })
            .collect();
        json!({
            "roles": roles,
            "groups": groups,
            "machines": machines,
            "project": granted("google_project_iam_member", "project"),
            "instances": granted("google_compute_instance_iam_member", "instance_name"),
            "tunnels": granted("google_iap_tunnel_instance_iam_member", "instance"),
            "accounts": granted("google_service_account_iam_member", "service_account_id"),
        })
    }

    /// The load balancer, where there is one.
    pub(crate) fn balancer(&self) -> Option<Balancer> {
        let rule = self.every("google_compute_forwarding_rule").next()?;
        let group = self
            .every("google_compute_region_instance_group_manager")
            .next()?;
        Some(Balancer {
            address: text(&rule["ip_address"]),
            port: text(&rule["ports"][0]),
            machines: text(&group["base_instance_name"]),
        })
    }

    /// For the stand-in of Google's APIs; `file` finds what an object was uploaded from.
    pub(crate) fn apis(&self, file: impl Fn(&str) -> String) -> Value {
        let machines: BTreeMap<String, String> = self
            .machines()
            .into_iter()
            .map(|machine| (machine.address, machine.account))
            .collect();
        let objects: BTreeMap<String, String> = self
            .every("google_storage_bucket_object")
            .map(|object| {
                let name = format!("{}/{}", text(&object["bucket"]), text(&object["name"]));
                (name, file(&text(&object["source"])))
            })
            .collect();
        let secrets: BTreeMap<String, Option<String>> = self
            .every("google_secret_manager_secret")
            .map(|secret| (text(&secret["secret_id"]), None))
            .collect();
        let grants = |kind, role, thing| self.grants(kind, role, thing);
        let secret = "google_secret_manager_secret_iam_member";
        json!({
            "machines": machines,
            "objects": objects,
            "secrets": secrets,
            "readers": grants("google_storage_bucket_iam_member", "roles/storage.objectViewer", "bucket"),
            "access": grants(secret, "roles/secretmanager.secretAccessor", "secret_id"),
            "adders": grants(secret, "roles/secretmanager.secretVersionAdder", "secret_id"),
        })
    }

    /// Thing to the accounts that have a role on it.
    fn grants(&self, kind: &str, role: &str, thing: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut granted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for values in self.every(kind).filter(|values| values["role"] == *role) {
            let member = text(&values["member"]);
            let account = member.strip_prefix("serviceAccount:").unwrap_or(&member);
            let accounts = granted.entry(text(&values[thing])).or_default();
            accounts.insert(account.to_owned());
        }
        granted
    }
}

fn labels(given: &Value) -> BTreeMap<String, String> {
    let given = given.as_object().into_iter().flatten();
    given
        .map(|(key, value)| (key.clone(), text(value)))
        .collect()
}

/// Of a block `attached_disk`, whose source is a path that ends with the disk's name.
fn disk(attached: &Value) -> Disk {
    let source = text(&attached["source"]);
    Disk {
        name: source.rsplit('/').next().unwrap_or_default().to_owned(),
        device: text(&attached["device_name"]),
    }
}

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
