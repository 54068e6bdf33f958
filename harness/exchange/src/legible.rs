//! Foreign text, fit to be shown.
//!
//! What a peer sends may hold escape sequences that steer a terminal, marks that turn the direction of the text around, and new
//! lines behind which it could pretend to be Weir's own. [`Legible`] shows each such character as an escape: `\n`, `\x1b`,
//! `\u{202e}`. [`LegibleWriter`] does the same for everything that is written, so that what was forgotten does no harm either.

use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};
use std::io;

/// Shows a value in one line, whatever it holds.
pub struct Legible<T>(pub T);

impl<T: Display> Display for Legible<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(EscapingFormatter(f), "{}", self.0)
    }
}

struct EscapingFormatter<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl fmt::Write for EscapingFormatter<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_str(&one_line(text))
    }
}

/// The text in one line.
pub fn one_line(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

/// The text with its lines as they are.
pub fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |character| character == '\n')
}

/// Whether a character does something else than to be seen.
pub fn is_hidden(character: char) -> bool {
    let code = u32::from(character);
    character.is_control()
        // Soft hyphen, marks of direction, joiners, separators of lines, marks within the text, tags.
        || matches!(
            code,
            0xAD | 0x61C
                | 0x180E
                | 0x200B..=0x200F
                | 0x2028..=0x202E
                | 0x2060..=0x206F
                | 0xFEFF
                | 0xFFF9..=0xFFFB
                | 0xE0000..=0xE007F
        )
        // Noncharacters, which XML cannot hold.
        || matches!(code, 0xFDD0..=0xFDEF)
        || code & 0xFFFE == 0xFFFE
}

fn escaped(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    let hidden = |character: char| is_hidden(character) && !stays(character);
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        // Writing to a string cannot fail.
        let _ = match character {
            character if !hidden(character) => out.write_char(character),
            '\n' => out.write_str("\\n"),
            '\r' => out.write_str("\\r"),
            '\t' => out.write_str("\\t"),
            character if u32::from(character) < 0x100 => write!(out, "\\x{:02x}", u32::from(character)),
            character => write!(out, "\\u{{{:x}}}", u32::from(character)),
        };
    }
    Cow::Owned(out)
}

/// Writes text in which every character can be seen, new lines aside, and colours where they are wanted.
pub struct LegibleWriter<W> {
    out: W,
    colour: bool,
}

impl<W: io::Write> LegibleWriter<W> {
    /// With `colour`, sequences that set colours go through; a report writes none that a peer sent.
    pub const fn new(out: W, colour: bool) -> Self {
        Self { out, colour }
    }
}

impl<W: io::Write> io::Write for LegibleWriter<W> {
    /// Takes whole texts, as `write!` hands them over.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let mut rest: &str = &text;
        while let Some(at) = rest.find("\x1b[").filter(|_| self.colour) {
            self.out.write_all(lines(&rest[..at]).as_bytes())?;
            let sequence = &rest[at + 2..];
            let digits = sequence.find(|character: char| !character.is_ascii_digit() && character != ';');
            if let Some(end) = digits.filter(|end| sequence[*end..].starts_with('m')) {
                self.out.write_all(&rest.as_bytes()[at..at + 3 + end])?;
                rest = &sequence[end + 1..];
            } else {
                self.out.write_all(b"\\x1b[")?;
                rest = sequence;
            }
        }
        self.out.write_all(lines(rest).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn what_cannot_be_seen_becomes_an_escape_and_the_rest_stays() {
        assert_eq!(
            one_line("a\x1b[2Jb\u{202e}c\r\n::error\0\u{9b}\t"),
            "a\\x1b[2Jb\\u{202e}c\\r\\n::error\\x00\\x9b\\t"
        );
        assert_eq!(one_line("Zoë, 日本語, عربى, 🙂"), "Zoë, 日本語, عربى, 🙂");
        assert_eq!(Legible(format_args!("{}\n{}", "a", "\u{fffe}")).to_string(), "a\\n\\u{fffe}");
        assert_eq!(lines("a\nb\r"), "a\nb\\r");
    }

    #[test]
    fn colours_go_through_where_they_are_wanted_and_nothing_else_does() {
        let written = |colour: bool, text: &str| {
            let mut out = Vec::new();
            write!(LegibleWriter::new(&mut out, colour), "{text}").unwrap();
            String::from_utf8(out).unwrap()
        };
        let text = "\x1b[1;31mfail\x1b[0m \x1b[2J \x1b]0;title\x07\x1b[";
        assert_eq!(written(true, text), "\x1b[1;31mfail\x1b[0m \\x1b[2J \\x1b]0;title\\x07\\x1b[");
        assert_eq!(written(false, text), "\\x1b[1;31mfail\\x1b[0m \\x1b[2J \\x1b]0;title\\x07\\x1b[");
    }
}
