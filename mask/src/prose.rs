//! Text that follows no grammar, such as the detail of an error (RFC 7644 section 3.12): what stands behind the name of a
//! secret, credentials behind their scheme, and what the request was seen to hold.

use std::ops::Range;

use crate::{Masker, names, pairs};

/// The fewest characters of what is taken for a token behind its scheme.
const SHORTEST_TOKEN: usize = 8;
/// So many characters at the beginning of a longer secret give it away; an error can cut off what it quotes.
const TELLING: usize = 12;

/// What stands behind a name.
enum Follows {
    Nothing,
    /// The value is this long, from the end of the name.
    Value(Range<usize>),
    /// Everything from here on may be the value.
    Rest(usize),
}

impl Masker {
    /// The text without its secrets; `None` if none was found.
    #[must_use]
    pub fn prose(&mut self, text: &str) -> Option<String> {
        let mut masked = String::new();
        let mut at = 0;
        for word in words(text) {
            if word.start < at {
                continue;
            }
            let Some(secret) = secret_behind(text, &word) else { continue };
            masked.push_str(&text[at..secret.start]);
            masked.push_str(self.word);
            self.note(&pairs::decoded(&text[secret.clone()]));
            at = secret.end;
        }
        if at > 0 {
            masked.push_str(&text[at..]);
        }
        let found = if at > 0 { Some(masked) } else { None };
        let without = self.without_noted(found.as_deref().unwrap_or(text));
        without.or(found)
    }

    /// The text without what was noted, where it stands as a word.
    pub(crate) fn without_noted(&self, text: &str) -> Option<String> {
        let mut masked: Option<String> = None;
        for secret in &self.noted {
            let beginning = secret.char_indices().nth(TELLING).map_or(&**secret, |(end, _)| &secret[..end]);
            let own = masked.as_deref().unwrap_or(text);
            if own.contains(beginning) {
                masked = Some(without(own, secret, beginning, self.word));
            }
        }
        masked
    }
}

/// Replaces `secret`, or as much of it as stands there, if its `beginning` does.
fn without(text: &str, secret: &str, beginning: &str, word: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(beginning) {
        let same = secret.chars().zip(rest[start..].chars()).take_while(|(own, other)| own == other);
        let end = start + same.map(|(sign, _)| sign.len_utf8()).sum::<usize>();
        let is_word =
            !rest[..start].ends_with(char::is_alphanumeric) && !rest[end..].starts_with(char::is_alphanumeric);
        masked.push_str(&rest[..start]);
        masked.push_str(if is_word || secret.len() >= SHORTEST_TOKEN { word } else { &rest[start..end] });
        rest = &rest[end..];
    }
    masked.push_str(rest);
    masked
}

/// Where the secret is that this word is or announces.
fn secret_behind(text: &str, word: &Range<usize>) -> Option<Range<usize>> {
    let own = &text[word.clone()];
    if is_json_web_token(own) {
        return Some(word.clone());
    }
    let rest = &text[word.end..];
    if ["bearer", "basic", "negotiate", "dpop"].iter().any(|scheme| own.eq_ignore_ascii_case(scheme)) {
        let token = rest.strip_prefix(' ').unwrap_or_default().trim_start();
        let length = token.find(|sign: char| !is_of_a_token(sign)).unwrap_or(token.len());
        let start = text.len() - token.len();
        return looks_like_a_token(&token[..length]).then_some(start..start + length);
    }
    let name = pairs::decoded(own);
    if name.contains([' ', '"', '=']) {
        // A whole filter, encoded for a URL.
        return crate::expression::end_of_secret_name(&name).map(|_| word.clone());
    }
    let in_query = text[..word.start].ends_with(['?', '&', ';', '#', '/']);
    let named = name.split([':', '.']).any(names::is_secret_member) || in_query && names::is_secret_in_pairs(&name);
    if !named {
        return None;
    }
    match follows(&name, rest, in_query) {
        Follows::Nothing => None,
        Follows::Value(range) => Some(word.end + range.start..word.end + range.end),
        Follows::Rest(start) => Some(word.end + start..text.len()),
    }
}

/// What stands behind the name of a secret.
fn follows(name: &str, rest: &str, in_query: bool) -> Follows {
    if in_query && let Some(value) = rest.strip_prefix('=') {
        let ends = |sign: char| sign.is_whitespace() || matches!(sign, '&' | '"' | '<' | '>' | '#' | '`');
        return Follows::Value(1..1 + value.find(ends).unwrap_or(value.len()));
    }
    // The name itself may stand in quotes.
    let mut behind = rest;
    while let Some(shorter) =
        ["\"", "'", "`", "\\", "”", "’", "»", "&quot;", "&#34;"].iter().find_map(|quote| behind.strip_prefix(quote))
    {
        behind = shorter;
    }
    let next = behind.trim_start();
    let value = |part: &str| {
        if part.trim().is_empty() { Follows::Nothing } else { Follows::Rest(rest.len() - part.len()) }
    };
    if let Some(said) = next.strip_prefix(':') {
        return if is_value(name, said.trim_start()) { value(said.trim_start()) } else { Follows::Nothing };
    }
    if let Some(said) = ["=", "[", "(", ">", "->", "→"].iter().find_map(|sign| next.strip_prefix(sign)) {
        return value(said.trim_start_matches('=').trim_start());
    }
    let has_gap = next.len() < behind.len();
    // `password "x"`, but not `"password" "x"`, which is a list.
    if has_gap && behind.len() == rest.len() && begins_with_quote(next) {
        return value(next);
    }
    let operator = next.split(|sign: char| !sign.is_ascii_alphabetic()).next().unwrap_or_default();
    if has_gap && crate::expression::OPERATORS.iter().any(|one| operator.eq_ignore_ascii_case(one)) {
        return value(next[operator.len()..].trim_start());
    }
    Follows::Nothing
}

/// Whether what stands behind the colon of a name is its value rather than a sentence about it.
fn is_value(name: &str, said: &str) -> bool {
    let first = said.split(' ').next().unwrap_or_default();
    names::is_secret_header(name) && !names::is_secret_member(name)
        || name.to_ascii_lowercase().contains("authorization")
        || begins_with_quote(said)
        || said.starts_with(['{', '[', '\\', '&'])
        || !said.contains(' ')
        || first.trim_end_matches([',', ';', '.']).contains(|sign: char| !sign.is_alphabetic())
}

fn begins_with_quote(text: &str) -> bool {
    text.starts_with(['"', '\'', '`', '“'])
}

/// The words of a text that can be names or tokens; escapes of a URL are part of them.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive(|sign: char| !is_of_a_name(sign)).filter_map(move |part| {
        let word = part.trim_end_matches(|sign: char| !is_of_a_name(sign));
        // What ends a sentence, and the colon behind a name.
        let word = word.trim_end_matches(['.', ':', '-']);
        let range = start..start + word.len();
        start += part.len();
        (!word.is_empty()).then_some(range)
    })
}

fn is_of_a_name(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.' | ':' | '$' | '%')
}

/// RFC 9110 section 11.2, `token68`.
fn is_of_a_token(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '-' | '.' | '_' | '~' | '+' | '/' | '=')
}

/// No word of a language: those are lower case, with or without a capital.
fn looks_like_a_token(word: &str) -> bool {
    let is_mixed = || word.chars().skip(1).any(|sign| sign.is_ascii_uppercase());
    let is_parameter =
        word.split('=').nth(1).is_some_and(|value| !value.is_empty()) || word.ends_with('=') && word.len() < 12;
    word.len() >= SHORTEST_TOKEN
        && !is_parameter
        && (word.contains(|sign: char| sign.is_ascii_digit() || "_-~+/=".contains(sign)) || is_mixed())
}

/// Three parts in base64, the first of which begins as JSON does (RFC 7519 section 3).
fn is_json_web_token(word: &str) -> bool {
    let mut parts = word.split('.');
    word.starts_with("eyJ")
        && parts.clone().count() >= 2
        && parts.next().is_some_and(|head| head.len() >= SHORTEST_TOKEN)
}
