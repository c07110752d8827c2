//! Which files of a crate need each other, read from the paths in their code: `crate::`, `super::` and `self::`.
//!
//! ```text
//!   a file needs another   when its code names, by a path, an item that stands in that file
//!   a roof                 mod.rs, lib.rs or main.rs: it is needed for what it defines itself, not for what it
//!                          declares or hands on; and it may name what is under it, as a folder holds its files
//!   a circle               files that need each other, by however many steps
//! ```
//!
//! Test modules are left out: a test may look at everything.

use std::collections::{BTreeMap, BTreeSet};

/// A file's name and its text.
pub(crate) type File = (String, String);

/// The circles among the files of one crate's `src` folder, each as a line of names.
pub(crate) fn circles(files: &[File]) -> Vec<String> {
    let rooms: Vec<Room<'_>> = files.iter().filter_map(Room::of).collect();
    let tests: Vec<_> = rooms.iter().flat_map(|room| room.tests.clone()).collect();
    let real = |room: &Room<'_>| !tests.iter().any(|test| room.module.starts_with(test));
    let rooms: Vec<_> = rooms.into_iter().filter(real).collect();
    let house = House::of(&rooms);
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for room in &rooms {
        let others = room.paths.iter().filter_map(|path| house.defining(path));
        for other in others.filter(|other| !room.holds(other)) {
            needs.entry(room.name).or_default().insert(other.name);
        }
    }
    knots(&needs)
}

/// One file, as far as this is about it.
struct Room<'a> {
    name: &'a str,
    module: Vec<String>,
    roof: bool,
    code: String,
    /// Paths that its code names, from the crate's root.
    paths: BTreeSet<Vec<String>>,
    /// Modules of its own that are compiled for tests only.
    tests: Vec<Vec<String>>,
}

impl<'a> Room<'a> {
    /// `None` for a test module.
    fn of((name, text): &'a File) -> Option<Self> {
        let (_, inside) = name.split_once("/src/")?;
        let stem = inside.strip_suffix(".rs")?;
        let mut module: Vec<String> = stem.split('/').map(str::to_owned).collect();
        let last = module.last()?.clone();
        if module
            .iter()
            .any(|part| part == "tests" || part == "test" || part.ends_with("_tests"))
        {
            return None;
        }
        let roof = matches!(&*last, "mod" | "lib" | "main");
        if roof {
            module.pop();
        }
        let code = without_tests(&without_comments(text));
        let told = if roof {
            without_reexports(&code)
        } else {
            code.clone()
        };
        let paths = named(&told, &module);
        let tests = test_modules(text)
            .map(|test| [&module[..], &[test]].concat())
            .collect();
        Some(Self {
            name,
            module,
            roof,
            code,
            paths,
            tests,
        })
    }

    /// Whether the other is this file, or one under this roof.
    fn holds(&self, other: &Room<'_>) -> bool {
        self.name == other.name || (self.roof && other.module.starts_with(&self.module))
    }

    fn defines(&self, item: &str) -> bool {
        let mut kinds = [
            "struct",
            "enum",
            "union",
            "trait",
            "fn",
            "const",
            "static",
            "type",
            "macro_rules!",
        ]
        .iter();
        kinds.any(|kind| match item {
            // Whoever takes everything needs whatever there is.
            "*" => words(&self.code, &format!("{kind} ")).next().is_some(),
            _ => words(&self.code, &format!("{kind} {item}"))
                .any(|at| !self.code[at..].starts_with(in_word)),
        })
    }
}

/// All files of a crate by the module that each is.
struct House<'a>(BTreeMap<&'a [String], Vec<&'a Room<'a>>>);

impl<'a> House<'a> {
    fn of(rooms: &'a [Room<'a>]) -> Self {
        let mut house: BTreeMap<&[String], Vec<&Room<'_>>> = BTreeMap::new();
        for room in rooms {
            house.entry(&room.module).or_default().push(room);
        }
        Self(house)
    }

    /// The file that a path leads into. A roof must itself define what is named.
    fn defining(&self, path: &[String]) -> Option<&'a Room<'a>> {
        for len in (0..=path.len()).rev() {
            let Some(rooms) = self.0.get(&path[..len]) else {
                continue;
            };
            let item = path.get(len)?;
            let hit = rooms.iter().find(|room| room.defines(item));
            return match hit {
                Some(room) => Some(room),
                None => rooms.iter().find(|room| !room.roof).copied(),
            };
        }
        None
    }
}

/// Groups of files each of which needs all others of its group, by however many steps.
fn knots(needs: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let reach = |from| {
        let mut seen = BTreeSet::new();
        let mut next = vec![from];
        while let Some(name) = next.pop() {
            next.extend(
                needs
                    .get(name)
                    .into_iter()
                    .flatten()
                    .filter(|other| seen.insert(**other)),
            );
        }
        seen
    };
    let all: BTreeMap<&str, BTreeSet<&str>> =
        needs.keys().map(|name| (*name, reach(*name))).collect();
    let mut groups = BTreeSet::new();
    for (name, reached) in &all {
        if reached.contains(*name) {
            let back = |other: &&str| all.get(other).is_some_and(|back| back.contains(name));
            let group: Vec<&str> = reached.iter().copied().filter(back).collect();
            groups.insert(group.join(" <-> "));
        }
    }
    groups.into_iter().collect()
}

/// Paths that code names, from the crate's root, and through the names that it gave to modules.
fn named(code: &str, module: &[String]) -> BTreeSet<Vec<String>> {
    let mut paths = BTreeSet::new();
    for start in ["crate", "super", "self"] {
        for at in words(code, &format!("{start}::")) {
            let mut from = module.to_vec();
            let mut rest = &code[at..];
            match start {
                "crate" => from.clear(),
                "super" => {
                    from.pop();
                    while let Some(further) = rest.strip_prefix("super::") {
                        from.pop();
                        rest = further;
                    }
                }
                _ => {}
            }
            tree(rest, &from, &mut paths);
        }
    }
    for alias in paths.clone() {
        let Some(last) = alias.last() else { continue };
        for at in words(code, &format!("{last}::")) {
            tree(&code[at..], &alias, &mut paths);
        }
    }
    paths
}

/// The paths of a use tree, `a::{b, c::D}`, below `from`. What follows it is left alone.
fn tree<'a>(text: &'a str, from: &[String], paths: &mut BTreeSet<Vec<String>>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = tree(rest, from, paths).trim_start();
            match rest.strip_prefix(',') {
                Some(further) => rest = further,
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    if let Some(rest) = text.strip_prefix('*') {
        paths.insert([from, &["*".to_owned()]].concat());
        return rest;
    }
    let len = text.find(|letter| !in_word(letter)).unwrap_or(text.len());
    if len == 0 {
        return text;
    }
    let here = match &text[..len] {
        "self" => from.to_vec(),
        word => [from, &[word.to_owned()]].concat(),
    };
    let rest = text[len..].trim_start();
    match rest.strip_prefix("::").map(str::trim_start) {
        // A turbofish ends a path.
        Some(further) if !further.starts_with('<') => tree(further, &here, paths),
        _ => {
            paths.insert(here);
            // `as` gives another name to it.
            match rest.strip_prefix("as ") {
                Some(alias) => alias.trim_start().trim_start_matches(in_word),
                None => rest,
            }
        }
    }
}

/// Behind each place where `what` stands and no longer word or path ends in it.
fn words<'a>(code: &'a str, what: &str) -> impl Iterator<Item = usize> + 'a {
    let len = what.len();
    let starts: Vec<usize> = code.match_indices(what).map(|(at, _)| at).collect();
    let alone = |at: &usize| {
        !code[..*at].ends_with(|letter| in_word(letter) || letter == ':' || letter == '$')
    };
    starts.into_iter().filter(alone).map(move |at| at + len)
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let end = line
            .find("//")
            .filter(|at| !line[..*at].ends_with(':'))
            .unwrap_or(line.len());
        &line[..end]
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Without items that are compiled for tests only.
fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..at]);
        rest = after_item(&rest[at..]);
    }
    kept + rest
}

/// The names of modules in files of their own that are compiled for tests only.
fn test_modules(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split("#[cfg(test)]").skip(1).filter_map(|item| {
        let (head, _) = item.split_once(';')?;
        let (_, name) = head.rsplit_once("mod ")?;
        name.chars().all(in_word).then(|| name.to_owned())
    })
}

fn without_reexports(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    loop {
        let public = words(rest, "pub").find(|at| {
            let item = &rest[*at..];
            let item = item
                .strip_prefix('(')
                .and_then(|item| item.split_once(')'))
                .map_or(item, |(_, item)| item);
            item.trim_start().starts_with("use ")
        });
        let Some(at) = public else {
            return kept + rest;
        };
        kept.push_str(&rest[..at]);
        rest = rest[at..].split_once(';').map_or("", |(_, rest)| rest);
    }
}

/// What follows the first item of `code`: behind its semicolon, or its body.
fn after_item(code: &str) -> &str {
    let mut depth = 0_usize;
    for (at, letter) in code.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth <= 1 => return &code[at + 1..],
            '}' => depth -= 1,
            ';' if depth == 0 => return &code[at + 1..],
            _ => {}
        }
    }
    ""
}

fn in_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let files = files
            .iter()
            .map(|(name, text)| (format!("house/src/{name}"), (*text).to_owned()));
        circles(&files.collect::<Vec<_>>())
    }

    #[test]
    fn a_circle_is_found_however_it_is_spelt() {
        let door = "pub struct Door;\nfn f() { crate::wall::Wall::new(); }";
        for wall in [
            "use crate::door::Door;\npub struct Wall;",
            "use super::{door::{self as d, Door}, roof};\npub struct Wall;",
            "pub struct Wall;\nimpl Wall { fn new(_: &super::door::Door) {} }",
            "use crate::door;\npub struct Wall;\nfn f() -> door::Door { door::Door }",
        ] {
            let circle = found(&[
                ("lib.rs", "mod door; mod wall;"),
                ("door.rs", door),
                ("wall.rs", wall),
            ]);
            assert_eq!(
                circle,
                ["house/src/door.rs <-> house/src/wall.rs"],
                "{wall}"
            );
        }
        let long = [
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "use crate::c::C; pub struct B;"),
            ("c.rs", "use crate::a::A; pub struct C;"),
        ];
        assert_eq!(found(&long).len(), 1);
    }

    #[test]
    fn a_roof_is_needed_for_what_it_defines_and_not_for_what_it_hands_on() {
        let lib = "mod a; mod b;\npub use a::A;\npub struct Roof;";
        let handed_on = [
            ("lib.rs", lib),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "use crate::A; pub struct B;"),
        ];
        assert_eq!(found(&handed_on), [""; 0]);
        let rooms = "use crate::other::Other;\npub(crate) mod a;\npub struct Own;";
        let defined = [
            ("rooms/mod.rs", rooms),
            ("other.rs", "use crate::rooms::Own; pub struct Other;"),
        ];
        assert_eq!(
            found(&defined),
            ["house/src/other.rs <-> house/src/rooms/mod.rs"]
        );
    }

    #[test]
    fn tests_and_comments_may_look_at_everything() {
        let a = "pub struct A;\n// use crate::b::B;\n#[cfg(test)]\nmod tests { use crate::b::B; fn f() {} }\n#[cfg(test)]\nmod fake;";
        let files = [
            ("a.rs", a),
            ("b.rs", "use crate::a::A; pub struct B;"),
            ("a/fake.rs", "use crate::b::B;"),
            ("a/tests.rs", "use crate::b::B;"),
        ];
        assert_eq!(found(&files), [""; 0]);
    }
}
