use super::parse::{Limits, parse};
use crate::tolerance::Tolerances;

#[test]
fn not_binds_before_and_and_and_before_or() {
    let text = r#"a eq 1 or not (b pr) and c[d eq "x" or e eq null]"#;
    let filter = parse(text, Limits::default(), &Tolerances::strict()).unwrap();
    assert_eq!(filter.to_string(), text);
}
