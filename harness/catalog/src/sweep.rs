//! Deletes what a run created, and finds by name what it left behind.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;
use tokio::sync::watch;
use url::Url;
use weir_exchange::difference::at;
use weir_exchange::{Client, CreatedResources, Exchange, Request};
use weir_judge::{Event, Events};

use crate::discovery::Discovery;
use crate::interruption;

/// How long a page is asked for.
const PAGE: usize = 200;
/// How many pages of one list are read, so that an endpoint without end does not keep a run for ever.
const MOST_PAGES: usize = 1000;
/// How many resources of one run are deleted in one list.
const MOST_IDS: usize = 100_000;
/// Bytes of an id; a longer one cannot stand in a URL.
const LONGEST_ID: usize = 2048;

/// Deletes everything on the list, the newest first, and reports what remains. What is already gone counts as deleted.
pub async fn delete_created(created: &CreatedResources, client: &Client, events: &Events) {
    while let Some((url, access)) = created.newest() {
        // As the client that created it, which may be another tenant's.
        delete(&client.with_access(access), url, events).await;
        created.forget_newest();
    }
}

/// Reports everything on the list as left behind.
pub fn leave_created(created: &CreatedResources, events: &Events) {
    for (url, _) in created.take() {
        let reason = "the run was interrupted, and the time to clean up was over".to_owned();
        events.emit(&Event::Leftover { url: url.to_string(), reason });
    }
}

/// As [`delete_created`]; names what is left when the run has been interrupted and the time to clean up is over.
pub async fn clean_up(
    created: &CreatedResources,
    client: &Client,
    events: &Events,
    interrupted: &watch::Receiver<bool>,
) {
    let deleted = delete_created(created, client, events);
    if interruption::unless_over(interrupted, interruption::CLEAN_UP, deleted).await.is_none() {
        leave_created(created, events);
    }
}

/// Deletes one resource and reports if that fails.
pub async fn delete(client: &Client, url: Url, events: &Events) {
    let reason = match client.send(Request::absolute(Method::DELETE, url.clone())).await {
        Ok(exchange) if exchange.is_success() || matches!(exchange.status, 404 | 410) => return,
        Ok(exchange) => format!("DELETE was answered with {}", exchange.status),
        Err(error) => error.sentence,
    };
    events.emit(&Event::Leftover { url: url.to_string(), reason });
}

/// What a sweep did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// The URLs of what was found, in the order of deletion.
    pub found: Vec<String>,
    /// The collections that no filter could search, so that they were read as a whole, or not at all.
    pub unsearched: Vec<String>,
}

/// Deletes everything whose name begins with `prefix`, groups before their members, and reports what remains. With `look`
/// nothing is deleted. `thorough` reads the whole list of a collection that cannot be filtered.
pub async fn sweep(
    client: &Client,
    discovery: &Discovery,
    events: &Events,
    prefix: &str,
    thorough: bool,
    look: bool,
) -> SweepReport {
    let mut swept = SweepReport::default();
    for (endpoint, filters) in [
        ("/Groups", &["displayName sw "][..]),
        // A configuration may want user names without the prefix; the display name has it all the same.
        ("/Users", &["userName sw ", "displayName co "]),
    ] {
        if discovery.resource_type(endpoint).is_none() {
            continue;
        }
        let mut ids = BTreeSet::new();
        let mut searched = true;
        for filter in filters {
            let filter = format!("{filter}{}", Value::from(prefix));
            searched &= collect(client, endpoint, Some(&filter), prefix, &mut ids).await;
        }
        if !searched && thorough {
            searched = collect(client, endpoint, None, prefix, &mut ids).await;
        }
        if !searched {
            let url = format!("{}{endpoint}", client.base_url());
            let reason = format!(
                "a creation may have gone unnoticed, and a filter cannot find it; look for names that start with {prefix}"
            );
            events.emit(&Event::Leftover { url: url.clone(), reason });
            swept.unsearched.push(url);
        }
        for id in ids {
            let url = client.url_of(&Request::new(Method::DELETE, endpoint).segment(&id));
            swept.found.push(url.to_string());
            if !look {
                delete(client, url, events).await;
            }
        }
    }
    swept
}

/// Reads a list, filtered or whole, and keeps the ids of what carries the prefix; false if the endpoint gives no list.
async fn collect(
    client: &Client,
    endpoint: &str,
    filter: Option<&str>,
    prefix: &str,
    ids: &mut BTreeSet<String>,
) -> bool {
    let mut place = 1;
    for _ in 0..MOST_PAGES {
        let mut request = Request::get(endpoint);
        if let Some(filter) = filter {
            request = request.query("filter", filter);
        }
        let request = request.query("startIndex", &place.to_string()).query("count", &PAGE.to_string());
        let Ok(answer) = client.send(request).await else { return false };
        let Some((shown, total)) = page_of(&answer) else { return false };
        ids.extend(
            shown
                .iter()
                .filter(|resource| is_ours(resource, prefix))
                .filter_map(|resource| at(resource, "id").and_then(Value::as_str))
                .filter(|id| id.len() <= LONGEST_ID)
                .map(str::to_owned),
        );
        place += shown.len();
        if shown.is_empty() || place > total || ids.len() > MOST_IDS {
            break;
        }
    }
    true
}

/// The resources of a page, and how many there are on all pages.
fn page_of(answer: &Exchange) -> Option<(&[Value], usize)> {
    let json = answer.json().ok().filter(|_| answer.status == 200)?;
    let total = at(json, "totalResults")?.as_u64().and_then(|total| usize::try_from(total).ok())?;
    Some((at(json, "Resources").and_then(Value::as_array).map_or(&[], Vec::as_slice), total))
}

/// Whether a run with this prefix made it: an endpoint that ignores the filter lists people who are none of ours.
fn is_ours(resource: &Value, prefix: &str) -> bool {
    let text = |path: &str| at(resource, path).and_then(Value::as_str).map(str::to_lowercase).unwrap_or_default();
    let prefix = prefix.to_lowercase();
    text("userName").starts_with(&prefix) || text("displayName").contains(&prefix)
}

#[cfg(test)]
mod tests;
