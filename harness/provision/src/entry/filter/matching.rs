//! How values are compared: by the syntax of their attribute, or by the matching rule that a filter names (RFC 4517).

use std::cmp::Ordering;

use crate::entry::dn::{Dn, comparison_key};
use crate::entry::same_value;

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

/// The kinds of values that are compared differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    Text,
    ExactText,
    /// Blanks and hyphens do not count (RFC 4517 section 4.2.29).
    Telephone,
    Integer,
    Time,
    Name,
    Octets,
    /// There is no schema: the look of both values decides.
    Unknown,
}

const INTEGERS: &[&str] = &[
    "accountexpires",
    "admincount",
    "badpasswordtime",
    "badpwdcount",
    "gidnumber",
    "grouptype",
    "instancetype",
    "lastlogoff",
    "lastlogon",
    "lastlogontimestamp",
    "lockouttime",
    "logoncount",
    "msexchrecipientdisplaytype",
    "msexchrecipienttypedetails",
    "primarygroupid",
    "pwdlastset",
    "samaccounttype",
    "shadowexpire",
    "shadowlastchange",
    "systemflags",
    "uidnumber",
    "useraccountcontrol",
    "usnchanged",
    "usncreated",
];
const TIMES: &[&str] =
    &["createtimestamp", "modifytimestamp", "pwdaccountlockedtime", "pwdchangedtime", "whenchanged", "whencreated"];
const NAMES: &[&str] = &[
    "creatorsname",
    "directreports",
    "distinguishedname",
    "entrydn",
    "managedby",
    "manager",
    "member",
    "memberof",
    "modifiersname",
    "nsrole",
    "nsroledn",
    "objectcategory",
    "owner",
    "roleoccupant",
    "secretary",
    "seealso",
    "uniquemember",
];
const OCTETS: &[&str] = &["jpegphoto", "objectguid", "objectsid", "sidhistory", "thumbnailphoto", "usercertificate"];
const EXACT_TEXTS: &[&str] = &["homedirectory", "loginshell", "memberuid"];
const TELEPHONES: &[&str] = &["homephone", "mobile", "pager", "telephonenumber"];
const TEXTS: &[&str] =
    &["cn", "department", "displayname", "givenname", "mail", "o", "ou", "samaccountname", "sn", "title", "uid"];

impl Syntax {
    pub(super) fn of(attribute: &str) -> Self {
        let name = attribute.split(';').next().unwrap_or_default();
        let is_in = |names: &[&str]| names.iter().any(|own| own.eq_ignore_ascii_case(name));
        match () {
            () if is_in(INTEGERS) => Self::Integer,
            () if is_in(TIMES) => Self::Time,
            () if is_in(NAMES) => Self::Name,
            () if is_in(OCTETS) => Self::Octets,
            () if is_in(EXACT_TEXTS) => Self::ExactText,
            () if is_in(TELEPHONES) => Self::Telephone,
            () if is_in(TEXTS) => Self::Text,
            () => Self::Unknown,
        }
    }

    pub(super) fn equals(self, own: &[u8], wanted: &[u8]) -> Truth {
        match self {
            Self::Text => same(text(own).map(comparison_key), text(wanted).map(comparison_key)),
            Self::ExactText | Self::Octets => Truth::from(own == wanted),
            Self::Telephone => same(text(own).map(digits), text(wanted).map(digits)),
            Self::Integer => same(integer(own), integer(wanted)),
            Self::Time => same(time(own), time(wanted)),
            Self::Name => match (name(own), name(wanted)) {
                (Some(own), Some(wanted)) => Truth::from(own == wanted),
                _ => Truth::Undefined,
            },
            Self::Unknown => Truth::from(same_value(own, wanted)),
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
            Self::Text | Self::Telephone => texts(),
            Self::ExactText | Self::Octets => Some(own.cmp(wanted)),
            Self::Name => None,
            Self::Unknown => times().or_else(numbers).or_else(texts),
        }
    }

    /// Whether the parts stand in the value, in their order.
    pub(super) fn contains(self, own: &[u8], parts: &[Box<[u8]>]) -> Truth {
        match self {
            Self::Integer | Self::Time | Self::Name => Truth::Undefined,
            Self::ExactText | Self::Octets => {
                let parts: Vec<&[u8]> = parts.iter().map(AsRef::as_ref).collect();
                Truth::from(in_order(own, &parts))
            }
            Self::Telephone => {
                let parts: Option<Vec<String>> = parts.iter().map(|part| text(part).map(digits)).collect();
                match (text(own).map(digits), parts) {
                    (Some(own), Some(parts)) => {
                        let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
                        Truth::from(in_order(own.as_bytes(), &parts))
                    }
                    _ => Truth::Undefined,
                }
            }
            Self::Text | Self::Unknown => {
                // Blanks at the ends of a text do not count (RFC 4518 section 2.6.1).
                let last = parts.len().saturating_sub(1);
                let trimmed = |(index, part): (usize, &str)| {
                    let part = if index == 0 { part.trim_start() } else { part };
                    if index == last { part.trim_end().to_owned() } else { part.to_owned() }
                };
                let folded: Option<Vec<String>> = parts
                    .iter()
                    .enumerate()
                    .map(|(index, part)| Some(scim::text::fold(&trimmed((index, text(part)?))).into_owned()))
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchingRule {
    /// Active Directory's `LDAP_MATCHING_RULE_BIT_AND`: every bit is set.
    AllBits,
    /// `LDAP_MATCHING_RULE_BIT_OR`: one of the bits is set.
    AnyBit,
    /// `LDAP_MATCHING_RULE_IN_CHAIN`: the name is reached over links from entry to entry.
    InChain,
    Text,
    ExactText,
    Integer,
    Time,
    Name,
    Octets,
}

/// Rule, name, numbers. The first number is what a filter is written with.
const RULES: &[(MatchingRule, &str, &[&str])] = &[
    (MatchingRule::AllBits, "LDAP_MATCHING_RULE_BIT_AND", &["1.2.840.113556.1.4.803"]),
    (MatchingRule::AnyBit, "LDAP_MATCHING_RULE_BIT_OR", &["1.2.840.113556.1.4.804"]),
    (MatchingRule::InChain, "LDAP_MATCHING_RULE_IN_CHAIN", &["1.2.840.113556.1.4.1941"]),
    (MatchingRule::Text, "caseIgnoreMatch", &["2.5.13.2"]),
    (MatchingRule::Text, "caseIgnoreIA5Match", &["1.3.6.1.4.1.1466.109.114.2"]),
    (MatchingRule::Text, "booleanMatch", &["2.5.13.13"]),
    (MatchingRule::Text, "objectIdentifierMatch", &["2.5.13.0"]),
    (MatchingRule::ExactText, "caseExactMatch", &["2.5.13.5"]),
    (MatchingRule::ExactText, "caseExactIA5Match", &["1.3.6.1.4.1.1466.109.114.1"]),
    (MatchingRule::Integer, "integerMatch", &["2.5.13.14"]),
    (MatchingRule::Time, "generalizedTimeMatch", &["2.5.13.27"]),
    (MatchingRule::Name, "distinguishedNameMatch", &["2.5.13.1"]),
    (MatchingRule::Octets, "octetStringMatch", &["2.5.13.17"]),
];

impl MatchingRule {
    pub(super) fn named(name: &str) -> Option<Self> {
        RULES
            .iter()
            .find(|(_, own, numbers)| own.eq_ignore_ascii_case(name) || numbers.contains(&name))
            .map(|(rule, ..)| *rule)
    }

    pub(super) fn oid(self) -> &'static str {
        RULES.iter().find(|(rule, ..)| *rule == self).map_or("", |(.., numbers)| numbers[0])
    }

    pub(super) fn compares(self, own: &[u8], wanted: &[u8]) -> Truth {
        let syntax = match self {
            Self::AllBits | Self::AnyBit => {
                return match (integer(own), integer(wanted)) {
                    (Some(own), Some(wanted)) if self == Self::AllBits => Truth::from(own & wanted == wanted),
                    (Some(own), Some(wanted)) => Truth::from(own & wanted != 0),
                    _ => Truth::Undefined,
                };
            }
            Self::InChain | Self::Name => Syntax::Name,
            Self::Text => Syntax::Text,
            Self::ExactText => Syntax::ExactText,
            Self::Integer => Syntax::Integer,
            Self::Time => Syntax::Time,
            Self::Octets => Syntax::Octets,
        };
        syntax.equals(own, wanted)
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
