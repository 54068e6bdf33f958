//! What a check run would do, for a person.

use weir_catalog::plan::{Decision, PlannedCheck};
use weir_provision::client::Description;

use crate::output::table;

/// A line for each lifecycle and each check: whether it would run, and why not.
pub fn text(clients: &[Description], plan: &[PlannedCheck]) -> String {
    let lifecycles = clients.iter().map(|client| {
        vec!["run".to_owned(), "lifecycle".to_owned(), format!("the whole life of {} with the endpoint", client.id)]
    });
    let checks = plan.iter().map(|planned| {
        let (word, text) = match &planned.decision {
            Decision::Run => ("run", planned.check.title),
            Decision::Skip(_, reason) => ("skip", reason.as_str()),
            Decision::Blocked(reason) => ("blocked", reason.as_str()),
        };
        vec![word.to_owned(), planned.name(), text.to_owned()]
    });
    table(&lifecycles.chain(checks).collect::<Vec<_>>())
}
