//! PostgreSQL for tests: a cluster that is made from the installed server's programs, used by one
//! test run and thrown away with it. Behind the feature `testing`.
//!
//! ```text
//!   test process ──stdin──▶ keeper (sh) ──▶ postgres, on 127.0.0.1 and a port of its own
//!        ╳ ends, however      reads end of file, stops postgres, removes the cluster
//! ```
//!
//! PostgreSQL refuses to run as root, so root runs it as `postgres` or `nobody`. With
//! `OT_TEST_POSTGRES` set to the URL of a server that is there already, in a container say, that
//! one is used: databases are made in it and left behind.

use std::{
    env, fmt, fs,
    io::{self, BufRead as _, BufReader},
    net::TcpListener,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use sqlx::{Connection as _, PgConnection};

/// The variable that names a server that is there already.
pub const SERVER_VARIABLE: &str = "OT_TEST_POSTGRES";

/// How long a new cluster may take to answer, on a machine that is busy with other tests.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// Makes the cluster in the folder given and runs the server until standard input ends.
const KEEPER: &str = r#"
bin=$1 dir=$2 port=$3
stop() { kill -QUIT "$pid" 2> /dev/null; wait "$pid"; rm -rf "$dir"; exit; }
"$bin/initdb" --pgdata="$dir/data" --username=ot --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
    --no-sync > "$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log"; rm -rf "$dir"; exit 1; }
"$bin/postgres" -D "$dir/data" -k "$dir" -h 127.0.0.1 -p "$port" \
    -c max_connections=200 $4 > "$dir/server.log" 2>&1 &
pid=$!
trap stop INT TERM HUP
echo started
cat > /dev/null
stop
"#;

/// A PostgreSQL server for a test run.
#[derive(Debug)]
pub struct ThrowAwayPostgres {
    /// `postgres://ot@127.0.0.1:port`, without a database.
    server: String,
    keeper: Option<Child>,
    databases: AtomicU32,
}

/// How much a crash of the machine may cost: the server is thrown away in any case.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Durability {
    /// Nothing waits for the disk: quick.
    None,
    /// Commits wait for the disk as in production: for measurements.
    Full,
}

/// What a server proves with who it is, in PEM.
#[derive(Clone)]
pub struct Certificate {
    /// Its certificate, and those between it and its authority's.
    pub chain: String,
    /// Its key.
    pub key: String,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate(..)")
    }
}

impl ThrowAwayPostgres {
    /// Starts a server, or takes the one that [`SERVER_VARIABLE`] names.
    ///
    /// # Errors
    ///
    /// What is missing on this machine, in words.
    pub fn start(durability: Durability) -> Result<Self, String> {
        match env::var(SERVER_VARIABLE) {
            Ok(server) => Ok(Self::at(server, None)),
            Err(_) => Self::launch(durability, None),
        }
    }

    /// Starts a server that nobody reaches but over TLS. It is never [`SERVER_VARIABLE`]'s.
    ///
    /// # Errors
    ///
    /// What is missing on this machine, in words.
    pub fn start_with_tls(certificate: &Certificate) -> Result<Self, String> {
        Self::launch(Durability::None, Some(certificate))
    }

    fn launch(durability: Durability, certificate: Option<&Certificate>) -> Result<Self, String> {
        let programs = programs().ok_or(
            "PostgreSQL's server is not installed: apt-get install postgresql, or set \
             OT_TEST_POSTGRES to the URL of a server",
        )?;
        let port = free_port().map_err(|error| format!("no free port: {error}"))?;
        let keeper = keep(&programs, port, durability, certificate)
            .map_err(|error| format!("the cluster cannot be made: {error}"))?;
        Ok(Self::at(
            format!("postgres://ot@127.0.0.1:{port}"),
            Some(keeper),
        ))
    }

    fn at(server: String, keeper: Option<Child>) -> Self {
        Self {
            server: server.trim_end_matches('/').to_owned(),
            keeper,
            databases: AtomicU32::new(0),
        }
    }

    /// Makes a database of its own for a test and gives its URL.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn database(&self) -> Result<String, String> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("ot_{}_{number}", std::process::id());
        let mut connection = self.connect().await?;
        let create = sqlx::AssertSqlSafe(format!("create database {name}"));
        sqlx::query(create)
            .execute(&mut connection)
            .await
            .map_err(|error| format!("no database: {error}"))?;
        drop(connection.close().await);
        Ok(format!("{}/{name}", self.server))
    }

    /// Connects once the server answers.
    async fn connect(&self) -> Result<PgConnection, String> {
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            let url = format!("{}/postgres", self.server);
            match PgConnection::connect(&url).await {
                Ok(connection) => return Ok(connection),
                Err(error) if Instant::now() > deadline => {
                    return Err(format!("PostgreSQL does not answer: {error}"));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

impl Drop for ThrowAwayPostgres {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            // The end of its input is its order to clear up.
            drop(keeper.stdin.take());
            drop(keeper.wait());
        }
    }
}

/// The folder of `initdb` and `postgres`: the newest that Debian has put somewhere, or the path's.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists() && bin.join("postgres").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, bin)| bin).or_else(|| {
        let path = env::var_os("PATH")?;
        env::split_paths(&path).find(|bin| bin.join("initdb").exists())
    })
}

fn free_port() -> io::Result<u16> {
    TcpListener::bind("127.0.0.1:0")?
        .local_addr()
        .map(|address| address.port())
}

/// Starts the keeper and waits until it has made the cluster.
fn keep(
    programs: &Path,
    port: u16,
    durability: Durability,
    certificate: Option<&Certificate>,
) -> io::Result<Child> {
    let folder = tempfile::Builder::new().prefix("ot-postgres-").tempdir()?;
    let user = is_root().then(other_user).transpose()?;
    let settings = settings(durability, certificate, folder.path(), user)?;
    let mut command = Command::new("setpriv");
    if let Some((user, group)) = user {
        chown(folder.path(), Some(user), Some(group))?;
        command.args([
            format!("--reuid={user}"),
            format!("--regid={group}"),
            "--clear-groups".to_owned(),
        ]);
    } else {
        command.arg("--no-new-privs");
    }
    let mut keeper = command
        .args(["sh", "-c", KEEPER, "keeper"])
        .arg(programs)
        .arg(folder.keep())
        .arg(port.to_string())
        .arg(settings)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = keeper.stdout.take().map(BufReader::new);
    let mut said = String::new();
    for line in output.into_iter().flat_map(|output| output.lines()) {
        let line = line?;
        if line == "started" {
            return Ok(keeper);
        }
        said.push_str(&line);
        said.push('\n');
    }
    keeper.wait()?;
    Err(io::Error::other(said))
}

/// The server's flags; what they refer to is put into its folder, for its user.
fn settings(
    durability: Durability,
    certificate: Option<&Certificate>,
    folder: &Path,
    user: Option<(u32, u32)>,
) -> io::Result<String> {
    let mut settings = match durability {
        Durability::None => {
            String::from("-c fsync=off -c synchronous_commit=off -c full_page_writes=off")
        }
        Durability::Full => String::new(),
    };
    let Some(certificate) = certificate else {
        return Ok(settings);
    };
    let files = [
        ("ssl_cert_file", &*certificate.chain),
        ("ssl_key_file", &*certificate.key),
        ("hba_file", "hostssl all all 127.0.0.1/32 trust\n"),
    ];
    for (setting, content) in files {
        let path = folder.join(setting);
        fs::write(&path, content)?;
        // The server refuses a key that others could read.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        chown(&path, user.map(|user| user.0), user.map(|user| user.1))?;
        settings += &format!(" -c {setting}={}", path.display());
    }
    Ok(settings + " -c ssl=on")
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Whom root runs the server as.
fn other_user() -> io::Result<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd")?;
    let find = |wanted: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(wanted))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    find("postgres")
        .or_else(|| find("nobody"))
        .ok_or_else(|| io::Error::other("there is neither a user postgres nor nobody"))
}
