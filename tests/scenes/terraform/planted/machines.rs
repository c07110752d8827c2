//! Mistakes in what machines are given: units, scripts, settings.

use super::{By, Mistake, mistake};

pub(super) const MISTAKES: [Mistake; 5] = [
    mistake(
        "a typing error in a unit",
        "terraform/modules/software/templates/booking-web.service.tftpl",
        ["Restart=always", "Restart=allways"],
        By::Systemd,
        "Failed to parse service restart specifier",
    ),
    mistake(
        "a typing error in a script",
        "terraform/modules/software/templates/startup.sh.tftpl",
        ["chmod \"$2\" \"$1.new\"", "chmod $2 \"$1.new\""],
        By::Shell,
        "SC2086",
    ),
    mistake(
        "a setting that the handshaker does not know",
        "terraform/modules/software/templates/serve.toml.tftpl",
        ["listen =", "lisen ="],
        By::Settings,
        "unknown field `lisen`",
    ),
    mistake(
        "a role that the backend does not know",
        "terraform/modules/software/main.tf",
        ["concat([\"legacy\"]", "concat([\"legcy\"]"],
        By::Settings,
        "there is no role \\\"legcy\\\"",
    ),
    mistake(
        "a flag that the backend does not know",
        "terraform/modules/software/templates/booking-server.service.tftpl",
        ["--seed", "--sead"],
        By::Settings,
        "unexpected argument '--sead'",
    ),
];
