//! The line of a terminal that is written over again and again.

use std::io::{self, Write as _};

use super::Output;
use super::printable::Printable;

/// Goes to the line's beginning and clears it.
const CLEAR: &str = "\r\x1b[2K";

/// Writes the line over the one before, as far as there is room.
pub fn draw(line: &str) {
    let line: String =
        line.chars().take(Output::room_for_notices().map_or_else(Output::width, |room| room - 1)).collect();
    // Without a terminal the line is not missed.
    let _ = write!(io::stderr(), "{CLEAR}{}", Printable::from(line).as_str());
}

/// Takes the line away.
pub fn clear() {
    let _ = write!(io::stderr(), "{CLEAR}");
}
