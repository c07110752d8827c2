//! Pages about one case: `/cases/…`.

pub(crate) mod act;
pub(crate) mod edit;
pub(crate) mod emergency;
pub(crate) mod new;
pub(crate) mod place;
pub(crate) mod show;
pub(crate) mod slots;

use booking_proto::ot::v1::{Case, GetCaseRequest};

use super::{context::Ctx, url};
use crate::backend::Refusal;

/// The resource name of the case at `/cases/{id}`.
pub(crate) fn name(id: &str) -> String {
    format!("cases/{}", url::segment(id))
}

/// The case at `/cases/{id}`.
pub(crate) async fn case(ctx: &Ctx, id: &str) -> Result<Case, Refusal> {
    let name = name(id);
    ctx.desk.get_case(GetCaseRequest { name }).await
}
