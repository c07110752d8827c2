//! Tests of `location.rs`.

use super::*;

#[test]
fn database_urls_are_read_or_refused_in_words() {
    let file = |path: &str| Ok(Location::File(path.into()));
    let table = [
        ("sqlite:ot-booking.db", file("ot-booking.db")),
        ("sqlite://ot-booking.db", file("ot-booking.db")),
        ("sqlite:///var/lib/ot.db", file("/var/lib/ot.db")),
        ("sqlite:/var/lib/ot.db", file("/var/lib/ot.db")),
        ("sqlite::memory:", Ok(Location::Memory)),
        ("sqlite://:memory:", Ok(Location::Memory)),
        ("sqlite:", Err(InvalidDatabaseUrl::FileMissing)),
        ("sqlite://", Err(InvalidDatabaseUrl::FileMissing)),
        ("sqlite:ot.db?mode=ro", Err(InvalidDatabaseUrl::Options)),
        ("postgres://u@h:port/db", Err(InvalidDatabaseUrl::Postgres)),
        (
            "postgres://u@h/db?ssl_mode=require",
            Err(InvalidDatabaseUrl::PostgresOption),
        ),
        (
            "postgres://u@h/db?sslmode=required",
            Err(InvalidDatabaseUrl::PostgresOption),
        ),
        (
            "postgres://u@h/db?sslmode=allow",
            Err(InvalidDatabaseUrl::PostgresOption),
        ),
        (
            "postgres://u@h/db?ssl-mode=allow",
            Err(InvalidDatabaseUrl::PostgresOption),
        ),
        ("mysql://h/db", Err(InvalidDatabaseUrl::UnknownScheme)),
        ("ot-booking.db", Err(InvalidDatabaseUrl::UnknownScheme)),
        ("", Err(InvalidDatabaseUrl::UnknownScheme)),
    ];
    for (url, expected) in table {
        assert_eq!(url.parse(), expected, "{url}");
    }
    for understood in [
        "postgres://u:p@h:1/db?sslmode=verify-full&sslrootcert=ca.pem&options[a]=b",
        "postgres://u@h/db?ssl-mode=require",
    ] {
        assert!(
            matches!(understood.parse(), Ok(Location::Postgres(_))),
            "{understood}"
        );
    }
}
