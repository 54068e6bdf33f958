//! The built binary, as a person runs it.

#![allow(dead_code, reason = "each test binary uses its part of this module")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

/// A file of this test's own.
pub fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A ledger that does not exist yet.
pub fn ledger(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&path);
    path.to_str().unwrap().to_owned()
}

/// `weir` with these arguments, and nothing of this process's environment that it would listen to.
pub fn weir(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weir"));
    for variable in [
        "WEIR_BEARER",
        "WEIR_BASIC",
        "WEIR_OAUTH_CLIENT",
        "WEIR_READER_BEARER",
        "WEIR_READER_BASIC",
        "WEIR_SECOND_BEARER",
        "WEIR_SECOND_BASIC",
        "WEIR_CONTROL_TOKEN",
        "WEIR_BIND_DN",
        "WEIR_BIND_PASSWORD",
        "WEIR_LOG",
        "NO_COLOR",
        "CI",
        "CLICOLOR_FORCE",
        "COLUMNS",
    ] {
        command.env_remove(variable);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// What a finished run said.
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `weir` to its end.
pub fn run(arguments: &[&str]) -> Ran {
    ran(&weir(arguments).output().expect("the binary starts"))
}

pub fn ran(output: &Output) -> Ran {
    Ran {
        status: output.status.code().expect("the binary ends by itself"),
        stdout: String::from_utf8(output.stdout.clone()).expect("output is text"),
        stderr: String::from_utf8(output.stderr.clone()).expect("output is text"),
    }
}

/// A `weir serve` that is ready, and is killed when dropped.
pub struct Served {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// Everything up to and including the line `ready`.
    pub greeting: String,
}

impl Served {
    /// Starts `weir serve`, on a free port unless the arguments say where.
    pub fn start(arguments: &[&str]) -> Self {
        let free: &[&str] = if arguments.contains(&"--listen") { &[] } else { &["--listen", "127.0.0.1:0"] };
        let mut child =
            weir(&["serve"]).args(free).args(arguments).stdout(Stdio::piped()).spawn().expect("the binary starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut greeting = String::new();
        while !greeting.ends_with("ready\n") {
            let read = stdout.read_line(&mut greeting).expect("stdout is text");
            assert!(read > 0, "weir serve ended before it was ready:\n{greeting}");
        }
        Self { child, stdout, greeting }
    }

    /// The rest of the first line that begins with `word`, as in `  bearer    abc`.
    pub fn value(&self, word: &str) -> &str {
        self.greeting
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix(word))
            .find_map(|rest| rest.starts_with(' ').then(|| rest.trim()))
            .unwrap_or_else(|| panic!("no {word} in\n{}", self.greeting))
    }

    /// Sends a signal by its name and returns the exit status and what was printed since `ready`.
    pub fn signal(mut self, name: &str) -> (Option<i32>, String) {
        let killed = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(killed.expect("kill runs").success());
        let status = self.child.wait().expect("the binary ends").code();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("stdout is text");
        (status, rest)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A peer on a free port that gives every request the same answer; lives as long as the process.
pub fn peer(answer: &'static str) -> String {
    answering_peer(move |_| answer.to_owned())
}

/// A peer on a free port that gives to each request line what `answer` makes of it; lives as long as the process.
pub fn answering_peer(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let (mut first, mut line) = (String::new(), String::new());
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                if first.is_empty() {
                    first.clone_from(&line);
                }
                line.clear();
            }
            let mut stream = reader.into_inner();
            // The client may have gone.
            let _ = stream.write_all(answer(&first).as_bytes());
        }
    });
    format!("http://{address}")
}

/// A command that ended with the status and said each of the words.
#[track_caller]
pub fn says(ran: &Ran, status: i32, words: &[&str]) {
    assert_eq!(ran.status, status, "{}{}", ran.stdout, ran.stderr);
    for word in words {
        assert!(ran.stdout.contains(word) || ran.stderr.contains(word), "{word:?}:\n{}{}", ran.stdout, ran.stderr);
    }
}
