//! Which reports of provisioning cycles are written, and in which forms.

use clap::Args;

use super::report::ReportSpec;
use crate::failure::Failure;
use crate::output::Output;
use crate::report::cycle::CycleFormat;
use crate::report::cycles::CycleReports;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Report")]
pub struct CycleReportFlags {
    /// The form of the report
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "reports")]
    format: CycleFormat,
    /// Write FORMAT to FILE (or to standard output); repeat for more. The terminal report is printed too
    #[arg(long = "report", value_name = "FORMAT[=FILE]")]
    reports: Vec<ReportSpec<CycleFormat>>,
}

impl CycleReportFlags {
    /// The reports, their files created, so that one that cannot be written is known before anything is sent.
    pub fn open(&self, output: &Output) -> Result<CycleReports, Failure> {
        let mut asked = self.reports.clone();
        match asked.iter().filter(|asked| asked.file.is_none()).count() {
            0 => asked.insert(0, ReportSpec { format: self.format, file: None }),
            1 => {}
            _ => {
                let sentence =
                    "only one report can go to standard output; give the others a file, as in markdown=report.md";
                return Err(Failure::Usage(sentence.into()));
            }
        }
        CycleReports::open(asked.into_iter().map(|asked| (asked.format, asked.file)), output)
    }
}
