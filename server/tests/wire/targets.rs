//! What is documented of each target, shown on the wire: a row for each particularity.

use serde_json::{Value, json};
use weir_server::{Config, Target};

use crate::client::{Client, GROUP, USER, encode, patch_body};

const ENTRA: &str = "urn:ietf:params:scim:schemas:extension:Microsoft:Entra:2.0:User";

/// Speaks to one application of a target.
struct Talk(Client);

/// What a row looks at.
struct Shown {
    what: String,
    status: u16,
    body: Value,
    header: String,
}

impl Talk {
    fn with(target: &str, application: &str) -> Self {
        Self(Client::start(Config::new(Target::find(target).unwrap())).application(application))
    }

    /// Sends a request as a client does that says who it is.
    async fn ask(&self, what: &str, method: &str, path: &str, body: &Value) -> Shown {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let reply = self
            .0
            .send(
                method,
                path,
                &[("user-agent", "rows")],
                Some(&text).filter(|text| !text.is_empty()).map(String::as_str),
            )
            .await;
        let body = if reply.text.is_empty() { Value::Null } else { reply.json() };
        Shown { what: what.to_owned(), status: reply.status, body, header: reply.header("retry-after").to_owned() }
    }

    async fn get(&self, what: &str, path: &str) -> Shown {
        self.ask(what, "GET", path, &Value::Null).await
    }

    async fn filter(&self, what: &str, endpoint: &str, filter: &str) -> Shown {
        self.get(what, &format!("{endpoint}?filter={}", encode(filter))).await
    }

    async fn patch(&self, what: &str, path: &str, operations: Value) -> Shown {
        let body: Value = serde_json::from_str(&patch_body(&operations)).unwrap();
        self.ask(what, "PATCH", path, &body).await
    }

    async fn create(&self, path: &str, body: &Value) -> String {
        let shown = self.ask("preparation", "POST", path, body).await.is(201);
        shown.body["id"].as_str().unwrap().to_owned()
    }

    async fn members(&self, count: usize) -> Vec<Value> {
        let mut members = Vec::new();
        for number in 0..count {
            members.push(json!({ "value": self.create("/Users", &person(&format!("m{number}"))).await }));
        }
        members
    }
}

impl Shown {
    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.what, self.body);
        self
    }

    /// The value at a JSON pointer; null where nothing is.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "rows are read, and references would be in the way")]
    fn has(self, pointer: &str, expected: Value) -> Self {
        let found = self.body.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(found, expected, "{} {pointer}: {}", self.what, self.body);
        self
    }
}

/// A user that every target takes.
fn person(name: &str) -> Value {
    json!({
        "schemas": [USER],
        "userName": format!("{name}@example.com"),
        "externalId": format!("ext-{name}"),
        "name": { "givenName": "Wil", "familyName": "Ferry" },
        "displayName": "Wil Ferry",
        "emails": [{ "value": format!("{name}@example.com"), "type": "work", "primary": true }],
        "active": true,
    })
}

fn without(mut body: Value, name: &str) -> Value {
    body.as_object_mut().unwrap().remove(name);
    body
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

fn group(name: &str, members: &[Value]) -> Value {
    json!({ "schemas": [GROUP], "displayName": name, "externalId": format!("ext-{name}"), "members": members })
}

#[test]
fn each_target_states_its_sources_and_their_date() {
    for name in Target::names() {
        let target = Target::find(name).unwrap();
        assert!(!target.sources.is_empty(), "{name}");
        assert!(target.as_of.len() >= 4, "{name}");
        assert!(target.applications.iter().all(|own| !own.description.is_empty()), "{name}");
    }
}

#[tokio::test]
async fn aws_identity_center() {
    let talk = Talk::with("aws-identity-center", "default");
    for name in ["displayName", "name"] {
        let body = without(person("x"), name);
        talk.ask("the attribute is required", "POST", "/Users", &body)
            .await
            .is(400)
            .has("/scimType", json!("invalidValue"));
    }
    let two = json!([{ "value": "a@example.com", "primary": true }, { "value": "b@example.com" }]);
    talk.ask("one value only", "POST", "/Users", &with(person("x"), "emails", two)).await.is(400);
    let plain = json!([{ "value": "a@example.com" }]);
    talk.ask("the email must be primary", "POST", "/Users", &with(person("x"), "emails", plain)).await.is(400);
    let photo = json!([{ "value": "https://example.com/x.png" }]);
    talk.ask("photos are unknown", "POST", "/Users", &with(person("p"), "photos", photo))
        .await
        .is(201)
        .has("/photos", json!(null));
    let user = talk.create("/Users", &person("wil")).await;
    let path = format!("/Users/{user}");

    talk.filter("userName", "/Users", "userName eq \"wil@example.com\"").await.is(200).has("/totalResults", json!(1));
    talk.filter("externalId", "/Users", "externalId eq \"ext-wil\"").await.is(200).has("/totalResults", json!(1));
    for filter in [
        "userName co \"wil\"",
        "userName eq \"a\" and externalId eq \"b\"",
        "title eq \"x\"",
        "userName eq \"a\" or userName eq \"b\"",
    ] {
        talk.filter("other filters", "/Users", filter).await.is(400).has("/scimType", json!("invalidFilter"));
    }
    let list = talk.get("startIndex is not known", "/Users?startIndex=2&count=1").await.is(200);
    list.has("/Resources/0/userName", json!("p@example.com"));
    talk.get("attributes are not known", "/Users?attributes=userName")
        .await
        .is(200)
        .has("/Resources/0/displayName", json!("Wil Ferry"));
    talk.get("nor are excludedAttributes", &format!("{path}?excludedAttributes=name"))
        .await
        .is(200)
        .has("/name/givenName", json!("Wil"));
    let walk = talk
        .get("a walk has no total", "/Users?cursor&count=1")
        .await
        .is(200)
        .has("/totalResults", json!(null))
        .has("/itemsPerPage", json!(1));
    assert!(walk.body["nextCursor"].is_string(), "{}", walk.body);

    let members = talk.members(101).await;
    talk.ask("100 members at creation", "POST", "/Groups", &group("many", &members)).await.is(400);
    let team = talk
        .ask("no members are shown", "POST", "/Groups", &group("team", &members[..100]))
        .await
        .is(201)
        .has("/members", json!(null));
    let team = format!("/Groups/{}", team.body["id"].as_str().unwrap());
    talk.get("nor on reading", &team).await.is(200).has("/members", json!(null));
    let id = team.trim_start_matches("/Groups/");
    let member = |number: usize| members[number]["value"].as_str().unwrap().to_owned();
    for (number, total) in [(0, 1), (100, 0)] {
        let filter = format!("id eq \"{id}\" and members eq \"{}\"", member(number));
        talk.filter("membership is asked for", "/Groups", &filter).await.is(200).has("/totalResults", json!(total));
    }
    talk.patch("a member comes", &team, json!([{ "op": "add", "path": "members", "value": [members[100]] }]))
        .await
        .is(204);
    let all =
        talk.patch("101 changes", &team, json!([{ "op": "add", "path": "members", "value": members }])).await.is(400);
    for name in ["schema", "schemas", "exceptionRequestId", "timeStamp"] {
        assert!(!all.body[name].is_null(), "{name}: {}", all.body);
    }
    for operation in
        [json!({ "op": "replace", "path": "members", "value": [] }), json!({ "op": "remove", "path": "members" })]
    {
        let refused = talk.patch("members as a whole", &team, json!([operation])).await.is(400);
        refused.has("/detail", json!("Replacing group memberships is not supported."));
    }
    talk.ask("no PutGroup", "PUT", &team, &group("team", &[])).await.is(501);
    talk.ask("PutUser", "PUT", &path, &person("wil")).await.is(200);
    talk.get("no /Me", "/Me").await.is(501);
    talk.ask("no /Bulk", "POST", "/Bulk", &json!({})).await.is(501);
    let rename = patch_body(&json!([{ "op": "replace", "path": "displayName", "value": "x" }]));
    assert_eq!(talk.0.send("PATCH", &path, &[], Some(&rename)).await.status, 403, "PATCH needs a User-Agent");
    assert_eq!(talk.0.get(&path).await.status, 200);
    talk.ask("a deletion deletes", "DELETE", &path, &Value::Null).await.is(204);
    talk.get("and it is gone", &path).await.is(404);
}

#[tokio::test]
async fn aws_identity_center_in_older_documentation() {
    let talk = Talk::with("aws-identity-center", "older");
    talk.members(51).await;
    let list = talk.get("50 and no pages", "/Users?startIndex=51").await.is(200).has("/totalResults", json!(51));
    assert_eq!(list.body["Resources"].as_array().unwrap().len(), 50);
}

fn entra(name: &str) -> Value {
    let body = with(person(name), "password", json!("T1de-and-Lock"));
    with(with(body, "schemas", json!([USER, ENTRA])), ENTRA, json!({ "mailNickname": name }))
}

#[tokio::test]
async fn entra_id() {
    let talk = Talk::with("entra-id", "default");
    for name in ["password", "name", "active", "displayName", ENTRA] {
        talk.ask("the attribute is required", "POST", "/Users", &without(entra("x"), name)).await.is(400);
    }
    let created = talk.ask("a relative location", "POST", "/users", &entra("wil")).await.is(201);
    let id = created.body["id"].as_str().unwrap().to_owned();
    let created = created.has("/meta/location", json!(format!("Users/{id}")));
    assert_eq!(created.body[ENTRA]["mailNickname"], "wil");
    let path = format!("/users/{id}");
    talk.get("paths in lower case", &path).await.is(200);
    talk.ask("no PUT of users", "PUT", &path, &entra("wil")).await.is(405);
    let work = json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "w@example.com" }]);
    talk.patch("a value path", &path, work).await.is(204);
    talk.get("has worked", &path).await.is(200).has("/emails/0/value", json!("w@example.com"));
    let lower = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "operations": [{ "op": "replace", "path": "displayName", "value": "W" }] });
    talk.ask("operations in lower case", "PATCH", &path, &lower).await.is(204);

    let config = talk.get("the configuration", "/ServiceProviderConfig").await.is(200);
    let config = config.has("/pagination/cursor", json!(true)).has("/pagination/index", json!(false));
    let config = config.has("/pagination/defaultPaginationMethod", json!("cursor"));
    let config = config.has("/pagination/defaultPageSize", json!(100)).has("/pagination/maxPageSize", json!(1000));
    config.has("/filter/maxResults", json!(200)).has("/bulk/supported", json!(false));
    for number in 0..101 {
        talk.create("/Users", &entra(&format!("n{number}"))).await;
    }
    let list = talk.get("a list is a walk", "/users").await.is(200);
    let list = list.has("/totalResults", json!(null)).has("/Resources", json!(null)).has("/itemsPerPage", json!(100));
    assert_eq!(list.body["resources"].as_array().unwrap().len(), 100);
    let next = list.body["nextCursor"].as_str().unwrap().to_owned();
    let end = talk.get("its end", &format!("/users?cursor={next}")).await.is(200).has("/nextCursor", json!(null));
    assert_eq!(end.body["resources"].as_array().unwrap().len(), 2);
    for (filter, status) in [
        ("userName eq \"wil@example.com\"".to_owned(), 200),
        ("userName ew \"@example.com\"".to_owned(), 200),
        (format!("{ENTRA}:mailNickname eq \"wil\" and userName eq \"wil@example.com\""), 200),
        ("externalId eq \"ext-wil\"".to_owned(), 200),
        ("externalId eq \"ext-wil\" and userName eq \"wil@example.com\"".to_owned(), 400),
        ("userName sw \"wil\"".to_owned(), 400),
        ("userName eq \"a\" or userName eq \"b\"".to_owned(), 400),
        ("displayName eq \"W\"".to_owned(), 400),
    ] {
        talk.filter(&filter, "/users", &filter).await.is(status);
    }
    let blanks = format!("/users?filter%20=%20{}", encode("userName eq \"x\""));
    talk.get("blanks around the equals sign", &blanks).await.is(400);

    let members: Vec<Value> =
        list.body["resources"].as_array().unwrap().iter().map(|user| json!({ "value": user["id"] })).collect();
    let team = talk.ask("no members are shown", "POST", "/groups", &group("team", &[])).await.is(201);
    let team = format!("/groups/{}", team.body["id"].as_str().unwrap());
    let add = |members: &[Value]| json!({ "op": "add", "path": "members", "value": members });
    let remove = |member: &Value| json!({ "op": "remove", "path": format!("members[value eq {}]", member["value"]) });
    for (what, operations, status) in [
        ("20 additions", json!([add(&members[..20])]), 204),
        ("21 additions", json!([add(&members[..21])]), 400),
        ("additions in two operations", json!([add(&members[20..21]), add(&members[21..22])]), 400),
        ("one removal", json!([remove(&members[0])]), 204),
        ("two removals", json!([remove(&members[1]), remove(&members[2])]), 400),
        ("both", json!([add(&members[20..21]), remove(&members[1])]), 400),
        (
            "a name beside",
            json!([add(&members[20..21]), { "op": "replace", "path": "displayName", "value": "x" }]),
            400,
        ),
        ("a name alone", json!([{ "op": "replace", "path": "displayName", "value": "x" }]), 204),
        (
            "a stranger",
            json!([add(&[members[20].clone(), json!({ "value": "00000000-0000-7000-8000-000000000000" })])]),
            400,
        ),
    ] {
        talk.patch(what, &team, operations).await.is(status);
    }
    talk.get("no members on reading", &team).await.is(200).has("/members", json!(null));
    for (number, found) in [(1, 1), (0, 0), (20, 0)] {
        let filter = format!("members.value eq {}", members[number]["value"]);
        let list = talk.filter("membership is asked for", "/groups", &filter).await.is(200);
        assert_eq!(list.body["resources"].as_array().map_or(0, Vec::len), found, "{number}: {}", list.body);
    }
    talk.ask("no PUT of groups", "PUT", &team, &group("team", &[])).await.is(405);
    talk.ask("a deletion", "DELETE", &path, &Value::Null).await.is(204);
    talk.get("deletes", &path).await.is(404);
}

#[tokio::test]
async fn github_emu() {
    let talk = Talk::with("github-emu", "default");
    assert_eq!(talk.0.get("/Users").await.status, 403, "requests without User-Agent are refused");
    talk.get("the case of paths matters", "/users").await.is(404);
    let nobody = [json!({ "value": "00000000-0000-7000-8000-000000000000" })];
    talk.ask("members must be there before", "POST", "/Groups", &group("team", &nobody)).await.is(400);
    let path = format!("/Users/{}", talk.create("/Users", &person("wil")).await);
    let filtered = json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "w@example.com" }]);
    talk.patch("no filters in paths", &path, filtered).await.is(400).has("/scimType", json!("invalidPath"));
    talk.patch("suspended", &path, json!([{ "op": "replace", "path": "active", "value": false }])).await.is(204);
    let hidden = talk.get("and hidden", &path).await.is(200).has("/active", json!(false));
    assert!(!hidden.body.to_string().contains("wil@example.com"), "{}", hidden.body);
    talk.get("and listed", "/Users").await.is(200).has("/totalResults", json!(1));
    talk.patch("back again", &path, json!([{ "op": "replace", "path": "active", "value": true }])).await.is(204);
    talk.get("and shown", &path).await.is(200).has("/userName", json!("wil@example.com"));
    talk.ask("a deletion is for ever", "DELETE", &path, &Value::Null).await.is(204);
    talk.ask("so the name stays taken", "POST", "/Users", &person("wil")).await.is(409);
    let limited = Talk(talk.0.application("limited"));
    for number in 0..1000 {
        limited.create("/Users", &person(&format!("n{number}"))).await;
    }
    let refused = limited.ask("1000 users an hour", "POST", "/Users", &person("one")).await.is(429);
    assert!((3500..=3600).contains(&refused.header.parse::<i64>().unwrap()), "{}", refused.header);
}

#[tokio::test]
async fn gitlab() {
    let talk = Talk::with("gitlab", "instance");
    for name in ["userName", "emails", "name"] {
        talk.ask("the attribute is required", "POST", "/Users", &without(person("x"), name)).await.is(400);
    }
    let created = talk
        .ask("the id is the externalId", "POST", "/Users", &person("wil"))
        .await
        .is(201)
        .has("/id", json!("ext-wil"));
    created
        .has("/name.formatted", json!("Wil Ferry"))
        .has("/name", json!(null))
        .has("/meta", json!({ "resourceType": "User" }));
    talk.get("also in URLs", "/Users/ext-wil").await.is(200).has("/id", json!("ext-wil"));
    talk.filter("an unquoted value", "/Users", "id eq ext-wil").await.is(200).has("/totalResults", json!(1));
    talk.filter("eq only", "/Users", "userName co \"wil\"").await.is(400);
    let update = json!({ "Operations": [{ "op": "Update", "path": "active", "value": "false" }] });
    talk.ask("Update, a text, and no schemas", "PATCH", "/Users/ext-wil", &update).await.is(204);
    talk.get("has worked", "/Users/ext-wil").await.is(200).has("/active", json!(false));
    for op in ["Replace", "Add"] {
        talk.patch("Replace and Add", "/Users/ext-wil", json!([{ "op": op, "path": "active", "value": true }]))
            .await
            .is(204);
    }
    let moved = json!([{ "op": "Replace", "path": "externalId", "value": "ext-moved" }]);
    talk.patch("another externalId", "/Users/ext-wil", moved).await.is(204);
    talk.get("is another id", "/Users/ext-moved").await.is(200).has("/id", json!("ext-moved"));
    talk.ask("PUT is not documented", "PUT", "/Users/ext-moved", &person("wil")).await.is(501);
    talk.get("no groups", "/Groups").await.is(404);
    talk.ask("a deletion", "DELETE", "/Users/ext-moved", &Value::Null).await.is(204);
    talk.get("blocks", "/Users/ext-moved").await.is(200).has("/active", json!(false));

    let large = Talk(talk.0.application("group"));
    large.ask("externalId is required", "POST", "/Users", &without(person("x"), "externalId")).await.is(400);
    large.create("/Users", &person("wil")).await;
    large.ask("a deletion is answered at once", "DELETE", "/Users/ext-wil", &Value::Null).await.is(204);
    large.get("and shows later", "/Users/ext-wil").await.is(200);
    large.get("as it must", "/Users/ext-wil").await.is(404);
}

#[tokio::test]
async fn slack() {
    let talk = Talk::with("slack", "default");
    let members = talk.members(11).await;
    let list = talk.get("ten to a page", "/Users").await.is(200).has("/totalResults", json!(11));
    assert_eq!(list.body["Resources"].as_array().unwrap().len(), 10);
    let list = talk.get("a large count is clamped", "/Users?count=5000").await.is(200);
    assert_eq!(list.body["Resources"].as_array().unwrap().len(), 11);
    let config = talk.get("filters are not announced", "/ServiceProviderConfig").await.is(200);
    config.has("/filter/supported", json!(false)).has("/filter/maxResults", json!(1000));
    talk.filter("and work", "/Users", "userName eq \"m1@example.com\"").await.is(200).has("/totalResults", json!(1));
    talk.get("schemas by endpoint", "/Schemas/Users").await.is(200).has("/id", json!(USER));
    talk.get("resource types", "/ResourceTypes").await.is(200);
    let user = format!("/Users/{}", members[0]["value"].as_str().unwrap());
    talk.ask("a deletion", "DELETE", &user, &Value::Null).await.is(204);
    talk.get("deactivates", &user).await.is(200).has("/active", json!(false));
    let team = format!("/Groups/{}", talk.create("/Groups", &group("team", &members)).await);
    talk.ask("PUT of groups", "PUT", &team, &group("crew", &members[1..])).await.is(200);
    talk.ask("a group", "DELETE", &team, &Value::Null).await.is(204);
    talk.get("is removed", &team).await.is(404);
    let limited = Talk(talk.0.application("limited"));
    limited.members(180).await;
    let refused = limited.ask("180 writes of users a minute", "POST", "/Users", &person("one")).await.is(429);
    assert!((1..=60).contains(&refused.header.parse::<i64>().unwrap()), "{}", refused.header);
    limited.get("reading goes on", "/Users").await.is(200);
}

#[tokio::test]
async fn snowflake() {
    let talk = Talk::with("snowflake", "default");
    let members = talk.members(3).await;
    talk.get("real pages", "/Users?startIndex=2&count=1")
        .await
        .is(200)
        .has("/totalResults", json!(3))
        .has("/startIndex", json!(2));
    talk.filter("eq", "/Users", "userName eq \"m1@example.com\"").await.is(200).has("/totalResults", json!(1));
    talk.filter("sw", "/Users", "userName sw \"m\"").await.is(200).has("/totalResults", json!(3));
    for filter in ["userName co \"m\"", "userName eq \"a\" and active eq true", "userName"] {
        talk.filter("others", "/Users", filter).await.is(400).has("/scimType", json!("invalidFilter"));
    }
    let user = format!("/Users/{}", members[0]["value"].as_str().unwrap());
    talk.ask("a deletion", "DELETE", &user, &Value::Null).await.is(204);
    talk.get("deactivates", &user).await.is(200).has("/active", json!(false));

    let before = Talk(talk.0.application("before-2026-03"));
    let members = before.members(2).await;
    for (path, pointer, name) in [
        ("/Users", "/Resources/0/userName", "synthesis_user"),
        ("/Groups", "/Resources/0/displayName", "synthesis_group"),
    ] {
        let list = before.get("one made-up resource", path).await.is(200).has("/totalResults", json!(1));
        list.has("/Resources/0/id", json!("1")).has(pointer, json!(name));
    }
    before
        .filter("a known filter", "/Users", "userName eq \"m1@example.com\"")
        .await
        .is(200)
        .has("/totalResults", json!(1));
    for filter in ["userName co \"m\"", "userName eq", "emails.value eq \"m1@example.com\""] {
        before.filter("others find nobody", "/Users", filter).await.is(200).has("/totalResults", json!(0));
    }
    let user = format!("/Users/{}", members[0]["value"].as_str().unwrap());
    before.ask("a deletion", "DELETE", &user, &Value::Null).await.is(204);
    before.get("deletes", &user).await.is(404);
}

#[tokio::test]
async fn atlassian() {
    let talk = Talk::with("atlassian", "default");
    talk.get("itemsPerPage of a new directory", "/Users")
        .await
        .is(200)
        .has("/totalResults", json!(0))
        .has("/itemsPerPage", json!(10000));
    let foreign = json!([{ "value": "wil@elsewhere.example", "primary": true }]);
    talk.ask("verified domains only", "POST", "/Users", &with(person("x"), "emails", foreign)).await.is(400);
    let sent = with(person("wil"), "id", json!("mine"));
    let id = talk.create("/Users", &sent).await;
    assert_ne!(id, "mine", "a sent id is ignored");
    talk.ask("duplicates", "POST", "/Users", &person("wil")).await.is(409);
    let path = format!("/Users/{id}");
    talk.filter("userName", "/Users", "userName eq \"wil@example.com\"").await.is(200).has("/totalResults", json!(1));
    talk.filter("externalId", "/Users", "externalId eq \"ext-wil\"").await.is(200).has("/totalResults", json!(1));
    for filter in ["userName sw \"wil\"", "displayName eq \"Wil Ferry\"", "userName eq \"a\" and externalId eq \"b\""] {
        talk.filter("others", "/Users", filter).await.is(400);
    }
    talk.get("no sort", "/ServiceProviderConfig").await.is(200).has("/sort/supported", json!(false));
    talk.ask("a deletion", "DELETE", &path, &Value::Null).await.is(204);
    for (method, body) in [("GET", Value::Null), ("PUT", person("wil")), ("DELETE", Value::Null)] {
        talk.ask("everything is 404 then", method, &path, &body).await.is(404);
    }
    assert_eq!(talk.create("/Users", &person("wil")).await, id, "until the user is made again");
    talk.get("and is back", &path).await.is(200);
}

#[tokio::test]
async fn salesforce() {
    let talk = Talk::with("salesforce", "default");
    talk.get("the configuration of SCIM 1.1", "/ServiceProviderConfigs")
        .await
        .is(200)
        .has("/patch/supported", json!(true));
    talk.get("and not of 2.0", "/ServiceProviderConfig").await.is(404);
    let members = talk.members(2).await;
    let team = talk.create("/Groups", &with(group("team", &[]), "type", json!("Regular"))).await;
    let path = format!("/Groups/{team}");
    let nested = json!([{ "op": "add", "path": "members", "value": { "members": members } }]);
    talk.patch("members named twice", &path, nested).await.is(204);
    let shown = talk.get("groups have a type", &path).await.is(200).has("/type", json!("Regular"));
    let shown = shown.has("/members/0/type", json!("User"));
    let reference = shown.body["members"][0]["$ref"].as_str().unwrap();
    assert!(reference.starts_with("http://"), "{reference}");
    let remove = json!([{ "op": "remove", "path": "members", "value": [members[0]] }]);
    talk.patch("a removal with a value", &path, remove).await.is(204);
    let left = talk.get("leaves the others", &path).await.is(200);
    assert_eq!(left.body["members"].as_array().unwrap().len(), 1);
    let user = format!("/Users/{}", members[0]["value"].as_str().unwrap());
    talk.ask("a deletion", "DELETE", &user, &Value::Null).await.is(204);
    talk.get("deactivates", &user).await.is(200).has("/active", json!(false));
}

#[tokio::test]
async fn google_cloud_identity() {
    let talk = Talk::with("google-cloud-identity", "default");
    let members = talk.members(3).await;
    let list = talk.get("no pages", "/Users?startIndex=2&count=1").await.is(200);
    assert_eq!(list.body["Resources"].as_array().unwrap().len(), 3);
    let config = talk.get("the configuration", "/ServiceProviderConfig").await.is(200);
    config
        .has("/sort/supported", json!(false))
        .has("/bulk/supported", json!(false))
        .has("/etag/supported", json!(false));
    let reply = talk.0.get(&format!("/Users/{}", members[0]["value"].as_str().unwrap())).await;
    assert_eq!(reply.header("etag"), "", "no versions");
    let path = format!("/Groups/{}", talk.create("/Groups", &group("team", &members)).await);
    talk.ask("groups are not replaced", "PUT", &path, &group("team", &[])).await.is(501);
    talk.patch("but patched", &path, json!([{ "op": "replace", "path": "displayName", "value": "crew" }]))
        .await
        .is(204);
    talk.ask("and deleted", "DELETE", &path, &Value::Null).await.is(204);
}

/// What aquera's applications differ in, besides what the tests of the gateway and of the service behind it show.
#[tokio::test]
async fn aquera_applications() {
    let talk = Talk::with("aquera", "no-group-delete");
    let path = format!("/Groups/{}", talk.create("/Groups", &group("team", &[])).await);
    talk.ask("no group delete", "DELETE", &path, &Value::Null).await.is(501);
    let schema =
        Talk(talk.0.application("invalid-schema")).get("an invalid schema", &format!("/Schemas/{USER}")).await.is(200);
    assert_eq!(
        (&schema.body["attributes"][0]["type"], &schema.body["attributes"][0]["multiValued"]),
        (&json!("text"), &json!("false"))
    );
    Talk(talk.0.application("default"))
        .get("only there", &format!("/Schemas/{USER}"))
        .await
        .is(200)
        .has("/attributes/0/type", json!("string"));
    let access = |name: &str| talk.0.endpoint().applications().iter().find(|own| own.name == name).unwrap().clone();
    for (name, scheme) in [("basic-only", "httpbasic"), ("bearer-only", "oauthbearertoken")] {
        let access = access(name);
        assert_eq!(
            (access.credentials.basic.is_some(), access.credentials.bearer.is_some()),
            (name == "basic-only", name == "bearer-only")
        );
        let reply = talk.0.send_bare("GET", &format!("{}/Users", access.base_urls[0]), &[], "").await.unwrap();
        let word = if name == "basic-only" { "Basic" } else { "Bearer" };
        assert_eq!((reply.status, reply.header("www-authenticate").starts_with(word)), (401, true), "{reply:?}");
        let user_and_password = access.credentials.basic.as_ref().map(|basic| {
            use secrecy::ExposeSecret as _;
            format!("{}:{}", basic.user, basic.password.expose_secret())
        });
        let request = talk.0.http.get(format!("{}/ServiceProviderConfig", access.base_urls[0]));
        let request = match (&user_and_password, &access.credentials.bearer) {
            (Some(pair), _) => request.basic_auth(pair.split(':').next().unwrap(), pair.split(':').nth(1)),
            (None, Some(token)) => request.bearer_auth(secrecy::ExposeSecret::expose_secret(token)),
            (None, None) => request,
        };
        let config: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
        let schemes: Vec<&str> = config["authenticationSchemes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|own| own["type"].as_str().unwrap())
            .collect();
        assert_eq!(schemes, [scheme], "{name}");
    }
}
