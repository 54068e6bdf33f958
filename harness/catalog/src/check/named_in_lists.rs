//! Which resources a list shows for a name. Here a list is a means: an endpoint whose filters find what they do not match, or whose list
//! is none, says nothing about the question of the check, and `read.no-match`, which asks for a name that nothing has, judges that.

use std::sync::Arc;

use scim::capability::ResourceOperation;
use serde_json::{Value, json};
use weir_exchange::{Exchange, Request};

use crate::check::cohort::{ids_in, is_refused_as_unsupported, resources_in};
use crate::check::{CheckResult, Context, Stop};

const JUDGED_BY: &str = "read.no-match";

/// The answer to a query for a name, which the endpoint follows.
pub struct NamedInList {
    pub list: Arc<Exchange>,
}

impl NamedInList {
    /// Whether no resource of the name is shown. `totalResults` says nothing about that: checks of lists judge it.
    pub fn is_empty(&self) -> bool {
        resources_in(&self.list).is_empty()
    }

    /// Whether the resource of this id is shown.
    pub fn holds(&self, id: &str) -> bool {
        ids_in(&self.list).contains(&id)
    }
}

impl Context {
    /// Asks a list of the subject for the name that `body` has. `None` where that cannot be asked: the endpoint offers no filter of that
    /// kind, or the subject has no name.
    ///
    /// # Errors
    /// The check is blocked where the answer is no list, or the same query finds resources by a name that none has.
    pub async fn named_in_lists(&self, body: &Value) -> Result<Option<NamedInList>, Stop> {
        let Ok(filter) = self.filter_by_name(body) else { return Ok(None) };
        if !self.may(ResourceOperation::Filter) {
            return Ok(None);
        }
        let query = Request::get(self.collection()).query("filter", &filter);
        let list = self.send(query.clone()).await?;
        if is_refused_as_unsupported(&list) {
            return Ok(None);
        }
        // Some say so that nothing was found; that it is no way to say it is judged elsewhere.
        if list.status == 404 {
            return Ok(Some(NamedInList { list }));
        }
        if list.status != 200 || !list.json().is_ok_and(Value::is_object) {
            let reason = format!("GET of a list by `{filter}` was answered with {}", list.outcome());
            return Err(self.blocked(reason, &self.on_subject(JUDGED_BY), vec![list]));
        }
        if !self.all_have_the_name(&list, body)? {
            self.needs_followed(&self.naming()?.path(), JUDGED_BY).await?;
            // Where a list shows whoever is there, others may have gone meanwhile.
            let again = self.send(query).await?;
            if ids_in(&again) != ids_in(&list) {
                let reason = format!("`{filter}` finds others each time");
                return Err(self.blocked(reason, &self.on_subject(JUDGED_BY), vec![list, again]));
            }
        }
        Ok(Some(NamedInList { list }))
    }

    /// Whether each resource of the list shows the name of `body`, in any letter case.
    fn all_have_the_name(&self, list: &Exchange, body: &Value) -> Result<bool, Stop> {
        let naming = self.naming()?;
        let name_in = |resource: &Value| Some(naming.values(resource).first()?.as_str()?.to_lowercase());
        let wanted = name_in(body);
        Ok(resources_in(list).iter().all(|resource| name_in(resource) == wanted))
    }

    /// Ends the check where a list of the subject shows resources for a value of `path` that nothing has; `judge` is the check that asks
    /// for it.
    ///
    /// # Errors
    /// The check is blocked by the judge.
    pub async fn needs_followed(&self, path: &str, judge: &'static str) -> CheckResult {
        let filter = format!("{path} eq {}", json!(self.data().unknown_id()));
        let list = self.send(Request::get(self.collection()).query("filter", &filter)).await?;
        if resources_in(&list).is_empty() {
            return Ok(());
        }
        let reason = format!("`{filter}` finds resources with another {path}");
        Err(self.blocked(reason, &self.on_subject(judge), vec![list]))
    }
}
