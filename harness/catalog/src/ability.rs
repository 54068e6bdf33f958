//! What the endpoint was seen to do, so that a check goes by it and not by what most endpoints do: an endpoint that narrows no
//! list by `sw`, which is legal (RFC 7644 sections 3.4.2.2 and 3.12), is not blamed for its pages because of that.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
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
        let asked =
            NAMED.into_iter().filter(|(endpoint, _)| has_filter(endpoint)).map(|(endpoint, naming)| async move {
                let filter = format!("{naming} sw \"weir-nobody\"");
                match client.send(Request::get(endpoint).query("filter", &filter).query("count", "1")).await {
                    Ok(answer) if matches!(answer.status, 400 | 501) => {
                        Ok(Some((endpoint, format!("`{naming} sw` is answered {}", answer.status))))
                    }
                    Err(error) if error.is_unreachable() => Err(error),
                    Ok(_) | Err(_) => Ok(None),
                }
            });
        let refused = try_join_all(asked).await?;
        Ok(Self { refused_narrowing: refused.into_iter().flatten().collect() })
    }

    /// Why the lists of `endpoint` cannot be narrowed to what one check created, if so.
    pub fn refuses_narrowing(&self, endpoint: &str) -> Option<&str> {
        self.refused_narrowing.get(endpoint).map(String::as_str)
    }
}
