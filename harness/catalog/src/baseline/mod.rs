//! The baseline: findings that somebody knows of and has given a reason for, so that a run fails on what is new.
//!
//! An entry covers the finding of one check, or of one step of a client's lifecycle, as long as the finding is not graver
//! than the entry says and breaks no further requirement. It has served its time when the check passes again, which is good
//! news and fails a run only where it is strict, or when its day is over, which fails the run. What was hidden when the baseline was
//! written (the check was blocked or skipped, or failed first for what is mended now) fails a run only where it is strict, too: who
//! mends one fault does not break what it hid.

mod read;
mod shared;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

pub use shared::SharedBaseline;
use weir_files::fault::FileFault;

use weir_judge::{BaselineNote, Because, EntryNews, Finding, Origin, OutdatedEntry, Verdict};

/// The name that a baseline has unless somebody gives it another.
pub const FILE: &str = "weir.baseline.toml";

/// The reason that a new entry gets, for somebody to replace.
const NO_REASON: &str = "not looked at yet";

/// What an entry is about. Steps come after checks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum EntrySubject {
    /// By its full name.
    Check(String),
    Step {
        client: String,
        id: String,
    },
}

impl EntrySubject {
    fn of(finding: &Finding) -> Self {
        match &finding.origin {
            Origin::Check | Origin::Rule => Self::Check(finding.name().into_owned()),
            Origin::Step { client } => Self::Step { client: client.clone(), id: finding.id.clone().into_owned() },
        }
    }

    /// As a person names it.
    fn name(&self) -> String {
        match self {
            Self::Check(check) => check.clone(),
            Self::Step { client, id } => format!("{id} of {client}"),
        }
    }
}

/// What an entry about a step may name.
#[derive(Clone, Copy, Debug)]
pub struct StepNames<'a> {
    /// The ids of the clients.
    pub clients: &'a [&'a str],
    /// The ids of the steps; one that ends in a point stands for all that begin with it.
    pub steps: &'a [&'a str],
}

/// One known finding.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// The gravest verdict that is known.
    verdict: Verdict,
    /// The requirements that are known to be broken; every one if absent.
    breaks: Option<Vec<String>>,
    reason: String,
    link: Option<String>,
    /// The last day on which the entry holds.
    expires: Option<Date>,
}

/// What this run said about an entry's subject.
#[derive(Clone, Debug)]
struct SubjectVerdict {
    verdict: Verdict,
    breaks: Vec<String>,
    /// Whether the run was asked not to judge it, or not given what that needs.
    is_left_out: bool,
    /// Whether it was hidden when the baseline was written.
    is_revealed: bool,
}

/// The entries of a baseline, and what the run so far says about their subjects.
#[derive(Clone, Debug)]
pub struct Baseline {
    entries: BTreeMap<EntrySubject, Entry>,
    /// Checks and rules without a verdict when the baseline was written.
    unseen: BTreeSet<EntrySubject>,
    /// The day on which it was written, if it says so.
    written: Option<Date>,
    judged: BTreeMap<EntrySubject, SubjectVerdict>,
    today: Date,
    /// Whether an entry whose finding is mended fails the run.
    is_strict: bool,
}

impl Baseline {
    /// One without entries.
    pub const fn empty(today: Date) -> Self {
        Self {
            entries: BTreeMap::new(),
            unseen: BTreeSet::new(),
            written: None,
            judged: BTreeMap::new(),
            today,
            is_strict: false,
        }
    }

    /// Reads a baseline; `file` stands for the file in errors, `today` decides what has expired, and `names` are those
    /// that an entry about a step may have.
    ///
    /// # Errors
    /// The first fault, with line and key.
    pub fn parse(file: &str, text: &str, today: Date, names: StepNames<'_>) -> Result<Self, FileFault> {
        let (entries, unseen, written) = read::document(file, text, names)?;
        Ok(Self { entries, unseen, written, ..Self::empty(today) })
    }

    /// The same, with whether an entry whose finding is mended fails the run.
    #[must_use]
    pub fn strict(self, is_strict: bool) -> Self {
        Self { is_strict, ..self }
    }

    /// How many findings are known.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no finding is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes notice of a finding; tells what is known of it if an entry covers it.
    pub fn finding(&mut self, finding: &Finding) -> Option<Arc<BaselineNote>> {
        let about = EntrySubject::of(finding);
        let verdict = finding.verdict;
        // What is only a note beside something grave is not why the finding counts.
        let least = verdict.min(Verdict::Warn);
        let mut breaks: Vec<_> = finding
            .problems
            .iter()
            .filter(|problem| problem.verdict >= least)
            .flat_map(|problem| problem.requirements.iter().cloned())
            .collect();
        breaks.sort();
        breaks.dedup();
        // A rule that nothing showed waits for the exchanges that a mended fault brings.
        let is_left_out = finding.because == Some(Because::Option) && finding.origin != Origin::Rule;
        let mut judged = SubjectVerdict { verdict, breaks, is_left_out, is_revealed: false };
        let known = self.entries.get(&about).filter(|entry| entry.covers(&judged) && !entry.is_over(self.today));
        let mut known = known.map(|entry| BaselineNote {
            reason: entry.reason.clone(),
            link: entry.link.clone(),
            expires: entry.expires.map(|day| day.to_string()),
        });
        if known.is_none() && !self.is_strict && self.was_hidden(&about, &judged) {
            judged.is_revealed = true;
            let reason = format!("hidden {}", self.when());
            known = Some(BaselineNote { reason, link: None, expires: None });
        }
        self.judged.insert(about, judged);
        known.map(Arc::new)
    }

    /// Whether a finding that no entry covers could not be seen when the baseline was written.
    fn was_hidden(&self, about: &EntrySubject, judged: &SubjectVerdict) -> bool {
        let is_finding = judged.verdict >= Verdict::Warn && judged.verdict <= Verdict::Fail;
        let hid = |entry: &Entry| {
            let is_mended = |breaks: &Vec<String>| breaks.iter().any(|broken| !judged.breaks.contains(broken));
            entry.verdict == Verdict::Blocked || entry.breaks.as_ref().is_some_and(is_mended)
        };
        is_finding
            && match self.entries.get(about) {
                Some(entry) => !entry.is_over(self.today) && hid(entry),
                None => self.unseen.contains(about),
            }
    }

    fn when(&self) -> String {
        match self.written {
            Some(day) => format!("when the baseline was written on {day}"),
            None => "when the baseline was written".to_owned(),
        }
    }

    /// The entries that this run shows to have served their time, and the findings that were hidden.
    pub fn outdated(&self) -> Vec<OutdatedEntry> {
        let revealed = self.judged.iter().filter(|(_, judged)| judged.is_revealed).map(|(about, _)| OutdatedEntry {
            entry: about.name(),
            reason: format!("it was hidden {}, and is seen now", self.when()),
            news: Some(EntryNews::Revealed),
        });
        self.settled().into_iter().chain(revealed).collect()
    }

    fn settled(&self) -> Vec<OutdatedEntry> {
        let mended = (!self.is_strict).then_some(EntryNews::Mended);
        let sentence = |about: &EntrySubject, entry: &Entry| {
            let judged = self.judged.get(about)?;
            if entry.is_settled(judged.verdict) {
                let now = if judged.verdict == Verdict::Pass { "passes" } else { "is no more than a note" };
                return Some((format!("it {now} now; take the entry out"), mended));
            }
            let day = entry.expires.filter(|_| entry.is_over(self.today))?;
            Some((format!("the entry expired on {day}; repair the endpoint, or give the entry another day"), None))
        };
        self.entries
            .iter()
            .filter_map(|(about, entry)| {
                let (reason, news) = sentence(about, entry)?;
                Some(OutdatedEntry { entry: about.name(), reason, news })
            })
            .collect()
    }

    /// The baseline that this run asks for: an entry for each finding at or above `threshold`, with what people wrote
    /// into the old one; what the run did not judge stays as it is. Returns how many entries came and went.
    #[must_use]
    pub fn updated(&self, threshold: Verdict) -> (Self, usize, usize) {
        let counts = |verdict: Verdict| verdict >= threshold && verdict <= Verdict::Fail && verdict > Verdict::Skip;
        let stays = |about: &EntrySubject| self.judged.get(about).is_none_or(|judged| judged.verdict == Verdict::Skip);
        let mut entries: BTreeMap<_, _> = self
            .entries
            .iter()
            .filter(|(about, _)| stays(about))
            .map(|(about, entry)| (about.clone(), entry.clone()))
            .collect();
        for (about, judged) in self.judged.iter().filter(|(_, judged)| counts(judged.verdict)) {
            let old = self.entries.get(about);
            entries.insert(
                about.clone(),
                Entry {
                    verdict: judged.verdict,
                    // A blocked finding breaks nothing yet.
                    breaks: Some(judged.breaks.clone()).filter(|breaks| !breaks.is_empty()),
                    reason: old.map_or_else(|| NO_REASON.to_owned(), |old| old.reason.clone()),
                    link: old.and_then(|old| old.link.clone()),
                    expires: old.and_then(|old| old.expires),
                },
            );
        }
        let came = entries.keys().filter(|about| !self.entries.contains_key(about)).count();
        let went = self.entries.keys().filter(|about| !entries.contains_key(about)).count();
        // Entries that this run did not judge stay as they were.
        let mut unseen: BTreeSet<_> =
            self.unseen.iter().filter(|about| !self.judged.contains_key(about)).cloned().collect();
        let is_unseen = |judged: &SubjectVerdict| judged.verdict == Verdict::Skip && !judged.is_left_out;
        unseen.extend(self.judged.iter().filter(|(_, judged)| is_unseen(judged)).map(|(about, _)| about.clone()));
        unseen.retain(|about| !entries.contains_key(about));
        let is_same = entries == self.entries && unseen == self.unseen;
        let written = self.written.filter(|_| is_same).or(Some(self.today));
        let mut judged = self.judged.clone();
        for judged in judged.values_mut() {
            judged.is_revealed = false;
        }
        (Self { entries, unseen, written, judged, ..*self }, came, went)
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        write::text(&self.entries, &self.unseen, self.written)
    }
}

impl Entry {
    fn covers(&self, judged: &SubjectVerdict) -> bool {
        let known = |id: &String| self.breaks.as_ref().is_none_or(|breaks| breaks.contains(id));
        judged.verdict > Verdict::Skip
            && judged.verdict <= self.verdict
            && !self.is_settled(judged.verdict)
            && judged.breaks.iter().all(known)
    }

    /// Whether there is nothing left to know: a pass, or no more than a note where something graver was.
    fn is_settled(&self, verdict: Verdict) -> bool {
        verdict == Verdict::Pass || (verdict == Verdict::Note && self.verdict > Verdict::Note)
    }

    fn is_over(&self, today: Date) -> bool {
        self.expires.is_some_and(|day| day < today)
    }
}

#[cfg(test)]
mod tests;
