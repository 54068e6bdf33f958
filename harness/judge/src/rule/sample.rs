//! Exchanges made by hand, for the tests of rules.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;
use weir_exchange::exchange::HeaderMap;
use weir_exchange::{Evidence, Exchange};

use super::{Examiner, Rule};
use crate::finding::Finding;
use crate::offer::Provenance;
use crate::publication::{Publication, ResourceType};
use crate::rules;
use crate::verdict::Verdict;

pub(crate) const BASE: &str = "https://example.com/scim/v2";
pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// An exchange; its answer is `application/scim+json` with the body, if there is one.
pub(crate) struct Sample(Exchange);

impl Sample {
    /// A request for what is below the base URL.
    pub(crate) fn new(method: &str, target: &str, status: u16) -> Self {
        let exchange = Exchange {
            number: 1,
            method: method.parse().unwrap(),
            url: format!("{BASE}{target}").parse().unwrap(),
            authentication: weir_exchange::exchange::Authentication::None,
            request_headers: HeaderMap::default(),
            request_body: Vec::new().into(),
            status,
            response_headers: HeaderMap::default(),
            response_body: Vec::new().into(),
            started: jiff::Timestamp::UNIX_EPOCH,
            elapsed: Duration::ZERO,
            parsed: weir_exchange::exchange::ParsedBody::default(),
        };
        Self(exchange).asked("accept", "application/scim+json")
    }

    pub(crate) fn get(target: &str, body: &Value) -> Self {
        Self::new("GET", target, 200).body(&body.to_string())
    }

    pub(crate) fn body(self, body: &str) -> Self {
        self.bytes(body.as_bytes())
    }

    pub(crate) fn bytes(mut self, body: &[u8]) -> Self {
        self.0.response_body = body.to_vec().into();
        self.header("content-type", "application/scim+json")
    }

    pub(crate) fn sent(mut self, body: &Value) -> Self {
        self.0.request_body = body.to_string().into();
        self
    }

    pub(crate) fn number(mut self, number: u64) -> Self {
        self.0.number = number;
        self
    }

    /// Sent to another place than one below the base URL.
    pub(crate) fn at(mut self, url: &str) -> Self {
        self.0.url = url.parse().unwrap();
        self
    }

    /// Sent so many milliseconds after the others, and answered so many after them.
    pub(crate) fn lasting(mut self, began: i64, ended: i64) -> Self {
        self.0.started = jiff::Timestamp::from_millisecond(began).unwrap();
        self.0.elapsed = Duration::from_millis(u64::try_from(ended - began).unwrap());
        self
    }

    pub(crate) fn exchange(self) -> Arc<Exchange> {
        Arc::new(self.0)
    }

    /// A header of the answer.
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.0.response_headers.insert(name, value.parse().unwrap());
        self
    }

    /// A header of the request.
    pub(crate) fn asked(mut self, name: &'static str, value: &str) -> Self {
        self.0.request_headers.insert(name, value.parse().unwrap());
        self
    }
}

/// The definition of an attribute.
pub(crate) fn attribute(name: &str, data_type: &str, multi_valued: bool, parts: &[Value]) -> Value {
    json!({"name": name, "type": data_type, "multiValued": multi_valued, "subAttributes": parts})
}

/// What most endpoints publish of users and groups.
pub(crate) fn published() -> Publication {
    let kind = |name: &str, endpoint: &str, schema: &str, extensions: &[&str]| ResourceType {
        name: name.into(),
        endpoint: endpoint.into(),
        schema: schema.into(),
        extensions: extensions.iter().map(|uri| (*uri).to_owned()).collect(),
        required_extensions: Vec::new(),
        provenance: Provenance::Published,
    };
    let text = |name: &str| attribute(name, "string", false, &[]);
    let values = || [text("value"), text("type"), text("display"), attribute("primary", "boolean", false, &[])];
    let mut password = text("password");
    password["returned"] = json!("never");
    password["mutability"] = json!("writeOnly");
    let user = json!({"id": USER, "attributes": [
        text("userName"), text("displayName"), password, attribute("active", "boolean", false, &[]),
        attribute("name", "complex", false, &[text("givenName"), text("familyName")]),
        attribute("emails", "complex", true, &values()),
        attribute("nickNames", "string", true, &[]),
        attribute("x509Certificates", "complex", true, &[attribute("value", "binary", false, &[])]),
        attribute("profileUrl", "reference", false, &[]),
        attribute("since", "dateTime", false, &[]), attribute("size", "integer", false, &[]),
        attribute("weight", "decimal", false, &[]),
    ]});
    let group = json!({"id": GROUP, "attributes": [
        text("displayName"),
        attribute("members", "complex", true, &[text("value"), attribute("$ref", "reference", false, &[]), text("type")]),
    ]});
    let mut badge = text("badge");
    badge["returned"] = json!("never");
    let enterprise = json!({"id": ENTERPRISE, "attributes": [
        text("department"), badge, attribute("manager", "complex", false, &[text("value")]),
    ]});
    Publication::new(
        &BASE.parse::<Url>().unwrap(),
        vec![kind("User", "/Users", USER, &[ENTERPRISE]), kind("Group", "/Groups", GROUP, &[])],
        &[user, group, enterprise],
    )
}

/// A whole user of this id, with what `more` says.
pub(crate) fn user(id: &str, more: &Value) -> Value {
    let mut user = json!({
        "schemas": [USER], "id": id, "userName": format!("{id}@example.com"),
        "meta": {"resourceType": "User", "location": format!("{BASE}/Users/{id}"),
            "created": "2026-01-01T00:00:00Z", "lastModified": "2026-01-01T00:00:00Z"},
    });
    for (name, value) in more.as_object().unwrap() {
        user[name] = value.clone();
    }
    user
}

/// A list of these resources.
pub(crate) fn list(resources: &[Value]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": resources.len(), "Resources": resources,
    })
}

/// What the rule of this id says of exchanges with an endpoint that has `published`.
pub(crate) fn finding_by(id: &str, published: Publication, samples: impl IntoIterator<Item = Sample>) -> Finding {
    let rule: &'static Rule = rules::find(id).unwrap_or_else(|| panic!("there is no rule {id}"));
    let examiner = Examiner::new([rule], published, Evidence::default(), |_| None);
    for Sample(exchange) in samples {
        match exchange.status {
            0 => examiner.lose(&Arc::new(exchange)),
            _ => examiner.see(&Arc::new(exchange)),
        }
    }
    examiner.findings().remove(0)
}

/// What the rule of this id says of exchanges.
pub(crate) fn finding(id: &str, samples: impl IntoIterator<Item = Sample>) -> Finding {
    finding_by(id, published(), samples)
}

/// What a rule says, without how grave it is, which the requirements decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Pass,
    Skip,
    Note,
    Broken,
}

impl Outcome {
    pub(crate) fn of(finding: &Finding) -> Self {
        match finding.verdict {
            Verdict::Pass => Self::Pass,
            Verdict::Skip => Self::Skip,
            Verdict::Note => Self::Note,
            Verdict::Warn | Verdict::Fail => Self::Broken,
            Verdict::Blocked | Verdict::Error => panic!("{finding:?}"),
        }
    }
}

/// The rule says this of the exchange alone.
#[track_caller]
pub(crate) fn expect(id: &str, sample: Sample, outcome: Outcome) {
    let shown = format!("{} {} {}", sample.0.method, sample.0.url, String::from_utf8_lossy(&sample.0.response_body));
    let finding = finding(id, [sample]);
    let messages: Vec<&str> = finding.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(Outcome::of(&finding), outcome, "{id}: {shown}: {messages:?} {:?}", finding.reason);
}
