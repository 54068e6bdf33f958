//! What real clients put on the wire: their spellings of queries, the filters that vendors document, and the requests that
//! provisioners are known to send, each answered as the target's vendor answers it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};
use weir_server::{Config, Target};

use crate::client::{Client, GROUP, USER, patch_body};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const ENTRA: &str = "urn:ietf:params:scim:schemas:extension:Microsoft:Entra:2.0:User";

/// An answer of which the bytes of the request were chosen: libraries tidy URLs up.
#[derive(Debug)]
struct RawAnswer {
    status: u16,
    head: String,
    body: Value,
    is_empty: bool,
}

impl RawAnswer {
    fn resources(&self) -> Vec<&str> {
        let list = self.body.get("Resources").or_else(|| self.body.get("resources")).and_then(Value::as_array);
        list.into_iter().flatten().map(|own| own["id"].as_str().unwrap()).collect()
    }

    fn detail(&self) -> &str {
        self.body["detail"].as_str().unwrap_or_default()
    }
}

fn raw(client: &Client, method: &str, path: &str, body: &str) -> RawAnswer {
    let (authority, base) = client.base.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let token = &client.token;
    let request = format!(
        "{method} /{base}{path} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {token}\r\nUser-Agent: rows\r\n\
         Content-Type: application/scim+json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(authority).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let json = serde_json::from_str(body).unwrap_or_default();
    RawAnswer { status, head: head.to_ascii_lowercase(), body: json, is_empty: body.is_empty() }
}

/// How clients spell the blanks, quotes and brackets of a filter.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Spelling {
    /// Okta, Go's `url.PathEscape`.
    PercentUpper,
    /// As above with `%5b` and `%3a`.
    PercentLower,
    /// Entra ID, `OneLogin`, Python's `urlencode`, Java's `URLEncoder`.
    Plus,
    /// curl with `-g`: quotes and brackets as they are.
    BareBrackets,
}

const SPELLINGS: [Spelling; 4] =
    [Spelling::PercentUpper, Spelling::PercentLower, Spelling::Plus, Spelling::BareBrackets];

impl Spelling {
    fn encode(self, filter: &str) -> String {
        let mut text = String::new();
        for byte in filter.bytes() {
            match byte {
                b' ' if self == Self::Plus => text.push('+'),
                b'[' | b']' | b':' if self == Self::BareBrackets => text.push(byte.into()),
                _ if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => text.push(byte.into()),
                _ if self == Self::PercentLower => write!(text, "%{byte:02x}").unwrap(),
                _ => write!(text, "%{byte:02X}").unwrap(),
            }
        }
        text
    }
}

fn client(target: &str, application: &str) -> Client {
    Client::start(Config::new(Target::find(target).unwrap())).application(application)
}

fn create(client: &Client, path: &str, body: &Value) -> String {
    let answer = raw(client, "POST", path, &body.to_string());
    assert_eq!(answer.status, 201, "{}: {}", client.base, answer.body);
    answer.body["id"].as_str().unwrap().to_owned()
}

/// What a target's filters can find, and what they must not.
struct Directory {
    client: Client,
    ada: Value,
    group: Option<Value>,
}

impl Directory {
    fn new(target: &str, application: &str) -> Self {
        let client = client(target, application);
        let has = |name: &str| !Target::find(target).unwrap().without_resource_types.iter().any(|own| own == name);
        let person = |name: &str, manager: Option<&str>| {
            let mut body = json!({
                "schemas": [USER], "userName": format!("{name}@example.com"), "externalId": format!("ext-{name}"),
                "name": { "givenName": "Wil", "familyName": "Ferry" }, "displayName": "Wil Ferry", "active": true,
                "emails": [{ "value": format!("{name}@example.com"), "type": "work", "primary": true }],
            });
            if target == "entra-id" {
                body["password"] = "T1de-and-Lock".into();
                body["schemas"] = json!([USER, ENTRA]);
                body[ENTRA] = json!({ "mailNickname": format!("nick-{name}") });
            }
            if let Some(manager) = manager {
                body["schemas"].as_array_mut().unwrap().push(ENTERPRISE.into());
                body[ENTERPRISE] = json!({ "manager": { "value": manager } });
            }
            body
        };
        let boss = create(&client, "/Users", &person("boss", None));
        create(&client, "/Users", &person("bo", Some(&boss)));
        let mut ada = person("ada", Some(&boss));
        ada["id"] = create(&client, "/Users", &ada).into();
        let group = has("Group").then(|| {
            let group = |name: &str, member: &str| {
                json!({
                    "schemas": [GROUP], "displayName": name, "externalId": format!("ext-{name}"),
                    "members": [{ "value": member }],
                })
            };
            create(&client, "/Groups", &group("ops", &boss));
            let mut eng = group("eng", ada["id"].as_str().unwrap());
            eng["id"] = create(&client, "/Groups", &eng).into();
            eng
        });
        Self { client, ada, group }
    }

    /// The value by which one comparison finds Ada, or her group.
    fn value(&self, endpoint: &str, attribute: &str) -> &str {
        let (of_user, group) = (endpoint == "Users", self.group.as_ref());
        let resource = if of_user { &self.ada } else { group.unwrap() };
        let name = attribute.rsplit(':').next().unwrap();
        match name {
            "groups.value" => group.unwrap()["id"].as_str(),
            "members" | "members.value" => self.ada["id"].as_str(),
            "manager" => self.ada[ENTERPRISE]["manager"]["value"].as_str(),
            "mailNickname" => self.ada[ENTRA]["mailNickname"].as_str(),
            "*" if of_user => self.ada["userName"].as_str(),
            "*" => group.unwrap()["displayName"].as_str(),
            _ => resource[name].as_str(),
        }
        .unwrap_or_else(|| panic!("no value of {attribute}"))
    }

    /// A filter of a form such as `id eq and manager eq`.
    fn filter(&self, endpoint: &str, form: &str) -> String {
        let term = |term: &str| {
            let (attribute, operator) = term.trim().trim_end_matches('+').split_once(' ').unwrap();
            let value = self.value(endpoint, attribute);
            let value = match operator {
                "sw" => &value[..value.len() - 1],
                "ew" => &value[1..],
                _ => value,
            };
            let name = match attribute {
                "*" if endpoint == "Users" => "userName",
                "*" => "displayName",
                name => name,
            };
            format!("{name} {operator} \"{value}\"")
        };
        form.split(" and ").map(term).collect::<Vec<_>>().join(" and ")
    }
}

/// Each filter form that the file of a target lists: target, application, endpoint, form.
fn listed_forms() -> Vec<(String, String, String, String)> {
    let mut all = Vec::new();
    for name in Target::names() {
        let target = Target::find(name).unwrap();
        for application in &target.applications {
            let own = application.deviations.iter().chain(&target.deviations);
            for activation in own.filter(|own| matches!(own.deviation.id, "filter.forms-only" | "filter.others-empty"))
            {
                let text = activation.value.clone().unwrap();
                for list in text.split('|') {
                    let (endpoint, forms) = list.trim().split_once(": ").unwrap();
                    for form in forms.split(';') {
                        all.push((name.into(), application.name.clone(), endpoint.into(), form.trim().into()));
                    }
                }
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_form_that_a_target_lists_finds_the_right_resource_in_every_spelling() {
    let forms = listed_forms();
    assert!(forms.len() > 30, "{forms:#?}");
    let mut directory: Option<((String, String), Directory)> = None;
    for (target, application, endpoint, form) in forms {
        let place = (target, application);
        if directory.as_ref().is_none_or(|(of, _)| *of != place) {
            directory = Some((place.clone(), Directory::new(&place.0, &place.1)));
        }
        let (_, directory) = directory.as_ref().unwrap();
        let filter = directory.filter(&endpoint, &form);
        let right = if endpoint == "Users" { &directory.ada } else { directory.group.as_ref().unwrap() };
        let mut terms: Vec<&str> = filter.split(" and ").collect();
        terms.reverse();
        let reversed = terms.join(" and ");
        for filter in [&filter, &reversed] {
            for spelling in SPELLINGS {
                let path = format!("/{endpoint}?filter={}", spelling.encode(filter));
                let answer = raw(&directory.client, "GET", &path, "");
                assert_eq!(answer.status, 200, "{place:?} {path}: {}", answer.body);
                assert_eq!(answer.resources(), [right["id"].as_str().unwrap()], "{place:?} {filter} {spelling:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queries_of_named_clients_find_nobody_or_are_refused_where_they_go_wrong() {
    const NOT_HERE: u16 = 404;
    // userName and displayName are answered by all, externalId by all but one; after the brackets, the offset of what does not fit.
    let rows: &[(&str, Option<usize>, u16)] = &[
        ("aquera", Some(22), 200),
        ("atlassian", Some(0), 200),
        ("aws-identity-center", Some(0), 200),
        ("entra-id", Some(0), 200),
        ("github-emu", Some(22), 200),
        ("gitlab", Some(0), NOT_HERE),
        ("google-cloud-identity", Some(0), 200),
        ("proof", Some(22), 200),
        ("rfc", Some(22), 200),
        ("saas", None, 200),
        ("salesforce", Some(22), 200),
        ("slack", Some(22), 200),
        ("snowflake", Some(0), 200),
    ];
    assert!(rows.iter().map(|row| row.0).eq(Target::names()), "a row for each target");
    for &(target, after_brackets, groups) in rows {
        let application = Target::find(target).unwrap().applications[0].name.clone();
        let directory = Directory::new(target, &application);
        for spelling in SPELLINGS {
            let ask = |path: &str, filter: &str, more: &str| {
                raw(&directory.client, "GET", &format!("{path}?filter={}{more}", spelling.encode(filter)), "")
            };
            let found_nobody = |answer: &RawAnswer, filter: &str| {
                assert_eq!(answer.status, 200, "{target} {filter} {spelling:?}: {}", answer.body);
                assert!(answer.resources().is_empty(), "{target} {filter} {spelling:?}: {}", answer.body);
                let total = answer.body.get("totalResults");
                assert!(total.is_none_or(|total| *total == 0), "{target} {filter} {spelling:?}: {}", answer.body);
            };
            if spelling == Spelling::Plus && matches!(target, "rfc" | "proof") {
                let answer = ask("/Users", "userName eq \"nobody@example.com\"", "");
                assert_eq!((answer.status, answer.body["scimType"].as_str()), (400, Some("invalidFilter")));
                let detail = answer.detail();
                let parts = ["at offset 8", "send %20", "query.plus-as-blank", "got \"+\""];
                assert!(parts.iter().all(|part| detail.contains(part)), "{target}: {detail}");
                continue;
            }
            for filter in ["userName eq \"nobody@example.com\"", "externalId eq \"x\""] {
                if target == "google-cloud-identity" && filter.starts_with("externalId") {
                    let answer = ask("/Users", filter, "");
                    assert_eq!((answer.status, answer.body["scimType"].as_str()), (400, Some("invalidFilter")));
                    continue;
                }
                found_nobody(&ask("/Users", filter, ""), filter);
            }
            let filter = "displayName eq \"x\"";
            let answer = ask("/Groups", filter, "&excludedAttributes=members");
            if groups == 200 {
                found_nobody(&answer, filter);
            } else {
                assert_eq!(answer.status, groups, "{target}");
            }
            let filter = "emails[type eq \"work\"].value eq \"x\"";
            let answer = ask("/Users", filter, "");
            match after_brackets {
                None => found_nobody(&answer, filter),
                Some(offset) => {
                    let kind = (answer.status, answer.body["scimType"].as_str());
                    assert_eq!(kind, (400, Some("invalidFilter")), "{target} {spelling:?}: {}", answer.body);
                    let place = format!("at offset {offset}: expected ");
                    let detail = answer.detail();
                    assert!(detail.contains(&place) && detail.contains("; got "), "{target} {spelling:?}: {detail}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_target_answers_head_and_options() {
    for target in Target::names() {
        let application = Target::find(target).unwrap().applications[0].name.clone();
        let directory = Directory::new(target, &application);
        let path = format!("/Users/{}", directory.ada["id"].as_str().unwrap());
        for path in ["/Users", &path, "/Schemas"] {
            let (get, head) = (raw(&directory.client, "GET", path, ""), raw(&directory.client, "HEAD", path, ""));
            assert_eq!((get.status, head.status, head.is_empty), (200, 200, true), "{target} {path}");
            let length = |head: &str| head.lines().find(|line| line.starts_with("content-length:")).map(str::to_owned);
            assert_eq!(length(&get.head), length(&head.head), "{target} {path}");
            let options = raw(&directory.client, "OPTIONS", path, "");
            assert_eq!((options.status, options.is_empty), (204, true), "{target} {path}");
            assert!(options.head.contains("\r\nallow: get, head, "), "{target} {path}: {}", options.head);
        }
    }
}

/// A request of a provisioner at the target `saas`: who sends it, and what a user has afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_ready_target_takes_what_provisioners_send() {
    let client = client("saas", "default");
    let [user, manager] = ["ada", "m"].map(|name| {
        let emails = json!([{ "value": format!("{name}@example.com"), "type": "work", "primary": true }]);
        create(&client, "/Users", &json!({ "schemas": [USER], "userName": name, "emails": emails }))
    });
    let path = format!("/Users/{user}");
    let urn = |name: &str| format!("{ENTERPRISE}:{name}");
    let at = |pointer: &str| {
        let shown = raw(&client, "GET", &path, "").body;
        shown.pointer(pointer).cloned().unwrap_or_default()
    };
    let of_manager = format!("/{ENTERPRISE}/manager/value");
    let reference = json!([{ "$ref": format!("http://example.com/Users/{manager}"), "value": manager }]);
    let rows = [
        (
            "Entra ID, documented",
            json!({"op": "Add", "path": "manager", "value": reference}),
            &*of_manager,
            json!(manager),
        ),
        ("Entra ID, documented", json!({"op": "Remove", "path": "manager"}), &of_manager, Value::Null),
        ("Entra ID, seen", json!({"op": "add", "path": urn("manager"), "value": manager}), &of_manager, json!(manager)),
        ("Entra ID, seen", json!({"op": "replace", "path": urn("manager"), "value": ""}), &of_manager, Value::Null),
        ("Entra ID, no flag", json!({"op": "Replace", "path": "active", "value": "False"}), "/active", json!(false)),
        ("Entra ID, flag", json!({"op": "replace", "path": "active", "value": true}), "/active", json!(true)),
        (
            "Entra ID, flag",
            json!({"op": "replace", "value": {"name.givenName": "Ada", urn("department"): "Tides"}}),
            "/name/givenName",
            json!("Ada"),
        ),
        (
            "Entra ID, validator",
            json!({"op": "Add", "path": "addresses[type eq \"work\"].streetAddress", "value": "1 Lock St"}),
            "/addresses/0/streetAddress",
            json!("1 Lock St"),
        ),
        (
            "Entra ID, app roles",
            json!({"op": "Add", "path": "roles", "value": [{"primary": "True", "type": "x", "value": "{\"id\":\"7\"}"}]}),
            "/roles/0/primary",
            json!(true),
        ),
        (
            "Entra ID, app roles",
            json!({"op": "Replace", "path": "roles[primary eq \"True\"].value", "value": "y"}),
            "/roles/0/value",
            json!("y"),
        ),
        ("Okta", json!({"op": "replace", "value": {"id": user, "active": false}}), "/active", json!(false)),
        ("Keycloak", json!({"op": "replace", "path": "active", "value": "true"}), "/active", json!(true)),
    ];
    for (who, operation, pointer, expected) in rows {
        let answer = raw(&client, "PATCH", &path, &patch_body(&json!([operation])));
        assert!(matches!(answer.status, 200 | 204), "{who} {operation}: {}", answer.body);
        assert_eq!(at(pointer), expected, "{who} {operation}");
    }
    let set = json!({"op": "replace", "path": urn("manager"), "value": manager});
    assert_eq!(raw(&client, "PATCH", &path, &patch_body(&json!([set]))).status, 204);
    for filter in [
        format!("id eq \"{user}\" and manager eq \"{manager}\""),
        format!("manager eq \"{manager}\" and id eq \"{user}\""),
        "emails[type eq \"work\"].value eq \"ada@example.com\"".to_owned(),
    ] {
        for spelling in SPELLINGS {
            // OneLogin ends its queries with an ampersand, and Entra ID adds its flag to every request.
            let path = format!("/Users?filter={}&attributes=id&aadOptscim062020&", spelling.encode(&filter));
            assert_eq!(raw(&client, "GET", &path, "").resources(), [&*user], "{filter} {spelling:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ready_target_takes_the_resources_that_provisioners_send() {
    let client = client("saas", "default");
    // OneLogin's templates, the long example of Entra ID's documentation, and Okta.
    let rows = [
        json!({
            "schemas": ["urn:scim:schemas:core:2.0", "urn:scim:schemas:extension:enterprise:2.0"], "userName": "one",
            "active": "true", "id": null, "meta": { "resourceType": "User" },
            "urn:scim:schemas:extension:enterprise:2.0": { "department": "Tides" },
        }),
        json!({
            "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"], "userName": "two",
            "addresses": null, "phoneNumbers": null, "title": null, "manager": null, "roles": [], "active": true,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0User": { "department": "Tides" },
        }),
        json!({
            "schemas": [USER], "userName": "three", "groups": [], "password": "T1de-and-Lock", "active": true,
            ENTERPRISE: { "department": "Tides" },
        }),
    ];
    for body in rows {
        let answer = raw(&client, "POST", "//Users?", &body.to_string());
        assert_eq!(answer.status, 201, "{body}: {}", answer.body);
        assert_eq!(answer.body["schemas"], json!([USER, ENTERPRISE]), "{body}");
        assert_eq!((&answer.body["active"], &answer.body[ENTERPRISE]["department"]), (&json!(true), &json!("Tides")));
    }
    let members =
        ["u", "v", "w"].map(|name| create(&client, "/Users", &json!({ "schemas": [USER], "userName": name })));
    let foreign = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
    let group = create(&client, "/Groups", &json!({ "schemas": [GROUP, foreign], "displayName": "eng" }));
    let path = format!("/Groups/{group}");
    let [u, v, w] = &members;
    for (who, operations, left) in [
        (
            "Entra ID",
            json!([{"op": "Add", "path": "members", "value": [{"$ref": null, "value": u}, {"$ref": null, "value": v}]}]),
            vec![u, v],
        ),
        ("Entra ID", json!([{"op": "Remove", "path": "members", "value": [{"$ref": null, "value": u}]}]), vec![v]),
        (
            "authentik",
            json!([{"op": "add", "path": "members", "value": [{"value": w}]}, {"op": "remove", "path": "members", "value": [{"value": v}]}]),
            vec![w],
        ),
        ("Databricks", json!([{"op": "add", "value": {"members": [{"value": u}]}}]), vec![w, u]),
        ("Okta", json!([{"op": "remove", "path": format!("members[value eq \"{w}\"]")}]), vec![u]),
        ("Okta, push now", json!([{"op": "replace", "path": "members", "value": []}]), vec![]),
        (
            "Okta",
            json!([{"op": "replace", "value": {"id": group, "displayName": "new"}}, {"op": "replace", "value": {"members": [{"value": v, "display": "v"}]}}]),
            vec![v],
        ),
        ("Keycloak", json!([{"op": "remove", "path": "members", "value": null}]), vec![]),
    ] {
        let answer = raw(&client, "PATCH", &path, &patch_body(&operations));
        assert!(matches!(answer.status, 200 | 204), "{who} {operations}: {}", answer.body);
        let shown = raw(&client, "GET", &path, "").body;
        let members = shown["members"].as_array().cloned().unwrap_or_default();
        let values: BTreeSet<&str> = members.iter().map(|member| member["value"].as_str().unwrap()).collect();
        assert_eq!(values, left.iter().map(|id| id.as_str()).collect(), "{who} {operations}");
    }
}
