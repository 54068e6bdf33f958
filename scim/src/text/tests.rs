use super::*;

/// The pairs of decision: which are equal as user names, and which as other strings without case.
#[test]
fn user_names_and_other_strings_are_equal_by_different_rules() {
    for (left, right, as_username, as_folded) in [
        ("BJensen", "bjensen", true, true),
        ("Straße", "strasse", false, true),
        ("ｂｊｅｎｓｅｎ", "bjensen", true, false),
        ("É", "e\u{301}", true, false),
        ("Σ", "ς", false, true),
        ("A B", "a b", true, true),
    ] {
        let username = username_key(left).unwrap() == username_key(right).unwrap();
        assert_eq!(username, as_username, "{left} and {right} as user names");
        assert_eq!(fold(left) == fold(right), as_folded, "{left} and {right} folded");
    }
}
