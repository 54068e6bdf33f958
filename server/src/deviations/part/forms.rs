//! Which filters an endpoint understands, as a list of forms: a part that several deviations share.
//!
//! `Users: userName eq; id eq and manager eq | Groups: displayName eq`: for each endpoint the filters that it answers, each a
//! list of comparisons joined by `and`, whose order does not matter. A plus sign after a comparison lets it be joined with
//! others that have one; `*` stands for any attribute.

use std::str::FromStr;

use scim::filter::parse::{Limits, parse};
use scim::filter::{Comparison, Filter};
use scim::tolerance::Tolerances;

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

    /// Whether the request asks for a filter that has none of these forms. One that cannot be read has none.
    pub fn exclude(&self, incoming: &IncomingRequest<'_>) -> bool {
        let query = incoming.query.as_deref().unwrap_or_default();
        let Some(filter) = query.split('&').find_map(|pair| pair.strip_prefix("filter=")) else { return false };
        let filter = percent_encoding::percent_decode_str(filter).decode_utf8_lossy();
        // What clients write beyond the grammar is a matter of tolerances, not of forms.
        let tolerant: Tolerances = scim::tolerance::Tolerance::ALL.iter().copied().collect();
        let Ok(filter) = parse(&filter, Limits::default(), &tolerant) else { return true };
        let place = incoming.path.trim_matches('/').split('/').next().unwrap_or_default();
        let forms = self.0.iter().find(|(endpoint, _)| endpoint == place).map_or(&[][..], |(_, forms)| forms);
        !Self::allow(forms, &filter)
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

/// Does this to requests for filters that have none of the forms that the parameter allows.
pub fn on_others(setup: &Setup<'_>, act: fn(&mut IncomingRequest<'_>) -> scim::Result<()>) -> Box<dyn RequestSeam> {
    Box::new(OnOthers { forms: Forms::of(setup), act })
}

struct OnOthers {
    forms: Forms,
    act: fn(&mut IncomingRequest<'_>) -> scim::Result<()>,
}

impl RequestSeam for OnOthers {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        if self.forms.exclude(incoming) { (self.act)(incoming) } else { Ok(()) }
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
    fn what_is_no_list_of_forms_is_refused() {
        for text in ["", "userName eq", "Users: userName", "Users: userName eq x", "Users: a eq | b eq"] {
            assert!(!(parameter().accepts)(text), "{text}");
        }
        assert!((parameter().accepts)(USUAL));
    }
}
