//! What is refused before anything is made or lost, and how to go on from there by the commands that are printed.

use std::{env, fs, process::Command};

use crate::{
    configuration::{Configuration, PROJECT, newest, repository},
    documents::commands,
    ladder::changed,
    shared::{applied, ends},
};

/// A line of a document in the copy's folder, or a script of the suite's: whether it succeeded, and what it said.
fn pasted(copy: &Configuration, line: &str) -> (bool, String) {
    let [_, (terraform, stub)] = ends();
    let path = env::var("PATH").unwrap_or_default();
    let folder = terraform.parent().expect("a folder around it");
    let output = Command::new("/bin/bash")
        .args(["-e", "-o", "pipefail", "-c", line])
        .current_dir(copy.path(""))
        .envs(copy.environment(stub))
        .env("PATH", format!("{}:{path}", folder.display()))
        .output()
        .expect("bash runs");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// The root, applied by the newest release with these variables in its `terraform.tfvars`.
fn root_with(variables: &str) -> Configuration {
    let [_, (terraform, stub)] = ends();
    let copy = applied((&terraform, stub), "terraform", &[]);
    let settings = format!("project_id = \"{PROJECT}\"\n{variables}\n");
    fs::write(copy.path("terraform/terraform.tfvars"), settings).expect("a file");
    copy
}

#[test]
fn a_default_subnet_without_a_nat_is_refused_before_anything_is_made() {
    let (copy, root) = (Configuration::copy(), "terraform/examples/article");
    copy.change(&format!("{root}/main.tf"), "nat = true", "nat = false");
    let plan = ["plan", "-var=project_id=grpc-alts-demo"];
    let ran = copy.run(newest(), root, &plan);
    let said: Vec<&str> = ran.all.split_whitespace().collect();
    let said = said.join(" ");
    assert_ne!(ran.code, 0, "{said}");
    assert!(said.contains("has no Private Google Access"), "{said}");
}

#[test]
fn a_protected_machine_is_told_before_any_is_made_anew() {
    let copy = root_with("deletion_protection = true");
    let apply = "terraform -chdir=terraform apply -auto-approve";
    let (well, said) = pasted(&copy, apply);
    assert!(well, "{said}");
    let known = || fs::read_to_string(copy.path("terraform/terraform.tfstate")).expect("a state");
    let before = known();
    let renew = repository().join("scripts/gce-renew");
    let renew = format!("{} terraform", renew.display());
    let (well, said) = pasted(&copy, &renew);
    assert!(!well, "{said}");
    assert!(
        said.contains("is protected from deletion, and nothing was changed"),
        "{said}"
    );
    assert!(!said.contains(": made anew"), "{said}");
    assert_eq!(known(), before);
    // What it spares: Google refuses in the middle of an apply.
    let machine = "module.machine[\"client\"].google_compute_instance.this";
    let (well, said) = pasted(&copy, &format!("{apply} -replace='{machine}'"));
    assert!(
        !well && said.contains("is protected against deletion"),
        "{said}"
    );
}

#[test]
fn a_lost_zone_is_left_without_a_question_to_it() {
    let copy = root_with("");
    let document = repository().join("terraform/docs/operate.md");
    let printed = commands(&document, "Another zone");
    assert_eq!(printed.len(), 1, "{printed:?}");
    let looked = printed[0].replace("terraform apply", "terraform plan -out=plan");
    assert_ne!(looked, printed[0]);
    let (well, said) = pasted(&copy, &looked);
    assert!(well, "{said}");
    let [_, (_, stub)] = ends();
    let plan = copy.show_by(stub, "terraform", Some("plan"));
    let changes = changed(&plan);
    let of_zone = changes.iter().filter(|(address, _)| {
        address.contains("google_compute_instance.") || address.contains("google_compute_disk")
    });
    let of_zone: Vec<&(String, String)> = of_zone.collect();
    // Three machines, two disks, two schedules.
    assert_eq!(of_zone.len(), 7, "{of_zone:?}");
    for (address, actions) in of_zone {
        assert_eq!(actions, "create", "{address}");
    }
}
