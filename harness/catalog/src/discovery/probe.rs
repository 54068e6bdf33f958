//! Trying what the endpoint does not say it offers, and what it says it does. "Not offered" is taken only from an answer that says so;
//! any other is a fault, and the feature is unknown.

use std::sync::Arc;

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::error::EndpointErrorKind;
use weir_exchange::{Client, EndpointError, Exchange, Request};
use weir_judge::Provenance;

use super::fault::{DiscoveryFault, FaultSource, Gravity};
use super::opening::{NO_LIST, unanswered};
use super::operations::renaming;
use super::{Contradiction, Discovery, NOBODY};

impl Discovery {
    /// Tries what may be there, and what is published as supported.
    /// Every text that is sent begins with `prefix`, so that what an endpoint stores of it can be found.
    pub(super) async fn probe(&mut self, client: &Client, prefix: &str) {
        use Capability as C;
        let nobody = format!("{prefix}-nobody");
        let named = |attribute: &str| format!("{attribute} eq \"{nobody}\"");
        let user_name = self.published_in("/Users", "userName").unwrap_or("id");
        let group_name = self.published_in("/Groups", "displayName").unwrap_or("id");
        let patch = renaming(&nobody);
        let search = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "filter": named(user_name),
            "count": 1,
        });
        let probes = [
            (C::PatchUsers, Request::patch("/Users").segment(NOBODY).json(&patch)),
            (C::PatchGroups, Request::patch("/Groups").segment(NOBODY).json(&patch)),
            (C::FilterUsers, Request::get("/Users").query("filter", &named(user_name))),
            (C::FilterGroups, Request::get("/Groups").query("filter", &named(group_name))),
            (C::Search, Request::post("/Users/.search").json(&search)),
            (C::RootQuery, Request::new(Method::GET, "/").query("filter", &named("id")).query("count", "1")),
            (C::Me, Request::get("/Me").without_following()),
        ];
        // What is published as missing is not tried, so that the endpoint's word can be checked by a check instead.
        let wanted = probes.into_iter().filter(|(capability, _)| {
            let offer = self.offer(*capability);
            offer.provenance != Provenance::Configured && (offer.offered || offer.provenance == Provenance::Assumed)
        });
        let answers = futures_util::future::join_all(
            wanted.map(|(capability, request)| async move { (capability, client.send(request).await) }),
        )
        .await;
        for (capability, answer) in answers {
            match answer {
                Ok(exchange) => self.take_probe(client, capability, &exchange),
                Err(error) => self.lose_probe(capability, &error),
            }
        }
    }

    /// The attribute, unless the schema of the resource type at `endpoint` is published without it: User and Group may have other schemas
    /// than the core ones (RFC 7643 section 6).
    fn published_in<'n>(&self, endpoint: &str, attribute: &'n str) -> Option<&'n str> {
        let schema = self.resource_type(endpoint).and_then(|kind| self.schema(&kind.schema));
        let attributes = schema.and_then(|schema| at(schema, "attributes")).and_then(Value::as_array);
        let is_it = |own: &Value| {
            at(own, "name").and_then(Value::as_str).is_some_and(|name| name.eq_ignore_ascii_case(attribute))
        };
        attributes.is_none_or(|all| all.iter().any(is_it)).then_some(attribute)
    }

    fn take_probe(&mut self, client: &Client, capability: Capability, exchange: &Arc<Exchange>) {
        let before = self.offer(capability);
        let asked = format!("{} {}", exchange.method, exchange.target());
        let offered = match judge(capability, exchange) {
            ProbeEvidence::Offered => true,
            ProbeEvidence::NotOffered => false,
            ProbeEvidence::Nothing => return,
            ProbeEvidence::Neither => {
                let message = format!(
                    "{asked} is answered {}, which says neither that the endpoint offers {capability} nor that it does not; \
                     404, 405 or 501 says that it does not",
                    exchange.outcome()
                );
                self.add_fault(Gravity::Wrong, capability, message, exchange);
                self.unknown.insert(capability, format!("{asked} is answered {}", exchange.status));
                return;
            }
        };
        let is_published = before.offered && before.provenance == Provenance::Published;
        let is_of_filters = matches!(capability, Capability::FilterUsers | Capability::FilterGroups);
        // An endpoint need not support every combination of attribute and comparison (RFC 7644 section 3.12).
        if is_published && !offered && is_of_filters && exchange.is_refused_as("invalidFilter") {
            return;
        }
        // Credentials that may not write say nothing of what others are offered.
        if is_published
            && matches!(capability, Capability::PatchUsers | Capability::PatchGroups)
            && exchange.status == 403
        {
            return;
        }
        if is_published && !offered {
            self.remarks.push(format!(
                "{capability} is published as supported, but {asked} answered {}; it is taken as not offered",
                exchange.status
            ));
            self.contradictions.push(Contradiction { capability, exchange: client.evidence().of(exchange) });
        }
        // No section obliges an endpoint to have it, and whoever expects it should see that it is not there.
        if capability == Capability::Search && !offered {
            let message = format!("{asked} is answered {}: the endpoint offers no search", exchange.status);
            self.add_fault(Gravity::Remarkable, capability, message, exchange);
        }
        self.set(capability, offered, Provenance::Probed);
    }

    fn lose_probe(&mut self, capability: Capability, error: &EndpointError) {
        // What is larger than a run reads is an answer, and none that says no.
        if error.kind == EndpointErrorKind::TooLarge {
            return;
        }
        self.faults.push(DiscoveryFault { capability: Some(capability), ..unanswered(FaultSource::Probe, error) });
        self.unknown.insert(capability, format!("{} {} got no answer", error.method, error.url));
    }

    fn add_fault(&mut self, gravity: Gravity, capability: Capability, message: String, exchange: &Arc<Exchange>) {
        self.faults.push(DiscoveryFault {
            source: FaultSource::Probe,
            gravity,
            message,
            observed: exchange.status.to_string(),
            exchange: Some(Arc::new(exchange.unparsed())),
            capability: Some(capability),
            requirements: if gravity == Gravity::Wrong { NO_LIST } else { &["RFC7644-3.4.3-01"] },
        });
    }
}

/// What the answer to a probe shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ProbeEvidence {
    Offered,
    NotOffered,
    /// Nothing about the offer; a check judges such an answer.
    Nothing,
    /// An answer that no endpoint may give.
    Neither,
}

fn judge(capability: Capability, exchange: &Exchange) -> ProbeEvidence {
    use Capability as C;
    // Which of these members is missing is a question of its own.
    let is_list =
        exchange.json().is_ok_and(|json| ["totalResults", "Resources"].iter().any(|member| at(json, member).is_some()));
    let is_redirect = exchange.redirect().is_some();
    match (capability, exchange.status) {
        // The endpoint has no time at the moment (RFC 6585 section 4, RFC 9110 section 15.6.4).
        (_, 429 | 503) => ProbeEvidence::Nothing,
        // 404 is the right answer to an id that nobody has; 400 shows that the body was read.
        (C::PatchUsers | C::PatchGroups, 404 | 400) | (C::Me, 200..300) => ProbeEvidence::Offered,
        (C::Me, _) if is_redirect => ProbeEvidence::Offered,
        (C::FilterUsers | C::FilterGroups | C::Search | C::RootQuery, 200) if is_list => ProbeEvidence::Offered,
        (C::FilterUsers | C::FilterGroups, 200) => ProbeEvidence::NotOffered,
        (_, 403..=405 | 501) | (C::FilterUsers | C::FilterGroups | C::Search | C::RootQuery | C::Me, 400) => {
            ProbeEvidence::NotOffered
        }
        (C::PatchUsers | C::PatchGroups, status) if status < 500 && status != 401 && !is_redirect => {
            ProbeEvidence::Nothing
        }
        _ => ProbeEvidence::Neither,
    }
}
