//! Whether an answer shows the resource that was asked for.

use std::sync::Arc;

use reqwest::Method;
use weir_exchange::Exchange;
use weir_judge::full_name;

use crate::check::{CheckResult, Context};

/// Broken by an id that is not the one of the URL, which is the question of each check that cites one of these.
const OF_IDS: [&str; 3] = ["RFC7643-3.1-08", "RFC7643-3.1-13", "RFC7643-7-28"];

impl Context {
    /// Ends the check if a GET of one resource was answered with another: what that shows says nothing about the one that was asked for.
    pub(super) fn needs_own_id(&self, answer: &Arc<Exchange>) -> CheckResult {
        const JUDGED_BY: &str = "read.resource";
        let is_judge = self.check().id == JUDGED_BY || self.check().requirements.iter().any(|id| OF_IDS.contains(id));
        if answer.method != Method::GET || answer.status != 200 || is_judge {
            return Ok(());
        }
        let path = self.path_of(answer);
        let Some(kind) = self.kind_at(path) else { return Ok(()) };
        // Some endpoints have a slash behind every path.
        let id = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        // Other characters can be written in several ways in a URL.
        let is_plain = id.chars().all(|own| own.is_ascii_alphanumeric() || "-_.".contains(own));
        match answer.text("id").filter(|shown| is_plain && !shown.eq_ignore_ascii_case(id)) {
            Some(shown) => {
                let reason = format!("GET {} was answered with the resource of another id, {shown}", answer.target());
                Err(self.blocked(reason, &full_name(JUDGED_BY, &kind.name), vec![Arc::clone(answer)]))
            }
            None => Ok(()),
        }
    }
}
