use serde_json::json;

use super::*;

const USERS: &str = r#"{"_embedded": {"users": [
    {"id": "u-1", "username": "ada", "enabled": true, "name": {"given": "Ada", "family": "Byron"}, "email": "ada@example.com",
     "population": {"id": "p-1"}, "memberOfGroupIDs": ["g-1", "g-2"]},
    {"id": "u-2", "username": "bo, \"x\"", "enabled": false, "population": {"id": "p-2"}}
]}}"#;

fn rule(more: &str) -> Rule {
    Rule::parse("rule.json", &format!("{{\"name\": \"Everybody\", \"deprovision\": true{more}}}")).unwrap()
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
    let warnings = rule("").warnings;
    assert_eq!(warnings[0], "rule.json: the rule has no populationExpression, so every user is provisioned");
    assert!(warnings[1].contains("PingOne's defaults are used"), "{warnings:?}");
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
    let (guid, is_own) = channel(&own, &Groups::default()).guid(&entries[0]);
    assert_eq!((guid, is_own), (Guid::parse("u-1"), true));
}

#[test]
fn faults_are_named_with_file_and_place() {
    for (text, words) in [
        ("{", "rule.json, line 1: not JSON"),
        ("[]", "not a rule of PingOne"),
        (r#"{"active": false, "mappings": []}"#, "active: the rule is switched off"),
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
        (r#"{"nobody": 1}"#, "not a list of PingOne's users"),
        (r#"[{"username": "ada"}]"#, "user 1: has no id"),
        (r#"[{"id": "1"}, {"id": "1"}]"#, "user 2: has the id \"1\" of a user before it"),
    ] {
        let said = PingOne::parse("users.json", text, &rule("")).unwrap_err().to_string();
        assert!(said.contains(words), "{text}: {said}");
    }
    let one = r#"{"id": "1", "username": "ada"}"#;
    let page = |more: &str| format!("{{\"_embedded\": {{\"users\": [{one}]}}{more}}}");
    assert!(PingOne::parse("u", &page(", \"count\": 1"), &rule("")).is_ok());
    for more in [", \"count\": 2", ", \"_links\": {\"next\": {\"href\": \"x\"}}"] {
        let said = PingOne::parse("u", &page(more), &rule("")).unwrap_err().to_string();
        assert!(said.contains("one page of several"), "{said}");
    }
    let both = format!("[{}, {}]", page(", \"_links\": {\"next\": {}}"), page("").replace("\"1\"", "\"2\""));
    assert_eq!(PingOne::parse("u", &both, &rule("")).unwrap().len(), 2);
    for (text, words) in [
        ("\n{", "events.ndjson, line 2: not JSON"),
        (r#"{"event": "born"}"#, "unknown event \"born\"; use one of created, "),
        (r#"{"event": "enabled"}"#, "the event does not say which user it is about"),
    ] {
        let said = Events::new("events.ndjson", text.as_bytes()).next().unwrap().unwrap_err().to_string();
        assert!(said.contains(words), "{text}: {said}");
    }
}

/// The answers of PingOne's API about a rule, and the runs that they lead to.
#[test]
fn a_rule_is_read_as_the_api_answers_it() {
    let whole = r#"{"name": "Staff", "populationExpression": "id pr",
        "_embedded": {"mappings": [
            {"sourceAttribute": "externalId", "targetAttribute": "userName", "attributeMappingType": "userAttributeMapping"},
            {"sourceAttribute": "name", "targetAttribute": "displayName", "attributeMappingType": "groupAttributeMapping"}]}}"#;
    let read = Rule::parse("rule.json", whole).unwrap();
    let rules: Vec<String> = read.mapping.rules().iter().map(|rule| rule.attribute_names.join(",")).collect();
    assert_eq!(rules, ["externalId"]);
    assert!(read.warnings[0].contains("about groups"), "{:?}", read.warnings);
    let list = format!("{{\"_embedded\": {{\"rules\": [{whole}]}}, \"count\": 1}}");
    assert_eq!(Rule::parse("rule.json", &list).unwrap().name, "Staff");
    let several = format!("[{whole}, {}]", whole.replace("Staff", "Guests"));
    let said = Rule::parse("rule.json", &several).unwrap_err().to_string();
    assert!(said.contains("name one of Staff, Guests with --rule-name"), "{said}");
    let kept = Rule::parse("rule.json", r#"{"deprovision": false, "targetStore": {"id": "s-1"}}"#).unwrap();
    assert_eq!((kept.deprovisions, kept.target_store.as_deref()), (false, Some("s-1")));
}

#[test]
fn the_wrong_document_is_refused_as_what_it_is() {
    for (text, what) in [
        (USERS, "a list of PingOne's users"),
        ("{}", "an empty JSON object"),
        (r#"{"type": "scim", "configuration": {}}"#, "a store of PingOne"),
        (r#"{"_embedded": {"stores": []}}"#, "a list of PingOne's stores"),
        (r#"{"_embedded": {"mappings": []}}"#, "a list of a PingOne rule's mappings"),
        (r#"{"_embedded": {"populations": []}}"#, "a list of PingOne's populations"),
        (r#"{"outboundProvision": {}}"#, "a connection of PingFederate"),
        (r#"{"attributeMapping": []}"#, "a mapping file"),
        (r#"{"log": {"entries": []}}"#, "an HTTP archive"),
    ] {
        let said = Rule::parse("f", text).unwrap_err().to_string();
        assert!(said.starts_with(&format!("f: this is {what}, not a rule of PingOne")), "{said}");
        if what != "a list of PingOne's users" {
            let said = PingOne::parse("f", text, &rule("")).unwrap_err().to_string();
            assert!(said.starts_with(&format!("f: this is {what}, not a list of PingOne's users")), "{said}");
        }
    }
}
