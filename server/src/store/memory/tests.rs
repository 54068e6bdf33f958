use super::super::fixture::{ALL, Shelf, at, ids, member, now};
use super::*;
use scim::ErrorKind;
use serde_json::json;

mod laws;
mod long;
mod membership;
mod queries;

#[test]
fn what_is_created_can_be_got_by_its_type_and_id() {
    let shelf = Shelf::new();
    let created = shelf.user("bjensen");
    let got = shelf.get(&created).unwrap();
    assert_eq!((got.id, got.version, got.created), (created.id, 1, at("2026-01-01T00:00:00Z")));
    assert_eq!(got.attributes, created.attributes);
    let as_group = now(shelf.store.get(shelf.group, created.id, ALL)).unwrap_err();
    assert_eq!(as_group.kind(), ErrorKind::NotFound);
    insta::assert_snapshot!(as_group.detail().replace(&created.id.to_string(), "ID"), @"there is no Group with the id ID");
}

#[test]
fn id_meta_schemas_and_groups_are_not_taken_from_the_client() {
    use scim::resource::{Slot, Value};
    let shelf = Shelf::new();
    let mut fields = shelf.read(shelf.user, &json!({"userName": "bjensen"}));
    let plain = now(shelf.store.create(shelf.user, fields.clone(), ALL)).unwrap().attributes;
    let text = |text: &str| Slot::One(Value::String(text.into()));
    fields.set(shelf.attribute(shelf.user, "userName"), text("mandy"));
    for name in ["id", "schemas", "groups"] {
        fields.set(shelf.attribute(shelf.user, name), text("mine"));
    }
    let stored = now(shelf.store.create(shelf.user, fields, ALL)).unwrap();
    assert_eq!(stored.attributes.decode().iter().count(), plain.decode().iter().count());
    assert!(stored.groups().is_empty());
}

#[test]
fn a_change_counts_the_version_and_one_that_changes_nothing_does_not() {
    let shelf = Shelf::new();
    let user = shelf.user("bjensen");
    shelf.clock.advance(jiff::SignedDuration::from_secs(60));
    let same = shelf.modify(&user, shelf.set(shelf.user, "userName", "bjensen")).unwrap();
    assert!(!same.modified);
    assert_eq!((same.stored.version, same.stored.last_modified), (1, user.created));
    let other = shelf.modify(&user, shelf.set(shelf.user, "title", "Guide")).unwrap();
    assert!(other.modified);
    assert_eq!((other.stored.version, other.stored.last_modified), (2, at("2026-01-01T00:01:00Z")));
    assert_eq!(other.stored.created, user.created);
    assert_eq!(shelf.get(&user).unwrap().etag(), "W/\"2\"");
}

#[test]
fn a_change_that_fails_leaves_nothing_behind() {
    let shelf = Shelf::new();
    let person = shelf.user("bjensen");
    let group = shelf.group("Team", &[]);
    let (registry, members, id) = (shelf.registry.clone(), shelf.registry.members().unwrap(), person.id);
    let rename = shelf.set(shelf.group, "displayName", "Other");
    let error = shelf
        .modify(&group, move |draft| {
            rename(draft)?;
            assert!(draft.relation(members).unwrap().insert(&member(&registry, id))?);
            Err(Error::new(ErrorKind::NoTarget, "the third operation fails"))
        })
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoTarget);
    let after = shelf.get(&group).unwrap();
    assert_eq!((after.version, after.members().len()), (1, 0));
    assert_eq!(after.attributes, group.attributes);
    assert!(shelf.get(&person).unwrap().groups().is_empty());
}

#[test]
fn conditions_are_checked_under_the_lock_of_the_change() {
    // (if_match, unsatisfiable, if_none_match, allowed) for a resource of version 2
    let cases: [(&[u64], bool, &[u64], bool); 9] = [
        (&[], false, &[], true),
        (&[2], false, &[], true),
        (&[1, 2], false, &[], true),
        (&[1], false, &[], false),
        (&[], true, &[], false),
        (&[2], true, &[], true),
        (&[], false, &[2], false),
        (&[], false, &[1, 3], true),
        (&[2], false, &[2], false),
    ];
    for (if_match, if_match_unsatisfiable, if_none_match, allowed) in cases {
        let shelf = Shelf::new();
        let user = shelf.user("bjensen");
        shelf.modify(&user, shelf.set(shelf.user, "title", "Guide")).unwrap();
        let condition =
            Condition { if_match: if_match.into(), if_match_unsatisfiable, if_none_match: if_none_match.into() };
        let change: Change = Arc::new(shelf.set(shelf.user, "title", "Tour Guide"));
        let modified = now(shelf.store.modify(shelf.user, user.id, condition.clone(), change, ALL));
        assert_eq!(modified.is_ok(), allowed, "modify with {condition:?}");
        assert_eq!(shelf.get(&user).unwrap().version, if allowed { 3 } else { 2 });
        // A change went through: bring the versions of the condition up to date for the deletion.
        let up = u64::from(allowed);
        let condition = Condition {
            if_match: if_match.iter().map(|version| version + up).collect(),
            if_match_unsatisfiable,
            if_none_match: if_none_match.iter().map(|version| version + up).collect(),
        };
        let deleted = now(shelf.store.delete(shelf.user, user.id, condition.clone()));
        assert_eq!(deleted.is_ok(), allowed, "delete with {condition:?}");
        if let Err(error) = deleted {
            assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
            insta::allow_duplicates! {
                insta::assert_snapshot!(error.detail(), @r#"the resource has version W/"2" now; read it again and repeat the change with that version"#);
            }
        }
    }
}

#[test]
fn of_two_writers_with_one_version_one_is_refused() {
    let shelf = Shelf::new();
    let user = shelf.user("bjensen");
    let condition = Condition { if_match: vec![1], ..Condition::default() };
    let outcomes: Vec<bool> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|index| {
                let change: Change = Arc::new(shelf.set(shelf.user, "title", &format!("Title {index}")));
                let (condition, store) = (condition.clone(), shelf.store.clone());
                let (kind, id) = (shelf.user, user.id);
                scope.spawn(move || now(store.modify(kind, id, condition, change, ALL)).is_ok())
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|&&done| done).count(), 1);
}

#[test]
fn a_user_name_is_unique_by_its_prepared_form() {
    // (first, second, taken): reference table of UsernameCaseMapped
    let cases = [
        ("bjensen", "bjensen", true),
        ("bjensen", "BJensen", true),
        ("bjensen", "\u{ff42}\u{ff4a}ensen", true),
        ("\u{e9}ric", "e\u{301}ric", true),
        ("bjensen", "bjensen2", false),
        ("stra\u{df}e", "strasse", false),
    ];
    for (first, second, taken) in cases {
        let shelf = Shelf::new();
        shelf.user(first);
        let outcome = shelf.create(shelf.user, &json!({"userName": second}));
        assert_eq!(outcome.is_err(), taken, "{first} and {second}");
        if let Err(error) = outcome {
            assert_eq!((error.kind(), error.status()), (ErrorKind::Uniqueness, 409));
        }
        // Other attributes may repeat: externalId is the client's own, names of groups too (notes R7, R9).
        for _ in 0..2 {
            shelf.create(shelf.group, &json!({"displayName": first, "externalId": "7"})).unwrap();
        }
    }
}

#[test]
fn a_change_keeps_names_unique_and_a_deletion_sets_them_free() {
    let shelf = Shelf::new();
    let (one, two) = (shelf.user("one"), shelf.user("two"));
    let error = shelf.modify(&two, shelf.set(shelf.user, "userName", "ONE")).unwrap_err();
    insta::assert_snapshot!(error.detail(), @r#"userName "one" is taken by another resource; choose another value, or find and update that one"#);
    shelf.modify(&one, shelf.set(shelf.user, "userName", "One")).unwrap();
    shelf.modify(&one, shelf.set(shelf.user, "userName", "three")).unwrap();
    shelf.modify(&two, shelf.set(shelf.user, "userName", "ONE")).unwrap();
    shelf.delete(&two).unwrap();
    assert_eq!(shelf.get(&two).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(shelf.delete(&two).unwrap_err().kind(), ErrorKind::NotFound);
    shelf.user("one");
}

#[test]
fn of_a_hundred_parallel_creates_of_one_name_one_wins() {
    let shelf = Shelf::new();
    let outcomes: Vec<scim::Result<StoredResource>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..100)
            .map(|index| {
                let name = if index % 2 == 0 { "bjensen" } else { "BJENSEN" };
                let (fields, store, kind) =
                    (shelf.read(shelf.user, &json!({"userName": name})), &shelf.store, shelf.user);
                scope.spawn(move || now(store.create(kind, fields, ALL)))
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert_eq!(refused.filter(|error| error.kind() == ErrorKind::Uniqueness).count(), 99);
    assert_eq!(shelf.found(shelf.user, "userName eq \"bjensen\"").len(), 1);
}

#[test]
fn loading_keeps_ids_so_that_groups_can_name_their_members() {
    use scim::resource::{Slot, Value};
    use scim::schema::common;
    let shelf = Shelf::new();
    let id = "0190a000-0000-7000-8000-000000000001";
    let mut user = shelf.read(shelf.user, &json!({"userName": "bjensen"}));
    user.set(common::ID, Slot::One(Value::String(id.into())));
    let group = shelf.read(shelf.group, &json!({"displayName": "Team", "members": [{"value": id}]}));
    let loaded = shelf.store.load(&[(shelf.user, user.clone()), (shelf.group, group)]).unwrap();
    assert_eq!(loaded[0].to_string(), id);
    let group = now(shelf.store.get(shelf.group, loaded[1], ALL)).unwrap();
    assert_eq!(group.members().iter().map(|edge| edge.id).collect::<Vec<_>>(), [loaded[0]]);
    user.set(shelf.attribute(shelf.user, "userName"), Slot::One(Value::String("other".into())));
    let error = shelf.store.load(&[(shelf.user, user.clone())]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Uniqueness);
    user.set(common::ID, Slot::One(Value::String("7".into())));
    let error = shelf.store.load(&[(shelf.user, user)]).unwrap_err();
    insta::assert_snapshot!(error.detail(), @r#"resource 0 to load, or one of the 999 after it: id "7" is not a UUID in the form with hyphens"#);
}

#[test]
fn clearing_leaves_nothing_and_places_go_on() {
    let shelf = Shelf::new();
    let person = shelf.user("bjensen");
    let group = shelf.group("Team", &[&person]);
    now(shelf.store.clear()).unwrap();
    assert!(shelf.get(&person).is_err() && shelf.get(&group).is_err());
    assert!(shelf.found(shelf.user, "userName eq \"bjensen\"").is_empty());
    let again = shelf.user("bjensen");
    assert!(again.id > person.id);
    assert!(again.groups().is_empty());
    assert_eq!(ids([&again]), shelf.found(shelf.user, "userName pr"));
}
