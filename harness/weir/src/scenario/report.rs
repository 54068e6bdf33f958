//! What a scenario comes to: a table, a verdict in plain words, and the same for programs, all of them derived from what
//! was observed.

use serde_json::{Value, json};
use weir_provision::client::Description;

use super::Scenario;

/// What a scenario observed, typed. Its verdict, table and JSON derive from here and from nothing else.
pub(super) trait Observations {
    const SCENARIO: Scenario;
    /// What was acted out, in one sentence that follows the client's name.
    const ABOUT: &'static str;

    fn columns(&self) -> Vec<&'static str>;
    /// A cell for each column.
    fn rows(&self) -> Vec<Vec<String>>;
    /// Every single observation, for programs.
    fn json(&self) -> Vec<Value>;
    /// The endpoint has the limitation, or behaves so that it bites.
    fn is_found(&self) -> bool;
    /// The verdict in three sentences: what was seen, what it means for the reader, and what to do.
    fn answer(&self) -> [String; 3];
    /// What follows from each case, in sentences.
    fn verdict(&self) -> Vec<String>;
}

/// The advice where the limitation does not bite.
pub(super) const NOTHING_TO_DO: &str = "Nothing has to be changed.";

/// The three sentences about a limitation: the `event` that shows it, what follows and what to do where it is `found`, and what follows
/// where it is not.
pub(super) fn three_sentences(event: &str, is_found: bool, found: [&str; 2], otherwise: &str) -> [String; 3] {
    let [outcome, advice] = if is_found { found } else { [otherwise, NOTHING_TO_DO] };
    [event, outcome, advice].map(str::to_owned)
}

/// The outcome of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioReport {
    pub scenario: &'static str,
    pub client: String,
    /// What was acted out, in one sentence.
    pub about: String,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
    /// The verdict in three sentences.
    pub answer: [String; 3],
    /// What follows from each case, in sentences.
    pub verdict: Vec<String>,
    /// The endpoint has the limitation, or behaves so that it bites.
    pub is_found: bool,
    /// Every single observation, for programs.
    pub observations: Vec<Value>,
}

impl ScenarioReport {
    /// The report of what was observed with a client.
    pub(super) fn of<O: Observations>(observed: &O, client: &Description) -> Self {
        Self {
            scenario: O::SCENARIO.id(),
            client: client.id.clone(),
            about: format!("{}: {}", client.name, O::ABOUT),
            columns: observed.columns(),
            rows: observed.rows(),
            answer: observed.answer(),
            verdict: observed.verdict(),
            is_found: observed.is_found(),
            observations: observed.json(),
        }
    }

    /// As one document for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "scenario": self.scenario,
            "client": self.client,
            "about": self.about,
            "columns": self.columns,
            "rows": self.rows,
            "answer": self.answer,
            "verdict": self.verdict,
            "found": self.is_found,
            "observations": self.observations,
        })
    }
}
