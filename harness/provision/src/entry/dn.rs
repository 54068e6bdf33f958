//! Distinguished names: reading, writing and comparing them (RFC 4514, RFC 4517 section 4.2.11 for the comparison).

use std::fmt;

use super::schema::canonical_name;

/// A name of an entry, as written and in the form by which names are compared.
#[derive(Clone, Debug)]
pub struct Dn {
    rdns: Vec<Rdn>,
    text: Box<str>,
    key: Box<str>,
}

/// One relative distinguished name: one or more attribute values joined by `+`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rdn {
    pub assertions: Vec<Assertion>,
}

/// One attribute type with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// As written: a short name or a dotted object identifier.
    pub attribute: String,
    pub value: AssertionValue,
}

/// The value of an [`Assertion`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssertionValue {
    Text(String),
    /// The `#` form: the value's encoding in hexadecimal, kept as it is (lower case).
    Encoded(String),
}

impl AssertionValue {
    /// The text; nothing for an encoded value.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Encoded(_) => None,
        }
    }
}

/// Why a text is not a distinguished name. `offset` counts bytes from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a distinguished name: at offset {offset}, {problem}")]
pub struct DnSyntaxError {
    pub text: String,
    pub offset: usize,
    pub problem: DnProblem,
}

/// The fault of a distinguished name, with its remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DnProblem {
    #[error("an attribute type was expected, such as cn or 2.5.4.3")]
    AttributeType,
    #[error("`=` was expected after the attribute type")]
    Equals,
    #[error("{0:?} must be escaped with a backslash in a value")]
    Unescaped(char),
    #[error(
        "the value is in quotation marks, a form that RFC 4514 no longer has: escape its special characters with backslashes"
    )]
    Quoted,
    #[error("a backslash must be followed by one of `\\ \" + , ; < > # =`, a blank, or two hexadecimal digits")]
    Escape,
    #[error("the escaped bytes are not UTF-8")]
    NotUtf8,
    #[error("`#` must be followed by pairs of hexadecimal digits, or be escaped when it is meant literally")]
    Hexadecimal,
    #[error("another relative name was expected after the separator")]
    Incomplete,
    #[error("a single relative name was expected; escape a comma that belongs to its value")]
    Several,
}

impl Dn {
    /// Reads a name. Blanks around the separators are accepted, as older writers put them there.
    ///
    /// # Errors
    /// Where the text departs from RFC 4514 section 3.
    pub fn parse(text: &str) -> Result<Self, DnSyntaxError> {
        let mut parser = DnParser { text, offset: 0 };
        let rdns =
            parser.name().map_err(|problem| DnSyntaxError { text: text.to_owned(), offset: parser.offset, problem })?;
        let key = key_of(&rdns);
        Ok(Self { rdns, text: text.into(), key })
    }

    /// The name of these parts.
    #[must_use]
    pub fn of(rdns: &[Rdn]) -> Self {
        let text = rdns.iter().map(Rdn::to_string).collect::<Vec<_>>().join(",").into();
        Self { rdns: rdns.to_vec(), text, key: key_of(rdns) }
    }

    /// The name built from a new first part and the parts of `parent`.
    #[must_use]
    pub fn under(rdn: Rdn, parent: &[Rdn]) -> Self {
        let mut rdns = Vec::with_capacity(parent.len() + 1);
        rdns.push(rdn);
        rdns.extend_from_slice(parent);
        Self::of(&rdns)
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The form in which equal names are equal strings: types in lower case and by their short names, values case-folded
    /// with their blanks collapsed, the parts of a multi-valued relative name in order.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The relative names, the entry's own first.
    #[must_use]
    pub fn rdns(&self) -> &[Rdn] {
        &self.rdns
    }

    /// Whether the entry is `base` or stands below it.
    #[must_use]
    pub fn is_within(&self, base: &Self) -> bool {
        let (own, base) = (self.key(), base.key());
        // A comma inside a value is escaped in the key, so that a plain one always separates.
        base.is_empty() || own == base || own.strip_suffix(base).is_some_and(ends_at_separator)
    }

    /// The value of the first relative name's attribute `attribute`, for *Extract CN from DN*.
    #[must_use]
    pub fn first_value(&self, attribute: &str) -> Option<&str> {
        let wanted = canonical_name(attribute);
        self.rdns.iter().flat_map(|rdn| &rdn.assertions).find_map(|assertion| match &assertion.value {
            AssertionValue::Text(text) if canonical_name(&assertion.attribute) == wanted => Some(text.as_str()),
            _ => None,
        })
    }
}

impl PartialEq for Dn {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Dn {}

impl fmt::Display for Dn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Rdn {
    /// Reads one relative name, such as the `newrdn` of a rename.
    ///
    /// # Errors
    /// When it is not a relative name, or more than one.
    pub fn parse(text: &str) -> Result<Self, DnSyntaxError> {
        let dn = Dn::parse(text)?;
        let count = dn.rdns.len();
        let mut rdns = dn.rdns.into_iter();
        match (rdns.next(), count) {
            (Some(rdn), 1) => Ok(rdn),
            (None, _) => Err(DnSyntaxError { text: text.to_owned(), offset: 0, problem: DnProblem::AttributeType }),
            (Some(_), _) => Err(DnSyntaxError { text: text.to_owned(), offset: 0, problem: DnProblem::Several }),
        }
    }
}

impl fmt::Display for Rdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, assertion) in self.assertions.iter().enumerate() {
            if index > 0 {
                f.write_str("+")?;
            }
            write!(f, "{}=", assertion.attribute)?;
            match &assertion.value {
                AssertionValue::Text(text) => f.write_str(&escape(text))?,
                AssertionValue::Encoded(hex) => write!(f, "#{hex}")?,
            }
        }
        Ok(())
    }
}

/// Writes a value with the escapes of RFC 4514 section 2.4.
#[must_use]
pub fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (index, c) in value.chars().enumerate() {
        match c {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' | '=' => out.extend(['\\', c]),
            '#' if index == 0 => out.push_str("\\#"),
            ' ' if index == 0 || index == last => out.push_str("\\ "),
            '\0' => out.push_str("\\00"),
            _ => out.push(c),
        }
    }
    out
}

fn ends_at_separator(head: &str) -> bool {
    let Some(before) = head.strip_suffix(',') else { return false };
    before.bytes().rev().take_while(|&byte| byte == b'\\').count() % 2 == 0
}

fn key_of(rdns: &[Rdn]) -> Box<str> {
    let parts: Vec<String> = rdns.iter().map(rdn_key).collect();
    parts.join(",").into()
}

fn rdn_key(rdn: &Rdn) -> String {
    let mut parts: Vec<String> = rdn
        .assertions
        .iter()
        .map(|assertion| {
            let value = match &assertion.value {
                AssertionValue::Text(text) => escape(&comparison_key(text)),
                AssertionValue::Encoded(hex) => format!("#{hex}"),
            };
            format!("{}={value}", canonical_name(&assertion.attribute))
        })
        .collect();
    parts.sort_unstable();
    parts.join("+")
}

/// A value as caseIgnoreMatch compares it: folded, without blanks at the ends, inner runs of blanks as one.
#[must_use]
pub fn comparison_key(text: &str) -> String {
    let folded = scim::text::fold(text);
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `distinguishedName = [ relativeDistinguishedName *( COMMA relativeDistinguishedName ) ]`
struct DnParser<'a> {
    text: &'a str,
    offset: usize,
}

impl DnParser<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.offset..].chars().next()
    }

    fn advance(&mut self, c: char) {
        self.offset += c.len_utf8();
    }

    fn skip_blanks(&mut self) {
        while self.peek() == Some(' ') {
            self.offset += 1;
        }
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.advance(wanted);
        }
        found
    }

    fn name(&mut self) -> Result<Vec<Rdn>, DnProblem> {
        let mut rdns = Vec::new();
        self.skip_blanks();
        if self.peek().is_none() {
            return Ok(rdns);
        }
        loop {
            rdns.push(self.rdn()?);
            if self.peek().is_none() {
                return Ok(rdns);
            }
            // The value's parser stops at nothing but a separator or the end.
            self.take(',');
            self.skip_blanks();
            if self.peek().is_none() {
                return Err(DnProblem::Incomplete);
            }
        }
    }

    fn rdn(&mut self) -> Result<Rdn, DnProblem> {
        let mut assertions = vec![self.assertion()?];
        while self.take('+') {
            self.skip_blanks();
            assertions.push(self.assertion()?);
        }
        Ok(Rdn { assertions })
    }

    fn assertion(&mut self) -> Result<Assertion, DnProblem> {
        let rest = &self.text[self.offset..];
        let length =
            rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')).count();
        let attribute = &rest[..length];
        if !is_attribute_type(attribute) {
            return Err(DnProblem::AttributeType);
        }
        self.offset += length;
        self.skip_blanks();
        if !self.take('=') {
            return Err(DnProblem::Equals);
        }
        self.skip_blanks();
        let value = if self.take('#') { self.encoded()? } else { self.string()? };
        Ok(Assertion { attribute: attribute.to_owned(), value })
    }

    fn encoded(&mut self) -> Result<AssertionValue, DnProblem> {
        let rest = &self.text[self.offset..];
        let length = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        let hex = rest[..length].to_ascii_lowercase();
        if length == 0 || length % 2 == 1 {
            return Err(DnProblem::Hexadecimal);
        }
        self.offset += length;
        self.skip_blanks();
        match self.peek() {
            None | Some(',' | '+') => Ok(AssertionValue::Encoded(hex)),
            Some(_) => Err(DnProblem::Hexadecimal),
        }
    }

    fn string(&mut self) -> Result<AssertionValue, DnProblem> {
        let mut bytes = Vec::new();
        // Blanks at the end that are not escaped belong to the separator.
        let mut kept = 0;
        let start = self.offset;
        loop {
            match self.peek() {
                None | Some(',' | '+') => break,
                Some('"') if self.offset == start => return Err(DnProblem::Quoted),
                Some(c @ ('"' | ';' | '<' | '>' | '\0')) => return Err(DnProblem::Unescaped(c)),
                Some('\\') => {
                    self.escaped(&mut bytes)?;
                    kept = bytes.len();
                }
                Some(c) => {
                    self.advance(c);
                    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    if c != ' ' {
                        kept = bytes.len();
                    }
                }
            }
        }
        bytes.truncate(kept);
        String::from_utf8(bytes).map(AssertionValue::Text).map_err(|_| {
            self.offset = start;
            DnProblem::NotUtf8
        })
    }

    /// `pair = ESC ( ESC / special / hexpair )`
    fn escaped(&mut self, bytes: &mut Vec<u8>) -> Result<(), DnProblem> {
        let after = &self.text.as_bytes()[self.offset + 1..];
        match after {
            [c @ (b'\\' | b'"' | b'+' | b',' | b';' | b'<' | b'>' | b'#' | b'=' | b' '), ..] => {
                bytes.push(*c);
                self.offset += 2;
                Ok(())
            }
            [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(hexadecimal(*high) << 4 | hexadecimal(*low));
                self.offset += 3;
                Ok(())
            }
            _ => Err(DnProblem::Escape),
        }
    }
}

fn hexadecimal(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

/// `descr / numericoid`, the latter also with the prefix that older writers give it.
fn is_attribute_type(text: &str) -> bool {
    let is_number = |text: &str| {
        let mut arcs = text.split('.');
        text.contains('.') && arcs.all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_descriptor = text.starts_with(|c: char| c.is_ascii_alphabetic()) && !text.contains('.');
    is_descriptor
        || is_number(text)
        || text.get(..4).is_some_and(|p| p.eq_ignore_ascii_case("oid.") && is_number(&text[4..]))
}

#[cfg(test)]
mod tests;
