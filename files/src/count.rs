//! Numbers with their nouns.

/// `1 entry`, `2 entries`.
#[must_use]
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
