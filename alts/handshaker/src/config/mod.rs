//! Configurations: TOML, understood whole or refused with file and line.
//!
//! | file | for |
//! |---|---|
//! | `mock.rs` | `alts-handshaker mock`: a cloud in one process |
//! | `authority.rs` | `alts-handshaker authority`: the signing authority alone |
//! | `serve.rs` | `alts-handshaker serve`: one machine's handshaker |
//! | `sections.rs` | what several of them have |
//! | `values.rs` | how values are written |
//! | `source.rs` | the text, its name, and errors that point into it |

mod authority;
mod mock;
mod sections;
mod serve;
mod source;
pub(crate) mod values;

pub use self::{
    authority::{AuthorityConfig, EXAMPLE as AUTHORITY_EXAMPLE},
    mock::{ARTICLE, Config, Machine, NO_MACHINE, RevocationSection},
    sections::{ADMIN_SOCKET, AccountConfig, AdminAddress, CertificatesConfig, HandshakeConfig},
    serve::{EXAMPLE as SERVE_EXAMPLE, RevocationMode, ServeConfig},
    source::{ConfigError, Source},
    values::parsed,
};
