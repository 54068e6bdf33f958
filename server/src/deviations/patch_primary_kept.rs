//! A new primary value leaves the old one primary.

use std::sync::Arc;

use scim::resource::{Fields, Slot, Value};
use scim::schema::Registry;

use super::modified::{Altered, Modified};
use super::{Breaks, Deviation, Seam};
use crate::application::StoreSeam;
use crate::store::Store;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.primary-kept",
    summary: "a value that becomes primary leaves the others primary too",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-28", "RFC7644-3.5.2.3-13"]),
    seen: &[],
    parameter: None,
    seam: Seam::Store(|_| Box::new(PrimaryKept)),
};

struct PrimaryKept;

impl StoreSeam for PrimaryKept {
    fn wrap(&self, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Modified { inner, how: Altered(keep_primary) })
    }
}

/// Whoever was primary before stays it.
fn keep_primary(registry: &Registry, before: &Fields, after: &mut Fields) {
    for (id, old) in before.iter() {
        let subs = (registry.find_sub_attribute(id, "primary"), registry.find_sub_attribute(id, "value"));
        let (Some(primary), Some(value)) = subs else { continue };
        let Some(Slot::Many(new)) = after.slot_mut(id) else { continue };
        for old in old.values() {
            let Value::Complex(old) = old else { continue };
            if old.values(primary) != [Value::Boolean(true)] {
                continue;
            }
            for new in new.iter_mut() {
                if let Value::Complex(new) = new
                    && new.string(value) == old.string(value)
                {
                    new.set(primary, Slot::One(Value::Boolean(true)));
                }
            }
        }
    }
}
