use proptest::prelude::*;
use serde_json::json;

use super::*;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[test]
fn a_path_leads_through_names_indexes_and_urns() {
    let user = json!({
        "userName": "b",
        "emails": [{"value": "a"}, {"value": "b"}],
        (ENTERPRISE): {"manager": {"value": "7"}},
    });
    for (path, expected) in [
        ("username", Some(json!("b"))),
        ("emails[1].value", Some(json!("b"))),
        ("emails[2].value", None),
        ("userName.value", None),
        ("user", None),
        (&format!("{ENTERPRISE}:manager.value"), Some(json!("7"))),
        ("URN:ietf:params:scim:schemas:extension:enterprise:2.0:user:MANAGER.value", Some(json!("7"))),
    ] {
        assert_eq!(at(&user, path), expected.as_ref(), "{path}");
    }
}

#[test]
fn differences_name_the_path_and_both_values() {
    let expected = json!({"name": {"givenName": "A", "familyName": "B"}, "emails": [{"value": "x"}], "n": 1});
    let found = json!({"id": "1", "name": {"GivenName": "A"}, "emails": [{"value": "y"}, {"value": "z"}], "n": 1.0});
    let all = differences(&expected, &found);
    let lines: Vec<_> = all.iter().map(|d| (d.path.as_str(), d.expected.clone(), d.found.clone())).collect();
    assert_eq!(
        lines,
        [
            ("name.familyName", Some(json!("B")), None),
            ("emails[0].value", Some(json!("x")), Some(json!("y"))),
            ("emails[1]", None, Some(json!({"value": "z"}))),
        ]
    );
}

#[test]
fn an_extension_attribute_is_named_with_a_colon() {
    let all = differences(&json!({(ENTERPRISE): {"department": "D"}}), &json!({(ENTERPRISE): {}}));
    assert_eq!(all[0].path, format!("{ENTERPRISE}:department"));
}

#[test]
fn one_state_in_two_forms_is_the_same() {
    for (left, right) in [
        (json!(null), json!([])),
        (json!({"a": null, "b": [], "c": [null]}), json!({})),
        (json!({"a": {"b": null}}), json!({})),
        (json!({"displayName": "x"}), json!({"DISPLAYNAME": "x", "nickName": null})),
        (json!([1, 2, 2]), json!([2, 1.0, 2])),
        (json!([{"value": "a"}, null]), json!([{"Value": "a", "type": null}])),
        (json!("2020-02-29T12:00:00Z"), json!("2020-02-29T14:00:00.000+02:00")),
        (json!(1), json!(1.0)),
    ] {
        assert!(same(&left, &right), "{left} and {right}");
        assert!(same(&right, &left), "{right} and {left}");
        assert_eq!(differences(&left, &right), [], "{left} and {right}");
        assert_eq!(differences(&right, &left), [], "{right} and {left}");
    }
}

#[test]
fn two_states_are_not_the_same() {
    for (left, right) in [
        (json!(null), json!("")),
        (json!(null), json!(false)),
        (json!(0), json!(null)),
        (json!({"a": 1}), json!({"b": 1})),
        (json!([1, 1, 2]), json!([1, 2, 2])),
        (json!([1]), json!([1, 1])),
        (json!("1"), json!(1)),
        (json!("x"), json!("X")),
        (json!("2020-02-29T12:00:00Z"), json!("2020-02-29T12:00:01Z")),
        (json!(1), json!(1.5)),
    ] {
        assert!(!same(&left, &right), "{left} and {right}");
        assert!(!same(&right, &left), "{right} and {left}");
        assert_ne!(differences(&left, &right), [], "{left} and {right}");
    }
}

/// Each expected value needs a partner of its own, though a value with more members would do for two.
#[test]
fn values_of_a_list_are_paired_in_any_order() {
    let expected = json!([{"type": "work"}, {"type": "work", "value": "x"}]);
    let found = json!([{"type": "work", "value": "x", "primary": true}, {"type": "work", "primary": false}]);
    assert_eq!(differences(&expected, &found), []);
    assert_eq!(differences(&json!([1, 2]), &json!([2, 3]))[0].found, Some(json!(3)));
}

/// A resource, two levels deep.
fn resource() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-3_i64..3).prop_map(Value::from),
        "[a-c]{0,3}".prop_map(Value::from),
        Just(json!("2020-02-29T12:00:00Z")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Value::Array),
            prop::collection::btree_map("[a-d]{1,2}", inner, 1..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The same state in another form.
fn decorated(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().rev().map(decorated).chain([Value::Null]).collect(),
        Value::Object(members) => {
            let shown = members.iter().rev().map(|(name, value)| (name.to_uppercase(), decorated(value)));
            shown.chain([("x".to_owned(), Value::Null), ("y".to_owned(), json!([]))]).collect()
        }
        Value::Number(number) => number.as_f64().map_or_else(|| value.clone(), Value::from),
        Value::String(text) if text.ends_with('Z') => json!(text.replace("12:00:00Z", "11:00:00.0-01:00")),
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn what_is_decorated_is_the_same(value in resource()) {
        let other = decorated(&value);
        prop_assert!(same(&value, &other), "{value} and {other}");
        prop_assert_eq!(differences(&value, &other), vec![]);
        prop_assert_eq!(differences(&other, &value), vec![]);
    }

    /// What is found has everything that is expected exactly if nothing differs.
    #[test]
    fn a_value_that_is_taken_away_differs(value in resource(), name in "[a-d]{1,2}") {
        let Value::Object(members) = &value else { return Ok(()) };
        let mut less = members.clone();
        if less.shift_remove(&name).is_some_and(|gone| !is_unassigned(&gone)) {
            let less = Value::Object(less);
            prop_assert!(!same(&value, &less));
            prop_assert_ne!(differences(&value, &less), vec![]);
            prop_assert_eq!(differences(&less, &value), vec![]);
        }
    }
}
