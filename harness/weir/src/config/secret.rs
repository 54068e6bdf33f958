//! Secrets as CI systems have them: in the environment, in a file, or behind a command.

use std::fmt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use secrecy::SecretString;

/// Where a secret is to be had.
#[derive(Clone)]
pub enum SecretSource {
    /// In the configuration itself.
    Text(SecretString),
    /// A variable of the environment.
    Environment(String),
    File(PathBuf),
    /// A program with its arguments; what it prints, without the end of the line.
    Command(Vec<String>),
}

/// Why a secret cannot be had. It never holds what the secret might be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("the variable {0} is not set")]
    Unset(String),
    #[error("{} cannot be read: {problem}", .file.display())]
    File { file: PathBuf, problem: String },
    #[error("`{command}` cannot be run: {problem}")]
    NotRun { command: String, problem: String },
    #[error("`{command}` ended with {status}")]
    Failed { command: String, status: String },
    #[error("{0} gives an empty text")]
    Empty(String),
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

impl SecretSource {
    /// Where it comes from, in words that a report may hold.
    pub fn origin(&self) -> String {
        match self {
            Self::Text(_) => "the configuration".into(),
            Self::Environment(name) => format!("the variable {name}"),
            Self::File(file) => file.display().to_string(),
            Self::Command(words) => format!("`{}`", words.join(" ")),
        }
    }

    /// The secret.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        let text = match self {
            Self::Text(text) => return Ok(text.clone()),
            Self::Environment(name) => std::env::var(name).map_err(|_| SecretError::Unset(name.clone()))?,
            Self::File(file) => std::fs::read_to_string(file)
                .map_err(|error| SecretError::File { file: file.clone(), problem: error.to_string() })?,
            Self::Command(words) => output_of(words)?,
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Err(SecretError::Empty(self.origin()));
        }
        Ok(text.to_owned().into())
    }
}

/// What a command prints. Its errors go to the terminal, where a person may be asked for a password.
fn output_of(words: &[String]) -> Result<String, SecretError> {
    let command = words.join(" ");
    let not_run = |problem: String| SecretError::NotRun { command: command.clone(), problem };
    let (program, arguments) = words.split_first().ok_or_else(|| not_run("it has no words".into()))?;
    let output = Command::new(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| not_run(error.to_string()))?;
    if !output.status.success() {
        return Err(SecretError::Failed { command, status: output.status.to_string() });
    }
    String::from_utf8(output.stdout).map_err(|_| not_run("what it prints is not text".into()))
}
