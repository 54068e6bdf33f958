//! The list of each resource type, asked for once: whether it is where it is published, and what it shows that is not published.

use std::sync::Arc;

use reqwest::Method;
use serde_json::Value;
use url::Url;
use weir_exchange::client::Client;
use weir_exchange::difference::at;
use weir_exchange::error::EndpointError;
use weir_exchange::exchange::Exchange;
use weir_exchange::request::Request;
use weir_judge::Provenance;

use super::ResourceType;
use super::document::Document;
use super::fault::{DiscoveryFault, FaultSource, Gravity};
use super::opening::{ELSEWHERE, FOLLOWED, NO_LIST, is_core, unanswered};

/// Resource types whose lists are asked for.
const MOST_LISTS: usize = 20;

/// What was seen.
#[derive(Default)]
pub(super) struct ListFindings {
    pub(super) faults: Vec<DiscoveryFault>,
    /// A sentence about each thing that was put in the place of what is published.
    pub(super) guesses: Vec<String>,
}

/// Asks for the list of each type, and for those of users and groups that no type names; `users` is the answer for `/Users`.
pub(super) async fn look(
    client: &Client,
    types: &mut [ResourceType],
    published: &Document,
    users: Result<Arc<Exchange>, EndpointError>,
) -> ListFindings {
    let mut seen = ListFindings::default();
    // Its JSON would stay in memory while all others are asked for.
    let users = seen.take(client, "/Users", users.map(|answer| Arc::new(answer.unparsed()))).await;
    for kind in types.iter_mut().take(MOST_LISTS) {
        let answer = match (kind.endpoint.as_str(), &users) {
            ("/Users", users) => users.clone(),
            (endpoint, _) => seen.ask(client, endpoint).await,
        };
        let Some(answer) = answer else { continue };
        if answer.status == 404 && kind.provenance == Provenance::Published {
            seen.find_elsewhere(client, kind, &answer).await;
        } else if answer.status == 200 {
            seen.read(kind, &answer);
        }
    }
    if published.json().is_some() {
        for endpoint in ["/Users", "/Groups"] {
            if !types.iter().any(|kind| kind.endpoint == endpoint) {
                let answer = if endpoint == "/Users" { users.clone() } else { seen.ask(client, endpoint).await };
                seen.unlisted(endpoint, answer);
            }
        }
    }
    seen
}

/// Where an answer says that the list is found behind a slash.
pub(super) fn behind_a_slash(answer: &Exchange) -> Option<Url> {
    let place = answer.redirect()?;
    let same = place.origin() == answer.url.origin() && place.path() == format!("{}/", answer.url.path());
    same.then_some(place)
}

impl ListFindings {
    async fn ask(&mut self, client: &Client, endpoint: &str) -> Option<Arc<Exchange>> {
        let answer = client.send(Request::get(endpoint).query("count", "1")).await;
        self.take(client, endpoint, answer).await
    }

    /// The answer for the list at `endpoint`; what no endpoint may answer is a fault.
    async fn take(
        &mut self,
        client: &Client,
        endpoint: &str,
        answer: Result<Arc<Exchange>, EndpointError>,
    ) -> Option<Arc<Exchange>> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                self.faults.push(unanswered(FaultSource::List, &error));
                return None;
            }
        };
        let outcome = format!("GET {endpoint} is answered {}", answer.outcome());
        let asked = client.url_of(&Request::get(endpoint));
        let place = answer.url.path();
        if place != asked.path() {
            let message = format!("GET {endpoint} is redirected to {place}, which is followed");
            if place == format!("{}/", asked.path()) {
                client.end_with_slash(endpoint);
                self.guesses.push(format!("{message}; from here on every request below {endpoint} ends with a slash"));
            }
            self.add(Gravity::Remarkable, FOLLOWED, message, &answer);
        }
        if let Some(place) = behind_a_slash(&answer)
            && let Ok(again) = client.send(Request::absolute(Method::GET, place)).await
            && again.status == 200
        {
            client.end_with_slash(endpoint);
            self.guesses.push(format!("{outcome}; from here on every request below {endpoint} ends with a slash"));
            self.wrong(ELSEWHERE, outcome, &answer);
            return Some(again);
        }
        if answer.redirect().is_some() {
            self.wrong(ELSEWHERE, outcome, &answer);
        } else if answer.status >= 500 && !matches!(answer.status, 501 | 503) {
            self.wrong(NO_LIST, format!("{outcome}; 404 is how an endpoint says that it does not have it"), &answer);
        }
        Some(answer)
    }

    fn wrong(&mut self, requirements: &'static [&'static str], message: String, answer: &Arc<Exchange>) {
        self.add(Gravity::Wrong, requirements, message, answer);
    }

    fn add(
        &mut self,
        gravity: Gravity,
        requirements: &'static [&'static str],
        message: String,
        answer: &Arc<Exchange>,
    ) {
        self.faults.push(DiscoveryFault {
            source: FaultSource::List,
            gravity,
            message,
            observed: answer.status.to_string(),
            exchange: Some(Arc::new(answer.unparsed())),
            capability: None,
            requirements,
        });
    }

    /// Takes the path that answers in the place of one that does not.
    async fn find_elsewhere(&mut self, client: &Client, kind: &mut ResourceType, answer: &Arc<Exchange>) {
        let last = kind.endpoint.rsplit('/').next().unwrap_or_default();
        for candidate in [format!("/{last}"), format!("/{}s", kind.name)] {
            if candidate == kind.endpoint {
                continue;
            }
            if let Ok(found) = client.send(Request::get(&candidate).query("count", "1")).await
                && found.status == 200
                && found.at("totalResults").is_some()
            {
                let message = format!(
                    "{} is published at {}, which is answered 404; {candidate} answers",
                    kind.name, kind.endpoint
                );
                self.guesses.push(format!("{message}, so it is taken"));
                self.wrong(&["RFC7643-6-10"], message, answer);
                kind.endpoint = candidate;
                return;
            }
        }
    }

    /// Takes note of the schemas that resources name and their type does not (RFC 7643 section 6).
    fn read(&mut self, kind: &mut ResourceType, answer: &Arc<Exchange>) {
        let resources = answer.at("Resources").and_then(Value::as_array).into_iter().flatten();
        let named = resources.filter_map(|resource| at(resource, "schemas")?.as_array()).flatten();
        let mut unnamed: Vec<String> = Vec::new();
        for uri in named.filter_map(Value::as_str) {
            let is_known = |own: &String| own.eq_ignore_ascii_case(uri);
            if kind.provenance == Provenance::Published
                && !is_known(&kind.schema)
                && !is_core(uri)
                && !kind.extensions.iter().any(is_known)
                && !unnamed.iter().any(is_known)
            {
                unnamed.push(uri.to_owned());
            }
        }
        for uri in unnamed {
            let message =
                format!("a resource of {} names the schema {uri}, which its resource type does not", kind.name);
            self.guesses.push(format!("{message}; it is taken as an extension"));
            self.wrong(&["RFC7643-3-06"], message, answer);
            kind.extensions.push(uri);
        }
    }

    /// A list that no resource type names.
    fn unlisted(&mut self, endpoint: &str, answer: Option<Arc<Exchange>>) {
        let is_list = |answer: &Arc<Exchange>| answer.status == 200 && answer.at("totalResults").is_some();
        if let Some(answer) = answer.filter(is_list) {
            let message = format!("GET {endpoint} is answered with a list, and no resource type names {endpoint}");
            self.add(Gravity::Remarkable, &["RFC7643-6-10"], message, &answer);
        }
    }
}
