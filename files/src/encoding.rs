//! The text of a file, whatever wrote it: UTF-8 with or without a byte order mark, and UTF-16 of either byte order, which is
//! what `>` writes in `PowerShell` of Windows, and `-u` in the tools of Active Directory.

use std::io::{self, BufRead, ErrorKind, Read};

/// How the characters of a text are written as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextEncoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// Bytes of the longest byte order mark.
const LONGEST_MARK: usize = 3;

impl TextEncoding {
    /// The encoding that a text begins with, and how many of its bytes are the mark. Without a mark a first character of
    /// ASCII with a NUL beside it is a sign of UTF-16 (RFC 4627 section 3 reads JSON so).
    fn of(head: &[u8]) -> (Self, usize) {
        match head {
            [0xEF, 0xBB, 0xBF, ..] => (Self::Utf8, 3),
            [0xFF, 0xFE, ..] => (Self::Utf16Le, 2),
            [0xFE, 0xFF, ..] => (Self::Utf16Be, 2),
            [9..=13 | 32..=126, 0, ..] => (Self::Utf16Le, 0),
            [0, 9..=13 | 32..=126, ..] => (Self::Utf16Be, 0),
            _ => (Self::Utf8, 0),
        }
    }
}

/// Gives the bytes of a text in UTF-8, without a byte order mark.
pub struct TextReader<R> {
    source: R,
    /// Known once the first bytes have been read.
    encoding: Option<TextEncoding>,
    /// UTF-8 that waits to be read.
    ready: Vec<u8>,
    position: usize,
    /// Bytes of UTF-16 whose other half has not come yet.
    rest: Vec<u8>,
}

impl<R: BufRead> TextReader<R> {
    /// Reads the text that `source` gives as bytes.
    pub const fn new(source: R) -> Self {
        Self { source, encoding: None, ready: Vec::new(), position: 0, rest: Vec::new() }
    }

    fn begin(&mut self) -> io::Result<TextEncoding> {
        if let Some(encoding) = self.encoding {
            return Ok(encoding);
        }
        let available = self.source.fill_buf()?;
        let encoding = if available.len() < LONGEST_MARK {
            self.begin_with_copy()?
        } else {
            // The text behind the mark stays there, so that a reader which looks at the beginning sees more of it.
            let (encoding, mark) = TextEncoding::of(available);
            self.source.consume(mark);
            encoding
        };
        self.encoding = Some(encoding);
        Ok(encoding)
    }

    /// The encoding of a text whose first chunk is too short to tell.
    fn begin_with_copy(&mut self) -> io::Result<TextEncoding> {
        let mut head = Vec::with_capacity(LONGEST_MARK);
        Read::take(&mut self.source, LONGEST_MARK as u64).read_to_end(&mut head)?;
        let (encoding, mark) = TextEncoding::of(&head);
        head.drain(..mark);
        match encoding {
            TextEncoding::Utf8 => self.ready = head,
            TextEncoding::Utf16Le | TextEncoding::Utf16Be => self.rest = head,
        }
        Ok(encoding)
    }

    /// Converts what there is of UTF-16; at the end of the text `ready` stays empty.
    fn convert(&mut self, unit: fn([u8; 2]) -> u16) -> io::Result<()> {
        self.ready.clear();
        self.position = 0;
        while self.ready.is_empty() {
            let mut bytes = std::mem::take(&mut self.rest);
            let available = self.source.fill_buf()?;
            let read = available.len();
            bytes.extend_from_slice(available);
            self.source.consume(read);
            if read == 0 && bytes.is_empty() {
                return Ok(());
            }
            let is_end = read == 0;
            let whole = bytes.len() / 2 * 2;
            let units: Vec<u16> = bytes[..whole].chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
            // The second half of a pair of surrogates may be in the next chunk.
            let is_split = !is_end && units.last().is_some_and(|last| (0xD800..0xDC00).contains(last));
            let used = units.len() - usize::from(is_split);
            self.rest = bytes[used * 2..].to_vec();
            for character in char::decode_utf16(units[..used].iter().copied()) {
                let character = character.map_err(|_| not_utf16())?;
                self.ready.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            if is_end && !self.rest.is_empty() {
                return Err(not_utf16());
            }
        }
        Ok(())
    }
}

fn not_utf16() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "the file begins as UTF-16 and holds bytes that are not UTF-16")
}

impl<R: BufRead> BufRead for TextReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let encoding = self.begin()?;
        if self.position == self.ready.len() {
            match encoding {
                TextEncoding::Utf8 => return self.source.fill_buf(),
                TextEncoding::Utf16Le => self.convert(u16::from_le_bytes)?,
                TextEncoding::Utf16Be => self.convert(u16::from_be_bytes)?,
            }
        }
        Ok(&self.ready[self.position..])
    }

    fn consume(&mut self, amount: usize) {
        if self.position < self.ready.len() {
            self.position += amount;
        } else {
            self.source.consume(amount);
        }
    }
}

impl<R: BufRead> Read for TextReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn text(bytes: &[u8]) -> io::Result<String> {
        // Small buffers, so that pairs are cut, and the mark.
        let read = [1, 2, 3, 5].map(|capacity| {
            let mut text = String::new();
            let read = TextReader::new(io::BufReader::with_capacity(capacity, bytes)).read_to_string(&mut text);
            read.map(|_| text)
        });
        let [first, others @ ..] = read;
        for other in others {
            assert_eq!(first.as_ref().ok(), other.as_ref().ok());
        }
        first
    }

    #[test]
    fn every_encoding_gives_the_same_text_with_and_without_a_mark() {
        for wanted in ["", "x", "{}", "{\"a\": \"Ä 𝄞\"}\r\n", &"𝄞".repeat(40_000)] {
            assert_eq!(text(wanted.as_bytes()).unwrap(), wanted);
            let marked = format!("\u{FEFF}{wanted}");
            assert_eq!(text(marked.as_bytes()).unwrap(), wanted);
            assert_eq!(text(&utf16(&marked, u16::to_le_bytes)).unwrap(), wanted);
            assert_eq!(text(&utf16(&marked, u16::to_be_bytes)).unwrap(), wanted);
            if wanted.starts_with('{') {
                assert_eq!(text(&utf16(wanted, u16::to_le_bytes)).unwrap(), wanted);
                assert_eq!(text(&utf16(wanted, u16::to_be_bytes)).unwrap(), wanted);
            }
        }
    }

    #[test]
    fn the_first_chunk_is_given_as_a_whole() {
        for text in ["", "\u{FEFF}"].map(|mark| format!("{mark}\r\n\r\nDN,cn\r\n")) {
            assert_eq!(TextReader::new(text.as_bytes()).fill_buf().unwrap(), b"\r\n\r\nDN,cn\r\n");
        }
    }

    #[test]
    fn half_a_character_is_a_fault() {
        for bytes in [&[0xFF, 0xFE, b'a'][..], &[0xFF, 0xFE, 0x34, 0xD8], &[0xFE, 0xFF, 0xD8, 0x34, 0x00, 0x61]] {
            assert!(text(bytes).unwrap_err().to_string().contains("not UTF-16"), "{bytes:?}");
        }
    }
}
