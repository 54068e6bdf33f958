//! Verdicts.

/// The result of a finding, from harmless to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Everything is as it must be.
    Pass,
    /// Not offered by the endpoint, or not asked for; the reason is given.
    Skip,
    /// Worth knowing: a disputed reading, an optional behaviour, something that the target declares.
    Note,
    /// A recommendation (SHOULD) is not followed, or what the text says without a keyword.
    Warn,
    /// Could not be judged, because something before it went wrong.
    Blocked,
    /// An absolute requirement (MUST, SHALL, REQUIRED), or what follows from one, is broken.
    Fail,
    /// The harness itself is at fault.
    Error,
}

impl Verdict {
    /// Every verdict, from harmless to grave.
    pub const ALL: [Self; 7] = [Self::Pass, Self::Skip, Self::Note, Self::Warn, Self::Blocked, Self::Fail, Self::Error];

    /// The word used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Blocked => "blocked",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }
}
