//! The manifests of the example for GKE, without a cluster: rendered by kubectl, before Kubernetes' own schemas, before the rules that the
//! example's README promises, and their settings before the programs that read them.
//!
//! | file | what it holds the manifests to |
//! |---|---|
//! | `manifests.rs` | rendered, and before the schemas of the oldest and the newest release that they are for |
//! | `rules.rs` | images, pods, tokens, accounts |
//! | `ways.rs` | who may open a connection to whom |
//! | `settings.rs` | the programs take what is in the ConfigMaps, and their command lines |
//! | `mistakes.rs` | planted mistakes: each is caught |

mod manifests;
mod mistakes;
mod rules;
mod settings;
mod ways;
