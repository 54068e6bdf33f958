//! Every page is the first page.

use futures_util::future::BoxFuture;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::Window;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "paging.start-index-ignored",
    summary: "startIndex is ignored: every page is the first one",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.4-05", "RFC7644-3.4.2.4-06", "RFC7644-3.4.2.4-15"]),
    seen: &["https://github.com/wso2/product-is/issues/5106"],
    parameter: None,
    seam: Seam::Request(|_| Box::new(StartIndexIgnored)),
};

struct StartIndexIgnored;

impl RequestSeam for StartIndexIgnored {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        if let Operation::List(query) = &mut operation
            && let Window::Index { start, .. } = &mut query.window
        {
            *start = 1;
        }
        next.run(operation)
    }
}
