//! A real PostgreSQL where the deployment has Cloud SQL: at an address of the network that no firewall rule is about, with a certificate of
//! an authority of its own, and closed to whoever does not encrypt.

use std::{fs::File, path::PathBuf, process::Stdio};

use tests::machines::Machines;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Child,
};

use super::{World, world::text};
use crate::configuration::PASSWORD;

/// Its machine.
pub(super) const MACHINE: &str = "cloud-sql";
/// Its private address, in the subnet and far from its machines.
pub(super) const ADDRESS: &str = "10.128.15.201";

/// A server that runs. It ends with its machine.
pub(super) struct Database {
    _server: Child,
    journal: PathBuf,
    user: String,
    name: String,
    /// The certificate of the authority that signed the server's.
    ca: String,
}

impl Database {
    /// Starts the one that a state says there is, if it does.
    pub(super) async fn start(machines: &Machines, world: &World) -> Option<Self> {
        let instance = world.every("google_sql_database_instance").next()?;
        let instance = format!("{}:{}", text(&instance["project"]), text(&instance["name"]));
        let named = |kind| world.every(kind).next().map(|values| text(&values["name"]));
        let user = named("google_sql_user").expect("a database has a user");
        let name = named("google_sql_database").expect("an instance has a database");
        let journal = machines.folder().join("cloud-sql.log");
        let mut server = machines
            .exec(MACHINE, machines.folder().join("cloud_sql"))
            .expect("mock-gce is built")
            .args([&instance, &user, PASSWORD, &name])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&journal).expect("a file"))
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(server.stdout.take().expect("piped")).lines();
        let mut ca = String::new();
        while !ca.ends_with("-----END CERTIFICATE-----\n") {
            let line = lines.next_line().await.expect("text");
            let line = line.unwrap_or_else(|| {
                let said = std::fs::read_to_string(&journal).unwrap_or_default();
                panic!("no database: {said}")
            });
            ca.push_str(&line);
            ca.push('\n');
        }
        Some(Self {
            _server: server,
            journal,
            user,
            name,
            ca,
        })
    }

    /// What an apply with the real provider would have written into the secret: the module's own words, with this server's certificate.
    pub(super) fn secret(&self) -> String {
        let Self { user, name, ca, .. } = self;
        format!("postgres://{user}:{PASSWORD}@{ADDRESS}:5432/{name}?sslmode=verify-ca\n{ca}")
    }

    /// What the server has written down.
    pub(super) fn journal(&self) -> String {
        std::fs::read_to_string(&self.journal).unwrap_or_default()
    }
}
