//! The most that a run reads, keeps and waits for, whatever a peer sends.

use std::time::Duration;

/// How many times the bytes of an answer its JSON can take once it is parsed, before the answer is refused. Ordinary resources take
/// four to eight times their bytes, and reach the bound on the bytes of an answer first only if they are larger than any page.
const PARSED: usize = 4;
/// How many such answers one check can hold at once.
const HELD: usize = 2;
/// How many times as long as the list of entries a list within an entry can be.
const NESTED: usize = 5;
/// How many times as many requests, and as much time, a check of scale has.
const SCALE: u32 = 100;

/// The bounds of a run. Whoever reaches one is told its name, and is `blocked`: a bound says nothing about the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of one answer. Its JSON can take four times as much, and what one check holds eight times.
    pub answer: usize,
    /// Requests of one check.
    pub requests: u64,
    /// Time of one check.
    pub time: Duration,
    /// Entries of `/ResourceTypes` and `/Schemas` that checks look at one by one; a list within an entry can be five times as long.
    pub entries: usize,
    /// Bytes of exchanges that the findings of a run keep as evidence.
    pub evidence: usize,
}

impl Bounds {
    /// The bounds of a run whose user names none.
    pub const DEFAULT: Self = Self {
        answer: 8 * 1024 * 1024,
        requests: 1000,
        time: Duration::from_mins(5),
        entries: 200,
        evidence: 24 * 1024 * 1024,
    };

    /// The bounds of a check that creates thousands of resources because the user asks for it.
    #[must_use]
    pub const fn of_scale(self) -> Self {
        Self { requests: self.requests.saturating_mul(SCALE as u64), time: self.time.saturating_mul(SCALE), ..self }
    }

    /// Entries of a list within an entry of discovery, such as the attributes of a schema.
    pub const fn nested(&self) -> usize {
        self.entries.saturating_mul(NESTED)
    }

    /// Bytes that the JSON of one answer takes once it is parsed.
    pub const fn parsed(&self) -> usize {
        self.answer.saturating_mul(PARSED)
    }

    /// Bytes of answers that one check holds at once.
    pub(super) const fn held(&self) -> usize {
        self.parsed().saturating_mul(HELD)
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Bytes that `body` takes as a tree of values, estimated without building it: a list of small values takes fifty times the
/// bytes of its text. A body that is not JSON takes nothing, because its parser stops early.
pub fn parsed_size(body: &[u8]) -> usize {
    const VALUE: usize = 108;
    const NAME: usize = 64;
    const OBJECT: usize = 96;
    let body = body.trim_ascii_start();
    if !body.starts_with(b"{") && !body.starts_with(b"[") {
        return 0;
    }
    let (mut size, mut in_string, mut is_escaped) = (0, false, false);
    for &byte in body {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => size += 1,
            b',' | b'[' => size += VALUE,
            b':' => size += NAME,
            b'{' => size += VALUE + OBJECT,
            _ => {}
        }
    }
    size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_json_follows_its_values_and_not_what_stands_in_its_strings() {
        assert_eq!(parsed_size(b"<html>,,,,[[[["), 0);
        assert_eq!(parsed_size(br#"["a,b:[{\",","c"]"#), parsed_size(br#"["_______","_"]"#));
        let numbers = format!("[{}1]", "1,".repeat(999));
        assert_eq!(parsed_size(numbers.as_bytes()), 108_000);
        let resources = r#"{"id":"a"},"#.repeat(100);
        assert!(parsed_size(format!("[{resources}{{}}]").as_bytes()) > 30 * resources.len());
    }
}
