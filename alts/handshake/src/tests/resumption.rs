//! Sessions that begin where another ended, and what leads back to a full handshake.

use super::*;
use crate::ticket::MAX_TICKET_LEN;

pub(super) const BOTH: ResumptionSettings = ResumptionSettings {
    gives: true,
    keeps: true,
    lifetime: HOUR,
};
/// A server like this leaves it to clients to give tickets.
pub(super) const KEEPS_ONLY: ResumptionSettings = ResumptionSettings {
    gives: false,
    ..BOTH
};

pub(super) fn resumption(name: &str, seed: u8, settings: ResumptionSettings) -> Arc<Resumption> {
    let seed = Seed::new([seed; 32]);
    Arc::new(Resumption::new(account(name), &seed, settings, NOW))
}

/// Two sides that may resume.
pub(super) fn pair(client: ResumptionSettings, server: ResumptionSettings) -> Pair {
    let mut pair = Pair::default();
    pair.client.resumption = Some(resumption(CLIENT, 1, client));
    pair.server.resumption = Some(resumption(SERVER, 2, server));
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
fn who_gives_and_who_keeps_decides_whether_sessions_resume() {
    let gives_only = ResumptionSettings {
        keeps: false,
        ..BOTH
    };
    let neither = ResumptionSettings {
        keeps: false,
        ..KEEPS_ONLY
    };
    let cases = [
        (BOTH, BOTH, true),
        // The client keeps the server's ticket.
        (KEEPS_ONLY, BOTH, true),
        (KEEPS_ONLY, gives_only, true),
        // The server keeps the client's.
        (BOTH, KEEPS_ONLY, true),
        (gives_only, KEEPS_ONLY, true),
        (gives_only, BOTH, true),
        // Nobody gives, or nobody keeps.
        (KEEPS_ONLY, KEEPS_ONLY, false),
        (gives_only, gives_only, false),
        (BOTH, neither, false),
        (neither, BOTH, false),
    ];
    for (client, server, expected) in cases {
        for cipher in [Cipher::Pfs, Cipher::Static] {
            let mut pair = pair(client, server);
            pair.client.ciphers = vec![cipher];
            pair.server.ciphers = vec![cipher];
            let resumed = [(); 4].map(|()| is_resumed(&mut pair));
            let told = format!("{client:?} {server:?} {cipher:?}");
            assert_eq!(resumed, [false, expected, expected, expected], "{told}");
        }
    }
}

#[test]
fn one_side_that_knows_nothing_of_tickets_does_not_disturb_the_other() {
    for side in [0, 1] {
        let mut pair = pair(BOTH, BOTH);
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
    let mut pair = pair(BOTH, BOTH);
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
fn a_session_leaves_one_ticket_so_that_no_secret_is_used_twice() {
    const WITHOUT_TICKET: usize = 42;
    let client_finished_len = |client, server| {
        let conversation = converse(&mut pair(client, server), untouched);
        conversation.flights[2].len()
    };
    assert_eq!(client_finished_len(BOTH, BOTH), WITHOUT_TICKET);
    assert!(client_finished_len(BOTH, KEEPS_ONLY) > WITHOUT_TICKET + 100);
    assert!(client_finished_len(BOTH, KEEPS_ONLY) < WITHOUT_TICKET + MAX_TICKET_LEN);
}

#[test]
fn parallel_connections_resume_one_session_each() {
    let mut pair = pair(BOTH, BOTH);
    // Several full handshakes whose tickets are kept side by side.
    for _ in 0..3 {
        let kept = pair.client.resumption.take();
        pair.client.resumption = Some(resumption(CLIENT, 1, BOTH));
        is_resumed(&mut pair);
        pair.client.resumption = kept;
    }
    assert!(!is_resumed(&mut pair), "none of those was kept here");
    assert!(is_resumed(&mut pair));
}

#[test]
fn a_ticket_ends_with_the_certificate_it_stands_for() {
    let minute = Duration::from_secs(60);
    for (server, short) in [(BOTH, CLIENT), (KEEPS_ONLY, SERVER), (BOTH, SERVER)] {
        let mut pair = pair(BOTH, server);
        let long_lived = [&pair.client.credential, &pair.server.credential].map(Arc::clone);
        let brief = master(1, short, Validity::starting(NOW, HOUR)).issue(
            &Seed::new([3; 32]),
            &[Cipher::Pfs],
            NOW,
            minute,
        );
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
fn a_ticket_lives_as_long_as_its_giver_says_and_no_longer() {
    let brief = ResumptionSettings {
        lifetime: Duration::from_secs(10),
        ..BOTH
    };
    for (seconds, resumed) in [(9, true), (10, false)] {
        let mut pair = pair(BOTH, brief);
        is_resumed(&mut pair);
        let later = NOW.after(Duration::from_secs(seconds));
        (pair.client_now, pair.server_now) = (later, later);
        assert_eq!(is_resumed(&mut pair), resumed, "{seconds}");
    }
}

type Change = fn(&mut Pair);

#[test]
fn whatever_is_wrong_with_a_ticket_leads_to_a_full_handshake() {
    let cases: [(&str, Change); 6] = [
        ("the server forgot its key", |p| {
            p.server.resumption = Some(resumption(SERVER, 9, BOTH));
        }),
        ("the server stopped resuming", |p| {
            p.server.resumption = None;
        }),
        ("the client forgot its tickets", |p| {
            p.client.resumption = Some(resumption(CLIENT, 9, BOTH));
        }),
        ("another name is dialled", |p| {
            p.client.target_name = Some("elsewhere:1".to_owned());
        }),
        ("no name is dialled", |p| p.client.target_name = None),
        ("another key agreement is wanted", |p| {
            p.client.ciphers = vec![Cipher::Static];
            p.server.ciphers = vec![Cipher::Static];
        }),
    ];
    for (told, change) in cases {
        let mut pair = pair(BOTH, BOTH);
        assert!(!is_resumed(&mut pair));
        change(&mut pair);
        assert!(!is_resumed(&mut pair), "{told}");
    }
}

#[test]
fn a_client_that_cannot_use_the_ticket_it_is_returned_begins_again() {
    let mut pair = pair(BOTH, KEEPS_ONLY);
    assert!(!is_resumed(&mut pair));
    // Its clock says the ticket has ended, the server's not yet.
    let second = Duration::from_secs(1);
    pair.server_now = NOW.after(HOUR - second);
    pair.client_now = NOW.after(HOUR + second);
    let conversation = converse(&mut pair, untouched);
    assert_eq!(conversation.flights.len(), 5);
    let (client, server) = conversation.established();
    assert!(!client.resumed && !server.resumed);
    assert_eq!(client.record_key.as_bytes(), server.record_key.as_bytes());
}

#[test]
fn a_session_is_resumed_with_the_key_agreement_it_had_or_not_at_all() {
    for server in [BOTH, KEEPS_ONLY] {
        let mut pair = pair(BOTH, server);
        let [static_first, pfs_first] =
            [[Cipher::Static, Cipher::Pfs], [Cipher::Pfs, Cipher::Static]];
        pair.server.ciphers = pfs_first.to_vec();
        pair.client.ciphers = static_first.to_vec();
        assert_eq!([(); 2].map(|()| is_resumed(&mut pair)), [false, true]);
        pair.client.ciphers = pfs_first.to_vec();
        assert_eq!([(); 2].map(|()| is_resumed(&mut pair)), [false, true]);
    }
}
