//! The documentation: its links lead somewhere, its command lines are those of the binary, and the README's commands run.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Served, ran, weir};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository is there")
}

/// Every page that a person reads, relative to the root.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
        .into_iter()
        .map(PathBuf::from)
        .collect();
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).expect("the folder can be listed") {
            let entry = entry.expect("the entry can be read");
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

fn text(page: &Path) -> String {
    std::fs::read_to_string(root().join(page)).unwrap_or_else(|error| panic!("{}: {error}", page.display()))
}

/// The lines outside of fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_fenced = false;
    text.lines().filter(move |line| {
        let is_fence = line.starts_with("```");
        is_fenced ^= is_fence;
        !is_fenced && !is_fence
    })
}

/// The targets of the links of one page, without those of the web.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in prose(text) {
        for part in line.split("](").skip(1) {
            let target = part.split(')').next().expect("split gives at least one part");
            if !target.contains("://") && !target.starts_with("mailto:") {
                found.push(target.to_owned());
            }
        }
        if let Some((_, path)) = line.split_once("{{#include ") {
            found.push(path.trim_end_matches("}}").to_owned());
        }
    }
    found
}

/// The anchors of a page's headings, as code hosts and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    headings
        .map(|heading| {
            let kept = heading.to_lowercase();
            kept.chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let mut broken = String::new();
    for page in pages() {
        let folder = root().join(page.parent().expect("a page is in a folder"));
        for link in links(&text(&page)) {
            let (path, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(path, anchor)| (path, Some(anchor)));
            let target = if path.is_empty() { root().join(&page) } else { folder.join(path) };
            let is_right = target.exists()
                && anchor.is_none_or(|anchor| {
                    std::fs::read_to_string(&target).is_ok_and(|text| anchors(&text).contains(anchor))
                });
            if !is_right {
                writeln!(broken, "{}: {link}", page.display()).expect("a string takes text");
            }
        }
    }
    assert!(broken.is_empty(), "broken links:\n{broken}");
}

#[test]
fn the_book_has_every_page() {
    let summary = text(Path::new("docs/SUMMARY.md"));
    for page in pages() {
        let Ok(page) = page.strip_prefix("docs") else { continue };
        if page != Path::new("SUMMARY.md") {
            assert!(summary.contains(&format!("({})", page.display())), "docs/SUMMARY.md lacks {}", page.display());
        }
    }
}

/// A command of a `console` block, with the output that the page shows.
struct Shown {
    command: String,
    /// The exit status that its comment names, `# ends with status N`.
    status: i32,
    output: Vec<String>,
}

/// The `console` blocks of a page.
fn blocks(text: &str) -> Vec<Vec<Shown>> {
    let mut blocks = Vec::new();
    for block in text.split("```console\n").skip(1) {
        let block = block.split("\n```").next().expect("split gives at least one part");
        let mut commands: Vec<Shown> = Vec::new();
        for line in block.lines() {
            if let Some(line) = line.strip_prefix("$ ") {
                let (command, comment) = line.split_once("   # ").unwrap_or((line, ""));
                let status = comment.strip_prefix("ends with status ").map_or(0, |n| n.parse().expect("a status"));
                commands.push(Shown { command: command.to_owned(), status, output: Vec::new() });
            } else if let Some(last) = commands.last_mut() {
                last.output.push(line.to_owned());
            }
        }
        blocks.push(commands);
    }
    blocks
}

/// The words of a command line, as a shell splits them.
fn words(command: &str) -> Vec<String> {
    let script = format!("set -- {command}; printf '%s\\0' \"$@\"");
    let mut bash = Command::new("bash");
    bash.args(["-c", &script])
        .env("URL", "http://127.0.0.1:7643/scim/v2")
        .env("TOKEN", "token")
        .env("CONTROL", "token");
    let output = bash.output().expect("bash starts");
    assert!(output.status.success(), "{command}: bash cannot read it");
    let words = String::from_utf8(output.stdout).expect("words are text");
    words.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn every_command_line_is_one_that_the_binary_takes() {
    let mut seen = 0;
    for page in pages() {
        for shown in blocks(&text(&page)).into_iter().flatten() {
            let Some(arguments) = shown.command.strip_prefix("weir ") else { continue };
            let arguments = words(arguments);
            let named = arguments.windows(2).filter(|two| matches!(two[0].as_str(), "--deviate" | "--as" | "--target"));
            for name in named.map(|two| two[1].split('=').next().expect("split gives at least one part")) {
                if name != "all"
                    && !name.chars().all(char::is_uppercase)
                    && Path::new(name).extension().is_none_or(|extension| extension != "toml")
                {
                    let explained = weir(&["explain", name]).output().expect("the binary starts");
                    assert!(explained.status.success(), "{}: {}: {name} is not known", page.display(), shown.command);
                }
            }
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(["--help"]).collect();
            let ran = ran(&weir(&arguments).output().expect("the binary starts"));
            assert_eq!(ran.status, 0, "{}: {}\n{}", page.display(), shown.command, ran.stderr);
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen} command lines were found");
}

/// Digits and spaces aside, which change from run to run.
fn normal(line: &str) -> String {
    let mut normal = String::new();
    for c in line.chars() {
        if c.is_ascii_digit() {
            if !normal.ends_with('0') {
                normal.push('0');
            }
        } else if !(c == ' ' && normal.ends_with(' ')) {
            normal.push(c);
        }
    }
    // From ten milliseconds on a time has no fraction.
    normal.replace("0.0 ms", "0 ms")
}

/// Whether each shown line is part of the output, in this order; `…` stands for anything.
fn assert_shown(command: &Shown, output: &str) {
    let output = normal(output);
    let mut rest = output.as_str();
    for line in &command.output {
        for part in line.split('…').map(normal).filter(|part| !part.trim().is_empty()) {
            let part = part.trim();
            let Some((_, after)) = rest.split_once(part) else {
                panic!("`{}` does not print {part:?}, which the page shows, in\n{output}", command.command)
            };
            rest = after;
        }
    }
}

/// Runs every command of a page in the order of the page, in a folder that has the fixtures of a clone. Each block has an
/// endpoint of its own if it starts one. Commands of cargo are left to the continuous integration.
fn run_page(page: &str) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::os::unix::fs::symlink(root().join("fixtures"), folder.path().join("fixtures")).expect("a link can be made");
    let binary = Path::new(env!("CARGO_BIN_EXE_weir")).parent().expect("it is in a folder");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    for block in blocks(&text(Path::new(page))) {
        let mut served: Option<Served> = None;
        for shown in block {
            if let Some(arguments) = shown.command.strip_prefix("weir serve") {
                // The endpoint runs where the test does, and not in the folder of the page.
                let fixtures = root().join("fixtures").display().to_string();
                let arguments: Vec<String> = words(arguments)
                    .iter()
                    .map(|word| {
                        word.strip_prefix("fixtures").map_or_else(|| word.clone(), |rest| format!("{fixtures}{rest}"))
                    })
                    .collect();
                served = Some(Served::start(&arguments.iter().map(String::as_str).collect::<Vec<_>>()));
                continue;
            }
            // What needs a compiler, or an endpoint of somebody's.
            if shown.command.starts_with("cargo ") || shown.command.contains("https://scim.example.com") {
                continue;
            }
            // Else curl succeeds with any answer.
            let mut command = shown.command.replace("curl -", "curl --fail-with-body -");
            if let Some(served) = &served {
                let url = served.value("URL");
                let address = url.split('/').nth(2).expect("a URL has an address");
                command = command.replace("127.0.0.1:7643", address);
            }
            let mut bash = Command::new("bash");
            bash.args(["-c", &command]).current_dir(folder.path()).env("PATH", &path).env("COLUMNS", "160");
            let ran = ran(&bash.stdin(std::process::Stdio::null()).output().expect("bash starts"));
            assert_eq!(ran.status, shown.status, "{page}: {command}\n{}{}", ran.stdout, ran.stderr);
            assert_shown(&shown, &(ran.stdout + &ran.stderr));
        }
    }
}

#[test]
fn the_commands_of_the_readme_run_and_print_what_it_shows() {
    run_page("README.md");
}

#[test]
fn the_commands_for_a_client_run_and_print_what_the_page_shows() {
    run_page("docs/start/test-your-client.md");
}

#[test]
fn the_commands_of_the_rehearsal_run_and_print_what_the_page_shows() {
    run_page("docs/guide/rehearsal.md");
}

#[test]
fn the_commands_for_a_target_like_a_product_run_and_print_what_the_page_shows() {
    run_page("docs/guide/documents.md");
}

#[test]
fn generated_pages_say_what_the_binary_says() {
    let binary = Path::new(env!("CARGO_BIN_EXE_weir"));
    for (page, expected) in xtask::book::pages(binary).expect("the binary lists what it knows") {
        let written = text(&page);
        let differs = written.lines().zip(expected.lines()).find(|(own, other)| own != other);
        assert!(
            written == expected,
            "{} is old; cargo run -p xtask -- book target/debug/weir writes it anew: {differs:?}",
            page.display()
        );
    }
}

#[test]
fn pictures_are_of_the_pages_as_they_are() {
    let made = text(Path::new("docs/pictures/made-from.txt"));
    for line in made.lines() {
        let (digest, file) = line.split_once("  ").expect("a digest and a file");
        let output = Command::new("sha256sum").arg(root().join(file)).output().expect("sha256sum is there");
        let now = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            now.starts_with(digest),
            "{file} has changed since the pictures were made; docs/pictures/make makes them anew"
        );
    }
    assert!(made.lines().count() >= 4, "{made}");
}

#[test]
fn the_commands_of_the_first_page_run_and_print_what_the_page_shows() {
    run_page("docs/start/check-your-endpoint.md");
}

#[test]
fn the_commands_for_programs_run_and_print_what_the_page_shows() {
    run_page("docs/guide/programs.md");
}

#[test]
fn the_commands_about_partial_update_run_and_print_what_the_page_shows() {
    run_page("docs/explain/partial-update.md");
}

#[test]
fn the_readme_is_short() {
    let lines = text(Path::new("README.md")).lines().count();
    assert!(lines <= 150, "README.md has {lines} lines");
}
