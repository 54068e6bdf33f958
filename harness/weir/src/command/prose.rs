//! What stands below the flags in the help of a command, divided into what a manual page shows apart.

use clap::Command;

/// The sentences and the examples of a command.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Prose {
    pub paragraphs: Vec<String>,
    /// The lines of examples, without their margin.
    pub examples: Vec<String>,
}

impl Prose {
    /// Of a command. The exit statuses are left out: each manual page has a section for them.
    pub(super) fn of(command: &Command) -> Self {
        Self::parse(&command.get_after_help().map(ToString::to_string).unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        const MARGIN: &str = "  ";
        let mut prose = Self::default();
        let mut is_example = false;
        let mut starts_paragraph = true;
        for line in text.lines() {
            match line.strip_prefix(MARGIN) {
                _ if line.is_empty() => starts_paragraph = true,
                Some(example) if is_example => prose.examples.push(example.to_owned()),
                // A row of a list.
                Some(_) => {}
                None if line.ends_with(':') => is_example = line == "Examples:",
                None if starts_paragraph || prose.paragraphs.is_empty() => {
                    prose.paragraphs.push(line.to_owned());
                    starts_paragraph = false;
                }
                None => {
                    if let Some(paragraph) = prose.paragraphs.last_mut() {
                        paragraph.push(' ');
                        paragraph.push_str(line);
                    }
                }
            }
        }
        prose
    }

    /// All of it.
    pub(super) fn text(&self) -> String {
        let lines: Vec<&str> = self.paragraphs.iter().chain(&self.examples).map(String::as_str).collect();
        lines.join("\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_and_examples_are_told_apart_and_lists_are_left_out() {
        let text =
            "First line\nof a sentence.\n\nExamples:\n  weir a\n\n  weir b  why\n\nLast.\n\nExit status:\n  0  fine";
        let prose = Prose::parse(text);
        assert_eq!(prose.paragraphs, ["First line of a sentence.", "Last."]);
        assert_eq!(prose.examples, ["weir a", "weir b  why"]);
        assert_eq!(Prose::parse(""), Prose::default());
    }
}
