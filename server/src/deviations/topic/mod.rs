//! The records of deviations, by topic.

mod auth;
mod bulk;
mod cursor;
mod delivery;
mod discovery;
mod etag;
mod filter;
mod list;
mod meta;
mod paging;
mod patch;
mod projection;
mod schema;
mod search;
mod sort;

use super::Deviation;

/// The records of one file.
#[derive(Debug)]
pub struct Topic {
    /// The first words of the ids that stand in it. They say to a contributor, and to a test, where a record belongs.
    #[cfg_attr(not(test), allow(dead_code, reason = "the test of the order asks"))]
    pub words: &'static [&'static str],
    pub deviations: &'static [Deviation],
}

/// Every topic. An id whose first word is new goes into the file that is nearest, and its word into the list here.
pub const TOPICS: &[Topic] = &[
    Topic { words: &["auth", "me", "tenants"], deviations: auth::DEVIATIONS },
    Topic { words: &["bulk"], deviations: bulk::DEVIATIONS },
    Topic { words: &["config", "discovery"], deviations: discovery::DEVIATIONS },
    Topic { words: &["throttle", "write"], deviations: delivery::DEVIATIONS },
    Topic { words: &["cursor"], deviations: cursor::DEVIATIONS },
    Topic { words: &["filter"], deviations: filter::DEVIATIONS },
    Topic { words: &["list", "messages"], deviations: list::DEVIATIONS },
    Topic { words: &["paging"], deviations: paging::DEVIATIONS },
    Topic { words: &["projection"], deviations: projection::DEVIATIONS },
    Topic { words: &["root", "search"], deviations: search::DEVIATIONS },
    Topic { words: &["sort"], deviations: sort::DEVIATIONS },
    Topic { words: &["etag"], deviations: etag::DEVIATIONS },
    Topic { words: &["patch"], deviations: patch::DEVIATIONS },
    Topic { words: &["location", "meta", "reference", "references"], deviations: meta::DEVIATIONS },
    Topic { words: &["schema"], deviations: schema::DEVIATIONS },
];
