//! What a command may do in the hands of a peer that means harm: how long it takes, how much memory, and what it prints.

use std::io::Read as _;
use std::process::Child;
use std::time::{Duration, Instant};

/// The longest that a command takes on a busy machine. Each waits a second or two for an answer, and asks a few times.
const LONGEST: Duration = Duration::from_mins(4);

/// The peak of a process's memory in KB; 0 if it is not there any more.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// Waits for the end of a command, and says how much memory it took; a command that does not end is killed.
pub fn watch(mut child: Child, what: &str) -> (i32, String, String, u64) {
    let [mut stdout, mut stderr] = [
        Box::new(child.stdout.take().expect("piped")) as Box<dyn std::io::Read + Send>,
        Box::new(child.stderr.take().expect("piped")),
    ];
    let reading = std::thread::spawn(move || {
        let mut text = Vec::new();
        stdout.read_to_end(&mut text).map(|_| text)
    });
    let pid = child.id();
    let begun = Instant::now();
    let mut peak = 0;
    let mut errors = Vec::new();
    let looking = std::thread::spawn(move || stderr.read_to_end(&mut errors).map(|_| errors));
    let status = loop {
        peak = peak.max(memory(pid));
        if let Some(status) = child.try_wait().expect("it is a child") {
            break status;
        }
        if begun.elapsed() > LONGEST {
            let _ = child.kill();
            panic!("{what} does not end");
        }
        std::thread::park_timeout(Duration::from_millis(20));
    };
    let text = |read: std::thread::JoinHandle<std::io::Result<Vec<u8>>>| {
        String::from_utf8(read.join().expect("it reads").expect("it reads")).expect("output is text")
    };
    let status = status.code().unwrap_or_else(|| panic!("{what} breaks down: {status}"));
    (status, text(reading), text(looking), peak)
}

/// What is printed acts on no terminal and no runner, and holds no secret.
pub fn assert_harmless(what: &str, text: &str, secret: &str) {
    assert!(!text.contains(secret), "{what} holds the secret:\n{text:.2000}");
    let acts =
        |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!text.contains(acts), "{what} holds {:?}", text.chars().find(|c| acts(*c)));
    // An escape of the second colon stands where a text broke the line: what comes of a peer stands in one line.
    let obeyed =
        |line: &&str| line.starts_with("::") || line.trim_start().starts_with(":\\x3a") || line.contains("##[");
    assert_eq!(text.lines().find(obeyed), None, "{what}");
}
