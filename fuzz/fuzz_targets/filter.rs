//! A filter that parses prints to a filter that parses to the same tree; resolving and evaluating never panic.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scim::filter::parse::{Limits, parse};
use scim::filter::{eval, resolve};
use scim::resource::Fields;
use scim::schema::{Registry, ResourceTypeId, standard};
use scim::tolerance::{Tolerance, Tolerances};

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    standard::registry(&[standard::ENTERPRISE_USER, standard::IAN_USER]).expect("the standard schemas are valid")
});

fuzz_target!(|text: &str| {
    for tolerances in [Tolerances::strict(), Tolerance::ALL.iter().copied().collect()] {
        let Ok(filter) = parse(text, Limits::default(), &tolerances) else { continue };
        let printed = filter.to_string();
        let again = parse(&printed, Limits::default(), &Tolerances::strict());
        assert_eq!(again.as_ref(), Ok(&filter), "{printed}");
        if let Ok(resolved) = resolve::resolve(&REGISTRY, ResourceTypeId(0), &filter, &tolerances) {
            let _ = eval::matches(&resolved, &Fields::new());
        }
    }
});
