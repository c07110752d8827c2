//! Resumption as a library sees it: in an attribute, and in nothing else.

use super::*;
use alts_handshake::{NamePolicy, ResumptionSettings};

struct Machines {
    client: SessionContext,
    server: SessionContext,
}

impl Machines {
    fn new(server_gives: bool) -> Self {
        let resuming = |name: &str, gives| {
            let settings = ResumptionSettings {
                gives,
                ..ResumptionSettings::default()
            };
            let seed = Seed::new([name.len() as u8; 32]);
            let resumption = Resumption::new(account(name), &seed, settings, NOW);
            SessionContext {
                resumption: Some(Arc::new(resumption)),
                ..context(name)
            }
        };
        Self {
            client: resuming(CLIENT, true),
            server: resuming(SERVER, server_gives),
        }
    }

    fn begin(&self, context: &SessionContext, oneof: ReqOneof, random: u8, now: Timestamp) -> Turn {
        let entropy = Entropy::new(&[random; Entropy::LEN]);
        let credential = Ok(credential(context.account.as_ref()));
        Session::begin(
            context,
            Caller::Other,
            request(oneof),
            credential,
            entropy,
            now,
        )
    }

    /// A whole session; the client's answers, then the server's.
    fn session(&self, random: u8) -> [Vec<HandshakerResp>; 2] {
        self.session_at(random, NOW, NOW)
    }

    fn session_at(
        &self,
        random: u8,
        client_now: Timestamp,
        server_now: Timestamp,
    ) -> [Vec<HandshakerResp>; 2] {
        let start = ReqOneof::ClientStart(client_start());
        let mut client = self.begin(&self.client, start, random, client_now);
        let mut server = None;
        let mut answers = [Vec::new(), Vec::new()];
        loop {
            let (flight, next_client) = take_apart(client, &mut answers[0]);
            let turn = match server.take() {
                None => {
                    let start = ReqOneof::ServerStart(server_start(&flight));
                    self.begin(&self.server, start, random, server_now)
                }
                Some(server) => Session::proceed(server, next(&flight), server_now),
            };
            let (flight, next_server) = take_apart(turn, &mut answers[1]);
            let (Some(next_client), Some(next_server)) = (next_client, next_server) else {
                return answers;
            };
            server = Some(next_server);
            client = next_client.proceed(next(&flight), client_now);
        }
    }
}

/// What to send on, and whom to ask next.
fn take_apart(turn: Turn, answers: &mut Vec<HandshakerResp>) -> (Vec<u8>, Option<Session>) {
    let (answer, session) = match turn {
        Turn::Continue { answer, session } => (answer, Some(session)),
        Turn::Finished { answer, .. } => (answer, None),
        Turn::Failed { failure, .. } => panic!("failed: {failure:?}"),
    };
    answers.push(answer.clone());
    (answer.out_frames, session)
}

fn attribute(answers: &[HandshakerResp], name: &str) -> String {
    let result = answers.last().and_then(|answer| answer.result.as_ref());
    let identity = result.and_then(|result| result.peer_identity.as_ref());
    identity.unwrap().attributes[name].clone()
}

#[test]
fn an_application_can_see_whether_its_session_was_resumed() {
    for server_gives in [true, false] {
        let machines = Machines::new(server_gives);
        for (random, expected) in [(1, "false"), (2, "true"), (3, "true")] {
            for answers in machines.session(random) {
                assert_eq!(attribute(&answers, "alts.resumed"), expected);
                assert_eq!(attribute(&answers, "alts.handshake"), "alts-local/1");
                assert_eq!(answers.len(), 2);
            }
        }
    }
}

#[test]
fn a_resumed_session_needs_a_credential_of_its_own() {
    let machines = Machines::new(true);
    machines.session(1);
    let cause = NoCredential::Disabled(account(CLIENT));
    let turn = Session::begin(
        &machines.client,
        Caller::Other,
        request(ReqOneof::ClientStart(client_start())),
        Err(cause),
        Entropy::new(&[9; Entropy::LEN]),
        NOW,
    );
    assert_eq!(failed(turn).1.code, tonic::Code::Unavailable);
}

#[test]
fn a_handshake_that_begins_again_keeps_to_the_rules_on_both_sides() {
    let machines = Machines::new(false);
    machines.session(1);
    // The client's clock says that its ticket has ended, the server's not yet.
    let [before, after] = [3599, 3601].map(|s| NOW.after(Duration::from_secs(s)));
    let [client, server] = machines.session_at(2, after, before);
    for answers in [&client, &server] {
        assert_eq!(answers.len(), 3);
        for answer in answers {
            assert_eq!(answer.status, Some(HandshakerStatus::default()));
        }
        let (last, others) = answers.split_last().unwrap();
        assert!(last.result.is_some() && others.iter().all(|other| other.result.is_none()));
        assert_eq!(attribute(answers, "alts.resumed"), "false");
    }
    let sent = |answers: &[HandshakerResp], at: usize| answers[at].out_frames.len();
    let consumed = |answers: &[HandshakerResp], at: usize| answers[at].bytes_consumed as usize;
    assert_eq!(consumed(&client, 1), sent(&server, 0));
    assert_eq!(consumed(&server, 1), sent(&client, 1));
    assert_eq!(consumed(&client, 2), sent(&server, 1));
}

#[test]
fn a_server_that_may_not_answer_to_the_dialled_name_is_permission_denied() {
    let mut machines = Machines::new(true);
    machines.client.names = Arc::new(NamePolicy::parse("", "names.toml").unwrap());
    let start = ReqOneof::ClientStart(client_start());
    let (first, client) = going_on(machines.begin(&machines.client, start, 1, NOW));
    let start = ReqOneof::ServerStart(server_start(&first.out_frames));
    let (second, _) = going_on(machines.begin(&machines.server, start, 1, NOW));
    let (_, failure) = failed(client.proceed(next(&second.out_frames), NOW));
    assert_eq!(failure.code, tonic::Code::PermissionDenied);
    assert!(
        failure.details.contains("backend:8080"),
        "{}",
        failure.details
    );
}
