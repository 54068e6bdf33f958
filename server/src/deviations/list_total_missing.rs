//! A list does not say how many there are.

use super::shown::Lists;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.total-missing",
    summary: "totalResults is left out of every list",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-05"]),
    seen: &["https://github.com/15five/django-scim2/issues/159"],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Lists(|list| {
            list.remove("totalResults");
        }))
    }),
};
