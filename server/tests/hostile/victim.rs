//! The endpoint under attack, with what must not change.

use std::time::Duration;

use serde_json::Value;
use weir_server::{Config, Limits};

use crate::client::{Client, Reply};

/// An endpoint with a user and a group that holds it.
pub struct Victim {
    pub client: Client,
    pub user: String,
    before: Vec<Value>,
}

impl Victim {
    pub async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    /// One whose patience is short, so that slow requests need no waiting.
    pub async fn impatient() -> Self {
        // The framework's clock for heads ticks twice a second, so less would strike those that are not slow.
        let (head_timeout, body_timeout) = (Duration::from_secs(1), Duration::from_millis(100));
        Self::with(Limits { head_timeout, body_timeout, ..Limits::default() }).await
    }

    async fn with(limits: Limits) -> Self {
        let client = Client::start(Config { limits, ..Config::rfc() });
        let user = client.create_user("ada@example.com").await;
        client.create_group("gauges", &[&user]).await;
        let mut victim = Self { client, user, before: Vec::new() };
        victim.before = victim.state().await;
        victim
    }

    async fn state(&self) -> Vec<Value> {
        let mut lists = Vec::new();
        for path in ["/Users", "/Groups"] {
            let reply = self.client.get(path).await;
            assert_eq!(reply.status, 200, "the endpoint does not answer any more: {reply:?}");
            lists.push(reply.json());
        }
        lists
    }

    /// Sends any bytes as a SCIM body, below the base URL and with the bearer token.
    pub async fn send_bytes(&self, method: &str, path: &str, body: Vec<u8>) -> Reply {
        let client = &self.client;
        let method: reqwest::Method = method.parse().unwrap();
        let request = client.http.request(method, format!("{}{path}", client.base)).bearer_auth(&client.token);
        let response = request.header("content-type", "application/scim+json").body(body).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply { status, headers, text: response.text().await.unwrap() }
    }

    /// Everything is as it was, and the endpoint answers.
    pub async fn is_unharmed(&self, after: &str) {
        assert_eq!(self.state().await, self.before, "changed by {after}");
    }
}

/// A refusal: a status from 400 to 499 with a SCIM Error.
pub fn refused(reply: &Reply, what: &str) {
    assert!((400..500).contains(&reply.status), "{what}: {reply:?}");
    let (_, _, detail) = reply.error();
    assert!(!detail.is_empty(), "{what}");
}
