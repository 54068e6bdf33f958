//! Clients and their connections, as a person runs them.

mod support;

use std::path::{Path, PathBuf};

use support::{Served, peer, run};

const TWENTY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories/twenty.ldif");
const PAGE: &str = include_str!("../docs/explain/partial-update.md");

/// A file of this test's own.
fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_documentation_shows_the_partial_update_table_as_the_tool_makes_it() {
    let ran = run(&["check", "--as", "pingone-aquera", "--scenario", "partial-update", "--format", "markdown"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let shown = PAGE.split("<!-- partial-update -->\n").nth(1).expect("the page marks the table");
    assert_eq!(shown.trim(), ran.stdout.trim());
}

#[test]
fn a_scenario_is_for_one_client_and_three_forms() {
    let ran = run(&["check", "--as", "pingone-aquera", "--scenario", "partial-update", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(told["observations"].as_array().unwrap().len() > 200, "{told:#}");
    for (arguments, said) in [
        (&["check", "--embedded", "--scenario", "partial-update"][..], "name it with --as"),
        (
            &["check", "--as", "pingone-aquera", "--scenario", "partial-update", "--format", "junit"],
            "terminal, json or markdown",
        ),
    ] {
        let ran = run(arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

#[test]
fn what_no_console_can_make_is_refused_and_from_a_file_it_runs_with_a_warning() {
    let common = ["provision", "--source", TWENTY, "--dry-run"];
    for (arguments, said) in [
        (&["--as", "pingfederate-pingid"][..], "does not speak SCIM"),
        (
            &["--as", "pingfederate-scim", "--setting", "SCIM Version=1.1"],
            "SCIM Version 1.1: SCIM 1.1 is another protocol",
        ),
        (
            &["--as", "pingone-aquera", "--setting", "Enable users disable=false", "--setting", "Remove Action=Delete"],
            "the console offers Remove Action Delete only with Enable users disable",
        ),
        (&["--as", "pingone-aquera", "--setting", "Colour=blue"], "unknown setting of pingone-aquera \"Colour\""),
    ] {
        let ran = run(&[&common, arguments].concat());
        assert_eq!((ran.status, ran.stderr.lines().count()), (2, 1), "{}", ran.stderr);
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    let store = r#"{"type": "Aquera", "name": "x", "configuration": {"SCIM_URL": "https://api.example.com/scim/hr",
        "CREATE_USERS": true, "UPDATE_USERS": true, "DISABLE_USERS": false, "REMOVE_ACTION": "Delete"}}"#;
    let store = file("clients-store.json", store);
    let ran = run(&[&common[..], &["--connection", store.to_str().unwrap()]].concat());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("it runs as the file says"), "{}", ran.stderr);
}

#[test]
fn a_connection_gives_url_client_channel_and_settings() {
    let served = Served::start(&["--target", "aquera"]);
    let text = include_str!("../fixtures/connections/pingfederate-aquera.json")
        .replace("https://api.example.com/scim/hr", served.value("URL"))
        .replace("\"OU=People,DC=ad,DC=example,DC=com\"", "\"dc=example,dc=org\"")
        .replace("objectGUID\", \"guidBinary\": true", "entryUUID\"")
        .replace("\"user\"", "\"inetOrgPerson\"")
        .replace("ACTIVE_DIRECTORY_USN", "TIMESTAMP")
        .replace("(objectCategory=person)", "(title=*)")
        .replace("sAMAccountName", "uid")
        .replace("\"userAccountControl\"", "\"shadowFlag\"");
    let path = file("clients-connection.json", &text);
    let arguments = ["provision", "--connection", path.to_str().unwrap(), "--source", TWENTY];
    let ran = run(&arguments);
    assert_eq!((ran.status, ran.stderr.lines().count()), (2, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("give it with --bearer or WEIR_BEARER"), "{}", ran.stderr);
    let ran = run(&[&arguments[..], &["--bearer", served.value("bearer"), "--channel", "Peple"]].concat());
    assert_eq!(ran.status, 2);
    assert!(
        ran.stderr.contains("unknown channel of the connection \"Peple\"; did you mean \"People\"?"),
        "{}",
        ran.stderr
    );
    let ran = run(&[&arguments[..], &["--bearer", served.value("bearer"), "--channel", "People"]].concat());
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert!(ran.stdout.contains("users: created "), "{}", ran.stdout);
}

#[test]
fn explain_tells_what_is_stated_inferred_and_unknown_of_each_client() {
    for id in ["pingfederate-aquera", "pingfederate-scim", "pingone-aquera", "pingone-scim"] {
        let ran = run(&["explain", id]);
        assert_eq!(ran.status, 0);
        for said in
            ["Stated by the vendor", "Inferred from what is stated", "Unknown, so this is our choice", "Settings"]
        {
            assert!(ran.stdout.contains(said), "{id}, {said}:\n{}", ran.stdout);
        }
    }
    let ran = run(&["explain", "pingfederate-pingid"]);
    assert!(ran.status == 0 && ran.stdout.contains("does not speak SCIM"), "{}", ran.stdout);
}

#[test]
fn a_connection_is_tried_and_each_trouble_has_its_name() {
    let served = Served::start(&["--target", "aquera"]);
    let store = |name: &str, url: &str| {
        let text = format!(
            r#"{{"type": "Aquera", "name": "x", "configuration": {{"SCIM_URL": "{url}", "AUTHENTICATION_METHOD": "OAuth Bearer Token", "ACCESS_TOKEN": ""}}}}"#
        );
        file(name, &text).display().to_string()
    };
    let test = |path: &str, token: &str| run(&["connection", "test", path, "--bearer", token]);
    let good = store("clients-good.json", served.value("URL"));
    let ran = test(&good, served.value("bearer"));
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert!(ran.stdout.contains("connects"), "{}", ran.stdout);
    let page = peer("HTTP/1.1 200 OK\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<html>no</html>");
    let closed = peer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let origin = served.value("URL").split("/scim").next().unwrap().to_owned();
    for (path, token, said) in [
        (good.clone(), "wrong", "credentials"),
        (store("clients-page.json", &page), "x", "not SCIM"),
        (store("clients-closed.json", &closed), "x", "no permission"),
        (store("clients-url.json", &format!("{origin}/nowhere")), "x", "wrong URL"),
        (store("clients-port.json", "http://127.0.0.1:9"), "x", "wrong URL"),
        (store("clients-tls.json", &origin.replace("http://", "https://")), "x", "TLS"),
    ] {
        let ran = test(&path, token);
        assert_eq!(ran.status, 3, "{path}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains(&format!("does not connect, {said}:")), "{said}: {}", ran.stdout);
    }
    let ran = run(&["connection", "test", &good]);
    assert!(ran.status == 2 && ran.stderr.contains("WEIR_BEARER"), "{}", ran.stderr);

    let ran = run(&["connection", "fields", &good, "--bearer", served.value("bearer")]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    for said in ["userName *", "IANUser:officeLocation", "not mapped"] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
}

#[test]
fn a_recording_of_a_hidden_variant_is_calibrated() {
    let archive = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients-traffic.har");
    let variants = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients-variants.toml");
    let hidden = file(
        "clients-hidden.toml",
        "client = \"pingone-aquera\"\n[details]\n\"update-user.put\" = \"mapped-only\"\n\"find-user.blanks\" = \"plus\"\n",
    );
    let served = Served::start(&["--record", archive.to_str().unwrap()]);
    let changes = file(
        "clients-changes.ldif",
        "dn: uid=hbrightwell,ou=People,dc=example,dc=org\nchangetype: modify\nreplace: title\ntitle: Retired\n-\n",
    );
    let ran = run(&[
        "provision",
        "--as",
        "pingone-aquera",
        "--variant",
        hidden.to_str().unwrap(),
        "--source",
        TWENTY,
        "--changes",
        changes.to_str().unwrap(),
        "--bearer",
        served.value("bearer"),
        served.value("URL"),
    ]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    served.signal("TERM");
    let ran = run(&["calibrate", "pingone-aquera", archive.to_str().unwrap(), "--output", variants.to_str().unwrap()]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    let written = std::fs::read_to_string(&variants).unwrap();
    for said in [
        "\"update-user.put\" = \"mapped-only\"",
        "\"find-user.blanks\" = \"plus\"",
        "\"find-user.quotes\" = \"quoted\"",
    ] {
        assert!(written.contains(said), "{said}:\n{written}");
    }
    assert!(!written.contains("disable"), "nothing showed it:\n{written}");
    let ran = run(&["calibrate", "pingone-aquera", TWENTY]);
    assert!(ran.status == 2 && ran.stderr.contains("this is LDIF, not an HTTP archive or a journal"), "{}", ran.stderr);
}

#[test]
fn variants_are_tried_one_at_a_time() {
    let ran = run(&["check", "--as", "pingone-aquera", "--variants", "--format", "json"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    let tried: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let verdict = |detail: &str, variant: &str| {
        let found = tried.as_array().unwrap().iter().find(|one| one["detail"] == detail && one["variant"] == variant);
        found.unwrap_or_else(|| panic!("{detail} {variant}: {tried:#}")).clone()
    };
    assert_eq!(verdict("find-user.quotes", "unquoted")["verdict"], "pass");
    let patch = verdict("disable", "patch");
    assert_eq!(patch["verdict"], "note");
    assert!(patch["why"].as_str().unwrap().starts_with("refused as declared"), "{patch}");
    assert!(run(&["check", "--embedded", "--variants"]).stderr.contains("name it with --as"));
}
