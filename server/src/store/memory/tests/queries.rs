//! Filters, order and windows, as tables.

use scim::schema::common;

use super::super::super::fixture::BASE;
use super::super::super::{Sort, Window};
use super::*;

fn names(shelf: &Shelf, page: &Page) -> Vec<String> {
    let user_name = shelf.attribute(shelf.user, "userName");
    page.resources.iter().map(|stored| stored.attributes.decode().string(user_name).unwrap().to_owned()).collect()
}

fn five() -> Shelf {
    let shelf = Shelf::new();
    let people = [
        json!({"userName": "Dora", "displayName": "same", "externalId": "A", "emails": [{"value": "d@example.com"}]}),
        json!({"userName": "anna", "displayName": "Same", "externalId": "a", "title": "b",
            "emails": [{"value": "z@example.com"}, {"value": "b@example.com", "primary": true}]}),
        json!({"userName": "Carl", "displayName": "other", "title": "B", "active": false}),
        json!({"userName": "bea", "displayName": "SAME", "title": "a", "active": true,
            "emails": [{"value": "A@example.com", "type": "work"}, {"value": "x@example.com", "type": "home"}]}),
        json!({"userName": "Emil"}),
    ];
    for body in people {
        shelf.create(shelf.user, &body).unwrap();
        shelf.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    shelf
}

#[test]
fn indexed_and_other_filters_find_what_they_say() {
    let shelf = five();
    let id = shelf.found(shelf.user, "userName eq \"carl\"")[0];
    let cases: &[(String, &[&str])] = &[
        ("userName eq \"ANNA\"".into(), &["anna"]),
        ("userName eq \"nobody\"".into(), &[]),
        ("displayName eq \"same\"".into(), &["Dora", "anna", "bea"]),
        ("externalId eq \"a\"".into(), &["anna"]),
        ("externalId eq \"A\"".into(), &["Dora"]),
        ("emails eq \"a@example.com\"".into(), &["bea"]),
        ("emails[type eq \"work\" and value eq \"a@example.com\"]".into(), &["bea"]),
        ("emails[type eq \"work\" and value eq \"x@example.com\"]".into(), &[]),
        ("displayName eq \"same\" and title pr".into(), &["anna", "bea"]),
        ("userName eq \"dora\" or userName eq \"emil\" or userName eq \"dora\"".into(), &["Dora", "Emil"]),
        ("userName eq \"dora\" or title eq \"b\"".into(), &["Dora", "anna", "Carl"]),
        ("not (displayName eq \"same\")".into(), &["Carl", "Emil"]),
        ("displayName ne \"same\"".into(), &["Carl", "Emil"]),
        ("active eq false".into(), &["Carl"]),
        (format!("id eq \"{id}\""), &["Carl"]),
        (format!("id eq \"{}\"", id.to_string().to_uppercase()), &[]),
        ("id eq \"7\"".into(), &[]),
        (format!("meta.location eq \"{BASE}/Users/{id}\""), &["Carl"]),
        ("meta.created gt \"2026-01-01T00:00:02Z\"".into(), &["bea", "Emil"]),
        ("meta.resourceType eq \"Group\"".into(), &[]),
    ];
    for (filter, expected) in cases {
        let window = Window::Index { start: 1, count: 10 };
        let page = shelf.page(shelf.query(shelf.user, Some(filter), None, window));
        assert_eq!(
            (names(&shelf, &page), page.total),
            (expected.iter().map(ToString::to_string).collect(), expected.len()),
            "{filter}"
        );
    }
}

#[test]
fn indexes_follow_changes_and_deletions() {
    let shelf = five();
    let find = |filter: &str| shelf.found(shelf.user, filter);
    let anna = now(shelf.store.get(shelf.user, find("userName eq \"anna\"")[0], ALL)).unwrap();
    shelf.modify(&anna, shelf.set(shelf.user, "displayName", "changed")).unwrap();
    assert_eq!(find("displayName eq \"same\"").len(), 2);
    assert_eq!(find("displayName eq \"CHANGED\""), [anna.id]);
    assert_eq!(find("emails eq \"b@example.com\""), [anna.id]);
    let emails = shelf.attribute(shelf.user, "emails");
    shelf
        .modify(&anna, move |draft| {
            draft.fields_mut().remove(emails);
            Ok(())
        })
        .unwrap();
    assert!(find("emails eq \"b@example.com\"").is_empty());
    shelf.delete(&anna).unwrap();
    assert!(find("displayName eq \"changed\"").is_empty());
    assert!(find("userName eq \"anna\"").is_empty());
    assert!(find(&format!("id eq \"{}\"", anna.id)).is_empty());
}

#[test]
fn the_order_puts_missing_values_last_and_knows_case_and_primary() {
    let shelf = five();
    let cases: &[(&str, bool, &[&str])] = &[
        ("userName", false, &["anna", "bea", "Carl", "Dora", "Emil"]),
        ("userName", true, &["Emil", "Dora", "Carl", "bea", "anna"]),
        // Equal titles keep the order of creation, in both directions.
        ("title", false, &["bea", "anna", "Carl", "Dora", "Emil"]),
        ("title", true, &["Dora", "Emil", "anna", "Carl", "bea"]),
        // The primary address counts, else the first.
        ("emails", false, &["bea", "anna", "Dora", "Carl", "Emil"]),
        ("externalId", false, &["Dora", "anna", "Carl", "bea", "Emil"]),
        ("active", false, &["Carl", "bea", "Dora", "anna", "Emil"]),
        ("nickName", false, &["Dora", "anna", "Carl", "bea", "Emil"]),
    ];
    for &(name, descending, expected) in cases {
        let sort = Sort { attribute: shelf.attribute(shelf.user, name), sub_attribute: None, descending };
        let window = Window::Index { start: 1, count: 10 };
        let page = shelf.page(shelf.query(shelf.user, None, Some(sort.clone()), window));
        assert_eq!(
            (names(&shelf, &page), page.total),
            (expected.iter().map(ToString::to_string).collect(), 5),
            "{name} {descending}"
        );
        for start in 1..=6 {
            let window = Window::Index { start, count: 2 };
            let page = shelf.page(shelf.query(shelf.user, None, Some(sort.clone()), window));
            let part: Vec<String> = expected.iter().skip(start - 1).take(2).map(ToString::to_string).collect();
            assert_eq!((names(&shelf, &page), page.total), (part, 5), "{name} {descending} from {start}");
        }
    }
    let by_creation = Sort { attribute: common::META, sub_attribute: Some(common::META_CREATED), descending: true };
    let page = shelf.page(shelf.query(shelf.user, None, Some(by_creation), Window::Index { start: 1, count: 2 }));
    assert_eq!(names(&shelf, &page), ["Emil", "bea"]);
}

#[test]
fn windows_by_index() {
    let shelf = five();
    for filter in [None, Some("userName pr")] {
        let cases: &[(usize, usize, &[&str])] = &[
            (1, 2, &["Dora", "anna"]),
            (0, 1, &["Dora"]),
            (4, 10, &["bea", "Emil"]),
            (6, 10, &[]),
            (1_000_000, 1, &[]),
            (1, 0, &[]),
            (usize::MAX, usize::MAX, &[]),
        ];
        for &(start, count, expected) in cases {
            let page = shelf.page(shelf.query(shelf.user, filter, None, Window::Index { start, count }));
            assert_eq!(names(&shelf, &page), expected, "{start} {count}");
            assert_eq!((page.total, page.next), (5, None), "{start} {count}");
        }
    }
}

#[test]
fn a_walk_by_cursor_survives_changes_between_pages() {
    for filter in [None, Some("userName pr")] {
        let shelf = five();
        let page_after = |mark| shelf.page(shelf.query(shelf.user, filter, None, Window::After { mark, count: 2 }));
        let first = page_after(None);
        assert_eq!((names(&shelf, &first), first.total), (vec!["Dora".into(), "anna".into()], 5));
        // What was seen goes, what is next goes, something new comes at the end; a row number is used again.
        for name in ["anna", "carl"] {
            let id = shelf.found(shelf.user, &format!("userName eq \"{name}\""))[0];
            now(shelf.store.delete(shelf.user, id, Condition::default())).unwrap();
        }
        shelf.user("Zoe");
        let second = page_after(first.next);
        assert_eq!((names(&shelf, &second), second.total), (vec!["bea".into(), "Emil".into()], 4));
        let third = page_after(second.next);
        assert_eq!((names(&shelf, &third), third.next), (vec!["Zoe".to_owned()], None));
        let exact = shelf.page(shelf.query(shelf.user, filter, None, Window::After { mark: None, count: 4 }));
        assert_eq!((exact.resources.len(), exact.next), (4, None), "no page follows the last");
    }
}

#[test]
fn a_sorted_walk_by_cursor_goes_on_where_it_stood_when_its_place_changes_or_goes() {
    let shelf = five();
    let sort = Sort { attribute: shelf.attribute(shelf.user, "title"), sub_attribute: None, descending: true };
    let after = |mark| shelf.page(shelf.query(shelf.user, None, Some(sort.clone()), Window::After { mark, count: 2 }));
    let first = after(None);
    let second = after(first.next.clone());
    let third = after(second.next.clone());
    assert_eq!(names(&shelf, &first), ["Dora", "Emil"]);
    assert_eq!(names(&shelf, &second), ["anna", "Carl"]);
    assert_eq!((names(&shelf, &third), third.next), (vec!["bea".to_owned()], None));

    shelf.delete(first.resources.last().unwrap()).unwrap();
    assert_eq!(names(&shelf, &after(first.next)), ["anna", "Carl"]);
}

#[test]
fn a_walk_by_cursor_leads_back_over_the_same_pages() {
    let shelf = five();
    let title = Sort { attribute: shelf.attribute(shelf.user, "title"), sub_attribute: None, descending: false };
    for filter in [None, Some("userName pr")] {
        for sort in [None, Some(title.clone())] {
            let page = |window| shelf.page(shelf.query(shelf.user, filter, sort.clone(), window));
            let mut pages = vec![page(Window::After { mark: None, count: 2 })];
            while let Some(mark) = pages.last().unwrap().next.clone() {
                pages.push(page(Window::After { mark: Some(mark), count: 2 }));
            }
            assert_eq!((pages.len(), &pages[0].previous), (3, &None), "{filter:?}");
            for (before, after) in pages.iter().zip(&pages[1..]) {
                let mark = after.previous.clone().unwrap();
                let back = page(Window::Before { mark, count: 2 });
                assert_eq!(names(&shelf, &back), names(&shelf, before), "{filter:?}");
                assert_eq!((&back.next, &back.previous), (&before.next, &before.previous), "{filter:?}");
            }
            let mark = pages[1].previous.clone().unwrap();
            let more = page(Window::Before { mark, count: 9 });
            assert_eq!((more.resources.len(), more.previous), (2, None), "no more than there is");
        }
    }
}

#[test]
fn a_page_shows_relations_only_when_they_are_wanted() {
    let shelf = five();
    let anna = shelf.found(shelf.user, "userName eq \"anna\"")[0];
    let body = json!({"displayName": "Team", "members": [{"value": anna.to_string()}]});
    shelf.create(shelf.group, &body).unwrap();
    for (kind, wanted, expected) in [
        (shelf.group, WantedRelations { members: true, groups: false }, (1, 0)),
        (shelf.group, WantedRelations::default(), (0, 0)),
        (shelf.user, WantedRelations { members: true, groups: true }, (0, 1)),
    ] {
        let query = shelf.query(kind, None, None, Window::Index { start: 1, count: 10 });
        let page = shelf.page(Query { wanted, ..query });
        let members: usize = page.resources.iter().map(|stored| stored.members().len()).sum();
        let groups: usize = page.resources.iter().map(|stored| stored.groups().len()).sum();
        assert_eq!((members, groups), expected);
    }
}
