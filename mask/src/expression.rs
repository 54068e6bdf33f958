//! Filters and PATCH paths (RFC 7644 sections 3.4.2.2 and 3.5.2): the literals that are compared with a secret.

use std::ops::Range;

use crate::{Masker, names};

/// An expression without its secrets.
pub(crate) struct MaskedExpression {
    pub text: String,
    /// Whether it follows no grammar, so that everything behind the name of a secret was left out.
    pub is_cut: bool,
}

/// RFC 7644 section 3.4.2.2, without `pr`, which compares nothing.
pub(crate) const OPERATORS: [&str; 9] = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];

enum Token {
    Word(Range<usize>),
    /// With its quotes.
    Literal(Range<usize>),
    Sign(u8),
}

impl Masker {
    /// The filter or path without what is compared with a secret; `None` if it holds no secret.
    pub(crate) fn expression(&mut self, text: &str) -> Option<MaskedExpression> {
        let end = end_of_secret_name(text)?;
        let Some(literals) = tokens(text).and_then(|tokens| secret_literals(text, &tokens)) else {
            let rest = text[end..].trim();
            if rest.is_empty() {
                return None;
            }
            self.note(rest);
            return Some(MaskedExpression { text: format!("{} {}", &text[..end], self.word), is_cut: true });
        };
        let mut masked = String::with_capacity(text.len());
        let mut at = 0;
        for literal in &literals {
            let own = &text[literal.clone()];
            let decoded = serde_json::from_str::<String>(own).unwrap_or_else(|_| own.to_owned());
            self.note(&decoded);
            masked.push_str(&text[at..literal.start]);
            masked.push('"');
            masked.push_str(self.word);
            masked.push('"');
            at = literal.end;
        }
        masked.push_str(&text[at..]);
        (!literals.is_empty()).then_some(MaskedExpression { text: masked, is_cut: false })
    }
}

/// Where the first name of a secret ends.
pub(crate) fn end_of_secret_name(text: &str) -> Option<usize> {
    let mut start = 0;
    for part in text.split_inclusive(|sign: char| !is_of_a_part(sign)) {
        let name = part.trim_end_matches(|sign: char| !is_of_a_part(sign));
        if names::is_secret_member(name) {
            return Some(start + name.len());
        }
        start += part.len();
    }
    None
}

fn is_of_a_part(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '-' | '$')
}

fn is_of_a_word(sign: char) -> bool {
    is_of_a_part(sign) || matches!(sign, '.' | ':' | '+')
}

/// `None` if a literal does not end, or something stands there that is no token.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(sign) = text[at..].chars().next() {
        let start = at;
        match sign {
            ' ' => at += 1,
            '(' | ')' | '[' | ']' => {
                at += 1;
                tokens.push(Token::Sign(text.as_bytes()[start]));
            }
            '"' => {
                at = start + length_of_literal(&text[start..])?;
                tokens.push(Token::Literal(start..at));
            }
            sign if is_of_a_word(sign) => {
                let rest = &text[start..];
                at = start + rest.find(|sign| !is_of_a_word(sign)).unwrap_or(rest.len());
                tokens.push(Token::Word(start..at));
            }
            _ => return None,
        }
    }
    Some(tokens)
}

/// Of a JSON string at the beginning of `text`.
fn length_of_literal(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !is_escaped => {
                // What stands at once behind the quote shows that it was not the last.
                let next = text.as_bytes().get(at + 1);
                return next.is_none_or(|next| matches!(next, b' ' | b')' | b']')).then_some(at + 1);
            }
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    None
}

/// The values that are compared with a secret; `None` if the tokens follow neither the grammar of a filter nor that of a path.
fn secret_literals(text: &str, tokens: &[Token]) -> Option<Vec<Range<usize>>> {
    let is = |token: Option<&Token>, words: &[&str]| match token {
        Some(Token::Word(range)) => words.iter().any(|word| text[range.clone()].eq_ignore_ascii_case(word)),
        _ => false,
    };
    let mut found = Vec::new();
    // The open brackets, and whether what they are about is a secret.
    let mut open: Vec<(u8, bool)> = Vec::new();
    let mut tokens = tokens.iter().peekable();
    loop {
        // A term.
        let is_inside = open.iter().any(|(_, is_secret)| *is_secret);
        match tokens.next()? {
            Token::Sign(b'(') => {
                open.push((b')', false));
                continue;
            }
            Token::Word(range) if text[range.clone()].eq_ignore_ascii_case("not") => continue,
            Token::Word(range) => {
                let name = &text[range.clone()];
                if holds_more_than_a_name(name) {
                    return None;
                }
                let is_secret = is_inside || names::is_secret_member(name);
                if matches!(tokens.peek(), Some(Token::Sign(b'['))) {
                    tokens.next();
                    open.push((b']', is_secret));
                    continue;
                }
                if is(tokens.peek().copied(), &["pr"]) {
                    tokens.next();
                } else if is(tokens.peek().copied(), &OPERATORS) {
                    tokens.next();
                    let (Token::Literal(value) | Token::Word(value)) = tokens.next()? else { return None };
                    if is_secret && !matches!(&text[value.clone()], "true" | "false" | "null") {
                        found.push(value.clone());
                    }
                }
            }
            Token::Literal(_) | Token::Sign(_) => return None,
        }
        // What follows a term.
        loop {
            match tokens.next() {
                None => return open.is_empty().then_some(found),
                Some(Token::Sign(sign)) if open.last().is_some_and(|(closing, _)| closing == sign) => {
                    open.pop();
                    let is_sub_attribute = |token: &&Token| match token {
                        Token::Word(range) => text[range.clone()].starts_with('.'),
                        _ => false,
                    };
                    if *sign == b']' && tokens.peek().is_some_and(is_sub_attribute) {
                        tokens.next();
                    }
                }
                token if is(token, &["and", "or"]) => break,
                Some(_) => return None,
            }
        }
    }
}

/// Whether something follows the name of a secret inside a word, as in `password:x`, that is no sub-attribute.
fn holds_more_than_a_name(word: &str) -> bool {
    let parts: Vec<&str> = word.split([':', '.']).collect();
    let own = parts.iter().position(|part| names::is_secret_member(part));
    own.is_some_and(|own| parts[own + 1..].iter().any(|part| !part.eq_ignore_ascii_case("value")))
}
