//! LDAP search filters (RFC 4515), as far as a channel's user and group filter need them: and, or, not, equality,
//! substrings and presence.

use std::fmt;
use std::str::FromStr;

use super::dn::comparison_key;
use crate::entry::Entry;

/// A condition on entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryFilter {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Present(String),
    Equals(String, String),
    /// The parts between the asterisks, the outer ones possibly empty.
    Substrings(String, Vec<String>),
}

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

impl EntryFilter {
    /// Whether the entry meets the condition. A condition on an attribute that the entry has not is not met.
    #[must_use]
    pub fn matches(&self, entry: &Entry) -> bool {
        match self {
            Self::And(all) => all.iter().all(|one| one.matches(entry)),
            Self::Or(any) => any.iter().any(|one| one.matches(entry)),
            Self::Not(inner) => !inner.matches(entry),
            Self::Present(attribute) => entry.values(attribute).next().is_some(),
            Self::Equals(attribute, value) => entry.has_value(attribute, value.as_bytes()),
            Self::Substrings(attribute, parts) => entry.texts(attribute).any(|value| contains_in_order(value, parts)),
        }
    }
}

fn contains_in_order(value: &str, parts: &[String]) -> bool {
    let value = comparison_key(value);
    let parts: Vec<String> = parts.iter().map(|part| scim::text::fold(part).into_owned()).collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    let Some(mut rest) = value.strip_prefix(first.as_str()) else { return false };
    for part in middle {
        let Some(position) = rest.find(part.as_str()) else { return false };
        rest = &rest[position + part.len()..];
    }
    rest.ends_with(last.as_str())
}

impl FromStr for EntryFilter {
    type Err = FilterSyntaxError;

    fn from_str(text: &str) -> Result<Self, FilterSyntaxError> {
        let mut parser = FilterParser { text, offset: 0 };
        let parsed = parser.filter(0).and_then(|filter| match parser.rest() {
            "" => Ok(filter),
            _ => Err("the filter should end"),
        });
        parsed.map_err(|expected| FilterSyntaxError { text: text.to_owned(), offset: parser.offset, expected })
    }
}

struct FilterParser<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> FilterParser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.offset += wanted.len_utf8();
        }
        found
    }

    /// `filter = LPAREN filtercomp RPAREN`
    fn filter(&mut self, depth: usize) -> Result<EntryFilter, &'static str> {
        if depth > DEEPEST {
            return Err("the filter is nested too deeply");
        }
        if !self.take('(') {
            return Err("`(` was expected, as in (departmentNumber=4110)");
        }
        let filter = if self.take('&') {
            EntryFilter::And(self.filters(depth)?)
        } else if self.take('|') {
            EntryFilter::Or(self.filters(depth)?)
        } else if self.take('!') {
            EntryFilter::Not(Box::new(self.filter(depth + 1)?))
        } else {
            self.item()?
        };
        if self.take(')') { Ok(filter) } else { Err("`)` was expected") }
    }

    fn filters(&mut self, depth: usize) -> Result<Vec<EntryFilter>, &'static str> {
        let mut filters = Vec::new();
        while self.rest().starts_with('(') {
            filters.push(self.filter(depth + 1)?);
        }
        Ok(filters)
    }

    fn item(&mut self) -> Result<EntryFilter, &'static str> {
        let rest = self.rest();
        let length =
            rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b';')).count();
        if length == 0 {
            return Err("an attribute name was expected");
        }
        let attribute = rest[..length].to_owned();
        self.offset += length;
        if [">=", "<=", "~=", ":"].iter().any(|operator| self.rest().starts_with(operator)) {
            return Err("only equality, presence and substrings are supported: use =");
        }
        if !self.take('=') {
            return Err("`=` was expected");
        }
        let mut parts = vec![self.value()?];
        while self.take('*') {
            parts.push(self.value()?);
        }
        Ok(match parts.as_mut_slice() {
            [value] => EntryFilter::Equals(attribute, std::mem::take(value)),
            [first, second] if first.is_empty() && second.is_empty() => EntryFilter::Present(attribute),
            _ => EntryFilter::Substrings(attribute, parts),
        })
    }

    /// Up to an asterisk or parenthesis, with `\2a` and the like resolved.
    fn value(&mut self) -> Result<String, &'static str> {
        const ESCAPE: &str = "a backslash must be followed by two hexadecimal digits, such as \\2a for an asterisk";
        let mut bytes = Vec::new();
        loop {
            let rest = self.rest();
            let Some(c) = rest.chars().next() else { return Err("`)` was expected") };
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
        String::from_utf8(bytes).map_err(|_| "the escaped bytes are not UTF-8")
    }
}

impl fmt::Display for EntryFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |f: &mut fmt::Formatter<'_>, filters: &[Self]| filters.iter().try_for_each(|one| write!(f, "{one}"));
        f.write_str("(")?;
        match self {
            Self::And(filters) => f.write_str("&").and_then(|()| all(f, filters))?,
            Self::Or(filters) => f.write_str("|").and_then(|()| all(f, filters))?,
            Self::Not(inner) => write!(f, "!{inner}")?,
            Self::Present(attribute) => write!(f, "{attribute}=*")?,
            Self::Equals(attribute, value) => write!(f, "{attribute}={}", escaped(value))?,
            Self::Substrings(attribute, parts) => {
                let parts: Vec<String> = parts.iter().map(|part| escaped(part)).collect();
                write!(f, "{attribute}={}", parts.join("*"))?;
            }
        }
        f.write_str(")")
    }
}

fn escaped(value: &str) -> String {
    let mut out = String::new();
    for c in value.chars() {
        match c {
            '*' => out.push_str("\\2a"),
            '(' => out.push_str("\\28"),
            ')' => out.push_str("\\29"),
            '\\' => out.push_str("\\5c"),
            '\0' => out.push_str("\\00"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::dn::Dn;

    #[test]
    fn a_filter_selects_entries() {
        let mut entry = Entry::new(Dn::parse("uid=ada,dc=x").unwrap());
        entry.push("objectClass", *b"inetOrgPerson");
        entry.push("departmentNumber", *b"4110");
        entry.push("cn", "Ada (Countess) Lovelace".as_bytes());
        for (filter, expected) in [
            ("(objectClass=INETORGPERSON)", true),
            ("(&(objectclass=inetOrgPerson)(departmentNumber=4110))", true),
            ("(&(objectClass=inetOrgPerson)(!(departmentNumber=4110)))", false),
            ("(|(departmentNumber=1)(departmentNumber=4110))", true),
            ("(mail=*)", false),
            ("(cn=*)", true),
            ("(cn=ada*love*ace)", true),
            ("(cn=*love)", false),
            (r"(cn=*\28countess\29*)", true),
            ("(&)", true),
            ("(|)", false),
        ] {
            let parsed: EntryFilter = filter.parse().unwrap();
            assert_eq!(parsed.matches(&entry), expected, "{filter}");
            assert_eq!(parsed.to_string().parse::<EntryFilter>().unwrap(), parsed, "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused_with_the_place() {
        let errors: Vec<String> = [
            "uid=ada",
            "(uid=ada",
            "(uid=ada))",
            "(=x)",
            "(uid)",
            "(uid>=5)",
            "(cn:dn:=x)",
            r"(cn=\2)",
            r"(cn=\zz)",
            "(cn=a(b)",
            "(!uid=a)",
            r"(cn=\ff)",
        ]
        .into_iter()
        .map(|text| text.parse::<EntryFilter>().unwrap_err().to_string())
        .chain([format!("{}x", "(!".repeat(40)).parse::<EntryFilter>().unwrap_err().expected.to_owned()])
        .collect();
        insta::assert_snapshot!(errors.join("\n"), @r#"
    "uid=ada" is not an LDAP filter: at offset 0, `(` was expected, as in (departmentNumber=4110)
    "(uid=ada" is not an LDAP filter: at offset 8, `)` was expected
    "(uid=ada))" is not an LDAP filter: at offset 9, the filter should end
    "(=x)" is not an LDAP filter: at offset 1, an attribute name was expected
    "(uid)" is not an LDAP filter: at offset 4, `=` was expected
    "(uid>=5)" is not an LDAP filter: at offset 4, only equality, presence and substrings are supported: use =
    "(cn:dn:=x)" is not an LDAP filter: at offset 3, only equality, presence and substrings are supported: use =
    "(cn=\\2)" is not an LDAP filter: at offset 4, a backslash must be followed by two hexadecimal digits, such as \2a for an asterisk
    "(cn=\\zz)" is not an LDAP filter: at offset 4, a backslash must be followed by two hexadecimal digits, such as \2a for an asterisk
    "(cn=a(b)" is not an LDAP filter: at offset 5, a parenthesis in a value must be written \28
    "(!uid=a)" is not an LDAP filter: at offset 2, `(` was expected, as in (departmentNumber=4110)
    "(cn=\\ff)" is not an LDAP filter: at offset 7, the escaped bytes are not UTF-8
    the filter is nested too deeply
    "#);
    }
}
