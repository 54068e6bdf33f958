//! The words of reports that `weir explain` knows besides what has an id in a catalogue: disputes, capabilities,
//! verdicts, scenarios, steps of lifecycles, keywords and exit statuses.

use std::fmt::Write as _;

use clap::ValueEnum as _;
use scim::capability::Capability;
use scim::tolerance::Tolerance;
use weir_catalog::checks;
use weir_judge::Verdict;

use super::dispute;
use super::vocabulary::VOCABULARY;
use crate::exit;
use crate::lifecycle::{self, StepSpec};
use crate::scenario::Scenario;

/// Each verdict with its meaning (docs/develop/dictionary.md has the words).
pub(super) const VERDICTS: [(Verdict, &str); 7] = [
    (Verdict::Pass, "The endpoint does what the requirements of the check ask for."),
    (Verdict::Skip, "The check was not run, because the endpoint does not offer what it needs. Nothing is wrong."),
    (Verdict::Note, "Worth knowing, and allowed: the reading is disputed, the feature is optional, or it is declared."),
    (
        Verdict::Warn,
        "The endpoint breaks a SHOULD, or what the RFC says without a keyword. It fails the run with --fail-on should.",
    ),
    (Verdict::Blocked, "The check could not ask its question, because something else is wrong; the cause is named."),
    (Verdict::Fail, "The endpoint breaks a MUST."),
    (Verdict::Error, "The check itself broke. This is a fault of Weir; please report it."),
];

/// What else reports say, with its meaning.
const WORDS: [(&str, &str); 14] = [
    (
        "known",
        "The baseline has this finding with a reason, so it does not fail the run. `weir check --baseline FILE` reads it.",
    ),
    (
        "disputed",
        "The RFCs can be read in two ways here, so the finding is a note. `weir list disputes` lists the places.",
    ),
    ("MUST", "There is no exception (RFC 2119). An endpoint that breaks it gets the verdict fail."),
    ("MUST NOT", "It is forbidden (RFC 2119). An endpoint that breaks it gets the verdict fail."),
    ("SHALL", "The same as MUST (RFC 2119)."),
    ("SHALL NOT", "The same as MUST NOT (RFC 2119)."),
    ("REQUIRED", "The same as MUST (RFC 2119)."),
    ("SHOULD", "There may be reasons against it (RFC 2119). An endpoint that breaks it gets the verdict warn."),
    ("SHOULD NOT", "There may be reasons for it (RFC 2119). An endpoint that breaks it gets the verdict warn."),
    ("RECOMMENDED", "The same as SHOULD (RFC 2119)."),
    ("MAY", "An endpoint may do it or not (RFC 2119). Either gives at most the verdict note."),
    ("OPTIONAL", "The same as MAY (RFC 2119)."),
    (
        "IMPLIED",
        "The text has no keyword for it, and it follows from another sentence, whose keyword decides: `weir explain REQUIREMENT` names \
         the sentence. Without a keyword there the verdict is warn, without a sentence note.",
    ),
    ("exit-status", "The number with which a run ends; `weir explain exit-status` explains each."),
];

/// What the ids of steps about one application of a target are in lists.
pub(super) const APPLICATION_STEP: (&str, &str) =
    ("application.NAME", "users are created, deleted and disabled in the application NAME of the target");

/// Each exit status with its meaning.
pub(super) const STATUSES: [(u8, &str); 5] = [
    (exit::OK, "nothing at or above --fail-on was found"),
    (exit::FINDINGS, "findings at or above --fail-on, or entries that failed"),
    (exit::USAGE, "wrong usage, configuration or file; nothing was sent, or only discovery"),
    (exit::UNREACHABLE, "endpoint unreachable, credentials refused, or everything blocked"),
    (exit::INTERRUPTED, "interrupted by Ctrl-C or SIGTERM, after clean-up"),
];

/// The exit statuses, as the help of the program ends with them.
pub(super) fn exit_statuses() -> String {
    let row = |(status, meaning): &(u8, &str)| format!("\n  {status:<4} {meaning}");
    STATUSES.iter().fold("Exit status:".to_owned(), |text, status| text + &row(status))
}

/// What a word stands for; `None` if it is not in the glossary.
pub(super) fn find(word: &str) -> Option<String> {
    let found: Vec<String> = [
        dispute::explain(word),
        capability(word),
        verdict(word),
        scenario(word),
        step(word),
        keyword(word),
        tolerance(word),
        status(word),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!found.is_empty()).then(|| found.join("\n"))
}

/// The words that are names of no catalogue, with their meaning.
pub(super) fn all_words() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    WORDS.iter().chain(&VOCABULARY)
}

fn tolerance(word: &str) -> Option<String> {
    let tolerance = *Tolerance::ALL.iter().find(|tolerance| tolerance.id().eq_ignore_ascii_case(word))?;
    let clients = tolerance.clients();
    Some(format!("tolerance {tolerance}\n{}\n\nNeeded by\n  {clients}\n", tolerance.summary()))
}

/// Every word of the glossary.
pub(super) fn words() -> Vec<&'static str> {
    let capabilities = Capability::ALL.iter().map(|capability| capability.id());
    let verdicts = VERDICTS.iter().map(|(verdict, _)| verdict.as_str());
    let scenarios = Scenario::value_variants().iter().map(|scenario| scenario.id());
    let mut words: Vec<&str> = dispute::points()
        .chain(capabilities)
        .chain(verdicts)
        .chain(scenarios)
        .chain(lifecycle::steps().iter().map(|step| step.id))
        .chain(all_words().map(|(word, _)| *word))
        .chain(Tolerance::ALL.iter().map(|tolerance| tolerance.id()))
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn capability(word: &str) -> Option<String> {
    let capability = *Capability::ALL.iter().find(|capability| capability.id().eq_ignore_ascii_case(word))?;
    let mut text = format!("capability {capability}\n{}\n\n", capability.summary());
    text.push_str("An endpoint can offer it or not; neither is a fault. Checks that need it are skipped without it.\n");
    let needing: Vec<&str> =
        checks::all().filter(|check| check.needs.contains(&capability)).map(|check| check.id).collect();
    if !needing.is_empty() {
        let _ = write!(text, "\nNeeded by\n  {}\n", needing.join("\n  "));
    }
    Some(text)
}

fn verdict(word: &str) -> Option<String> {
    let (verdict, meaning) = VERDICTS.iter().find(|(verdict, _)| verdict.as_str().eq_ignore_ascii_case(word))?;
    Some(format!("verdict {}\n{meaning}\n", verdict.as_str()))
}

fn scenario(word: &str) -> Option<String> {
    let scenario = Scenario::value_variants().iter().find(|scenario| scenario.id().eq_ignore_ascii_case(word))?;
    let value = scenario.to_possible_value()?;
    let about = value.get_help().map(ToString::to_string).unwrap_or_default();
    let id = scenario.id();
    Some(format!("scenario {id}\n{about}\n\nRun it with: weir check --as pingfederate-aquera --scenario {id}\n"))
}

/// A step of a lifecycle, as `weir check --as CLIENT` reports it.
fn step(word: &str) -> Option<String> {
    const RUN: &str = "\nRun it with: weir check --as pingfederate-aquera\n";
    if word.starts_with("application.") {
        return Some(format!("step {word}\n{}\n{RUN}", APPLICATION_STEP.1));
    }
    let StepSpec { id, title, requirements, legal } =
        lifecycle::steps().iter().find(|step| step.id.eq_ignore_ascii_case(word))?;
    let (legal, requirements) = (legal.join("\n  "), requirements.join("\n  "));
    Some(format!("step {id}\n{title}\n\nRight is\n  {legal}\n\nBy the rules\n  {requirements}\n{RUN}"))
}

/// What `exit-status` is stands with the statuses.
fn keyword(word: &str) -> Option<String> {
    let (word, meaning) = all_words().find(|(own, _)| own.eq_ignore_ascii_case(word) && *own != "exit-status")?;
    Some(format!("word {word}\n{meaning}\n"))
}

/// One exit status by its number, or all of them.
fn status(word: &str) -> Option<String> {
    let line = |(status, meaning): &(u8, &str)| format!("{status:<4} {meaning}\n");
    if word.eq_ignore_ascii_case("exit-status") {
        return Some(format!("exit status\n{}", STATUSES.iter().map(line).collect::<String>()));
    }
    let number: u8 = word.parse().ok()?;
    STATUSES.iter().find(|(status, _)| *status == number).map(|row| format!("exit status {}", line(row)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_glossary_is_explained() {
        for word in words() {
            let text = find(word).unwrap_or_else(|| panic!("{word} is not explained"));
            assert!(text.lines().count() > 1, "{word}: {text}");
        }
        assert_eq!(find("nonsense"), None);
    }

    #[test]
    fn every_level_of_a_requirement_is_a_word() {
        for requirement in scim::requirement::all() {
            let level = requirement.level.as_str();
            assert!(find(level).is_some_and(|text| text.starts_with(&format!("word {level}\n"))), "{level}");
        }
    }

    #[test]
    fn words_of_a_report_are_explained() {
        for (word, expected) in [
            ("p7", "dispute P7\n"),
            ("paging.cursor", "capability paging.cursor\n`cursor` (RFC 9865)\n"),
            ("blocked", "verdict blocked\n"),
            ("partial-update", "scenario partial-update\n"),
            ("leaver.disable", "step leaver.disable\nwho leaves is disabled"),
            ("application.ldap", "step application.ldap\n"),
            ("must", "word MUST\n"),
            ("known", "word known\nThe baseline has"),
            ("3", "exit status 3    endpoint unreachable"),
            ("exit-status", "exit status\n0    nothing"),
        ] {
            let text = find(word).unwrap_or_default();
            assert!(text.starts_with(expected), "{word}: {text}");
        }
    }
}
