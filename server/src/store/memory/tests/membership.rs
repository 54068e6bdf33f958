//! The rules of membership as clients meet them.

use super::*;

fn insert(shelf: &Shelf, group: &StoredResource, who: &StoredResource) -> scim::Result<ChangeResult> {
    let (registry, members, id) = (shelf.registry.clone(), shelf.registry.members().unwrap(), who.id);
    shelf.modify(group, move |draft| draft.relation(members).unwrap().insert(&member(&registry, id)).map(drop))
}

fn groups(shelf: &Shelf, who: &StoredResource) -> Vec<(uuid::Uuid, bool)> {
    shelf.get(who).unwrap().groups().iter().map(|edge| (edge.id, edge.direct)).collect()
}

#[test]
fn a_member_must_be_a_user_or_group_of_the_tenant_and_of_the_type_given() {
    let shelf = Shelf::new();
    let person = shelf.user("bjensen");
    let other_tenant = Shelf::new().user("mandy");
    let id = person.id.to_string();
    let upper = id.to_uppercase();
    let cases = [
        (json!({"value": id}), None),
        (json!({"value": upper}), None),
        (json!({"value": id, "type": "user"}), None),
        (json!({"value": id, "$ref": "https://elsewhere.example.org/Users/9", "display": "Somebody"}), None),
        (
            json!({"value": id, "type": "Group"}),
            Some("members: ID is a User, not a \"Group\"; correct the type or leave it out"),
        ),
        (json!({"type": "User"}), Some("members: a member needs a value, the id of a user or group")),
        (json!({"value": "bjensen"}), Some("members: there is no user or group with the id \"bjensen\"")),
    ];
    for (value, refused) in cases {
        let outcome = shelf.create(shelf.group, &json!({"displayName": "Team", "members": [value]}));
        match (outcome, refused) {
            (Ok(group), None) => assert_eq!(group.members()[0].id, person.id, "{value}"),
            (Err(error), Some(expected)) => {
                assert_eq!(error.kind(), ErrorKind::InvalidValue);
                assert_eq!(error.detail().replace(&format!("{id:?}"), "ID"), expected);
            }
            (outcome, _) => panic!("{value}: {outcome:?}"),
        }
    }
    // The ids of two tenants are made apart; here they are equal, so delete to see that only one is known.
    assert_eq!(other_tenant.id, person.id);
    shelf.delete(&person).unwrap();
    let body = json!({"displayName": "Team", "members": [{"value": other_tenant.id.to_string()}]});
    assert_eq!(shelf.create(shelf.group, &body).unwrap_err().kind(), ErrorKind::InvalidValue);
}

#[test]
fn nested_groups_make_indirect_members_and_cycles_are_refused() {
    let shelf = Shelf::new();
    let person = shelf.user("bjensen");
    let inner = shelf.group("Inner", &[&person]);
    let middle = shelf.group("Middle", &[&inner]);
    let outer = shelf.group("Outer", &[&middle, &person]);
    assert_eq!(groups(&shelf, &person), [(inner.id, true), (middle.id, false), (outer.id, true)]);
    for (group, who) in [(&inner, &outer), (&inner, &middle), (&inner, &inner), (&middle, &outer)] {
        let error = insert(&shelf, group, who).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidValue);
        assert!(error.detail().ends_with("the group would be a member of itself, directly or through other groups"));
    }
    shelf.delete(&middle).unwrap();
    assert_eq!(groups(&shelf, &person), [(inner.id, true), (outer.id, true)]);
    insert(&shelf, &inner, &outer).unwrap();
    assert_eq!(groups(&shelf, &person), [(inner.id, true), (outer.id, true)]);
}

#[test]
fn a_deletion_changes_the_groups_that_it_takes_a_member_from() {
    let shelf = Shelf::new();
    let (person, other) = (shelf.user("bjensen"), shelf.user("mandy"));
    let inner = shelf.group("Inner", &[&person, &other]);
    let outer = shelf.group("Outer", &[&inner]);
    shelf.clock.advance(jiff::SignedDuration::from_secs(5));
    shelf.delete(&person).unwrap();
    let after = shelf.get(&inner).unwrap();
    assert_eq!(after.members().iter().map(|edge| edge.id).collect::<Vec<_>>(), [other.id]);
    assert_eq!((after.version, after.last_modified), (2, at("2026-01-01T00:00:05Z")));
    assert_eq!(shelf.get(&outer).unwrap().version, 1);
    shelf.delete(&inner).unwrap();
    assert!(shelf.get(&outer).unwrap().members().is_empty());
    assert!(groups(&shelf, &other).is_empty());
    // Row numbers are used again; memberships of the dead must not come back with them.
    let (new_person, new_group) = (shelf.user("new"), shelf.group("New", &[]));
    assert!(groups(&shelf, &new_person).is_empty());
    assert!(shelf.get(&new_group).unwrap().members().is_empty());
    assert!(groups(&shelf, &other).is_empty());
}

#[test]
fn filters_ask_the_relation() {
    let shelf = Shelf::new();
    let (one, two) = (shelf.user("one"), shelf.user("two"));
    let inner = shelf.group("Inner", &[&one]);
    let outer = shelf.group("Outer", &[&inner, &two]);
    let nobody = shelf.group("Nobody", &[]);
    let group_cases = [
        (format!("members eq \"{}\"", one.id), vec![inner.id]),
        (format!("members.value eq \"{}\"", two.id.to_string().to_uppercase()), vec![outer.id]),
        (format!("members[value eq \"{}\"] and displayName sw \"o\"", inner.id), vec![outer.id]),
        (format!("members[value eq \"{}\" and type eq \"User\"]", inner.id), vec![]),
        (format!("id eq \"{}\" and members eq \"{}\"", inner.id, one.id), vec![inner.id]),
        (format!("id eq \"{}\" and members eq \"{}\"", outer.id, one.id), vec![]),
        (format!("not (members eq \"{}\")", one.id), vec![outer.id, nobody.id]),
        (format!("members eq \"{}\" or displayName eq \"nobody\"", one.id), vec![inner.id, nobody.id]),
        ("members eq \"nobody\"".into(), vec![]),
        ("members pr".into(), vec![inner.id, outer.id]),
        ("members.display eq \"TWO\"".into(), vec![outer.id]),
        ("members.type eq \"group\"".into(), vec![outer.id]),
        (format!("members.$ref eq \"{}/Users/{}\"", super::super::super::fixture::BASE, one.id), vec![inner.id]),
    ];
    for (filter, expected) in group_cases {
        assert_eq!(shelf.found(shelf.group, &filter), expected, "{filter}");
    }
    let user_cases = [
        (format!("groups.value eq \"{}\"", inner.id), vec![one.id]),
        (format!("groups.value eq \"{}\"", outer.id), vec![one.id, two.id]),
        (format!("not (groups.value eq \"{}\")", inner.id), vec![two.id]),
        (format!("groups[value eq \"{}\" and type eq \"direct\"]", outer.id), vec![two.id]),
        ("groups.display eq \"inner\"".into(), vec![one.id]),
        (format!("groups.value eq \"{}\"", nobody.id), vec![]),
    ];
    for (filter, expected) in user_cases {
        assert_eq!(shelf.found(shelf.user, &filter), expected, "{filter}");
    }
}
