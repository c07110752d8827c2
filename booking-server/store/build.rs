//! Rebuilds when a migration is added: the macro that embeds them sees only changes to known ones.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
