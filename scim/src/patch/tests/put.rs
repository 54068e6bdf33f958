use serde_json::{Value as Json, json};

use super::{complete, group, read_as, registry, shown, user, written};
use crate::Result;
use crate::patch::{Draft, TreeDraft, replace};
use crate::resource::Value;
use crate::resource::read::Policy;
use crate::resource::tests::BADGE;
use crate::schema::standard::ENTERPRISE_USER;
use crate::schema::{ResourceTypeId, common};

fn put(kind: ResourceTypeId, before: &Json, body: &Json) -> Result<Json> {
    let read = |body| read_as(kind, &complete(kind, body), &Policy::default()).unwrap();
    let mut draft = TreeDraft(read(before));
    replace(registry(), kind, &read(body), &mut draft)?;
    let mut answer = written(kind, &draft.0);
    answer.as_object_mut().unwrap().shift_remove("schemas");
    Ok(answer)
}

#[test]
fn what_is_not_mentioned_is_cleared() {
    let before = json!({"title": "T", "nickName": "N", "emails": [{"value": "a"}, {"value": "b"}],
        "name": {"familyName": "J", "givenName": "G"}, ENTERPRISE_USER: {"department": "D"}});
    let body = json!({"title": "U", "nickName": null, "emails": [{"value": "b"}], "name": {"givenName": "H"}});
    let after = json!({"userName": "b", "title": "U", "emails": [{"value": "b"}], "name": {"givenName": "H"}});
    assert_eq!(put(user(), &before, &body), Ok(after));
}

#[test]
fn what_a_client_cannot_set_or_see_stays() {
    let find = |name| registry().find_attribute(user(), name).unwrap();
    let mut before = read_as(user(), &json!({"userName": "b", "password": "secret"}), &Policy::default()).unwrap();
    before.set(common::ID, crate::resource::Slot::One(Value::String("1".into())));
    let mut draft = TreeDraft(before);
    let body = read_as(user(), &json!({"userName": "c", "id": "2"}), &Policy::default()).unwrap();
    replace(registry(), user(), &body, &mut draft).unwrap();
    assert_eq!(draft.fields().string(common::ID), Some("1"));
    assert_eq!(draft.fields().string(find("password")), Some("secret"));
    assert_eq!(draft.fields().string(find("userName")), Some("c"));

    let body = read_as(user(), &json!({"userName": "c", "password": null}), &Policy::default()).unwrap();
    replace(registry(), user(), &body, &mut draft).unwrap();
    assert_eq!(draft.fields().slot(find("password")), None, "null clears");
}

#[test]
fn an_immutable_value_matches_or_is_left_out() {
    let before = json!({BADGE: {"number": "1", "desk": {"building": "B", "site": "s", "room": "1"},
        "keys": [{"value": "k", "label": "l"}]}});
    let outcome = |badge: Json| put(user(), &before, &json!({BADGE: badge})).map(|mut answer| answer[BADGE].take());
    assert_eq!(outcome(json!({})), Ok(json!({"number": "1"})));
    assert_eq!(
        outcome(
            json!({"number": "1", "desk": {"building": "C", "floor": 2}, "keys": [{"value": "j"}, {"value": "k"}]})
        ),
        Ok(
            json!({"number": "1", "desk": {"building": "C", "room": "1", "floor": 2}, "keys": [{"value": "j"}, {"value": "k"}]})
        )
    );
    for badge in [json!({"number": "2"}), json!({"number": null}), json!({"desk": {"building": "B", "room": "2"}})] {
        let error = outcome(badge.clone()).expect_err("a change of what is immutable");
        assert!(shown(&error).starts_with("mutability: "), "{badge}: {error:?}");
    }
    assert_eq!(put(user(), &json!({}), &before).map(|mut answer| answer[BADGE].take()), Ok(before[BADGE].clone()));
}

#[test]
fn members_keep_what_the_client_need_not_repeat() {
    let before = json!({"members": [{"value": "a", "type": "User"}, {"value": "b", "type": "Group"}]});
    let after = put(group(), &before, &json!({"members": [{"value": "c"}, {"value": "b"}]}));
    assert_eq!(after, Ok(json!({"displayName": "b", "members": [{"value": "c"}, {"value": "b", "type": "Group"}]})));
    assert_eq!(put(group(), &before, &json!({})), Ok(json!({"displayName": "b"})));
    let error = put(group(), &before, &json!({"members": [{"value": "b", "type": "User"}]})).expect_err("another type");
    let error = shown(&error);
    assert!(error.starts_with("mutability: members has sub-attributes that are immutable"), "{error}");
}
