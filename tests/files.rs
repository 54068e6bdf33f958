//! Files as products write them, through the built binary: exports of connections, of directories and of PingOne. What a file
//! asks for is done, or refused by name; a run that would do something else says so.

mod support;

use std::fmt::Write as _;

use serde_json::Value;
use support::{Ran, Served, file, ledger, run};

fn provision(served: &Served, arguments: &[&str]) -> Ran {
    run(&[&["provision", "--bearer", served.value("bearer")], arguments, &[served.value("URL")]].concat())
}

fn person(uid: &str) -> String {
    format!(
        "dn: uid={uid},ou=people,dc=x\nobjectClass: inetOrgPerson\nentryUUID: guid-{uid}\nuid: {uid}\ncn: {uid}\nsn: {uid}\n\n"
    )
}

#[track_caller]
fn says(ran: &Ran, status: i32, words: &[&str]) {
    assert_eq!(ran.status, status, "{}{}", ran.stdout, ran.stderr);
    for word in words {
        assert!(ran.stdout.contains(word) || ran.stderr.contains(word), "{word:?}:\n{}{}", ran.stdout, ran.stderr);
    }
}

fn connection(name: &str, type_id: &str, active: bool, url: &str) -> String {
    format!(
        r#"{{"type": "SP", "name": "{name}", "entityId": "{name}", "active": {active}, "outboundProvision": {{"type": "{type_id}",
        "targetSettings": [{{"name": "SCIM_URL", "value": "{url}"}}, {{"name": "Provisioning Options", "value": ""}},
          {{"name": "REMOVE_ACTION", "value": "Delete"}}, {{"name": "updateNewUsers", "value": "true"}}],
        "channels": [{{"name": "People", "active": true, "channelSource": {{"baseDn": "dc=x", "guidAttributeName": "entryUUID"}},
          "attributeMapping": [{{"fieldName": "userName", "saasFieldInfo": {{"attributeNames": ["uid"]}}}},
            {{"fieldName": "middleName", "saasFieldInfo": {{}}}}]}}]}}}}"#
    )
}

#[test]
fn of_a_bulk_export_the_connection_that_is_named_is_run() {
    let served = Served::start(&["--target", "aquera"]);
    let url = served.value("URL");
    let export = format!(
        "[{{\"type\": \"SP\", \"name\": \"SSO only\", \"active\": true, \"spBrowserSso\": {{}}}}, {}, {}]",
        connection("HR", "Aquera Provisioner", true, url),
        connection("Old", "scim", false, url)
    );
    let export = file("files-export.json", &export);
    let people = file("files-export.ldif", person("ada") + &person("bo"));
    let ran = run(&["connection", "list", &export]);
    insta::assert_snapshot!(ran.stdout, @r"
    SSO only  no outbound provisioning                    active    no channels
    HR        Aquera Provisioner, as pingfederate-aquera  active    People
    Old       scim, as pingfederate-scim                  inactive  People
    ");
    let run_with = |more: &[&str]| {
        let first = ["provision", "--connection", &export, "--source", &people, "--bearer", served.value("bearer")];
        run(&[&first, more, &[url]].concat())
    };
    says(&run_with(&[]), 2, &["name one of HR, Old with --connection-name"]);
    says(&run_with(&["--connection-name", "SSO only"]), 2, &["SSO only has no outbound provisioning"]);
    says(&run_with(&["--connection-name", "Old"]), 2, &["Old is inactive", "--inactive"]);
    says(&run_with(&["--connection-name", "HR"]), 0, &["users: created 2"]);
    // The codes of the file are settings: its leavers are deleted.
    let ledger = ledger("files-export.ledger");
    let old = ["--connection-name", "Old", "--inactive", "--ledger", &ledger];
    says(&run_with(&old), 0, &["users: linked 2"]);
    file("files-export.ldif", person("ada"));
    says(&run_with(&old), 0, &["users: deleted 1"]);
}

#[test]
fn a_setting_that_is_not_known_stops_the_run_until_a_flag_agrees() {
    let served = Served::start(&["--target", "aquera"]);
    let text = connection("HR", "Aquera Provisioner", true, served.value("URL"))
        .replace("\"updateNewUsers\"", "\"SKIP_PEOPLE\"");
    let (connection, people) = (file("files-unknown.json", &text), file("files-unknown.ldif", person("ada")));
    let arguments = ["--connection", &connection, "--source", &people, "--dry-run"];
    says(&provision(&served, &arguments), 2, &["SKIP_PEOPLE", "could change whom the run touches"]);
    let agreed = [&arguments[..], &["--ignore-unknown-settings"]].concat();
    says(&provision(&served, &agreed), 0, &["SKIP_PEOPLE", "1 operation, "]);
    let shown = run(&["connection", "show", &connection]);
    says(&shown, 0, &["not known to pingfederate-aquera, and not used", "1 field is not mapped"]);
    let twice = text.replace(
        "{\"name\": \"SKIP_PEOPLE\", \"value\": \"true\"}",
        "{\"name\": \"Remove User Action\", \"value\": \"Disable\"}",
    );
    let connection = file("files-twice.json", &twice);
    let ran = provision(&served, &["--connection", &connection, "--source", &people, "--dry-run"]);
    says(&ran, 2, &["REMOVE_ACTION and Remove User Action", "two values"]);
}

/// What `ldifde -f` writes: UTF-16 with a mark, CRLF, `changetype: add` in each record.
fn ldifde(entries: &str) -> Vec<u8> {
    let text = format!("\u{FEFF}{}", entries.replace('\n', "\r\n"));
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn domain() -> String {
    const BASE: &str = "DC=ad,DC=example,DC=com";
    let mut text = String::new();
    for (name, classes, category, more) in [
        (
            "ada",
            "person organizationalPerson user",
            "Person",
            "sAMAccountName: ada\nuserAccountControl: 512\nobjectGUID:: AQEBAQEBAQEBAQEBAQEBAQ==\n",
        ),
        (
            "bo",
            "person organizationalPerson user",
            "Person",
            "sAMAccountName: bo\nuserAccountControl: 514\nobjectGUID:: AgICAgICAgICAgICAgICAg==\n",
        ),
        (
            "PC1",
            "person organizationalPerson user computer",
            "Computer",
            "sAMAccountName: PC1$\nuserAccountControl: 4096\nobjectGUID:: AwMDAwMDAwMDAwMDAwMDAw==\n",
        ),
        ("Cy", "person organizationalPerson contact", "Person", "objectGUID:: BAQEBAQEBAQEBAQEBAQEBA==\n"),
        (
            "Staff",
            "group",
            "Group",
            "objectGUID:: BQUFBQUFBQUFBQUFBQUFBQ==\nmember: CN=ada,DC=ad,DC=example,DC=com\nmember: CN=bo,DC=ad,DC=example,DC=com\nmember: CN=PC1,DC=ad,DC=example,DC=com\n",
        ),
    ] {
        let _ = writeln!(text, "dn: CN={name},{BASE}\nchangetype: add\nobjectClass: top");
        for class in classes.split(' ') {
            let _ = writeln!(text, "objectClass: {class}");
        }
        let _ = writeln!(text, "cn: {name}\nobjectCategory: CN={category},CN=Schema,CN=Configuration,{BASE}\n{more}");
    }
    text
}

#[test]
fn a_domains_export_gives_the_people_that_the_domain_would() {
    const FILTER: &str =
        "(&(objectCategory=person)(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))";
    let served = Served::start(&["--target", "aquera"]);
    let export = file("files-ldifde.ldif", ldifde(&domain()));
    let ran = provision(&served, &["--source", &export, "--directory", "active-directory", "--user-filter", FILTER]);
    says(
        &ran,
        0,
        &[
            "users: created 1",
            "groups: created 1, members changed 1",
            "1 person is left out by the filter",
            "1 computer",
            "1 contact",
            "2 members of the group CN=Staff,DC=ad,DC=example,DC=com have no account",
        ],
    );
    // Without a filter a computer is no person either, and whoever is disabled has no account.
    let ran = provision(&served, &["--source", &export, "--directory", "active-directory", "--format", "json"]);
    let cycles: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(cycles[0]["users"]["success"], 1, "{}", ran.stdout);
    assert_eq!(cycles[0]["users"]["unsynced"], 1, "{}", ran.stdout);
}

/// From the list of connections to the last cycle, with nothing but what the products export.
#[test]
fn a_server_profile_and_a_domains_export_are_a_rehearsal() {
    const PROFILE: &str = include_str!("../fixtures/connections/saas-provisioner.xml");
    let served = Served::start(&["--target", "aquera"]);
    let profile = file("files-profile.xml", PROFILE);
    let export = file("files-profile.ldf", ldifde(&domain()));
    says(
        &run(&["connection", "list", &profile]),
        0,
        &["https://hr.example.com  scim, as pingfederate-scim  active  People"],
    );
    let shown = run(&["connection", "show", &profile]);
    says(&shown, 0, &["(secret, not read: give it as a flag)", "sn, cn", "LOWER", "1 field is not mapped"]);
    assert!(!shown.stdout.contains("hidden-token"), "{}", shown.stdout);
    let ledger = ledger("files-profile.ledger");
    let cycle = |more: &[&str]| {
        let first = ["--connection", &profile, "--source", &export, "--ledger", &ledger];
        provision(&served, &[&first, more].concat())
    };
    says(&cycle(&["--dry-run"]), 0, &["2 operations, 1 skipped", "1 computer, 1 contact"]);
    says(
        &cycle(&["--explain-scope", "bo"]),
        0,
        &["CN=bo,DC=ad,DC=example,DC=com: in the channel", "Provision Disabled Users is cleared"],
    );
    says(&cycle(&["--explain-scope", "PC1$"]), 0, &["not in the channel", "of the excluded classes computer", "yes"]);
    says(&cycle(&[]), 0, &["users: created 1", "groups: created 1"]);
    file("files-profile.ldf", ldifde(&domain().replacen("userAccountControl: 512", "userAccountControl: 514", 1)));
    says(&cycle(&[]), 0, &["users: disabled 1"]);
    says(&cycle(&[]), 0, &["unchanged"]);
}

#[test]
fn a_source_without_people_changes_nothing_until_a_flag_agrees() {
    let served = Served::start(&["--target", "aquera"]);
    let ledger = ledger("files-nobody.ledger");
    let source = file("files-nobody.ldif", person("ada") + &person("bo"));
    let cycle = |more: &[&str]| provision(&served, &[&["--source", &source, "--ledger", &ledger], more].concat());
    says(&cycle(&[]), 0, &["users: created 2"]);
    file("files-nobody.ldif", "dn: ou=people,dc=x\nobjectClass: organizationalUnit\nou: people\n");
    let ran = cycle(&[]);
    says(
        &ran,
        1,
        &["the source holds 1 entry", "1 organizationalUnit", "2 accounts would be disabled", "nothing was sent"],
    );
    assert!(!ran.stdout.contains("users: "), "{}", ran.stdout);
    says(&cycle(&["--dry-run"]), 1, &["2 accounts would be disabled"]);
    says(&cycle(&["--allow-empty"]), 0, &["users: disabled 2"]);
    // A filter that nobody meets is named.
    let people = file("files-nobody-filter.ldif", person("ada"));
    let ran = provision(&served, &["--source", &people, "--user-filter", "(title=*)", "--dry-run"]);
    says(&ran, 1, &["1 person is left out by the filter (title=*)"]);
    let accounts = file(
        "files-nobody-accounts.ldif",
        "dn: uid=b,dc=x\nobjectClass: account\nobjectClass: posixAccount\nuid: b\ncn: B\n",
    );
    let ran = provision(&served, &["--source", &accounts, "--dry-run"]);
    says(&ran, 1, &["not of the classes inetOrgPerson, groupOfNames, groupOfUniqueNames: 1 account and posixAccount"]);
    says(&provision(&served, &["--source", &accounts, "--user-class", "account", "--dry-run"]), 0, &["1 operation, "]);
}

#[test]
fn a_great_part_of_the_accounts_goes_only_with_consent() {
    let served = Served::start(&["--target", "aquera"]);
    let everybody = |count: usize| (0..count).map(|number| person(&format!("p{number}"))).collect::<String>();
    let ledger = ledger("files-part.ledger");
    let source = file("files-part.ldif", everybody(100));
    let cycle = |more: &[&str]| {
        provision(&served, &[&["--source", &source, "--ledger", &ledger, "--threads", "8"], more].concat())
    };
    says(&cycle(&[]), 0, &["users: created 100"]);
    file("files-part.ldif", everybody(95));
    says(&cycle(&[]), 0, &["users: disabled 5"]);
    file("files-part.ldif", everybody(40));
    let ran = cycle(&[]);
    says(&ran, 1, &["55 of 95 accounts would be disabled", "20 % and more than 1", "--allow-removals"]);
    assert!(!ran.stdout.contains("disabled 55"), "{}", ran.stdout);
    says(&cycle(&["--removal-limit", "50"]), 1, &["more than the limit (50)"]);
    // Disabled in the source counts as much as gone.
    let disabled = everybody(95).replace("\n\n", "\nnsaccountlock: TRUE\n\n");
    file("files-part.ldif", disabled.replacen("nsaccountlock: TRUE\n", "", 40));
    says(&cycle(&[]), 1, &["55 of 95 accounts would be disabled"]);
    says(&cycle(&["--allow-removals"]), 0, &["users: disabled 55"]);
}

#[test]
fn a_great_part_of_the_groups_goes_only_with_consent() {
    let served = Served::start(&["--target", "aquera"]);
    let groups = |count: usize| {
        let group = |number| {
            format!(
                "dn: cn=g{number},dc=x\nobjectClass: groupOfNames\nentryUUID: guid-g{number}\ncn: g{number}\nmember: uid=ada,ou=people,dc=x\n\n"
            )
        };
        person("ada") + &(0..count).map(group).collect::<String>()
    };
    let ledger = ledger("files-groups.ledger");
    let source = file("files-groups.ldif", groups(40));
    let cycle = |more: &[&str]| provision(&served, &[&["--source", &source, "--ledger", &ledger], more].concat());
    says(&cycle(&[]), 0, &["groups: created 40"]);
    // As many as go unasked, and one more.
    file("files-groups.ldif", groups(32));
    says(&cycle(&[]), 0, &["groups: deleted 8"]);
    file("files-groups.ldif", groups(25));
    let planned = cycle(&["--dry-run"]);
    says(&planned, 1, &["7 of 32 groups would be deleted", "20 % and more than 1", "--allow-removals"]);
    let ran = cycle(&[]);
    says(
        &ran,
        1,
        &["7 of 32 groups would be deleted", "group changes were not sent, because the cycle stopped before them"],
    );
    assert!(!ran.stdout.contains("deleted 7"), "{}", ran.stdout);
    says(&cycle(&["--removal-limit", "7"]), 0, &["groups: deleted 7"]);
    file("files-groups.ldif", groups(0));
    says(&cycle(&["--allow-removals"]), 0, &["groups: deleted 25"]);
}

#[test]
fn a_group_dn_of_a_file_says_who_is_provisioned() {
    let group = |name: &str, members: &[&str]| {
        let members: Vec<String> = members.iter().map(|member| format!("member: {member},dc=x\n")).collect();
        let members = members.concat();
        format!("dn: cn={name},dc=x\nobjectClass: groupOfNames\nentryUUID: guid-{name}\ncn: {name}\n{members}\n")
    };
    let text = [
        person("ada"),
        person("bo"),
        person("cy"),
        group("All", &["uid=ada,ou=people", "cn=Eng"]),
        group("Eng", &["uid=bo,ou=people", "cn=All"]),
    ]
    .concat();
    let source = file("files-group-dn.ldif", text);
    let planned = |more: &[&str]| {
        let ran =
            run(&[&["provision", "--source", &source, "--dry-run", "--group-filter", "(cn=none)"], more].concat());
        let users = ran.stdout.lines().filter_map(|line| line.strip_prefix("user "));
        users.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(planned(&["--user-group-dn", "cn=All,dc=x"]), "ada");
    assert_eq!(planned(&["--user-group-dn", "CN=all, DC=X", "--nested"]), "ada bo");
    assert_eq!(planned(&["--user-group-dn", "cn=Eng,dc=x", "--nested-users"]), "ada bo");
    assert_eq!(planned(&["--user-group-dn", "cn=Eng,dc=x", "--nested-groups"]), "bo");
    let ran = run(&["provision", "--source", &source, "--user-group-dn", "cn=Nobody,dc=x", "--dry-run"]);
    says(&ran, 1, &["there is no such group", "no user counts as a leaver"]);
    // A connection's group is the same, for users and groups apart.
    let connection = connection("HR", "Aquera Provisioner", true, "http://127.0.0.1:1")
        .replace("\"baseDn\": \"dc=x\"", r#""userSourceLocation": {"groupDN": "cn=All,dc=x", "nestedSearch": true}, "groupSourceLocation": {"groupDN": "cn=Eng,dc=x", "nestedSearch": false}"#);
    let connection = file("files-group-dn.json", connection);
    let ran = run(&["provision", "--connection", &connection, "--source", &source, "--dry-run"]);
    insta::assert_snapshot!(ran.stdout, @r#"
    user   ada  find by userName; link and update, or create
    user   bo   find by userName; link and update, or create
    group  Eng  find by displayName; link or create; up to 1 member
    note: 1 person is not in the group of the Group DN cn=All,dc=x
    note: 1 group is not in the group of the Group DN cn=Eng,dc=x
    3 operations, 0 skipped, 0 unchanged, 0 would fail; nothing was sent
    a cycle of 2 people takes about 7 requests
    "#);
}

#[test]
fn what_a_source_cannot_serve_is_refused() {
    let source = file("files-unserved.ldif", person("ada"));
    for flags in [
        &["--starttls"][..],
        &["--changed-users", "usn"],
        &["--page-size", "10"],
        &["--change-attribute", "x"],
        &["--source-insecure"],
    ] {
        let ran = run(&[&["provision", "--source", &source, "--dry-run"], flags].concat());
        says(&ran, 2, &[flags[0], "says nothing about a file"]);
    }
    says(&run(&["provision", "--source", &source, "--dry-run", "--nested"]), 2, &["--nested is about the group"]);
    let users = file("files-unserved.json", r#"[{"id": "1", "username": "ada", "enabled": true}]"#);
    let rule = file("files-unserved-rule.json", r#"{"active": true, "populationExpression": "id pr", "mappings": []}"#);
    for flags in [
        &["--base-dn", "dc=x"][..],
        &["--user-filter", "(a=b)"],
        &["--user-group-dn", "cn=x"],
        &["--directory", "posix"],
        &["--guid-attribute", "x"],
    ] {
        let arguments = ["provision", "--as", "pingone-scim", "--source", &users, "--rule", &rule, "--dry-run"];
        says(&run(&[&arguments[..], flags].concat()), 2, &[flags[0], "says nothing about PingOne's users"]);
    }
}

#[test]
fn a_rule_and_its_store_are_honoured_as_the_api_gives_them() {
    let served = Served::start(&["--target", "aquera"]);
    let users = r#"{"_embedded": {"users": [{"id": "u-1", "username": "ada", "enabled": true, "externalId": "E-1", "name": {"given": "Ada"}, "population": {"id": "p-1"}}]}}"#;
    let source = file("files-pingone.json", users);
    let store = |id: &str| {
        format!(
            r#"{{"_embedded": {{"stores": [{{"id": "{id}", "type": "Aquera", "name": "HR", "configuration": {{"SCIM_URL": "{}", "AUTHENTICATION_METHOD": "OAuth Bearer Token",
        "ACCESS_TOKEN": "hidden-token", "createNewUsers": true, "updateNewUsers": false, "disableNewUsers": true, "REMOVE_ACTION": "Disable"}}}}]}}}}"#,
            served.value("URL")
        )
    };
    let store = [file("files-pingone-store.json", store("s-1")), file("files-pingone-other.json", store("s-2"))];
    let rules = r#"{"_embedded": {"rules": [
        {"name": "Staff", "active": true, "deprovision": false, "targetStore": {"id": "s-1"}, "populationExpression": "population.id eq \"p-1\""},
        {"name": "Guests", "active": false, "populationExpression": "id pr"}]}}"#;
    let rules = file("files-pingone-rules.json", rules);
    let mappings = file(
        "files-pingone-mappings.json",
        r#"{"_embedded": {"mappings": [
        {"sourceAttribute": "externalId", "targetAttribute": "userName"}, {"sourceAttribute": "name.given", "targetAttribute": "givenName"},
        {"sourceAttribute": "enabled", "targetAttribute": "active"}]}}"#,
    );
    let ledger = ledger("files-pingone.ledger");
    let cycle = |store: &str, more: &[&str]| {
        let first = ["--connection", store, "--source", &source, "--rule", &rules, "--ledger", &ledger];
        provision(&served, &[&first, more].concat())
    };
    let staff = ["--rule-name", "Staff", "--mappings", &mappings];
    says(&cycle(&store[0], &[]), 2, &["name one of Staff, Guests with --rule-name"]);
    says(&cycle(&store[0], &["--rule-name", "Guests"]), 2, &["the rule is switched off", "--inactive"]);
    says(&cycle(&store[1], &staff), 2, &["the rule is for the store s-1, and the connection is the store s-2"]);
    let ran = cycle(&store[0], &[&staff[..], &["--dry-run"]].concat());
    says(&ran, 0, &["E-1", "deprovision is false"]);
    says(&cycle(&store[0], &staff), 0, &["users: created 1"]);
    // Deprecated names are names of the same settings: nothing is updated.
    file("files-pingone.json", users.replace("\"given\": \"Ada\"", "\"given\": \"Adah\""));
    says(&cycle(&store[0], &staff), 0, &["1 user was skipped, because Enable users updation is cleared"]);
    // Nobody is deprovisioned by a rule that says not to.
    let further =
        r#"{"id": "u-2", "username": "bo", "enabled": true, "externalId": "E-2", "population": {"id": "p-1"}}]"#;
    file("files-pingone.json", users.replace("p-1", "p-2").replace("]}", &format!(", {further}}}")));
    let ran = cycle(&store[0], &staff);
    says(
        &ran,
        0,
        &["1 user was skipped, because Enable users deprovision is cleared", "1 user does not meet the rule's filter"],
    );
    let all = [&ran.stdout, &ran.stderr];
    assert!(all.iter().all(|text| !text.contains("hidden-token")), "{all:?}");
}

/// A newcomer gets a leaver's account because the names match: both identities, the account and its groups are named.
#[test]
fn an_account_that_passes_from_a_leaver_to_a_newcomer_is_a_finding() {
    let served = Served::start(&["--target", "aquera"]);
    let ledger = ledger("files-reuse.ledger");
    let staff = "dn: cn=Staff,dc=x\nobjectClass: groupOfNames\nentryUUID: guid-staff\ncn: Staff\nmember: uid=ada,ou=people,dc=x\n";
    let source = file("files-reuse.ldif", person("ada") + &person("bo") + staff);
    let cycle = || provision(&served, &["--source", &source, "--ledger", &ledger]);
    says(&cycle(), 0, &["users: created 2"]);
    // A rehire has the same GUID: no finding.
    file("files-reuse.ldif", person("bo") + staff);
    says(&cycle(), 0, &["users: disabled 1"]);
    file("files-reuse.ldif", person("ada") + &person("bo") + staff);
    says(&cycle(), 0, &["users: enabled 1"]);
    file("files-reuse.ldif", person("bo") + staff);
    says(&cycle(), 0, &["users: disabled 1"]);
    let newcomer = person("ada").replace("guid-ada", "guid-newcomer");
    file("files-reuse.ldif", newcomer + &person("bo") + staff);
    says(
        &cycle(),
        1,
        &[
            "users: linked 1",
            "identity reused: the account",
            "(ada) of the entry guid-ada, which has left, belongs to uid=ada,ou=people,dc=x (guid-newcomer) now",
        ],
    );
}

#[test]
fn an_account_that_has_expired_is_never_active_in_silence() {
    let entry = "dn: CN=ada,DC=x\nobjectClass: user\nobjectGUID:: AQEBAQEBAQEBAQEBAQEBAQ==\nsAMAccountName: ada\nuserAccountControl: 512\naccountExpires: 130000000000000000\n";
    let source = file("files-expired.ldif", entry);
    let arguments = ["provision", "--source", &source, "--directory", "active-directory", "--dry-run"];
    let ran = run(&arguments);
    says(&ran, 0, &["1 enabled person has an account that expired", "counts as enabled", "or create"]);
    let ran = run(&[&arguments[..], &["--expired", "disabled"]].concat());
    says(&ran, 0, &["counts as disabled", "Provision Disabled Users is cleared"]);
    for never in ["0", "9223372036854775807"] {
        file("files-expired.ldif", entry.replace("130000000000000000", never));
        assert!(!run(&arguments).stdout.contains("expired"), "{never}");
    }
}

#[test]
fn a_template_gets_one_error_that_lists_its_placeholders() {
    let text = person("a").replace("dc=x", "${BASE}")
        + &person("b").replace("dc=x", "${BASE}").replace("sn: b", "sn: ${SURNAME}");
    let source = file("files-template.ldif", text);
    let ran = run(&["provision", "--source", &source, "--dry-run"]);
    says(&ran, 2, &["this is a template with open placeholders; fill in BASE (line 1 and 1 more), SURNAME (line 13)"]);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
}
