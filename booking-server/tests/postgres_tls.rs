//! A PostgreSQL that demands TLS, as the cloud's do: who is let in, who is not, and what it says.
//!
//! The real program before a real server with certificates of its own, as processes: which
//! authorities a program trusts is a matter of its environment.

#![expect(
    clippy::unwrap_used,
    reason = "tests; clippy sees only those marked as such"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use booking_store::testing::{Certificate, Durability, ThrowAwayPostgres};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

/// An authority, and the file that names it.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new(folder: &Path, name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let file = folder.join(name);
        fs::write(&file, params.self_signed(&key).unwrap().pem()).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            file,
        }
    }

    fn certify(&self, host: &str) -> Certificate {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        Certificate {
            chain: params.signed_by(&key, &self.issuer).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }
}

/// What `booking-server doctor` says of the database, and whether it got there.
fn examine(url: &str, trusted: Option<&Path>) -> (bool, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_booking-server"));
    program.env_clear().args(["doctor", "--database-url", url]);
    if let Some(file) = trusted {
        program.env("SSL_CERT_FILE", file);
    }
    let output = program.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn a_postgresql_that_demands_tls_is_reached_and_known_by_its_certificate() {
    let folder = TempDir::new().unwrap();
    let ours = Authority::new(folder.path(), "ours.pem");
    let others = Authority::new(folder.path(), "others.pem");
    let postgres = ThrowAwayPostgres::start_with_tls(&ours.certify("localhost")).unwrap();
    let by_address = postgres.database().await.unwrap();
    let by_name = by_address.replace("127.0.0.1", "localhost");

    let (ours, others) = (Some(&*ours.file), Some(&*others.file));
    let named = |mode: &str, file: Option<&Path>| {
        format!("?sslmode={mode}&sslrootcert={}", file.unwrap().display())
    };
    let nothing_found = "nothing found";
    // The host, what is behind it, the authority in place of the machine's, what is said.
    let reached = [
        (&by_address, String::new(), None),
        (&by_address, "?sslmode=require".to_owned(), None),
        (&by_address, "?sslmode=verify-ca".to_owned(), ours),
        (&by_address, named("verify-ca", ours), ours),
        (&by_name, "?sslmode=verify-full".to_owned(), ours),
        (&by_name, named("verify-full", ours), None),
    ];
    for (host, options, trusted) in reached {
        let (well, said) = examine(&format!("{host}{options}"), trusted);
        assert!(well && said.contains(nothing_found), "{options}: {said}");
    }

    let untrusted = ["UnknownIssuer", "sslrootcert=FILE"];
    let missing = Some(Path::new("/nowhere/ca.pem"));
    let refused = [
        (
            &by_address,
            "?sslmode=disable".to_owned(),
            None,
            ["no encryption", "?sslmode=verify-full"],
        ),
        (
            &by_address,
            "?sslmode=verify-ca".to_owned(),
            others,
            untrusted,
        ),
        (&by_name, "?sslmode=verify-full".to_owned(), None, untrusted),
        (&by_name, named("verify-full", others), None, untrusted),
        (
            &by_address,
            named("verify-full", ours),
            None,
            ["not valid for name", "a host in --database-url"],
        ),
        (
            &by_address,
            named("verify-ca", ours),
            None,
            ["any authority", "SSL_CERT_FILE"],
        ),
        (
            &by_name,
            named("verify-full", missing),
            None,
            ["No such file", "sslrootcert"],
        ),
    ];
    for (host, options, trusted, words) in refused {
        let (well, said) = examine(&format!("{host}{options}"), trusted);
        assert!(!well && said.lines().count() == 1, "{options}: {said}");
        for word in words.into_iter().chain(["cannot connect to PostgreSQL"]) {
            assert!(said.contains(word), "{options}: no {word} in {said}");
        }
    }
}

#[tokio::test]
async fn a_postgresql_without_tls_is_not_reached_by_whoever_demands_it() {
    let postgres = ThrowAwayPostgres::start(Durability::None).unwrap();
    let url = postgres.database().await.unwrap();
    let (well, said) = examine(&format!("{url}?sslmode=require"), None);
    assert!(!well && said.lines().count() == 1, "{said}");
    for word in ["does not support TLS", "switch `ssl` on"] {
        assert!(said.contains(word), "no {word} in {said}");
    }
}
