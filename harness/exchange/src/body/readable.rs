//! JSON by its grammar that holds what no reader has a value for: RFC 8259 lets a text hold half of a surrogate pair (section 8.2)
//! and a number be larger than any reader takes (section 6).

/// U+FFFD, which stands for what is no character.
const REPLACEMENT: &[u8] = b"\\ufffd";

/// The largest number that a reader of IEEE 754 doubles takes.
const LARGEST: &[u8] = b"1.7976931348623157e308";

/// The text with a value in the place of each half of a surrogate pair and of each number that is out of range. The text is JSON by
/// its grammar.
pub(super) fn with_values(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let end = match byte {
            b'"' => {
                let end = end_of_text(text, at);
                copy_text(&text[at..end], &mut out);
                end
            }
            b'-' | b'0'..=b'9' => {
                let length = text[at..].iter().take_while(|byte| is_of_a_number(**byte)).count();
                let number = &text[at..at + length];
                let fits = serde_json::from_slice::<serde_json::Number>(number).is_ok();
                out.extend_from_slice(if fits { number } else { LARGEST });
                at + length
            }
            _ => {
                out.push(byte);
                at + 1
            }
        };
        at = end;
    }
    out
}

/// Whether a text of the JSON holds half of a surrogate pair.
pub(super) fn has_half_a_pair(text: &[u8]) -> bool {
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte != b'"' {
            at += 1;
            continue;
        }
        let end = end_of_text(text, at);
        if pieces(&text[at..end]).any(|piece| piece.is_half) {
            return true;
        }
        at = end;
    }
    false
}

const fn is_of_a_number(byte: u8) -> bool {
    matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
}

/// The place behind the text that begins at `start` with a quotation mark.
fn end_of_text(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

fn copy_text(text: &[u8], out: &mut Vec<u8>) {
    for piece in pieces(text) {
        out.extend_from_slice(if piece.is_half { REPLACEMENT } else { piece.bytes });
    }
}

/// A byte, an escape, or a pair of surrogates of a text.
struct Piece<'t> {
    bytes: &'t [u8],
    /// Whether it is a surrogate without its other half.
    is_half: bool,
}

fn pieces(text: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (length, is_half) = match (rest, unit(rest)) {
            ([], _) => return None,
            (_, Some(0xd800..=0xdbff)) => match rest.get(6..).and_then(unit) {
                Some(0xdc00..=0xdfff) => (12, false),
                _ => (6, true),
            },
            (_, Some(0xdc00..=0xdfff)) => (6, true),
            (_, Some(_)) => (6, false),
            ([b'\\', _, ..], None) => (2, false),
            _ => (1, false),
        };
        let (bytes, behind) = rest.split_at(length.min(rest.len()));
        rest = behind;
        Some(Piece { bytes, is_half })
    })
}

/// The number of the escape `\uXXXX` with which the text begins.
fn unit(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_no_value_is_replaced() {
        for (text, expected) in [
            (
                r#"{"a":"\ud83c\udf0a é \\ud800 \"","b":[1,-2.5e3]}"#,
                r#"{"a":"\ud83c\udf0a é \\ud800 \"","b":[1,-2.5e3]}"#,
            ),
            (r#"["\ud800","\udc00x","\ud83c\ud83c\udf0a"]"#, r#"["\ufffd","\ufffdx","\ufffd\ud83c\udf0a"]"#),
            ("[1e999,-1e999,7]", "[1.7976931348623157e308,1.7976931348623157e308,7]"),
        ] {
            assert_eq!(String::from_utf8(with_values(text.as_bytes())).unwrap(), expected);
            let has_half = expected.contains("ufffd");
            assert_eq!(has_half_a_pair(text.as_bytes()), has_half, "{text}");
        }
    }
}
