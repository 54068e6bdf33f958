//! What is read from a body and found valid is written as JSON that reads as the same resource.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scim::resource::projection::Projection;
use scim::resource::{read, validate, write};
use scim::schema::{Registry, ResourceTypeId, standard};
use scim::tolerance::Tolerances;

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    standard::registry(&[standard::ENTERPRISE_USER, standard::IAN_USER]).expect("the standard schemas are valid")
});

fuzz_target!(|body: &[u8]| {
    let policy = read::Policy::default();
    let Ok(json) = read::json(body) else { return };
    for user_or_group in [ResourceTypeId(0), ResourceTypeId(1)] {
        let Ok(mut fields) = read::resource(&REGISTRY, user_or_group, &json, &policy) else { continue };
        if validate::check(&REGISTRY, user_or_group, &mut fields, &Tolerances::strict()).is_err() {
            continue;
        }
        let Ok(everything) = Projection::new(&REGISTRY, user_or_group, None, None) else { continue };
        let mut out = Vec::new();
        write::resource(&mut out, &REGISTRY, user_or_group, &fields, &everything);
        read::json(&out).expect("what we write is JSON that we read");
    }
});
