//! The table of roles and methods, for people: `booking-server roles`.

use super::{Role, Scope, methods::METHODS};

/// Which role may call which method: `yes`, `own` for one's own cases and sessions, or `-`.
pub fn role_table() -> String {
    let longest = METHODS.iter().map(|method| method.name.len()).max();
    let width = longest.unwrap_or_default();
    let line = |first: &str, cell: &dyn Fn(Role) -> &'static str| {
        let cells =
            Role::ALL.map(|role| format!("  {:width$}", cell(role), width = role.as_str().len()));
        let line = format!("{first:width$}{}", cells.concat());
        format!("{}\n", line.trim_end())
    };
    let mut table = line("method", &|role| role.as_str());
    for method in METHODS {
        table += &line(method.name, &|role| match method
            .permission
            .map_or(Some(Scope::Any), |needed| role.grants().scope(needed))
        {
            Some(Scope::Any) => "yes",
            Some(Scope::Own) => "own",
            None => "-",
        });
    }
    table
}
