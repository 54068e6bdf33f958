//! Query parameters (RFC 7644 section 3.4.2), parsed in this one place.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use scim::tolerance::Tolerance;
use scim::{Error, ErrorKind, Result};

use crate::rules::Rules;

/// The parameters that SCIM knows; others are ignored (RFC 7644 section 3.4.2).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters<'q> {
    pub attributes: Option<Cow<'q, str>>,
    pub excluded_attributes: Option<Cow<'q, str>>,
    pub filter: Option<Cow<'q, str>>,
    pub sort_by: Option<Cow<'q, str>>,
    pub sort_order: Option<Cow<'q, str>>,
    pub start_index: Option<Cow<'q, str>>,
    pub count: Option<Cow<'q, str>>,
    /// RFC 9865; empty at the beginning of a walk.
    pub cursor: Option<Cow<'q, str>>,
}

impl<'q> Parameters<'q> {
    /// Reads a query string without its question mark. Names are exact; a parameter given twice is refused, because which of
    /// the two counts is anyone's guess.
    pub fn parse(query: Option<&'q str>) -> Result<Self> {
        let mut parameters = Self::default();
        let Some(query) = query.filter(|query| !query.is_empty()) else { return Ok(parameters) };
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let slot = match &*decode("a parameter's name", name).unwrap_or_default() {
                "attributes" => &mut parameters.attributes,
                "excludedAttributes" => &mut parameters.excluded_attributes,
                "filter" => &mut parameters.filter,
                "sortBy" => &mut parameters.sort_by,
                "sortOrder" => &mut parameters.sort_order,
                "startIndex" => &mut parameters.start_index,
                "count" => &mut parameters.count,
                "cursor" => &mut parameters.cursor,
                _ => continue,
            };
            let value = decode(name, value)?;
            if slot.replace(value).is_some() {
                return Err(Error::new(
                    ErrorKind::InvalidValue,
                    format!("parameter {name} is given twice; give it once"),
                ));
            }
        }
        Ok(parameters)
    }

    /// The first position asked for, at least 1 (RFC 7644 section 3.4.2.4).
    pub fn start_index(&self) -> Result<usize> {
        Ok(match integer("startIndex", self.start_index.as_deref())? {
            None | Some(i64::MIN..=1) => 1,
            Some(start) => usize::try_from(start).unwrap_or(usize::MAX),
        })
    }

    /// How many resources are asked for, at most the largest page; fewer than none count as none (RFC 7644 section
    /// 3.4.2.4), unless the tolerance reads them as all.
    pub fn count(&self, rules: &Rules) -> Result<usize> {
        Ok(match integer("count", self.count.as_deref())? {
            None => rules.default_results,
            Some(i64::MIN..0) if rules.policy.tolerances.allows(Tolerance::NegativeCountIsAll) => rules.max_results,
            Some(count) => usize::try_from(count).unwrap_or(0).min(rules.max_results),
        })
    }
}

/// A `+` is itself (RFC 3986); where a tolerance makes a blank of it, it is `%20` by now.
fn decode<'q>(name: &str, text: &'q str) -> Result<Cow<'q, str>> {
    if !text.contains('%') {
        return Ok(text.into());
    }
    let mut decoded = Vec::with_capacity(text.len());
    decoded.extend(percent_decode_str(text));
    let not_utf8 = |_| Error::new(ErrorKind::InvalidValue, format!("parameter {name} is not UTF-8 when decoded"));
    String::from_utf8(decoded).map(Cow::Owned).map_err(not_utf8)
}

/// Digits beyond the range of an `i64` count as its limit: no list is that long.
fn integer(name: &str, text: Option<&str>) -> Result<Option<i64>> {
    let Some(text) = text else { return Ok(None) };
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::new(ErrorKind::InvalidValue, format!("{name} is {text:?}; it must be a whole number")));
    }
    Ok(Some(text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX })))
}

#[cfg(test)]
mod tests {
    use scim::tolerance::Tolerances;

    use super::*;

    fn parse(query: &str) -> Result<Parameters<'_>> {
        Parameters::parse(Some(query))
    }

    #[test]
    fn values_are_decoded_and_unknown_parameters_are_ignored() {
        let parameters = parse("?x=1&&filter=userName%20eq%20%22a+b%2Bc%22&foo&cou%6Et=5&").unwrap();
        assert_eq!(parameters.filter.as_deref(), Some("userName eq \"a+b+c\""));
        assert_eq!(parameters.count.as_deref(), Some("5"));
        assert_eq!(Parameters::parse(None).unwrap(), Parameters::default());
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        assert!(parse("filter=a&filter=b").unwrap_err().detail().contains("given twice"));
        assert!(parse("filter=%FF").unwrap_err().detail().contains("not UTF-8"));
        assert!(parse("foo=%FF&foo=1").is_ok());
    }

    #[test]
    fn paging_numbers_follow_the_rules_of_index_paging() {
        let target = crate::Target::rfc();
        let mut strict = target.rules(&target.applications[0]);
        for (query, expected) in [
            ("", Ok((1, 200))),
            ("startIndex=0&count=0", Ok((1, 0))),
            ("startIndex=-5&count=-1", Ok((1, 0))),
            ("startIndex=7&count=500", Ok((7, 200))),
            ("startIndex=%2B3&count=10", Ok((3, 10))),
            ("count=99999999999999999999", Ok((1, 200))),
            ("startIndex=abc", Err("startIndex is \"abc\"; it must be a whole number")),
            ("count=", Err("count is \"\"; it must be a whole number")),
            ("count=1.5", Err("count is \"1.5\"; it must be a whole number")),
        ] {
            let parameters = parse(query).unwrap();
            let read = parameters.start_index().and_then(|start| Ok((start, parameters.count(&strict)?)));
            assert_eq!(read.as_ref().map_err(Error::detail), expected.as_ref().map_err(|detail| *detail), "{query}");
        }
        strict.default_results = 10;
        assert_eq!(parse("").unwrap().count(&strict).unwrap(), 10);
        strict.policy.tolerances = Tolerances::from_iter([Tolerance::NegativeCountIsAll]);
        assert_eq!(parse("count=-1").unwrap().count(&strict).unwrap(), 200);
    }
}
