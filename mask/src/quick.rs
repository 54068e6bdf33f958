//! Whether a text may speak of a secret, in one pass over its bytes.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::names;

/// Each name of a secret holds one of these, in any letter case; `grant` announces short names, `eyj` a JSON Web Token.
const STEMS: [&str; 26] = [
    "pass",
    "pwd",
    "secret",
    "credential",
    "token",
    "assertion",
    "signature",
    "key",
    "auth",
    "cookie",
    "saml",
    "verifier",
    "device",
    "jwt",
    "otp",
    "sess",
    "grant",
    "code=",
    "pin=",
    "sig=",
    "ticket=",
    "bearer",
    "basic",
    "dpop",
    "negotiate",
    "eyj",
];

/// `None` only if the list made no automaton, which fixed short words always do; then every text may speak.
static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(STEMS).ok());

/// `false` only if no name in `text` is a secret's, however it is written: the pass sees names as they are and takes each
/// escape of JSON or of a URL that spells a letter for one that may hide a name.
#[must_use]
pub fn may_speak(text: &[u8]) -> bool {
    FINDER.as_ref().is_none_or(|finder| finder.is_match(text)) || spells_letters(text)
}

/// As [`may_speak`], for a query or a form, where short names count too.
pub(crate) fn may_speak_in_pairs(text: &[u8]) -> bool {
    may_speak(text)
        || text.split(|&byte| byte == b'&').any(|pair| {
            let name = pair.split(|&byte| byte == b'=').next().unwrap_or_default();
            !name.iter().all(u8::is_ascii_alphabetic) || str::from_utf8(name).is_ok_and(names::is_secret_parameter)
        })
}

/// Whether an escape stands for an ASCII letter, a digit or a sign of names, which need none: a name may hide behind it.
fn spells_letters(text: &[u8]) -> bool {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    text.iter().enumerate().any(|(at, byte)| match byte {
        b'%' => digit(at + 1).zip(digit(at + 2)).is_some_and(|(high, low)| is_of_a_name(high * 16 + low)),
        b'\\' => {
            text.get(at + 1) == Some(&b'u')
                && text.get(at + 2..at + 4) == Some(b"00")
                && digit(at + 4).is_some_and(|high| (2..8).contains(&high))
        }
        _ => false,
    })
}

fn is_of_a_name(code: u32) -> bool {
    // `%25` may hide a second escape, and `%3D` ends a name.
    char::from_u32(code).is_some_and(|sign| sign.is_ascii_alphabetic() || matches!(sign, '_' | '\\' | '%' | '='))
}
