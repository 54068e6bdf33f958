//! What `weir init` asks a person at a terminal: where the endpoint is, how it authenticates Weir, and where the secret is. A secret
//! itself is never asked for, since it would stand on the screen.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use url::Url;
use weir_exchange::base_url;
use weir_exchange::legible::Legible;

use crate::config::{CredentialSource, SecretKind, SecretSource};
use crate::failure::Failure;

/// How an endpoint can authenticate Weir, in the order of the question.
const WAYS: [&str; 4] =
    ["a bearer token", "user and password (Basic)", "an OAuth client (client credentials)", "not at all"];
/// Where a secret can be, in the order of the question.
const PLACES: [&str; 3] = ["in a variable of the environment", "in a file", "a command prints it"];

/// A person who is asked.
pub(super) struct Questions<'a> {
    pub input: &'a mut dyn BufRead,
    pub output: &'a mut dyn Write,
}

impl Questions<'_> {
    /// The SCIM base URL.
    pub(super) fn url(&mut self) -> Result<Url, Failure> {
        loop {
            let text = self.text("The SCIM base URL, such as https://scim.example.com/v2", None)?;
            match base_url(&text) {
                Ok(url) => return Ok(url),
                Err(error) => self.say(&error.to_string())?,
            }
        }
    }

    /// How the endpoint authenticates Weir, with a secret that can be read now; `None` if it does not.
    pub(super) fn credentials(&mut self) -> Result<Option<CredentialSource>, Failure> {
        Ok(match self.choice("How does the endpoint authenticate Weir?", &WAYS)? {
            0 => Some(CredentialSource::Bearer(self.secret("the token", "WEIR_BEARER", SecretKind::Token)?)),
            1 => Some(CredentialSource::Basic(self.secret("USER:PASS", "WEIR_BASIC", SecretKind::Password)?)),
            2 => Some(self.oauth()?),
            _ => None,
        })
    }

    fn oauth(&mut self) -> Result<CredentialSource, Failure> {
        let token_url = loop {
            let text = self.text("The URL of the token endpoint", None)?;
            match Url::parse(&text) {
                Ok(url) => break url,
                Err(error) => self.say(&format!("{text:?} is not a URL: {error}"))?,
            }
        };
        let client = self.text("The id of the client", None)?;
        let secret = self.secret("the client's secret", "WEIR_OAUTH_SECRET", SecretKind::Password)?;
        let scope = self.text("The scope to ask for, or - for none", Some("-"))?;
        let scope = Some(scope).filter(|scope| scope != "-");
        Ok(CredentialSource::Oauth { token_url, client, secret, scope })
    }

    /// Where a secret is, once it has been read from there.
    fn secret(&mut self, what: &str, variable: &str, kind: SecretKind) -> Result<SecretSource, Failure> {
        loop {
            let source = match self.choice(&format!("Where is {what}? It does not go into the file."), &PLACES)? {
                0 => SecretSource::Environment(self.text("The variable", Some(variable))?),
                1 => SecretSource::File(PathBuf::from(self.text("The file", None)?)),
                _ => {
                    let command = self.text("The program and its arguments, such as: pass show scim", None)?;
                    SecretSource::Command(command.split_whitespace().map(str::to_owned).collect())
                }
            };
            match source.read(kind) {
                Ok(_) => return Ok(source),
                Err(error) => self.say(&error.to_string())?,
            }
        }
    }

    /// The place of what is chosen; the first is chosen by an empty line.
    fn choice(&mut self, question: &str, choices: &[&str]) -> Result<usize, Failure> {
        self.say(question)?;
        for (index, choice) in choices.iter().enumerate() {
            self.say(&format!("  {}  {choice}", index + 1))?;
        }
        loop {
            let text = self.text("Number", Some("1"))?;
            match text.parse::<usize>().ok().filter(|number| (1..=choices.len()).contains(number)) {
                Some(number) => return Ok(number - 1),
                None => self.say(&format!("write a number from 1 to {}", choices.len()))?,
            }
        }
    }

    /// A line that is not empty, or `default`.
    fn text(&mut self, question: &str, default: Option<&str>) -> Result<String, Failure> {
        loop {
            let hint = default.map(|default| format!(" [{default}]")).unwrap_or_default();
            write!(self.output, "{}", Legible(format!("{question}{hint}: ")))?;
            self.output.flush()?;
            let mut line = String::new();
            if self.input.read_line(&mut line)? == 0 {
                self.say("")?;
                return Err(Failure::Usage("there was no answer, and nothing was written".into()));
            }
            match (line.trim(), default) {
                ("", None) => {}
                ("", Some(default)) => return Ok(default.to_owned()),
                (text, _) => return Ok(text.to_owned()),
            }
        }
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.output, "{}", Legible(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A person who types `lines`, and what is seen meanwhile.
    fn person<'a>(lines: &'a mut &'static [u8], seen: &'a mut Vec<u8>) -> Questions<'a> {
        Questions { input: lines, output: seen }
    }

    fn credentials(lines: &'static str) -> (Result<Option<CredentialSource>, Failure>, String) {
        let (mut lines, mut seen) = (lines.as_bytes(), Vec::new());
        let answer = person(&mut lines, &mut seen).credentials();
        (answer, String::from_utf8(seen).unwrap())
    }

    #[test]
    fn a_url_is_asked_for_until_it_is_one() {
        let (mut lines, mut seen) = ("\nlocalhost:8080\nhttp://localhost:8080/scim\n".as_bytes(), Vec::new());
        let url = person(&mut lines, &mut seen).url();
        let seen = String::from_utf8(seen).unwrap();
        assert_eq!(url.unwrap().as_str(), "http://localhost:8080/scim");
        assert!(seen.contains("did you mean http://localhost:8080"), "{seen}");
    }

    #[test]
    fn a_secret_is_asked_for_until_it_can_be_read() {
        let (source, seen) = credentials("1\n1\nWEIR_NOT_SET_ANYWHERE\n3\nprintf a-token\n");
        let Some(CredentialSource::Bearer(SecretSource::Command(words))) = source.unwrap() else { panic!("{seen}") };
        assert_eq!(words, ["printf", "a-token"]);
        assert!(seen.contains("the variable WEIR_NOT_SET_ANYWHERE is not set"), "{seen}");
        assert!(!seen.contains("a-token\n"), "{seen}");
    }

    #[test]
    fn an_oauth_client_has_a_token_endpoint_and_a_scope() {
        let lines = "3\nhttps://login.example.com/token\nweir\n3\nprintf secret\nscim\n";
        let Some(CredentialSource::Oauth { token_url, client, scope, .. }) = credentials(lines).0.unwrap() else {
            panic!("it is another way")
        };
        assert_eq!((token_url.as_str(), &*client), ("https://login.example.com/token", "weir"));
        assert_eq!(scope.as_deref(), Some("scim"));
    }

    #[test]
    fn the_end_of_the_input_ends_the_questions() {
        let (answer, _) = credentials("5\n");
        assert!(matches!(answer, Err(Failure::Usage(reason)) if reason.contains("nothing was written")));
        assert!(credentials("4\n").0.unwrap().is_none());
    }
}
