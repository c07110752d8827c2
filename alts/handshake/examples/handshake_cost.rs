//! What a handshake costs: microseconds of one core, both sides together, and bytes on the wire.
//!
//! ```sh
//! cargo run --release -p alts-handshake --example handshake_cost -- 2000
//! ```
//!
//! No network and no gRPC: the handshake alone, full and resumed. Run by hand; a figure depends on the machine, the ratios hardly do.

use std::{
    num::NonZeroU32,
    sync::Arc,
    time::{Duration, Instant},
};

use alts::RpcVersions;
use alts_handshake::{
    ClientConfig, Entropy, Established, Handshake, HandshakeCredential, Input, MachineName,
    MasterKey, Offer, PeerVerifier, Progress, RECORD_PROTOCOLS, Resumption, RootKey, Seed,
    ServerConfig, Timestamp, Validity,
};

const NOW: Timestamp = Timestamp::from_unix_s(1_700_000_000);
const HOUR: Duration = Duration::from_secs(3600);
const CLIENT: &str = "client@example.iam.gserviceaccount.com";
const SERVER: &str = "server@example.iam.gserviceaccount.com";

/// Handshakes per line unless the first argument says otherwise.
const DEFAULT_ROUNDS: u32 = 500;

/// What is measured on one line.
#[derive(Clone, Copy)]
enum Kind {
    /// Both chains are checked and all is agreed on anew, as at the first meeting.
    First,
    /// Both chains are remembered, as at later meetings.
    Full,
    /// From a ticket of the session before.
    Resumed,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds = match std::env::args().nth(1) {
        None => DEFAULT_ROUNDS,
        Some(rounds) => rounds.parse::<NonZeroU32>()?.get(),
    };
    println!("both sides, one core, the median of {rounds} handshakes\n");
    println!(
        "{:<34} {:>7} {:>12} {:>12}",
        "", "µs", "bytes to", "bytes to"
    );
    println!("{:<34} {:>7} {:>12} {:>12}", "", "", "server", "client");
    for (name, kind) in [
        ("full, first meeting", Kind::First),
        ("full, met before", Kind::Full),
        ("resumed", Kind::Resumed),
    ] {
        let (took, (to_server, to_client)) = measure(kind, rounds)?;
        let took = took.as_micros();
        println!("{name:<34} {took:>7} {to_server:>12} {to_client:>12}");
    }
    Ok(())
}

/// The median time, which says what one costs also on a busy machine, and the bytes of the last.
fn measure(
    kind: Kind,
    rounds: u32,
) -> Result<(Duration, (usize, usize)), Box<dyn std::error::Error>> {
    let mut sides = Sides::new(kind)?;
    // The first meeting fills the caches, or leaves the ticket that the second begins with.
    sides.shake_hands()?;
    let mut took = Vec::new();
    let mut bytes = (0, 0);
    for _ in 0..rounds {
        if matches!(kind, Kind::First) {
            sides.forget_each_other()?;
        }
        let begun = Instant::now();
        let resumed;
        (bytes, resumed) = sides.shake_hands()?;
        took.push(begun.elapsed());
        let expected = matches!(kind, Kind::Resumed);
        if resumed != expected {
            return Err("a handshake was not of the kind that is measured".into());
        }
    }
    took.sort_unstable();
    Ok((took[took.len() / 2], bytes))
}

struct Sides {
    root: RootKey,
    client: ClientConfig,
    server: ServerConfig,
    /// The client's and the server's.
    verifiers: [Arc<PeerVerifier>; 2],
}

impl Sides {
    fn new(kind: Kind) -> Result<Self, Box<dyn std::error::Error>> {
        let root = RootKey::new(&seed()?);
        let offer = Offer {
            application_protocols: vec!["grpc".to_owned()],
            record_protocols: RECORD_PROTOCOLS.iter().map(ToString::to_string).collect(),
            rpc_versions: Some(RpcVersions::OURS),
            max_frame_size: 0,
        };
        let resumption = |name: &str| match kind {
            Kind::First | Kind::Full => Ok::<_, Box<dyn std::error::Error>>(None),
            Kind::Resumed => {
                let resumption = Resumption::new(name.parse()?, &seed()?, NOW);
                Ok(Some(Arc::new(resumption)))
            }
        };
        Ok(Self {
            client: ClientConfig {
                credential: credential(&root, CLIENT)?,
                offer: offer.clone(),
                targets: vec![SERVER.parse()?],
                target_name: Some("server.example:8080".to_owned()),
                names: Arc::default(),
                resumption: resumption(CLIENT)?,
            },
            server: ServerConfig {
                credential: credential(&root, SERVER)?,
                offer,
                resumption: resumption(SERVER)?,
            },
            verifiers: verifiers(&root),
            root,
        })
    }

    /// Chains are remembered by whom they are shown to.
    fn forget_each_other(&mut self) -> Result<(), Box<dyn std::error::Error>> {
        self.verifiers = verifiers(&self.root);
        self.client.credential = credential(&self.root, CLIENT)?;
        self.server.credential = credential(&self.root, SERVER)?;
        Ok(())
    }

    /// Bytes to the server, bytes to the client, and whether the session was resumed.
    fn shake_hands(&self) -> Result<((usize, usize), bool), Box<dyn std::error::Error>> {
        let mut to_server = Vec::new();
        let mut to_client = Vec::new();
        let [by_client, by_server] = self.verifiers.clone();
        let client = self.client.clone();
        let client = Handshake::client(client, by_client, entropy()?, NOW, &mut to_server);
        let server = Handshake::server(self.server.clone(), by_server, entropy()?);
        let opening = to_server.len();
        let server = server.process(&mut Input::new(&to_server), NOW, &mut to_client)?;
        let Progress::NeedsInput(server) = server else {
            return Err("the server did not wait for the client's proof".into());
        };
        let client = done(client.process(&mut Input::new(&to_client), NOW, &mut to_server)?)?;
        let mut last = Input::new(&to_server[opening..]);
        let server = done(server.process(&mut last, NOW, &mut Vec::new())?)?;
        if client.record_key.as_bytes() != server.record_key.as_bytes() {
            return Err("the two sides hold different keys".into());
        }
        Ok(((to_server.len(), to_client.len()), server.resumed))
    }
}

fn verifiers(root: &RootKey) -> [Arc<PeerVerifier>; 2] {
    [(); 2].map(|()| Arc::new(PeerVerifier::of_roots([root.public()])))
}

fn done(progress: Progress) -> Result<Established, &'static str> {
    match progress {
        Progress::Done(established) => Ok(established),
        Progress::NeedsInput(_) => Err("a flight was not whole"),
    }
}

fn credential(
    root: &RootKey,
    name: &str,
) -> Result<Arc<HandshakeCredential>, Box<dyn std::error::Error>> {
    let key = MasterKey::new(name.parse()?, &seed()?);
    let request = key.request(MachineName::parse("machine")?);
    let certificate = root.sign(&request, Validity::starting(NOW, HOUR), 1);
    let master = key.certified(certificate);
    Ok(Arc::new(master.issue(&seed()?, NOW, HOUR)))
}

fn seed() -> Result<Seed, getrandom::Error> {
    let mut seed = Seed::new([0; 32]);
    getrandom::fill(seed.as_mut_slice())?;
    Ok(seed)
}

fn entropy() -> Result<Entropy, getrandom::Error> {
    let mut bytes = [0; Entropy::LEN];
    getrandom::fill(&mut bytes)?;
    Ok(Entropy::new(&bytes))
}
