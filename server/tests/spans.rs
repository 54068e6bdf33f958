//! What a subscriber of `tracing` sees of an endpoint: one span for it and one for each request, and no secret.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use secrecy::ExposeSecret as _;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use weir_server::{Config, start};

/// A span or an event, as fields by name.
#[derive(Clone, Debug, Default)]
struct Noted {
    name: String,
    parent: Option<u64>,
    fields: HashMap<String, String>,
}

impl Visit for Noted {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name().to_owned(), value.to_owned());
    }
}

/// Notes what this crate says.
#[derive(Clone, Default)]
struct Notebook {
    spans: Arc<Mutex<HashMap<u64, Noted>>>,
    events: Arc<Mutex<Vec<Noted>>>,
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Notebook {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let parent = span.parent().map(|parent| parent.id().into_u64());
        let mut noted = Noted { name: span.name().to_owned(), parent, ..Noted::default() };
        attributes.record(&mut noted);
        self.spans.lock().unwrap().insert(id.into_u64(), noted);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        values.record(self.spans.lock().unwrap().get_mut(&id.into_u64()).unwrap());
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let parent = context.event_span(event).map(|span| span.id().into_u64());
        let mut noted = Noted { name: event.metadata().target().to_owned(), parent, ..Noted::default() };
        event.record(&mut noted);
        self.events.lock().unwrap().push(noted);
    }
}

#[tokio::test]
async fn an_endpoint_and_each_request_are_spans_without_secrets() {
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let notebook = Notebook::default();
    // The endpoint has threads of its own, which no subscriber of this thread would hear.
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(notebook.clone())).unwrap();

    let endpoint = start(Config::rfc()).unwrap();
    let access = &endpoint.applications()[0];
    let token = access.credentials.bearer.as_ref().unwrap().expose_secret().to_owned();
    let client = reqwest::Client::new();
    let users = format!("{}/Users", access.base_urls[0]);
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "password": "t1meMa$heen",
    });
    client.post(&users).bearer_auth(&token).body(body.to_string()).send().await.unwrap();
    client.get(format!("{users}/nobody?filter=secret-in-query")).bearer_auth("wrong-token").send().await.unwrap();
    client.get(format!("{}/_weir/health", endpoint.origin())).send().await.unwrap();
    client.get(format!("{}/elsewhere", endpoint.origin())).send().await.unwrap();
    let (address, control_token) =
        (endpoint.address().to_string(), endpoint.control_token().expose_secret().to_owned());
    endpoint.stop();

    let spans = notebook.spans.lock().unwrap().clone();
    let (own, noted) = spans.iter().find(|(_, span)| span.name == "endpoint").unwrap();
    assert_eq!((&noted.fields["address"], noted.fields["target"].as_str()), (&address, "rfc"));
    let mut requests: Vec<String> = spans
        .values()
        .filter(|span| span.name == "request" && span.parent == Some(*own))
        .map(|span| {
            let field = |name: &str| span.fields.get(name).map_or("-", String::as_str);
            ["method", "path", "application", "status"].map(field).join(" ")
        })
        .collect();
    requests.sort_unstable();
    let expected = [
        "GET /_weir/health - 200",
        "GET /elsewhere - 404",
        "GET /scim/v2/Users/nobody default 401",
        "POST /scim/v2/Users default 201",
    ];
    assert_eq!(requests, expected);

    let events = notebook.events.lock().unwrap().clone();
    let of_endpoint: Vec<&str> = events
        .iter()
        .filter(|event| event.parent == Some(*own) && event.name.starts_with("weir_server"))
        .map(|event| &*event.fields["message"])
        .collect();
    assert_eq!(of_endpoint, ["the endpoint has started", "the endpoint has stopped"]);

    let everything = format!("{spans:?} {events:?}");
    for secret in [&*token, "wrong-token", "t1meMa$heen", "secret-in-query", &control_token] {
        assert!(!everything.contains(secret), "a secret reached a span: {secret}");
    }
}
