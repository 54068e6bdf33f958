use proptest::prelude::*;

use super::super::parse::{FilterSyntaxError, Limits, parse, parse_in_brackets};
use super::super::{Comparison, Filter, Literal, Operator};
use super::{strict, tolerances};
use crate::path::AttributePath;
use crate::tolerance::{Tolerance, Tolerances};

const VALID: &str = include_str!("../../../../fixtures/filters/valid.tsv");
const INVALID: &str = include_str!("../../../../fixtures/filters/invalid.tsv");

fn rows<const N: usize>(table: &'static str) -> Vec<[&'static str; N]> {
    let rows: Vec<_> = table.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>()).collect();
    assert!(rows.len() > 50, "the table is read");
    rows.into_iter().map(|row| row.clone().try_into().unwrap_or_else(|_| panic!("{N} columns: {row:?}"))).collect()
}

fn parse_with(text: &str, names: &str) -> Result<Filter, FilterSyntaxError> {
    parse(text, Limits::default(), &tolerances(names))
}

fn everything() -> Tolerances {
    Tolerance::ALL.iter().copied().collect()
}

#[test]
fn valid_filters_have_their_canonical_text() {
    for [text, names, canonical] in rows(VALID) {
        let filter = parse_with(text, names).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(filter.to_string(), canonical, "{text}");
        assert_eq!(strict(canonical), filter, "the canonical text of {text} means the same");
    }
}

#[test]
fn a_filter_that_needs_a_tolerance_is_refused_without_it() {
    for [text, names, _] in rows(VALID) {
        if !names.is_empty() {
            assert!(parse_with(text, "").is_err(), "{text}");
        }
    }
}

#[test]
fn invalid_filters_are_refused_where_they_go_wrong() {
    for [text, names, offset, expected] in rows(INVALID) {
        let error = parse_with(text, names).expect_err(text);
        assert_eq!((error.offset.to_string().as_str(), error.expected.as_str()), (offset, expected), "{text}");
    }
}

#[test]
fn a_refusal_tells_the_client_where_and_what() {
    let error: crate::Error = parse_with("userName regex \"x\"", "").unwrap_err().into();
    assert_eq!(error.scim_type(), Some(crate::ScimType::InvalidFilter));
    insta::assert_snapshot!(error, @r#"the filter cannot be read at offset 9: expected an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr); got "regex""#);
}

#[test]
fn a_refusal_names_what_stands_at_its_offset() {
    for (text, found) in [
        ("", "the end"),
        (" userName pr", "a blank"),
        ("userName+eq+\"x\"", "\"+\""),
        ("userName%20eq%20\"x\"", "\"%\""),
        ("userName regex \"x\"", "\"regex\""),
        ("userName == \"x\"", "\"=\""),
        ("userName eq bjensen", "\"bjensen\""),
        ("userName eq \u{201c}x\u{201d}", "\"\u{201c}\""),
        ("userName eq \u{1b}[2J", "\"\\u{1b}\""),
        ("name.family.x pr", "\".x\""),
        ("na\u{ef}ve pr", "\"\u{ef}ve\""),
        ("(title pr", "the end"),
        (&format!("userName eq {}", "x".repeat(10_000)), "\"xxxxxxxxxxxxxxxxxxxxxxxx\""),
    ] {
        let error = parse_with(text, "").unwrap_err();
        assert_eq!(error.found, found, "{text}: {error}");
    }
}

#[test]
fn the_inside_of_a_value_path_ends_before_its_bracket() {
    let inside = |text| parse_in_brackets(text, Limits::default(), &Tolerances::strict());
    let (filter, rest) = inside(r#"type eq "work" and not (value co "]")].value"#).unwrap();
    assert_eq!(filter, strict(r#"type eq "work" and not (value co "]")"#));
    assert_eq!(rest, "].value");
    for (text, message) in [
        (r#"type eq "work""#, r#"at offset 14: expected "and", "or" or "]"; got the end"#),
        ("", r#"at offset 0: expected a sub-attribute name, "not" or "("; got the end"#),
        ("]", r#"at offset 0: expected a sub-attribute name, "not" or "("; got "]""#),
        (
            r#"ims[type eq "x"]]"#,
            r#"at offset 3: expected a comparison of a sub-attribute, because value paths do not nest; got "[""#,
        ),
    ] {
        assert_eq!(inside(text).unwrap_err().to_string(), message, "{text}");
    }
}

#[test]
fn depth_is_charged_while_parsing() {
    let limits = Limits { depth: 3, terms: 10 };
    let refused = |text: &str| parse(text, limits, &Tolerances::strict()).unwrap_err().to_string();
    assert!(parse("(((a pr)))", limits, &Tolerances::strict()).is_ok());
    assert!(parse("not (not (a[b pr]))", limits, &Tolerances::strict()).is_ok());
    insta::assert_snapshot!(refused("((((a pr))))"), @r#"at offset 3: expected brackets nested at most 3 deep; got "(""#);
    insta::assert_snapshot!(refused("not (not (not (a[b pr])))"), @r#"at offset 16: expected brackets nested at most 3 deep; got "[""#);
    for opening in ["(", "not(", "not (", "a[", "a[("] {
        let deep = opening.repeat(100_000);
        assert!(parse(&deep, Limits::default(), &Tolerances::strict()).is_err());
        assert!(parse(&deep, Limits::default(), &everything()).is_err());
        assert!(parse_in_brackets(&deep, Limits::default(), &Tolerances::strict()).is_err());
    }
}

#[test]
fn terms_are_charged_while_parsing() {
    let limits = Limits { depth: 3, terms: 3 };
    let refused = |text: &str| parse(text, limits, &Tolerances::strict()).unwrap_err().to_string();
    assert!(parse("a pr and b[c eq 1 or d pr]", limits, &Tolerances::strict()).is_ok());
    insta::assert_snapshot!(refused("a pr or b pr or c pr or d pr"), @r#"at offset 25: expected at most 3 comparisons; got a blank"#);
    let long = vec!["a pr"; 50_000].join(" and ");
    assert!(parse(&long, Limits::default(), &Tolerances::strict()).is_err());
}

#[test]
fn white_space_of_every_kind_is_a_blank_with_the_tolerance() {
    let text = "a\teq\n1\r\nand\tnot\n( b\tpr )";
    assert_eq!(parse_with(text, "filter.unquoted-values").unwrap(), strict("a eq 1 and not (b pr)"));
    assert!(parse_with(text, "").is_err());
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[$]?[a-zA-Z][a-zA-Z0-9_$-]{0,6}",
        1 => proptest::sample::select(vec!["not", "and", "or", "pr", "eq", "true", "null"]).prop_map(String::from),
    ]
}

fn path() -> impl Strategy<Value = AttributePath> {
    let schema = "urn:[a-z][a-z0-9.:]{0,8}[a-z0-9]:[a-zA-Z0-9.]{1,6}";
    (proptest::option::weighted(0.3, schema), name(), proptest::option::of(name()))
        .prop_map(|(schema, attribute, sub_attribute)| AttributePath { schema, attribute, sub_attribute })
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Boolean),
        any::<i64>().prop_map(Literal::Integer),
        proptest::num::f64::NORMAL.prop_map(Literal::Decimal),
        any::<String>().prop_map(Literal::String),
    ]
}

fn term() -> impl Strategy<Value = Filter> {
    let operator = proptest::sample::select(Operator::ALL.to_vec());
    prop_oneof![
        path().prop_map(Filter::Present),
        (path(), operator, literal()).prop_map(|(path, operator, value)| Filter::Compare(Comparison {
            path,
            operator,
            value
        })),
    ]
}

/// Junctions and negations of `leaf`. An operand of the junction's own kind is replaced by its negation, because parsing
/// flattens.
fn logic(leaf: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(3, 12, 3, |inner| {
        let operands = proptest::collection::vec(inner.clone(), 2..4);
        let negate = |filter: Filter| Filter::Not(Box::new(filter));
        prop_oneof![
            inner.prop_map(negate),
            operands.clone().prop_map(move |operands| {
                let unlike = |operand| if matches!(operand, Filter::And(_)) { negate(operand) } else { operand };
                Filter::And(operands.into_iter().map(unlike).collect())
            }),
            operands.prop_map(move |operands| {
                let unlike = |operand| if matches!(operand, Filter::Or(_)) { negate(operand) } else { operand };
                Filter::Or(operands.into_iter().map(unlike).collect())
            }),
        ]
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    let value_path = (path(), logic(term())).prop_map(|(path, inner)| Filter::ValuePath(path, Box::new(inner)));
    logic(prop_oneof![3 => term(), 1 => value_path])
}

/// Text made of the pieces of filters, which comes much further than arbitrary text.
fn pieces() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "a", "emails", ".value", "urn:x:y:", "$", " ", " ", " ", " ", "  ", "\t", "eq", "pr", "co", "and", "or", "not",
        "(", ")", "[", "]", "\"", "'", "\"x\"", "\\", "1", "-", ".5", "e9", "true", "null", "é", "😀", ":", ".",
    ]);
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn parsing_is_the_inverse_of_display(filter in filter()) {
        let limits = Limits { depth: 64, terms: 1000 };
        let text = filter.to_string();
        prop_assert_eq!(parse(&text, limits, &Tolerances::strict()), Ok(filter.clone()), "{}", text);
        prop_assert_eq!(parse(&text, limits, &everything()), Ok(filter), "with every tolerance: {}", text);
    }

    #[test]
    fn any_text_is_parsed_or_refused_at_one_of_its_characters(text in prop_oneof![pieces(), any::<String>()]) {
        for tolerances in [Tolerances::strict(), everything()] {
            match parse(&text, Limits::default(), &tolerances) {
                Ok(filter) => prop_assert_eq!(
                    parse(&filter.to_string(), Limits::default(), &Tolerances::strict()), Ok(filter)
                ),
                Err(error) => {
                    prop_assert!(text.is_char_boundary(error.offset));
                    prop_assert_ne!(error.expected, "a filter", "a production says what it wants");
                }
            }
            let _ = parse_in_brackets(&text, Limits::default(), &tolerances);
        }
    }

    #[test]
    fn a_tolerance_changes_no_strict_filter(text in pieces()) {
        if let Ok(filter) = parse(&text, Limits::default(), &Tolerances::strict()) {
            prop_assert_eq!(parse(&text, Limits::default(), &everything()), Ok(filter));
        }
    }
}
