//! What was counted is what is printed.

use super::*;

#[test]
fn what_was_counted_is_printed_as_prometheus_reads_it() {
    let metrics = Arc::new(Metrics::new(Clock::new(|| Timestamp::from_unix_s(1000))));
    let machine = MachineName::parse("vm").unwrap();
    let established = ("established", Code::Ok, false);
    for _ in 0..2 {
        metrics.ended("vm", "client", established, Duration::from_millis(3));
    }
    let connection = metrics.counted(CONNECTIONS, &machine);
    let slot = metrics.credential_slot();
    slot.holds(&machine, Timestamp::from_unix_s(1060));
    let text = metrics.render();
    for expected in [
        "# TYPE alts_handshakes_total counter\n",
        "alts_handshakes_total{machine=\"vm\",side=\"client\",outcome=\"established\",code=\"Ok\",\
         resumed=\"false\"} 2\n",
        "alts_handshake_duration_seconds_bucket{machine=\"vm\",side=\"client\",le=\"0.0025\"} 0\n",
        "alts_handshake_duration_seconds_bucket{machine=\"vm\",side=\"client\",le=\"0.005\"} 2\n",
        "alts_handshake_duration_seconds_bucket{machine=\"vm\",side=\"client\",le=\"+Inf\"} 2\n",
        "alts_handshake_duration_seconds_count{machine=\"vm\",side=\"client\"} 2\n",
        "alts_connections{machine=\"vm\"} 1\n",
        "alts_credentials{machine=\"vm\"} 1\n",
        "alts_credential_remaining_seconds{machine=\"vm\"} 60\n",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    drop((connection, slot));
    let text = metrics.render();
    assert!(
        text.contains("alts_connections{machine=\"vm\"} 0\n"),
        "{text}"
    );
    assert!(!text.contains("alts_credentials{"), "{text}");
}
