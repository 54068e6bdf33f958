//! Laws of PATCH: a draft with a relation ends where a plain tree ends, a failed PATCH leaves no trace, and nothing that a
//! client can send makes it panic.

use std::cell::Cell;

use indexmap::IndexMap;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{group, patched, policy, read_as, registry, user};
use crate::message::PATCH_OP;
use crate::patch::{Draft, Relation, TreeDraft, apply, read, replace};
use crate::resource::read::Policy;
use crate::resource::tests::BADGE;
use crate::resource::{Fields, Slot, Value, validate};
use crate::schema::AttributeId;
use crate::schema::standard::ENTERPRISE_USER;
use crate::tolerance::Tolerance;
use crate::{Error, ErrorKind, Result};

/// Members behind a relation, as the store has them, with a count of how often all of them are shown.
#[derive(Default)]
struct Members {
    key: Option<AttributeId>,
    values: IndexMap<String, Fields>,
    enumerations: Cell<usize>,
    touched: usize,
}

impl Relation for Members {
    fn contains(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    fn insert(&mut self, value: &Fields) -> Result<bool> {
        let key = self.key.and_then(|key| value.string(key));
        let key = key.ok_or_else(|| Error::new(ErrorKind::InvalidValue, "a member needs a value"))?;
        if self.values.contains_key(key) {
            return Ok(false);
        }
        self.touched += 1;
        self.values.insert(key.to_owned(), value.clone());
        Ok(true)
    }

    fn remove(&mut self, key: &str) -> bool {
        let removed = self.values.shift_remove(key).is_some();
        self.touched += usize::from(removed);
        removed
    }

    fn clear(&mut self) -> bool {
        let had = !self.values.is_empty();
        self.values.clear();
        had
    }

    fn for_each(&self, visit: &mut dyn FnMut(&Fields)) {
        self.enumerations.set(self.enumerations.get() + 1);
        for value in self.values.values() {
            visit(value);
        }
    }
}

struct RelationDraft {
    fields: Fields,
    members: Members,
}

impl RelationDraft {
    /// Moves the members of a tree into a relation.
    fn of(mut fields: Fields) -> Self {
        let id = registry().members().unwrap();
        let mut members = Members { key: registry().find_sub_attribute(id, "value"), ..Members::default() };
        if let Some(slot) = fields.remove(id) {
            for value in slot.values() {
                if let Value::Complex(subs) = value {
                    members.insert(subs).unwrap();
                }
            }
        }
        members.touched = 0;
        Self { fields, members }
    }

    fn into_tree(self) -> Fields {
        let mut fields = self.fields;
        let values: Vec<Value> = self.members.values.into_values().map(Value::Complex).collect();
        if !values.is_empty() {
            fields.set(registry().members().unwrap(), Slot::Many(values));
        }
        fields
    }
}

impl Draft for RelationDraft {
    fn fields(&self) -> &Fields {
        &self.fields
    }

    fn fields_mut(&mut self) -> &mut Fields {
        &mut self.fields
    }

    fn relation(&mut self, attribute: AttributeId) -> Option<&mut dyn Relation> {
        (Some(attribute) == registry().members()).then_some(&mut self.members)
    }
}

/// Values of members in ascending order of key: the order of a set is nobody's promise.
fn sorted(mut fields: Fields) -> Fields {
    let id = registry().members().unwrap();
    let key = registry().find_sub_attribute(id, "value").unwrap();
    if let Some(Slot::Many(values)) = fields.slot_mut(id) {
        values.sort_by_key(|value| match value {
            Value::Complex(subs) => subs.string(key).map(str::to_owned),
            _ => None,
        });
    }
    fields
}

fn member() -> impl Strategy<Value = Json> {
    "[a-e]".prop_map(|key| json!({"value": key, "type": "User"}))
}

fn members() -> impl Strategy<Value = Json> {
    proptest::collection::vec(member(), 0..4).prop_map(Json::Array)
}

fn group_operation() -> impl Strategy<Value = Json> {
    let filter = prop_oneof![
        "[a-e]".prop_map(|key| format!("value eq \"{key}\"")),
        "[a-e]".prop_map(|key| format!("value ne \"{key}\"")),
        ("[a-e]", "[a-e]").prop_map(|(a, b)| format!("value eq \"{a}\" or value eq \"{b}\"")),
        Just("type eq \"User\"".to_owned()),
        Just("display pr".to_owned()),
    ];
    let verb = prop_oneof![Just("add"), Just("replace")];
    prop_oneof![
        (verb.clone(), members()).prop_map(|(op, value)| json!({"op": op, "path": "members", "value": value})),
        (verb.clone(), members()).prop_map(|(op, value)| json!({"op": op, "value": {"members": value}})),
        filter.clone().prop_map(|filter| json!({"op": "remove", "path": format!("members[{filter}]")})),
        Just(json!({"op": "remove", "path": "members"})),
        members().prop_map(|value| json!({"op": "remove", "path": "members", "value": value})),
        (verb.clone(), filter.clone(), member())
            .prop_map(|(op, filter, value)| json!({"op": op, "path": format!("members[{filter}]"), "value": value})),
        (verb, filter, "[a-e]").prop_map(
            |(op, filter, value)| json!({"op": op, "path": format!("members[{filter}].value"), "value": value})
        ),
        "[x-z]".prop_map(|name| json!({"op": "replace", "path": "displayName", "value": name})),
    ]
}

fn scalar() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        proptest::sample::select(vec!["", "a", "b", "work", "True", "US", "https://example.com"]).prop_map(Json::from),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let names = [
        "title",
        "name",
        "name.givenName",
        "emails",
        "emails.value",
        "value",
        "type",
        "primary",
        "active",
        "id",
        "schemas",
        "userName",
        "password",
        "doors",
        "keys",
        "desk",
        "number",
        ENTERPRISE_USER,
        BADGE,
        "manager",
        "foo",
    ];
    proptest::sample::select(names.map(str::to_owned).to_vec())
}

fn anything() -> impl Strategy<Value = Json> {
    scalar().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Json::Array),
            proptest::collection::vec((name(), inner), 0..3).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn path() -> impl Strategy<Value = String> {
    let attribute = prop_oneof![
        name(),
        name().prop_map(|name| format!("{BADGE}:{name}")),
        name().prop_map(|name| format!("{ENTERPRISE_USER}:{name}")),
    ];
    let filter = prop_oneof![
        Just(String::new()),
        proptest::sample::select(vec![
            "[type eq \"work\"]",
            "[value eq \"a\"]",
            "[primary eq true and type eq \"a\"]",
            "[value pr]",
            "[",
            "[]"
        ])
        .prop_map(str::to_owned),
    ];
    let sub = prop_oneof![Just(String::new()), name().prop_map(|name| format!(".{name}"))];
    (attribute, filter, sub).prop_map(|(attribute, filter, sub)| format!("{attribute}{filter}{sub}"))
}

fn operation() -> impl Strategy<Value = Json> {
    let op = proptest::sample::select(vec!["add", "replace", "remove"]);
    prop_oneof![
        (op.clone(), path(), anything()).prop_map(|(op, path, value)| json!({"op": op, "path": path, "value": value})),
        (op.clone(), path()).prop_map(|(op, path)| json!({"op": op, "path": path})),
        (op, anything()).prop_map(|(op, value)| json!({"op": op, "value": value})),
        anything(),
    ]
}

fn tolerances() -> impl Strategy<Value = Policy> {
    some_of(Tolerance::ALL.to_vec())
}

fn some_of(tolerances: Vec<Tolerance>) -> impl Strategy<Value = Policy> {
    proptest::collection::vec(proptest::sample::select(tolerances), 0..16).prop_map(|some| policy(&some))
}

fn someone() -> Fields {
    let body = json!({"userName": "b", "title": "T", "name": {"givenName": "G"},
        "emails": [{"value": "a", "type": "work", "primary": true}, {"value": "b", "type": "home"}],
        ENTERPRISE_USER: {"manager": {"value": "m"}},
        BADGE: {"number": "1", "doors": ["a"], "keys": [{"value": "a", "label": "l"}], "desk": {"building": "B", "room": "1"}}});
    read_as(user(), &body, &Policy::default()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn a_relation_ends_where_the_tree_ends(
        before in members(),
        operations in proptest::collection::vec(group_operation(), 1..5),
        // A member made from a filter has no type, which a tree lets a later operation give it, and a relation does not.
        policy in some_of(Tolerance::ALL.iter().copied().filter(|&one| one != Tolerance::CreateFromFilter).collect()),
    ) {
        let mut before = read_as(group(), &json!({"displayName": "g", "members": before}), &Policy::default()).unwrap();
        validate::check(registry(), group(), &mut before, &policy.tolerances).unwrap();
        let body = json!({"schemas": [PATCH_OP], "Operations": operations});
        let Ok(patch) = read(registry(), group(), &body, &policy) else { return Ok(()) };
        let mut tree = TreeDraft(before.clone());
        let in_tree = apply(registry(), group(), &patch, &policy, &mut tree);
        let mut draft = RelationDraft::of(before);
        let in_relation = apply(registry(), group(), &patch, &policy, &mut draft);
        prop_assert_eq!(in_tree.as_ref().map_err(Error::kind), in_relation.as_ref().map_err(Error::kind));
        if in_tree.is_ok() {
            let mut relation = draft.into_tree();
            for fields in [&mut tree.0, &mut relation] {
                validate::check(registry(), group(), fields, &policy.tolerances).unwrap();
            }
            prop_assert_eq!(sorted(tree.0), sorted(relation));
        }
    }

    #[test]
    fn put_of_a_relation_ends_where_the_tree_ends(before in members(), after in members()) {
        let read = |members: Json| {
            let mut fields = read_as(group(), &json!({"displayName": "g", "members": members}), &Policy::default()).unwrap();
            validate::check(registry(), group(), &mut fields, &Policy::default().tolerances).unwrap();
            fields
        };
        let (before, after) = (read(before), read(after));
        let mut tree = TreeDraft(before.clone());
        replace(registry(), group(), &after, &mut tree).unwrap();
        let mut draft = RelationDraft::of(before);
        replace(registry(), group(), &after, &mut draft).unwrap();
        prop_assert_eq!(sorted(tree.0), sorted(draft.into_tree()));
    }

    #[test]
    fn no_operation_makes_it_panic_and_what_is_stored_is_valid(
        operations in proptest::collection::vec(operation(), 0..4),
        policy in tolerances(),
    ) {
        let before = someone();
        let original = before.clone();
        match patched(user(), &before, &json!(operations), &policy) {
            Ok(mut after) => {
                let once = after.clone();
                validate::check(registry(), user(), &mut after, &policy.tolerances).unwrap();
                prop_assert_eq!(after, once, "what is checked stays as it is");
            }
            Err(error) => prop_assert!(!error.detail().is_empty() && error.status() < 500),
        }
        prop_assert_eq!(before, original);
    }

    #[test]
    fn adding_the_same_again_changes_nothing(value in members()) {
        let before = read_as(group(), &json!({"displayName": "g", "members": [{"value": "a", "type": "User"}]}), &Policy::default()).unwrap();
        let add = json!([{"op": "add", "path": "members", "value": value}]);
        let once = patched(group(), &before, &add, &Policy::default()).unwrap();
        let twice = patched(group(), &once, &add, &Policy::default()).unwrap();
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn no_path_makes_the_reader_panic(path in "[a-zA-Z\\[\\]\\.:\" ]{0,30}|\\PC{0,20}") {
        let body = json!({"schemas": [PATCH_OP], "Operations": [{"op": "remove", "path": path}]});
        let _ = read(registry(), user(), &body, &Policy::default());
    }
}

#[test]
fn a_change_by_key_never_looks_at_the_others() {
    let many: Vec<Json> = (0..1000).map(|key| json!({"value": key.to_string(), "type": "User"})).collect();
    let before = read_as(group(), &json!({"displayName": "g", "members": many}), &Policy::default()).unwrap();
    let by_key = [
        json!({"op": "add", "path": "members", "value": [{"value": "new"}]}),
        json!({"op": "add", "value": {"members": [{"value": "7"}]}}),
        json!({"op": "remove", "path": "members[value eq \"7\"]"}),
        json!({"op": "remove", "path": "members", "value": [{"value": "8"}, {"value": "none"}]}),
        json!({"op": "remove", "path": "members"}),
        json!({"op": "replace", "path": "members", "value": []}),
    ];
    let policy = policy(&[Tolerance::RemoveWithValue]);
    for operation in by_key {
        let body = json!({"schemas": [PATCH_OP], "Operations": [operation]});
        let patch = read(registry(), group(), &body, &policy).unwrap();
        let mut draft = RelationDraft::of(before.clone());
        apply(registry(), group(), &patch, &policy, &mut draft).unwrap();
        assert_eq!(draft.members.enumerations.get(), 0, "{operation}");
    }

    let mut kept: Vec<Json> = many[1..].to_vec();
    kept.push(json!({"value": "new"}));
    let body = json!({"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "members", "value": kept}]});
    let patch = read(registry(), group(), &body, &policy).unwrap();
    let mut draft = RelationDraft::of(before);
    apply(registry(), group(), &patch, &policy, &mut draft).unwrap();
    assert_eq!(draft.members.touched, 2, "one gone, one new, the others untouched");
}

#[test]
fn a_member_is_created_from_a_filter() {
    let policy = policy(&[Tolerance::CreateFromFilter]);
    let rows = [
        ("members[value eq \"b\"]", json!({"type": "User"})),
        ("members[value eq \"b\"].type", json!("User")),
        ("members[value eq \"b\" and type eq \"User\"]", json!({})),
    ];
    for (path, value) in rows {
        let before = read_as(group(), &json!({"displayName": "g", "members": [{"value": "a"}]}), &policy).unwrap();
        let body = json!({"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": path, "value": value}]});
        let patch = read(registry(), group(), &body, &policy).unwrap();
        let mut draft = RelationDraft::of(before);
        apply(registry(), group(), &patch, &policy, &mut draft).unwrap();
        let expected = json!({"displayName": "g", "members": [{"value": "a"}, {"value": "b", "type": "User"}]});
        assert_eq!(draft.into_tree(), read_as(group(), &expected, &policy).unwrap(), "{path}");
        let strict = apply(registry(), group(), &patch, &Policy::default(), &mut TreeDraft::default());
        assert_eq!(strict.map_err(|error| error.kind()), Err(ErrorKind::NoTarget));
    }
}

#[test]
fn work_out_of_proportion_is_refused() {
    let many: Vec<Json> = (0..3000).map(|key| json!({"value": key.to_string()})).collect();
    let before = read_as(group(), &json!({"displayName": "g", "members": many}), &Policy::default()).unwrap();
    let operations = vec![json!({"op": "remove", "path": "members[type eq \"Group\"]"}); 4000];
    let body = json!({"schemas": [PATCH_OP], "Operations": operations});
    let patch = read(registry(), group(), &body, &Policy::default()).unwrap();
    let mut drafts: [Box<dyn Draft>; 2] = [Box::new(TreeDraft(before.clone())), Box::new(RelationDraft::of(before))];
    for draft in &mut drafts {
        let error = apply(registry(), group(), &patch, &Policy::default(), &mut **draft).expect_err("too much");
        assert_eq!(error.status(), 413);
    }

    let policy = policy(&[Tolerance::RemoveWithValue]);
    let many: Vec<Json> = (0..4000).map(|value| json!({"value": value.to_string()})).collect();
    let before = read_as(user(), &json!({"userName": "b", "emails": many}), &policy).unwrap();
    let error = patched(user(), &before, &json!([{"op": "remove", "path": "emails", "value": many}]), &policy);
    assert_eq!(error.expect_err("each compared with each").status(), 413);
}
