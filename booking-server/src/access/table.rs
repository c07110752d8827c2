//! The table of roles and methods, for people: `booking-server roles`.

use std::fmt::Write as _;

use super::{Role, Scope, methods::METHODS};

/// Which role may call which method: `yes`, `own` for one's own cases and sessions, or `-`.
pub fn role_table() -> String {
    let longest = METHODS.iter().map(|method| method.name.len()).max();
    let width = longest.unwrap_or_default();
    let mut table = format!("{:width$}", "method");
    for role in Role::ALL {
        write!(table, "  {role}").expect("a String takes all that is written");
    }
    for method in METHODS {
        write!(table, "\n{:width$}", method.name).expect("a String takes all that is written");
        for role in Role::ALL {
            let cell = match role.grants().scope(method.permission) {
                Some(Scope::Any) => "yes",
                Some(Scope::Own) => "own",
                None => "-",
            };
            let width = role.as_str().len();
            write!(table, "  {cell:width$}").expect("a String takes all that is written");
        }
    }
    table.push('\n');
    table
}
