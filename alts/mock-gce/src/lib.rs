#![doc = include_str!("../README.md")]

pub mod api;
pub mod cloud;
pub mod config;
pub mod dns;
mod html;
pub mod iam;
pub mod identity;
pub mod instance;
pub mod machine;
pub mod metadata;
pub mod project;
pub mod system;
