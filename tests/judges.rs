//! Two conformance tools that we did not write judge the `rfc` target, and endpoints that conform and are drawn: scim2-tester (through
//! scim2-cli) and scim-sanity.
//!
//! `WEIR_JUDGES` names the `bin` folder of a Python environment that has both; without it these tests say so and pass, unless
//! `WEIR_REQUIRE_REAL` is set. What is not a pass must be listed in `fixtures/judges/`, with the reason, and what is listed
//! must still happen: an entry that no longer applies is removed.

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use support::Served;

const TOKEN: &str = "judged";

/// The Python environment, or `None` with a word about it.
fn judges() -> Option<PathBuf> {
    let folder = std::env::var_os("WEIR_JUDGES").map(PathBuf::from);
    if folder.is_none() {
        assert!(
            std::env::var_os("WEIR_REQUIRE_REAL").is_none(),
            "WEIR_REQUIRE_REAL is set, but WEIR_JUDGES names no environment with scim2-cli and scim-sanity"
        );
        eprintln!("skipped: WEIR_JUDGES names no environment with scim2-cli and scim-sanity");
    }
    folder
}

/// The first columns of a list of verdicts, without the reasons.
fn listed(text: &str) -> BTreeSet<String> {
    text.lines().skip(1).filter_map(|line| line.rsplit_once('\t')).map(|(entry, _)| entry.to_owned()).collect()
}

/// A target file that is removed when dropped.
struct TargetFile(PathBuf);

impl TargetFile {
    /// The `rfc` target with a tolerance.
    fn tolerant(tolerance: &str) -> Self {
        let text = include_str!("../fixtures/targets/rfc.toml");
        Self::with(tolerance, &format!("tolerances = [\"{tolerance}\"]\n{text}"))
    }

    fn with(name: &str, text: &str) -> Self {
        let path =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("judged-{}-{name}.toml", std::process::id()));
        std::fs::write(&path, text).expect("the target folder is writable");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("the path is text")
    }
}

impl Drop for TargetFile {
    fn drop(&mut self) {
        // Whoever cleans the target folder removes it otherwise.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Every result of scim2-tester that is not a success: verdict, check, and the attribute that it is about.
fn scim2_tester(target: &str) -> Option<(usize, BTreeSet<String>)> {
    let judges = judges()?;
    let served = Served::start(&["--target", target, "--bearer", TOKEN]);
    let authorization = format!("Authorization: Bearer {TOKEN}");
    let output = Command::new(judges.join("scim2"))
        .args(["--url", served.value("URL"), "--header", &authorization, "test", "--verbose"])
        .output()
        .expect("scim2-cli is installed");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut successes = 0;
    let mut others = BTreeSet::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((verdict, check)) = line.split_once(' ') else { continue };
        match verdict {
            "SUCCESS" => successes += 1,
            "ERROR" | "CRITICAL" | "DEVIATION" | "ACCEPTABLE" | "SKIPPED" => {
                others.insert(format!("{verdict}\t{check}\t{}", subject(lines.peek().copied().unwrap_or_default())));
            }
            _ => {}
        }
    }
    assert!(successes > 0, "scim2-tester did not run: {text}{}", String::from_utf8_lossy(&output.stderr));
    Some((successes, others))
}

/// The attribute in a message: what stands in quotes, or before the first colon.
fn subject(message: &str) -> &str {
    let message = message.trim();
    message.split('\'').nth(1).or_else(|| message.split_once(':').map(|(word, _)| word)).unwrap_or(message)
}

#[test]
fn scim2_tester_finds_nothing_but_what_is_listed() {
    let Some((successes, others)) = scim2_tester("rfc") else { return };
    assert_eq!(others, listed(include_str!("../fixtures/judges/scim2-tester.tsv")));
    println!("scim2-tester: {successes} successes, {} listed", others.len());
}

#[test]
fn scim2_tester_finds_less_where_invented_formats_are_accepted() {
    let tolerant = TargetFile::tolerant("any-format");
    let Some((successes, others)) = scim2_tester(tolerant.path()) else { return };
    assert_eq!(others, listed(include_str!("../fixtures/judges/scim2-tester-any-format.tsv")));
    println!("scim2-tester, any format: {successes} successes, {} listed", others.len());
}

#[test]
fn scim_sanity_finds_nothing_but_what_is_listed() {
    let Some(judges) = judges() else { return };
    let served = Served::start(&["--target", "rfc", "--bearer", TOKEN]);
    let output = Command::new(judges.join("scim-sanity"))
        .args(["probe", served.value("URL"), "--token", TOKEN, "--i-accept-side-effects"])
        .output()
        .expect("scim-sanity is installed");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let of = |word: &str| -> BTreeSet<String> {
        let results = text.lines().filter_map(|line| line.trim().strip_prefix(&format!("[{word}] ")));
        results.map(|check| format!("{word}\t{check}")).collect()
    };
    let passes = of("PASS").len();
    assert!(passes > 0, "scim-sanity did not run: {text}{}", String::from_utf8_lossy(&output.stderr));
    let others: BTreeSet<String> = ["FAIL", "WARN", "SKIP", "ERROR"].into_iter().flat_map(of).collect();
    assert_eq!(others, listed(include_str!("../fixtures/judges/scim-sanity.tsv")));
    println!("scim-sanity: {passes} passes, {} listed", others.len());
}

/// Endpoints that conform: `weir prove --innocent 20 --seed 3 --write` drew them, and they stay as they are, so that a new way to differ
/// changes no list.
const INNOCENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/judges/innocents");

/// What a judge says against an endpoint.
struct Complaint {
    judge: &'static str,
    verdict: String,
    check: String,
    message: String,
}

/// A line of `fixtures/judges/innocents.tsv`: which complaints are no fault of an endpoint, and why.
struct ListedComplaint {
    judge: &'static str,
    verdict: &'static str,
    /// With an asterisk for any text.
    check: &'static str,
    /// A part of the message.
    message: &'static str,
    /// In what the endpoint differs from `rfc`, so that the complaint follows; one of them is enough, and nothing is any endpoint.
    differs: Vec<&'static str>,
}

impl ListedComplaint {
    fn all() -> Vec<Self> {
        let lines = include_str!("../fixtures/judges/innocents.tsv").lines().skip(1);
        let of = |line: &'static str| {
            let mut cells = line.split('\t');
            let mut next = || cells.next().expect("a line has six cells");
            let (judge, verdict, check, message) = (next(), next(), next(), next());
            let differs = next().split(' ').filter(|axis| !axis.is_empty()).collect();
            assert!(next().contains(' '), "{line} needs a reason");
            Self { judge, verdict, check, message, differs }
        };
        lines.map(of).collect()
    }

    fn covers(&self, complaint: &Complaint, target: &str) -> bool {
        let check = match self.check.split_once('*') {
            Some((start, end)) => complaint.check.starts_with(start) && complaint.check.ends_with(end),
            None => complaint.check == self.check,
        };
        let differs = |axis: &&str| target.contains(&format!("\n# {axis}: "));
        self.judge == complaint.judge
            && self.verdict == complaint.verdict
            && check
            && complaint.message.contains(self.message)
            && (self.differs.is_empty() || self.differs.iter().any(differs))
    }
}

/// The complaints in the output of a judge. `start` reads a line that begins a result: its verdict, and the check.
fn complaints(
    judge: &'static str,
    text: &str,
    start: fn(&str) -> Option<(&str, &str)>,
    good: &str,
) -> (usize, Vec<Complaint>) {
    let (mut passes, mut found, mut is_open) = (0, Vec::<Complaint>::new(), false);
    for line in text.lines() {
        match start(line) {
            Some((verdict, _)) if verdict == good => (passes, is_open) = (passes + 1, false),
            Some((verdict, check)) => {
                let (verdict, check) = (verdict.to_owned(), check.to_owned());
                found.push(Complaint { judge, verdict, check, message: String::new() });
                is_open = true;
            }
            None if line.trim().is_empty() => is_open = false,
            None if is_open => {
                let last = found.last_mut().expect("a result has begun");
                last.message = format!("{} {}", last.message, line.trim());
            }
            None => {}
        }
    }
    (passes, found)
}

/// The verdict and the name of a check in a line of a judge's output.
type ResultReader = fn(&str) -> Option<(&str, &str)>;

fn tester_result(line: &str) -> Option<(&str, &str)> {
    let (verdict, check) = line.split_once(' ')?;
    let known = ["SUCCESS", "ERROR", "CRITICAL", "DEVIATION", "ACCEPTABLE", "SKIPPED"].contains(&verdict);
    known.then_some((verdict, check))
}

fn sanity_result(line: &str) -> Option<(&str, &str)> {
    let (verdict, check) = line.trim().strip_prefix('[')?.split_once("] ")?;
    ["PASS", "FAIL", "WARN", "SKIP", "ERROR"].contains(&verdict).then_some((verdict, check))
}

/// What both judges say of the endpoint that a target file describes.
fn judged(judges: &Path, path: &str) -> (usize, Vec<Complaint>) {
    let served = Served::start(&["--target", path]);
    let own = served.greeting.split("application other").next().unwrap_or_default();
    let secret = |word: &str| {
        let mut lines = own.lines().filter_map(|line| line.trim().strip_prefix(word));
        lines.find_map(|rest| rest.starts_with(' ').then(|| rest.trim().to_owned()))
    };
    let (header, arguments) = match (secret("bearer"), secret("basic")) {
        (Some(token), _) => (format!("Authorization: Bearer {token}"), vec!["--token".to_owned(), token]),
        (None, Some(pair)) => {
            let (user, password) = pair.split_once(':').expect("a user and a password");
            let header = format!("Authorization: Basic {}", base64::engine::general_purpose::STANDARD.encode(&pair));
            (header, ["--username", user, "--password", password].map(str::to_owned).to_vec())
        }
        _ => panic!("no credentials in\n{own}"),
    };
    let url = served.value("URL");
    let tester =
        Command::new(judges.join("scim2")).args(["--url", url, "--header", &header, "test", "--verbose"]).output();
    let sanity = Command::new(judges.join("scim-sanity"))
        .args(["probe", url, "--i-accept-side-effects"])
        .args(arguments)
        .output();
    let text = |output: std::io::Result<std::process::Output>| {
        let output = output.expect("the judge is installed");
        [output.stdout, output.stderr].map(|part| String::from_utf8_lossy(&part).into_owned()).concat()
    };
    let mut all = (0, Vec::new());
    let results: [(_, _, ResultReader, _); 2] = [
        ("scim2-tester", text(tester), tester_result, "SUCCESS"),
        ("scim-sanity", text(sanity), sanity_result, "PASS"),
    ];
    for (judge, output, result, good) in results {
        let (passes, found) = complaints(judge, &output, result, good);
        if passes == 0 {
            // It gives up before its first result.
            let (verdict, check) = ("ERROR".to_owned(), "discovery".to_owned());
            let message = output.split_whitespace().collect::<Vec<_>>().join(" ");
            all.1.push(Complaint { judge, verdict, check, message });
        }
        all.0 += passes;
        all.1.extend(found);
    }
    all
}

#[test]
fn the_judges_find_nothing_in_innocents_but_what_is_listed() {
    let Some(judges) = judges() else { return };
    let listed = ListedComplaint::all();
    let (mut passes, mut count, mut unlisted, mut used) = (0, 0, Vec::new(), BTreeSet::new());
    let files = std::fs::read_dir(INNOCENTS).expect("the innocents are there");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("the folder can be read").path()).collect();
    files.sort();
    assert_eq!(files.len(), 20);
    for path in &files {
        let text = std::fs::read_to_string(path).expect("a target file is text");
        let (good, found) = judged(&judges, path.to_str().expect("the path is text"));
        passes += good;
        count += found.len();
        for complaint in found {
            if let Some(position) = listed.iter().position(|own| own.covers(&complaint, &text)) {
                used.insert(position);
            } else {
                let Complaint { judge, verdict, check, message } = complaint;
                unlisted.push(format!("{}: {judge} {verdict} {check}:{message}", path.display()));
            }
        }
    }
    assert!(unlisted.is_empty(), "{}", unlisted.join("\n"));
    let unused: Vec<String> = listed
        .iter()
        .enumerate()
        .filter(|(position, _)| !used.contains(position))
        .map(|(_, own)| format!("{} {} {} {}", own.judge, own.verdict, own.check, own.message))
        .collect();
    assert!(unused.is_empty(), "listed, and said by no judge any more:\n{}", unused.join("\n"));
    println!("{} innocents: {passes} passes, {count} complaints of {} listed kinds", files.len(), listed.len());
}
