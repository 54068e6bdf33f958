//! Numbers in place of texts: a set of numbers takes a fraction of what a set of texts takes, and a million entries have to fit.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// A number of the text that no two texts share in practice.
#[must_use]
pub fn of_text(text: &str) -> u128 {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        (seed, text).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
