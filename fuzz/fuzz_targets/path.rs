//! An attribute path that parses prints to itself; looking it up never panics.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scim::path::{AttributePath, resolve};
use scim::schema::{Registry, ResourceTypeId, standard};
use scim::tolerance::{Tolerance, Tolerances};

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| standard::registry(&[standard::ENTERPRISE_USER]).expect("the standard schemas are valid"));

fuzz_target!(|text: &str| {
    if let Ok(path) = text.parse::<AttributePath>() {
        assert_eq!(path.to_string(), text);
        for tolerances in [Tolerances::strict(), Tolerance::ALL.iter().copied().collect()] {
            let _ = resolve(&REGISTRY, ResourceTypeId(0), &path, &tolerances);
        }
    }
});
