//! Reading a filter (RFC 4515 section 3). Blanks between the parts are taken, as servers and their consoles take them.

use std::str::FromStr;

use super::{EntryFilter, Extensible, MatchingRule};

/// Why a text is not a filter. `offset` counts bytes from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an LDAP filter: at offset {offset}, {expected}")]
pub struct FilterSyntaxError {
    pub text: String,
    pub offset: usize,
    pub expected: &'static str,
}

/// Deeper filters are refused, so that no text can exhaust the stack.
const DEEPEST: usize = 32;

/// Whoever evaluates a filter, and what it can evaluate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evaluator {
    /// A server may know rules of its own.
    Server,
    /// Weir, on a file of any directory but Active Directory. Each server finds what is approximately equal (`~=`) by an algorithm
    /// of its own, which a file does not tell.
    File,
    /// Weir, as Active Directory, to which approximately equal is equal.
    ActiveDirectoryFile,
}

impl FromStr for EntryFilter {
    type Err = FilterSyntaxError;

    fn from_str(text: &str) -> Result<Self, FilterSyntaxError> {
        Self::parse(text, Evaluator::ActiveDirectoryFile)
    }
}

impl EntryFilter {
    /// Reads a filter. The console takes filters with and without the outer parentheses.
    ///
    /// # Errors
    /// Where the text is not a filter, or one that this evaluator cannot evaluate.
    pub fn parse(text: &str, evaluator: Evaluator) -> Result<Self, FilterSyntaxError> {
        let mut parser = FilterParser { text, offset: 0, evaluator };
        parser.skip_blanks();
        let parsed = if parser.rest().starts_with('(') { parser.filter(0) } else { parser.component(0) };
        let parsed = parsed.and_then(|filter| {
            parser.skip_blanks();
            match parser.rest().chars().next() {
                None => Ok(filter),
                Some('(') => Err("the filter should end; several conditions are one filter as in (&(sn=*)(mail=*))"),
                Some(_) => Err("the filter should end"),
            }
        });
        parsed.map_err(|expected| FilterSyntaxError { text: text.to_owned(), offset: parser.offset, expected })
    }
}

struct FilterParser<'a> {
    text: &'a str,
    offset: usize,
    evaluator: Evaluator,
}

impl<'a> FilterParser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.offset += wanted.len();
        }
        found
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.offset += rest.len() - rest.trim_start().len();
    }

    /// `filter = LPAREN filtercomp RPAREN`
    fn filter(&mut self, depth: usize) -> Result<EntryFilter, &'static str> {
        if depth > DEEPEST {
            return Err("the filter is nested too deeply");
        }
        self.skip_blanks();
        if !self.take("(") {
            return Err("`(` was expected, as in (departmentNumber=4110)");
        }
        let filter = self.component(depth)?;
        self.skip_blanks();
        if self.take(")") { Ok(filter) } else { Err("`)` was expected") }
    }

    /// `filtercomp = and / or / not / item`
    fn component(&mut self, depth: usize) -> Result<EntryFilter, &'static str> {
        self.skip_blanks();
        if self.take("&") {
            self.filters(depth).map(EntryFilter::And)
        } else if self.take("|") {
            self.filters(depth).map(EntryFilter::Or)
        } else if self.take("!") {
            self.filter(depth + 1).map(|inner| EntryFilter::Not(Box::new(inner)))
        } else {
            self.item()
        }
    }

    fn filters(&mut self, depth: usize) -> Result<Vec<EntryFilter>, &'static str> {
        let mut filters = Vec::new();
        self.skip_blanks();
        while self.rest().starts_with('(') {
            filters.push(self.filter(depth + 1)?);
            self.skip_blanks();
        }
        Ok(filters)
    }

    /// `item = simple / present / substring / extensible`
    fn item(&mut self) -> Result<EntryFilter, &'static str> {
        let attribute = self.attribute();
        if self.rest().starts_with(':') {
            return self.extensible(attribute);
        }
        let Some(attribute) = attribute else { return Err("an attribute name was expected") };
        if self.take(">=") {
            return self.value().map(|value| EntryFilter::AtLeast(attribute, value));
        }
        if self.take("<=") {
            return self.value().map(|value| EntryFilter::AtMost(attribute, value));
        }
        if self.rest().starts_with("~=") && self.evaluator == Evaluator::File {
            return Err(
                "`~=` asks for what is approximately equal, which each server finds by an algorithm of its own and a file cannot answer; write `=`, or a part of the value between asterisks",
            );
        }
        if self.take("~=") {
            return self.value().map(|value| EntryFilter::Approximately(attribute, value));
        }
        if !self.take("=") {
            return Err("one of `=`, `>=`, `<=`, `~=` and `:=` was expected");
        }
        let mut parts = vec![self.part()?];
        while self.rest().starts_with('*') {
            if parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty()) {
                return Err("there is nothing between two asterisks; write one, or \\2a for an asterisk that is meant");
            }
            self.take("*");
            parts.push(self.part()?);
        }
        Ok(match parts.as_mut_slice() {
            [value] => EntryFilter::Equals(attribute, std::mem::take(value)),
            [first, second] if first.is_empty() && second.is_empty() => EntryFilter::Present(attribute),
            _ => EntryFilter::Substrings(attribute, parts),
        })
    }

    /// `attr = attributedescription`, with its options; nothing if there is none.
    fn attribute(&mut self) -> Option<String> {
        let rest = self.rest();
        let length = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b';' | b'_'))
            .count();
        self.offset += length;
        self.skip_blanks();
        (length > 0).then(|| rest[..length].to_owned())
    }

    /// `extensible = ( attr [dnattrs] [matchingrule] COLON EQUALS assertionvalue ) / ( [dnattrs] matchingrule … )`
    fn extensible(&mut self, attribute: Option<String>) -> Result<EntryFilter, &'static str> {
        let mut with_dn = false;
        let mut rule = None;
        while !self.take(":=") {
            if !self.take(":") {
                return Err("`:=` was expected");
            }
            let before = self.offset;
            let name = self.attribute().ok_or("a matching rule was expected, such as 1.2.840.113556.1.4.803")?;
            if name.eq_ignore_ascii_case("dn") && !with_dn && rule.is_none() {
                with_dn = true;
            } else if rule.is_none() {
                let foreign =
                    || (self.evaluator == Evaluator::Server).then(|| MatchingRule::Foreign(name.as_str().into()));
                rule = Some(MatchingRule::named(&name).or_else(foreign).ok_or_else(|| {
                    self.offset = before;
                    "this matching rule is not known; 1.2.840.113556.1.4.803 (all bits), .804 (one of the bits), .1941 (in chain) and the equality rules of RFC 4517 are"
                })?);
            } else {
                return Err("`:=` was expected");
            }
        }
        if attribute.is_none() && rule.is_none() {
            return Err("an attribute name or a matching rule was expected");
        }
        let value = self.value()?;
        Ok(EntryFilter::Extensible(Extensible { attribute, with_dn, rule, value }))
    }

    /// A value in which an asterisk has no meaning.
    fn value(&mut self) -> Result<Box<[u8]>, &'static str> {
        let value = self.part()?;
        if self.rest().starts_with('*') { Err("an asterisk in this value must be written \\2a") } else { Ok(value) }
    }

    /// Up to an asterisk or parenthesis, with `\2a` and the like resolved.
    fn part(&mut self) -> Result<Box<[u8]>, &'static str> {
        const ESCAPE: &str = "a backslash must be followed by two hexadecimal digits, such as \\2a for an asterisk";
        let mut bytes = Vec::new();
        loop {
            let rest = self.rest();
            let Some(c) = rest.chars().next() else { break };
            match c {
                ')' | '*' => break,
                '(' => return Err("a parenthesis in a value must be written \\28"),
                '\\' => {
                    let digits = rest
                        .get(1..3)
                        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
                        .ok_or(ESCAPE)?;
                    bytes.push(u8::from_str_radix(digits, 16).map_err(|_| ESCAPE)?);
                    self.offset += 3;
                }
                _ => {
                    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    self.offset += c.len_utf8();
                }
            }
        }
        Ok(bytes.into())
    }
}
