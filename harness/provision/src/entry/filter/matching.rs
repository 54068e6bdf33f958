//! How values are compared: by the syntax of their attribute, or by the matching rule that a filter names (RFC 4517).

use std::cmp::Ordering;

use crate::entry::dn::{Dn, comparison_key};
use crate::entry::same_value;
use crate::entry::schema::{Comparison, Schema};

/// The value of an item of a filter (RFC 4511 section 4.5.1.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    True,
    False,
    /// The value does not suit the attribute's syntax.
    Undefined,
}

impl Truth {
    pub(super) const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Undefined,
        }
    }

    pub(super) const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, Self::False) => Self::False,
            _ => Self::Undefined,
        }
    }

    pub(super) const fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Undefined => Self::Undefined,
        }
    }

    /// The word used in output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::False => "false",
            Self::Undefined => "undefined",
        }
    }
}

impl From<bool> for Truth {
    fn from(is_met: bool) -> Self {
        if is_met { Self::True } else { Self::False }
    }
}

impl Comparison {
    /// Whether a filter can assert the value of an attribute that is compared so (RFC 4511 section 4.5.1.7). Active Directory takes
    /// numbers and truth values in more forms.
    pub(super) fn takes(self, value: &[u8], schema: Schema) -> bool {
        let is_lenient = schema == Schema::ActiveDirectory;
        match self {
            Self::Text | Self::ExactText => text(value).is_some_and(|text| !text.is_empty()),
            Self::AsciiText | Self::ExactAsciiText => value.is_ascii() || is_lenient,
            Self::Telephone => value.is_ascii() && !value.is_empty(),
            Self::Digits => !value.is_empty() && value.iter().all(|byte| byte.is_ascii_digit() || *byte == b' '),
            Self::Integer => integer(value).is_some() && (is_lenient || is_canonical_integer(value)),
            Self::Boolean => matches!(value, b"TRUE" | b"FALSE") || (is_lenient && truth(value).is_some()),
            Self::Time => time(value).is_some(),
            Self::Name => name(value).is_some(),
            Self::UniqueName => unique_name(value).is_some(),
            Self::Uuid => text(value).is_some_and(|text| uuid::Uuid::parse_str(text).is_ok()),
            Self::Identifier => text(value).is_some_and(|text| !text.trim().is_empty()),
            Self::Octets | Self::ByLook => true,
            Self::ChangeNumber => text(value).is_some_and(|text| text.contains('#')),
            Self::Never => false,
        }
    }

    pub(super) fn equals(self, own: &[u8], wanted: &[u8]) -> Truth {
        match self {
            Self::Text | Self::AsciiText | Self::Identifier => {
                same(text(own).map(comparison_key), text(wanted).map(comparison_key))
            }
            Self::ExactText | Self::ExactAsciiText | Self::ChangeNumber => {
                same(text(own).map(spaced), text(wanted).map(spaced))
            }
            Self::Octets => Truth::from(own == wanted),
            Self::Telephone => same(text(own).map(digits), text(wanted).map(digits)),
            Self::Integer => same(integer(own), integer(wanted)),
            Self::Digits => same(text(own).map(without_blanks), text(wanted).map(without_blanks)),
            Self::Boolean => same(truth(own), truth(wanted)),
            Self::Uuid => same(uuid_of(own), uuid_of(wanted)),
            Self::Time => same(time(own), time(wanted)),
            Self::UniqueName => match (unique_name(own), unique_name(wanted)) {
                (Some(own), Some(wanted)) => Truth::from(own == wanted),
                _ => Truth::Undefined,
            },
            Self::Never => Truth::Undefined,
            Self::Name => match (name(own), name(wanted)) {
                (Some(own), Some(wanted)) => Truth::from(own == wanted),
                _ => Truth::Undefined,
            },
            Self::ByLook => Truth::from(same_value(own, wanted)),
        }
    }

    /// The order of two values; nothing where they have none.
    pub(super) fn compares(self, own: &[u8], wanted: &[u8]) -> Option<Ordering> {
        let numbers = || Some(integer(own)?.cmp(&integer(wanted)?));
        let times = || Some(time(own)?.cmp(&time(wanted)?));
        let texts = || Some(comparison_key(text(own)?).cmp(&comparison_key(text(wanted)?)));
        match self {
            Self::Integer => numbers(),
            Self::Time => times(),
            Self::Text | Self::AsciiText | Self::Telephone | Self::Digits | Self::Identifier => texts(),
            Self::ExactText | Self::ExactAsciiText | Self::Octets | Self::ChangeNumber => Some(own.cmp(wanted)),
            Self::Uuid => Some(uuid_of(own)?.cmp(&uuid_of(wanted)?)),
            Self::Boolean => Some(truth(own)?.cmp(&truth(wanted)?)),
            Self::Name | Self::UniqueName | Self::Never => None,
            Self::ByLook => times().or_else(numbers).or_else(texts),
        }
    }

    /// Whether the parts stand in the value, in their order.
    pub(super) fn contains(self, own: &[u8], parts: &[Box<[u8]>]) -> Truth {
        match self {
            Self::Integer
            | Self::Boolean
            | Self::Time
            | Self::Name
            | Self::UniqueName
            | Self::Uuid
            | Self::ChangeNumber
            | Self::Never => Truth::Undefined,
            Self::ExactText | Self::ExactAsciiText | Self::Octets => {
                let parts: Vec<&[u8]> = parts.iter().map(AsRef::as_ref).collect();
                Truth::from(in_order(own, &parts))
            }
            Self::Telephone | Self::Digits => {
                let parts: Option<Vec<String>> = parts.iter().map(|part| text(part).map(digits)).collect();
                match (text(own).map(digits), parts) {
                    (Some(own), Some(parts)) => {
                        let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
                        Truth::from(in_order(own.as_bytes(), &parts))
                    }
                    _ => Truth::Undefined,
                }
            }
            Self::Text | Self::AsciiText | Self::Identifier | Self::ByLook => {
                // Blanks at the ends of a text do not count (RFC 4518 section 2.6.1).
                let last = parts.len().saturating_sub(1);
                let trimmed = |(index, part): (usize, &str)| {
                    let part = if index == 0 { part.trim_start() } else { part };
                    if index == last { part.trim_end().to_owned() } else { part.to_owned() }
                };
                let folded: Option<Vec<String>> = parts
                    .iter()
                    .enumerate()
                    .map(|(index, part)| Some(collapsed(&scim::text::fold(&trimmed((index, text(part)?))))))
                    .collect();
                match (text(own).map(comparison_key), folded) {
                    (Some(own), Some(folded)) => {
                        let parts: Vec<&[u8]> = folded.iter().map(String::as_bytes).collect();
                        Truth::from(in_order(own.as_bytes(), &parts))
                    }
                    _ => Truth::Undefined,
                }
            }
        }
    }
}

fn in_order(value: &[u8], parts: &[&[u8]]) -> bool {
    let [first, middle @ .., last] = parts else { return false };
    let Some(mut rest) = value.strip_prefix(*first) else { return false };
    for part in middle {
        let Some(position) = find(rest, part) else { return false };
        rest = &rest[position + part.len()..];
    }
    rest.ends_with(last)
}

fn find(value: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() { Some(0) } else { value.windows(part.len()).position(|window| window == part) }
}

/// The rules that a filter can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchingRule {
    /// Active Directory's `LDAP_MATCHING_RULE_BIT_AND`: every bit is set.
    AllBits,
    /// `LDAP_MATCHING_RULE_BIT_OR`: one of the bits is set.
    AnyBit,
    /// `LDAP_MATCHING_RULE_IN_CHAIN`: the name is reached over links from entry to entry.
    InChain,
    /// A rule of equality, and its number.
    Equality(Comparison, &'static str),
    /// A rule that a server may know, by the name or number that the filter has.
    Foreign(Box<str>),
}

/// Rule, name, number.
const RULES: &[(MatchingRule, &str, &str)] = &[
    (MatchingRule::AllBits, "LDAP_MATCHING_RULE_BIT_AND", "1.2.840.113556.1.4.803"),
    (MatchingRule::AnyBit, "LDAP_MATCHING_RULE_BIT_OR", "1.2.840.113556.1.4.804"),
    (MatchingRule::InChain, "LDAP_MATCHING_RULE_IN_CHAIN", "1.2.840.113556.1.4.1941"),
];

/// Comparison, name, number.
const EQUALITY: &[(Comparison, &str, &str)] = &[
    (Comparison::Text, "caseIgnoreMatch", "2.5.13.2"),
    (Comparison::AsciiText, "caseIgnoreIA5Match", "1.3.6.1.4.1.1466.109.114.2"),
    (Comparison::Boolean, "booleanMatch", "2.5.13.13"),
    (Comparison::Identifier, "objectIdentifierMatch", "2.5.13.0"),
    (Comparison::ExactText, "caseExactMatch", "2.5.13.5"),
    (Comparison::ExactAsciiText, "caseExactIA5Match", "1.3.6.1.4.1.1466.109.114.1"),
    (Comparison::Integer, "integerMatch", "2.5.13.14"),
    (Comparison::Time, "generalizedTimeMatch", "2.5.13.27"),
    (Comparison::Name, "distinguishedNameMatch", "2.5.13.1"),
    (Comparison::Octets, "octetStringMatch", "2.5.13.17"),
    (Comparison::Telephone, "telephoneNumberMatch", "2.5.13.20"),
    (Comparison::Digits, "numericStringMatch", "2.5.13.8"),
    (Comparison::Uuid, "uuidMatch", "1.3.6.1.1.16.2"),
];

impl MatchingRule {
    pub(super) fn named(name: &str) -> Option<Self> {
        let is_called = |own: &str, oid: &str| own.eq_ignore_ascii_case(name) || oid == name;
        let own = RULES.iter().find(|(_, own, oid)| is_called(own, oid)).map(|(rule, ..)| rule.clone());
        own.or_else(|| {
            let known = EQUALITY.iter().find(|(_, own, oid)| is_called(own, oid));
            known.map(|(comparison, _, oid)| Self::Equality(*comparison, oid))
        })
    }

    pub(super) fn oid(&self) -> &str {
        match self {
            Self::Equality(_, oid) => oid,
            Self::Foreign(name) => name,
            _ => RULES.iter().find(|(rule, ..)| rule == self).map_or("", |(.., oid)| oid),
        }
    }

    /// Whether the rule can be asked of an attribute that is compared so: its values must be of the rule's syntax.
    pub(super) fn suits(&self, attribute: Comparison) -> bool {
        match (self, attribute) {
            (_, Comparison::ByLook) => true,
            (Self::AllBits | Self::AnyBit, own) => own == Comparison::Integer,
            (Self::InChain, own) => matches!(own, Comparison::Name | Comparison::UniqueName),
            (Self::Equality(Comparison::Text | Comparison::ExactText, _), own) => {
                matches!(own, Comparison::Text | Comparison::ExactText)
            }
            (Self::Equality(Comparison::AsciiText | Comparison::ExactAsciiText, _), own) => {
                matches!(own, Comparison::AsciiText | Comparison::ExactAsciiText)
            }
            (Self::Equality(wanted, _), own) => *wanted == own,
            (Self::Foreign(_), _) => false,
        }
    }

    /// Whether the rule can be asked for the value.
    pub(super) fn takes(&self, value: &[u8], schema: Schema) -> bool {
        match self {
            Self::AllBits | Self::AnyBit => integer(value).is_some(),
            Self::InChain => name(value).is_some(),
            Self::Equality(comparison, _) => comparison.takes(value, schema),
            Self::Foreign(_) => false,
        }
    }

    pub(super) fn compares(&self, own: &[u8], wanted: &[u8]) -> Truth {
        match self {
            Self::AllBits | Self::AnyBit => match (integer(own), integer(wanted)) {
                (Some(own), Some(wanted)) if *self == Self::AllBits => Truth::from(own & wanted == wanted),
                (Some(own), Some(wanted)) => Truth::from(own & wanted != 0),
                _ => Truth::Undefined,
            },
            Self::InChain => Comparison::Name.equals(own, wanted),
            Self::Equality(comparison, _) => comparison.equals(own, wanted),
            Self::Foreign(_) => Truth::Undefined,
        }
    }
}

fn same<T: PartialEq>(own: Option<T>, wanted: Option<T>) -> Truth {
    match (own, wanted) {
        (Some(own), Some(wanted)) => Truth::from(own == wanted),
        _ => Truth::Undefined,
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Without blanks at the ends, inner runs of them as one (RFC 4518 section 2.6.1).
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs of blanks as one, also at the ends.
fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        if !sign.is_whitespace() {
            out.push(sign);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|sign| *sign != ' ').collect()
}

fn truth(bytes: &[u8]) -> Option<bool> {
    match text(bytes)?.to_ascii_uppercase().as_str() {
        "TRUE" => Some(true),
        "FALSE" => Some(false),
        _ => None,
    }
}

fn uuid_of(bytes: &[u8]) -> Option<uuid::Uuid> {
    uuid::Uuid::parse_str(text(bytes)?).ok()
}

/// A name, and the bits behind it.
fn unique_name(bytes: &[u8]) -> Option<(Dn, Option<&str>)> {
    let text = text(bytes)?;
    match text.rsplit_once('#') {
        Some((before, bits)) if bits.starts_with('\'') => Some((Dn::parse(before).ok()?, Some(bits))),
        _ => Some((Dn::parse(text).ok()?, None)),
    }
}

/// `0`, or a number without leading zeros (RFC 4517 section 3.3.16).
fn is_canonical_integer(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    digits.iter().all(u8::is_ascii_digit) && (bytes == b"0" || digits.first().is_some_and(|first| *first != b'0'))
}

fn digits(text: &str) -> String {
    let mut text = scim::text::fold(text).into_owned();
    text.retain(|c| c != ' ' && c != '-');
    text
}

fn integer(bytes: &[u8]) -> Option<i128> {
    text(bytes)?.trim().parse().ok()
}

pub(super) fn name(bytes: &[u8]) -> Option<Dn> {
    Dn::parse(text(bytes)?).ok()
}

/// Generalized time (RFC 4517 section 3.3.13) as the number of its second, with the fraction behind it. Minutes and seconds
/// may be missing; the zone is UTC or a difference to it.
fn time(bytes: &[u8]) -> Option<(jiff::Timestamp, u64)> {
    let text = text(bytes)?.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    if !matches!(digits, 10 | 12 | 14) {
        return None;
    }
    let fraction = rest.strip_prefix(['.', ',']).map_or("", |rest| {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        &rest[..length]
    });
    let zone = rest.get(if fraction.is_empty() { 0 } else { fraction.len() + 1 }..)?;
    let zone = match (zone, zone.split_at_checked(3)) {
        ("Z", _) => "Z".to_owned(),
        (_, Some((hours, minutes))) if hours.starts_with(['+', '-']) => {
            format!("{hours}:{}", if minutes.is_empty() { "00" } else { minutes })
        }
        _ => return None,
    };
    let part = |from: usize| number.get(from..from + 2).unwrap_or("00");
    let written = format!("{}-{}-{}T{}:{}:{}{zone}", number.get(..4)?, part(4), part(6), part(8), part(10), part(12));
    let nanoseconds = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some((written.parse().ok()?, nanoseconds))
}
