//! The branches of surgery of the demo hospital.

pub(crate) const GENERAL: &str = "general-surgery";
pub(crate) const ORTHOPAEDICS: &str = "orthopaedics";
pub(crate) const EYES: &str = "ophthalmology";
pub(crate) const UROLOGY: &str = "urology";
pub(crate) const GYNAECOLOGY: &str = "gynaecology";
