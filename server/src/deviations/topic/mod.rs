//! The records of deviations, by topic.

mod auth;
mod bulk;
mod concurrency;
mod create;
mod cursor;
mod delete;
mod delivery;
mod discovery;
mod errors;
mod etag;
mod filter;
mod form;
mod groups;
mod list;
mod meta;
mod paging;
mod password;
mod patch;
mod projection;
mod put;
mod read;
mod reading;
mod request;
mod schema;
mod search;
mod sort;
mod values;

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
    Topic { words: &["changes", "concurrency"], deviations: concurrency::DEVIATIONS },
    Topic { words: &["create", "uniqueness"], deviations: create::DEVIATIONS },
    Topic { words: &["cursor"], deviations: cursor::DEVIATIONS },
    Topic { words: &["delete"], deviations: delete::DEVIATIONS },
    Topic { words: &["throttle", "write"], deviations: delivery::DEVIATIONS },
    Topic { words: &["config", "discovery"], deviations: discovery::DEVIATIONS },
    Topic { words: &["errors", "features", "methods", "sensitive"], deviations: errors::DEVIATIONS },
    Topic { words: &["etag"], deviations: etag::DEVIATIONS },
    Topic { words: &["filter"], deviations: filter::DEVIATIONS },
    Topic { words: &["form"], deviations: form::DEVIATIONS },
    Topic { words: &["groups"], deviations: groups::DEVIATIONS },
    Topic { words: &["list", "messages"], deviations: list::DEVIATIONS },
    Topic { words: &["location", "meta", "reference", "references"], deviations: meta::DEVIATIONS },
    Topic { words: &["paging"], deviations: paging::DEVIATIONS },
    Topic { words: &["password"], deviations: password::DEVIATIONS },
    Topic { words: &["patch"], deviations: patch::DEVIATIONS },
    Topic { words: &["projection"], deviations: projection::DEVIATIONS },
    Topic { words: &["immutable", "put"], deviations: put::DEVIATIONS },
    Topic { words: &["id", "ids", "read", "users"], deviations: read::DEVIATIONS },
    Topic {
        words: &[
            "body",
            "encoding",
            "head",
            "hostile",
            "media-type",
            "parameters",
            "paths",
            "query",
            "requests",
            "version",
        ],
        deviations: request::DEVIATIONS,
    },
    Topic { words: &["reading"], deviations: reading::DEVIATIONS },
    Topic { words: &["schema"], deviations: schema::DEVIATIONS },
    Topic { words: &["root", "search"], deviations: search::DEVIATIONS },
    Topic { words: &["sort"], deviations: sort::DEVIATIONS },
    Topic {
        words: &[
            "attributes",
            "boolean",
            "case",
            "core",
            "emails",
            "extension",
            "external-id",
            "ims",
            "integer",
            "locale",
            "manager",
            "name",
            "names",
            "null",
            "phone-numbers",
            "primary",
            "required",
            "schemas",
            "types",
            "values",
        ],
        deviations: values::DEVIATIONS,
    },
];
