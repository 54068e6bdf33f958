//! Numbers with their nouns.

pub use weir_files::count::counted as plural;

/// `1 exchange`, `2 exchanges`.
pub fn exchanges(count: u64) -> String {
    plural(count, "exchange", "exchanges")
}
