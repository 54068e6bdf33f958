//! Lists whose order changes from one request to the next, as it may where the client asks for none (RFC 7644 section 3.4.2.3): pages of
//! such a list belong to no one walk, so that the walk is made over a sorted list.

use scim::capability::Capability;
use weir_exchange::Request;

use super::{Cohort, ids_in};
use crate::check::{Context, Stop};

/// How often the same list is asked for; several requests in a row may be answered alike by chance.
const ATTEMPTS: usize = 10;

impl Context {
    /// Whether the first page of `list`, whose filter finds `total` resources, was seen to come in another order, with nothing else
    /// changed.
    pub async fn changes_order(&self, list: Request, total: usize) -> Result<bool, Stop> {
        let first = self.send(list.clone()).await?;
        let mut expected = ids_in(&first);
        let before = expected.clone();
        expected.sort_unstable();
        for _ in 1..ATTEMPTS {
            let again = self.send(list.clone()).await?;
            let mut shown = ids_in(&again);
            let is_moved = shown != before;
            shown.sort_unstable();
            // A list shorter than it was asked for may show others of them.
            if is_moved && (shown == expected || (shown.len() == expected.len() && shown.len() < total)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The request, sorted by the attribute at `path`.
    ///
    /// # Errors
    /// The check is skipped where the endpoint sorts nothing.
    pub fn sorted_by(&self, path: &str, request: Request) -> Result<Request, Stop> {
        if self.discovery().offers(Capability::Sort) {
            return Ok(request.query("sortBy", path).query("sortOrder", "ascending"));
        }
        let reason = "lists come in another order each time, as they may where nothing is sorted, so that their pages are of no one walk";
        self.unable(reason)?;
        Ok(request)
    }
}

impl Cohort<'_> {
    /// Whether the list of the members was seen to come in another order, with nothing else changed.
    pub async fn changes_order(&self) -> Result<bool, Stop> {
        let count = self.members.len();
        let list = self.query(&self.anchor()).query("startIndex", "1").query("count", &count.to_string());
        self.context.changes_order(list, count).await
    }

    /// The request, sorted by the name of the members.
    ///
    /// # Errors
    /// The check is skipped where the endpoint sorts nothing.
    pub fn sorted(&self, request: Request) -> Result<Request, Stop> {
        self.context.sorted_by(&self.naming, request)
    }
}
