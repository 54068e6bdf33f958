//! A client of an embedded endpoint, for the tests.

use std::sync::{Arc, Once};

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use weir_server::{Config, Endpoint};

pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// One application of a running endpoint, seen through its first base URL.
#[derive(Clone)]
pub struct Client {
    pub endpoint: Arc<Endpoint>,
    pub http: reqwest::Client,
    pub base: String,
    pub token: String,
}

/// An answer with its body.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    /// The body, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_else(|| panic!("no id: {self:?}")).to_owned()
    }

    /// Status, `scimType` and `detail` of an Error body, after holding it to RFC 7644 section 3.12.
    pub fn error(&self) -> (u16, Option<String>, String) {
        let body = self.json();
        assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{self:?}");
        assert_eq!(body["status"], json!(self.status.to_string()), "{self:?}");
        assert_eq!(self.header("content-type"), "application/scim+json", "{self:?}");
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        (self.status, text("scimType"), text("detail").unwrap())
    }
}

impl Client {
    /// Starts an endpoint and speaks to its first application.
    pub fn start(config: Config) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
        let endpoint = weir_server::start(config).unwrap();
        let client = Self {
            http: reqwest::Client::builder().build().unwrap(),
            base: String::new(),
            token: String::new(),
            endpoint: Arc::new(endpoint),
        };
        let first = client.endpoint.applications()[0].name.clone();
        client.application(&first)
    }

    pub fn rfc() -> Self {
        Self::start(Config::rfc())
    }

    /// One application of an Aquera endpoint of its own.
    pub fn aquera(application: &str) -> Self {
        Self::start(Config::aquera()).application(application)
    }

    pub fn with_deviation(text: &str) -> Self {
        Self::start(Config { deviations: vec![text.parse().unwrap()], ..Config::rfc() })
    }

    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The same endpoint through another application.
    pub fn application(&self, name: &str) -> Self {
        let access = self.endpoint.applications().iter().find(|access| access.name == name).unwrap();
        let token = access.credentials.bearer.as_ref().unwrap().expose_secret().to_owned();
        Self { base: access.base_urls[0].clone(), token, ..self.clone() }
    }

    /// Sends a request below the base URL, with the bearer token.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Reply {
        self.try_send(method, path, headers, body).await.unwrap()
    }

    pub async fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> reqwest::Result<Reply> {
        let authorization = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", &*authorization)];
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            all.push(("content-type", "application/scim+json"));
        }
        all.extend(headers);
        self.send_bare(method, &format!("{}{path}", self.base), &all, body.unwrap_or_default()).await
    }

    /// Sends a request to any URL with exactly these headers; an empty value leaves the header out.
    pub async fn send_bare(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> reqwest::Result<Reply> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            if value.is_empty() {
                map.remove(name);
            } else {
                map.insert(name, HeaderValue::from_str(value).unwrap());
            }
        }
        let method: Method = method.parse().unwrap();
        let mut request = self.http.request(method, url).headers(map);
        if !body.is_empty() {
            request = request.body(body.to_owned());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply { status, headers, text: response.text().await? })
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, &[], Some(&body.to_string())).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        self.send("PUT", path, &[], Some(&body.to_string())).await
    }

    pub async fn patch(&self, path: &str, operations: &Value) -> Reply {
        let body = patch_body(operations);
        self.send("PATCH", path, &[], Some(&body)).await
    }

    /// Creates a user with this name and returns its id.
    pub async fn create_user(&self, user_name: &str) -> String {
        let reply = self.post("/Users", &user(user_name)).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.id()
    }

    pub async fn create_group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
        let group = json!({ "schemas": [GROUP], "displayName": name, "members": members });
        let reply = self.post("/Groups", &group).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.id()
    }

    /// A request to the control API, with its token.
    pub async fn control(&self, method: &str, path: &str, body: &str) -> Reply {
        let authorization = format!("Bearer {}", self.endpoint.control_token().expose_secret());
        let url = format!("{}/_weir/{path}", self.endpoint.origin());
        self.send_bare(method, &url, &[("authorization", &authorization)], body).await.unwrap()
    }

    /// The accounts of the downstream of this client's application.
    pub async fn accounts(&self, application: &str) -> Value {
        let reply = self.control("GET", &format!("applications/{application}/accounts"), "").await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }
}

pub fn user(user_name: &str) -> Value {
    json!({ "schemas": [USER], "userName": user_name })
}

pub fn patch_body(operations: &Value) -> String {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations }).to_string()
}

/// Percent-encodes everything that a query value could stumble over.
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
