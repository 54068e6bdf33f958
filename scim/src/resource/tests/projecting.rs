use serde_json::{Value as Json, json};

use super::{BADGE, read_as, registry, shown, user, written_with};
use crate::resource::projection::Projection;
use crate::resource::read::Policy;
use crate::schema::common;
use crate::schema::standard::{ENTERPRISE_USER, USER};

fn answer(attributes: Option<&str>, excluded: Option<&str>) -> Json {
    let body = json!({"userName": "babs", "externalId": "x", "password": "secret", "title": "Guide",
        "name": {"givenName": "Barbara", "familyName": "Jensen"},
        "emails": [{"value": "b@example.com", "type": "work"}, {"value": "babs@example.org"}],
        ENTERPRISE_USER: {"department": "Tours", "manager": {"value": "m", "$ref": "../Users/m"}},
        BADGE: {"colour": "red", "note": "n", "pin": "1234", "tag": {"code": "c", "hint": "h"},
            "desk": {"building": "B", "site": "s", "plan": "p", "code": "c", "room": "1"}}});
    let fields = read_as(user(), &body, &Policy::default()).unwrap();
    let projection = Projection::new(registry(), user(), attributes, excluded).unwrap();
    let mut answer = written_with(user(), &fields, &projection);
    let schemas = answer["schemas"].take();
    let extensions = [ENTERPRISE_USER, BADGE].into_iter().filter(|uri| answer.get(*uri).is_some());
    assert_eq!(schemas, [USER].into_iter().chain(extensions).collect::<Json>(), "schemas name what is there");
    answer.as_object_mut().unwrap().shift_remove("schemas");
    answer
}

/// What is there whatever is asked.
fn minimum(more: &Json) -> Json {
    let mut badge = json!({"colour": "red", "tag": {"code": "c"}, "desk": {"site": "s"}});
    let mut answer = json!({});
    for (name, value) in more.as_object().unwrap() {
        if name == BADGE {
            for (name, value) in value.as_object().unwrap() {
                badge[name] = value.clone();
            }
        } else {
            answer[name] = value.clone();
        }
    }
    answer[BADGE] = badge;
    answer
}

#[test]
fn without_parameters_what_is_returned_always_or_by_default() {
    let expected = minimum(&json!({"userName": "babs", "externalId": "x", "title": "Guide",
        "name": {"givenName": "Barbara", "familyName": "Jensen"},
        "emails": [{"value": "b@example.com", "type": "work"}, {"value": "babs@example.org"}],
        ENTERPRISE_USER: {"department": "Tours", "manager": {"value": "m", "$ref": "../Users/m"}},
        BADGE: {"desk": {"building": "B", "site": "s", "room": "1"}}}));
    assert_eq!(answer(None, None), expected);
    assert_eq!(answer(Some(""), Some(" , ")), expected, "parameters that name nothing");
}

#[test]
fn attributes_says_what_is_there_beside_the_minimum() {
    let emails = json!([{"value": "b@example.com", "type": "work"}, {"value": "babs@example.org"}]);
    let cases = [
        ("userName", json!({"userName": "babs"})),
        (" USERNAME , title,", json!({"userName": "babs", "title": "Guide"})),
        ("urn:ietf:params:scim:schemas:core:2.0:User:title", json!({"title": "Guide"})),
        ("foo,a b,.,urn:x", json!({})),
        ("password,urn:example:params:scim:schemas:extension:badge:2.0:User:pin", json!({})),
        ("name.givenName", json!({"name": {"givenName": "Barbara"}})),
        ("name.givenName,name", json!({"name": {"givenName": "Barbara", "familyName": "Jensen"}})),
        ("emails", json!({"emails": emails})),
        ("emails.type", json!({"emails": [{"type": "work"}]})),
        ("emails.primary", json!({})),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
            json!({ENTERPRISE_USER: {"manager": {"value": "m"}}}),
        ),
        (
            ENTERPRISE_USER,
            json!({ENTERPRISE_USER: {"department": "Tours", "manager": {"value": "m", "$ref": "../Users/m"}}}),
        ),
        ("urn:example:params:scim:schemas:extension:badge:2.0:User:note", json!({BADGE: {"note": "n"}})),
        (BADGE, json!({BADGE: {"desk": {"building": "B", "site": "s", "room": "1"}}})),
        (
            "urn:example:params:scim:schemas:extension:badge:2.0:User:desk.plan",
            json!({BADGE: {"desk": {"plan": "p", "site": "s"}}}),
        ),
        (
            "urn:example:params:scim:schemas:extension:badge:2.0:User:tag.hint",
            json!({BADGE: {"tag": {"code": "c", "hint": "h"}}}),
        ),
    ];
    for (attributes, expected) in cases {
        assert_eq!(answer(Some(attributes), None), minimum(&expected), "{attributes}");
    }
}

#[test]
fn excluded_attributes_takes_away_all_but_the_minimum() {
    let everything = answer(None, None);
    let cases: [(&str, &[&str]); 6] = [
        ("id,schemas,foo", &[]),
        ("userName,TITLE", &["/userName", "/title"]),
        ("name.familyName", &["/name/familyName"]),
        ("name.familyName,name.givenName", &["/name"]),
        ("emails.value", &["/emails/0/value", "/emails/1"]),
        (ENTERPRISE_USER, &["/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]),
    ];
    for (excluded, gone) in cases {
        let mut expected = everything.clone();
        for pointer in gone.iter().rev() {
            remove(&mut expected, pointer);
        }
        assert_eq!(answer(None, Some(excluded)), expected, "{excluded}");
    }
    let minimum_of_badge = answer(None, Some(BADGE));
    assert_eq!(minimum_of_badge[BADGE], json!({"colour": "red", "tag": {"code": "c"}, "desk": {"site": "s"}}));
}

fn remove(value: &mut Json, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Json::Object(members) => drop(members.shift_remove(name)),
        Json::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => panic!("{pointer}"),
    }
}

#[test]
fn both_parameters_exclude_each_other() {
    let error = Projection::new(registry(), user(), Some("userName"), Some("title")).expect_err("both");
    assert_eq!(
        shown(&error),
        "invalidValue: attributes and excludedAttributes exclude each other (RFC 7644 section 3.9); send only one of them"
    );
}

#[test]
fn a_projection_says_what_the_store_need_not_fill() {
    let groups = registry().groups().unwrap();
    let wants = |attributes, excluded| Projection::new(registry(), user(), attributes, excluded).unwrap().wants(groups);
    assert!(wants(None, None) && wants(Some("groups.value"), None));
    assert!(!wants(Some("userName"), None) && !wants(None, Some("groups")));
    assert!(Projection::new(registry(), user(), Some("x"), None).unwrap().wants(common::ID));
    let members = registry().members().unwrap();
    assert!(!Projection::everything(registry(), user()).wants(members), "an attribute of another resource type");
}
