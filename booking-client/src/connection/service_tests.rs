//! Which site is meant, whose answer is believed, and what the server is told.

use super::*;

fn site(id: &str) -> Site {
    Site {
        name: format!("sites/{id}"),
        time_zone: "Europe/London".to_owned(),
        ..Site::default()
    }
}

#[test]
fn the_only_site_need_not_be_named_and_of_several_one_must() {
    assert_eq!(choose(vec![site("a")], None).unwrap().name, "sites/a");
    let both = || vec![site("a"), site("b")];
    assert_eq!(choose(both(), Some("b")).unwrap().name, "sites/b");
    assert_eq!(choose(both(), Some("sites/b")).unwrap().name, "sites/b");
    for wanted in [None, Some("c")] {
        let complaint = choose(both(), wanted).unwrap_err().to_string();
        assert!(complaint.contains("--site: a, b"), "{complaint}");
    }
}

#[test]
fn an_answer_from_nobody_in_particular_is_thrown_away() {
    assert_eq!(believe(Response::new(())).unwrap_err(), Failure::unproven());
}

#[tokio::test]
async fn the_server_learns_the_deadline_and_for_whom_it_is_asked_if_for_anybody() {
    let request = |person: Option<&str>| {
        let handshaker = Handshaker::builder().allow_untrusted(true).build().unwrap();
        let endpoint = Endpoint::from_items(["h:1", "a@b"].into_iter()).unwrap();
        let service = Service {
            channel: channel(&endpoint, handshaker.clone()).unwrap(),
            timeout: Duration::from_secs(1),
            person: person.map(|person| person.parse().unwrap()),
            wanted_site: None,
            site: OnceCell::new(),
            endpoint,
            handshaker,
        };
        service.request_with_deadline(())
    };
    let articles = request(None);
    assert_eq!(articles.metadata().get("grpc-timeout").unwrap(), "1250000u");
    assert!(articles.metadata().get(ON_BEHALF_OF).is_none());
    let annas = request(Some("anna"));
    assert_eq!(annas.metadata().get(ON_BEHALF_OF).unwrap(), "anna");
}
