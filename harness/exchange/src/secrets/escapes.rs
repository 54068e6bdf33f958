//! Text as its readers see it: what stands escaped in JSON, in a URL or in HTML, as the characters that are meant.
//!
//! Whoever writes a text chooses which characters to escape, how, and how often, so that a secret has no list of written forms.
//! The filter therefore compares plain text with plain text, and replaces the bytes from which it came.

/// So many times escaped is as much as is undone.
const ROUNDS: usize = 8;

/// The characters of HTML that have a name and that a credential may hold.
const NAMED: [(&str, char); 33] = [
    ("amp", '&'),
    ("ast", '*'),
    ("apos", '\''),
    ("bsol", '\\'),
    ("colon", ':'),
    ("comma", ','),
    ("commat", '@'),
    ("dollar", '$'),
    ("equals", '='),
    ("excl", '!'),
    ("grave", '`'),
    ("gt", '>'),
    ("hat", '^'),
    ("lbrace", '{'),
    ("lbrack", '['),
    ("lcub", '{'),
    ("lowbar", '_'),
    ("lpar", '('),
    ("lsqb", '['),
    ("lt", '<'),
    ("num", '#'),
    ("percnt", '%'),
    ("period", '.'),
    ("plus", '+'),
    ("quest", '?'),
    ("quot", '"'),
    ("rbrace", '}'),
    ("rcub", '}'),
    ("rpar", ')'),
    ("rsqb", ']'),
    ("semi", ';'),
    ("sol", '/'),
    ("verbar", '|'),
];

/// A text without escapes, and where each of its bytes came from.
pub(super) struct PlainText {
    pub(super) bytes: Vec<u8>,
    /// Where the escape, or the character, of each byte begins in the original; one more says where the last ends.
    starts: Vec<usize>,
}

impl PlainText {
    /// `None` if the text holds no escape.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let mut plain = Self::unescaped(text, |at| at)?;
        for _ in 1..ROUNDS {
            let Some(next) = Self::unescaped(&plain.bytes, |at| plain.starts[at]) else { break };
            plain = next;
        }
        Some(plain)
    }

    /// Where the byte at `at` begins in the original.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.starts[at]
    }

    /// Undoes one layer of escapes; `None` if there is none.
    fn unescaped(text: &[u8], origin: impl Fn(usize) -> usize) -> Option<Self> {
        if !text.iter().any(|byte| matches!(byte, b'\\' | b'%' | b'&')) {
            return None;
        }
        let mut plain = Self { bytes: Vec::with_capacity(text.len()), starts: Vec::with_capacity(text.len() + 1) };
        let mut begin = 0;
        loop {
            // Backslashes belong to the character behind them, which stands for itself: `\/`, `\"`.
            let backslashes = run_of_backslashes(&text[begin..]);
            let rest = &text[begin + backslashes..];
            let Some(first) = rest.first() else { break };
            let unit = if backslashes > 0 { utf16(rest) } else { None };
            let (length, unit) =
                unit.or_else(|| percent(rest)).or_else(|| entity(rest)).unwrap_or((1, Unit::Byte(*first)));
            let mut buffer = [0; 4];
            let bytes = match unit {
                Unit::Byte(byte) => {
                    buffer[0] = byte;
                    &buffer[..1]
                }
                Unit::Character(character) => character.encode_utf8(&mut buffer).as_bytes(),
            };
            plain.bytes.extend_from_slice(bytes);
            plain.starts.extend(bytes.iter().map(|_| origin(begin)));
            begin += backslashes + length;
        }
        plain.starts.push(origin(begin));
        (plain.bytes != text).then_some(plain)
    }
}

/// The text without the escape at its end that lacks its last characters.
pub(super) fn whole(text: &[u8]) -> &[u8] {
    const LONGEST: usize = 8;
    let from = text.len().saturating_sub(LONGEST);
    let Some(at) = text[from..].iter().rposition(|byte| matches!(byte, b'\\' | b'%' | b'&')) else { return text };
    let (before, last) = text.split_at(from + at);
    let is_cut = match last[0] {
        b'\\' => last.len() < 6 && matches!(last.get(1), None | Some(b'u' | b'U')),
        b'%' => last.len() < 3,
        _ => !last.contains(&b';'),
    };
    if is_cut { &before[..before.len() - before.iter().rev().take_while(|byte| **byte == b'\\').count()] } else { text }
}

/// What an escape stands for.
#[derive(Clone, Copy)]
enum Unit {
    /// A byte of UTF-8.
    Byte(u8),
    Character(char),
}

fn run_of_backslashes(text: &[u8]) -> usize {
    text.iter().take_while(|byte| **byte == b'\\').count()
}

/// `uXXXX` behind a backslash, or two of them that are one character (RFC 8259 section 7).
fn utf16(text: &[u8]) -> Option<(usize, Unit)> {
    let unit = |text: &[u8]| match text {
        [b'u' | b'U', digits @ ..] => u16::try_from(number(digits.get(..4)?, 16)?).ok(),
        _ => None,
    };
    let first = unit(text)?;
    let behind = &text[5..];
    let backslashes = run_of_backslashes(behind);
    let second = if backslashes > 0 { unit(&behind[backslashes..]) } else { None };
    let pair = second.and_then(|second| char::decode_utf16([first, second]).next()?.ok());
    Some(match pair {
        Some(character) if character.len_utf16() == 2 => (10 + backslashes, Unit::Character(character)),
        _ => {
            let character = char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER);
            (5, Unit::Character(character))
        }
    })
}

/// `%XX` (RFC 3986 section 2.1).
fn percent(text: &[u8]) -> Option<(usize, Unit)> {
    let digits = text.strip_prefix(b"%")?.get(..2)?;
    Some((3, Unit::Byte(u8::try_from(number(digits, 16)?).ok()?)))
}

/// `&#43;`, `&#x2b;`, `&plus;`.
fn entity(text: &[u8]) -> Option<(usize, Unit)> {
    let name = text.strip_prefix(b"&")?;
    let (digits, radix, before) = match name {
        [b'#', b'x' | b'X', digits @ ..] => (digits, 16, 3),
        [b'#', digits @ ..] => (digits, 10, 2),
        _ => {
            let end = name.iter().take(8).position(|byte| *byte == b';')?;
            let named = NAMED.iter().find(|(own, _)| own.as_bytes().eq_ignore_ascii_case(&name[..end]))?;
            return Some((end + 2, Unit::Character(named.1)));
        }
    };
    let length = digits.iter().take_while(|digit| char::from(**digit).is_digit(radix)).count();
    let character = char::from_u32(number(&digits[..length], radix)?)?;
    // A browser reads a number without a semicolon too.
    let semicolon = usize::from(digits.get(length) == Some(&b';'));
    Some((before + length + semicolon, Unit::Character(character)))
}

/// Only digits of this radix, at least one.
fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let is_number = digits.iter().all(|digit| char::from(*digit).is_digit(radix));
    let digits = is_number.then(|| std::str::from_utf8(digits).ok())??;
    u32::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_escape_is_undone_and_its_place_known() {
        for (text, expected) in [
            (r"a\u002Bb", "a+b"),
            (r"a\\\U002bb", "a+b"),
            (r#"\"a\/b\""#, r#""a/b""#),
            (r"\ud83d\uDE00!", "😀!"),
            (r"\ud83dx\u00", "\u{fffd}xu00"),
            ("%C3%a4%2", "ä%2"),
            ("&#43;&#x2B;&#43&plus;&Amp;&none;&", "++++&&none;&"),
            ("%2525252b", "+"),
            ("&amp;amp;#43;", "+"),
            (r"%5cu002b", "+"),
        ] {
            let plain = PlainText::of(text.as_bytes()).expect("an escape");
            assert_eq!(String::from_utf8_lossy(&plain.bytes), expected, "{text}");
            assert_eq!(plain.starts.len(), plain.bytes.len() + 1, "{text}");
            assert!(plain.starts.is_sorted() && plain.origin(plain.bytes.len()) == text.len(), "{text}");
        }
        for text in ["", "nothing", "100 % & more"] {
            assert!(PlainText::of(text.as_bytes()).is_none(), "{text}");
        }
    }
}
