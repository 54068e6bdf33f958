//! What holds for any history of changes.

use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::super::super::{Sort, Window};
use super::*;

#[derive(Clone, Debug)]
enum Step {
    Create(String, u8),
    Rename(usize, String),
    Retitle(usize, u8),
    Delete(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let name = || "[abAB]{1,3}";
    prop_oneof![
        6 => (name(), 0_u8..4).prop_map(|(name, title)| Step::Create(name, title)),
        2 => (any::<usize>(), name()).prop_map(|(at, name)| Step::Rename(at, name)),
        2 => (any::<usize>(), 0_u8..4).prop_map(|(at, title)| Step::Retitle(at, title)),
        3 => any::<usize>().prop_map(Step::Delete),
    ]
}

/// What is left, in the order of creation: id, name, title.
type Model = Vec<(Uuid, String, u8)>;

fn run(shelf: &Shelf, steps: &[Step]) -> Model {
    let mut model: Model = Vec::new();
    let title = |title: u8| format!("Title {title}");
    for step in steps {
        let at = |index: usize, model: &Model| (!model.is_empty()).then(|| index % model.len());
        let get = |id| now(shelf.store.get(shelf.user, id, ALL)).unwrap();
        let taken = |name: &str, but: Option<Uuid>, model: &Model| {
            model.iter().any(|row| Some(row.0) != but && row.1.eq_ignore_ascii_case(name))
        };
        match step {
            Step::Create(name, number) => {
                let body = json!({"userName": name, "displayName": title(*number), "title": title(*number)});
                let outcome = shelf.create(shelf.user, &body);
                assert_eq!(outcome.is_err(), taken(name, None, &model), "{name}");
                model.extend(outcome.ok().map(|stored| (stored.id, name.clone(), *number)));
            }
            Step::Rename(index, name) => {
                let Some(at) = at(*index, &model) else { continue };
                let id = model[at].0;
                let outcome = shelf.modify(&get(id), shelf.set(shelf.user, "userName", name));
                assert_eq!(outcome.is_err(), taken(name, Some(id), &model), "{name}");
                if outcome.is_ok() {
                    model[at].1.clone_from(name);
                }
            }
            Step::Retitle(index, number) => {
                let Some(at) = at(*index, &model) else { continue };
                let stored = get(model[at].0);
                shelf.modify(&stored, shelf.set(shelf.user, "displayName", &title(*number))).unwrap();
                shelf.modify(&stored, shelf.set(shelf.user, "title", &title(*number))).unwrap();
                model[at].2 = *number;
            }
            Step::Delete(index) => {
                let Some(at) = at(*index, &model) else { continue };
                shelf.delete(&get(model.remove(at).0)).unwrap();
            }
        }
    }
    model
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn pages_cover_each_resource_once(steps in prop::collection::vec(step(), 0..60), count in 1_usize..7) {
        let shelf = Shelf::new();
        let expected: Vec<Uuid> = run(&shelf, &steps).iter().map(|row| row.0).collect();
        for filter in [None, Some("userName pr")] {
            let mut by_index = Vec::new();
            for start in (1..=expected.len().max(1)).step_by(count) {
                let page = shelf.page(shelf.query(shelf.user, filter, None, Window::Index { start, count }));
                prop_assert_eq!(page.total, expected.len());
                by_index.extend(ids(&page.resources));
            }
            prop_assert_eq!(&by_index, &expected);
            let (mut by_cursor, mut mark) = (Vec::new(), None);
            loop {
                let page = shelf.page(shelf.query(shelf.user, filter, None, Window::After { mark, count }));
                prop_assert_eq!(page.total, expected.len());
                by_cursor.extend(ids(&page.resources));
                mark = page.next;
                if mark.is_none() {
                    break;
                }
            }
            prop_assert_eq!(&by_cursor, &expected);
        }
    }

    #[test]
    fn index_and_scan_agree_with_the_model(steps in prop::collection::vec(step(), 0..60)) {
        let shelf = Shelf::new();
        let model = run(&shelf, &steps);
        let mut by_name: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
        for (id, name, _) in &model {
            by_name.entry(name.to_lowercase()).or_default().push(*id);
        }
        for name in ["a", "B", "aa", "AB", "bab", "x"] {
            let indexed = shelf.found(shelf.user, &format!("userName eq \"{name}\""));
            // A double negation hides the equality from the search for an index.
            let scanned = shelf.found(shelf.user, &format!("not (not (userName eq \"{name}\"))"));
            prop_assert_eq!(&indexed, &scanned);
            prop_assert_eq!(indexed, by_name.get(&name.to_lowercase()).cloned().unwrap_or_default());
        }
        for number in 0..5 {
            let expected: Vec<Uuid> = model.iter().filter(|row| row.2 == number).map(|row| row.0).collect();
            for attribute in ["displayName", "title"] {
                let found = shelf.found(shelf.user, &format!("{attribute} eq \"title {number}\""));
                prop_assert_eq!(&found, &expected);
            }
        }
    }

    #[test]
    fn sorting_is_stable_and_pages_of_it_cover_everything(
        steps in prop::collection::vec(step(), 0..60),
        descending in any::<bool>(),
    ) {
        let shelf = Shelf::new();
        let mut model = run(&shelf, &steps);
        model.sort_by(|left, right| if descending { right.2.cmp(&left.2) } else { left.2.cmp(&right.2) });
        let expected: Vec<Uuid> = model.iter().map(|row| row.0).collect();
        let sort = Sort { attribute: shelf.attribute(shelf.user, "title"), sub_attribute: None, descending };
        let mut found = Vec::new();
        for start in (1..=expected.len()).step_by(3) {
            let window = Window::Index { start, count: 3 };
            found.extend(ids(&shelf.page(shelf.query(shelf.user, None, Some(sort.clone()), window)).resources));
        }
        prop_assert_eq!(found, expected);
    }
}
