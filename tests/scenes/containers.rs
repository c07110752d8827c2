//! What the store promises, asked of PostgreSQL in a container.
//!
//! ```text
//!   this test ──testcontainers──▶ Docker's API ──▶ container: PostgreSQL
//!       │                                                 ▲
//!       └── cargo test --workspace --test conformance -- postgres:: outages::
//! ```
//!
//! `tests/containers/run` starts it, with an engine where there is none and an image where none can
//! be pulled.

use std::{env, net::TcpListener, process::Command};

use testcontainers::{
    GenericImage, ImageExt as _, core::IntoContainerPort as _, runners::AsyncRunner as _,
};

/// The image that a user's own engine pulls; `OT_POSTGRES_IMAGE` names another.
const PUBLIC_IMAGE: &str = "postgres:17";
/// By which whoever started this finds its container when this is ended before it can remove it.
const RUN_LABEL: &str = "ot-booking.run";

#[tokio::test]
async fn the_store_keeps_its_promises_on_postgresql_in_a_container() {
    let image = env::var("OT_POSTGRES_IMAGE").unwrap_or_else(|_| PUBLIC_IMAGE.to_owned());
    let (name, tag) = image.rsplit_once(':').expect("an image is NAME:TAG");
    // Chosen here: podman does not tell which port it has chosen for one that is only exposed.
    let port = free_port();
    let container = GenericImage::new(name, tag)
        .with_mapped_port(port, 5432.tcp())
        .with_label(RUN_LABEL, env::var("OT_CONTAINERS_RUN").unwrap_or_default())
        .with_env_var("POSTGRES_USER", "ot")
        .with_env_var("POSTGRES_HOST_AUTH_METHOD", "trust")
        .start()
        .await
        .unwrap_or_else(|why| panic!("no container of {image}: {why}; run tests/containers/run"));
    let host = container.get_host().await.unwrap();

    let arguments = [
        "test",
        "--locked",
        "--workspace",
        "--features",
        "tests-all/all,tests-bench/all",
        "--test",
        "conformance",
        "--",
        "postgres::",
        "outages::",
    ];
    let mut suite = Command::new(env!("CARGO"));
    // What cargo tells a test of its package would have `ring`, and all that stands on it, built once more.
    for (name, _) in env::vars().filter(|(name, _)| of_a_package(name)) {
        suite.env_remove(name);
    }
    suite
        .args(arguments)
        .env("OT_TEST_POSTGRES", format!("postgres://ot@{host}:{port}"));
    let outcome = tokio::task::spawn_blocking(move || suite.status())
        .await
        .unwrap()
        .unwrap();
    assert!(outcome.success(), "on {image}: {outcome}");
}

fn of_a_package(name: &str) -> bool {
    name == "OUT_DIR" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port left");
    let bound = listener
        .local_addr()
        .expect("a bound socket has an address");
    bound.port()
}
