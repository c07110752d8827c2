//! The rules that a handshaker must keep for every library's sake, each by name, asked of a machine's
//! handshaker by `interop/rules`. The handshaker's own crate has unit tests of them beside its code;
//! what libraries make of a broken one is the matter of `faults.rs`.

use tests::{machines::CLIENT_VM, process::program};

use crate::world::World;

/// Makes each rule a test.
macro_rules! rules {
    ($($test:ident: $rule:literal),+ $(,)?) => { $(
        #[tokio::test]
        async fn $test() {
            is_kept($rule).await;
        }
    )+ };
}

rules!(
    rule_01_every_answer_carries_a_status: "status",
    rule_02_the_result_holds_all_that_c_core_insists_on: "fields",
    rule_03_everything_is_consumed_until_the_final_answer: "consume",
    rule_04_the_final_answer_counts_its_own_requests_bytes_exactly: "exact",
    rule_05_a_server_never_finishes_in_the_answer_to_its_start: "unfinished",
    rule_06_the_service_ends_the_rpc_itself_after_the_result: "end",
    rule_07_a_failure_at_the_first_answer_is_a_message_and_the_rpcs_status: "first-failure",
    rule_08_a_later_failure_is_a_message_too_but_to_grpc_go: "late-failure",
    rule_09_one_answer_per_request_and_none_besides: "one-answer",
    rule_10_a_connection_may_carry_two_hundred_rpcs_at_once: "streams",
    rule_11_cancelled_silent_and_open_rpcs_disturb_nobody: "patience",
    rule_12_any_authority_any_library_and_pings_are_welcome: "anybody",
    rule_13_versions_and_frame_sizes_are_relayed_as_they_were_told: "relay",
    rule_14_a_message_above_64_kib_is_refused_when_it_is_announced: "limit",
);

async fn is_kept(rule: &str) {
    let complaint = complaint(&World::new().await, rule).await;
    assert_eq!(complaint, None);
}

/// What a handshaker can be told to do wrong is noticed by the rule that it breaks.
#[tokio::test]
async fn a_broken_rule_is_noticed() {
    let world = World::new().await;
    for (fault, rule) in [
        ("missing-status", "status"),
        ("missing-local-identity", "fields"),
        ("missing-versions", "fields"),
        ("short-key", "fields"),
        ("wrong-consumed", "exact"),
        ("leave-open", "end"),
        ("split=1", "one-answer"),
        ("max-frame-size=4096", "relay"),
    ] {
        world.faults(CLIENT_VM, &["set", fault]).await;
        let complaint = complaint(&world, rule).await;
        assert!(complaint.is_some(), "{rule} is content with {fault}");
        world.faults(CLIENT_VM, &["clear"]).await;
        assert_eq!(self::complaint(&world, rule).await, None);
    }
}

/// What the rule has to say against the handshaker.
async fn complaint(world: &World, rule: &str) -> Option<String> {
    let program = program("interop-rules").expect("built");
    let mut rules = world.machines.exec(CLIENT_VM, program).expect("built");
    let output = rules.arg(rule).output().await.expect("runs");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success()).then_some(complaint)
}
