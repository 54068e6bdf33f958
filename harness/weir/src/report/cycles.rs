//! Where the reports of provisioning cycles are written to.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use weir_files::private;
use weir_provision::engine::{CycleReport, Plan};

use super::cycle::{CycleFormat, PlannedPace, Title, json, markdown, text};
use crate::failure::Failure;
use crate::output::{Output, Printable};

/// The reports of one run.
pub struct CycleReports {
    reports: Vec<CycleReportWriter>,
    output: Output,
}

struct CycleReportWriter {
    format: CycleFormat,
    file: Option<(PathBuf, File)>,
    cycles: usize,
}

impl CycleReports {
    /// Reports in these forms, each to its file or else to standard output. The files are created here, so that one that
    /// cannot be written is known before anything is sent.
    pub fn open(
        asked: impl IntoIterator<Item = (CycleFormat, Option<PathBuf>)>,
        output: &Output,
    ) -> Result<Self, Failure> {
        let open = |(format, path): (CycleFormat, Option<PathBuf>)| -> Result<CycleReportWriter, Failure> {
            let file = match path {
                Some(path) => {
                    let file = private::create(&path).map_err(|error| {
                        Failure::Usage(format!("the report cannot be written to {}: {error}", path.display()))
                    })?;
                    Some((path, file))
                }
                None => None,
            };
            Ok(CycleReportWriter { format, file, cycles: 0 })
        };
        Ok(Self { reports: asked.into_iter().map(open).collect::<Result<_, _>>()?, output: output.clone() })
    }

    /// Writes one cycle.
    pub fn cycle(&mut self, title: &Title<'_>, cycle: &CycleReport) -> Result<(), Failure> {
        let output = &self.output;
        for report in &mut self.reports {
            let text = match report.format {
                CycleFormat::Text => Printable::from(text(title, cycle)),
                CycleFormat::Markdown => markdown(title, cycle).into(),
                CycleFormat::Json => {
                    let before = if report.cycles == 0 { "[" } else { "," };
                    let document = Printable::json(json(title, cycle));
                    let document = document.as_str().trim_end().replace('\n', "\n  ");
                    Printable::as_is(format!("{before}\n  {document}"))
                }
            };
            report.cycles += 1;
            report.write(text, output)?;
        }
        Ok(())
    }

    /// Writes what a cycle would do.
    pub fn plan(&mut self, plan: &Plan, pace: &PlannedPace) -> Result<(), Failure> {
        let output = &self.output;
        for report in &mut self.reports {
            report.write(super::cycle::plan(plan, pace, report.format), output)?;
        }
        Ok(())
    }

    /// No cycle comes any more.
    pub fn finish(&mut self) -> Result<(), Failure> {
        let output = &self.output;
        for report in &mut self.reports {
            if report.format == CycleFormat::Json {
                report.write((if report.cycles == 0 { "[]\n" } else { "\n]\n" }).into(), output)?;
            }
        }
        Ok(())
    }
}

impl CycleReportWriter {
    fn write(&mut self, text: Printable, output: &Output) -> Result<(), Failure> {
        match &mut self.file {
            None => output.print(text),
            Some((path, file)) => file.write_all(text.as_str().as_bytes()).map_err(|error| {
                Failure::Usage(format!("the report cannot be written to {}: {error}", path.display()))
            }),
        }
    }
}
