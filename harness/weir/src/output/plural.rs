//! Numbers with their nouns.

/// `1 entry`, `2 entries`.
pub fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `1 exchange`, `2 exchanges`.
pub fn exchanges(count: u64) -> String {
    plural(count, "exchange", "exchanges")
}
