//! Tests of `status.rs`.

use booking_domain::RuleId;
use booking_proto::contract::reason::OVERRIDABLE_RULES;

#[test]
fn the_contract_names_the_rules_that_can_be_overridden() {
    let rules = RuleId::ALL.iter().filter(|rule| rule.is_overridable());
    let rules: Vec<_> = rules.map(|rule| rule.as_str()).collect();
    assert_eq!(rules, OVERRIDABLE_RULES);
}
