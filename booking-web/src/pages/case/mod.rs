//! Pages about one case: `/cases/…`.

pub(crate) mod act;
pub(crate) mod change;
pub(crate) mod edit;
pub(crate) mod emergency;
mod form;
pub(crate) mod new;
pub(crate) mod place;
pub(crate) mod show;
pub(crate) mod slots;

pub(crate) use self::form::urgencies;
