//! Foreign text, fit to be shown.
//!
//! What a peer sends may hold escape sequences that steer a terminal, marks that turn the direction of the text around, and new
//! lines behind which it could pretend to be Weir's own. [`Legible`] shows each such character as an escape: `\n`, `\x1b`,
//! `\u{202e}`. [`LegibleWriter`] does the same for everything that is written, so that what was forgotten does no harm either.
//!
//! Build services obey commands in the output of a job: GitHub a line that begins with `::`, blanks aside, and some of them
//! `##[…`, `##vso[…` and `##teamcity[…` anywhere in a line. The character that completes such a mark is shown as an escape too.

use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};
use std::io;

/// Shows a value in one line, whatever it holds.
pub struct Legible<T>(pub T);

impl<T: Display> Display for Legible<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(EscapingFormatter { out: f, reader: Reader::default() }, "{}", self.0)
    }
}

struct EscapingFormatter<'a, 'f> {
    out: &'a mut fmt::Formatter<'f>,
    reader: Reader,
}

impl fmt::Write for EscapingFormatter<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.out.write_str(&self.reader.escaped(text, Form::OneLine))
    }
}

/// The text in one line.
pub fn one_line(text: &str) -> Cow<'_, str> {
    Reader::default().escaped(text, Form::OneLine)
}

/// The text with its lines as they are.
pub fn lines(text: &str) -> Cow<'_, str> {
    Reader::default().escaped(text, Form::Lines)
}

/// JSON text with the same meaning, in which every character can be seen; its own lines stay.
pub fn json(text: &str) -> Cow<'_, str> {
    Reader::default().escaped(text, Form::Json)
}

/// Whether the text can be shown as it is, in one line.
pub fn is_legible(text: &str) -> bool {
    matches!(one_line(text), Cow::Borrowed(_))
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

/// Where the text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    OneLine,
    Lines,
    Json,
}

/// Reads a text as a build service does: what stands before a character decides whether it completes a mark.
#[derive(Clone, Copy, Debug, Default)]
struct Reader {
    /// Something other than blanks stands in this line.
    inside: bool,
    /// The line begins with one colon, blanks aside.
    colon: bool,
    /// How many `#` stand directly before, at most two.
    hashes: u8,
}

impl Reader {
    /// Takes the next character; tells whether it has to be shown as an escape.
    fn takes(&mut self, character: char, form: Form) -> bool {
        if character == '\n' && form != Form::OneLine {
            *self = Self::default();
            return false;
        }
        let completes_colons = form == Form::Lines && self.colon && character == ':';
        let completes_hashes = self.hashes == 2 && (character == '[' || character.is_ascii_alphabetic());
        self.colon = !self.inside && character == ':';
        self.inside |= !character.is_whitespace();
        self.hashes = if character == '#' { (self.hashes + 1).min(2) } else { 0 };
        completes_colons || completes_hashes || is_hidden(character)
    }

    fn escaped<'t>(&mut self, text: &'t str, form: Form) -> Cow<'t, str> {
        let mut ahead = *self;
        let Some(first) = text.char_indices().find(|(_, character)| ahead.takes(*character, form)) else {
            *self = ahead;
            return Cow::Borrowed(text);
        };
        let mut out = String::with_capacity(text.len() + 16);
        out.push_str(&text[..first.0]);
        write_escape(&mut out, first.1, form);
        *self = ahead;
        for character in text[first.0..].chars().skip(1) {
            if self.takes(character, form) {
                write_escape(&mut out, character, form);
            } else {
                out.push(character);
            }
        }
        Cow::Owned(out)
    }
}

fn write_escape(out: &mut String, character: char, form: Form) {
    // Writing to a string cannot fail.
    let _ = match character {
        character if form == Form::Json => {
            character.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))
        }
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        character if u32::from(character) < 0x100 => write!(out, "\\x{:02x}", u32::from(character)),
        character => write!(out, "\\u{{{:x}}}", u32::from(character)),
    };
}

/// Writes text in which every character can be seen, new lines aside, and colours where they are wanted.
pub struct LegibleWriter<W> {
    out: W,
    colour: bool,
    form: Form,
    reader: Reader,
}

impl<W: io::Write> LegibleWriter<W> {
    /// With `colour`, sequences that set colours go through; a report writes none that a peer sent.
    pub fn new(out: W, colour: bool) -> Self {
        Self { out, colour, form: Form::Lines, reader: Reader::default() }
    }

    /// For JSON text.
    pub fn json(out: W) -> Self {
        Self { out, colour: false, form: Form::Json, reader: Reader::default() }
    }

    fn write_text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(self.reader.escaped(text, self.form).as_bytes())
    }
}

impl<W: io::Write> io::Write for LegibleWriter<W> {
    /// Takes whole texts, as `write!` hands them over.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let mut rest: &str = &text;
        while let Some(at) = rest.find("\x1b[").filter(|_| self.colour) {
            self.write_text(&rest[..at])?;
            let sequence = &rest[at + 2..];
            let digits = sequence.find(|character: char| !character.is_ascii_digit() && character != ';');
            if let Some(end) = digits.filter(|end| sequence[*end..].starts_with('m')) {
                self.out.write_all(&rest.as_bytes()[at..at + 3 + end])?;
                rest = &sequence[end + 1..];
            } else {
                self.write_text("\x1b[")?;
                rest = sequence;
            }
        }
        self.write_text(rest)?;
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
    fn json_keeps_its_meaning() {
        let text = "{\n  \"a\u{202e}\u{9b}\": \"\u{1fffe}##[group]x\"\n}";
        let shown = json(text);
        assert_eq!(shown, "{\n  \"a\\u202e\\u009b\": \"\\ud83f\\udffe##\\u005bgroup]x\"\n}");
        let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(parsed(&shown), parsed(text));
    }

    #[test]
    fn no_mark_of_a_build_service_is_complete() {
        for (text, shown) in [
            ("::error::x", ":\\x3aerror::x"),
            ("a\n \u{a0}::error::x", "a\n \u{a0}:\\x3aerror::x"),
            ("a ::error", "a ::error"),
            (": :", ": :"),
            ("a ##[add-mask]x", "a ##\\x5badd-mask]x"),
            ("###vso[task]", "###\\x76so[task]"),
            ("## heading\n### further #1", "## heading\n### further #1"),
        ] {
            assert_eq!(lines(text), shown);
        }
        // An address is not a line of its own.
        assert_eq!(one_line("::1"), "::1");
        let mut out = Vec::new();
        let mut writer = LegibleWriter::new(&mut out, true);
        for part in ["  ", ":", ":", "error::\n\x1b[1m::\n", "#", "#", "[debug]"] {
            write!(writer, "{part}").unwrap();
        }
        assert_eq!(String::from_utf8(out).unwrap(), "  :\\x3aerror::\n\x1b[1m:\\x3a\n##\\x5bdebug]");
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
