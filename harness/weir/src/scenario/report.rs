//! What a scenario comes to: a table, a verdict in plain words, and the same for programs.

use serde_json::{Value, json};

/// The outcome of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioReport {
    pub scenario: &'static str,
    pub client: String,
    /// What was acted out, in one sentence.
    pub about: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Sentences.
    pub verdict: Vec<String>,
    /// Somebody's endpoint has the limitation, or behaves so that it bites.
    pub is_found: bool,
    /// Every single observation, for programs.
    pub observations: Vec<Value>,
}

impl ScenarioReport {
    /// As one document for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "scenario": self.scenario,
            "client": self.client,
            "about": self.about,
            "columns": self.columns,
            "rows": self.rows,
            "verdict": self.verdict,
            "found": self.is_found,
            "observations": self.observations,
        })
    }

    /// The table in Markdown, with the verdict below it.
    #[must_use]
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let mut text = line(&self.columns);
        text += &line(&vec!["---".to_owned(); self.columns.len()]);
        self.rows.iter().for_each(|row| text += &line(row));
        text.push('\n');
        for sentence in &self.verdict {
            text.extend(["- ", sentence, "\n"]);
        }
        text
    }
}
