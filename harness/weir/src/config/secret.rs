//! Secrets as CI systems have them: in the environment, in a file, or behind a command.

use std::fmt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use secrecy::{ExposeSecret as _, SecretString};
use weir_files::document;
use weir_files::fault::FileFault;

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
    #[error(transparent)]
    File(#[from] FileFault),
    #[error("`{command}` cannot be run: {problem}")]
    NotRun { command: String, problem: String },
    #[error("`{command}` ended with {status}")]
    Failed { command: String, status: String },
    #[error("{0} is empty")]
    Empty(String),
    #[error("the secret of {origin} has a line break after {after} characters; give one line")]
    LineBreak { origin: String, after: usize },
    #[error("the secret of {origin} has a control character after {after} characters, which HTTP does not allow")]
    Control { origin: String, after: usize },
    #[error("the secret of {origin} begins with `{word} `; give what follows")]
    Scheme { origin: String, word: &'static str },
    #[error("a text that begins with @ is not read as a file here; write {{ file = \"PATH\" }}")]
    AtFile,
}

/// What a secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// A bearer token.
    Token,
    /// Name and password with a colon between, or a password alone.
    Password,
    /// The value of a header, which may be anything that HTTP allows.
    Header,
}

/// Looks at a secret before anything is sent, whichever way it came: `origin` is where from, in words that a report may hold.
pub fn inspect(text: &str, kind: SecretKind, origin: &str) -> Result<SecretString, SecretError> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text).trim_end_matches(['\r', '\n']);
    let origin = || origin.to_owned();
    if text.trim().is_empty() {
        return Err(SecretError::Empty(origin()));
    }
    if let Some((after, c)) = text.chars().enumerate().find(|(_, c)| c.is_control() && *c != '\t') {
        return Err(match c {
            '\r' | '\n' => SecretError::LineBreak { origin: origin(), after },
            _ => SecretError::Control { origin: origin(), after },
        });
    }
    let scheme = match kind {
        SecretKind::Token => Some("Bearer"),
        SecretKind::Password => Some("Basic"),
        SecretKind::Header => None,
    };
    let is_scheme = |word: &&str| {
        let end = text.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)).map(str::len);
        end.is_some_and(|end| text[end..].starts_with(' '))
    };
    match scheme.filter(is_scheme) {
        Some(word) => Err(SecretError::Scheme { origin: origin(), word }),
        None => Ok(text.to_owned().into()),
    }
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
    pub fn read(&self, kind: SecretKind) -> Result<SecretString, SecretError> {
        let text = match self {
            Self::Text(text) if text.expose_secret().starts_with('@') && kind != SecretKind::Header => {
                return Err(SecretError::AtFile);
            }
            Self::Text(text) => text.expose_secret().to_owned(),
            Self::Environment(name) => std::env::var(name).map_err(|_| SecretError::Unset(name.clone()))?,
            Self::File(file) => document::read(file)?,
            Self::Command(words) => output_of(words)?,
        };
        inspect(&text, kind, &self.origin())
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
    String::from_utf8(output.stdout).map_err(|_| not_run("what it prints is not a text in UTF-8".into()))
}
