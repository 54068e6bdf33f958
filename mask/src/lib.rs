//! Secrets in HTTP messages: which names speak of one ([`names`]), and a [`Masker`] that takes the values out of headers,
//! queries, forms, JSON and prose. The endpoint's journal and the harness's reports share it, so that there is one list of
//! names. It is a crate of its own because both need it and nothing else does: it knows HTTP's names, which `scim` does not,
//! and messages, which `weir-files` does not.
//!
//! A name counts as its recipient decodes it: `client%5Fsecret` in a form, `client\u005fsecret` in JSON, `Password` behind the
//! URN of its schema. What cannot be decoded, and may hold a secret, is shown as its length. One pass over the bytes
//! ([`may_speak`]) comes first, so that a message without such names is neither parsed nor copied.

mod body;
mod expression;
mod header;
mod json;
pub mod names;
mod pairs;
mod prose;
mod quick;
mod url;

#[cfg(test)]
mod tests;

pub use body::BodyHead;
pub use quick::may_speak;
pub use url::{secret_parameters, urls};

/// Stands where a secret was, unless a caller has another word.
pub const MASK: &str = "***";

/// The fewest characters of a secret that is looked for where an answer quotes its request.
const FEWEST: usize = 4;
/// The most secrets of a request that are looked for in its answer.
const MOST_NOTED: usize = 256;

/// Takes secrets out of the parts of one exchange, the request first: an answer may quote a secret without its name, so the
/// masker notes each that it meets, and takes it out of the prose that follows.
#[derive(Clone, Debug)]
pub struct Masker {
    word: &'static str,
    noted: Vec<String>,
}

impl Default for Masker {
    fn default() -> Self {
        Self::new(MASK)
    }
}

impl Masker {
    /// A masker that writes `word` where a secret was.
    #[must_use]
    pub const fn new(word: &'static str) -> Self {
        Self { word, noted: Vec::new() }
    }

    /// Notes a secret and its words, which an error may quote alone.
    fn note(&mut self, secret: &str) {
        let words = secret.split(|sign: char| !sign.is_alphanumeric()).filter(|word| *word != secret);
        for part in std::iter::once(secret.trim()).chain(words) {
            let is_word = matches!(part, "true" | "false" | "null" | "value" | "password" | "quot");
            if part.chars().count() >= FEWEST && !is_word && self.noted.len() < MOST_NOTED {
                self.noted.push(part.to_owned());
            }
        }
    }
}
