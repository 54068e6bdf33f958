//! The syntax of string values: that of the `dateTime`, `binary` and `reference` types (RFC 7643 sections 2.3.5 to 2.3.7),
//! and the formats that the RFC gives to single attributes.
//!
//! A value is refused only where the RFC states a format. What its text leaves open (letter case of a country, underscores
//! in a locale, which time zones exist) is accepted.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::date_time;
use crate::schema::standard::{GROUP, USER};
use crate::schema::{AttributeId, AttributeType, Registry, Returned};
use crate::{Error, ErrorKind, Result};

/// Says whether a text has the format, given the schemas of the endpoint.
type Checker = fn(&Registry, &str) -> bool;

/// The format of one attribute of a standard schema.
struct Rule {
    schema: &'static str,
    parent: Option<&'static str>,
    name: &'static str,
    expected: &'static str,
    checker: Checker,
}

/// RFC 7643 sections 4.1.1, 4.1.2 and 4.2.
const RULES: &[Rule] = &[
    Rule {
        schema: USER,
        parent: Some("addresses"),
        name: "country",
        expected: "an ISO 3166-1 alpha-2 code such as US",
        checker: |_, text| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()),
    },
    Rule {
        schema: USER,
        parent: None,
        name: "preferredLanguage",
        expected: "languages as in an Accept-Language header, such as en-US, fr;q=0.5",
        checker: |_, text| is_accept_language(text),
    },
    Rule {
        schema: USER,
        parent: None,
        name: "locale",
        expected: "a language tag such as en-US (RFC 5646)",
        checker: |_, text| oxilangtag::LanguageTag::parse(text.replace('_', "-")).is_ok(),
    },
    Rule {
        schema: USER,
        parent: None,
        name: "timezone",
        expected: "an IANA time zone name such as Europe/Berlin",
        checker: |_, text| is_time_zone_name(text),
    },
    Rule {
        schema: USER,
        parent: None,
        name: "profileUrl",
        expected: "an absolute URL such as https://example.com/~babs",
        checker: |_, text| scheme(text).is_some(),
    },
    Rule {
        schema: USER,
        parent: Some("x509Certificates"),
        name: "value",
        expected: "the base64 of exactly one DER certificate",
        checker: |_, text| binary(text).is_some_and(|bytes| is_one_der_sequence(&bytes)),
    },
    // The one list of canonical values that is enforced: a member of another kind could not be referred to.
    Rule {
        schema: GROUP,
        parent: Some("members"),
        name: "type",
        expected: "the name of a resource type of this endpoint, such as User",
        checker: |registry, text| {
            registry.resource_types().any(|(_, kind)| kind.document.name.eq_ignore_ascii_case(text))
        },
    },
];

/// Checks the text of a string, dateTime, binary or reference attribute. With `any_format` only what the type demands is
/// checked, and the type of a member.
///
/// # Errors
/// `invalidValue` that says what was expected. The value itself is not shown when the attribute is never returned.
pub fn check(registry: &Registry, id: AttributeId, text: &str, any_format: bool) -> Result<()> {
    let attribute = registry.attribute(id);
    let by_type = match attribute.attribute_type {
        AttributeType::DateTime if date_time::parse(text).is_none() => {
            Some("a date and time such as 2011-05-13T04:42:34Z (xsd:dateTime)")
        }
        AttributeType::Binary if binary(text).is_none() => Some("base64 in the standard alphabet (RFC 4648 section 4)"),
        AttributeType::Reference if !is_uri_reference(text) => Some("a URI or relative URI (RFC 3986)"),
        _ => None,
    };
    let expected = by_type.or_else(|| {
        let rule = rule(registry, id).filter(|rule| !any_format || rule.schema == GROUP);
        rule.filter(|rule| !(rule.checker)(registry, text)).map(|rule| rule.expected)
    });
    let Some(expected) = expected else { return Ok(()) };
    let shown = if attribute.returned == Returned::Never || text.len() > 80 { None } else { Some(text) };
    let got = shown.map(|text| format!(", got {text:?}")).unwrap_or_default();
    Err(Error::new(ErrorKind::InvalidValue, format!("{}: expected {expected}{got}", registry.short_name(id))))
}

fn rule(registry: &Registry, id: AttributeId) -> Option<&'static Rule> {
    let definition = registry.definition(id);
    RULES.iter().find(|rule| {
        definition.attribute.name == rule.name
            && definition.parent.map(|parent| registry.attribute(parent).name.as_str()) == rule.parent
            && registry.schema(definition.schema).document.id == rule.schema
    })
}

/// The octets of a binary value: standard alphabet, padding optional (RFC 7643 section 2.3.6). The URL-safe alphabet needs
/// an attribute definition that says so, which a schema document cannot do.
#[must_use]
pub fn binary(text: &str) -> Option<Vec<u8>> {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    ENGINE.decode(text).ok()
}

/// A DER certificate is one SEQUENCE; a second certificate behind it would leave octets over.
fn is_one_der_sequence(bytes: &[u8]) -> bool {
    let [0x30, first, rest @ ..] = bytes else { return false };
    if *first < 0x80 {
        return rest.len() == usize::from(*first);
    }
    let count = usize::from(first & 0x7F);
    if count == 0 || count > 4 || rest.len() < count {
        return false;
    }
    let length = rest[..count].iter().fold(0, |length: usize, &byte| length << 8 | usize::from(byte));
    rest.len() - count == length
}

/// URI-reference of RFC 3986 section 4.1, by its characters, percent-encodings and scheme.
fn is_uri_reference(text: &str) -> bool {
    let bytes = text.as_bytes();
    let legal = bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)),
        _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(byte),
    });
    // A colon before the first slash ends a scheme, or the reference is malformed.
    let before_path = text.split(['/', '?', '#']).next().unwrap_or_default();
    legal && !text.is_empty() && (!before_path.contains(':') || scheme(text).is_some())
}

/// The scheme of an absolute URI that has something behind it.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    let legal = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    (legal && !rest.is_empty()).then_some(scheme)
}

/// The value of an Accept-Language header (RFC 9110 section 12.5.4). Underscores are accepted, since an example of the RFC
/// has one (erratum 6007).
fn is_accept_language(text: &str) -> bool {
    text.split(',').all(|item| {
        let mut parts = item.trim_matches([' ', '\t']).split(';');
        let range = parts.next().unwrap_or_default();
        let is_range = range == "*"
            || range
                .split(['-', '_'])
                .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let is_weight = |parameter: &str| {
            let weight = parameter.trim_matches([' ', '\t']).strip_prefix("q=").unwrap_or_default();
            let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
            let digits = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
            digits && (whole == "0" || whole == "1" && fraction.bytes().all(|byte| byte == b'0'))
        };
        is_range && parts.next().is_none_or(is_weight) && parts.next().is_none()
    })
}

/// The form of a name in the IANA database. Which names exist changes several times a year, so it is not checked.
fn is_time_zone_name(text: &str) -> bool {
    text.split('/')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-_".contains(&byte)))
}
