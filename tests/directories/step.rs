//! `weir provision --step`: one cycle for each change that the test makes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdout, Stdio};

use crate::support::{Served, weir};

/// A provisioner that waits between its cycles.
pub struct Steps {
    child: Child,
    stdout: BufReader<ChildStdout>,
    output: String,
}

impl Steps {
    /// Starts, and waits for the first cycle.
    pub fn start(served: &Served, password: &str, arguments: &[&str]) -> Self {
        let mut child =
            weir(&["provision", "--as", "pingfederate-aquera", "--step", "--bearer", served.value("bearer")])
                .args(arguments)
                .arg(served.value("URL"))
                .env("WEIR_BIND_PASSWORD", password)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the binary starts");
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut steps = Self { child, stdout, output: String::new() };
        steps.wait();
        steps
    }

    /// Runs one further cycle.
    pub fn next(&mut self) {
        self.child.stdin.as_mut().expect("stdin is piped").write_all(b"\n").expect("it waits for a line");
        self.wait();
    }

    /// The report of a cycle is printed when the cycle is over.
    fn wait(&mut self) {
        loop {
            let mut line = String::new();
            let read = self.stdout.read_line(&mut line).expect("output is text");
            if read == 0 {
                let mut stderr = String::new();
                let _ = self.child.stderr.take().map(|mut pipe| pipe.read_to_string(&mut stderr));
                panic!("it ended:\n{}{stderr}", self.output);
            }
            self.output += &line;
            if line.starts_with("cycle ") {
                return;
            }
        }
    }

    /// Ends the input: status, and what was said of each cycle without times and tables' heads.
    pub fn finish(mut self) -> (Option<i32>, Vec<String>, String) {
        drop(self.child.stdin.take());
        self.stdout.read_to_string(&mut self.output).expect("output is text");
        let mut stderr = String::new();
        self.child.stderr.take().expect("stderr is piped").read_to_string(&mut stderr).expect("output is text");
        let status = self.child.wait().expect("it ends").code();
        let mut cycles: Vec<String> = Vec::new();
        for line in self.output.lines() {
            let line = line.trim();
            if line.starts_with("cycle ") {
                cycles.push(String::new());
            } else if let Some(cycle) = cycles.last_mut()
                && (line.starts_with("users:") || line.starts_with("groups:") || line.starts_with("failed"))
            {
                *cycle += if cycle.is_empty() { "" } else { "; " };
                *cycle += line;
            }
        }
        (status, cycles, self.output.clone() + &stderr)
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
