//! What handshakers and authorities say of handshakes, and what they never say.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{binary::*, processes::*, support::*};

/// Every way in which bytes may be printed.
fn printed(secret: &[u8]) -> Vec<String> {
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let list: Vec<String> = secret.iter().map(ToString::to_string).collect();
    let escaped: String = secret
        .iter()
        .flat_map(|b| b.escape_ascii())
        .map(char::from)
        .collect();
    vec![
        hex.to_uppercase(),
        hex,
        list.join(", "),
        STANDARD.encode(secret),
        escaped.replace('\\', "\\\\"),
        escaped,
    ]
}

/// The values of these fields, wherever they are.
fn values<'a>(json: &'a Value, wanted: &str, found: &mut Vec<&'a str>) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(text) if name == wanted => found.push(text),
                    _ => values(value, wanted, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| values(item, wanted, found)),
        _ => {}
    }
}

#[tokio::test]
async fn no_secret_is_in_any_log_metric_or_record_however_much_is_logged() {
    let processes = Processes::start("trace");
    let (client_vm, server_vm) = processes.machines();
    let (client, server) = (client_vm.process().await, server_vm.process().await);
    // A full handshake, resumed ones, and ones that fail.
    let mut secrets: Vec<Vec<u8>> = Vec::new();
    for _ in 0..4 {
        let key = shake(&client, &server, &[SERVER]).await.key();
        // The key for AES and the mask for nonces: neither half may be seen.
        secrets.extend([key[..32].to_vec(), key[32..].to_vec()]);
    }
    shake(&client, &server, &["else@p.iam"]).await;
    let mut junk = server.call().await;
    let _ = junk.ask(server_start(b"GET / HTTP/1.1\r\n\r\n")).await;

    let state = processes.dir.path().join("authority");
    let record = std::fs::read_to_string(state.join("authority.json")).unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    let mut seeds = Vec::new();
    values(&record, "signing_key_hex", &mut seeds);
    assert_eq!(seeds.len(), 1, "where is the root's private key?");
    let mut words: Vec<String> = secrets.iter().flat_map(|secret| printed(secret)).collect();
    words.extend(seeds.into_iter().map(str::to_owned));
    words.extend(printed(SECRET.as_bytes()));

    let metrics = stdout(&run(&["metrics", "--admin", &processes.admin]));
    let mut texts = vec![
        ("metrics", metrics),
        (
            "issued.jsonl",
            std::fs::read_to_string(state.join("issued.jsonl")).unwrap(),
        ),
    ];
    for (name, process) in [
        ("the authority", processes.authority),
        ("the client's handshaker", client_vm.running),
        ("the server's handshaker", server_vm.running),
    ] {
        let lines = process.last_words();
        assert!(lines.len() > 20, "{name} was to log everything: {lines:?}");
        texts.push((name, lines.join("\n")));
    }
    for (name, text) in texts {
        for word in &words {
            assert!(
                !text.contains(word.as_str()),
                "{word} is in {name}:\n{text}"
            );
        }
    }
}

#[tokio::test]
async fn each_handshake_leaves_one_line_with_peer_outcome_cause_duration_and_whether_it_was_resumed()
 {
    let processes = Processes::start("info");
    let (client_vm, server_vm) = processes.machines();
    let (client, server) = (client_vm.process().await, server_vm.process().await);
    shake(&client, &server, &[SERVER]).await.key();
    shake(&client, &server, &[SERVER]).await.key();
    shake(&client, &server, &["else@p.iam"]).await;
    let mut cancelled = client.start_client(&[SERVER]).await.0;
    drop(cancelled.requests);
    let _ = within(cancelled.answers.message()).await;

    let finished = |lines: Vec<String>| -> Vec<Value> {
        let events = lines
            .iter()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let fields = events.map(|mut event| event["fields"].take());
        fields
            .filter(|fields| fields["message"] == "handshake finished")
            .collect()
    };
    let seen = finished(client_vm.running.last_words());
    let expected = [
        ("established", SERVER, Some(false), ""),
        ("established", SERVER, Some(true), ""),
        (
            "failed",
            "",
            None,
            "the peer is server@p.iam but only else@p.iam may be called",
        ),
        ("abandoned", "", None, "half-closed"),
    ];
    assert_eq!(seen.len(), expected.len(), "{seen:?}");
    for (line, (outcome, peer, resumed, cause)) in seen.iter().zip(expected) {
        assert_eq!(line["machine"], "client-vm");
        assert_eq!(line["side"], "client");
        assert_eq!(line["outcome"], outcome, "{line}");
        assert_eq!(line["peer"].as_str().unwrap_or_default(), peer, "{line}");
        assert_eq!(line["resumed"].as_bool(), resumed, "{line}");
        assert!(
            line["cause"].as_str().unwrap_or_default().contains(cause),
            "{line}"
        );
        assert!(line["duration_ms"].is_u64(), "{line}");
    }
    let seen = finished(server_vm.running.last_words());
    assert_eq!(seen[0]["side"], "server", "{seen:?}");
    assert_eq!(seen[0]["peer"], CLIENT, "{seen:?}");
}
