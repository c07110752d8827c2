//! What a store promises, asked of each kind of database in the same words.
//!
//! SQLite is a file of the test's own. PostgreSQL is a database of the test's own in one cluster for
//! the whole run, made from the installed server's programs, or in the server that
//! `OT_TEST_POSTGRES` names. Without either, these tests fail and say what to install.

#![expect(
    clippy::unwrap_used,
    reason = "tests, called by the two that are marked as such"
)]

mod cases;
mod changes;
mod doctor;
mod ground;
mod hospital;
mod logs;
mod many;
mod model;
mod outages;
mod queries;
mod races;
mod schedule;
mod schema;
mod surroundings;
mod writer;

/// Each of these is run on both.
macro_rules! on_both {
    ($($module:ident: $($test:ident)*;)*) => {
        mod sqlite {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    crate::$module::$test(crate::ground::Ground::sqlite()).await;
                }
            )*)*
        }
        mod postgres {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    crate::$module::$test(crate::ground::Ground::postgres().await).await;
                }
            )*)*
        }
    };
}

on_both! {
    cases:
        a_case_is_read_back_as_it_was_written_in_every_state
        a_case_changes_from_one_version_to_the_next_and_no_other
        what_one_case_holds_another_cannot_take
        back_to_back_cases_do_not_overlap
        a_case_that_holds_nothing_is_in_nobody_s_way
        two_cases_swap_their_places_in_one_go
        an_undone_move_is_as_if_it_had_not_been
        a_doctor_is_found_by_surgical_roles_and_once
        an_imported_case_is_there_once;
    many:
        more_cases_than_a_statement_has_parameters_change_at_once;
    queries:
        every_page_of_every_query_is_what_the_domain_says
        a_day_holds_every_case_whose_footprint_reaches_into_it
        reports_get_the_rows_of_their_period_and_of_no_other;
    surroundings:
        what_is_around_a_place_is_all_that_overlaps_it_and_nothing_else;
    hospital:
        what_the_hospital_has_is_read_back_as_it_was_put
        a_thing_is_changed_in_the_version_that_was_read
        what_is_referred_to_cannot_be_removed
        every_store_of_a_database_sees_the_hospital_as_it_is_now;
    schedule:
        sessions_templates_and_closures_are_read_back_as_they_were_put
        sessions_of_one_theatre_do_not_overlap_unless_cancelled
        sessions_are_found_by_theatre_range_owner_and_page;
    logs:
        the_audit_is_chained_and_read_newest_first
        the_audit_cannot_be_changed_or_shortened
        an_answer_is_remembered_by_whom_it_was_for
        old_changes_and_answers_are_forgotten;
    changes:
        every_write_is_told_once_in_order
        a_feed_goes_on_where_another_ended
        a_place_that_is_not_in_the_log_is_lost
        a_slow_reader_misses_nothing;
    writer:
        a_refusal_writes_nothing
        a_work_that_writes_and_then_refuses_spoils_nobody_else_s
        a_work_that_overlaps_spoils_nobody_else_s
        a_work_that_panics_takes_only_its_commit_with_it
        a_rehearsal_says_what_would_happen_and_undoes_it
        what_nobody_waits_for_any_more_is_not_begun
        who_waits_long_behind_others_has_a_turn_all_the_same
        a_closed_store_refuses;
    races:
        twelve_writers_for_one_slot_have_one_winner
        opposite_orders_do_not_deadlock;
    model:
        no_sequence_of_writes_books_anything_twice;
    doctor:
        a_sound_store_has_no_findings
        every_planted_contradiction_is_found;
    schema:
        the_schema_refuses_what_no_case_can_be
        the_seeded_hospital_answers_and_double_books_nothing;
}
