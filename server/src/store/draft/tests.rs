use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use scim::patch::{self, TreeDraft};
use scim::resource::read::Policy;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::super::fixture::{Shelf, ids, member};
use super::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Insert(usize),
    Remove(usize),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_usize..8).prop_map(Step::Insert),
        4 => (0_usize..8).prop_map(Step::Remove),
        1 => Just(Step::Clear),
    ]
}

/// What `visit` is shown, by the `value` of each member.
fn shown(relation: &dyn Relation, value: AttributeId) -> Vec<String> {
    let mut keys = Vec::new();
    relation.for_each(&mut |fields| keys.push(fields.string(value).unwrap().to_owned()));
    keys.sort();
    keys
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// The overlay answers each step, and is stored in the end, as if it were a set of its own.
    #[test]
    fn the_overlay_behaves_as_a_set(
        before in prop::collection::btree_set(0_usize..8, 0..8),
        steps in prop::collection::vec(step(), 0..24),
    ) {
        let shelf = Shelf::new();
        let people: Vec<_> = (0..8).map(|index| shelf.user(&format!("person{index}"))).collect();
        let group = shelf.group("Team", &before.iter().map(|&index| &people[index]).collect::<Vec<_>>());
        let ids: Vec<Uuid> = ids(&people);
        let members = shelf.registry.members().unwrap();
        let value = shelf.registry.find_sub_attribute(members, "value").unwrap();
        let (registry, keys, initial) = (shelf.registry.clone(), ids.clone(), before.clone());
        let outcome: Arc<Mutex<BTreeSet<usize>>> = Arc::default();
        let result = outcome.clone();
        let changed = shelf.modify(&group, move |draft| {
            let relation = draft.relation(members).unwrap();
            let mut model = initial.clone();
            for step in &steps {
                match *step {
                    Step::Insert(index) => {
                        assert_eq!(relation.insert(&member(&registry, keys[index]))?, model.insert(index));
                    }
                    Step::Remove(index) => {
                        assert_eq!(relation.remove(&keys[index].to_string()), model.remove(&index));
                    }
                    Step::Clear => {
                        assert_eq!(relation.clear(), !model.is_empty());
                        model.clear();
                    }
                }
                for (index, key) in keys.iter().enumerate() {
                    assert_eq!(relation.contains(&key.to_string()), model.contains(&index));
                }
                let mut expected: Vec<String> = model.iter().map(|&index| keys[index].to_string()).collect();
                expected.sort();
                assert_eq!(shown(relation, value), expected);
            }
            *result.lock().unwrap() = model;
            Ok(())
        }).unwrap();
        let outcome = outcome.lock().unwrap().clone();
        prop_assert_eq!(changed.modified, outcome != before);
        prop_assert_eq!(changed.stored.version, if outcome == before { 1 } else { 2 });
        let stored: BTreeSet<Uuid> = shelf.get(&group).unwrap().members().iter().map(|edge| edge.id).collect();
        prop_assert_eq!(stored, outcome.iter().map(|&index| ids[index]).collect::<BTreeSet<_>>());
        for (index, person) in people.iter().enumerate() {
            prop_assert_eq!(shelf.get(person).unwrap().groups().len(), usize::from(outcome.contains(&index)));
        }
    }
}

/// One operation of a PATCH on a group, over eight people.
fn operation() -> impl Strategy<Value = Operation> {
    let people = || prop::collection::vec(0_usize..8, 0..4);
    prop_oneof![
        people().prop_map(Operation::Add),
        people().prop_map(Operation::AddWithoutPath),
        people().prop_map(Operation::Replace),
        (0_usize..8).prop_map(Operation::Remove),
        (0_usize..8).prop_map(Operation::ReplaceOne),
        Just(Operation::RemoveAll),
        "[ab]{1,2}".prop_map(Operation::Rename),
    ]
}

#[derive(Clone, Debug)]
enum Operation {
    Add(Vec<usize>),
    AddWithoutPath(Vec<usize>),
    Replace(Vec<usize>),
    Remove(usize),
    ReplaceOne(usize),
    RemoveAll,
    Rename(String),
}

impl Operation {
    fn json(&self, ids: &[Uuid]) -> Json {
        let values = |people: &[usize]| -> Json { people.iter().map(|&index| json!({"value": ids[index]})).collect() };
        match self {
            Self::Add(people) => json!({"op": "add", "path": "members", "value": values(people)}),
            Self::AddWithoutPath(people) => json!({"op": "add", "value": {"members": values(people)}}),
            Self::Replace(people) => json!({"op": "replace", "path": "members", "value": values(people)}),
            Self::Remove(index) => json!({"op": "remove", "path": format!("members[value eq \"{}\"]", ids[*index])}),
            Self::ReplaceOne(index) => json!({
                "op": "replace", "path": format!("members[value eq \"{}\"]", ids[*index]), "value": {"value": ids[*index]}
            }),
            Self::RemoveAll => json!({"op": "remove", "path": "members"}),
            Self::Rename(name) => json!({"op": "replace", "path": "displayName", "value": name}),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// A PATCH comes to the same on the store as on the plain tree.
    #[test]
    fn a_patch_of_a_group_comes_to_the_same_as_on_a_tree(
        before in prop::collection::btree_set(0_usize..8, 0..6),
        operations in prop::collection::vec(operation(), 1..6),
    ) {
        let shelf = Shelf::new();
        let people: Vec<_> = (0..8).map(|index| shelf.user(&format!("person{index}"))).collect();
        let group = shelf.group("Team", &before.iter().map(|&index| &people[index]).collect::<Vec<_>>());
        let ids: Vec<Uuid> = ids(&people);
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations.iter().map(|operation| operation.json(&ids)).collect::<Json>(),
        });
        let policy = Policy::default();
        let patch = patch::read(&shelf.registry, shelf.group, &body, &policy).unwrap();

        let members: Vec<Json> = before.iter().map(|&index| json!({"value": ids[index]})).collect();
        let mut tree = TreeDraft(shelf.read(shelf.group, &json!({"displayName": "Team", "members": members})));
        let on_tree = patch::apply(&shelf.registry, shelf.group, &patch, &policy, &mut tree);

        let (registry, kind) = (shelf.registry.clone(), shelf.group);
        let on_store = shelf.modify(&group, move |draft| patch::apply(&registry, kind, &patch, &policy, draft));
        prop_assert_eq!(on_tree.as_ref().err().map(Error::kind), on_store.as_ref().err().map(Error::kind));
        if on_tree.is_ok() {
            let stored = shelf.get(&group).unwrap();
            let display_name = shelf.attribute(shelf.group, "displayName");
            let fields = stored.attributes.decode();
            prop_assert_eq!(fields.string(display_name), tree.0.string(display_name));
            let attribute = shelf.registry.members().unwrap();
            let value = shelf.registry.find_sub_attribute(attribute, "value").unwrap();
            let of_tree: BTreeSet<String> = tree.0.values(attribute).iter().map(|member| match member {
                Value::Complex(subs) => subs.string(value).unwrap().to_owned(),
                other => panic!("{other:?} is not a member"),
            }).collect();
            let of_store: BTreeSet<String> = stored.members().iter().map(|edge| edge.id.to_string()).collect();
            prop_assert_eq!(of_store, of_tree);
        }
    }
}

#[test]
fn a_member_is_shown_with_value_type_and_display() {
    let shelf = Shelf::new();
    let person = shelf.user("bjensen");
    let group = shelf.group("Team", &[&person]);
    let (registry, members, id) = (shelf.registry.clone(), shelf.registry.members().unwrap(), person.id);
    let sub = move |name| registry.find_sub_attribute(members, name).unwrap();
    shelf
        .modify(&group, move |draft| {
            draft.relation(members).unwrap().for_each(&mut |fields| {
                assert_eq!(fields.string(sub("value")), Some(id.to_string().as_str()));
                assert_eq!(fields.string(sub("type")), Some("User"));
                assert_eq!(fields.string(sub("display")), Some("bjensen"));
            });
            Ok(())
        })
        .unwrap();
}

#[test]
fn only_the_members_of_groups_are_a_relation() {
    let shelf = Shelf::new();
    let person = shelf.user("bjensen");
    let members = shelf.registry.members().unwrap();
    let user_name = shelf.attribute(shelf.user, "userName");
    shelf
        .modify(&person, move |draft| {
            assert!(draft.relation(members).is_none());
            assert!(draft.relation(user_name).is_none());
            assert_eq!(draft.fields().string(user_name), Some("bjensen"));
            Ok(())
        })
        .unwrap();
}
