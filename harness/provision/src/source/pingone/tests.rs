use serde_json::json;

use super::*;

const USERS: &str = r#"{"_embedded": {"users": [
    {"id": "u-1", "username": "ada", "enabled": true, "name": {"given": "Ada", "family": "Byron"}, "email": "ada@example.com",
     "population": {"id": "p-1"}, "memberOfGroupIDs": ["g-1", "g-2"]},
    {"id": "u-2", "username": "bo, \"x\"", "enabled": false, "population": {"id": "p-2"}}
]}}"#;

fn rule(more: &str) -> Rule {
    Rule::parse("rule.json", &format!("{{\"name\": \"Everybody\", \"active\": true, \"deprovision\": true{more}}}"))
        .unwrap()
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
        (r#"[{"id": "1"}, {"id": "1"}]"#, "user 2: has the id \"1\" of user 1; keep one"),
    ] {
        let said = PingOne::parse("users.json", text, &rule("")).unwrap_err().to_string();
        assert!(said.contains(words), "{text}: {said}");
    }
    let one = r#"{"id": "1", "username": "ada"}"#;
    let page = |more: &str| format!("{{\"_embedded\": {{\"users\": [{one}]}}{more}}}");
    assert!(PingOne::parse("u", &page(", \"count\": 1"), &rule("")).is_ok());
    for more in [", \"count\": 2", ", \"_links\": {\"next\": {\"href\": \"x\"}}"] {
        let said = PingOne::parse("u", &page(more), &rule("")).unwrap_err().to_string();
        assert!(said.contains("page"), "{said}");
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
    let whole = r#"{"name": "Staff", "active": true, "populationExpression": "id pr",
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
    let kept =
        Rule::parse("rule.json", r#"{"active": "TRUE", "deprovision": false, "targetStore": {"id": "s-1"}}"#).unwrap();
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

/// A member of another type would count as one that is missing.
#[test]
fn a_member_of_another_type_is_refused_with_its_place() {
    let users = r#"[{"id": "1", "username": "ada"}]"#;
    for (text, said) in [
        (r#"{"deprovision": "no"}"#, "rule.json, deprovision: expected true or false, got the text \"no\""),
        (r#"{"deprovision": 0}"#, "deprovision: expected true or false, got the number 0"),
        (r#"{"deprovision": true, "mappings": {"a": 1}}"#, "mappings: expected a list, got an object"),
        (r#"{"deprovision": true, "active": "off"}"#, "active: expected true or false"),
        (r#"{"deprovision": true, "name": 5}"#, "name: expected a text, got the number 5"),
        (
            r#"{"deprovision": true, "populationExpression": {"id": 1}}"#,
            "populationExpression: expected a text, got an object",
        ),
        (r#"{"deprovision": true, "populationExpression": ""}"#, "populationExpression: \"\" is not a filter"),
        (
            r#"{"deprovision": true, "groups": [5]}"#,
            "groups[0]: expected an id, or an object with one, got the number 5",
        ),
        (r#"{"deprovision": true, "groups": "g"}"#, "groups: expected a list"),
        (r#"{"targetStore": {"ID": "s"}}"#, "targetStore: expected an id"),
        (r#"{"mappings": ["x"]}"#, "mapping 1: expected an object, got the text \"x\""),
        (
            r#"{"mappings": [{"sourceAttribute": 5, "targetAttribute": "userName"}]}"#,
            "mapping 1.sourceAttribute: expected a text",
        ),
        (
            r#"{"mappings": [{"sourceAttribute": "a", "source": "b", "targetAttribute": "userName"}]}"#,
            "mapping 1.source: sourceAttribute is \"a\", and source is \"b\"; keep one",
        ),
        (
            r#"{"deprovision": true, "_embedded": {"mappings": 1}}"#,
            "_embedded.mappings: expected a list, got the number 1",
        ),
        (r#"{"deprovision": true, "active": true, "_embedded": []}"#, "it is read"),
    ] {
        let said_of = |fault: FileFault| fault.to_string();
        let found = Rule::parse("rule.json", text).map_or_else(said_of, |_| "it is read".to_owned());
        assert!(found.contains(said), "{text}: {found}");
    }
    for (word, is_kept) in
        [("\"FALSE\"", false), ("\"False\"", false), ("\"true\"", true), ("null", true), ("\"\"", true)]
    {
        let read = Rule::parse("rule.json", &format!("{{\"active\": true, \"deprovision\": {word}}}")).unwrap();
        assert_eq!(read.deprovisions, is_kept, "{word}");
    }
    for (text, said) in [
        (r#"{"deprovision": true, "active": "FALSE"}"#, "active: the rule is switched off"),
        (r#"{"deprovision": true}"#, "active: is missing, which PingOne reads as false"),
        (r#"{"deprovision": true, "active": null}"#, "active: is missing, which PingOne reads as false"),
    ] {
        let found = Rule::parse("rule.json", text).unwrap_err().to_string();
        assert!(found.contains(said) && found.contains("--inactive"), "{found}");
        let choice = RuleChoice { inactive: true, ..RuleChoice::default() };
        assert!(Rule::read_text("rule.json", text, None, &choice).is_ok(), "{text}");
    }
    for (wrong, said) in [
        (r#""enabled": "no""#, "users.json, user 1.enabled: expected true or false, got the text \"no\""),
        (r#""enabled": 1"#, "user 1.enabled: expected true or false, got the number 1"),
        (r#""memberOfGroupIDs": "g-1""#, "user 1.memberOfGroupIDs: expected a list"),
        (r#""population": "p-1""#, "user 1.population: expected an object"),
        (r#""name": "Ada""#, "user 1.name: expected an object"),
        (r#""email": ["a"]"#, "user 1.email: expected a text, got a list"),
    ] {
        let text = users.replace("\"username\"", &format!("{wrong}, \"username\""));
        let found = PingOne::parse("users.json", &text, &rule("")).unwrap_err().to_string();
        assert!(found.contains(said), "{found}");
    }
    let text = users.replace("\"username\"", "\"enabled\": \"FALSE\", \"username\"");
    let source = PingOne::parse("users.json", &text, &rule(r#", "filter": "enabled eq false""#)).unwrap();
    assert_eq!(names(&source), ["ada"], "a text counts as the API's boolean");
    for (text, said) in [
        (
            r#"{"_embedded": {"groups": [{"id": "g", "name": "x", "isExternal": "maybe"}]}}"#,
            "group 1.isExternal: expected",
        ),
        (r#"{"_embedded": {"groups": [{"id": 5, "name": "x"}]}}"#, "group 1.id: expected a text, got the number 5"),
    ] {
        let found = Groups::parse("groups.json", text, &rule("")).unwrap_err().to_string();
        assert!(found.contains(said), "{found}");
    }
    for (line, said) in [
        (r#"{"event": "updated", "id": 5}"#, "line 1: id: expected a text, got the number 5"),
        (r#"{"event": "updated", "id": "u", "user": "x"}"#, "line 1: user: expected an object"),
        (
            r#"{"event": "updated", "user": {"id": "u", "enabled": "x"}}"#,
            "line 1: user.enabled: expected true or false",
        ),
        (r#"{"event": "updated", "id": "u", "user": {"id": "v"}}"#, "id is \"u\", and the user's id is \"v\""),
        (r#"{"event": "updated", "user": {"id": "u", "title": "${TITLE}"}}"#, "fill in TITLE (user.title)"),
    ] {
        let found = Events::new("events.ndjson", line.as_bytes()).next().unwrap().unwrap_err().to_string();
        assert!(found.contains(said), "{found}");
    }
}

/// The name of a list, a page of it with more members, and its reader.
type PageReader<'a> = (&'a str, &'a dyn Fn(&str) -> String, fn(&str) -> Result<(), FileFault>);

/// A page that is taken for the whole loses what is on the others.
#[test]
fn a_page_of_rules_mappings_and_groups_is_not_the_whole() {
    let mappings = |more: &str| {
        format!(r#"{{"_embedded": {{"mappings": [{{"sourceAttribute": "a", "targetAttribute": "userName"}}]}}{more}}}"#)
    };
    let rules = |more: &str| format!(r#"{{"_embedded": {{"rules": [{{"name": "R", "active": true}}]}}{more}}}"#);
    let groups = |more: &str| format!(r#"{{"_embedded": {{"groups": [{{"id": "g", "name": "G"}}]}}{more}}}"#);
    let readers: [PageReader<'_>; 3] = [
        ("mappings", &mappings, |text| mappings_of("f", text).map(drop)),
        ("rules", &rules, |text| Rule::parse("f", text).map(drop)),
        ("groups", &groups, |text| Groups::parse("f", text, &rule("")).map(drop)),
    ];
    for (name, page, read) in readers {
        for whole in ["", ", \"size\": 1, \"count\": 1, \"_links\": {\"self\": {\"href\": \"x\"}}"] {
            read(&page(whole)).unwrap();
        }
        for (more, said) in [
            (", \"count\": 9", "page 1 of 9"),
            (", \"size\": 9", "size is 9, but 1"),
            (", \"_links\": {\"next\": {\"href\": \"x\"}}", "a next one follows"),
            (", \"next\": \"x\"", "a next one follows"),
        ] {
            let found = read(&page(more)).unwrap_err().to_string();
            assert!(found.starts_with("f: ") && found.contains(said) && found.contains("; "), "{name}: {found}");
        }
    }
    let pages = format!("[{}, {}]", mappings(", \"next\": \"x\""), mappings("").replace("userName", "title"));
    assert_eq!(mappings_of("f", &pages).unwrap().rules().len(), 2);
}

#[test]
fn what_says_whom_a_rule_provisions_acts_or_is_refused() {
    for (key, value, said) in [
        ("enabled", "false", "enabled: is unknown, and could change whom the run touches; did you mean \"active\"?"),
        ("status", "\"INACTIVE\"", "did you mean \"active\"?"),
        ("managed", "false", "did you mean \"deprovision\"?"),
        ("expression", "\"false\"", "did you mean \"populationExpression\"?"),
        ("populationExpressions", "\"id pr\"", "did you mean \"populationExpression\"?"),
        ("Active", "false", "did you mean \"active\"?"),
        ("wibble", "true", "--ignore-unknown-settings leaves it out"),
    ] {
        let text = format!("{{\"name\": \"R\", \"deprovision\": true, \"{key}\": {value}}}");
        let found = Rule::parse("rule.json", &text).unwrap_err().to_string();
        assert!(found.starts_with("rule.json, ") && found.contains(said), "{found}");
        let choice = RuleChoice { ignores_unknown: true, inactive: true, ..RuleChoice::default() };
        let read = Rule::read_text("rule.json", &text, None, &choice).unwrap();
        assert!(read.warnings[0].contains(&format!("{key} is unknown and ignored")), "{:?}", read.warnings);
    }
    // A member that says nothing changes nothing.
    assert!(Rule::parse("rule.json", r#"{"deprovision": true, "active": true, "wibble": null}"#).is_ok());
    // The populations of an older rule are its filter.
    let older = rule(r#", "populations": [{"id": "p-1"}, "p-9"]"#);
    assert_eq!(older.filter.as_ref().unwrap().to_string(), "population.id eq \"p-1\" or population.id eq \"p-9\"");
    assert_eq!(names(&PingOne::parse("users.json", USERS, &older).unwrap()), ["ada"]);
    for (more, said) in [
        (r#", "populations": ["p"], "filter": "id pr""#, "populations: selects users, and so does filter; keep one"),
        (r#", "filter": "id pr", "userFilter": "id pr""#, "is a second filter of the rule, beside"),
        (
            r#", "mappings": [{"source": "a", "target": "userName"}], "_embedded": {"mappings": [{"a": 1}]}"#,
            "second list of mappings",
        ),
        (
            r#", "mappings": [{"source": "a", "target": "userName", "sourceAttributes": "b"}]"#,
            "mapping 1.sourceAttributes: is unknown, and could change what the run sends; did you mean \"sourceAttribute\"?",
        ),
        (
            r#", "mappings": [{"source": "a", "target": "userName"}, {"source": "x", "target": "active"}, {"source": "y", "target": "active"}]"#,
            "active is mapped twice",
        ),
    ] {
        let text = format!("{{\"deprovision\": true{more}}}");
        let found = Rule::parse("rule.json", &text).unwrap_err().to_string();
        assert!(found.contains(said), "{found}");
    }
}

/// The syntax of a mapping's attribute is no placeholder; everything else in `${…}` is one, wherever it is used.
#[test]
fn open_placeholders_are_listed_with_their_places() {
    let template = r#"{"populationExpression": "population.id eq \"${POPULATION}\"",
        "mappings": [{"sourceAttribute": "${user.email}", "targetAttribute": "userName"}, {"source": "${TITLE}", "target": "title"}]}"#;
    let found = Rule::parse("rule.json", template).unwrap_err().to_string();
    assert_eq!(
        found,
        "rule.json: this is a template with open placeholders; fill in POPULATION (populationExpression), TITLE (mappings[1].source)"
    );
    let found = mappings_of("m.json", r#"[{"sourceAttribute": "${X}", "targetAttribute": "userName"}]"#);
    assert!(found.unwrap_err().to_string().contains("fill in X ([0].sourceAttribute)"));
    let users = USERS.replace("Byron", "${SURNAME}");
    let found = PingOne::parse("users.json", &users, &rule("")).unwrap_err().to_string();
    assert!(found.contains("fill in SURNAME ([0].name.family)"), "{found}");
    // What the run does not use is data, and so is what the text of the file escapes.
    let other = USERS.replace("\"username\": \"ada\"", "\"username\": \"ada\", \"motto\": \"${X}\"");
    assert!(PingOne::parse("users.json", &other, &rule("")).is_ok());
    assert!(PingOne::parse("users.json", &users.replace('$', "\\u0024"), &rule("")).is_ok());
    let groups = r#"{"_embedded": {"groups": [{"id": "g", "name": "${NAME}"}]}}"#;
    let found = Groups::parse("groups.json", groups, &rule("")).unwrap_err().to_string();
    assert!(found.contains("fill in NAME (_embedded.groups[0].name)"), "{found}");
}

/// The API lists the groups of a user by their ids, and filters name them by `memberOfGroups`.
#[test]
fn a_filter_on_groups_is_met_by_the_ids_of_the_groups() {
    for (filter, expected) in [
        (r#"memberOfGroups[id eq \"G-1\"]"#, &["ada"][..]),
        (r#"memberOfGroups.id eq \"g-2\""#, &["ada"]),
        (r#"not (memberOfGroups[id eq \"g-1\"])"#, &["bo, \"x\""]),
        (r#"population.id eq \"p-2\" or memberOfGroups[id eq \"g-1\"]"#, &["ada", "bo, \"x\""]),
    ] {
        let rule = rule(&format!(", \"populationExpression\": \"{filter}\""));
        assert_eq!(names(&PingOne::parse("users.json", USERS, &rule).unwrap()), expected, "{filter}");
        let without = USERS.replace("memberOfGroupIDs", "motto");
        let found = PingOne::parse("users.json", &without, &rule).unwrap_err().to_string();
        assert!(
            found.starts_with("users.json: no user has memberOfGroupIDs") && found.contains("?include="),
            "{found}"
        );
    }
}

#[test]
fn an_attribute_that_no_user_has_is_named() {
    let left_out = |filter: &str| {
        let rule = rule(&format!(", \"populationExpression\": \"{filter}\""));
        PingOne::parse("users.json", USERS, &rule).unwrap().left_out().join("\n")
    };
    let said = left_out(r#"not (type eq \"contractor\") or name[nick eq \"x\" and given pr]"#);
    assert!(said.contains("no user has type or name.nick, which the rule's filter names"), "{said}");
    assert!(!left_out(r#"population.id eq \"p-1\""#).contains("no user has"));
}
