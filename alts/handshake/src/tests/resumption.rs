//! Sessions that begin where another ended, and what leads back to a full handshake.

use super::*;

pub(super) fn resumption(name: &str, seed: u8) -> Arc<Resumption> {
    let seed = Seed::new([seed; 32]);
    Arc::new(Resumption::new(account(name), &seed, NOW))
}

/// Two sides that may resume.
pub(super) fn pair() -> Pair {
    let mut pair = Pair::default();
    pair.client.resumption = Some(resumption(CLIENT, 1));
    pair.server.resumption = Some(resumption(SERVER, 2));
    pair
}

/// How a whole conversation ended, and what was said.
pub(super) struct Conversation {
    pub(super) client: End,
    pub(super) server: End,
    pub(super) flights: Vec<Vec<u8>>,
}

impl Conversation {
    pub(super) fn established(self) -> (Established, Established) {
        (self.client.established(), self.server.established())
    }
}

/// Lets both sides talk until neither has anything to say; `alter` sees each flight on its way.
/// Each call has entropy of its own.
pub(super) fn converse(
    pair: &mut Pair,
    mut alter: impl FnMut(usize, &mut Vec<u8>),
) -> Conversation {
    pair.client_entropy[0] += 1;
    for byte in &mut pair.server_entropy {
        *byte += 1;
    }
    let (mut client, mut flight) = Client::start(pair);
    let mut server = Server::start(pair);
    let mut flights = Vec::new();
    while !flight.is_empty() {
        alter(flights.len(), &mut flight);
        let mut answer = Vec::new();
        if flights.len() % 2 == 0 {
            (server, _) = server.feed(&flight, pair.server_now, &mut answer);
        } else {
            (client, _) = client.feed(&flight, pair.client_now, &mut answer);
        }
        flights.push(std::mem::replace(&mut flight, answer));
    }
    Conversation {
        client: client.end(),
        server: server.end(),
        flights,
    }
}

pub(super) fn untouched(_: usize, _: &mut Vec<u8>) {}

/// Whether the next session is a resumed one. Panics unless both sides agree, on everything.
pub(super) fn is_resumed(pair: &mut Pair) -> bool {
    let (client, server) = converse(pair, untouched).established();
    assert_eq!(client.record_key.as_bytes(), server.record_key.as_bytes());
    assert_eq!(client.resumed, server.resumed);
    assert_eq!(client.peer.account, account(SERVER));
    assert_eq!(server.peer.account, account(CLIENT));
    client.resumed
}

#[test]
fn each_session_may_be_resumed_by_the_next_one() {
    let mut pair = pair();
    let resumed = [(); 4].map(|()| is_resumed(&mut pair));
    assert_eq!(resumed, [false, true, true, true]);
}

#[test]
fn one_side_that_knows_nothing_of_tickets_does_not_disturb_the_other() {
    for side in [0, 1] {
        let mut pair = pair();
        if side == 0 {
            pair.client.resumption = None;
        } else {
            pair.server.resumption = None;
        }
        assert_eq!([(); 3].map(|()| is_resumed(&mut pair)), [false; 3]);
    }
}

#[test]
fn a_resumed_session_has_keys_of_its_own_and_carries_no_server_certificate() {
    let mut pair = pair();
    let certificate = pair.server.credential.certificate().to_vec();
    let holds = |flight: &[u8]| flight.windows(certificate.len()).any(|w| w == certificate);
    let first = converse(&mut pair, untouched);
    assert!(holds(&first.flights[1]));
    let second = converse(&mut pair, untouched);
    assert!(!holds(&second.flights[1]));
    assert!(second.flights[1].len() < first.flights[1].len());
    assert_eq!(second.flights.len(), 3, "as many flights as ever");
    let (first, second) = (first.established().0, second.established().0);
    assert!(second.resumed && !first.resumed);
    assert_ne!(first.record_key.as_bytes(), second.record_key.as_bytes());
    assert_eq!(first.peer, second.peer);
}

#[test]
fn parallel_connections_resume_one_session_each() {
    let mut pair = pair();
    // Several full handshakes whose tickets are kept side by side.
    for _ in 0..3 {
        let kept = pair.client.resumption.take();
        pair.client.resumption = Some(resumption(CLIENT, 1));
        is_resumed(&mut pair);
        pair.client.resumption = kept;
    }
    assert!(!is_resumed(&mut pair), "none of those was kept here");
    assert!(is_resumed(&mut pair));
}

#[test]
fn a_ticket_ends_with_the_certificate_it_stands_for() {
    let minute = Duration::from_secs(60);
    for short in [CLIENT, SERVER] {
        let mut pair = pair();
        let long_lived = [&pair.client.credential, &pair.server.credential].map(Arc::clone);
        let brief =
            master(1, short, Validity::starting(NOW, HOUR)).issue(&Seed::new([3; 32]), NOW, minute);
        match short {
            CLIENT => pair.client.credential = Arc::new(brief),
            _ => pair.server.credential = Arc::new(brief),
        }
        assert!(!is_resumed(&mut pair));
        [pair.client.credential, pair.server.credential] = long_lived;
        for (seconds, resumed) in [(59, true), (61, false)] {
            let later = NOW.after(Duration::from_secs(seconds));
            (pair.client_now, pair.server_now) = (later, later);
            assert_eq!(is_resumed(&mut pair), resumed, "{short} {seconds}");
        }
    }
}

#[test]
fn a_ticket_lives_an_hour_and_no_longer() {
    for (seconds, resumed) in [(3599, true), (3600, false)] {
        let mut pair = pair();
        let day = Validity::starting(NOW, 24 * HOUR);
        for (name, credential) in [
            (CLIENT, &mut pair.client.credential),
            (SERVER, &mut pair.server.credential),
        ] {
            let seed = Seed::new([name.len() as u8; 32]);
            *credential = Arc::new(master(1, name, day).issue(&seed, NOW, 24 * HOUR));
        }
        is_resumed(&mut pair);
        let later = NOW.after(Duration::from_secs(seconds));
        (pair.client_now, pair.server_now) = (later, later);
        assert_eq!(is_resumed(&mut pair), resumed, "{seconds}");
    }
}

type Change = fn(&mut Pair);

#[test]
fn whatever_is_wrong_with_a_ticket_leads_to_a_full_handshake() {
    let cases: [(&str, Change); 5] = [
        ("the server forgot its key", |p| {
            p.server.resumption = Some(resumption(SERVER, 9));
        }),
        ("the server stopped resuming", |p| {
            p.server.resumption = None;
        }),
        ("the client forgot its tickets", |p| {
            p.client.resumption = Some(resumption(CLIENT, 9));
        }),
        ("another name is dialled", |p| {
            p.client.target_name = Some("elsewhere:1".to_owned());
        }),
        ("no name is dialled", |p| p.client.target_name = None),
    ];
    for (told, change) in cases {
        let mut pair = pair();
        assert!(!is_resumed(&mut pair));
        change(&mut pair);
        assert!(!is_resumed(&mut pair), "{told}");
    }
}
