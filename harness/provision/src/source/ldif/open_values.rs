//! Values of a file in which a placeholder stands open. An export of a directory is data, in which `${…}` may stand; a template of a
//! server's profile is not, and the two look alike. So it counts where the run uses the attribute, and a value in base64, which
//! no tool fills in, is data.

use weir_files::fault::Place;
use weir_files::template::{Placeholders, names};

use super::lines::LogicalLine;
use super::{Content, LdifError, LdifProblem, Record};
use crate::channel::Channel;

/// How many values are kept: a template has the same placeholders in all its entries.
const MOST: usize = 10_000;

/// The values, each with its attribute and its line.
#[derive(Clone, Debug, Default)]
pub struct OpenValues {
    values: Vec<OpenValue>,
}

#[derive(Clone, Debug)]
struct OpenValue {
    attribute: Box<str>,
    value: Box<str>,
    line: u64,
}

impl OpenValues {
    /// Notes the lines of a record that hold one.
    pub(super) fn note_lines(&mut self, record: &[LogicalLine]) {
        for line in record.iter().filter(|line| line.text.contains("${")) {
            if let Some((attribute, value)) =
                line.text.split_once(':').filter(|(_, value)| !value.starts_with([':', '<']))
            {
                self.note(attribute, value, line.number);
            }
        }
    }

    /// Notes the values of a row that hold one.
    pub(super) fn note_row(&mut self, record: Option<&Record>) {
        let Some(Record { line, content: Content::Entry(entry) }) = record else { return };
        self.note("dn", entry.dn.as_str(), *line);
        for attribute in entry.attributes() {
            for value in attribute.values.iter().filter_map(|value| std::str::from_utf8(value).ok()) {
                self.note(attribute.name(), value, *line);
            }
        }
    }

    fn note(&mut self, attribute: &str, value: &str, line: u64) {
        if self.values.len() < MOST && value.contains("${") && !names(value).is_empty() {
            self.values.push(OpenValue { attribute: attribute.into(), value: value.into(), line });
        }
    }

    /// The fault of a template, if a run of the channel would use one of the values.
    ///
    /// # Errors
    /// There is such a value; `file` is where it stands.
    pub fn refused_for(&self, file: &str, channel: &Channel) -> Result<(), LdifError> {
        let mut placeholders = Placeholders::default();
        for OpenValue { attribute, value, line } in &self.values {
            let name = attribute.split(';').next().unwrap_or_default();
            if channel.uses(name) {
                placeholders.note(value, &Place::Line(*line, None));
            }
        }
        placeholders.refused().map_err(|fault| LdifError {
            file: file.to_owned(),
            line: 0,
            problem: LdifProblem::Template(format!("{fault}; a value that is meant so is written in base64 (`::`)")),
        })
    }
}
