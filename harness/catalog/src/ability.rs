//! What the endpoint was seen to do, so that a check goes by it and not by what most endpoints do: an endpoint that narrows no
//! list by `sw`, which is legal (RFC 7644 sections 3.4.2.2 and 3.12), is not blamed for its pages because of that.

use std::collections::BTreeMap;

use weir_exchange::{Client, EndpointError, Request};

/// A collection with the attribute by which checks tell their own resources from those of others.
const NAMED: [(&str, &str); 2] = [("/Users", "userName"), ("/Groups", "displayName")];

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Abilities {
    /// The collections whose lists cannot be narrowed to names that begin alike, with the refusal.
    refused_narrowing: BTreeMap<&'static str, String>,
}

impl Abilities {
    /// Asks the endpoint, in the collections that `has_filter` names; those without filters are not asked.
    ///
    /// # Errors
    /// An endpoint that cannot be reached. An answer that is lost is no refusal.
    pub async fn learn(client: &Client, has_filter: impl Fn(&str) -> bool) -> Result<Self, EndpointError> {
        let mut abilities = Self::default();
        for (endpoint, naming) in NAMED.into_iter().filter(|(endpoint, _)| has_filter(endpoint)) {
            let filter = format!("{naming} sw \"weir-nobody\"");
            let answer = match client.send(Request::get(endpoint).query("filter", &filter).query("count", "1")).await {
                Ok(answer) => answer,
                Err(error) if error.is_unreachable() => return Err(error),
                Err(_) => continue,
            };
            if matches!(answer.status, 400 | 501) {
                abilities.refused_narrowing.insert(endpoint, format!("`{naming} sw` is answered {}", answer.status));
            }
        }
        Ok(abilities)
    }

    /// Why the lists of `endpoint` cannot be narrowed to what one check created, if so.
    pub fn refuses_narrowing(&self, endpoint: &str) -> Option<&str> {
        self.refused_narrowing.get(endpoint).map(String::as_str)
    }
}
