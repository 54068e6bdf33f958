//! Every rule about endpoints, one file a topic. Adding one is adding a record to its topic's `RULES`; adding a topic is adding
//! a file and one line to `TOPICS` below.
//!
//! A rule accuses whoever is seen, so it is silent where it is not sure: where nothing is published by which it could judge,
//! where a request asked for something else, and where the RFCs leave a choice.

mod answers;
mod bystanders;
mod lists;
mod resources;
mod secrets;
mod values;

use crate::rule::Rule;

/// Every topic: its name, which is its file's with `_` for `-`, and its rules in the order in which they are reported.
const TOPICS: &[(&str, &[Rule])] = &[
    ("answers", answers::RULES),
    ("lists", lists::RULES),
    ("resources", resources::RULES),
    ("values", values::RULES),
    ("secrets", secrets::RULES),
    ("bystanders", bystanders::RULES),
];

/// The names of the topics, in the order of the reports.
pub fn topics() -> impl Iterator<Item = &'static str> {
    TOPICS.iter().map(|(name, _)| *name)
}

/// Every rule, in the order of the reports.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    TOPICS.iter().flat_map(|(_, rules)| rules.iter())
}

/// A rule by its id, or by that of a check which asked nothing else.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id).or_else(|| all().find(|rule| rule.formerly.contains(&id)))
}

#[cfg(test)]
mod tests;
