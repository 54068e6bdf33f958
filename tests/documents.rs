//! The wrong document at each flag that takes a file: it is refused as what it is, before anything is sent.

mod support;

use support::{file, run};

struct Document {
    name: &'static str,
    content: &'static str,
    /// As a refusal calls it.
    found: &'static str,
    /// The flags that take such a document, or another of its syntax.
    taken_by: &'static [&'static str],
}

const fn document(
    name: &'static str,
    content: &'static str,
    found: &'static str,
    taken_by: &'static [&'static str],
) -> Document {
    Document { name, content, found, taken_by }
}

const PEOPLE: &str = "dn: uid=ada,dc=x\nobjectClass: inetOrgPerson\nentryUUID: g\nuid: ada\ncn: Ada\nsn: Byron\n";
const USERS: &str = r#"{"_embedded": {"users": [{"id": "u-1", "username": "ada", "enabled": true}]}}"#;
const RULE: &str = r#"{"name": "Staff", "active": true, "populationExpression": "id pr", "mappings": [{"sourceAttribute": "username", "targetAttribute": "userName"}, {"sourceAttribute": "enabled", "targetAttribute": "active"}]}"#;
const TOML: &[&str] = &["--mapping", "--variant", "--config", "--target"];

const DOCUMENTS: &[Document] = &[
    document(
        "connection.json",
        r#"{"name": "HR", "outboundProvision": {"type": "scim", "channels": []}}"#,
        "a connection of PingFederate",
        &["--connection", "connection list"],
    ),
    document(
        "connections.json",
        r#"{"items": [{"name": "HR", "outboundProvision": {"type": "scim", "channels": []}}]}"#,
        "a list of PingFederate's connections",
        &["--connection", "connection list"],
    ),
    document(
        "sign-on.json",
        r#"{"type": "SP", "name": "SSO", "entityId": "sso", "virtualEntityIds": [], "spBrowserSso": {}}"#,
        "a connection of PingFederate without outbound provisioning",
        &["--connection", "connection list"],
    ),
    document(
        "pages.json",
        r#"[{"_embedded": {"users": []}}, {"_embedded": {"users": []}}]"#,
        "a list of PingOne's users",
        &["--source with --rule"],
    ),
    document(
        "saas-provisioner.xml",
        "<saasProvisioner><saasProvisionerEntity/></saasProvisioner>",
        "PingFederate's saas-provisioner.xml",
        &["--connection", "connection list"],
    ),
    document("metadata.xml", "<?xml version=\"1.0\"?>\n<md:EntityDescriptor xmlns:md=\"x\"/>", "SAML metadata", &[]),
    document("page.html", "<!DOCTYPE html>\n<html><body>Sign in</body></html>", "a page in HTML", &[]),
    document("project.xml", "<project/>", "XML of another kind", &[]),
    document(
        "denied.json",
        r#"{"id": "8f", "code": "ACCESS_FAILED", "message": "You do not have access to this resource."}"#,
        "an error that an API answered in place of the document",
        &[],
    ),
    document(
        "missing.json",
        r#"{"resultId": "resource_not_found", "message": "The resource could not be found."}"#,
        "an error that an API answered in place of the document",
        &[],
    ),
    document(
        "store.json",
        r#"{"type": "Aquera", "name": "HR", "configuration": {"SCIM_URL": "http://127.0.0.1:1"}}"#,
        "a store of PingOne",
        &["--connection", "connection list"],
    ),
    document(
        "stores.json",
        r#"{"_embedded": {"stores": []}}"#,
        "a list of PingOne's stores",
        &["--connection", "connection list"],
    ),
    document("rule.json", RULE, "a rule of PingOne", &["--rule", "--mappings"]),
    document("rules.json", r#"{"_embedded": {"rules": []}}"#, "a list of PingOne's rules", &["--rule"]),
    document(
        "mappings.json",
        r#"{"_embedded": {"mappings": [{"sourceAttribute": "a", "targetAttribute": "b"}]}}"#,
        "a list of a PingOne rule's mappings",
        &["--mappings"],
    ),
    document("users.json", USERS, "a list of PingOne's users", &["--source with --rule"]),
    document("user.json", r#"{"id": "u-1", "username": "ada"}"#, "a user of PingOne", &["--source with --rule"]),
    document("populations.json", r#"{"_embedded": {"populations": []}}"#, "a list of PingOne's populations", &[]),
    document("groups.json", r#"{"_embedded": {"groups": []}}"#, "a list of PingOne's groups", &["--groups"]),
    document(
        "events.ndjson",
        "{\"event\": \"deleted\", \"id\": \"u-1\"}\n{\"event\": \"rule-deleted\"}\n",
        "a file of PingOne's events",
        &["--events"],
    ),
    document("archive.har", r#"{"log": {"version": "1.2", "entries": []}}"#, "an HTTP archive", &["calibrate"]),
    document(
        "schema.json",
        r#"{"id": "urn:x:y", "name": "X", "attributes": []}"#,
        "a SCIM schema",
        &["--like", "--schema"],
    ),
    document(
        "resources.json",
        r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "Resources": []}"#,
        "a list of SCIM resources",
        // A list without entries says of itself what is missing.
        &["--data", "--schema"],
    ),
    document(
        "package.json",
        r#"{"name": "site", "version": "1.0.0", "dependencies": {}}"#,
        "JSON of another kind",
        // It is a list of resources as far as its kind shows, and what is wrong with it is said by what reads it.
        &["--data", "--schema", "calibrate", "--connection", "connection list", "--mapping"],
    ),
    document("mapping.json", r#"{"attributeMapping": []}"#, "a mapping file", &["--mapping"]),
    document("people.ldif", PEOPLE, "LDIF", &["--source", "--changes"]),
    document(
        "people.csv",
        "DN,objectClass,uid\r\n\"uid=ada,dc=x\",person,ada\r\n",
        "CSV as csvde writes it",
        &["--source", "--changes"],
    ),
    document("target.toml", "description = \"\"\"\nA target\n\"\"\"\n", "TOML", TOML),
    document("empty.json", "{}", "an empty JSON object", &["--mapping"]),
];

/// Each flag that takes a file, with the command that has it.
fn command(flag: &str, path: &str, right: &[String; 3]) -> Vec<String> {
    let [people, users, rule] = right;
    let ldif = ["provision", "--source", people];
    let pingone = ["provision", "--source", users, "--rule", rule];
    let url = ["http://127.0.0.1:1/scim"];
    let arguments: Vec<&str> = match flag {
        "--connection" | "--mapping" | "--variant" | "--config" => [&ldif[..], &[flag, path, "--dry-run"]].concat(),
        "--changes" => [&ldif[..], &[flag, path, url[0]]].concat(),
        "--source" => vec!["provision", flag, path, "--dry-run"],
        "--source with --rule" => vec!["provision", "--source", path, "--rule", rule, "--dry-run"],
        "--rule" => vec!["provision", "--source", users, flag, path, "--dry-run"],
        "--groups" => [&pingone[..], &["--as", "pingone-scim", flag, path, "--dry-run"]].concat(),
        "--mappings" => [&pingone[..], &[flag, path, "--dry-run"]].concat(),
        "--events" => [&pingone[..], &[flag, path], &url].concat(),
        "--like" | "--schema" | "--data" => {
            vec!["serve", "--quiet", "--listen", "127.0.0.1:0", flag, path]
        }
        "diff" => vec!["diff", path, path],
        "--target" => vec!["serve", "--listen", "127.0.0.1:0", flag, path],
        "calibrate" => vec!["calibrate", "pingone-aquera", path],
        "connection list" => vec!["connection", "list", path],
        other => panic!("{other}"),
    };
    arguments.into_iter().map(str::to_owned).collect()
}

const FLAGS: [&str; 17] = [
    "--like",
    "--schema",
    "--data",
    "diff",
    "--connection",
    "connection list",
    "--source",
    "--source with --rule",
    "--changes",
    "--rule",
    "--mappings",
    "--groups",
    "--mapping",
    "--events",
    "--variant",
    "--config",
    "calibrate",
];

#[test]
fn the_wrong_document_is_refused_as_what_it_is_at_each_flag() {
    let right =
        [file("documents-people.ldif", PEOPLE), file("documents-users.json", USERS), file("documents-rule.json", RULE)];
    let mut wrong = Vec::new();
    for document in DOCUMENTS {
        let path = file(&format!("documents-{}", document.name), document.content);
        for flag in FLAGS.into_iter().chain(["--target"]).filter(|flag| !document.taken_by.contains(flag)) {
            let arguments = command(flag, &path, &right);
            let ran = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
            let said = format!("this is {}", document.found);
            let is_named = ran.stderr.contains(&said) && ran.stderr.contains(document.name);
            if ran.status != 2 || !is_named || !ran.stdout.is_empty() || ran.stderr.lines().count() != 1 {
                wrong.push(format!("{flag} {}: {}: {}{}", document.name, ran.status, ran.stdout, ran.stderr));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}
