//! Whether the lists of a collection can be narrowed to what a check created.

use crate::check::{CheckResult, Context};

impl Context {
    /// Whether the lists of `endpoint` can be narrowed to what the check created.
    pub fn can_narrow(&self, endpoint: &str) -> bool {
        self.needs_narrowing(endpoint).is_ok()
    }

    /// Ends the check unless the lists of `endpoint` can be narrowed to what the check created: it is skipped where the endpoint refuses
    /// such a filter, as it may (RFC 7644 sections 3.4.2.2 and 3.12), and blocked where it ignores one.
    pub fn needs_narrowing(&self, endpoint: &str) -> CheckResult {
        const MEANS: &str = "the check tells its own resources from others by a filter";
        if let Some(seen) = self.abilities().ignores_narrowing(endpoint) {
            return Err(self.blocked(format!("{MEANS}, and {seen}"), &self.cause("filter.sw", endpoint), Vec::new()));
        }
        let refusal = self.abilities().refuses_narrowing(endpoint);
        refusal.map_or(Ok(()), |refusal| self.unable(format!("{MEANS}, and {refusal}; `filter.sw` judges that")))
    }
}
