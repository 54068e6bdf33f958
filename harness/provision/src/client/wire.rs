//! Requests of the engine to an endpoint and their answers, without the transport: [`Wire`] is the seam.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::Value;
use weir_exchange::{BodyError, Client, Exchange, Request};

use super::{Description, body};

/// The properties that all requests of a client share.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Manner {
    /// Of bodies, and asked for in answers.
    pub media_type: String,
    pub blank: Blank,
}

impl Default for Manner {
    fn default() -> Self {
        Self { media_type: weir_exchange::SCIM_JSON.to_owned(), blank: Blank::Percent }
    }
}

/// How a blank travels in a query.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Blank {
    /// `%20`
    #[default]
    Percent,
    /// `+`
    Plus,
}

/// The request that tries credentials.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeRequest {
    #[default]
    Users,
    UsersByFilter,
    Groups,
    ServiceProviderConfig,
    Schemas,
}

impl ProbeRequest {
    /// The call, in a client's paths.
    #[must_use]
    pub fn call(self, description: &Description) -> Call {
        let users = &description.user.path;
        match self {
            Self::Users => Call::on(Method::Get, users).query("count", "1"),
            Self::UsersByFilter => {
                let unknown = body::filter(&description.user.find(), "weir-connection-test");
                Call::on(Method::Get, users).query("filter", unknown)
            }
            Self::Groups => {
                let path = description.group.as_ref().map_or("/Groups", |group| group.path.as_str());
                Call::on(Method::Get, path).query("count", "1")
            }
            Self::ServiceProviderConfig => Call::on(Method::Get, "/ServiceProviderConfig"),
            Self::Schemas => Call::on(Method::Get, "/Schemas"),
        }
    }
}

/// The method of a [`Call`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// One request of a provisioner.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub method: Method,
    /// Such as `/Users`.
    pub path: String,
    /// The resource below it.
    pub id: Option<String>,
    pub query: Vec<(&'static str, String)>,
    pub body: Option<Value>,
}

impl Call {
    /// A call on a collection.
    #[must_use]
    pub fn on(method: Method, path: &str) -> Self {
        Self { method, path: path.to_owned(), id: None, query: Vec::new(), body: None }
    }

    /// A call on one resource.
    #[must_use]
    pub fn one(method: Method, path: &str, id: &str) -> Self {
        Self { id: Some(id.to_owned()), ..Self::on(method, path) }
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Gives it a body.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Whether the call changes something.
    #[must_use]
    pub const fn is_write(&self) -> bool {
        !matches!(self.method, Method::Get)
    }
}

impl std::fmt::Display for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.path)?;
        if let Some(id) = &self.id {
            write!(f, "/{id}")?;
        }
        for (index, (name, value)) in self.query.iter().enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

impl Method {
    /// As HTTP spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Characters of what an endpoint says about an error that a sentence repeats.
const DETAIL: usize = 500;

/// The answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    /// The body, or why it cannot be used.
    pub json: Result<Value, BodyError>,
    /// The exchange behind it, where there was one.
    pub exchange: Option<Arc<Exchange>>,
}

impl Reply {
    /// Whether the status is 200 to 299.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The status, with what the endpoint says about it.
    #[must_use]
    pub fn explained(&self) -> String {
        let detail = self.json.as_ref().ok().and_then(|body| body.get("detail")).and_then(Value::as_str);
        match detail {
            Some(detail) if !detail.is_empty() => {
                let detail: String = detail.chars().take(DETAIL).collect();
                format!("status {} ({detail})", self.status)
            }
            _ => format!("status {}", self.status),
        }
    }
}

/// A call that got no answer: whether the endpoint did the work is unknown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(pub String);

/// Carries calls to an endpoint.
pub trait Wire: Send + Sync {
    /// Sends a call and waits for the answer.
    fn send(&self, call: Call) -> BoxFuture<'_, Result<Reply, NoAnswer>>;
}

/// An endpoint's client with the manner of a provisioner.
#[derive(Clone)]
pub struct Sender {
    client: Client,
    manner: Manner,
}

impl Sender {
    /// Sends as this client of the harness does.
    #[must_use]
    pub fn new(client: Client, description: &Description) -> Self {
        Self { client, manner: description.manner.clone() }
    }

    /// The same manner over another connection.
    #[must_use]
    pub fn over(&self, client: Client) -> Self {
        Self { client, manner: self.manner.clone() }
    }
}

impl Wire for Sender {
    fn send(&self, call: Call) -> BoxFuture<'_, Result<Reply, NoAnswer>> {
        Box::pin(async move {
            match self.client.send(request(&call, &self.manner)).await {
                Ok(exchange) => Ok(reply(exchange)),
                Err(error) => Err(NoAnswer(error.sentence)),
            }
        })
    }
}

/// The call as the endpoint's client sends it.
#[must_use]
pub fn request(call: &Call, manner: &Manner) -> Request {
    let mut request = match call.method {
        Method::Get => Request::get(&call.path),
        Method::Post => Request::post(&call.path),
        Method::Put => Request::put(&call.path),
        Method::Patch => Request::patch(&call.path),
        Method::Delete => Request::delete(&call.path),
    };
    if let Some(id) = &call.id {
        request = request.segment(id);
    }
    for (name, value) in &call.query {
        request = request.query(name, value);
    }
    if manner.blank == Blank::Plus {
        request = request.blanks_as_plus();
    }
    if manner.media_type != weir_exchange::SCIM_JSON {
        request = request.header("accept", manner.media_type.clone());
    }
    match &call.body {
        Some(body) => request.body(body.to_string(), &manner.media_type),
        None => request,
    }
}

/// An exchange as the engine hears it.
#[must_use]
pub fn reply(exchange: Arc<Exchange>) -> Reply {
    let json = exchange.parse();
    Reply { status: exchange.status, json, exchange: Some(exchange) }
}
