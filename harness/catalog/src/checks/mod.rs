//! Every check, one file a topic. Adding one is adding a record to its topic's `CHECKS`; adding a topic is adding a file
//! and one line to `TOPICS` below.

mod auth;
mod bulk;
mod common_attributes;
mod concurrency;
mod create;
mod cursor_paging;
mod delete;
mod discovery;
mod errors;
mod etag;
mod filter;
mod groups;
mod index_paging;
mod internationalization;
mod me;
mod media_types;
mod multi_tenancy;
mod password;
mod patch;
mod projection;
mod read;
mod replace;
mod round_trip;
mod scale;
mod schema;
mod search;
mod security;
mod sort;
mod stateful;

use weir_judge::{full_name, parts_of_name};

use crate::check::{Check, On};

/// Every topic: its name, which is its file's with `_` for `-`, and its checks in the order in which they are reported. A
/// topic whose checks fill several files has a line for each, one after the other.
const TOPICS: &[(&str, &[Check])] = &[
    ("discovery", discovery::opening::CHECKS),
    ("discovery", discovery::configuration::CHECKS),
    ("discovery", discovery::kinds::CHECKS),
    ("discovery", discovery::CHECKS),
    ("discovery", discovery::links::CHECKS),
    ("discovery", discovery::features::CHECKS),
    ("schema", schema::CHECKS),
    ("schema", schema::listing::CHECKS),
    ("schema", schema::types::CHECKS),
    ("schema", schema::mutability::CHECKS),
    ("schema", schema::returned::CHECKS),
    ("schema", schema::values::CHECKS),
    ("schema", schema::behaviour::CHECKS),
    ("round-trip", round_trip::CHECKS),
    ("round-trip", round_trip::extension::CHECKS),
    ("round-trip", round_trip::formats::CHECKS),
    ("round-trip", round_trip::values::CHECKS),
    ("internationalization", internationalization::CHECKS),
    ("auth", auth::CHECKS),
    ("auth", auth::everywhere::CHECKS),
    ("media-types", media_types::CHECKS),
    ("errors", errors::CHECKS),
    ("errors", errors::words::CHECKS),
    ("errors", errors::version::CHECKS),
    ("common-attributes", common_attributes::CHECKS),
    ("common-attributes", common_attributes::meta::CHECKS),
    ("create", create::CHECKS),
    ("create", create::refusals::CHECKS),
    ("create", create::unpublished::CHECKS),
    ("read", read::CHECKS),
    ("projection", projection::CHECKS),
    ("projection", projection::names::CHECKS),
    ("filter", filter::CHECKS),
    ("filter", filter::operators::CHECKS),
    ("filter", filter::case::CHECKS),
    ("filter", filter::places::CHECKS),
    ("filter", filter::value_path::CHECKS),
    ("filter", filter::logic::CHECKS),
    ("filter", filter::literals::CHECKS),
    ("filter", filter::refusals::CHECKS),
    ("filter", filter::expressions::CHECKS),
    ("filter", filter::wire_form::CHECKS),
    ("filter", filter::clients::CHECKS),
    ("index-paging", index_paging::CHECKS),
    ("cursor-paging", cursor_paging::CHECKS),
    ("cursor-paging", cursor_paging::limits::CHECKS),
    ("cursor-paging", cursor_paging::published::CHECKS),
    ("sort", sort::CHECKS),
    ("search", search::CHECKS),
    ("search", search::expressions::CHECKS),
    ("me", me::CHECKS),
    ("replace", replace::CHECKS),
    ("replace", replace::limits::CHECKS),
    ("patch", patch::answer::CHECKS),
    ("patch", patch::message::CHECKS),
    ("patch", patch::add::CHECKS),
    ("patch", patch::remove::CHECKS),
    ("patch", patch::replace::CHECKS),
    ("patch", patch::value_path::CHECKS),
    ("patch", patch::paths::CHECKS),
    ("patch", patch::primary::CHECKS),
    ("patch", patch::atomicity::CHECKS),
    ("patch", patch::mutability::CHECKS),
    ("patch", patch::matrix::CHECKS),
    ("patch", patch::expressions::CHECKS),
    ("patch", patch::removal_value::CHECKS),
    ("patch", patch::members::CHECKS),
    ("patch", patch::lifecycle::CHECKS),
    ("patch", patch::readings::CHECKS),
    ("groups", groups::CHECKS),
    ("groups", groups::members::CHECKS),
    ("groups", groups::membership::CHECKS),
    ("groups", groups::deletion::CHECKS),
    ("delete", delete::CHECKS),
    ("password", password::CHECKS),
    ("etag", etag::CHECKS),
    ("etag", etag::conditions::CHECKS),
    ("concurrency", concurrency::CHECKS),
    ("stateful", stateful::CHECKS),
    ("bulk", bulk::CHECKS),
    ("bulk", bulk::operations::CHECKS),
    ("bulk", bulk::failures::CHECKS),
    ("bulk", bulk::results::CHECKS),
    ("bulk", bulk::references::CHECKS),
    ("bulk", bulk::limits::CHECKS),
    ("security", security::CHECKS),
    ("multi-tenancy", multi_tenancy::CHECKS),
    ("scale", scale::CHECKS),
];

/// The names of the topics, in the order of the reports.
pub fn topics() -> impl Iterator<Item = &'static str> {
    let names = || TOPICS.iter().map(|(name, _)| *name);
    std::iter::once(None)
        .chain(names().map(Some))
        .zip(names())
        .filter(|(before, name)| *before != Some(name))
        .map(|(_, name)| name)
}

/// Every check, in the order of the reports.
pub fn all() -> impl Iterator<Item = &'static Check> {
    TOPICS.iter().flat_map(|(_, checks)| checks.iter())
}

/// A check by its id.
pub fn find(id: &str) -> Option<&'static Check> {
    all().find(|check| check.id == id)
}

/// A check by an id that it had before, with the resource type that this stood for.
pub fn renamed(id: &str) -> Option<(&'static Check, &'static str)> {
    let former = |check: &'static Check| check.earlier_names.iter().find(|(earlier, _)| *earlier == id);
    all().find_map(|check| former(check).map(|(_, kind)| (check, *kind)))
}

/// The full name that a check has now, by one that it has or had; `None` if no check has or had the name. A check that runs on
/// every resource type was one about User, where the name has no subject.
pub fn current_name(name: &str) -> Option<String> {
    let (id, subject) = parts_of_name(name);
    let (check, kind) = find(id).map(|check| (check, "User")).or_else(|| renamed(id))?;
    if check.on != On::EveryType {
        return Some(check.id.to_owned());
    }
    Some(full_name(check.id, subject.unwrap_or(kind)))
}

#[cfg(test)]
mod tests;
