//! What the description of a target of our own says of it.

use scim::capability::Capabilities;
use scim::tolerance::Tolerance;

/// What the description of a target says of it, whatever its discovery publishes. Known of targets of our own only; what is
/// declared is reported as declared, not as a finding.
#[derive(Clone, Debug, Default)]
pub struct Declarations {
    /// What is not offered.
    pub missing: Capabilities,
    pub tolerances: Vec<Tolerance>,
    /// The deviations that it has by itself, with the requirements that they break.
    pub deviations: Vec<(&'static str, &'static [&'static str])>,
    /// Checks, by what their ids begin with, that find what the target means to be, and what that is.
    pub findings: Vec<(Vec<String>, String)>,
}

impl Declarations {
    /// The tolerance or the deviation with which an endpoint cannot but break `requirement`.
    pub fn breaking(&self, requirement: &str) -> Option<&'static str> {
        let tolerance = self.tolerances.iter().find(|tolerance| tolerance.breaks().contains(&requirement));
        let deviation = || self.deviations.iter().find(|(_, breaks)| breaks.contains(&requirement));
        tolerance.map(|tolerance| tolerance.id()).or_else(|| deviation().map(|(id, _)| *id))
    }

    /// What the target does, so that `check` cannot but find something.
    pub fn because(&self, check: &str) -> Option<&str> {
        let names = |prefixes: &[String]| prefixes.iter().any(|prefix| check.starts_with(prefix.as_str()));
        self.findings.iter().find(|(prefixes, _)| names(prefixes)).map(|(_, because)| because.as_str())
    }

    /// Whether the target departs from the RFCs on purpose.
    pub fn departs(&self) -> bool {
        !self.deviations.is_empty() || !self.findings.is_empty()
    }
}
