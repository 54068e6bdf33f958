use proptest::prelude::*;

use super::*;

/// The same by looking at every pair.
#[derive(Default)]
struct Model(BTreeSet<(u32, u32)>);

impl Model {
    fn groups(&self, member: u32) -> BTreeMap<u32, bool> {
        let direct: BTreeSet<u32> = self.0.iter().filter(|pair| pair.1 == member).map(|pair| pair.0).collect();
        let mut all = direct.clone();
        loop {
            let outer: BTreeSet<u32> = self
                .0
                .iter()
                .filter(|pair| all.contains(&pair.1))
                .map(|pair| pair.0)
                .chain(all.iter().copied())
                .collect();
            if outer == all {
                return all.into_iter().map(|group| (group, direct.contains(&group))).collect();
            }
            all = outer;
        }
    }
}

const ROWS: u32 = 6;

#[derive(Clone, Debug)]
enum Step {
    Insert(u32, u32),
    Remove(u32, u32),
    Empty(u32),
    Forget(u32),
    Clean(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let row = || 0_u32..ROWS;
    prop_oneof![
        8 => (row(), row()).prop_map(|(group, member)| Step::Insert(group, member)),
        4 => (row(), row()).prop_map(|(group, member)| Step::Remove(group, member)),
        1 => row().prop_map(Step::Empty),
        1 => row().prop_map(Step::Forget),
        2 => (0_usize..4).prop_map(Step::Clean),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn it_behaves_as_a_set_of_pairs_without_cycles(steps in prop::collection::vec(step(), 0..60)) {
        let mut relation = Membership::default();
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Insert(group, member) => {
                    let cycle = group == member || model.groups(group).contains_key(&member);
                    prop_assert_eq!(relation.would_make_cycle(group, member), cycle);
                    if !cycle {
                        prop_assert_eq!(relation.insert(group, member), model.0.insert((group, member)));
                    }
                }
                Step::Remove(group, member) => {
                    prop_assert_eq!(relation.remove(group, member), model.0.remove(&(group, member)));
                }
                Step::Empty(group) => {
                    relation.empty(group);
                    model.0.retain(|pair| pair.0 != group);
                }
                Step::Forget(member) => {
                    let groups = relation.forget_member(member);
                    let expected: Vec<u32> = model.0.iter().filter(|pair| pair.1 == member).map(|pair| pair.0).collect();
                    prop_assert_eq!(groups, expected);
                    model.0.retain(|pair| pair.1 != member);
                }
                Step::Clean(portion) => {
                    relation.clean(portion);
                }
            }
            prop_assert_eq!(relation.len(), model.0.len());
            let copy = relation.clone();
            for row in 0..ROWS {
                let members: Vec<u32> = model.0.iter().filter(|pair| pair.0 == row).map(|pair| pair.1).collect();
                prop_assert_eq!(relation.count(row), members.len());
                prop_assert_eq!(relation.members(row, None).collect::<Vec<_>>(), members);
                let groups: Vec<(u32, bool)> = model.groups(row).into_iter().collect();
                prop_assert_eq!(copy.groups(row), groups.clone());
                prop_assert_eq!(relation.groups(row), groups);
                let below: BTreeSet<u32> = (0..ROWS).filter(|&other| model.groups(other).contains_key(&row)).collect();
                prop_assert_eq!(relation.descendants(row, 100), Some(below));
            }
        }
    }
}

#[test]
fn cleaning_leaves_nothing_of_an_emptied_group_but_who_came_back() {
    let mut relation = Membership::default();
    for member in 10..20 {
        relation.insert(1, member);
    }
    relation.empty(1);
    relation.insert(1, 15);
    let pairs = |relation: &Membership| {
        (0..30).flat_map(|member| relation.groups.of(member).map(move |group| (member, group))).collect::<Vec<_>>()
    };
    assert_eq!(pairs(&relation).len(), 10, "the reverse is still to be cleaned");
    assert!(relation.clean(4));
    assert!(!relation.clean(100));
    assert_eq!(pairs(&relation), [(15, 1)]);
}

#[test]
fn many_descendants_are_not_listed() {
    let mut relation = Membership::default();
    for member in 10..20 {
        relation.insert(1, member);
    }
    assert_eq!(relation.descendants(1, 9), None);
    assert_eq!(relation.descendants(1, 10).map(|rows| rows.len()), Some(10));
}
