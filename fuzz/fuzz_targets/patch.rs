//! No PATCH body makes reading or applying panic, and what it leaves is a resource that can be written.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scim::patch::{self, TreeDraft};
use scim::resource::read::{self, Policy};
use scim::schema::{Registry, ResourceTypeId, standard};
use scim::tolerance::{Tolerance, Tolerances};

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    standard::registry(&[standard::ENTERPRISE_USER, standard::IAN_USER]).expect("the standard schemas are valid")
});

const USER: &[u8] = br#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a@example.com",
"name":{"givenName":"A"},"emails":[{"value":"a@example.com","type":"work","primary":true},{"value":"b@example.com"}]}"#;

fuzz_target!(|body: &[u8]| {
    let Ok(json) = read::json(body) else { return };
    let user = read::json(USER).expect("the fixture is JSON");
    for tolerances in [Tolerances::strict(), Tolerance::ALL.iter().copied().collect()] {
        let policy = Policy { tolerances, ..Policy::default() };
        let fields = read::resource(&REGISTRY, ResourceTypeId(0), &user, &policy).expect("the fixture is a user");
        if let Ok(operations) = patch::read(&REGISTRY, ResourceTypeId(0), &json, &policy) {
            let mut draft = TreeDraft(fields);
            let _ = patch::apply(&REGISTRY, ResourceTypeId(0), &operations, &policy, &mut draft);
        }
    }
});
