//! What backend, command line and front end agree on beside the messages.
//!
//! | module | what is there |
//! |---|---|
//! | [`metadata`] | the metadata that calls carry |
//! | [`permission`] | what somebody may be allowed to do, by name |
//! | [`reason`] | why a call was refused (`ErrorInfo`), with the status of each; names of statuses |
//! | [`resource`] | names of resources, such as `theatres/OT-1`, made and read; etags |
//! | [`limits`] | how much and how long, where both ends have to know |

pub mod limits;
pub mod metadata;
pub mod permission;
pub mod reason;
pub mod resource;
