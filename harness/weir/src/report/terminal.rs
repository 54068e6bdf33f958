//! The report for a person at a terminal: a table of steps and checks while they happen, then every finding that is
//! worth reading, the gravest first, and the totals in the last line.

use std::io::{self, Write};
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use weir_catalog::rounds::is_stable;
use weir_exchange::Exchange;
use weir_exchange::legible::LegibleWriter;
use weir_judge::{Because, Cause, Event, Finding, Origin, OutdatedEntry, Summary, Verdict};
use weir_judge::{Offer, Provenance};

use super::cause;
use super::leftovers;
use super::legible::{LegibleEvent, TextReport};
use super::problem;
use super::repeat::Repetition;
use super::table::{Topic, counts, duration, fitted, write_finding};
use crate::output::plural::{exchanges, plural};

/// A run of more checks than this is shown by topics.
const MOST_LINES: usize = 40;
/// More findings than these are shown by their causes.
const MOST_FINDINGS: usize = 20;
/// The reasons of what was skipped that are shown.
const MOST_REASONS: usize = 5;

/// How the report looks.
#[derive(Clone, Copy, Debug)]
pub struct TerminalOptions {
    /// Columns.
    pub width: usize,
    pub colour: bool,
    /// Leaves out the table's lines that passed or were skipped.
    pub quiet: bool,
    /// Shows each check of a long run, instead of a line a topic.
    pub verbose: bool,
}

/// The escape sequences of the styles, empty without colour.
pub(super) struct Palette {
    pub(super) bold: String,
    pub(super) dim: String,
    pub(super) reset: String,
    verdicts: [String; 7],
}

impl Palette {
    fn new(colour: bool) -> Self {
        let render = |style: Style| if colour { style.render().to_string() } else { String::new() };
        let tint = |verdict: &Verdict| {
            let colour = match verdict {
                Verdict::Pass => AnsiColor::Green,
                Verdict::Skip => AnsiColor::BrightBlack,
                Verdict::Note => AnsiColor::Cyan,
                Verdict::Warn => AnsiColor::Yellow,
                Verdict::Blocked => AnsiColor::Magenta,
                Verdict::Fail | Verdict::Error => AnsiColor::Red,
            };
            render(colour.on_default().bold())
        };
        Self {
            bold: render(Style::new().bold()),
            dim: render(Style::new().dimmed()),
            reset: if colour { anstyle::Reset.render().to_string() } else { String::new() },
            verdicts: Verdict::ALL.each_ref().map(tint),
        }
    }

    pub(super) fn verdict(&self, verdict: Verdict) -> &str {
        &self.verdicts[verdict as usize]
    }
}

/// How many findings of each kind the baseline knows, by verdict.
#[derive(Default)]
struct KnownTally {
    steps: [usize; 7],
    checks: [usize; 7],
    rules: [usize; 7],
}

impl KnownTally {
    fn add(&mut self, finding: &Finding) {
        let tally = match finding.origin {
            Origin::Check => &mut self.checks,
            Origin::Rule => &mut self.rules,
            Origin::Step { .. } => &mut self.steps,
        };
        Summary::count(tally, finding.verdict);
    }
}

/// Writes the report to `out`.
pub struct TerminalReport<W> {
    out: LegibleWriter<W>,
    options: TerminalOptions,
    palette: Palette,
    heading: String,
    url: String,
    repetition: Repetition,
    /// A request with the credentials of the run.
    authenticated: Option<Arc<Exchange>>,
    /// A step of a lifecycle was seen.
    has_steps: bool,
    by_topic: bool,
    topic: Option<Topic>,
    /// The topics whose lines are written: what has to run alone comes last, so that a topic can come twice.
    written_topics: Vec<String>,
    skipped: Vec<(String, usize)>,
    /// What is worth reading, and what a fault of discovery kept from running.
    noted: Vec<Arc<Finding>>,
    known: KnownTally,
    leftovers: Vec<(String, String)>,
    outdated: Vec<OutdatedEntry>,
    rounds: usize,
    unstable: Vec<String>,
    /// The run could not begin, or not go on.
    failed: bool,
}

impl<W: Write> TerminalReport<W> {
    pub fn new(out: W, options: TerminalOptions) -> Self {
        Self {
            out: LegibleWriter::new(out, options.colour),
            options,
            palette: Palette::new(options.colour),
            heading: String::new(),
            url: String::new(),
            repetition: Repetition::default(),
            authenticated: None,
            has_steps: false,
            by_topic: false,
            topic: None,
            written_topics: Vec::new(),
            skipped: Vec::new(),
            noted: Vec::new(),
            known: KnownTally::default(),
            leftovers: Vec::new(),
            outdated: Vec::new(),
            rounds: 0,
            unstable: Vec::new(),
            failed: false,
        }
    }

    fn rounds(&mut self, finding: &Finding) {
        self.rounds = self.rounds.max(finding.rounds.len());
        if !is_stable(&finding.rounds) {
            self.unstable.push(finding.short_name().into_owned());
        }
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        if self.heading != text {
            text.clone_into(&mut self.heading);
            writeln!(self.out, "\n{}{text}{}", self.palette.bold, self.palette.reset)?;
        }
        Ok(())
    }

    fn discovered(&mut self, offers: &[Offer], remarks: &[String]) -> io::Result<()> {
        let offered: Vec<_> = offers.iter().filter(|offer| offer.offered).collect();
        // What discovery lacks is a fault, and has a remark of its own.
        let missing = offers.iter().filter(|offer| !offer.offered).map(|offer| offer.capability.id());
        let missing: Vec<_> = missing.filter(|id| !id.starts_with("discovery.")).collect();
        let assumed: Vec<_> = offered
            .iter()
            .filter(|offer| offer.provenance == Provenance::Assumed)
            .map(|offer| offer.capability.id())
            .collect();
        writeln!(self.out, "offers {} of {} capabilities", offered.len(), offers.len())?;
        for (words, ids, remark) in [
            ("does not offer ", missing, "not a fault; `weir explain NAME` describes each"),
            ("assumed to offer ", assumed, "the endpoint does not say"),
        ] {
            if !ids.is_empty() {
                writeln!(self.out, "{words}{} ({remark})", ids.join(", "))?;
            }
        }
        for remark in remarks {
            writeln!(self.out, "{remark}")?;
        }
        Ok(())
    }

    /// A step, or a check of a run that is short enough to show each.
    fn line(&mut self, heading: &str, finding: &Arc<Finding>) -> io::Result<()> {
        if !(self.options.quiet && matches!(finding.verdict, Verdict::Pass | Verdict::Skip)) {
            self.heading(heading)?;
            write_finding(&mut self.out, finding, &self.palette, self.options.width)?;
            self.out.flush()?;
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Arc<Finding>) -> io::Result<()> {
        self.rounds(finding);
        if self.repetition.keeps && self.authenticated.is_none() {
            let exchanges = finding.problems.iter().flat_map(|problem| &problem.exchanges);
            self.authenticated = exchanges.into_iter().find(|exchange| exchange.is_authenticated()).map(Arc::clone);
        }
        match &finding.origin {
            Origin::Step { client } => {
                self.has_steps = true;
                self.line(&format!("Lifecycle of {client}"), finding)?;
            }
            Origin::Check | Origin::Rule if self.by_topic => self.count(finding)?,
            Origin::Check => self.line("Checks", finding)?,
            // Beside the steps of a client the rules that have nothing to say are only counted.
            Origin::Rule if self.has_steps && !self.options.verbose && finding.verdict <= Verdict::Skip => {}
            Origin::Rule => self.line("Rules", finding)?,
        }
        if finding.known.is_some() {
            self.known.add(finding);
        }
        if finding.is_worth_reading() || finding.because == Some(Because::Published) {
            self.noted.push(Arc::clone(finding));
        }
        Ok(())
    }

    /// A check of a run that is shown by topics.
    fn count(&mut self, finding: &Finding) -> io::Result<()> {
        let name = finding.topic();
        if self.topic.as_ref().is_none_or(|topic| topic.name != name) {
            self.end_topic()?;
            self.topic = Some(Topic::new(name, finding.origin == Origin::Rule));
        }
        if let Some(topic) = &mut self.topic {
            topic.count(finding);
        }
        if finding.verdict == Verdict::Skip {
            let reason = finding.reason.clone().unwrap_or_default();
            match self.skipped.iter_mut().find(|(other, _)| *other == reason) {
                Some((_, count)) => *count += 1,
                None => self.skipped.push((reason, 1)),
            }
        }
        Ok(())
    }

    fn end_topic(&mut self) -> io::Result<()> {
        let Some(mut topic) = self.topic.take() else { return Ok(()) };
        let is_further = self.written_topics.contains(&topic.name);
        self.written_topics.push(topic.name.clone());
        if is_further {
            topic.name.push_str(", alone");
        }
        if !self.options.quiet || topic.has_findings() {
            self.heading(if topic.is_of_rules { "Rules, which judge every exchange" } else { "Checks" })?;
            topic.write(&mut self.out, &self.palette, self.options.width)?;
        }
        self.out.flush()
    }

    /// Why checks were skipped, the most frequent reason first.
    fn skips(&mut self) -> io::Result<()> {
        let mut skipped = std::mem::take(&mut self.skipped);
        if self.options.quiet {
            return Ok(());
        }
        skipped.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let shown = if self.options.verbose { skipped.len() } else { MOST_REASONS };
        for (reason, count) in skipped.iter().take(shown) {
            self.heading("Skipped")?;
            writeln!(self.out, "  {count:>4}  {}", fitted(reason, self.options.width.saturating_sub(8)))?;
        }
        let rest: usize = skipped.iter().skip(shown).map(|(_, count)| count).sum();
        if rest > 0 {
            let reasons = plural((skipped.len() - shown) as u64, "more reason", "more reasons");
            writeln!(self.out, "  {rest:>4}  for {reasons}, which --verbose or a report has")?;
        }
        Ok(())
    }

    fn findings(&mut self) -> io::Result<()> {
        let noted = std::mem::take(&mut self.noted);
        let causes = cause::fresh(&noted);
        let mut lines: Vec<_> = noted.into_iter().filter(|line| line.is_worth_reading()).collect();
        // Stable, so that equals keep the order of the plan.
        lines.sort_by_key(|line| line.rank());
        let (known, lines): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.known.is_some());
        let is_short = |count: usize| count <= MOST_FINDINGS || self.options.verbose;
        let (wrong, remarks): (Vec<_>, Vec<_>) = lines.iter().cloned().partition(|line| line.verdict > Verdict::Note);
        if is_short(lines.len()) {
            self.details(&lines)?;
        } else if is_short(wrong.len()) {
            // Notes do not hide what is wrong.
            self.details(&wrong)?;
            self.heading("Notes")?;
            let count = plural(remarks.len() as u64, "note", "notes");
            writeln!(self.out, "  the details of {count}: --verbose or a report has them")?;
        } else {
            self.causes(&causes, &lines)?;
        }
        self.known(&known)?;
        self.outdated()?;
        if lines.len() > 1 { self.start_here(&causes) } else { Ok(()) }
    }

    /// The causes that do not stand on the first screen, a line each.
    fn causes(&mut self, causes: &[Cause], lines: &[Arc<Finding>]) -> io::Result<()> {
        for cause in causes.iter().take(cause::MOST).skip(cause::FIRST) {
            self.heading("Further causes")?;
            let (style, reset) = (self.palette.verdict(cause.verdict), &self.palette.reset);
            let line = fitted(&cause.headline, self.options.width.saturating_sub(15));
            writeln!(self.out, "  {style}{:<7}{reset} {:>4} {line}", cause.verdict.as_str(), cause.size())?;
        }
        let rest = causes.len().saturating_sub(cause::MOST);
        let notes = lines.iter().filter(|line| line.verdict == Verdict::Note).count();
        self.heading("Further causes")?;
        let more =
            if rest > 0 { format!("{}, ", plural(rest as u64, "more cause", "more causes")) } else { String::new() };
        let findings = plural((lines.len() - notes) as u64, "finding", "findings");
        let notes = plural(notes as u64, "note", "notes");
        writeln!(self.out, "  {more}the details of {findings} and {notes}: --verbose or a report has them")
    }

    /// What to mend first, and how to see it.
    fn start_here(&mut self, causes: &[Cause]) -> io::Result<()> {
        let (bold, reset) = (self.palette.bold.clone(), self.palette.reset.clone());
        for (place, cause) in causes.iter().take(cause::FIRST).enumerate() {
            self.heading(&match causes.len() {
                1 => "Start here: one cause".to_owned(),
                count if count <= cause::FIRST => format!("Start here: {count} causes"),
                count => format!("Start here: the first {} of {count} causes", cause::FIRST),
            })?;
            writeln!(self.out, "  {}. {bold}{}{reset} ({})", place + 1, cause.headline, cause::counted(cause))?;
            let command = cause::command(&self.repetition.base, cause);
            if !command.is_empty() {
                writeln!(self.out, "     {}{command}{reset}", self.palette.dim)?;
            }
        }
        Ok(())
    }

    fn details(&mut self, lines: &[Arc<Finding>]) -> io::Result<()> {
        let blocked: Vec<_> = lines.iter().filter(|line| line.verdict == Verdict::Blocked).map(Arc::clone).collect();
        for line in lines.iter().filter(|line| line.verdict != Verdict::Blocked) {
            self.heading("Findings")?;
            writeln!(
                self.out,
                "{}{}{} {}: {}",
                self.palette.verdict(line.verdict),
                line.verdict.as_str(),
                self.palette.reset,
                line.short_name(),
                line.titled()
            )?;
            if let Some(reason) =
                line.reason.as_ref().filter(|reason| !line.problems.iter().any(|problem| problem.message == **reason))
            {
                writeln!(self.out, "  {reason}")?;
                if line.verdict == Verdict::Note && !self.options.verbose {
                    continue;
                }
            }
            for problem in &line.problems {
                // Nothing has to be done about a note, so nobody needs to repeat it.
                if line.verdict == Verdict::Note && !self.options.verbose {
                    problem::write_brief(&mut self.out, problem)?;
                    continue;
                }
                let repeat = self.repetition.of_problem(problem);
                problem::write(&mut self.out, problem, &repeat, &self.palette, self.options.width)?;
            }
            let is_shown = line.verdict != Verdict::Note || self.options.verbose;
            if let Some(command) = self.repetition.of_finding(line).filter(|_| is_shown && !line.problems.is_empty()) {
                writeln!(self.out, "    {}{:<10}{} {command}", self.palette.dim, "repeat", self.palette.reset)?;
            }
        }
        self.blocked(&blocked)
    }

    /// What the baseline covers is shown on request, with its reason and no more: somebody has read it before.
    fn known(&mut self, lines: &[Arc<Finding>]) -> io::Result<()> {
        if !self.options.verbose {
            return Ok(());
        }
        for line in lines {
            let Some(known) = &line.known else { continue };
            self.heading("Known findings")?;
            let (style, reset) = (self.palette.verdict(line.verdict), &self.palette.reset);
            writeln!(self.out, "{style}{}{reset} {}: {}", line.verdict.as_str(), line.short_name(), line.titled())?;
            let link = known.link.as_ref().map(|link| format!(" ({link})")).unwrap_or_default();
            let until = known.expires.as_ref().map(|day| format!(", until {day}")).unwrap_or_default();
            writeln!(self.out, "  {}{link}{until}", known.reason)?;
        }
        Ok(())
    }

    /// The entries of the baseline that fail the run, and what is mended or comes to light with it.
    fn outdated(&mut self) -> io::Result<()> {
        let (news, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.outdated).into_iter().partition(|entry| entry.news.is_some());
        for OutdatedEntry { entry, reason, .. } in others {
            self.heading("Baseline entries that are out of date")?;
            writeln!(self.out, "  {entry}: {reason}")?;
        }
        for sentence in cause::news(&self.repetition.base, &news) {
            self.heading("Good news")?;
            writeln!(self.out, "  {sentence}")?;
        }
        Ok(())
    }

    /// What is blocked by one cause is one line: there is one thing to repair, not forty.
    fn blocked(&mut self, lines: &[Arc<Finding>]) -> io::Result<()> {
        let cause = |line: &Finding| match &line.cause {
            Some(check) => format!("by what {check} judges"),
            None => line.reason.clone().unwrap_or_default(),
        };
        let mut causes: Vec<String> = Vec::new();
        for line in lines {
            let cause = cause(line);
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        }
        if !causes.is_empty() {
            self.heading("Findings")?;
            let (number, checks) = (causes.len(), lines.len());
            let roots = if number == 1 { "root cause accounts" } else { "root causes account" };
            let checks = if checks == 1 { "1 blocked check".to_owned() } else { format!("{checks} blocked checks") };
            writeln!(self.out, "{number} {roots} for {checks}")?;
        }
        for shared in causes {
            self.heading("Findings")?;
            let ids: Vec<_> = lines.iter().filter(|line| cause(line) == shared).map(|line| line.short_name()).collect();
            let (style, reset) = (self.palette.verdict(Verdict::Blocked).to_owned(), self.palette.reset.clone());
            writeln!(self.out, "{style}blocked{reset} {shared}: {}", ids.join(", "))?;
        }
        Ok(())
    }

    /// What the run created and did not delete, with the command that deletes what was kept.
    fn leftovers(&mut self) -> io::Result<()> {
        let leftovers = std::mem::take(&mut self.leftovers);
        if let Some(exchange) = self.authenticated.clone().filter(|_| self.repetition.keeps) {
            for (url, _) in leftovers {
                self.heading("Kept for the lines above, deleted by these")?;
                writeln!(self.out, "  {}", exchange.curl_deleting(&url))?;
            }
            return Ok(());
        }
        for (url, reason) in leftovers.iter().take(leftovers::MOST_NAMED) {
            self.heading("Left behind, to be deleted by hand")?;
            writeln!(self.out, "  {url}: {reason}")?;
        }
        if let Some(more) = leftovers::more(leftovers.len()) {
            writeln!(self.out, "  {more}")?;
            let clean = self.repetition.cleaning(&self.url);
            writeln!(self.out, "once the endpoint lets them be deleted, this finds them by their names: {clean}")?;
        }
        Ok(())
    }

    fn finished(&mut self, summary: &Summary) -> io::Result<()> {
        self.end_topic()?;
        self.skips()?;
        self.findings()?;
        self.leftovers()?;
        if self.failed && Verdict::ALL.iter().all(|verdict| summary.total(*verdict) == 0) {
            // The cause comes behind this on standard error, and a run that did nothing cannot be repeated.
            return self.out.flush();
        }
        writeln!(self.out)?;
        if summary.interrupted {
            writeln!(self.out, "The run was interrupted; this report is partial.")?;
        }
        let known = std::mem::take(&mut self.known);
        for (what, tally, known) in [
            ("steps", &summary.steps, known.steps),
            ("checks", &summary.checks, known.checks),
            ("rules", &summary.rules, known.rules),
        ] {
            let mut fresh = *tally;
            fresh.iter_mut().zip(known).for_each(|(all, known)| *all = all.saturating_sub(known));
            let told = |verdict: Verdict, count: usize| {
                format!("{}{count} {}{}", self.palette.verdict(verdict), verdict.as_str(), self.palette.reset)
            };
            let mut counts = counts(&fresh, told);
            let known: usize = known.iter().sum();
            if known > 0 {
                let known = format!("{}{known} known{}", self.palette.dim, self.palette.reset);
                counts = if counts.is_empty() { known } else { format!("{counts}, {known}") };
            }
            if !counts.is_empty() {
                writeln!(self.out, "{what}: {counts}")?;
            }
        }
        let known: usize = summary.known.iter().sum();
        if known > 0 || summary.outdated > 0 || summary.mended > 0 {
            let graver = [Verdict::Warn, Verdict::Blocked, Verdict::Fail, Verdict::Error];
            let new: usize = graver.into_iter().map(|verdict| summary.fresh(verdict)).sum();
            let outdated = plural(summary.outdated as u64, "entry", "entries");
            let mended = summary.mended;
            let revealed = match summary.revealed {
                0 => String::new(),
                number => format!(" ({number} hidden until now)"),
            };
            writeln!(
                self.out,
                "baseline: {known} known{revealed}, {new} new, {mended} mended, {outdated} out of date"
            )?;
        }
        if self.rounds > 0 {
            let unstable = if self.unstable.is_empty() {
                "none".to_owned()
            } else {
                std::mem::take(&mut self.unstable).join(", ")
            };
            writeln!(
                self.out,
                "{}, not stable between them: {unstable}",
                plural(self.rounds as u64, "round", "rounds")
            )?;
        }
        let repeat = &self.repetition.command;
        writeln!(self.out, "{} in {}; repeat with: {repeat}", exchanges(summary.exchanges), duration(summary.elapsed))?;
        self.out.flush()
    }
}

impl<W: Write + Send> TextReport for TerminalReport<W> {
    fn event(&mut self, event: &LegibleEvent) -> io::Result<()> {
        match &**event {
            Event::RunStarted { url, target, .. } => {
                self.repetition = Repetition::of_run(event);
                self.url.clone_from(url);
                let target = target.as_ref().map(|target| format!(" (embedded target {target})")).unwrap_or_default();
                writeln!(self.out, "{}{url}{}{target}", self.palette.bold, self.palette.reset)
            }
            Event::Discovered { offers, remarks } => self.discovered(offers, remarks),
            Event::Finding(finding) => self.finding(finding),
            Event::Leftover { url, reason } => {
                self.leftovers.push((url.clone(), reason.clone()));
                Ok(())
            }
            Event::Outdated(outdated) => {
                self.outdated.push(outdated.clone());
                Ok(())
            }
            Event::RunFinished { summary } => self.finished(summary),
            // The command says it on stderr.
            Event::Planned { run, skipped, .. } => {
                self.by_topic = !self.options.verbose && run + skipped > MOST_LINES;
                Ok(())
            }
            Event::RunFailed { .. } => {
                self.failed = true;
                Ok(())
            }
            Event::Exchange(_) | Event::CheckStarted { .. } | Event::StepStarted { .. } => Ok(()),
        }
    }
}
