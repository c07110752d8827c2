//! Planted mistakes: one change to good manifests, and a check that must notice it.

use super::{
    manifests::{Example, Manifests, manifests},
    rules, settings, ways,
};

/// A name, the file, what is there and what is put in its place, and the words that a check says about it.
type Mistake = (&'static str, &'static str, [&'static str; 2], &'static str);

const MISTAKES: [Mistake; 21] = [
    (
        "an image by a tag",
        "kustomization.yaml",
        [
            "digest: sha256:0000000000000000000000000000000000000000000000000000000000000000",
            "newTag: latest",
        ],
        "suite:latest is no image by its digest",
    ),
    (
        "an image that kustomize does not know",
        "booking-web.yaml",
        ["image: ot-booking", "image: ot-bookings"],
        "ot-bookings is no image by its digest",
    ),
    (
        "a token for anybody",
        "booking-web.yaml",
        [
            "                  audience: alts-authority.ot-booking\n",
            "",
        ],
        "booking-web: its token is for null",
    ),
    (
        "a token that lives long",
        "booking-server.yaml",
        ["expirationSeconds: 600", "expirationSeconds: 86400"],
        "booking-server: its token lives for 86400",
    ),
    (
        "a token in the program beside the handshaker",
        "booking-web.yaml",
        [
            "            - name: session\n              mountPath",
            "            - name: identity\n              mountPath: /run/token\n            - name: session\n              mountPath",
        ],
        "booking-web has tokens at [\"/run/token\"]",
    ),
    (
        "a pod that runs as root",
        "booking-server.yaml",
        ["runAsUser: 65532", "runAsUser: 0"],
        "booking-server: it may run as root",
    ),
    (
        "a pod that may run as root",
        "alts-authority.yaml",
        ["        runAsNonRoot: true\n", ""],
        "alts-authority: it may run as root",
    ),
    (
        "a container that may write where its programs are",
        "booking-web.yaml",
        [
            "readOnlyRootFilesystem: true",
            "readOnlyRootFilesystem: false",
        ],
        "booking-web: handshaker: it may more than it needs",
    ),
    (
        "a field that Kubernetes does not know",
        "booking-web.yaml",
        [
            "automountServiceAccountToken: false\n      securityContext",
            "automountServiceAccountTokens: false\n      securityContext",
        ],
        "'automountServiceAccountTokens' was unexpected",
    ),
    (
        "a handshaker that ends before the program begins",
        "booking-server.yaml",
        ["          restartPolicy: Always\n", ""],
        "the handshaker is no sidecar",
    ),
    (
        "a handshaker that other pods reach",
        "settings/booking-web.toml",
        ["127.0.0.1:18080", "0.0.0.0:18080"],
        "the handshaker serves others",
    ),
    (
        "a service account that speaks as its neighbour",
        "settings/authority.toml",
        [
            "ot-booking:booking-web\" = \"booking-web@",
            "ot-booking:booking-web\" = \"booking-server@",
        ],
        "the authority gives another account to system:serviceaccount:ot-booking:booking-web",
    ),
    (
        "pods that share a service account",
        "booking-web.yaml",
        [
            "serviceAccountName: booking-web",
            "serviceAccountName: booking-server",
        ],
        "booking-web: its service account is not its own",
    ),
    (
        "a namespace in which everything is open",
        "network-policies.yaml",
        [
            "  name: default-deny\n  namespace: ot-booking\nspec:\n  podSelector: {}",
            "  name: default-deny\n  namespace: ot-booking\nspec:\n  podSelector:\n    matchLabels:\n      app: none",
        ],
        "ot-booking: nothing is refused",
    ),
    (
        "a backend that everybody may call",
        "network-policies.yaml",
        [
            "        - port: booking\n      from:\n        - podSelector:\n            matchLabels:\n              app: booking-web",
            "        - port: booking",
        ],
        "booking-server: it names nobody, and so means everybody",
    ),
    (
        "an authority that nobody reaches",
        "network-policies.yaml",
        ["- port: 18070", "- port: 18071"],
        "shut: booking-web to alts-authority, authority",
    ),
    (
        "a namespace without Cloud DNS",
        "network-policies.yaml",
        [
            "        - ipBlock:\n            cidr: 169.254.169.254/32\n",
            "",
        ],
        "shut: alts-authority to Cloud DNS, 53 UDP",
    ),
    (
        "an authority that cannot ask the cluster's issuer",
        "network-policies.yaml",
        ["        - port: 443\n", "        - port: 8443\n"],
        "shut: alts-authority to the issuer, 443 TCP",
    ),
    (
        "no limit of memory",
        "alts-authority.yaml",
        ["              memory: 256Mi\n", ""],
        "no limits of memory",
    ),
    (
        "a setting that no program knows",
        "settings/booking-server.toml",
        ["token_file", "token_path"],
        "unknown field `token_path`",
    ),
    (
        "a role that there is not",
        "settings/access.toml",
        ["\"coordinator\"", "\"coordinators\""],
        "coordinators",
    ),
];

async fn said_of(manifests: &Manifests, by_programs: bool) -> String {
    let mut said = manifests.problems.clone();
    if by_programs {
        said.extend(settings::problems(manifests, Some("booking-server")).await);
    } else {
        said.extend(rules::violations(manifests));
        said.extend(ways::violations(manifests));
    }
    said.join("\n")
}

#[tokio::test]
async fn each_planted_mistake_in_the_manifests_is_caught() {
    let examples = MISTAKES.map(|(_, file, [from, to], _)| {
        let example = Example::copy();
        example.change(file, from, to);
        example
    });
    let mut missed = Vec::new();
    for ((name, _, _, told), manifests) in MISTAKES.iter().zip(manifests(&examples)) {
        // What only the programs that read it can say.
        let by_programs = told.starts_with("unknown") || *told == "coordinators";
        let said = said_of(&manifests, by_programs).await;
        if !said.contains(told) {
            missed.push(format!("{name}: {said:?}"));
        }
    }
    assert_eq!(missed, Vec::<String>::new());
}
