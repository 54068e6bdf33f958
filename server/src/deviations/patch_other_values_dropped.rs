//! A change of one value of a list drops the others.

use std::sync::Arc;

use scim::resource::{Fields, Slot};
use scim::schema::Registry;

use super::modified::{Altered, Modified};
use super::{Breaks, Deviation, Seam};
use crate::application::StoreSeam;
use crate::store::Store;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.other-values-dropped",
    summary: "a change of one value of a list drops the values that were not changed",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-14", "RFC7644-3.5.2-15"]),
    seen: &["https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/201"],
    parameter: None,
    seam: Seam::Store(|_| Box::new(OtherValuesDropped)),
};

struct OtherValuesDropped;

impl StoreSeam for OtherValuesDropped {
    fn wrap(&self, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Modified { inner, how: Altered(changed_only) })
    }
}

/// Keeps only the values of a list that were changed in their place.
fn changed_only(_: &Registry, before: &Fields, after: &mut Fields) {
    let lists: Vec<_> = before.iter().filter(|(_, slot)| matches!(slot, Slot::Many(_))).collect();
    for (id, old) in lists {
        let Some(Slot::Many(new)) = after.slot_mut(id) else { continue };
        let old = old.values();
        if old.len() == new.len() && *old != **new {
            let mut place = 0..;
            new.retain(|value| place.next().is_some_and(|place| old.get(place) != Some(value)));
        }
    }
}
