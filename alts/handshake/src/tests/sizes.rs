//! What travels is small: the figures that the README states, with the article's accounts.

use super::{
    resumption::{converse, resumption, untouched},
    *,
};

const CLIENT_ACCOUNT: &str = "prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com";
const SERVER_ACCOUNT: &str = "prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com";

fn issued(name: &str, machine: &str) -> Arc<HandshakeCredential> {
    let key = MasterKey::new(account(name), &Seed::new([0x51; 32]));
    let request = key.request(MachineName::parse(machine).unwrap());
    let root = RootKey::new(&Seed::new([1; 32]));
    let validity = Validity::starting(NOW, HOUR);
    let master = key.certified(root.sign(&request, validity, 0x0123_4567_89ab));
    Arc::new(master.issue(&Seed::new([3; 32]), NOW, HOUR))
}

fn article() -> Pair {
    let mut pair = Pair::default();
    pair.client.credential = issued(CLIENT_ACCOUNT, "prod-booking-client-vm");
    pair.server.credential = issued(SERVER_ACCOUNT, "prod-booking-service-vm");
    pair.client.targets = vec![account(SERVER_ACCOUNT)];
    pair.client.target_name = Some("10.128.0.2:8080".to_owned());
    pair
}

fn sizes(pair: &mut Pair) -> Vec<usize> {
    let conversation = converse(pair, untouched);
    assert!(conversation.server.is_established());
    conversation.flights.iter().map(Vec::len).collect()
}

/// A first session and one that resumes it.
fn resuming() -> [Vec<usize>; 2] {
    let mut pair = article();
    pair.client.resumption = Some(resumption(CLIENT_ACCOUNT, 1));
    pair.server.resumption = Some(resumption(SERVER_ACCOUNT, 2));
    [(); 2].map(|()| sizes(&mut pair))
}

#[test]
fn flights_have_the_sizes_that_the_readme_states() {
    let [first, resumed] = resuming();
    let found = [
        sizes(&mut article()),
        first,
        resumed,
        vec![article().client.credential.certificate().len()],
    ];
    let stated = [
        vec![576, 588, 42],
        vec![578, 837, 42],
        vec![821, 414, 42],
        vec![433],
    ];
    assert_eq!(found, stated);
}
