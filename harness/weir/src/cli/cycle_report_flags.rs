//! Where the reports of provisioning cycles go, and in which forms.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use weir_provision::engine::{CycleReport, Plan};

use super::report_flags::Asked;
use super::{Failure, Output, cycle_report};

/// The form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum CycleFormat {
    /// for a person
    #[default]
    Text,
    /// a list of cycles for programs
    Json,
    /// Markdown for the summary of a job
    Markdown,
}

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Report")]
pub(super) struct CycleReportFlags {
    /// The form of the report
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "reports")]
    format: CycleFormat,
    /// A report in this form, written to FILE or else to standard output; may be repeated. One for a person goes to standard
    /// output unless another does
    #[arg(long = "report", value_name = "FORMAT[=FILE]")]
    reports: Vec<Asked<CycleFormat>>,
}

/// The reports of one run.
pub(super) struct CycleReports {
    reports: Vec<Report>,
    output: Output,
}

struct Report {
    format: CycleFormat,
    file: Option<(PathBuf, File)>,
    cycles: usize,
}

impl CycleReportFlags {
    /// The reports, their files created, so that one that cannot be written is known before anything is sent.
    pub fn open(&self, output: Output) -> Result<CycleReports, Failure> {
        let mut asked = self.reports.clone();
        match asked.iter().filter(|asked| asked.file.is_none()).count() {
            0 => asked.insert(0, Asked { format: self.format, file: None }),
            1 => {}
            _ => {
                let sentence =
                    "only one report can go to standard output; give the others a file, as in markdown=report.md";
                return Err(Failure::Usage(sentence.into()));
            }
        }
        let open = |asked: Asked<CycleFormat>| -> Result<Report, Failure> {
            let file = match asked.file {
                Some(path) => {
                    let file = File::create(&path).map_err(|error| {
                        Failure::Usage(format!("the report cannot be written to {}: {error}", path.display()))
                    })?;
                    Some((path, file))
                }
                None => None,
            };
            Ok(Report { format: asked.format, file, cycles: 0 })
        };
        Ok(CycleReports { reports: asked.into_iter().map(open).collect::<Result<_, _>>()?, output })
    }
}

/// A cycle among others.
pub(super) struct Title<'a> {
    pub number: usize,
    /// How many there will be, if that is known.
    pub total: Option<usize>,
    /// What was read, or the file of changes that came before it.
    pub source: &'a str,
    pub form: Form,
}

/// How much room a cycle takes in the report for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A table.
    Table,
    /// A line if nothing was to be done: there are cycles without end.
    Watch,
    /// A line: the cycle is about one event.
    Event,
}

impl CycleReports {
    /// Writes one cycle.
    pub fn cycle(&mut self, title: &Title<'_>, cycle: &CycleReport) -> Result<(), Failure> {
        let output = self.output;
        for report in &mut self.reports {
            let text = match report.format {
                CycleFormat::Text => cycle_report::text(title, cycle),
                CycleFormat::Markdown => cycle_report::markdown(title, cycle),
                CycleFormat::Json => {
                    let before = if report.cycles == 0 { "[" } else { "," };
                    let document = format!("{:#}", cycle_report::json(title, cycle)).replace('\n', "\n  ");
                    format!("{before}\n  {document}")
                }
            };
            report.cycles += 1;
            report.write(&text, output)?;
        }
        Ok(())
    }

    /// Writes what a cycle would do.
    pub fn plan(&mut self, plan: &Plan) -> Result<(), Failure> {
        let output = self.output;
        for report in &mut self.reports {
            report.write(&cycle_report::plan(plan, report.format), output)?;
        }
        Ok(())
    }

    /// No cycle comes any more.
    pub fn finish(&mut self) -> Result<(), Failure> {
        let output = self.output;
        for report in &mut self.reports {
            if report.format == CycleFormat::Json {
                report.write(if report.cycles == 0 { "[]\n" } else { "\n]\n" }, output)?;
            }
        }
        Ok(())
    }
}

impl Report {
    fn write(&mut self, text: &str, output: Output) -> Result<(), Failure> {
        match &mut self.file {
            None => output.print(text),
            Some((path, file)) => file.write_all(text.as_bytes()).map_err(|error| {
                Failure::Usage(format!("the report cannot be written to {}: {error}", path.display()))
            }),
        }
    }
}
