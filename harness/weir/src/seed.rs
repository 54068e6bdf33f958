//! The one place from which chance enters a run; everything after it follows from the seed.

use uuid::Uuid;

/// A seed that nobody has had before, short enough to type again.
#[expect(clippy::disallowed_methods, reason = "a run without a given seed draws one here, and prints it")]
pub fn draw() -> u64 {
    Uuid::new_v4().as_u64_pair().0 & 0xffff_ffff
}
