//! Finds by name what a run left behind, and deletes it.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;
use weir_exchange::difference::at;
use weir_exchange::{Client, Exchange, Request};
use weir_judge::{Event, Events};

use crate::deletion::delete_for_good;
use crate::discovery::Discovery;

/// How long a page is asked for.
const PAGE: usize = 200;
/// How many pages of one list are read, so that an endpoint without end does not keep a run for ever.
const MOST_PAGES: usize = 1000;
/// How many pages of a list are read for what a filter by name does not find.
const MOST_PAGES_BESIDES: usize = 50;
/// How many pages are read of a list that shows a few entries at a time and counts more than all its pages could hold.
const MOST_SHORT_PAGES: usize = 100;
/// How many resources of one run are deleted in one list.
const MOST_IDS: usize = 100_000;
/// Bytes of an id; a longer one cannot stand in a URL.
const LONGEST_ID: usize = 2048;

/// How thorough a sweep is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thoroughness {
    /// The usual look at the end of a run, by filters alone, which says nothing of lists that it cannot search.
    Look,
    /// A filter finds what may have been created unnoticed; a list that it cannot search is reported.
    Filters,
    /// Lists are read too, for what has a name of the run elsewhere than where a filter looks.
    Lists,
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
/// nothing is deleted.
pub async fn sweep(
    client: &Client,
    discovery: &Discovery,
    events: &Events,
    prefix: &str,
    thoroughness: Thoroughness,
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
            searched &= collect(client, endpoint, Some(&filter), prefix, MOST_PAGES, &mut ids).await;
        }
        if thoroughness == Thoroughness::Lists {
            let most = if searched { MOST_PAGES_BESIDES } else { MOST_PAGES };
            searched |= collect(client, endpoint, None, prefix, most, &mut ids).await;
        }
        if !searched && thoroughness != Thoroughness::Look {
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
                delete_for_good(client, url, events).await;
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
    most_pages: usize,
    ids: &mut BTreeSet<String>,
) -> bool {
    let mut place = 1;
    for page in 1..=most_pages {
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
        let is_without_end = shown.len() < PAGE / 10 && total / shown.len().max(1) > most_pages;
        if shown.is_empty() || place > total || ids.len() > MOST_IDS || (is_without_end && page >= MOST_SHORT_PAGES) {
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

/// Whether a run with this prefix made it: an endpoint that ignores the filter lists people who are none of ours. A body that the
/// endpoint took for a resource, such as that of a search, has the prefix in another of its texts than its name.
fn is_ours(resource: &Value, prefix: &str) -> bool {
    let prefix = prefix.to_lowercase();
    let members = resource.as_object().into_iter().flatten();
    members
        .filter(|(name, _)| *name != "id")
        .filter_map(|(name, value)| Some((name, value.as_str()?.to_lowercase())))
        .any(
            |(name, text)| {
                if name.eq_ignore_ascii_case("userName") { text.starts_with(&prefix) } else { text.contains(&prefix) }
            },
        )
}

#[cfg(test)]
mod tests;
