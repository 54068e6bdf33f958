use super::*;

fn values(text: &str) -> Vec<String> {
    let dn = Dn::parse(text).unwrap();
    dn.rdns()
        .iter()
        .flat_map(|rdn| &rdn.assertions)
        .map(|assertion| match &assertion.value {
            AssertionValue::Text(text) => format!("{}={text}", assertion.attribute),
            AssertionValue::Encoded(hex) => format!("{}=#{hex}", assertion.attribute),
        })
        .collect()
}

#[test]
fn names_are_read_with_their_escapes() {
    for (text, expected) in [
        ("", vec![]),
        ("dc=example", vec!["dc=example"]),
        ("uid=ada,ou=People,dc=example,dc=com", vec!["uid=ada", "ou=People", "dc=example", "dc=com"]),
        (r"cn=Harlow\, Rex \22Buzz\22,o=x", vec!["cn=Harlow, Rex \"Buzz\"", "o=x"]),
        (r#"cn=a\\b\+c\"d\;e\<f\>g\=h"#, vec![r#"cn=a\b+c"d;e<f>g=h"#]),
        (r"uid=\#kiosk-7,o=x", vec!["uid=#kiosk-7", "o=x"]),
        (r"cn=\ padded\ ,o=x", vec!["cn= padded ", "o=x"]),
        (r"cn=Lu\C4\8Di\C4\87", vec!["cn=Lučić"]),
        ("cn=Lučić", vec!["cn=Lučić"]),
        ("1.3.6.1.4.1.1466.0=#04024869", vec!["1.3.6.1.4.1.1466.0=#04024869"]),
        ("OU=Sales+CN=J. Smith,DC=example", vec!["OU=Sales", "CN=J. Smith", "DC=example"]),
        ("cn = a , ou = b", vec!["cn=a", "ou=b"]),
        ("cn=,o=x", vec!["cn=", "o=x"]),
        ("cn=a=b", vec!["cn=a=b"]),
        (r"cn=line\0Abreak", vec!["cn=line\nbreak"]),
    ] {
        assert_eq!(values(text), expected, "{text}");
    }
}

#[test]
fn a_text_that_is_no_name_is_refused_with_the_place() {
    let errors: Vec<String> = [
        "ada",
        "cn",
        "=x",
        "cn=a,",
        "cn=a,,o=x",
        "cn=\"Harlow, Rex\"",
        "cn=a;o=x",
        "cn=a<b",
        r"cn=a\",
        r"cn=a\zb",
        r"cn=\C4",
        "cn=#04024",
        "cn=#",
        "cn=#0402 x",
        "1..2=x",
        "c n=x",
        "cn=a+",
    ]
    .into_iter()
    .map(|text| Dn::parse(text).unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    "ada" is not a distinguished name: at offset 3, `=` was expected after the attribute type
    "cn" is not a distinguished name: at offset 2, `=` was expected after the attribute type
    "=x" is not a distinguished name: at offset 0, an attribute type was expected, such as cn or 2.5.4.3
    "cn=a," is not a distinguished name: at offset 5, another relative name was expected after the separator
    "cn=a,,o=x" is not a distinguished name: at offset 5, an attribute type was expected, such as cn or 2.5.4.3
    "cn=\"Harlow, Rex\"" is not a distinguished name: at offset 3, the value is in quotation marks, a form that RFC 4514 no longer has: escape its special characters with backslashes
    "cn=a;o=x" is not a distinguished name: at offset 4, ';' must be escaped with a backslash in a value
    "cn=a<b" is not a distinguished name: at offset 4, '<' must be escaped with a backslash in a value
    "cn=a\\" is not a distinguished name: at offset 4, a backslash must be followed by one of `\ " + , ; < > # =`, a blank, or two hexadecimal digits
    "cn=a\\zb" is not a distinguished name: at offset 4, a backslash must be followed by one of `\ " + , ; < > # =`, a blank, or two hexadecimal digits
    "cn=\\C4" is not a distinguished name: at offset 3, the escaped bytes are not UTF-8
    "cn=#04024" is not a distinguished name: at offset 4, `#` must be followed by pairs of hexadecimal digits, or be escaped when it is meant literally
    "cn=#" is not a distinguished name: at offset 4, `#` must be followed by pairs of hexadecimal digits, or be escaped when it is meant literally
    "cn=#0402 x" is not a distinguished name: at offset 9, `#` must be followed by pairs of hexadecimal digits, or be escaped when it is meant literally
    "1..2=x" is not a distinguished name: at offset 0, an attribute type was expected, such as cn or 2.5.4.3
    "c n=x" is not a distinguished name: at offset 2, `=` was expected after the attribute type
    "cn=a+" is not a distinguished name: at offset 5, an attribute type was expected, such as cn or 2.5.4.3
    "#);
}

#[test]
fn names_are_compared_as_directories_compare_them() {
    for (left, right, equal) in [
        ("UID=Ada,OU=People,DC=Example", "uid=ada,ou=people,dc=example", true),
        ("cn=Ada  Lovelace", "cn=ada lovelace", true),
        ("cn=Straße", "cn=STRASSE", true),
        (r"cn=a\2Cb", r"cn=a\,b", true),
        ("2.5.4.3=x", "cn=x", true),
        ("oid.2.5.4.3=x", "CN=X", true),
        ("cn=a+uid=b", "uid=b+cn=a", true),
        ("cn=a, o=b", "cn=a,o=b", true),
        ("cn=a,o=b", "o=b,cn=a", false),
        (r"cn=a\,o=b", "cn=a,o=b", false),
        ("cn=é", "cn=e", false),
        ("cn=#0402", "cn=0402", false),
    ] {
        assert_eq!(Dn::parse(left).unwrap() == Dn::parse(right).unwrap(), equal, "{left} and {right}");
    }
}

#[test]
fn an_entry_is_within_its_base_and_not_within_one_that_only_ends_alike() {
    let within = |dn: &str, base: &str| Dn::parse(dn).unwrap().is_within(&Dn::parse(base).unwrap());
    assert!(within("uid=a,ou=People,dc=x", "OU=people,dc=x"));
    assert!(within("dc=x", "dc=x"));
    assert!(within("dc=x", ""));
    assert!(!within("uid=a,ou=More People,dc=x", "ou=People,dc=x"));
    assert!(!within(r"cn=a\,dc=x", "dc=x"));
    assert!(within(r"cn=a\\,dc=x", "dc=x"));
}

#[test]
fn writing_a_relative_name_is_the_inverse_of_reading_it() {
    for value in ["plain", " both ends ", "#first", "a,b+c\"d\\e;f<g>h=i", "Ünïcode", "", " "] {
        let rdn =
            Rdn { assertions: vec![Assertion { attribute: "cn".into(), value: AssertionValue::Text(value.into()) }] };
        assert_eq!(Rdn::parse(&rdn.to_string()).unwrap(), rdn, "{rdn}");
    }
}

proptest::proptest! {
    #[test]
    fn any_value_survives_writing_and_reading(value in "\\PC{0,20}", parent in "[a-z]{1,8}") {
        let rdn = Rdn { assertions: vec![Assertion { attribute: "cn".into(), value: AssertionValue::Text(value) }] };
        let parent = Dn::parse(&format!("o={parent}")).unwrap();
        let dn = Dn::under(rdn.clone(), parent.rdns());
        let read = Dn::parse(dn.as_str()).unwrap();
        proptest::prop_assert_eq!(&read.rdns()[0], &rdn);
        proptest::prop_assert!(read.is_within(&parent));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,40}") {
        let _ = Dn::parse(&text);
    }
}
