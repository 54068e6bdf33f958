//! The cases of the filter grammar and of its rules of comparison (RFC 7644 section 3.4.2.2), as data, so that they are put
//! wherever a filter may stand: in a query, in the body of a search, in the square brackets of a filter and of a PATCH path. In most
//! products each of these places has a reader of its own.
//!
//! The cases are about one attribute that has a value of its own on each of three items: three resources, or three values of one
//! multi-valued attribute.

use serde_json::{Value, json};

/// How far an endpoint is free to refuse a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freedom {
    /// It fits the grammar; 400 says that the endpoint does not support it (disputed point F22).
    Supported,
    /// It says in other letters what the first case says, which was answered.
    Spelling,
    /// It compares values that are not of the attribute's type, so that a refusal is as good as an answer.
    Refusable,
}

/// One filter, and which of the three items it finds.
#[derive(Debug)]
pub struct Case {
    /// What it tries, for a report: "… is not read as the grammar says".
    pub name: &'static str,
    /// The filter: `{n}` is the attribute, `{N}` its name in other letters, `{q}` its name with the URN of its schema, `{1}` the value
    /// of the first item as JSON, `{^1}` the same in other letter case, `{\1}` the same with a character coded.
    filter: &'static str,
    /// The positions of the items that it finds.
    finds: &'static [usize],
    /// Whether it is true for items that have none of the three values, so that a list has to be narrowed to these three.
    pub is_wide: bool,
    pub freedom: Freedom,
    /// The rules that it tries. A wrong answer breaks them.
    pub requirements: &'static [&'static str],
}

impl Case {
    const fn new(
        name: &'static str,
        filter: &'static str,
        finds: &'static [usize],
        requirements: &'static [&'static str],
    ) -> Self {
        Self { name, filter, finds, is_wide: false, freedom: Freedom::Supported, requirements }
    }

    const fn wide(self) -> Self {
        Self { is_wide: true, ..self }
    }

    const fn spelling(self) -> Self {
        Self { freedom: Freedom::Spelling, ..self }
    }

    const fn refusable(self) -> Self {
        Self { freedom: Freedom::Refusable, ..self }
    }
}

/// Every requirement that a case names.
pub const REQUIREMENTS: &[&str] = &[
    "RFC7644-3.4.2.2-04",
    "RFC7644-3.4.2.2-05",
    "RFC7644-3.4.2.2-06",
    "RFC7644-3.4.2.2-11",
    "RFC7644-3.4.2.2-20",
    "RFC7644-3.4.2.2-40",
    "RFC7644-3.4.2.2-41",
    "RFC7644-3.4.2.2-42",
    "RFC7644-3.4.2.2-44",
    "RFC7644-3.4.2.2-45",
    "RFC7644-3.4.2.2-54",
    "RFC7644-3.4.2.2-55",
    "RFC7644-3.4.2.2-65",
    "RFC7644-3.4.2.2-75",
];

/// The first case says in the plainest way what the others say otherwise; without it nothing can be asked.
pub const CASES: &[Case] = &[
    Case::new("eq", "{n} eq {1}", &[0], &["RFC7644-3.4.2.2-04"]),
    Case::new("ne", "{n} ne {1}", &[1, 2], &["RFC7644-3.4.2.2-20"]).wide(),
    Case::new("and", "{n} pr and {n} eq {2}", &[1], &["RFC7644-3.4.2.2-40"]),
    Case::new("and of two values", "{n} eq {1} and {n} eq {2}", &[], &["RFC7644-3.4.2.2-40"]),
    Case::new("or", "{n} eq {1} or {n} eq {3}", &[0, 2], &["RFC7644-3.4.2.2-41"]),
    Case::new("not", "not ({n} eq {1})", &[1, 2], &["RFC7644-3.4.2.2-42"]).wide(),
    Case::new(
        "not around and",
        "not ({n} eq {1} and {n} eq {2})",
        &[0, 1, 2],
        &["RFC7644-3.4.2.2-42", "RFC7644-3.4.2.2-45"],
    )
    .wide(),
    Case::new("not around or", "not ({n} eq {1} or {n} eq {2})", &[2], &["RFC7644-3.4.2.2-42", "RFC7644-3.4.2.2-45"])
        .wide(),
    Case::new("not before and", "not ({n} eq {1}) and {n} eq {2}", &[1], &["RFC7644-3.4.2.2-44", "RFC7644-3.4.2.2-45"]),
    Case::new(
        "and before or, on the right",
        "{n} eq {1} or {n} eq {2} and {n} eq {3}",
        &[0],
        &["RFC7644-3.4.2.2-44", "RFC7644-3.4.2.2-45"],
    ),
    Case::new(
        "and before or, on the left",
        "{n} eq {1} and {n} eq {2} or {n} eq {3}",
        &[2],
        &["RFC7644-3.4.2.2-44", "RFC7644-3.4.2.2-45"],
    ),
    Case::new("a bracket", "({n} eq {1} or {n} eq {2}) and {n} eq {2}", &[1], &["RFC7644-3.4.2.2-45"]),
    Case::new(
        "brackets in brackets",
        "(({n} eq {1}) or (({n} eq {2}) and ({n} eq {3})))",
        &[0],
        &["RFC7644-3.4.2.2-45"],
    ),
    Case::new("a name in other letters", "{N} eq {1}", &[0], &["RFC7644-3.4.2.2-05"]).spelling(),
    Case::new("a name with its URN", "{q} eq {1}", &[0], &["RFC7644-3.4.2.2-55"]).spelling(),
    Case::new("an operator in capitals", "{n} EQ {1}", &[0], &["RFC7644-3.4.2.2-06"]).spelling(),
    Case::new("and, or in capitals", "{n} Eq {1} AND {n} pr OR {n} eq {3}", &[0, 2], &["RFC7644-3.4.2.2-06"]),
    Case::new("NOT in capitals", "NOT ({n} eq {1}) And {n} eq {2}", &[1], &["RFC7644-3.4.2.2-06"]),
    Case::new("a value in other letter case", "{n} eq {^1}", &[0], &["RFC7644-3.4.2.2-11", "RFC7644-3.4.2.2-65"])
        .spelling(),
    Case::new("a coded character", "{n} eq {\\1}", &[0], &["RFC7644-3.4.2.2-54"]).spelling(),
    Case::new(
        "quotes, brackets and operators in a value",
        "{n} eq \"weir\\\" or {n} pr) or ({n} pr] \\\\\"",
        &[],
        &["RFC7644-3.4.2.2-54"],
    ),
    Case::new("null", "{n} eq null", &[], &["RFC7644-3.4.2.2-04"]).refusable().wide(),
    Case::new("a number", "{n} eq 10", &[], &["RFC7644-3.4.2.2-04"]).refusable(),
    Case::new("a boolean", "{n} eq true", &[], &["RFC7644-3.4.2.2-04"]).refusable(),
];

/// The case of a second attribute that has one value on all three items, in a letter case that does not matter.
pub const SHARED: Case =
    Case::new("a shared value in other letter case", "", &[0, 1, 2], &["RFC7644-3.4.2.2-11", "RFC7644-3.4.2.2-65"])
        .wide();

/// The filter of [`SHARED`]; nothing where the value has no letters.
pub fn shared_filter(name: &str, value: &str) -> Option<String> {
    let other = swapped(value);
    (other != value).then(|| format!("{name} eq {}", json!(other)))
}

/// The attribute that the cases are about, and its values on the three items.
#[derive(Clone, Debug)]
pub struct Ground {
    /// As a filter names it in this place.
    pub name: String,
    /// The URN of its schema, where that may stand in front.
    pub schema: Option<String>,
    /// Whether values are compared by letter case; nothing where it is not to be asked.
    pub case_exact: Option<bool>,
    pub values: [String; 3],
}

impl Ground {
    /// The filter of the case; `None` where the case cannot be put.
    pub fn filter(&self, case: &Case) -> Option<String> {
        let mut filter = case.filter.replace("{n}", &self.name).replace("{N}", &swapped(&self.name));
        if case.filter.contains("{q}") {
            filter = filter.replace("{q}", &format!("{}:{}", self.schema.as_ref()?, self.name));
        }
        for (value, place) in self.values.iter().zip(1..) {
            if filter.contains("{^") && (self.case_exact.is_none() || swapped(value) == *value) {
                return None;
            }
            filter = filter
                .replace(&format!("{{{place}}}"), &json!(value).to_string())
                .replace(&format!("{{^{place}}}"), &json!(swapped(value)).to_string())
                .replace(&format!("{{\\{place}}}"), &coded(value));
        }
        Some(filter)
    }

    /// The positions of the items that the case finds.
    pub fn finds(&self, case: &Case) -> &'static [usize] {
        if case.filter.contains("{^") && self.case_exact == Some(true) { &[] } else { case.finds }
    }
}

/// The text with capital letters for small ones, and the other way round.
fn swapped(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect()
}

/// The text as JSON, with its first character coded.
fn coded(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| format!("\\u{:04x}", u32::from(first))).unwrap_or_default();
    let rest = Value::from(chars.as_str()).to_string();
    format!("\"{first}{}", rest.get(1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground() -> Ground {
        let values = ["a\"1", "b", "c"].map(str::to_owned);
        Ground { name: "userName".into(), schema: Some("urn:x".into()), case_exact: Some(false), values }
    }

    #[test]
    fn a_case_is_a_filter_about_the_three_values() {
        let filter = |name: &str| ground().filter(CASES.iter().find(|case| case.name == name).unwrap()).unwrap();
        assert_eq!(filter("eq"), r#"userName eq "a\"1""#);
        assert_eq!(filter("a name in other letters"), r#"USERnAME eq "a\"1""#);
        assert_eq!(filter("a name with its URN"), r#"urn:x:userName eq "a\"1""#);
        assert_eq!(filter("a value in other letter case"), r#"userName eq "A\"1""#);
        assert_eq!(filter("a coded character"), r#"userName eq "\u0061\"1""#);
        assert_eq!(
            filter("quotes, brackets and operators in a value"),
            r#"userName eq "weir\" or userName pr) or (userName pr] \\""#
        );
    }

    #[test]
    fn a_case_that_cannot_be_put_is_left_out() {
        let case = |name: &str| CASES.iter().find(|case| case.name == name).unwrap();
        let plain = Ground { schema: None, values: ["1", "2", "3"].map(str::to_owned), ..ground() };
        assert_eq!(plain.filter(case("a name with its URN")), None);
        assert_eq!(plain.filter(case("a value in other letter case")), None);
        let exact = Ground { case_exact: Some(true), ..ground() };
        assert_eq!(exact.finds(case("a value in other letter case")), &[] as &[usize]);
        assert_eq!(exact.finds(case("eq")), &[0]);
    }

    #[test]
    fn every_requirement_of_a_case_is_listed() {
        for case in CASES {
            for id in case.requirements {
                assert!(REQUIREMENTS.contains(id), "{id} of {} is not in REQUIREMENTS", case.name);
            }
        }
    }
}
