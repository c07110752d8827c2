//! Lists come in pages; this strings them together.

use booking_proto::{contract::limits::MAX_PAGE_SIZE, ot::v1};

use super::calls::Call;
use crate::failure::Failure;

/// No limit.
pub const EVERYTHING: u32 = 0;

/// A request for one page of a list.
pub trait Page: Call + Clone {
    /// What is listed.
    type Item;
    /// The same for a page of this size, behind the one that gave this token.
    fn page(&self, size: i32, token: String) -> Self;
    /// What a page holds, and the token of the next; empty after the last.
    fn items(page: Self::Answer) -> (Vec<Self::Item>, String);
}

/// The lists of the contract differ in their types alone.
macro_rules! pages {
    ($($request:ident { $items:ident: $item:ident }),+ $(,)?) => { $(
        impl Page for v1::$request {
            type Item = v1::$item;

            fn page(&self, page_size: i32, page_token: String) -> Self {
                let mut request = self.clone();
                request.page_size = page_size;
                request.page_token = page_token;
                request
            }

            fn items(page: Self::Answer) -> (Vec<v1::$item>, String) {
                (page.$items, page.next_page_token)
            }
        }
    )+ };
}

pages! {
    ListAuditEventsRequest { audit_events: AuditEvent },
    ListCasesRequest { cases: Case },
    ListEquipmentUnitsRequest { equipment_units: EquipmentUnit },
    ListProcedureTypesRequest { procedure_types: ProcedureType },
    ListReasonsRequest { reasons: Reason },
    ListSessionTemplatesRequest { session_templates: SessionTemplate },
    ListSessionsRequest { sessions: Session },
    ListSitesRequest { sites: Site },
    ListStaffRequest { staff: Staff },
    ListTheatresRequest { theatres: Theatre },
    ListUnavailabilitiesRequest { unavailabilities: Unavailability },
}

/// Fetches pages until `limit` items are there, or all when it is [`EVERYTHING`].
///
/// `fetch` is given the size of the next page and its token, and gives items and the token after.
pub(super) async fn all<T>(
    limit: u32,
    mut fetch: impl AsyncFnMut(i32, String) -> Result<(Vec<T>, String), Failure>,
) -> Result<Vec<T>, Failure> {
    let limit = if limit == EVERYTHING {
        usize::MAX
    } else {
        limit as usize
    };
    let mut items = Vec::new();
    let mut token = String::new();
    loop {
        let size = (limit - items.len()).min(MAX_PAGE_SIZE.into());
        let size = i32::try_from(size).expect("a page is small");
        let (page, next) = fetch(size, token).await?;
        items.extend(page);
        items.truncate(limit);
        if next.is_empty() || items.len() == limit {
            return Ok(items);
        }
        token = next;
    }
}

#[cfg(test)]
#[path = "pages_tests.rs"]
mod tests;
