//! Of several values that a filter selects only the first is changed.

use std::sync::Arc;

use scim::resource::{Fields, Slot};
use scim::schema::Registry;

use super::modified::{Altered, Modified};
use super::{Breaks, Deviation, Seam};
use crate::application::StoreSeam;
use crate::store::Store;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.first-match-only",
    summary: "a filter that selects several values changes the first of them only",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2.3-07", "RFC7644-3.5.2.3-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::Store(|_| Box::new(FirstMatchOnly)),
};

struct FirstMatchOnly;

impl StoreSeam for FirstMatchOnly {
    fn wrap(&self, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Modified { inner, how: Altered(first_only) })
    }
}

/// Takes every change of a list's values but the first back.
fn first_only(_: &Registry, before: &Fields, after: &mut Fields) {
    let lists: Vec<_> = before.iter().filter(|(_, slot)| matches!(slot, Slot::Many(_))).collect();
    for (id, old) in lists {
        let Some(Slot::Many(new)) = after.slot_mut(id) else { continue };
        let old = old.values();
        if old.len() != new.len() {
            continue;
        }
        let changed = (0..new.len()).filter(|&at| old[at] != new[at]).skip(1).collect::<Vec<_>>();
        for at in changed {
            new[at] = old[at].clone();
        }
    }
}
