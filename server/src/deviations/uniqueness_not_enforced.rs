//! Values that must be unique are stored again.

use scim::schema::{SchemaDocument, Uniqueness};

use super::{Breaks, Deviation, Seam};
use crate::application::StoreSeam;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "uniqueness.not-enforced",
    summary: "a second user with the same userName is accepted",
    breaks: Breaks::Requirements(&["RFC7643-4.1.1-02", "RFC7644-3.3-12", "RFC7644-3.12-13"]),
    seen: &["https://github.com/lightdash/lightdash/issues/22402"],
    parameter: None,
    seam: Seam::store(|_| Box::new(NotEnforced)),
};

struct NotEnforced;

impl StoreSeam for NotEnforced {
    fn enforce(&self, schemas: &mut [SchemaDocument]) {
        for schema in schemas {
            for attribute in &mut schema.attributes {
                attribute.uniqueness = Uniqueness::None;
                for sub_attribute in &mut attribute.sub_attributes {
                    sub_attribute.uniqueness = Uniqueness::None;
                }
            }
        }
    }
}
