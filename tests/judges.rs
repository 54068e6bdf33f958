//! Two conformance tools that we did not write judge the `rfc` target: scim2-tester (through scim2-cli) and scim-sanity.
//!
//! `WEIR_JUDGES` names the `bin` folder of a Python environment that has both; without it these tests say so and pass, unless
//! `WEIR_REQUIRE_REAL` is set. What is not a pass must be listed in `fixtures/judges/`, with the reason, and what is listed
//! must still happen: an entry that no longer applies is removed.

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

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

/// The `rfc` target with a tolerance, in a file that is removed when dropped.
struct Tolerant(PathBuf);

impl Tolerant {
    fn of(tolerance: &str) -> Self {
        let text = include_str!("../fixtures/targets/rfc.toml");
        let path =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("judged-{}-{tolerance}.toml", std::process::id()));
        std::fs::write(&path, format!("tolerances = [\"{tolerance}\"]\n{text}"))
            .expect("the target folder is writable");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("the path is text")
    }
}

impl Drop for Tolerant {
    fn drop(&mut self) {
        // Whoever cleans the target folder removes it otherwise.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Every result of scim2-tester that is not a success: verdict, check, and the attribute that it is about.
fn scim2_tester(target: &str) -> Option<(usize, BTreeSet<String>)> {
    let judges = judges()?;
    let served = Served::start(&["--target", target, "--bearer", TOKEN]);
    let output = Command::new(judges.join("scim2"))
        .args([
            "--url",
            served.value("URL"),
            "--header",
            &format!("Authorization: Bearer {TOKEN}"),
            "test",
            "--verbose",
        ])
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
    let tolerant = Tolerant::of("any-format");
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
