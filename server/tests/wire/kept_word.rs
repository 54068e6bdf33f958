//! Each deviation changes what it declares and nothing else: the application's own pipeline stays around every change, so
//! that the service behind it is written and required attributes are required.

use std::pin::pin;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use weir_server::{Activation, Clock, Config, Deviation};

use crate::client::{Client, USER, patch_body};

const APPLICATION: &str = "accepts-user-patch";
const ID: &str = "00000000-0000-7000-8000-00000000000a";

/// Deviations that answer a body without a required attribute with success, as (id, the words of the record that say so).
const ACCEPTED: &[(&str, &str)] = &[
    ("errors.as-200", "errors come with status 200"),
    ("patch.failures-hidden", "is answered 204"),
    ("patch.remove-ignored", "remove operations succeed"),
    ("put.merges", "leaves the rest"),
    ("required.made-up", "makes up"),
];

/// Of those, the ones that change something then: nothing else goes past the check of required attributes.
const CARRIED_OUT: &[&str] = &["put.merges", "required.made-up"];

/// An application with one user in it, of whom the control API shows what is held in front and behind.
struct Rehearsal {
    client: Client,
    clock: Clock,
}

impl Rehearsal {
    fn start() -> Self {
        let clock = Clock::standing(Timestamp::UNIX_EPOCH);
        let client = Client::start(Config { clock: clock.clone(), ..Config::aquera() });
        Self { client: client.application(APPLICATION), clock }
    }

    /// Begins anew, with one deviation.
    fn begin(&self, deviation: &'static Deviation) {
        let endpoint = self.client.endpoint();
        endpoint.reset();
        endpoint.set_deviations(&[Activation::new(deviation)]).unwrap();
        let user = json!([{
            "schemas": [USER], "id": ID, "userName": "ada@example.com", "title": "Engineer", "active": true,
            "nickName": "Ada", "emails": [
                { "value": "ada@example.com", "type": "work", "primary": true },
                { "value": "ada@example.org", "type": "home" },
            ],
        }]);
        let loaded = endpoint.load(Some(APPLICATION), user.to_string().as_bytes());
        assert_eq!(loaded.unwrap(), 1, "{}", deviation.id);
    }

    /// Whether the request is answered with success. A deviation may close the connection instead, or wait by the clock.
    async fn send(&self, method: &str, path: &str, body: &str) -> bool {
        let mut request = pin!(self.client.try_send(method, path, &[], Some(body)));
        loop {
            match tokio::time::timeout(Duration::from_millis(100), request.as_mut()).await {
                Ok(reply) => return reply.is_ok_and(|reply| (200..300).contains(&reply.status)),
                Err(_) => self.clock.advance(SignedDuration::from_hours(1)),
            }
        }
    }

    /// The users of the application, without what the service behind it does not know.
    async fn front(&self) -> Vec<Value> {
        let data = self.client.control("GET", &format!("data?application={APPLICATION}"), "").await.json();
        let users = data["Resources"].as_array().unwrap().iter().filter(|resource| resource["members"].is_null());
        let mut users: Vec<Value> = users.cloned().collect();
        for user in &mut users {
            user.as_object_mut().unwrap().retain(|name, _| name != "meta" && name != "groups");
        }
        users
    }

    /// The accounts of the service behind the application.
    async fn behind(&self) -> Vec<Value> {
        self.client.accounts(APPLICATION).await["accounts"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn front_and_downstream_agree_after_every_change_whatever_deviation_is_active() {
    let rehearsal = Rehearsal::start();
    let put = json!({
        "schemas": [USER], "userName": "ada@example.com", "title": "Director", "active": false, "nickName": null,
        "emails": [{ "value": "ada@example.net", "type": "other", "primary": true }],
    });
    let replace = |path: &str, value: Value| json!({ "op": "replace", "path": path, "value": value });
    let whole = patch_body(&json!([
        replace("title", json!("Chief")),
        replace("active", json!(true)),
        replace("password", json!("correct horse battery staple")),
        { "op": "add", "path": "emails", "value": [{ "value": "ada@example.edu", "type": "work", "primary": true }] },
        { "op": "replace", "path": "emails[type eq \"work\"].display", "value": "Ada" },
    ]));
    // The second operation fails, so that nothing changes, or half of it in front and behind.
    let half = patch_body(&json!([replace("title", json!("Half")), { "op": "remove", "path": "userName" }]));
    let mut accepted = [0; 3];
    for &deviation in Deviation::all() {
        rehearsal.begin(deviation);
        for (at, (method, body)) in [("PUT", &put.to_string()), ("PATCH", &whole), ("PATCH", &half)].iter().enumerate()
        {
            accepted[at] += u32::from(rehearsal.send(method, &format!("/Users/{ID}"), body).await);
            let (front, behind) = (rehearsal.front().await, rehearsal.behind().await);
            assert_eq!(json!(front), json!(behind), "{} after {method} {body}", deviation.id);
        }
    }
    let most = u32::try_from(Deviation::all().len() * 9 / 10).unwrap();
    assert!(accepted[0] > most && accepted[1] > most && accepted[2] < 10, "{accepted:?}");
}

#[tokio::test]
async fn a_body_without_a_required_attribute_is_refused_unless_the_record_says_otherwise() {
    let rehearsal = Rehearsal::start();
    let nameless = json!({ "schemas": [USER], "title": "Nameless" }).to_string();
    let removal = patch_body(&json!([{ "op": "remove", "path": "userName" }]));
    let user = format!("/Users/{ID}");
    for &deviation in Deviation::all() {
        let says_so = ACCEPTED.iter().find(|(id, _)| *id == deviation.id);
        if let Some((id, words)) = says_so {
            assert!(deviation.summary.contains(words), "{id}: {}", deviation.summary);
        }
        let mut was_accepted = false;
        rehearsal.begin(deviation);
        let before = rehearsal.front().await;
        for (method, path, body) in
            [("POST", "/Users", &nameless), ("PUT", &user, &nameless), ("PATCH", &user, &removal)]
        {
            was_accepted |= rehearsal.send(method, path, body).await;
        }
        let after = rehearsal.front().await;
        assert_eq!(was_accepted, says_so.is_some(), "{}: accepted", deviation.id);
        assert_eq!(before != after, CARRIED_OUT.contains(&deviation.id), "{}: {}", deviation.id, json!(after));
        assert!(after.iter().all(|user| user["userName"].is_string()), "{}: {}", deviation.id, json!(after));
    }
}

#[tokio::test]
async fn a_put_with_a_taken_name_is_a_conflict_whatever_a_deviation_makes_of_the_rest() {
    let client = Client::start(Config { clock: Clock::standing(Timestamp::UNIX_EPOCH), ..Config::rfc() });
    let user = |name: &str, mail: &str| {
        let emails = json!([{ "value": mail, "type": "work", "primary": true }]);
        json!({ "schemas": [USER], "userName": name, "nickName": name, "emails": emails })
    };
    let edits = ["immutable.changed", "put.merges", "put.merges-lists", "put.null-ignored"];
    for id in edits.into_iter().chain(["put.answer-before", "put.changes-id", "put.creates", "put.deactivates"]) {
        let endpoint = client.endpoint();
        endpoint.reset();
        endpoint.set_deviations(&[id.parse().unwrap()]).unwrap();
        client.post("/Users", &user("ada@example.com", "ada@example.com")).await.id();
        let other = client.post("/Users", &user("grace@example.com", "grace@example.com")).await.id();
        let reply = client.put(&format!("/Users/{other}"), &user("ada@example.com", "ada@example.org")).await;
        let (status, scim_type, detail) = reply.error();
        assert_eq!((status, scim_type.as_deref()), (409, Some("uniqueness")), "{id}: {detail}");
    }
}
