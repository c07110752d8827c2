//! Who a machine can prove to be: identity tokens for anybody, access tokens for this cloud's own
//! interfaces. Pure: time and randomness are given.

pub mod access_token;
pub mod identity_token;
pub mod signing_key;
