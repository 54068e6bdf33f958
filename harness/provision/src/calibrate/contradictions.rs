//! Contradictions between a recording and the description: requests that the client, as described, never sends.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ObservedExchange;
use crate::client::Description;
use crate::options::Disable;

/// One sentence for each kind of contradiction, with how often and where first.
pub(super) fn read(description: &Description, heard: &[ObservedExchange]) -> Vec<String> {
    let mut found: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for one in heard {
        for sentence in of(description, one) {
            found.entry(sentence).or_insert_with(|| (0, one.named())).0 += 1;
        }
    }
    found
        .into_iter()
        .map(|(sentence, (count, first))| {
            format!("{sentence} ({count} {}, first in {first})", if count == 1 { "time" } else { "times" })
        })
        .collect()
}

fn of(description: &Description, heard: &ObservedExchange) -> Vec<String> {
    let mut sentences = Vec::new();
    let users = &description.user.path;
    let is_below =
        |collection: &str| heard.path.ends_with(collection) || heard.path.contains(&format!("{collection}/"));
    let groups = description.group.as_ref().map_or("/Groups", |group| group.path.as_str());
    let is_group = is_below(groups) && !is_below(users);
    if is_group && description.group.is_none() && heard.method != "GET" {
        sentences.push(format!("groups are written, although {} provisions none", description.id));
    }
    let patches = description.user.disable == Disable::Patch
        || description.with_choice().any(|detail| detail.places().any(|place| place == "user.disable"));
    if is_below(users) && heard.method == "PATCH" && !patches {
        sentences.push(format!("users are patched, although {} writes them by PUT alone", description.id));
    }
    if ["/Bulk", "/.search", "/Me"].iter().any(|path| heard.path.ends_with(path)) {
        let path = heard.path.rsplit('/').next().unwrap_or_default();
        sentences.push(format!("/{path} is used, of which the description of {} knows nothing", description.id));
    }
    if is_below(users)
        && heard.method == "GET"
        && let (Some(filter), None) = (heard.query("filter"), &description.user.filter_expression)
    {
        let words = |text: &str| text.split(' ').take(2).map(str::to_owned).collect::<Vec<_>>().join(" ");
        let (came, expected) = (words(&filter), words(&description.user.find));
        if came != expected {
            sentences.push(format!("users are searched with {came:?}, and the description has {expected:?}"));
        }
    }
    if is_group
        && heard.method == "GET"
        && heard.query("filter").is_some()
        && description.group.as_ref().is_some_and(|group| group.find.is_empty())
    {
        sentences.push(format!("groups are searched by filter, although {} lists them all", description.id));
    }
    if matches!(heard.method.as_str(), "POST" | "PUT")
        && let Some(Value::Object(body)) = &heard.body
        && let Some((name, _)) = body.iter().find(|(_, value)| value.is_null())
    {
        sentences.push(format!("{name} is sent as null, although nothing is ever cleared"));
    }
    sentences
}
