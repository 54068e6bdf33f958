//! Work in portions on the blocking pool: more rows and members than one lock looks at.

use scim::resource::Fields;

use super::super::super::{Sort, Window};
use super::*;

const MANY: usize = 33_000;

/// People with the titles 0 to 9 in turn.
fn many(shelf: &Shelf) -> Vec<Uuid> {
    let title = shelf.attribute(shelf.user, "title");
    let user_name = shelf.attribute(shelf.user, "userName");
    let text = |text: String| scim::resource::Slot::One(scim::resource::Value::String(text.into()));
    let people: Vec<(ResourceTypeId, Fields)> = (0..MANY)
        .map(|index| {
            let fields = [(user_name, text(format!("user{index}"))), (title, text(format!("{}", index % 10)))];
            (shelf.user, fields.into_iter().collect())
        })
        .collect();
    shelf.store.load(&people).unwrap()
}

fn team(shelf: &Shelf, members: &[Uuid]) -> Fields {
    let mut fields = shelf.read(shelf.group, &json!({"displayName": "Everybody"}));
    let values = members.iter().map(|&id| scim::resource::Value::Complex(member(&shelf.registry, id))).collect();
    fields.set(shelf.registry.members().unwrap(), scim::resource::Slot::Many(values));
    fields
}

#[tokio::test]
async fn a_scan_goes_over_all_portions_and_sorts_what_it_finds() {
    let shelf = Shelf::new();
    let ids = many(&shelf);
    let window = Window::Index { start: 3_299, count: 5 };
    let page = shelf.store.query(shelf.query(shelf.user, Some("title co \"7\""), None, window.clone())).await.unwrap();
    assert_eq!(page.total, MANY / 10);
    assert_eq!(page.resources.iter().map(|stored| stored.id).collect::<Vec<_>>(), [ids[32_987], ids[32_997]]);
    let sort = Sort { attribute: shelf.attribute(shelf.user, "title"), sub_attribute: None, descending: false };
    let page = shelf.store.query(shelf.query(shelf.user, None, Some(sort), window)).await.unwrap();
    assert_eq!(page.total, MANY);
    let expected = [ids[32_980], ids[32_990], ids[1], ids[11], ids[21]];
    assert_eq!(page.resources.iter().map(|stored| stored.id).collect::<Vec<_>>(), expected);
    let window = Window::Index { start: 32_999, count: 10_000 };
    let page = shelf.store.query(shelf.query(shelf.user, None, None, window)).await.unwrap();
    assert_eq!(page.resources.iter().map(|stored| stored.id).collect::<Vec<_>>(), ids[32_998..]);
}

#[tokio::test]
async fn a_group_of_very_many_members_is_shown_changed_and_deleted_in_portions() {
    let shelf = Shelf::new();
    let people = many(&shelf);
    let group = shelf.store.create(shelf.group, team(&shelf, &people), ALL).await.unwrap();
    let shown: Vec<Uuid> = group.members().iter().map(|edge| edge.id).collect();
    assert_eq!(shown, people);
    assert_eq!(shelf.store.get(shelf.group, group.id, ALL).await.unwrap().members().len(), MANY);
    let everything =
        Query { wanted: ALL, ..shelf.query(shelf.group, None, None, Window::Index { start: 1, count: 5 }) };
    assert_eq!(shelf.store.query(everything).await.unwrap().resources[0].members().len(), MANY);

    // A change that has to look at every member is put off and done again, so it must come out once.
    let members = shelf.registry.members().unwrap();
    let display = shelf.registry.find_sub_attribute(members, "display").unwrap();
    let value = shelf.registry.find_sub_attribute(members, "value").unwrap();
    let change: Change = Arc::new(move |draft| {
        let relation = draft.relation(members).unwrap();
        let mut gone = Vec::new();
        relation.for_each(&mut |fields| {
            if fields.string(display).unwrap().ends_with('7') {
                gone.push(fields.string(value).unwrap().to_owned());
            }
        });
        for key in &gone {
            assert!(relation.remove(key));
        }
        Ok(())
    });
    let changed = shelf.store.modify(shelf.group, group.id, Condition::default(), change, ALL).await.unwrap();
    assert_eq!((changed.stored.members().len(), changed.stored.version), (MANY - MANY / 10, 2));

    let groups = |index: usize| {
        let answer = shelf.store.get(shelf.user, people[index], ALL);
        async move { answer.await.unwrap().groups().len() }
    };
    assert_eq!((groups(6).await, groups(7).await), (1, 0));
    shelf.store.delete(shelf.group, group.id, Condition::default()).await.unwrap();
    // At once, however long the cleaning up behind it takes.
    assert_eq!(groups(6).await, 0);
    let again = shelf.store.create(shelf.group, team(&shelf, &people[..10]), ALL).await.unwrap();
    assert_eq!(again.members().len(), 10);
    assert_eq!((groups(7).await, groups(11).await), (1, 0));
}

#[tokio::test]
async fn a_failed_change_of_many_members_is_an_error_and_changes_nothing() {
    let shelf = Shelf::new();
    let people = many(&shelf);
    let group = shelf.store.create(shelf.group, team(&shelf, &[]), ALL).await.unwrap();
    let (registry, members) = (shelf.registry.clone(), shelf.registry.members().unwrap());
    let change: Change = Arc::new(move |draft| {
        let relation = draft.relation(members).unwrap();
        for &id in &people {
            relation.insert(&member(&registry, id))?;
        }
        relation.insert(&member(&registry, Uuid::nil())).map(drop)
    });
    let error = shelf.store.modify(shelf.group, group.id, Condition::default(), change, ALL).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidValue);
    assert_eq!(shelf.store.get(shelf.group, group.id, ALL).await.unwrap().version, 1);
}
