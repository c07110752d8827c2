//! What is promised of every pod: its image by digest, nothing that it does not need, one token for the authority in its handshaker alone,
//! and a service account of its own that the authority knows.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::manifests::{Example, Manifests, Pod, at, list, text};

/// The longest that a token may live, in seconds: what Kubernetes allows at least.
const TOKEN_LIFE_S: u64 = 600;

pub(crate) fn violations(manifests: &Manifests) -> Vec<String> {
    let mut found = Vec::new();
    for pod in manifests.pods() {
        let mut say = |problem: String| found.push(format!("{}: {problem}", pod.name));
        pod_problems(&pod, &mut say);
        for container in pod.containers() {
            let name = text(container, "name");
            container_problems(container, &mut |problem| say(format!("{name}: {problem}")));
        }
        identity_problems(manifests, &pod, &mut say);
        let covered = manifests.of_kind("PodDisruptionBudget").any(|budget| {
            text(budget, "metadata.namespace") == pod.namespace
                && at(budget, "spec.selector.matchLabels.app") == &pod.labels["app"]
        });
        if !covered {
            say("no PodDisruptionBudget".to_owned());
        }
    }
    for namespace in manifests.of_kind("Namespace") {
        let labels = at(namespace, "metadata.labels");
        if labels["pod-security.kubernetes.io/enforce"] != "restricted" {
            let name = text(namespace, "metadata.name");
            found.push(format!("{name}: pods need not be restricted"));
        }
    }
    found
}

fn pod_problems(pod: &Pod<'_>, say: &mut impl FnMut(String)) {
    let security = at(pod.spec, "securityContext");
    if security["runAsNonRoot"] != true || !is_nobodys(&security["runAsUser"]) {
        say("it may run as root".to_owned());
    }
    if text(security, "seccompProfile.type") != "RuntimeDefault" {
        say("its system calls are not filtered".to_owned());
    }
    for shared in ["hostNetwork", "hostPID", "hostIPC"] {
        if !pod.spec[shared].is_null() {
            say(format!("{shared}: it shares with its node"));
        }
    }
    if pod.spec["automountServiceAccountToken"] != false {
        say("it has a token for the cluster's API".to_owned());
    }
    if pod.spec["serviceAccountName"] != pod.name {
        say("its service account is not its own".to_owned());
    }
    for volume in list(pod.spec, "volumes") {
        if !volume["hostPath"].is_null() {
            say("it has a folder of its node".to_owned());
        }
    }
}

/// A user that has no file on the node.
fn is_nobodys(user: &Value) -> bool {
    user.as_u64().is_some_and(|id| id >= 10_000)
}

fn container_problems(container: &Value, say: &mut impl FnMut(String)) {
    let digest = text(container, "image").split_once("@sha256:");
    let is_digest =
        |digest: &str| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digest.is_some_and(|(_, digest)| is_digest(digest)) {
        say(format!(
            "{} is no image by its digest",
            text(container, "image")
        ));
    }
    let security = &container["securityContext"];
    let wanted = json!({
        "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
        "capabilities": {"drop": ["ALL"]},
    });
    if *security != wanted {
        say(format!("it may more than it needs: {security}"));
    }
    for bound in ["requests", "limits"] {
        for kind in ["cpu", "memory"] {
            if text(container, &format!("resources.{bound}.{kind}")).is_empty() {
                say(format!("no {bound} of {kind}"));
            }
        }
    }
    for probe in ["readinessProbe", "livenessProbe"] {
        if container[probe].is_null() {
            say(format!("no {probe}"));
        }
    }
}

/// Whether a pod that speaks ALTS has all that proves who it is, and has it alone.
fn identity_problems(manifests: &Manifests, pod: &Pod<'_>, say: &mut impl FnMut(String)) {
    let authority: toml::Table =
        toml::from_str(&manifests.file("alts-authority", "settings", "authority.toml"))
            .expect("TOML");
    let cluster = &authority["kubernetes"][0];
    let Some(handshaker) = pod.container("handshaker") else {
        if pod.name != "alts-authority" {
            say("no handshaker".to_owned());
        }
        return;
    };
    if handshaker["restartPolicy"] != "Always" {
        say("the handshaker is no sidecar: it ends before the program begins".to_owned());
    }
    let files = manifests.files(pod, "handshaker-settings");
    let served = files.iter().find(|(name, _)| name == "serve.toml");
    let served: toml::Table = toml::from_str(&served.expect("serve.toml").1).expect("TOML");
    for address in served["listen"].as_array().into_iter().flatten() {
        if !address
            .as_str()
            .unwrap_or_default()
            .starts_with("127.0.0.1:")
        {
            say(format!("the handshaker serves others: {address}"));
        }
    }
    let subject = format!("system:serviceaccount:{}:{}", pod.namespace, pod.name);
    if cluster["accounts"].get(&subject) != Some(&served["service_account"]) {
        say(format!("the authority gives another account to {subject}"));
    }
    let tokens = list(pod.spec, "volumes").iter().flat_map(|volume| {
        let sources = list(volume, "projected.sources").iter();
        sources.map(move |source| (text(volume, "name"), &source["serviceAccountToken"]))
    });
    let mut volumes = BTreeSet::new();
    for (volume, token) in tokens.filter(|(_, token)| !token.is_null()) {
        volumes.insert(volume);
        if token["audience"].as_str() != cluster["audience"].as_str() {
            say(format!("its token is for {}", token["audience"]));
        }
        if token["expirationSeconds"] != TOKEN_LIFE_S {
            say(format!(
                "its token lives for {}",
                token["expirationSeconds"]
            ));
        }
    }
    for container in pod.containers() {
        let name = text(container, "name");
        let mounts = list(container, "volumeMounts").iter();
        let mounted: Vec<&str> = mounts
            .filter(|mount| volumes.contains(text(mount, "name")))
            .map(|mount| text(mount, "mountPath"))
            .collect();
        let file = served["identity"]["token_file"]
            .as_str()
            .unwrap_or_default();
        let expected: &[&str] = match name {
            "handshaker" => &[file.trim_end_matches("/token")],
            _ => &[],
        };
        if mounted != expected {
            say(format!("{name} has tokens at {mounted:?}"));
        }
    }
}

#[test]
fn every_pod_has_what_it_needs_and_nothing_else() {
    let found = violations(&Example::copy().manifests());
    assert_eq!(found, Vec::<String>::new());
}
