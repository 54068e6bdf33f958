use serde_json::json;

use super::shown;
use crate::resource::read::json as parse;

#[test]
fn a_body_keeps_its_content() {
    let body = br#" {"a": [1, -2, 2.5, true, null, "\u00e9\n"], "b": {"a": {}}, "c": 9223372036854775807} "#;
    let expected = json!({"a": [1, -2, 2.5, true, null, "\u{e9}\n"], "b": {"a": {}}, "c": i64::MAX});
    assert_eq!(parse(body), Ok(expected));
}

#[test]
fn what_is_no_body_is_refused_with_its_place() {
    let deep = format!("{}1{}", "{\"a\":".repeat(128), "}".repeat(128));
    let cases: [(&[u8], &str); 20] = [
        (b"", "invalidSyntax: the body is empty; send a JSON object"),
        (b" \n", "invalidSyntax: the body is empty; send a JSON object"),
        (
            b"\xEF\xBB\xBF{}",
            "invalidSyntax: the body starts with a byte order mark; send UTF-8 without one (RFC 8259 section 8.1)",
        ),
        (b"{\"a\":\n\"\xFF\"}", "invalidSyntax: line 2, column 2 of the body: this is not UTF-8"),
        (b"[]", "invalidSyntax: the body must be a JSON object, not an array"),
        (b"\"x\"", "invalidSyntax: the body must be a JSON object, not a string"),
        (b"{\"a\":1} x", "invalidSyntax: line 1, column 9 of the body: something follows the JSON object"),
        (b"{\"a\":1", "invalidSyntax: line 1, column 6 of the body: EOF while parsing an object"),
        (b"{\"a\":01}", "invalidSyntax: line 1, column 7 of the body: invalid number"),
        (b"{\"a\":NaN}", "invalidSyntax: line 1, column 6 of the body: expected value"),
        (b"{\"a\":\"\\ud800\"}", "invalidSyntax: line 1, column 13 of the body: unexpected end of hex escape"),
        (
            b"{\"userName\":1,\n\"USERNAME\":2}",
            "invalidSyntax: line 2, column 10 of the body: the member \"USERNAME\" is given twice in one object (names are \
             compared without case)",
        ),
        (
            b"{\"a\":[{\"b\":1,\"b\":2}]}",
            "invalidSyntax: line 1, column 16 of the body: the member \"b\" is given twice in one object (names are compared \
             without case)",
        ),
        (
            b"{\"a\":9223372036854775808}",
            "invalidValue: line 1, column 24 of the body: integers go from -9223372036854775808 to 9223372036854775807",
        ),
        (
            b"{\"s\":\"\\\"9\",\n\"a\":-12345678901234567890123}",
            "invalidValue: line 2, column 5 of the body: integers go from -9223372036854775808 to 9223372036854775807",
        ),
        (b"{\"a\":1e999}", "invalidValue: line 1, column 10 of the body: the number is too large for an IEEE double"),
        (b"{\"a\" 1}", "invalidSyntax: line 1, column 6 of the body: expected `:`"),
        (b"{'a': 1}", "invalidSyntax: line 1, column 2 of the body: key must be a string"),
        (b"{\"a\":1,}", "invalidSyntax: line 1, column 8 of the body: trailing comma"),
        (
            deep.as_bytes(),
            "invalidSyntax: line 1, column 636 of the body: arrays and objects nest deeper than 127 levels",
        ),
    ];
    for (body, expected) in cases {
        let error = parse(body).expect_err(expected);
        assert_eq!(shown(&error), expected);
    }
}

#[test]
fn a_large_number_with_exponent_is_a_double() {
    assert_eq!(parse(b"{\"a\": 1e30, \"b\": -9.3e18}"), Ok(json!({"a": 1e30, "b": -9.3e18})));
}

#[test]
fn the_second_of_many_equal_names_is_found() {
    for count in [2, 24, 25, 26, 200] {
        let names: Vec<String> = (0..count).map(|index| format!("\"name{index}\":1")).collect();
        let distinct = format!("{{{}}}", names.join(","));
        assert!(parse(distinct.as_bytes()).is_ok(), "{count}");
        for twice in [0, count / 2, count - 1] {
            let body = format!("{{{},\"NAME{twice}\":2}}", names.join(","));
            assert!(parse(body.as_bytes()).is_err(), "{count}, {twice}");
        }
    }
}
