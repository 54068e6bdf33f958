//! Which reports a run writes, and where to.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};
use weir_files::name::UnknownName;
use weir_files::private::{self, WholeFile};
use weir_judge::Consumer;

use crate::failure::Failure;
use crate::output::Output;
use crate::report::{
    DocumentForm, ForPeople, GithubReport, HarReport, HtmlReport, JsonReport, JunitReport, MarkdownReport,
    NdjsonReport, SarifReport, TerminalOptions, TerminalReport,
};

/// The form of a report; docs/guide/reports.md describes each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// for a person
    #[default]
    Terminal,
    /// one document for programs
    Json,
    /// one event a line, as it happens
    Ndjson,
    /// JUnit XML for test dashboards
    Junit,
    /// SARIF 2.1.0 for code scanning
    Sarif,
    /// Markdown for the summary of a job
    Markdown,
    /// annotations of a GitHub job
    Github,
    /// a page for a browser, in one file
    Html,
    /// every exchange in an HTTP archive; needs a file
    Har,
}

/// The reports of a run, and how much those for a person tell.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Report")]
pub struct ReportFlags {
    /// The form of the report
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "reports")]
    format: ReportFormat,
    /// Write the report to a file instead of standard output
    #[arg(long, value_name = "FILE", conflicts_with = "reports")]
    output: Option<PathBuf>,
    /// Write FORMAT to FILE (or to standard output); repeat for more. The terminal report is printed too
    #[arg(long = "report", value_name = "FORMAT[=FILE]")]
    reports: Vec<ReportSpec<ReportFormat>>,
    /// Leave out the lines of what passed or was skipped, and warnings
    #[arg(long, short)]
    quiet: bool,
    /// Show every check, not one line per topic
    #[arg(long, short, conflicts_with = "quiet")]
    verbose: bool,
}

/// One report that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportSpec<F> {
    pub format: F,
    pub file: Option<PathBuf>,
}

/// A report that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportSpecError {
    #[error(transparent)]
    Unknown(UnknownName),
    #[error("the file is missing after the equals sign; give one, as in junit=report.xml")]
    NoFile,
}

impl<F: ValueEnum> FromStr for ReportSpec<F> {
    type Err = ReportSpecError;

    fn from_str(text: &str) -> Result<Self, ReportSpecError> {
        let (word, file) = text.split_once('=').map_or((text, None), |(word, file)| (word, Some(file)));
        let format = F::from_str(word, false).map_err(|_| {
            let known = F::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            let known = known.map(|value| value.get_name().to_owned());
            ReportSpecError::Unknown(UnknownName::new("report", word, known))
        })?;
        if file == Some("") {
            return Err(ReportSpecError::NoFile);
        }
        Ok(Self { format, file: file.map(PathBuf::from) })
    }
}

impl ReportFlags {
    /// The reports, their files created, so that one that cannot be written is known before anything is sent.
    pub fn consumers(&self, output: &Output) -> Result<Vec<Box<dyn Consumer>>, Failure> {
        self.asked()?.iter().map(|asked| self.consumer(asked, output)).collect()
    }

    /// The one form that is asked for, with the file that it goes to.
    fn single(&self) -> Option<(ReportFormat, Option<&Path>)> {
        match self.reports.as_slice() {
            [] => Some((self.format, self.output.as_deref())),
            [asked] => Some((asked.format, asked.file.as_deref())),
            _ => None,
        }
    }

    /// The one document that is asked for, with the file that it goes to; `None` if it is another report, or several.
    pub fn document(&self) -> Option<(DocumentForm, Option<&Path>)> {
        let (format, file) = self.single()?;
        let form = match format {
            ReportFormat::Terminal => DocumentForm::Text,
            ReportFormat::Json => DocumentForm::Json,
            ReportFormat::Markdown => DocumentForm::Markdown,
            _ => return None,
        };
        Some((form, file))
    }

    /// Whether lines of what passed, and warnings, are left out.
    pub const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether a report wants every exchange.
    pub fn wants_exchanges(&self) -> bool {
        self.format == ReportFormat::Har || self.reports.iter().any(|asked| asked.format == ReportFormat::Har)
    }

    fn asked(&self) -> Result<Vec<ReportSpec<ReportFormat>>, Failure> {
        if self.reports.is_empty() {
            return Ok(vec![ReportSpec { format: self.format, file: self.output.clone() }]);
        }
        let mut asked = self.reports.clone();
        match asked.iter().filter(|asked| asked.file.is_none()).count() {
            0 => asked.insert(0, ReportSpec { format: ReportFormat::Terminal, file: None }),
            1 => {}
            _ => {
                let sentence =
                    "only one report can go to standard output; give the others a file, as in junit=report.xml";
                return Err(Failure::Usage(sentence.into()));
            }
        }
        Ok(asked)
    }

    fn consumer(&self, asked: &ReportSpec<ReportFormat>, output: &Output) -> Result<Box<dyn Consumer>, Failure> {
        if asked.format == ReportFormat::Har {
            let path = asked.file.as_deref();
            let path = path.ok_or_else(|| Failure::Usage("an HTTP archive needs a file, as in har=run.har".into()))?;
            return Ok(Box::new(HarReport::new(create(path)?)?));
        }
        let out: Box<dyn Write + Send> = match &asked.file {
            // These are read while they grow.
            Some(path)
                if matches!(asked.format, ReportFormat::Terminal | ReportFormat::Ndjson | ReportFormat::Github) =>
            {
                Box::new(io::BufWriter::new(create(path)?))
            }
            Some(path) => {
                Box::new(io::BufWriter::new(WholeFile::begin(path).map_err(|error| not_written(path, &error))?))
            }
            None => Box::new(io::stdout()),
        };
        Ok(match asked.format {
            ReportFormat::Terminal => {
                let options = TerminalOptions {
                    width: Output::width(),
                    colour: if asked.file.is_some() { output.always_colours() } else { output.colour() },
                    quiet: self.quiet,
                    verbose: self.verbose,
                };
                Box::new(ForPeople(TerminalReport::new(out, options)))
            }
            ReportFormat::Json => Box::new(JsonReport::new(out)),
            ReportFormat::Ndjson => Box::new(NdjsonReport::new(out)),
            ReportFormat::Junit => Box::new(ForPeople(JunitReport::new(out))),
            ReportFormat::Sarif => Box::new(ForPeople(SarifReport::new(out))),
            ReportFormat::Markdown => Box::new(ForPeople(MarkdownReport::new(out))),
            ReportFormat::Har => unreachable!("archives have been dealt with above"),
            ReportFormat::Html => Box::new(ForPeople(HtmlReport::new(out))),
            ReportFormat::Github => Box::new(ForPeople(GithubReport::new(out))),
        })
    }
}

fn create(path: &Path) -> Result<File, Failure> {
    private::create(path).map_err(|error| not_written(path, &error))
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    Failure::Usage(format!("the report cannot be written to {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(texts: &[&str]) -> Result<Vec<ReportSpec<ReportFormat>>, Failure> {
        let parsed: Result<_, ReportSpecError> = texts.iter().map(|text| text.parse()).collect();
        let reports = parsed.map_err(Failure::usage)?;
        ReportFlags { reports, ..ReportFlags::default() }.asked()
    }

    #[test]
    fn a_person_gets_a_report_unless_standard_output_is_taken() {
        let terminal = ReportSpec { format: ReportFormat::Terminal, file: None };
        let junit = ReportSpec { format: ReportFormat::Junit, file: Some("a=b.xml".into()) };
        let github = ReportSpec { format: ReportFormat::Github, file: None };
        assert_eq!(asked(&[]).unwrap(), std::slice::from_ref(&terminal));
        assert_eq!(asked(&["junit=a=b.xml"]).unwrap(), [terminal, junit.clone()]);
        assert_eq!(asked(&["junit=a=b.xml", "github"]).unwrap(), [junit, github]);
    }

    #[test]
    fn what_cannot_be_is_said() {
        for (texts, words) in [
            (&["pdf"][..], "unknown report \"pdf\"; use one of terminal, json"),
            (&["json="], "the file is missing"),
            (&["json", "github"], "only one report can go to standard output"),
        ] {
            let problem = asked(texts).unwrap_err().to_string();
            assert!(problem.contains(words), "{texts:?}: {problem}");
        }
    }
}
