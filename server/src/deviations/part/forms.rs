//! Which filters an endpoint understands, as a list of forms: a part that several deviations share.
//!
//! `Users: userName eq; id eq and manager eq | Groups: displayName eq`: for each endpoint the filters that it answers (all, if
//! it is not listed), each a list of comparisons joined by `and`, whose order does not matter. A plus sign after a comparison lets it be joined with
//! others that have one; `*` stands for any attribute.

use std::fmt;
use std::str::FromStr;

use scim::filter::parse::{Limits, parse};
use scim::filter::{Comparison, Filter};
use scim::path::{AttributePath, found_at};
use scim::tolerance::Tolerances;
use scim::{Error, ErrorKind};

use super::super::Parameter;
use crate::application::{RequestSeam, Setup};
use crate::message::IncomingRequest;

/// The forms that most endpoints with a list of their own have.
pub const USUAL: &str = "Users: userName eq; externalId eq | Groups: displayName eq; externalId eq";

/// A parameter that takes forms.
pub const fn parameter() -> Parameter {
    Parameter {
        meaning: "forms of filters, such as \"Users: userName eq; id eq and manager eq | Groups: displayName eq\"; a + after a \
                  comparison lets it be joined with others by and, * is any attribute",
        default: USUAL,
        accepts: |text| text.parse::<Forms>().is_ok(),
    }
}

/// See the [module documentation](self).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forms(Vec<(String, Vec<Form>)>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Form(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    attribute: String,
    operator: String,
    joins: bool,
}

/// How the filter of a request fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It has one of the forms, or there is none.
    Listed,
    /// It has another one: where it departs, and what is listed.
    Other(String),
    /// It breaks the grammar.
    Unreadable,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, term) in self.0.iter().enumerate() {
            let joint = if position > 0 { " and " } else { "" };
            write!(f, "{joint}{} {}", term.attribute, term.operator)?;
        }
        Ok(())
    }
}

impl FromStr for Term {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (text, joins) = text.strip_suffix('+').map_or((text, false), |text| (text, true));
        let mut words = text.split_whitespace();
        let (Some(attribute), Some(operator), None) = (words.next(), words.next(), words.next()) else {
            return Err(());
        };
        Ok(Self { attribute: attribute.to_owned(), operator: operator.to_owned(), joins })
    }
}

impl FromStr for Forms {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let endpoint = |text: &str| {
            let (endpoint, forms) = text.split_once(": ").ok_or(())?;
            let form =
                |text: &str| text.split(" and ").map(|term| term.trim().parse()).collect::<Result<_, _>>().map(Form);
            Ok((endpoint.trim().to_owned(), forms.split(';').map(form).collect::<Result<_, _>>()?))
        };
        text.split('|').map(endpoint).collect::<Result<_, _>>().map(Self)
    }
}

impl Term {
    fn fits(&self, comparison: &Comparison) -> bool {
        let path = comparison.path.to_string();
        // A name means the same with the URI of its schema and without (RFC 7644 section 3.10).
        let name = path.rsplit_once(':').map_or(path.as_str(), |(_, name)| name);
        (self.attribute == "*" || [&path, name].iter().any(|spelling| self.attribute.eq_ignore_ascii_case(spelling)))
            && self.operator.eq_ignore_ascii_case(comparison.operator.as_str())
    }
}

impl Forms {
    /// The forms that a deviation with [`parameter`] was given.
    pub fn of(setup: &Setup<'_>) -> Self {
        // A value is checked by `accepts` before it gets here.
        setup.value.parse().unwrap_or(Self(Vec::new()))
    }

    /// Whether the filter that the request asks for has one of these forms.
    pub fn fit(&self, incoming: &IncomingRequest<'_>) -> Fit {
        let query = incoming.query.as_deref().unwrap_or_default();
        let Some(text) = query.split('&').find_map(|pair| pair.strip_prefix("filter=")) else { return Fit::Listed };
        let text = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
        // What clients write beyond the grammar is a matter of tolerances, not of forms.
        let tolerant: Tolerances = scim::tolerance::Tolerance::ALL.iter().copied().collect();
        let Ok(filter) = parse(&text, Limits::default(), &tolerant) else { return Fit::Unreadable };
        let place = incoming.path.trim_matches('/').split('/').next().unwrap_or_default();
        // What is not listed knows itself what it can answer, or is not there.
        let Some((_, forms)) = self.0.iter().find(|(endpoint, _)| endpoint == place) else { return Fit::Listed };
        if Self::allow(forms, &filter) {
            return Fit::Listed;
        }
        let offset = first_stray(forms, &filter, &text);
        let found = found_at(&text, offset);
        let listed = forms.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        Fit::Other(format!("at offset {offset}: expected one of these filters: {listed}; got {found}"))
    }

    fn allow(forms: &[Form], filter: &Filter) -> bool {
        let comparisons: Option<Vec<&Comparison>> = match filter {
            Filter::Compare(one) => Some(vec![one]),
            Filter::And(operands) => operands
                .iter()
                .map(|operand| if let Filter::Compare(one) = operand { Some(one) } else { None })
                .collect(),
            _ => None,
        };
        let Some(comparisons) = comparisons else { return false };
        let whole = |form: &Form| {
            form.0.len() == comparisons.len()
                && comparisons.iter().all(|comparison| form.0.iter().any(|term| term.fits(comparison)))
                && form.0.iter().all(|term| comparisons.iter().any(|comparison| term.fits(comparison)))
        };
        let joins = |comparison: &&Comparison| {
            forms.iter().any(|form| matches!(&form.0[..], [term] if term.joins && term.fits(comparison)))
        };
        forms.iter().any(whole) || (comparisons.len() > 1 && comparisons.iter().all(joins))
    }
}

/// Where the part of a filter begins that no form has; its end, if more is wanted.
fn first_stray(forms: &[Form], filter: &Filter, text: &str) -> usize {
    let operands = match filter {
        Filter::And(operands) | Filter::Or(operands) => operands.as_slice(),
        one => std::slice::from_ref(one),
    };
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    for (position, operand) in operands.iter().enumerate() {
        let name = first_path(operand).map(|path| path.to_string().to_ascii_lowercase()).unwrap_or_default();
        at += lower.get(at..).and_then(|rest| rest.find(&name)).unwrap_or_default();
        let stands_alone =
            |comparison: &Comparison| forms.iter().any(|form| form.0.iter().any(|term| term.fits(comparison)));
        let is_known = matches!(operand, Filter::Compare(comparison) if stands_alone(comparison));
        if !is_known || position > 0 {
            return at;
        }
        at += name.len();
        at += text.get(at..).map_or(0, end_of_literal);
    }
    text.len()
}

/// Where the first string of a text ends; 0 if there is none.
fn end_of_literal(text: &str) -> usize {
    let Some(start) = text.find('"') else { return 0 };
    let mut is_escaped = false;
    let end = text[start + 1..].bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(0, |end| start + 1 + end + 1)
}

fn first_path(filter: &Filter) -> Option<&AttributePath> {
    match filter {
        Filter::Present(path) | Filter::ValuePath(path, _) => Some(path),
        Filter::Compare(comparison) => Some(&comparison.path),
        Filter::Not(inner) => first_path(inner),
        Filter::And(operands) | Filter::Or(operands) => operands.first().and_then(first_path),
    }
}

/// Refuses requests for filters that have none of the forms that the parameter allows. What cannot be read at all goes on to
/// the grammar, which knows what is wrong.
pub fn refuse_others(setup: &Setup<'_>) -> Box<dyn RequestSeam> {
    Box::new(RefuseOthers(Forms::of(setup)))
}

struct RefuseOthers(Forms);

impl RequestSeam for RefuseOthers {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        match self.0.fit(incoming) {
            Fit::Listed | Fit::Unreadable => Ok(()),
            Fit::Other(why) => Err(Error::new(ErrorKind::InvalidFilter, format!("this filter is not supported {why}"))),
        }
    }
}

/// Does this to requests for filters that have none of the forms that the parameter allows, and to those that cannot be read.
pub fn on_others(setup: &Setup<'_>, act: fn(&mut IncomingRequest<'_>) -> scim::Result<()>) -> Box<dyn RequestSeam> {
    Box::new(OnOthers { forms: Forms::of(setup), act })
}

struct OnOthers {
    forms: Forms,
    act: fn(&mut IncomingRequest<'_>) -> scim::Result<()>,
}

impl RequestSeam for OnOthers {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        if self.forms.fit(incoming) == Fit::Listed { Ok(()) } else { (self.act)(incoming) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(forms: &str, filter: &str) -> bool {
        let forms: Forms = forms.parse().unwrap();
        Forms::allow(&forms.0[0].1, &parse(filter, Limits::default(), &Tolerances::strict()).unwrap())
    }

    #[test]
    fn a_filter_has_one_of_the_forms_or_not() {
        let forms = "Users: userName eq; id eq and manager eq; groups.value eq+; title eq+; * sw";
        for (filter, expected) in [
            ("userName eq \"x\"", true),
            ("USERNAME EQ \"x\"", true),
            ("userName co \"x\"", false),
            ("manager eq \"m\" and id eq \"i\"", true),
            ("id eq \"i\"", false),
            ("id eq \"i\" and id eq \"j\"", false),
            ("groups.value eq \"g\" and title eq \"t\"", true),
            ("groups.value eq \"g\" and userName eq \"u\"", false),
            ("nickName sw \"n\"", true),
            ("userName eq \"x\" or userName eq \"y\"", false),
            ("title pr", false),
        ] {
            assert_eq!(allowed(forms, filter), expected, "{filter}");
        }
    }

    #[test]
    fn a_refusal_names_the_place_where_a_filter_departs() {
        let forms: Forms = "Users: userName eq; id eq and manager eq".parse().unwrap();
        for (filter, offset) in [
            ("title eq \"x\"", 0),
            ("userName co \"x\"", 0),
            ("USERNAME eq \"x\" and title eq \"y\"", 20),
            ("userName eq \"userName\" or userName eq \"y\"", 26),
            ("id eq \"x\"", 9),
            ("emails[type eq \"work\"]", 0),
            ("not (userName eq \"x\")", 5),
            ("\u{130} pr", 0),
        ] {
            let text: Tolerances = scim::tolerance::Tolerance::ALL.iter().copied().collect();
            let Ok(parsed) = parse(filter, Limits::default(), &text) else { continue };
            assert_eq!(first_stray(&forms.0[0].1, &parsed, filter), offset, "{filter}");
        }
    }

    #[test]
    fn what_is_no_list_of_forms_is_refused() {
        for text in ["", "userName eq", "Users: userName", "Users: userName eq x", "Users: a eq | b eq"] {
            assert!(!(parameter().accepts)(text), "{text}");
        }
        assert!((parameter().accepts)(USUAL));
    }
}
