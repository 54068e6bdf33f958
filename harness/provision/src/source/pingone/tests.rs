use serde_json::json;

use super::*;

const USERS: &str = r#"{"_embedded": {"users": [
    {"id": "u-1", "username": "ada", "enabled": true, "name": {"given": "Ada", "family": "Byron"}, "email": "ada@example.com",
     "population": {"id": "p-1"}, "memberOfGroupIDs": ["g-1", "g-2"]},
    {"id": "u-2", "username": "bo, \"x\"", "enabled": false, "population": {"id": "p-2"}}
]}}"#;

fn rule(more: &str) -> Rule {
    Rule::parse("rule.json", &format!("{{\"name\": \"Everybody\"{more}}}")).unwrap()
}

fn names(source: &PingOne) -> Vec<String> {
    source.entries().unwrap().map(|entry| entry.unwrap().text("username").unwrap().to_owned()).collect()
}

fn event(line: &str) -> Event {
    Events::new("events.ndjson", line.as_bytes()).next().unwrap().unwrap()
}

#[test]
fn the_rule_decides_who_is_provisioned() {
    for (filter, expected) in [
        (r#"population.id eq \"P-1\""#, &["ada"][..]),
        (r#"population.id ne \"p-1\""#, &["bo, \"x\""]),
        (r#"(population.id eq \"p-2\" or memberOfGroupIDs eq \"g-2\") and enabled eq true"#, &["ada"]),
        ("not (email pr)", &["bo, \"x\""]),
        (r#"name[family sw \"by\" and given co \"D\"]"#, &["ada"]),
        (r#"username gt \"b\""#, &["bo, \"x\""]),
        (r#"nothing eq \"x\""#, &[]),
    ] {
        let rule = rule(&format!(", \"populationExpression\": \"{filter}\""));
        let source = PingOne::parse("users.json", USERS, &rule).unwrap();
        assert_eq!(names(&source), expected, "{filter}");
    }
    assert_eq!(rule("").warnings, ["rule.json: the rule has no populationExpression, so every user is provisioned"]);
}

#[test]
fn an_event_is_about_what_it_touched() {
    let rule = rule(r#", "populationExpression": "population.id eq \"p-1\"""#);
    let mut source = PingOne::parse("users.json", USERS, &rule).unwrap();
    assert_eq!(source.scope(), Scope::Everything);
    let gone = |id: &str| Scope::Touched { gone: vec![Guid::parse(id)] };
    let none_gone = Scope::Touched { gone: Vec::new() };
    for (line, names_then, scope) in [
        (
            r#"{"event": "updated", "user": {"id": "u-1", "name": {"family": "King", "given": null}}}"#,
            &["ada"][..],
            &none_gone,
        ),
        (r#"{"event": "disabled", "id": "u-1"}"#, &["ada"], &none_gone),
        (r#"{"event": "updated", "user": {"id": "u-1", "population": {"id": "p-2"}}}"#, &[], &gone("u-1")),
        (r#"{"event": "joined-rule", "id": "u-1"}"#, &["ada"], &none_gone),
        (r#"{"event": "left-rule", "id": "u-1"}"#, &[], &gone("u-1")),
        (
            r#"{"event": "created", "user": {"id": "u-3", "username": "cy", "population": {"id": "p-1"}}}"#,
            &["cy"],
            &none_gone,
        ),
        (r#"{"event": "deleted", "id": "u-3"}"#, &[], &gone("u-3")),
    ] {
        source.apply(event(line)).unwrap();
        assert_eq!(names(&source), names_then, "{line}");
        assert_eq!(source.scope(), *scope, "{line}");
    }
    assert_eq!(source.users["u-1"].user["name"], json!({ "family": "King" }));
    assert_eq!(source.users["u-1"].user["enabled"], false);
    assert_eq!(
        source.apply(event(r#"{"event": "enabled", "id": "u-3"}"#)).unwrap_err().to_string(),
        "there is no user u-3"
    );
    source.apply(event(r#"{"event": "rule-deleted"}"#)).unwrap();
    assert_eq!((names(&source), source.scope(), source.is_rule_deleted()), (vec![], Scope::Everything, true));
}

#[test]
fn mappings_of_a_rule_replace_the_defaults() {
    let source = PingOne::parse("users.json", USERS, &rule("")).unwrap();
    let entries: Vec<Entry> = source.entries().unwrap().map(|entry| entry.unwrap().into_owned()).collect();
    assert_eq!(entries[1].dn.to_string(), "username=bo\\, \\\"x\\\"");
    let filled = |rule: &Rule, entry: &Entry| {
        let user = rule.mapping.desired(entry).unwrap();
        let values: Vec<String> =
            user.values.iter().map(|value| format!("{}={}", value.rule.field.name, value.value)).collect();
        (values.join(" ").replace('"', ""), user.active)
    };
    assert_eq!(
        filled(&rule(""), &entries[0]),
        ("userName=ada givenName=Ada familyName=Byron workEmail=ada@example.com".to_owned(), true)
    );
    assert!(!filled(&rule(""), &entries[1]).1, "who is disabled in PingOne is disabled");
    let own = rule(
        r#", "filter": "id pr", "mappings": [{"sourceAttribute": "${user.email}", "targetAttribute": "userName"},
            {"source": "name.given", "target": "nickName"}]"#,
    );
    assert_eq!(filled(&own, &entries[0]), ("userName=ada@example.com nickName=Ada".to_owned(), true));
    assert!(own.warnings[0].contains("nothing is mapped to active"), "{:?}", own.warnings);
    let (guid, is_own) = channel(&own).guid(&entries[0]);
    assert_eq!((guid, is_own), (Guid::parse("u-1"), true));
}

#[test]
fn faults_are_named_with_file_and_place() {
    for (text, words) in [
        ("{", "rule.json, line 1: not JSON"),
        ("[]", "this is not a rule"),
        (r#"{"active": false}"#, "active: the rule is switched off"),
        (r#"{"filter": "population.id"}"#, "rule.json, filter: \"population.id\" is not a filter at offset"),
        (r#"{"mappings": [{"sourceAttribute": "email"}]}"#, "mapping 1: needs sourceAttribute and targetAttribute"),
        (r#"{"mappings": [{"source": "email", "target": "shoeSize"}]}"#, "unknown field of the target \"shoeSize\""),
        (r#"{"mappings": [{"source": "email", "target": "title"}]}"#, "userName is required and not mapped"),
        (
            r#"{"mappings": [{"source": "a", "target": "userName"}, {"source": "b", "target": "username"}]}"#,
            "mapped twice",
        ),
        (r#"{"mappings": [{"expression": "x", "target": "userName"}]}"#, "has an expression"),
    ] {
        let said = Rule::parse("rule.json", text).unwrap_err().to_string();
        assert!(said.contains(words), "{text}: {said}");
    }
    for (text, words) in [
        (r#"{"nobody": 1}"#, "there are no users in it"),
        (r#"[{"username": "ada"}]"#, "user 1: has no id"),
        (r#"[{"id": "1"}, {"id": "1"}]"#, "user 2: has the id \"1\" of a user before it"),
    ] {
        let said = PingOne::parse("users.json", text, &rule("")).unwrap_err().to_string();
        assert!(said.contains(words), "{text}: {said}");
    }
    for (text, words) in [
        ("\n{", "events.ndjson, line 2: not JSON"),
        (r#"{"event": "born"}"#, "unknown event \"born\"; use one of created, "),
        (r#"{"event": "enabled"}"#, "the event does not say which user it is about"),
    ] {
        let said = Events::new("events.ndjson", text.as_bytes()).next().unwrap().unwrap_err().to_string();
        assert!(said.contains(words), "{text}: {said}");
    }
}
