//! Methods that the endpoint was seen not to have: what they would have to do is then no question.

use std::sync::Arc;

use reqwest::Method;
use scim::capability::ResourceOperation;
use serde_json::Value;
use weir_exchange::Exchange;
use weir_judge::full_name;

use crate::check::{CheckResult, Context};
use crate::data::{GROUP, USER};
use crate::discovery::ResourceType;

impl Context {
    /// The path of a request below the base URL.
    pub(super) fn path_of<'a>(&self, answer: &'a Exchange) -> &'a str {
        let base = self.client().base_url().path().trim_end_matches('/');
        answer.url.path().strip_prefix(base).unwrap_or_default()
    }

    /// The resource type that has a resource at `path`.
    pub(super) fn kind_at(&self, path: &str) -> Option<&ResourceType> {
        let is_of = |kind: &&ResourceType| {
            let id = path.strip_prefix(kind.endpoint.as_str()).and_then(|rest| rest.strip_prefix('/'));
            id.is_some_and(|id| !id.is_empty())
        };
        self.discovery().resource_types().iter().find(is_of)
    }

    /// Ends the check if the resource at `path` cannot be replaced, because its type was seen to have no PUT: what a PUT would have to do
    /// is then no question. Every endpoint has to have it (RFC 7644 section 3.5).
    pub(crate) fn needs_put(&self, path: &str, exchanges: &[Arc<Exchange>]) -> CheckResult {
        const JUDGED_BY: &str = "replace.supported";
        let Some(kind) = self.kind_at(path).filter(|_| self.check().id != JUDGED_BY) else { return Ok(()) };
        self.abilities()
            .refuses_put(&kind.endpoint)
            .map_or(Ok(()), |refusal| Err(self.blocked(refusal, JUDGED_BY, exchanges.to_vec())))
    }

    /// Ends the check if the answer says that the endpoint has no PATCH, where it was seen to have none: what a PATCH would have to do
    /// is then no question.
    pub(super) fn needs_patch(&self, answer: &Arc<Exchange>) -> CheckResult {
        const JUDGED_BY: &str = "discovery.patch-as-announced";
        if answer.method != Method::PATCH || !matches!(answer.status, 405 | 501) || self.check().id == JUDGED_BY {
            return Ok(());
        }
        let Some(kind) = self.kind_at(self.path_of(answer)) else { return Ok(()) };
        let Some(refusal) = self.abilities().refuses_patch(&kind.endpoint) else { return Ok(()) };
        let is_announced = self.discovery().config("patch.supported") == Some(&Value::Bool(true));
        let is_core = [USER, GROUP].iter().any(|own| own.eq_ignore_ascii_case(&kind.schema));
        if is_announced && is_core && ResourceOperation::Patch.at(&kind.endpoint).is_some() {
            let reason = format!("{refusal}, though PATCH is announced");
            return Err(self.blocked(reason, &full_name(JUDGED_BY, &kind.name), vec![Arc::clone(answer)]));
        }
        self.not_offered(refusal)
    }
}
