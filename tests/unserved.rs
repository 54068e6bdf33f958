//! What a file or a flag asks for, and a run cannot serve, is refused with what to do: it is never left out in silence. And a
//! cycle that would take away more than its owner may have meant stops before it does.

mod support;

use support::{Ran, Served, file, ledger, run, says};

fn provision(served: &Served, arguments: &[&str]) -> Ran {
    run(&[&["provision", "--bearer", served.value("bearer")], arguments, &[served.value("URL")]].concat())
}

fn person(uid: &str) -> String {
    format!(
        "dn: uid={uid},ou=people,dc=x\nobjectClass: inetOrgPerson\nentryUUID: guid-{uid}\nuid: {uid}\ncn: {uid}\nsn: {uid}\n\n"
    )
}

fn group(name: &str, members: &[&str]) -> String {
    let members: Vec<String> = members.iter().map(|uid| format!("member: uid={uid},ou=people,dc=x\n")).collect();
    let members = members.concat();
    format!("dn: cn={name},dc=x\nobjectClass: groupOfNames\nentryUUID: guid-{name}\ncn: {name}\n{members}\n")
}

/// A plan and an explanation look into the ledger, at the endpoint that it is for.
#[test]
fn a_plan_without_a_url_uses_the_ledger_that_it_is_given() {
    let served = Served::start(&["--target", "aquera"]);
    let ledger = ledger("unserved.ledger");
    let source = file("unserved.ldif", person("ada") + &person("bo") + &person("cy"));
    says(&provision(&served, &["--source", &source, "--ledger", &ledger]), 0, &["users: created 3"]);
    let plan =
        |ledger: &str, more: &[&str]| run(&[&["provision", "--source", &source, "--ledger", ledger], more].concat());
    says(&plan(&ledger, &["--dry-run"]), 0, &["0 operations", "3 unchanged"]);
    says(
        &plan(&ledger, &["--explain-scope", "ada"]),
        0,
        &["the ledger knows the account", "the account is as it should be"],
    );
    // With a URL of another endpoint the ledger is refused, as by a cycle.
    let other = plan(&ledger, &["--dry-run", "http://127.0.0.1:1/scim"]);
    says(&other, 2, &["belongs to the endpoint", "not to \"http://127.0.0.1:1/scim\""]);
    says(&plan(&ledger, &["--dry-run", "--as", "pingfederate-scim"]), 2, &["belongs to the client"]);
    says(&plan(&ledger, &["--dry-run", "--base-dn", "dc=x"]), 2, &["belongs to the source"]);
    // What is no ledger is none, whether a URL is given or not.
    let text = file("unserved-text.ledger", "this is no ledger\n");
    for more in [&["--dry-run"][..], &["--explain-scope", "ada"], &["--dry-run", "http://127.0.0.1:1/scim"]] {
        says(&plan(&text, more), 2, &["is damaged or no ledger at all"]);
    }
    let empty = file("unserved-empty.ledger", "");
    let missing = format!("{ledger}.missing");
    for path in [&empty, &missing] {
        says(
            &plan(path, &["--dry-run"]),
            0,
            &["there is no ledger", "this is what a first cycle does", "3 operations"],
        );
    }
    assert!(!std::path::Path::new(&missing).exists(), "a plan makes no file");
    assert_eq!(std::fs::metadata(&empty).unwrap().len(), 0);
    let upkeep = run(&["provision", "--ledger", &text, "--show-channels"]);
    says(&upkeep, 2, &["is damaged or no ledger at all"]);
}

const MAPPING: &str = r#"{"fieldName": "userName", "saasFieldInfo": {"attributeNames": ["uid"]}}"#;

fn connection(more: &str, channels: &str) -> String {
    format!(
        r#"{{"type": "SP", "id": "c-1", "name": "HR", "entityId": "hr", "active": true{more}, "outboundProvision": {{"type": "scim",
        "targetSettings": [{{"name": "SCIM_URL", "value": "http://127.0.0.1:1/scim"}}], "channels": {channels}}}}}"#
    )
}

fn channel(more: &str, source: &str) -> String {
    format!(
        r#"[{{"name": "People", "active": true{more}, "channelSource": {{"guidAttributeName": "entryUUID"{source}}}, "attributeMapping": [{MAPPING}]}}]"#
    )
}

#[test]
fn what_a_connection_says_of_its_scope_acts_or_is_refused() {
    let people = file("unserved-people.ldif", person("ada") + &person("zed"));
    let path = |text: &str| file("unserved-connection.json", text);
    let plan = |text: &str, more: &[&str]| {
        run(&[&["provision", "--connection", &path(text), "--source", &people, "--dry-run"], more].concat())
    };
    says(&plan(&connection("", &channel("", "")), &[]), 0, &["2 operations"]);
    for (text, said) in [
        (
            connection("", &channel("", r#", "userFilter": "(uid=zed)""#)),
            "unserved-connection.json, outboundProvision.channels[0].channelSource.userFilter: is unknown, and could change whom the run touches; did you mean \"userSourceLocation.filter\"?",
        ),
        (
            connection("", &channel("", r#", "userSourceLocation": {"searchFilter": "(uid=zed)"}"#)),
            "channelSource.userSourceLocation.searchFilter: is unknown",
        ),
        (connection("", &channel(r#", "filter": "(uid=zed)""#, "")), "channels[0].filter: is unknown"),
        (connection(r#", "enabled": false"#, &channel("", "")), "unserved-connection.json, enabled: is unknown"),
    ] {
        says(&plan(&text, &[]), 2, &[said, "--ignore-unknown-settings leaves it out"]);
        says(&plan(&text, &["--ignore-unknown-settings"]), 0, &["is unknown and not used", "2 operations"]);
        says(&run(&["connection", "show", &path(&text)]), 0, &["is unknown and not used"]);
    }
    for channels in ["[]", "null"] {
        let said = "the connection HR has no channel, so that nothing says which people it provisions";
        says(&plan(&connection("", channels), &[]), 2, &[said]);
    }
    says(
        &plan(&connection("", "{\"People\": {}}"), &[]),
        2,
        &["outboundProvision.channels: expected a list, got an object"],
    );
    says(
        &plan(&connection("", &channel("", "")).replacen("true", "\"off\"", 1), &[]),
        2,
        &["active: expected true or false"],
    );
    let several = format!(
        "[{}, {}]",
        connection("", &channel("", "")),
        connection("", &channel("", "")).replacen("c-1", "c-2", 1)
    );
    says(&plan(&several, &["--connection-name", "HR"]), 2, &["2 connections are named \"HR\"", "c-1, c-2"]);
    says(&plan(&several, &["--connection-name", "c-2"]), 0, &["2 operations"]);
    let alone = run(&["provision", "--source", &people, "--ignore-unknown-settings", "--dry-run"]);
    says(&alone, 2, &["--ignore-unknown-settings is about a connection or a rule"]);
    let sign_on =
        r#"{"type": "SP", "id": "s", "name": "SSO", "entityId": "e", "active": true, "virtualEntityIds": []}"#;
    says(&plan(sign_on, &[]), 2, &["the connection SSO has no outbound provisioning, so there is nothing to run"]);
    says(&run(&["connection", "list", &path(sign_on)]), 0, &["no outbound provisioning"]);
}

const USERS: &str = r#"{"_embedded": {"users": [{"id": "u-1", "username": "ada", "enabled": true, "population": {"id": "p-1"}},
    {"id": "u-2", "username": "bo", "enabled": true, "population": {"id": "p-2"}}]}}"#;

#[test]
fn what_a_rule_says_of_its_scope_acts_or_is_refused() {
    let users = file("unserved-users.json", USERS);
    let mappings = r#""mappings": [{"sourceAttribute": "username", "targetAttribute": "userName"}, {"sourceAttribute": "enabled", "targetAttribute": "active"}]"#;
    let plan = |rule: &str, more: &[&str]| {
        let rule = file("unserved-rule.json", rule);
        run(&[&["provision", "--source", &users, "--rule", &rule, "--dry-run"], more].concat())
    };
    let rule = |more: &str| format!("{{\"name\": \"R\", \"active\": true, {mappings}{more}}}");
    says(&plan(&rule(""), &[]), 0, &["2 operations"]);
    says(
        &plan(&rule(r#", "populations": [{"id": "p-1"}]"#), &[]),
        0,
        &["1 operation,", "1 user does not meet the rule's filter"],
    );
    says(&plan(&rule(r#", "deprovision": "FALSE""#), &[]), 0, &["deprovision is false"]);
    for (active, said) in [
        ("\"active\": \"false\"", "active: the rule is switched off"),
        ("\"active\": null", "active: is missing, which PingOne reads as false"),
    ] {
        let switched_off = rule("").replace("\"active\": true", active);
        says(&plan(&switched_off, &[]), 2, &[said, "--inactive runs it all the same"]);
        says(&plan(&switched_off, &["--inactive"]), 0, &["2 operations"]);
    }
    says(
        &plan(&rule(r#", "deprovision": "no""#), &[]),
        2,
        &["deprovision: expected true or false, got the text \"no\""],
    );
    for (more, said) in [
        (r#", "enabled": false"#, "did you mean \"active\"?"),
        (r#", "expression": "false""#, "did you mean \"populationExpression\"?"),
        (r#", "managed": false"#, "managed: is unknown"),
        (r#", "wibble": 1"#, "wibble: is unknown"),
    ] {
        says(&plan(&rule(more), &[]), 2, &[said, "unserved-rule.json", "--ignore-unknown-settings leaves it out"]);
        says(&plan(&rule(more), &["--ignore-unknown-settings"]), 0, &["is unknown and ignored", "2 operations"]);
    }
    says(
        &plan(&rule(r#", "populationExpression": "population.id eq \"${POP}\"""#), &[]),
        2,
        &["fill in POP (populationExpression)"],
    );
    // A page of anything is not the whole of it.
    let page = r#"{"_embedded": {"mappings": [{"sourceAttribute": "username", "targetAttribute": "userName"}]}, "count": 9, "_links": {"next": {"href": "x"}}}"#;
    let page = file("unserved-mappings.json", page);
    says(
        &plan(&rule(""), &["--mappings", &page]),
        2,
        &[
            "unserved-mappings.json: these are 1 of 9 mappings: page 1 of 9",
            "put the answers of all pages into one list",
        ],
    );
    let without = file("unserved-no-mappings.json", r#"{"name": "R", "deprovision": true}"#);
    says(
        &plan(&rule(""), &["--mappings", &without]),
        2,
        &["this is a rule of PingOne without mappings", "GET …/propagation/rules/ID/mappings"],
    );
    let rules = format!("{{\"_embedded\": {{\"rules\": [{}]}}, \"next\": \"x\"}}", rule(""));
    says(&plan(&rules, &[]), 2, &["this is one page of the rules, and a next one follows"]);
}

#[test]
fn what_stands_twice_or_was_cut_off_in_the_file_of_a_directory_is_refused() {
    let plan = |name: &str, text: &str| {
        let source = file(name, text);
        run(&["provision", "--source", &source, "--dry-run"])
    };
    let both = person("ada") + &person("bo");
    says(
        &plan("unserved-cut.ldif", &(both.clone() + "# numResponses: 4\n# numEntries: 3\n")),
        2,
        &[
            "unserved-cut.ldif, line 16: the search that wrote this file gave 3 entries, but 2 entries stand before this line",
        ],
    );
    says(&plan("unserved-whole.ldif", &(both.clone() + "# numResponses: 3\n# numEntries: 2\n")), 0, &["2 operations"]);
    let doubled = both.clone() + &person("ada").replace("guid-ada", "guid-other").replace("uid=ada", "UID=Ada");
    says(
        &plan("unserved-double.ldif", &doubled),
        2,
        &["line 15: the entry UID=Ada,ou=people,dc=x stands in line 1 already; keep one"],
    );
    says(
        &plan("unserved-cr.ldif", &both.replace('\n', "\r")),
        2,
        &["line 1: the line has a carriage return without a line feed"],
    );
    says(&plan("unserved-template.ldif", &both.replace("sn: bo", "sn: ${SURNAME}")), 2, &["fill in SURNAME (line 13)"]);
    for (name, text, said) in [
        ("unserved-semicolons.csv", "DN;cn\r\n", "line 1: the columns are separated by semicolons"),
        (
            "unserved-heading.csv",
            "DN,cn,CN\r\n\"CN=a\",a,b\r\n",
            "the heading \"CN\" stands in column 2 and in column 3",
        ),
    ] {
        says(&plan(name, text), 2, &[said]);
    }
    let changes = file(
        "unserved-changes.ldif",
        "dn: uid=ada,ou=people,dc=x\nchangetype: modify\nreplace: sn\nsn: ${SURNAME}\n-\n",
    );
    let source = file("unserved-base.ldif", &both);
    let ran = run(&["provision", "--source", &source, "--changes", &changes, "http://127.0.0.1:1/scim"]);
    says(&ran, 2, &["unserved-changes.ldif: this is a template", "fill in SURNAME (line 4)"]);
}

#[test]
fn an_empty_value_of_a_flag_says_nothing_and_is_refused() {
    let source = file("unserved-flags.ldif", person("ada"));
    for flag in [
        "--user-group-dn",
        "--group-group-dn",
        "--user-filter",
        "--group-filter",
        "--user-class",
        "--group-class",
        "--member-attribute",
        "--guid-attribute",
        "--member-of-attribute",
    ] {
        let ran = run(&["provision", "--source", &source, "--dry-run", flag, ""]);
        says(&ran, 2, &["the value is empty; give one, or leave out the flag", flag]);
    }
}

/// Of three people one may leave, and two are most of them.
#[test]
fn a_great_part_of_a_small_population_goes_only_with_consent() {
    let served = Served::start(&["--target", "aquera"]);
    let ledger = ledger("unserved-small.ledger");
    let all = ["ada", "bo", "cy"].map(person).concat();
    let source = file("unserved-small.ldif", &all);
    let cycle = |more: &[&str]| provision(&served, &[&["--source", &source, "--ledger", &ledger], more].concat());
    says(&cycle(&[]), 0, &["users: created 3"]);
    file("unserved-small.ldif", person("ada"));
    says(
        &cycle(&[]),
        1,
        &["2 of 3 accounts would be disabled, which is more than the limit (20 % and more than 1)", "--allow-removals"],
    );
    says(&cycle(&["--dry-run"]), 1, &["2 of 3 accounts would be disabled"]);
    file("unserved-small.ldif", person("ada") + &person("bo"));
    says(&cycle(&[]), 0, &["users: disabled 1"]);
    // Other GUIDs for the same people look like leavers and newcomers.
    file("unserved-small.ldif", (person("ada") + &person("bo")).replace("guid-", "new-"));
    let said = "2 entries that have left have the user name of one that is there (the first is";
    says(&cycle(&["--dry-run"]), 1, &["2 of 2 accounts would be disabled", said, "check --guid-attribute"]);
    says(
        &cycle(&[]),
        1,
        &["2 of 2 accounts would be disabled", said, "if that entry has left the source, the next cycle links it"],
    );
}

/// Whoever names the members wrongly empties every group.
#[test]
fn memberships_go_only_with_consent() {
    let served = Served::start(&["--target", "aquera"]);
    let ledger = ledger("unserved-members.ledger");
    let names: Vec<String> = (0..10).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let people: String = names.iter().map(|name| person(name)).collect();
    let source = file("unserved-members.ldif", people.clone() + &group("all", &names) + &group("few", &names[..2]));
    let cycle = |more: &[&str]| provision(&served, &[&["--source", &source, "--ledger", &ledger], more].concat());
    says(&cycle(&[]), 0, &["users: created 10", "members changed 2"]);
    for more in [&["--member-attribute", "memberr"][..], &["--member-attribute", "memberr", "--dry-run"]] {
        says(
            &cycle(more),
            1,
            &[
                "no group of the source names members by memberr, and 2 groups name their members by member",
                "--member-attribute member",
            ],
        );
    }
    says(
        &provision(&served, &["--source", &source, "--member-attribute", "memberr"]),
        1,
        &["no group of the source names members by memberr"],
    );
    // As many as go unasked, and more.
    let fewer = |count: usize| {
        file("unserved-members.ldif", people.clone() + &group("all", &names[..count]) + &group("few", &names[..2]))
    };
    fewer(8);
    says(&cycle(&[]), 0, &["members changed 1"]);
    fewer(4);
    let said = "4 of 10 memberships would be removed, which is more than the limit (20 % and more than 1)";
    says(&cycle(&["--dry-run"]), 1, &[said]);
    says(&cycle(&[]), 1, &[said, "group changes were not sent, because the cycle stopped before them"]);
    says(&cycle(&["--removal-limit", "4"]), 0, &["members changed 1"]);
    // Who leaves counts as an account, not as memberships besides.
    file(
        "unserved-members.ldif",
        people.replacen(&person("p0"), "", 1) + &group("all", &names[..4]) + &group("few", &names[..2]),
    );
    says(&cycle(&[]), 0, &["users: disabled 1", "members changed 2"]);
}
