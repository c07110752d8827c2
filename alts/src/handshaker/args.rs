//! The handshaker's flags and environment, the same in every program that links this library.

use super::{ADDRESS_ENV, ALLOW_UNTRUSTED_ENV, DEFAULT_HANDSHAKER_ADDRESS, Handshaker};
use crate::Error;

/// Flatten this into a clap command.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "ALTS")]
pub struct HandshakerArgs {
    /// The handshaker to use, as HOST:PORT
    #[arg(long, env = ADDRESS_ENV, value_name = "ADDR", default_value = DEFAULT_HANDSHAKER_ADDRESS)]
    pub handshaker_address: String,

    /// Accept a handshaker off Google Compute Engine, such as `alts-handshaker` on a laptop.
    /// Whoever runs it decides who everybody is
    #[arg(long, env = ALLOW_UNTRUSTED_ENV, value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub allow_untrusted_handshaker: bool,
}

impl HandshakerArgs {
    /// The handshaker that these flags name.
    ///
    /// # Errors
    /// As [`super::HandshakerBuilder::build`].
    pub fn build(&self) -> Result<Handshaker, Error> {
        Handshaker::builder()
            .address(&self.handshaker_address)
            .allow_untrusted(self.allow_untrusted_handshaker)
            .build()
    }
}

#[cfg(test)]
#[path = "args_tests.rs"]
mod tests;
