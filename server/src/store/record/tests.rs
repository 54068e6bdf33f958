use std::sync::Arc;

use scim::schema::standard;

use super::super::Layout;
use super::super::fixture::{BASE, Shelf};
use super::*;

fn text<'a>(record: impl Record<'a>, id: AttributeId) -> String {
    match record.get(id).unwrap().next().unwrap() {
        Item::Timestamp(at) => at.to_string(),
        item => item.text().unwrap().into_owned(),
    }
}

#[test]
fn a_record_composes_id_and_meta() {
    let shelf = Shelf::new();
    let stored = shelf.user("bjensen");
    let layout = Layout::new(Arc::clone(&shelf.registry));
    let perspective = Perspective::new(&layout, BASE);
    let record = stored.record(perspective);
    assert_eq!(text(record, common::ID), stored.id.to_string());
    let Some(Item::Complex(meta)) = record.get(common::META).unwrap().next() else { panic!("meta is complex") };
    assert_eq!(text(meta, common::META_RESOURCE_TYPE), "User");
    assert_eq!(text(meta, common::META_CREATED), "2026-01-01T00:00:00Z");
    assert_eq!(text(meta, common::META_LAST_MODIFIED), "2026-01-01T00:00:00Z");
    assert_eq!(text(meta, common::META_LOCATION), format!("{BASE}/Users/{}", stored.id));
    assert_eq!(text(meta, common::META_VERSION), "W/\"1\"");
    assert_eq!(meta.fields().count(), 5);
    assert!(meta.get(common::ID).is_none());
    assert!(record.stated_schemas().is_none(), "the writer lists the schemas of what it writes");
    assert_eq!(text(record, common::SCHEMAS), standard::USER);
}

#[test]
fn attributes_come_in_ascending_order_and_each_can_be_got() {
    let shelf = Shelf::new();
    let user = shelf
        .create(
            shelf.user,
            &serde_json::json!({"userName": "bjensen", "externalId": "7", "displayName": "Babs",
                "emails": [{"value": "b@example.com"}], "roles": [{"value": "admin"}]}),
        )
        .unwrap();
    let inner = shelf.group("Inner", &[&user]);
    shelf.group("Outer", &[&inner]);
    let user = shelf.get(&user).unwrap();
    let layout = Layout::new(Arc::clone(&shelf.registry));
    let perspective = Perspective::new(&layout, BASE);
    let record = user.record(perspective);
    let ids: Vec<AttributeId> = record.fields().map(|(id, _)| id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let names: Vec<String> = ids.iter().map(|&id| shelf.registry.short_name(id)).collect();
    assert_eq!(names, ["id", "externalId", "meta", "userName", "displayName", "emails", "groups", "roles"]);
    for (id, items) in record.fields() {
        assert_eq!(items.count(), record.get(id).unwrap().count(), "{id:?}");
    }
}

#[test]
fn members_and_groups_have_value_ref_type_and_display() {
    let shelf = Shelf::new();
    let named = shelf.create(shelf.user, &serde_json::json!({"userName": "bj", "displayName": "Babs"})).unwrap();
    let nameless = shelf.user("mandy");
    let inner = shelf.group("Inner", &[&named]);
    let outer = shelf.group("Outer", &[&inner, &nameless]);
    let layout = Layout::new(Arc::clone(&shelf.registry));
    let perspective = Perspective::new(&layout, BASE);
    let table = |stored: &StoredResource, attribute: Option<AttributeId>| -> Vec<String> {
        let attribute = attribute.unwrap();
        let sub = |name| shelf.registry.find_sub_attribute(attribute, name).unwrap();
        let Some(items) = stored.record(perspective).get(attribute) else { return Vec::new() };
        items
            .map(|item| {
                let Item::Complex(value) = item else { panic!("members and groups are complex") };
                assert_eq!(value.fields().count(), 4);
                let reference = text(value, sub("$ref"));
                let id = text(value, sub("value"));
                assert!(reference.ends_with(&id), "{reference}");
                let place = reference.strip_prefix(BASE).unwrap().strip_suffix(&id).unwrap().to_owned();
                format!("{place} {} {}", text(value, sub("type")), text(value, sub("display")))
            })
            .collect()
    };
    let outer = shelf.get(&outer).unwrap();
    assert_eq!(table(&outer, shelf.registry.members()), ["/Users/ User mandy", "/Groups/ Group Inner"]);
    assert_eq!(table(&outer, shelf.registry.groups()), [""; 0]);
    let named = shelf.get(&named).unwrap();
    assert_eq!(table(&named, shelf.registry.groups()), ["/Groups/ direct Inner", "/Groups/ indirect Outer"]);
    assert_eq!(table(&named, shelf.registry.members()), [""; 0]);
}

#[test]
fn it_is_written_and_read_by_the_protocol_crate() {
    use scim::resource::{projection::Projection, write};
    let shelf = Shelf::new();
    let body = serde_json::json!({
        "schemas": [standard::USER, standard::ENTERPRISE_USER],
        "userName": "bjensen@example.com",
        "name": {"familyName": "Jensen", "givenName": "Barbara"},
        "emails": [{"value": "b@example.com", "type": "work", "primary": true}, {"value": "babs@example.org"}],
        "active": true,
        standard::ENTERPRISE_USER: {"employeeNumber": "701984", "manager": {"value": "26118915"}}
    });
    let stored = shelf.create(shelf.user, &body).unwrap();
    let layout = Layout::new(Arc::clone(&shelf.registry));
    let perspective = Perspective::new(&layout, BASE);
    let mut out = Vec::new();
    let projection = Projection::everything(&shelf.registry, shelf.user);
    write::resource(&mut out, &shelf.registry, shelf.user, stored.record(perspective), &projection);
    let mut written: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let object = written.as_object_mut().unwrap();
    assert_eq!(object.remove("id").unwrap(), stored.id.to_string());
    assert_eq!(object.remove("meta").unwrap()["location"], format!("{BASE}/Users/{}", stored.id));
    assert_eq!(written, body);
}
