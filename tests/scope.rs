//! `--explain-scope`: why a person is in the channel or not, and what a cycle would do, for each client and source.

mod support;

use support::{Served, file, ledger, run, says};

fn person(uid: &str) -> String {
    format!(
        "dn: uid={uid},ou=people,dc=x\nobjectClass: inetOrgPerson\nentryUUID: guid-{uid}\nuid: {uid}\ncn: {uid}\nsn: {uid}\n\n"
    )
}

#[test]
fn the_scope_of_a_person_is_explained() {
    let source = file("scope.ldif", person("ada") + &person("bo").replace("cn: bo\n", "cn: bo\ntitle: Clerk\n"));
    let explain = |person: &str| {
        run(&[
            "provision",
            "--source",
            &source,
            "--user-filter",
            "(&(objectClass=person)(title=*))",
            "--explain-scope",
            person,
        ])
    };
    let ran = explain("ada");
    insta::assert_snapshot!(ran.stdout, @r#"
    uid=ada,ou=people,dc=x: not in the channel; a cycle does nothing
      classes                       inetOrgPerson
      of the classes inetOrgPerson  yes
      filter (objectClass=person)   true
      filter (title=*)              false
      the filter as a whole         false
      GUID                          guid-ada (entryUUID)
      account                       the ledger does not know the entry
    "#);
    says(
        &explain("GUID-BO"),
        0,
        &["uid=bo,ou=people,dc=x: in the channel; a cycle would find the account or create it"],
    );
    says(&explain("dy"), 2, &["neither the source nor the ledger"]);
    let users = file("scope.json", r#"[{"id": "u-1", "username": "ada", "enabled": true}]"#);
    let rule =
        file("scope-rule.json", r#"{"active": true, "populationExpression": "enabled eq false", "mappings": []}"#);
    let ran =
        run(&["provision", "--as", "pingone-scim", "--source", &users, "--rule", &rule, "--explain-scope", "ada"]);
    says(&ran, 0, &["username=ada: not in the channel", "the rule's filter enabled eq false", "false"]);
}

/// The clients that take a directory, and those that take PingOne's users, give the same three answers: in, out, and gone.
#[test]
fn each_client_says_who_is_in_out_and_gone() {
    let served = Served::start(&["--target", "aquera"]);
    let user = |name: &str, title: &str| {
        format!(r#"{{"id": "guid-{name}", "username": "{name}", "enabled": true, "title": "{title}"}}"#)
    };
    let entry = |name: &str, title: &str| person(name).trim_end().to_owned() + "\ntitle: " + title + "\n\n";
    let rule = file(
        "scope-client-rule.json",
        r#"{"active": true, "populationExpression": "title eq \"Clerk\"", "mappings": []}"#,
    );
    for (client, is_pingone) in
        [("pingfederate-aquera", false), ("pingfederate-scim", false), ("pingone-aquera", true), ("pingone-scim", true)]
    {
        let ledger = ledger(&format!("scope-{client}.ledger"));
        let (source, extension) = if is_pingone { ("users", "json") } else { ("people", "ldif") };
        let source = format!("scope-{client}-{source}.{extension}");
        let write = |people: &[(&str, &str)]| {
            let people =
                people.iter().map(|(name, title)| if is_pingone { user(name, title) } else { entry(name, title) });
            let people: Vec<String> = people.collect();
            file(&source, if is_pingone { format!("[{}]", people.join(",")) } else { people.concat() })
        };
        let path = write(&[("ada", "Clerk"), ("bo", "Clerk"), ("cy", "Guest")]);
        let of_source: &[&str] = if is_pingone { &["--rule", &rule] } else { &["--user-filter", "(title=Clerk)"] };
        let provision = |more: &[&str]| {
            let first = ["provision", "--as", client, "--source", &path, "--ledger", &ledger];
            run(&[&first, of_source, more, &["--bearer", served.value("bearer"), served.value("URL")]].concat())
        };
        let explain = |person: &str| provision(&["--explain-scope", person]);
        let filter = if is_pingone { "the rule's filter title eq \"Clerk\"" } else { "filter (title=Clerk)" };
        says(&explain("ada"), 0, &["in the channel; a cycle would find the account or create it", filter, "true"]);
        says(&explain("cy"), 0, &["not in the channel; a cycle does nothing", filter, "false"]);
        says(&explain("guid-CY"), 0, &["not in the channel"]);
        assert_eq!(provision(&[]).status, 0, "{client}");
        says(&explain("ada"), 0, &["in the channel; a cycle does nothing", "the ledger knows the account"]);
        write(&[("ada", "Guest"), ("cy", "Guest")]);
        says(&explain("ada"), 0, &["not in the channel; a cycle would disable the account", "false"]);
        let gone = "bo: not in the channel; a cycle would disable the account";
        says(&explain("bo"), 0, &[gone, "it holds no such entry", "the ledger knows the account"]);
        says(&explain("guid-bo"), 0, &[gone]);
        says(&explain("dy"), 2, &["neither the source nor the ledger has an entry", "\"dy\""]);
        says(&provision(&["--allow-empty"]), 0, &["users: disabled 2"]);
    }
}

/// The answer is that of the cycle: an account that has expired counts as `--expired` says.
#[test]
fn an_expired_account_is_explained_as_a_cycle_treats_it() {
    let entry = "dn: CN=ada,DC=x\nobjectClass: user\nobjectGUID:: AQEBAQEBAQEBAQEBAQEBAQ==\nsAMAccountName: ada\nuserAccountControl: 512\naccountExpires: 130000000000000000\n";
    let source = file("scope-expired.ldif", entry);
    for (status, said) in [
        ("enabled", "a cycle would find the account or create it"),
        ("disabled", "a cycle does nothing, because Provision Disabled Users is cleared"),
    ] {
        let arguments = ["provision", "--source", &source, "--directory", "active-directory", "--expired", status];
        let ran = run(&[&arguments[..], &["--explain-scope", "ada"]].concat());
        says(&ran, 0, &[said, "accountExpires", "in the past; --expired says how it counts"]);
    }
}

/// What stands behind the end of a filter would be another condition of the search that it becomes a part of.
#[test]
fn a_filter_is_read_by_itself_whoever_evaluates_it() {
    let source = file("filters.ldif", person("ada"));
    let aquera = include_str!("../fixtures/connections/pingfederate-aquera.json");
    for (filter, place) in [
        ("(uid=ada)(sn=*)", "at offset 9, the filter should end; several conditions are one filter as in"),
        ("uid=ada)(sn=*", "at offset 7, the filter should end"),
        ("(cn=a**a)", "at offset 6, there is nothing between two asterisks"),
    ] {
        for (source, flag) in [
            (&*source, "--user-filter"),
            (&*source, "--group-filter"),
            ("ldap://127.0.0.1:9", "--user-filter"),
            ("ldap://127.0.0.1:9", "--group-filter"),
        ] {
            let ran = run(&["provision", "--source", source, "--base-dn", "dc=x", flag, filter, "--dry-run"]);
            says(&ran, 2, &[&format!("weir: {flag}: "), place]);
        }
        let connection = file("filters.json", aquera.replace("(objectCategory=person)", filter));
        for arguments in [
            &["connection", "show", &connection][..],
            &["provision", "--connection", &connection, "--source", &source, "--dry-run"],
        ] {
            let at = "filters.json, outboundProvision.channels[0].channelSource.userSourceLocation.filter: ";
            says(&run(arguments), 2, &[at, place]);
        }
    }
    let ran = run(&["provision", "--source", &source, "--user-filter", "(sn~=ada)", "--dry-run"]);
    says(&ran, 2, &["--user-filter: ", "at offset 3, `~=` asks for what is approximately equal"]);
    let sounds = file("sounds.json", aquera.replace("(objectCategory=person)", "(sn:1.2.3:=ada)"));
    let ran = run(&["provision", "--connection", &sounds, "--source", &source, "--dry-run"]);
    says(&ran, 2, &["userSourceLocation.filter of the connection: ", "this matching rule is not known"]);
    let ran = run(&["provision", "--source", "ldap://127.0.0.1:9", "--base-dn", "dc=x", "--dry-run"]);
    says(&ran, 3, &["127.0.0.1:9"]);
    let condition = ["--member-of-attribute", "memberOf=*)(uid", "--user-group-dn", "cn=a,dc=x"];
    let ran =
        run(&[&["provision", "--source", "ldap://127.0.0.1:9", "--base-dn", "dc=x", "--dry-run"], &condition[..]]
            .concat());
    says(&ran, 2, &["--member-of-attribute: ", "is not the name of an attribute"]);
}

/// A condition on what no schema has is undefined, also negated (RFC 4511 section 4.5.1.7), and the run says so.
#[test]
fn what_neither_the_schema_nor_the_source_has_is_undefined_and_named() {
    let source =
        file("undefined.ldif", person("ada") + &person("bo").replace("sn: bo\n", "sn: bo\ncompanyTier: gold\n"));
    let planned = |filter: &str| run(&["provision", "--source", &source, "--user-filter", filter, "--dry-run"]);
    says(&planned("(!(companyTier=gold))"), 0, &["user  ada"]);
    for filter in ["(!(nonsense=x))", "(nonsense=*)", "(!(objectClass=nonsense))"] {
        let ran = planned(filter);
        says(&ran, 1, &["nonsense of the filter is neither in the schema of --directory nor in the source"]);
        assert!(!ran.stdout.contains("user  ada"), "{}", ran.stdout);
    }
    says(&planned("(|(nonsense=x)(surname=ada))"), 0, &["user  ada", "conditions on it are undefined"]);
}

/// An export holds the attributes that it was asked for. A filter on another leaves out everybody, or nobody where it is negated.
#[test]
fn an_attribute_that_no_entry_of_a_file_has_is_named() {
    let group =
        "dn: cn=g,dc=x\nobjectClass: groupOfNames\nentryUUID: guid-g\ncn: g\nmember: uid=ada,ou=people,dc=x\n\n";
    let source = file("unexported.ldif", person("ada") + group);
    let planned = |arguments: &[&str]| run(&[&["provision", "--source", &source, "--dry-run"], arguments].concat());
    let ran = planned(&["--user-filter", "(!(|(employeeType=contractor)(title=Guest)))"]);
    says(
        &ran,
        0,
        &[
            "user   ada",
            "note: no person of the source has employeeType or title, which the filter names; if the export left it out, export it too",
        ],
    );
    let ran = planned(&["--user-filter", "(employeeType=staff)"]);
    says(
        &ran,
        1,
        &[
            "would stop: ",
            "1 person is left out by the filter (employeeType=staff)",
            "no person of the source has employeeType",
        ],
    );
    let ran = planned(&["--group-filter", "(!(description=old))"]);
    says(&ran, 0, &["no group of the source has description"]);
    let ran = planned(&["--member-of-attribute", "memberOf"]);
    says(&ran, 0, &["no person of the source has memberOf, which names the groups of a person"]);
    // By another name, of a subtype, in the entry's name alone, or made up by the server, an attribute is there.
    for filter in [
        "(surname=ada)",
        "(name=ada)",
        "(objectClass=*)",
        "(entryDN=x)",
        "(modifyTimestamp>=20200101000000Z)",
        "(uid:dn:=ada)",
    ] {
        let ran = planned(&["--user-filter", filter]);
        assert!(!ran.stdout.contains("of the source has"), "{filter}: {}", ran.stdout);
    }
}

/// Each directory disables accounts by an attribute of its own, and a channel reads one.
#[test]
fn people_whom_an_unread_attribute_disables_are_named() {
    for (line, attribute) in [
        ("userAccountControl: 514", Some("userAccountControl")),
        ("userAccountControl: 512", None),
        ("loginDisabled: TRUE", Some("loginDisabled")),
        ("loginDisabled: FALSE", None),
        ("ds-pwp-account-disabled: true", Some("ds-pwp-account-disabled")),
        ("ibm-pwdAccountLocked: true", Some("ibm-pwdAccountLocked")),
        ("orclIsEnabled: DISABLED", Some("orclIsEnabled")),
        ("pwdAccountLockedTime: 000001010000Z", Some("pwdAccountLockedTime")),
        ("pwdAccountLockedTime: 20200101000000Z", None),
        ("nsAccountLock: FALSE", None),
    ] {
        let source =
            file("elsewhere.ldif", person("ada") + &person("bo").replace("cn: bo\n", &format!("cn: bo\n{line}\n")));
        let ran = run(&["provision", "--source", &source, "--dry-run"]);
        says(&ran, 0, &["2 operations"]);
        match attribute {
            Some(attribute) => {
                let said = format!(
                    "warning: 1 enabled person is disabled by {attribute}, which the channel does not read: it reads nsaccountlock alone"
                );
                says(&ran, 0, &[&said, "the first is uid=bo,ou=people,dc=x"]);
            }
            None => assert!(!ran.stdout.contains("disabled by"), "{}", ran.stdout),
        }
    }
}
