use serde_json::json;

use super::*;
use crate::client;
use crate::entry::{Dn, Entry};
use crate::mapping::{DesiredUser, FieldRule, Mapping, field};

fn desired(attributes: &[(&str, &str)]) -> DesiredUser {
    let mut entry = Entry::new(Dn::parse("uid=ada,dc=x").unwrap());
    for (name, value) in attributes {
        entry.push(name, value.as_bytes());
    }
    let mut rules: Vec<FieldRule> = Mapping::inet_org_person().rules().iter().map(|rule| (**rule).clone()).collect();
    for (name, attribute) in [("roles", "role"), ("IANUser:officeLocation", "office"), ("IANUser:otherMails", "other")]
    {
        rules.push(FieldRule::copy(field::find(name).unwrap(), &[attribute]));
    }
    Mapping::new(rules, crate::mapping::AccountStatus::default()).desired(&entry).unwrap()
}

fn description() -> &'static Description {
    client::find("pingfederate-aquera").unwrap()
}

#[test]
fn a_new_user_carries_each_field_in_its_place() {
    let ada = desired(&[
        ("uid", "ada"),
        ("givenName", "Ada"),
        ("sn", "Lovelace"),
        ("mail", "ada@example.com"),
        ("mail", "second@example.com"),
        ("telephoneNumber", "+44 1"),
        ("l", "London"),
        ("c", "GB"),
        ("ou", "Engines"),
        ("role", "a"),
        ("role", "b"),
        ("office", "B2"),
        ("other", "x@example.com"),
    ]);
    insta::assert_json_snapshot!(new_user(description(), &ada.values, true), @r#"
    {
      "schemas": [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:schemas:ian:2.0:User"
      ],
      "userName": "ada",
      "name": {
        "givenName": "Ada",
        "familyName": "Lovelace"
      },
      "emails": [
        {
          "type": "work",
          "primary": true,
          "value": "ada@example.com"
        }
      ],
      "phoneNumbers": [
        {
          "type": "work",
          "value": "+44 1"
        }
      ],
      "addresses": [
        {
          "type": "work",
          "locality": "London",
          "country": "GB"
        }
      ],
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
        "department": "Engines"
      },
      "roles": [
        {
          "value": "a"
        },
        {
          "value": "b"
        }
      ],
      "urn:ietf:params:scim:schemas:ian:2.0:User": {
        "officeLocation": "B2",
        "otherMails": [
          "x@example.com"
        ]
      },
      "active": true
    }
    "#);
}

#[test]
fn a_merge_keeps_what_the_mapping_does_not_fill_and_never_clears() {
    let read = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "42",
        "meta": { "resourceType": "User" },
        "groups": [{ "value": "7" }],
        "UserName": "old",
        "nickName": "Countess",
        "title": "Kept",
        "photos": [],
        "name": { "givenName": "Augusta", "middleName": "King", "familyName": null },
        "emails": [
            { "type": "Work", "value": "old@example.com", "primary": false, "display": "Ada" },
            { "type": "home", "value": "home@example.com", "primary": true },
        ],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "manager": { "value": "1" } },
    });
    let ada = desired(&[
        ("uid", "ada"),
        ("givenName", "Ada"),
        ("mail", "ada@example.com"),
        ("mobile", "+44 2"),
        ("ou", "Engines"),
    ]);
    insta::assert_json_snapshot!(merged_user(description(), read.as_object().unwrap(), ada.updatable(), false), @r#"
    {
      "schemas": [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
      ],
      "id": "42",
      "UserName": "ada",
      "nickName": "Countess",
      "title": "Kept",
      "name": {
        "givenName": "Ada",
        "middleName": "King"
      },
      "emails": [
        {
          "type": "Work",
          "value": "ada@example.com",
          "primary": false,
          "display": "Ada"
        },
        {
          "type": "home",
          "value": "home@example.com",
          "primary": true
        }
      ],
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
        "manager": {
          "value": "1"
        },
        "department": "Engines"
      },
      "phoneNumbers": [
        {
          "type": "mobile",
          "value": "+44 2"
        }
      ],
      "active": false
    }
    "#);
}

#[test]
fn what_was_put_is_found_again_in_its_place() {
    let ada = desired(&[
        ("uid", "ada"),
        ("sn", "L"),
        ("mail", "a@example.com"),
        ("ou", "E"),
        ("role", "r"),
        ("other", "o@example.com"),
    ]);
    let user = new_user(description(), &ada.values, true);
    for mapped in &ada.values {
        let place = &mapped.rule.field.place;
        assert_eq!(look_up(&user, place).as_ref(), Some(&mapped.value), "{place}");
    }
    let absent = field::find("homePhone").unwrap();
    assert_eq!(look_up(&user, &absent.place), None);
}

#[test]
fn templates_and_filters_are_filled_with_escapes() {
    let template = json!({ "a": "${x}", "b": ["${list}", 1], "c": "id is \"${x}\"", "d": "${y} ${" });
    let values = [("x", json!("q\"\\")), ("list", json!([1, 2]))];
    assert_eq!(
        filled(&template, &values),
        json!({ "a": "q\"\\", "b": [[1, 2], 1], "c": "id is \"q\\\"\\\\\"", "d": "${y} ${" })
    );
    assert_eq!(filter("userName eq \"${value}\"", "o'mul\"rony\\ +é"), "userName eq \"o'mul\\\"rony\\\\ +é\"");
}

#[test]
fn a_manager_and_an_extension_of_ones_own_stand_below_their_urns() {
    let mut entry = Entry::new(Dn::parse("uid=ada,dc=x").unwrap());
    for (name, value) in
        [("uid", "ada"), ("boss", "4711"), ("badge", "B7"), ("mail", "a@example.com"), ("home", "h@example.com")]
    {
        entry.push(name, value.as_bytes());
    }
    let rules = [
        ("userName", "uid"),
        ("manager", "boss"),
        ("urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge", "badge"),
        ("workEmail", "mail"),
        ("homeEmail", "home"),
    ];
    let rules = rules.map(|(name, attribute)| FieldRule::copy(field::find(name).unwrap(), &[attribute]));
    let mapping = Mapping::new(rules.into(), crate::mapping::AccountStatus::default());
    let ada = mapping.desired(&entry).unwrap();
    let user = new_user(description(), &ada.values, true);
    assert_eq!(
        user["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        json!({ "manager": { "value": "4711" } })
    );
    assert_eq!(user["urn:ietf:params:scim:schemas:extension:acme:2.0:User"], json!({ "badge": "B7" }));
    assert_eq!(user["emails"].as_array().unwrap().len(), 2);
    assert_eq!(user["schemas"].as_array().unwrap().len(), 3);
    assert_eq!(look_up(&user, &field::find("manager").unwrap().place), Some(json!("4711")));
}
