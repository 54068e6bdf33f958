//! userName is compared to the letter.

use scim::schema::SchemaDocument;

use super::{Breaks, Deviation, Seam};
use crate::application::StoreSeam;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "uniqueness.case-sensitive",
    summary: "userNames that differ in letter case only belong to different users",
    breaks: Breaks::Requirements(&["RFC7643-4.1.1-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::store(|_| Box::new(CaseSensitive)),
};

struct CaseSensitive;

impl StoreSeam for CaseSensitive {
    fn enforce(&self, schemas: &mut [SchemaDocument]) {
        for attribute in schemas.iter_mut().flat_map(|schema| &mut schema.attributes) {
            if attribute.name == "userName" {
                attribute.case_exact = true;
            }
        }
    }
}
