//! What Google makes of a group's health checks: which machine is given up and made anew, and when. Pure: a machine is when it answers.
//!
//! ```text
//!   made      initial_delay_sec      asked every check_interval_sec
//!    |---------------------------------|----|----|----|----|--------> given up after unhealthy_threshold silences in a row
//! ```

use serde_json::Value;

use super::world::{World, text};

/// When a machine answers, in seconds since it was made.
type Answers<'a> = &'a dyn Fn(u64) -> bool;

/// When the group gives a machine up that answers so, within an hour.
fn given_up_s(world: &World, answers: Answers<'_>) -> Option<u64> {
    let group = world
        .every("google_compute_region_instance_group_manager")
        .next();
    let policy = &group.expect("a group")["auto_healing_policies"][0];
    let check = text(&policy["health_check"]);
    let check = world
        .every("google_compute_region_health_check")
        .find(|values| text(&values["id"]) == check)
        .expect("the group has a health check of its own region");
    let number = |values: &Value, key: &str| values[key].as_u64().expect("a number");
    let interval_s = number(check, "check_interval_sec");
    let mut silences = 0;
    for at_s in (0..3600).step_by(interval_s as usize) {
        silences = if answers(at_s) { 0 } else { silences + 1 };
        // Until then a machine is asked, and nothing comes of it.
        if at_s >= number(policy, "initial_delay_sec")
            && silences >= number(check, "unhealthy_threshold")
        {
            return Some(at_s);
        }
    }
    None
}

#[test]
fn a_group_gives_up_what_is_dead_and_leaves_alone_what_only_begins() {
    use crate::shared::{applied, ends};
    let [_, (terraform, stub)] = ends();
    let folder = "terraform/examples/scaled";
    let copy = applied((&terraform, stub), folder, &[]);
    let world = World::of(&copy.show(folder, None));
    // Roles that arrive after ten minutes, and a release of a hundred megabytes.
    assert_eq!(given_up_s(&world, &|at_s| at_s > 780), None);
    // A program that is started again, drain and migration included; a database that changes over to its standby.
    assert_eq!(
        given_up_s(&world, &|at_s| !(1500..1680).contains(&at_s)),
        None
    );
    // One that has stopped for good.
    let given_up = given_up_s(&world, &|at_s| at_s < 1500);
    assert!(
        given_up.is_some_and(|at_s| (1680..2100).contains(&at_s)),
        "{given_up:?}"
    );
    // The balancer is quicker: it sends nobody to a machine that has been silent for a quarter of a minute.
    let service = world.every("google_compute_region_backend_service").next();
    let asked = text(&service.expect("a balancer")["health_checks"][0]);
    let check = world
        .every("google_compute_region_health_check")
        .find(|values| text(&values["id"]) == asked);
    let check = check.expect("it has one");
    let silent_s = check["check_interval_sec"]
        .as_u64()
        .zip(check["unhealthy_threshold"].as_u64());
    assert!(
        silent_s.is_some_and(|(interval, times)| interval * times <= 15),
        "{check}"
    );
}
