//! What deviations at the rules of an application have in common.

use scim::capability::Capability;

use crate::rules::{Carelessness, Rules};

/// Lets requests in that must not come in.
pub fn accept(rules: &mut Rules, carelessness: Carelessness) {
    rules.careless.insert(carelessness);
}

/// Takes capabilities that stay out of what discovery publishes.
pub fn unannounce(rules: &mut Rules, capabilities: &[Capability]) {
    for capability in capabilities {
        rules.published.remove(capability);
    }
}

/// Switches capabilities off; what discovery publishes stays.
pub fn switch_off(rules: &mut Rules, capabilities: &[Capability]) {
    for capability in capabilities {
        rules.capabilities.remove(capability);
        rules.refusals.remove(capability);
    }
}
