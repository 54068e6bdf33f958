use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
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
