//! `weir serve --schema` and `weir serve --like`: documents as vendors publish them and projects keep them.

mod support;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use support::{Served, run};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const BADGE: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";
const LOCKER: &str = "urn:example:params:scim:schemas:Locker";

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("like").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(folder: &Path, name: &str, document: &Value) -> String {
    let path = folder.join(name);
    std::fs::write(&path, serde_json::to_string_pretty(document).unwrap()).unwrap();
    path.display().to_string()
}

fn list(resources: &[Value]) -> Value {
    json!({ "schemas": [LIST], "totalResults": resources.len(), "Resources": resources })
}

fn resource_type(name: &str, endpoint: &str, schema: &str, extensions: &[&str]) -> Value {
    let extensions: Vec<Value> = extensions.iter().map(|uri| json!({ "schema": uri, "required": true })).collect();
    json!({ "id": name, "name": name, "endpoint": endpoint, "schema": schema, "schemaExtensions": extensions })
}

fn config() -> Value {
    json!({
        "schemas": [CONFIG], "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": "true", "maxResults": "50" }, "changePassword": { "supported": false },
        "sort": { "supported": false }, "etag": { "supported": false }, "x-rate": 7,
        "authenticationSchemes": [
            { "type": "oauthbearertoken", "name": "Bearer", "description": "A bearer token" },
            { "type": "saml", "name": "SAML", "description": "\u{1b}[2J" },
        ],
    })
}

/// A configuration of which nothing is left out.
fn plain_config() -> Value {
    let mut config = config();
    let members = config.as_object_mut().unwrap();
    members.remove("x-rate");
    members["authenticationSchemes"].as_array_mut().unwrap().truncate(1);
    config
}

/// A schema of users with few attributes, and with what `more` gives.
fn narrow_user(more: &[Value]) -> Value {
    let part = |name: &str| json!({ "name": name, "type": "String" });
    let mut attributes = vec![
        json!({ "name": "userName", "type": "string", "required": true, "uniqueness": "server" }),
        part("displayName"),
        json!({ "name": "active", "type": "BOOLEAN" }),
        json!({ "name": "name", "type": "complex", "subAttributes": [part("givenName"), part("familyName"), part("formatted")] }),
        json!({ "name": "emails", "type": "complex", "multiValued": true, "subAttributes": [part("value"), part("type")] }),
    ];
    attributes.extend(more.iter().cloned());
    json!({ "id": USER, "name": "User", "attributes": attributes })
}

fn refusal(document: &Value) -> String {
    let file = write(&scratch("refused"), "schema.json", document);
    let ran = run(&["serve", "--target", "rfc", "--listen", "127.0.0.1:0", "--schema", &file]);
    assert_eq!((ran.status, ran.stderr.lines().count()), (2, 1), "{}", ran.stderr);
    ran.stderr
}

#[test]
fn a_schema_file_is_taken_as_projects_keep_it_or_refused_by_what_it_is() {
    let locker = json!({ "id": LOCKER, "name": "Locker", "attributes": [
        { "name": "ID", "type": "string" }, { "name": "number", "type": "STRING", "required": true },
        { "name": "opened", "type": "datetime" }, { "name": "owner", "type": "reference" },
    ] });
    let folder = scratch("taken");
    for (number, document) in [
        json!([locker, resource_type("Locker", "/Lockers", LOCKER, &[])]),
        json!([
            list(std::slice::from_ref(&locker)),
            list(&[resource_type("Locker", "https://x.example.com/v2/Lockers", LOCKER, &[])])
        ]),
        json!({ "schemas": [locker], "resourceTypes": [resource_type("Locker", "/Lockers", LOCKER, &[])] }),
        list(&[
            locker.clone(),
            config(),
            resource_type("Locker", "/Lockers", LOCKER, &[]),
            resource_type("Me", "/Me", USER, &[]),
            resource_type("ResourceTypes", "/ResourceTypes", "urn:ietf:params:scim:schemas:core:2.0:ResourceType", &[]),
        ]),
    ]
    .iter()
    .enumerate()
    {
        let file = write(&folder, &format!("{number}.json"), document);
        let served = Served::start(&["--target", "rfc", "--schema", &file]);
        assert!(served.value("URL").starts_with("http://"), "{document}");
    }
    for (document, parts) in [
        (config(), &["this is a ServiceProviderConfig", "weir serve --like"][..]),
        (json!({ "schemas": [USER], "userName": "ada" }), &["neither a Schema", "\"userName\""]),
        (list(&[]), &["a list without entries"]),
        (
            json!({ "id": BADGE, "attributes": [{ "name": "code", "type": "txt" }] }),
            &["line 5, ", "badge:2.0:User:code", "type", "unknown value \"txt\""],
        ),
        (json!({ "id": LOCKER, "attributes": [{ "name": "number" }] }), &[LOCKER, "no resource type has it"]),
    ] {
        let refusal = refusal(&document);
        assert!(parts.iter().all(|part| refusal.contains(part)), "{document}: {refusal}");
    }
}

/// Serves documents and checks what is served: nothing is accused.
fn assert_no_accusation(what: &str, sources: &[&str]) -> Served {
    let mut arguments = vec!["--quiet", "--bearer", "t0ken"];
    arguments.push("--like");
    arguments.extend(sources);
    let served = Served::start(&arguments);
    let ran = run(&["check", served.value("URL"), "--bearer", "t0ken", "--seed", "7", "--format", "json"]);
    let report: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{what}: {error}: {}", ran.stderr));
    let accusing = ["fail", "warn", "error", "blocked"];
    let accused: Vec<String> = ["checks", "rules"]
        .iter()
        .filter_map(|list| report[*list].as_array())
        .flatten()
        .filter(|one| one["verdict"].as_str().is_some_and(|verdict| accusing.contains(&verdict)))
        .map(|one| {
            format!(
                "{} {} {}: {} {}",
                one["verdict"], one["id"], one["subject"], one["reason"], one["problems"][0]["message"]
            )
        })
        .collect();
    assert!(accused.is_empty() && ran.status == 0, "{what}: {}\n{}", accused.join("\n"), ran.stderr);
    served
}

/// A document as products of one kind publish it.
fn published(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../fixtures/discovery/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_file_that_is_cut_off_is_refused_with_its_name_and_line() {
    let folder = scratch("cut");
    let text = serde_json::to_string_pretty(&published("erp")).unwrap();
    for part in [1, 3, 8] {
        let path = folder.join(format!("cut-{part}.json"));
        std::fs::write(&path, &text[..text.len() * part / 9]).unwrap();
        let path = path.display().to_string();
        for flag in ["--like", "--schema"] {
            let ran = run(&["serve", "--listen", "127.0.0.1:0", flag, &path]);
            assert_eq!((ran.status, ran.stderr.lines().count()), (2, 1), "{}", ran.stderr);
            assert!(ran.stderr.contains(&format!("{path}, line ")), "{}", ran.stderr);
        }
    }
}

#[test]
fn what_rfc_7643_demands_is_so_and_credentials_that_are_not_taken_are_named() {
    let folder = scratch("demands");
    let part = |name: &str, kind: &str| json!({ "name": name, "type": kind, "mutability": "readWrite" });
    let user = json!({ "id": USER, "attributes": [
        { "name": "userName", "type": "string", "required": false, "uniqueness": "none" },
        part("password", "string"), part("active", "string"), part("emails", "string"),
    ] });
    let basic = json!({ "schemas": [CONFIG], "patch": { "supported": true }, "filter": { "supported": true },
        "authenticationSchemes": [{ "type": "httpbasic" }] });
    let types = list(&[resource_type("User", "/Users", USER, &[])]);
    let file = write(&folder, "demands.json", &json!([user, types, basic]));
    let ran = run(&["serve", "--listen", "127.0.0.1:0", "--like", &file, "--bearer", "t", "--schema", "nowhere.json"]);
    for part in [
        "User:userName: required is false; RFC 7643 section 4 has true, and so does this target",
        "User:userName: uniqueness is none",
        "User:password: mutability is readWrite",
        "User:active: type is string; RFC 7643 section 4 has boolean",
        "User:emails: type is string; RFC 7643 section 4 has complex",
        "it does not say ",
        "takes no bearer token; it takes basic",
    ] {
        assert!(ran.stderr.contains(part), "{part}:\n{}", ran.stderr);
    }
}

#[test]
fn what_is_served_like_a_product_is_accused_of_nothing() {
    let folder = scratch("served");
    let phones = json!({ "name": "phoneNumbers", "type": "complex", "multiValued": true, "required": true, "subAttributes": [
        { "name": "value", "type": "string" }, { "name": "type", "type": "string" }, { "name": "primary", "type": "boolean" },
    ] });
    let badge = json!({ "id": BADGE, "attributes": [{ "name": "code", "type": "string" }] });
    let person = json!({ "id": "urn:example:params:scim:schemas:directory:1.0:Person", "attributes": [
        { "name": "cn", "type": "string", "multiValued": true, "required": true },
        { "name": "mail", "type": "string", "multiValued": true }, { "name": "id", "type": "string" },
    ] });
    let kinds = |extensions: &[&str]| {
        list(&[resource_type("User", "/Users", USER, extensions), resource_type("Group", "/Groups", GROUP, &[])])
    };
    let rows = [
        ("a required extension", json!([badge, kinds(&[BADGE]), config()])),
        ("narrow emails", json!([list(&[narrow_user(&[])]), kinds(&[]), config()])),
        ("a required list", json!([list(&[narrow_user(&[phones])]), kinds(&[])])),
        (
            "people of another schema",
            json!([
                person,
                resource_type("User", "/Users", "urn:example:params:scim:schemas:directory:1.0:Person", &[]),
                config()
            ]),
        ),
    ];
    for (number, (what, document)) in rows.iter().enumerate() {
        let file = write(&folder, &format!("{number}.json"), document);
        assert_no_accusation(what, &[&file]);
    }
}

/// Required parts of members, a user name that is readOnly or immutable, attributes and parts that are returned on request, never or
/// always below others that are not, canonical numbers in quotation marks, groups of another schema: shapes of products.
#[test]
fn no_shape_that_products_publish_is_accused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/discovery");
    let files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 16, "{}", files.len());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let file = file.display().to_string();
                    assert_no_accusation(&file, &[&file]);
                }
            });
        }
    });
}

#[test]
fn a_target_like_a_directory_and_like_an_endpoint_is_the_same_and_names_what_is_left_out() {
    let folder = scratch("directory");
    write(&folder, "ServiceProviderConfig.json", &config());
    let strange = json!({ "id": "urn:example:params:scim:schemas:Nobody", "attributes": [{ "name": "a" }] });
    let broken = json!({ "name": "name.formatted", "type": "string" });
    let own_word = json!({ "name": "title", "type": "string", "returned": "onDemand" });
    write(&folder, "Schemas.json", &list(&[narrow_user(&[broken, own_word]), strange]));
    let other = resource_type("Ghost", "/Ghosts", "urn:example:params:scim:schemas:Ghost", &[]);
    write(
        &folder,
        "ResourceTypes.JSON",
        &list(&[resource_type("User", "/Users", USER, &[BADGE]), resource_type("Me", "/Me", USER, &[]), other]),
    );
    let folder = folder.display().to_string();
    let mut command =
        support::weir(&["serve", "--listen", "127.0.0.1:0", "--like", &folder, "--schema", "nowhere.json"]);
    // The notes come before the fault of the file that is not there.
    let ran = support::ran(&command.output().unwrap());
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    for part in [
        "name.formatted: left out",
        "Nobody: left out, because no resource type names it",
        "resource type Me: its endpoint /Me",
        "resource type Ghost: left out, because its schema",
        "its extension urn:example:params:scim:schemas:extension:badge:2.0:User is left out",
        "the authentication scheme \"saml\" is left out",
        "\"x-rate\" is left out",
        "type \"String\" is read as string",
        "User:title: returned is left out: unknown variant `onDemand`",
        "; default counts",
    ] {
        assert!(ran.stderr.contains(part), "{part}:\n{}", ran.stderr);
    }
    let served = assert_no_accusation("a directory", &[&folder]);
    let refused = run(&["serve", "--like", served.value("URL")]);
    assert_eq!(refused.status, 3, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("/ResourceTypes: the credentials were refused (401); give --like-bearer"),
        "{}",
        refused.stderr
    );
    let again = assert_no_accusation("an endpoint", &[served.value("URL"), "--like-bearer", "t0ken"]);
    let documents = |served: &Served| {
        let url = served.value("URL");
        ["ServiceProviderConfig", "ResourceTypes", "Schemas"].map(|path| {
            let text = String::from_utf8(support_get(&format!("{url}/{path}"))).unwrap();
            text.replace(url, "")
        })
    };
    assert_eq!(documents(&served), documents(&again));
    let target = run(&["serve", "--target", "rfc", "--like", &folder]);
    assert_eq!(target.status, 2, "{}", target.stderr);
    let nothing = run(&["serve", "--like", "http://127.0.0.1:1/scim/v2"]);
    assert_eq!(nothing.status, 3, "{}", nothing.stderr);
}

/// The notes are for a person: a product with a hundred of them names the first, and how many follow.
#[test]
fn at_most_twenty_notes_are_written_one_by_one() {
    let folder = scratch("notes");
    let notes = |count: usize| {
        let odd: Vec<Value> =
            (0..count).map(|number| json!({ "name": format!("odd{number}"), "type": "Text" })).collect();
        let user_name = json!({ "name": "userName", "type": "string", "required": true, "uniqueness": "server" });
        let attributes = [vec![user_name], odd].concat();
        let user = json!({ "id": USER, "attributes": attributes });
        let types = list(&[resource_type("User", "/Users", USER, &[])]);
        let file = write(&folder, &format!("{count}.json"), &json!([user, types, plain_config()]));
        let ran = run(&["serve", "--listen", "127.0.0.1:0", "--like", &file, "--schema", "nowhere.json"]);
        assert_eq!(ran.status, 2, "{}", ran.stderr);
        // The last line is the fault of the file that is not there.
        let mut lines: Vec<String> = ran.stderr.lines().map(str::to_owned).collect();
        lines.pop();
        lines
    };
    let twenty = notes(20);
    assert!(twenty.len() == 20 && twenty[19].contains("odd19: left out"), "{twenty:#?}");
    let more = notes(21);
    assert!(more.len() == 21 && more[19].contains("odd19: left out") && more[20].contains("1 more note"), "{more:#?}");
    let many = notes(60);
    assert!(many.len() == 21 && many[20].contains("40 more notes"), "{many:#?}");
}

/// An endpoint that shows one document of a listing at a time: the one that `startIndex` names, or always the first.
fn paging(follows: bool) -> String {
    let locker = json!({ "id": LOCKER, "name": "Locker", "attributes": [{ "name": "number", "required": true }] });
    let types = [resource_type("User", "/Users", USER, &[]), resource_type("Locker", "/Lockers", LOCKER, &[])];
    let schemas = [narrow_user(&[]), locker];
    support::answering_peer(move |request| {
        let start = request.split_once("startIndex=").filter(|_| follows).map_or(1, |(_, rest)| {
            rest.split(|c: char| !c.is_ascii_digit())
                .next()
                .and_then(|digits| digits.parse::<usize>().ok())
                .unwrap_or(1)
        });
        let page = |all: &[Value]| {
            let mut listing = list(&all[(start - 1).min(all.len())..start.min(all.len())]);
            listing["totalResults"] = json!(all.len());
            listing
        };
        let body = match request {
            _ if request.contains("/ServiceProviderConfig") => config(),
            _ if request.contains("/ResourceTypes") => page(&types),
            _ => page(&schemas),
        };
        let body = body.to_string();
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
    })
}

#[test]
fn every_page_of_a_listing_is_read_or_what_is_missing_is_named() {
    let missing = "shows 1 of 2 documents; the others are not taken over";
    let like = |source: &str| run(&["serve", "--listen", "127.0.0.1:0", "--like", source, "--schema", "nowhere.json"]);
    let whole = like(&format!("{}/scim/v2", paging(true)));
    assert_eq!(whole.status, 2, "{}", whole.stderr);
    assert!(!whole.stderr.contains("documents; the others"), "{}", whole.stderr);
    let served = Served::start(&["--quiet", "--bearer", "t0ken", "--like", &format!("{}/scim/v2", paging(true))]);
    let types = String::from_utf8(support_get(&format!("{}/ResourceTypes", served.value("URL")))).unwrap();
    assert!(types.contains("/Lockers"), "{types}");

    let first = like(&format!("{}/scim/v2", paging(false)));
    for listing in ["GET /ResourceTypes", "GET /Schemas"] {
        assert!(first.stderr.contains(&format!("{listing} {missing}")), "{}", first.stderr);
    }
    let mut saved = list(&[narrow_user(&[])]);
    saved["totalResults"] = json!(2);
    let file = write(&scratch("page"), "Schemas.json", &saved);
    let saved = like(&file);
    assert!(saved.stderr.contains(&format!("Schemas.json {missing}")), "{}", saved.stderr);
}

#[path = "support/gate.rs"]
mod gate;

fn support_get(url: &str) -> Vec<u8> {
    gate::get(url, "t0ken")
}
