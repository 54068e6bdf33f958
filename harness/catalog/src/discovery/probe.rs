//! Trying what the endpoint does not say it offers, and what it says it does.

use reqwest::Method;
use scim::capability::Capability;
use serde_json::json;
use weir_exchange::difference::at;
use weir_exchange::{Client, EndpointError, Exchange, Request};
use weir_judge::Provenance;

use super::{Contradiction, Discovery, NOBODY, within_bounds};

impl Discovery {
    /// Tries what may be there, and what is published as supported.
    pub(super) async fn probe(&mut self, client: &Client) -> Result<(), EndpointError> {
        use Capability as C;
        let patch = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "displayName", "value": "weir-nobody"}],
        });
        let search = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "filter": "userName eq \"weir-nobody\"",
            "count": 1,
        });
        let probes = [
            (C::PatchUsers, Request::patch("/Users").segment(NOBODY).json(&patch)),
            (C::PatchGroups, Request::patch("/Groups").segment(NOBODY).json(&patch)),
            (C::FilterUsers, Request::get("/Users").query("filter", "userName eq \"weir-nobody\"")),
            (C::FilterGroups, Request::get("/Groups").query("filter", "displayName eq \"weir-nobody\"")),
            (C::Search, Request::post("/Users/.search").json(&search)),
            (C::RootQuery, Request::new(Method::GET, "/").query("filter", "id eq \"weir-nobody\"").query("count", "1")),
            (C::Me, Request::get("/Me")),
        ];
        // What is published as missing is not tried, so that the endpoint's word can be checked by a check instead.
        let wanted = probes.into_iter().filter(|(capability, _)| {
            let offer = self.offer(*capability);
            offer.provenance != Provenance::Configured && (offer.offered || offer.provenance == Provenance::Assumed)
        });
        let answers = futures_util::future::try_join_all(wanted.map(|(capability, request)| async move {
            within_bounds(client.send(request)).await.map(|exchange| Some((capability, exchange?)))
        }))
        .await?;
        for (capability, exchange) in answers.into_iter().flatten() {
            let before = self.offer(capability);
            let Some(offered) = judge(capability, &exchange) else { continue };
            if before.offered && !offered && before.provenance == Provenance::Published {
                self.remarks.push(format!(
                    "{capability} is published as supported, but {} {} answered {}; it is taken as not offered",
                    exchange.method,
                    exchange.target(),
                    exchange.status
                ));
                self.contradictions.push(Contradiction { capability, exchange: client.evidence().of(&exchange) });
            }
            self.set(capability, offered, Provenance::Probed);
        }
        Ok(())
    }
}

/// What the answer to a probe shows; `None` if it shows nothing.
fn judge(capability: Capability, exchange: &Exchange) -> Option<bool> {
    let refused = matches!(exchange.status, 403 | 405 | 501);
    let is_list = exchange.json().ok().and_then(|json| at(json, "totalResults")).is_some();
    match capability {
        // 404 is the right answer to an id that nobody has; 400 shows that the body was read.
        Capability::PatchUsers | Capability::PatchGroups => {
            (refused || matches!(exchange.status, 404 | 400)).then_some(!refused)
        }
        Capability::FilterUsers | Capability::FilterGroups => match exchange.status {
            200 => Some(is_list),
            400 => Some(false),
            _ => refused.then_some(false),
        },
        Capability::Search | Capability::RootQuery => Some(exchange.status == 200 && is_list),
        Capability::Me => Some(exchange.is_success() || matches!(exchange.status, 301 | 302 | 307 | 308)),
        _ => None,
    }
}
