//! Resumption as a library sees it: in an attribute, and in nothing else.

use alts_handshake::NamePolicy;

use super::*;

struct Machines {
    client: SessionContext,
    server: SessionContext,
}

impl Machines {
    fn new() -> Self {
        let resuming = |name: &str| {
            let seed = Seed::new([name.len() as u8; 32]);
            let resumption = Resumption::new(account(name), &seed, NOW);
            SessionContext {
                resumption: Some(Arc::new(resumption)),
                ..context(name)
            }
        };
        Self {
            client: resuming(CLIENT),
            server: resuming(SERVER),
        }
    }

    fn begin(&self, context: &SessionContext, oneof: ReqOneof, random: u8, now: Timestamp) -> Step {
        let entropy = Entropy::new(&[random; Entropy::LEN]);
        let credential = Ok(credential(context.account.as_ref()));
        Session::begin(
            context,
            verifier(),
            ClientLibrary::Other,
            request(oneof),
            credential,
            entropy,
            now,
        )
    }

    /// A whole session; the client's answers, then the server's.
    fn session(&self, random: u8) -> [Vec<HandshakerResp>; 2] {
        let start = ReqOneof::ClientStart(client_start());
        let mut client = self.begin(&self.client, start, random, NOW);
        let mut server = None;
        let mut answers = [Vec::new(), Vec::new()];
        loop {
            let (flight, next_client) = take_apart(client, &mut answers[0]);
            let step = match server.take() {
                None => {
                    let start = ReqOneof::ServerStart(server_start(&flight));
                    self.begin(&self.server, start, random, NOW)
                }
                Some(server) => Session::proceed(server, next(&flight), NOW),
            };
            let (flight, next_server) = take_apart(step, &mut answers[1]);
            let (Some(next_client), Some(next_server)) = (next_client, next_server) else {
                return answers;
            };
            server = Some(next_server);
            client = next_client.proceed(next(&flight), NOW);
        }
    }
}

/// What to send on, and whom to ask next.
fn take_apart(step: Step, answers: &mut Vec<HandshakerResp>) -> (Vec<u8>, Option<Session>) {
    let (answer, session) = match step {
        Step::Continue { answer, session } => (answer, Some(session)),
        Step::Finished { answer, .. } => (answer, None),
        Step::Failed { failure, .. } => panic!("failed: {failure:?}"),
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
    let machines = Machines::new();
    for (random, expected) in [(1, "false"), (2, "true"), (3, "true")] {
        for answers in machines.session(random) {
            assert_eq!(attribute(&answers, "alts.resumed"), expected);
            assert_eq!(attribute(&answers, "alts.handshake"), "alts-local/2");
            assert_eq!(answers.len(), 2);
        }
    }
}

#[test]
fn a_resumed_session_needs_a_credential_of_its_own() {
    let machines = Machines::new();
    machines.session(1);
    let cause = NoCredential::Disabled(account(CLIENT));
    let step = Session::begin(
        &machines.client,
        verifier(),
        ClientLibrary::Other,
        request(ReqOneof::ClientStart(client_start())),
        Err(cause),
        Entropy::new(&[9; Entropy::LEN]),
        NOW,
    );
    assert_eq!(failed(step).1.code, tonic::Code::Unavailable);
}

#[test]
fn a_server_that_may_not_answer_to_the_dialled_name_is_permission_denied() {
    let mut machines = Machines::new();
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
