//! The rules as a whole.
use super::*;
#[test]
fn the_built_in_tables_are_read() {
    assert!(RuleBook::built_in().category_rules().count() > 100);
}
