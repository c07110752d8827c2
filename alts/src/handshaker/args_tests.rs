//! Tests of `args.rs`.

use clap::{CommandFactory, Parser};

use super::*;

#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    handshaker: HandshakerArgs,
}

fn parse(args: &[&str]) -> HandshakerArgs {
    let args = std::iter::once("program").chain(args.iter().copied());
    Cli::try_parse_from(args).expect("parsed").handshaker
}

#[test]
fn without_flags_it_is_the_metadata_servers_handshaker_and_must_be_trusted() {
    let args = parse(&[]);
    assert_eq!(args.handshaker_address, DEFAULT_HANDSHAKER_ADDRESS);
    assert!(!args.allow_untrusted_handshaker);
}

#[test]
fn flags_name_a_handshaker_and_accept_it() {
    let args = parse(&[
        "--handshaker-address",
        "h:1",
        "--allow-untrusted-handshaker",
    ]);
    let handshaker = args.build().expect("a handshaker");
    assert_eq!(handshaker.address(), "h:1");
    let args = parse(&["--handshaker-address", "h", "--allow-untrusted-handshaker"]);
    let error = args.build().expect_err("no port");
    assert!(error.to_string().contains("lacks a port"), "{error}");
}

#[test]
fn the_help_names_flags_and_variables() {
    let help = Cli::command().render_long_help().to_string();
    for word in [
        "--handshaker-address",
        "ALTS_HANDSHAKER_ADDRESS",
        DEFAULT_HANDSHAKER_ADDRESS,
        "--allow-untrusted-handshaker",
        "ALTS_ALLOW_UNTRUSTED_HANDSHAKER",
    ] {
        assert!(help.contains(word), "{word} is not in:\n{help}");
    }
}
