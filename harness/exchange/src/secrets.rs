//! The secrets of this process, and the one filter that takes them out of what is written.
//!
//! An endpoint may repeat what it is sent: in the detail of an error, in a header, in an attribute. So whatever Weir writes for
//! somebody to read goes through [`masked`]. The list belongs to the process, as panics, logs and standard error do, and only
//! grows: a secret stays one.
//!
//! Known are the secrets that a user gives by flag, variable, file or command, and the tokens that are fetched with them, each
//! as it is, in base64, and as the header carries it in base64. Whichever of their characters JSON, a URL or HTML escape, they are
//! found: see `escapes`. A report cuts long values off, so that the beginning of a long secret is masked too. A secret that is a short
//! word is found where it stands alone, and not in longer words and names. One of fewer than four characters is found behind its
//! scheme alone (`Bearer abc`), and a word of JSON nowhere: they would turn the report into asterisks.

mod escapes;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::{Position, Url};

use escapes::PlainText;

use super::exchange::{Exchange, ParsedBody};

/// Stands where a secret was.
pub const MASK: &str = "***";
/// The fewest characters of a secret that is searched for.
const FEWEST: usize = 4;
/// So many characters at the beginning of a longer secret give it away.
const TELLING: usize = 12;
/// Marks where a long value was cut off.
const CUT: char = '…';

/// What is searched for, without escapes.
#[derive(Default)]
struct KnownSecrets {
    forms: BTreeSet<Vec<u8>>,
    /// Secrets that are words as the reports have them, in lower case.
    words: BTreeSet<Vec<u8>>,
    filter: Option<Arc<Filter>>,
}

static KNOWN: RwLock<KnownSecrets> =
    RwLock::new(KnownSecrets { forms: BTreeSet::new(), words: BTreeSet::new(), filter: None });

/// Takes note of a secret. What no text can hide behind is left out: see the module.
pub fn register(secret: &str) {
    let forms = forms_of(secret);
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if forms.is_subset(&known.forms) {
        return;
    }
    known.forms.extend(forms);
    known.words.extend(word_of(secret));
    known.filter = Filter::new(&known.forms, &known.words).map(Arc::new);
}

/// Takes note of the value of a header that a user gives: the whole, and its parts, as in `Bearer TOKEN` or `a=b; c=d`. Headers
/// that say how an answer is wanted hold no secret.
pub fn register_header(name: &str, value: &str) {
    const PLAIN: [&str; 8] = [
        "accept",
        "accept-charset",
        "accept-language",
        "cache-control",
        "content-type",
        "host",
        "prefer",
        "user-agent",
    ];
    if PLAIN.iter().any(|plain| plain.eq_ignore_ascii_case(name.trim())) {
        return;
    }
    let value = value.trim();
    register(value);
    for part in value.split([' ', ';', ',', '=']).filter(|part| part.len() >= 8) {
        register(part);
    }
}

/// Takes note of the password in a URL, as that of a proxy has one, of a user without a password, which is a token, and of the
/// parameters whose names speak of a secret.
pub fn register_url(url: &Url) {
    for secret in [url.query(), url.fragment()].into_iter().flatten().flat_map(weir_mask::secret_parameters) {
        register(&secret);
    }
    if url.password().is_none() {
        register(&percent_encoding::percent_decode_str(url.username()).decode_utf8_lossy());
    }
    if let Some(password) = url.password() {
        register(password);
        let decoded = percent_encoding::percent_decode_str(password).decode_utf8_lossy();
        register(&decoded);
        let user = percent_encoding::percent_decode_str(url.username()).decode_utf8_lossy();
        register(&format!("{user}:{decoded}"));
    }
}

/// The text without any secret. A URL shows none, whoever's it is and whether it is known or not.
pub fn masked(text: &str) -> Cow<'_, str> {
    match filter() {
        Some(filter) => filter.masked(text),
        None => weir_mask::urls(text),
    }
}

/// Takes secrets out of every text of a JSON value, and out of the names of members.
pub fn mask_json(value: &mut Value) {
    filter().unwrap_or_default().mask_json(value, true);
}

/// Takes secrets out of every text of a JSON value of which the names of members are Weir's own.
pub fn mask_json_values(value: &mut Value) {
    filter().unwrap_or_default().mask_json(value, false);
}

/// The exchange as it may be shown.
pub fn masked_exchange(exchange: &Arc<Exchange>) -> Arc<Exchange> {
    filter().and_then(|filter| filter.exchange(exchange)).map_or_else(|| Arc::clone(exchange), Arc::new)
}

fn filter() -> Option<Arc<Filter>> {
    KNOWN.read().unwrap_or_else(PoisonError::into_inner).filter.clone()
}

/// Every form in which a secret may come back, without escapes.
fn forms_of(secret: &str) -> BTreeSet<Vec<u8>> {
    let is_word = matches!(secret.to_ascii_lowercase().as_str(), "true" | "false" | "null");
    if is_word || secret.is_empty() {
        return BTreeSet::new();
    }
    if secret.chars().count() < FEWEST {
        // Only as the header has it.
        return [format!("Bearer {secret}"), STANDARD.encode(format!("Bearer {secret}"))]
            .into_iter()
            .map(String::into_bytes)
            .collect();
    }
    let json = Value::from(secret).to_string();
    let form = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut forms = vec![secret.to_owned(), json[1..json.len() - 1].to_owned(), form];
    let credentials = STANDARD.encode(secret);
    for encoded in [secret, &format!("Bearer {secret}"), &credentials, &format!("Basic {credentials}")] {
        forms.extend([&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD].map(|base64| base64.encode(encoded)));
    }
    let plain = |form: String| PlainText::of(form.as_bytes()).map_or(form.into_bytes(), |plain| plain.bytes);
    let is_telling = |form: &Vec<u8>| form.iter().filter(|byte| begins_a_character(**byte)).count() >= FEWEST;
    forms.into_iter().map(plain).filter(is_telling).collect()
}

/// A secret that is a word as the reports have them: letters alone, and not many; or a short one behind its scheme.
fn word_of(secret: &str) -> Option<Vec<u8>> {
    if secret.chars().count() < FEWEST {
        return Some(format!("bearer {secret}").to_lowercase().into_bytes());
    }
    let is_word = secret.len() < TELLING && secret.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_word.then(|| secret.to_ascii_lowercase().into_bytes())
}

/// Whether the bytes are no part of a longer word or name, such as `access_token` or `auth.token-missing`.
fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let is_of_name = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte));
    let before = text[..start].last();
    let is_joined = |sign: Option<&u8>, next: Option<&u8>| sign == Some(&b'.') && is_of_name(next);
    let second = start.checked_sub(2).and_then(|at| text.get(at));
    // The letter of an escape, as in `\n`, is of no word.
    let is_escape = second == Some(&b'\\');
    !((is_of_name(before) && !is_escape)
        || is_of_name(text.get(end))
        || is_joined(before, second)
        || is_joined(text.get(end), text.get(end + 1)))
}

/// Whether this byte of UTF-8 is the first of a character.
const fn begins_a_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

/// Where the characters of the text begin.
fn characters(text: &[u8]) -> impl Iterator<Item = usize> {
    text.iter().enumerate().filter(|(_, byte)| begins_a_character(**byte)).map(|(at, _)| at)
}

#[derive(Default)]
struct Filter {
    /// Absent where no secret is known.
    finder: Option<AhoCorasick>,
    forms: Vec<Vec<u8>>,
    words: BTreeSet<Vec<u8>>,
}

impl Filter {
    /// `None` if there is nothing to search for.
    fn new(forms: &BTreeSet<Vec<u8>>, words: &BTreeSet<Vec<u8>>) -> Option<Self> {
        let forms: Vec<Vec<u8>> = forms.iter().cloned().collect();
        // The beginning of a long form is a pattern of its own; the longest of those that match counts.
        let beginnings = forms.iter().filter_map(|form| Some(&form[..characters(form).nth(TELLING)?]));
        let patterns = forms.iter().map(Vec::as_slice).chain(beginnings);
        let finder = AhoCorasickBuilder::new()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(patterns)
            // Fails only on patterns of gigabytes.
            .ok()?;
        (!forms.is_empty()).then_some(Self { finder: Some(finder), forms, words: words.clone() })
    }

    fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let text = match self.without(text.as_bytes()) {
            // Whole patterns were replaced, each of which is text.
            Some(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
            None => Cow::Borrowed(text),
        };
        let text = match weir_mask::urls(&text) {
            Cow::Owned(masked) => Cow::Owned(masked),
            Cow::Borrowed(_) => text,
        };
        if text.contains(CUT) { Cow::Owned(self.without_cut(&text)) } else { text }
    }

    /// The bytes with every form, or the beginning of one as far as it goes, replaced; `None` if there is none.
    fn without(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let plain = PlainText::of(bytes);
        let text = plain.as_ref().map_or(bytes, |plain| &plain.bytes);
        let origin = |at| plain.as_ref().map_or(at, |plain| plain.origin(at));
        let mut out: Option<Vec<u8>> = None;
        let (mut at, mut from) = (0, 0);
        let finder = self.finder.as_ref()?;
        while let Some(found) = text.get(from..).and_then(|rest| finder.find(rest)) {
            let start = from + found.start();
            let end = start + self.length(&text[start..]).max(found.len());
            if self.words.contains(&text[start..end].to_ascii_lowercase())
                && !stands_alone(bytes, origin(start), origin(end))
            {
                from = start + 1;
                continue;
            }
            let out = out.get_or_insert_default();
            out.extend_from_slice(&bytes[origin(at)..origin(start)]);
            out.extend_from_slice(MASK.as_bytes());
            (at, from) = (end, end);
        }
        let mut out = out?;
        out.extend_from_slice(&bytes[origin(at)..]);
        Some(out)
    }

    /// How far the bytes are the beginning of a form, at a character's end.
    fn length(&self, bytes: &[u8]) -> usize {
        let common = |form: &Vec<u8>| {
            let same = |(own, other): (&u8, &u8)| own.eq_ignore_ascii_case(other);
            let mut length = form.iter().zip(bytes).take_while(|pair| same(*pair)).count();
            while form.get(length).is_some_and(|byte| !begins_a_character(*byte)) {
                length -= 1;
            }
            length
        };
        self.forms.iter().map(common).max().unwrap_or(0)
    }

    /// A few characters of a secret before the mark of a cut are masked too.
    fn without_cut(&self, text: &str) -> String {
        let mut parts: Vec<String> = text.split(CUT).map(|part| self.without_end(part)).collect();
        // Behind the last mark nothing was cut off.
        if let (Some(last), Some(own)) = (parts.last_mut(), text.rsplit(CUT).next()) {
            own.clone_into(last);
        }
        parts.join(&CUT.to_string())
    }

    /// The text without the beginning of a form at its end, behind which an escape may have been cut in two.
    fn without_end(&self, text: &str) -> String {
        let whole = escapes::whole(text.as_bytes());
        let plain = PlainText::of(whole);
        let part = plain.as_ref().map_or(whole, |plain| &plain.bytes);
        let longest = self.forms.iter().filter_map(|form| {
            let ends = characters(form).skip(FEWEST);
            ends.filter(|end| part.ends_with(&form[..*end])).last()
        });
        let Some(length) = longest.max() else { return text.to_owned() };
        let start = part.len() - length;
        let start = plain.as_ref().map_or(start, |plain| plain.origin(start));
        format!("{}{MASK}", String::from_utf8_lossy(&text.as_bytes()[..start]))
    }

    /// The names of members are a peer's, and are masked too, or Weir's own.
    fn mask_json(&self, value: &mut Value, with_names: bool) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(masked) = self.masked(text) {
                    *text = masked;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask_json(item, with_names)),
            Value::Object(members) => {
                if with_names && members.keys().any(|name| matches!(self.masked(name), Cow::Owned(_))) {
                    *members = std::mem::take(members)
                        .into_iter()
                        .map(|(name, value)| (self.masked(&name).into_owned(), value))
                        .collect();
                }
                members.values_mut().for_each(|value| self.mask_json(value, with_names));
            }
            // A number that is a secret is one of digits, which no credential of a user is.
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The exchange without secrets; `None` if it holds none.
    fn exchange(&self, exchange: &Exchange) -> Option<Exchange> {
        // The origin is that of the URL that the user gave.
        let path = exchange.url[..Position::BeforePath].len();
        let (origin, path) = exchange.url.as_str().split_at(path);
        let url = self.without(path.as_bytes()).map(|path| format!("{origin}{}", String::from_utf8_lossy(&path)));
        let request_headers = self.headers(&exchange.request_headers);
        let response_headers = self.headers(&exchange.response_headers);
        let request_body = self.body(&exchange.request_body);
        let response_body = self.body(&exchange.response_body);
        let is_clean = url.is_none()
            && request_headers.is_none()
            && response_headers.is_none()
            && request_body.is_none()
            && response_body.is_none();
        if is_clean {
            return None;
        }
        let url = url.and_then(|url| Url::parse(&url).ok());
        Some(Exchange {
            number: exchange.number,
            method: exchange.method.clone(),
            url: url.unwrap_or_else(|| exchange.url.clone()),
            authentication: exchange.authentication,
            request_headers: request_headers.unwrap_or_else(|| exchange.request_headers.clone()),
            request_body: request_body.map_or_else(|| exchange.request_body.clone(), Into::into),
            status: exchange.status,
            response_headers: response_headers.unwrap_or_else(|| exchange.response_headers.clone()),
            response_body: response_body.map_or_else(|| exchange.response_body.clone(), Into::into),
            started: exchange.started,
            elapsed: exchange.elapsed,
            parsed: ParsedBody::default(),
        })
    }

    fn body(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        match std::str::from_utf8(bytes).map(|text| self.masked(text)) {
            Ok(Cow::Owned(masked)) => Some(masked.into_bytes()),
            Ok(Cow::Borrowed(_)) => None,
            Err(_) => self.without(bytes),
        }
    }

    fn headers(&self, headers: &HeaderMap) -> Option<HeaderMap> {
        let has_secret = |bytes: &[u8]| self.without(bytes).is_some();
        if !headers.iter().any(|(name, value)| has_secret(name.as_str().as_bytes()) || has_secret(value.as_bytes())) {
            return None;
        }
        let mut masked = HeaderMap::new();
        for (name, value) in headers {
            let own = self.without(name.as_str().as_bytes()).and_then(|name| HeaderName::from_bytes(&name).ok());
            let mut shown = match self.without(value.as_bytes()) {
                Some(bytes) => HeaderValue::from_bytes(&bytes).unwrap_or_else(|_| HeaderValue::from_static(MASK)),
                None => value.clone(),
            };
            shown.set_sensitive(value.is_sensitive());
            masked.append(own.unwrap_or_else(|| name.clone()), shown);
        }
        Some(masked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(secrets: &[&str]) -> Filter {
        let words = secrets.iter().filter_map(|secret| word_of(secret)).collect();
        let forms = secrets.iter().flat_map(|secret| forms_of(secret)).collect();
        Filter::new(&forms, &words).expect("something to search for")
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        let filter = filter(&["pä\"ss/w&rd<1>", "admin:pä\"ss/w&rd<1>"]);
        for shown in [
            "Bearer pä\"ss/w&rd<1>",
            "Basic YWRtaW46cMOkInNzL3cmcmQ8MT4=",
            "Basic YWRtaW46cMOkInNzL3cmcmQ8MT4",
            r#"{"detail":"pä\"ss/w&rd<1>"}"#,
            r#"{"detail":"p\u00e4\"ss\/w&rd<1>"}"#,
            r#"{"detail":"P\u00E4\"SS/w&rd<1>"}"#,
            r#"{"detail":"p\u00E4\u0022ss/w\u0026rd\u003C1\u003E"}"#,
            "?token=p%C3%A4%22ss%2Fw%26rd%3C1%3E",
            "?token=p%c3%a4%22ss%2fw%26rd%3c1%3e",
            "<p>pä&quot;ss/w&amp;rd&lt;1&gt;</p>",
            r"\u0070ä\\u0022ss%2fw&#38;rd&#x3c;1\u003E",
            "%25%37%30%c3%a4%22ss/w&amp;amp;rd<1&gt",
        ] {
            let masked = filter.masked(shown);
            assert!(masked.contains(MASK), "{shown} became {masked}");
            assert!(!masked.to_lowercase().contains("rd"), "{shown} became {masked}");
        }
        for plain in ["nothing of the kind", r#"{"a\u0062c": "100 %41 \"\\ &amp; more\n"}"#, "\\"] {
            assert_eq!(filter.masked(plain), plain);
        }
    }

    #[test]
    fn what_stands_around_a_secret_stays_as_it_was() {
        let filter = filter(&["hunter2/is=mine", "slash\\end\\"]);
        for (text, expected) in [
            (r#"{"a\u0062":"\"\u0068unter2\/is\u003dmine\n%41\\"}"#, r#"{"a\u0062":"\"***\n%41\\"}"#),
            (r#"{"a":"{\"b\":\"\\u0068unter2\\/is=mine\"}"}"#, r#"{"a":"{\"b\":\"***\"}"}"#),
            (r#"{"a":"\nslash\\end\\"}"#, r#"{"a":"\n***\\"}"#),
            ("/Users?a=%20hunter2%2Fis%3Dmine&amp=1", "/Users?a=%20***&amp=1"),
            ("QmVhcmVyIGh1bnRlcjIvaXM9bWluZQ== is there", "*** is there"),
        ] {
            assert_eq!(filter.masked(text), expected);
        }
    }

    #[test]
    fn what_is_cut_off_is_masked_as_far_as_it_goes() {
        let filter = filter(&["0123456789abcdefghij", "hunter2hunter"]);
        for (text, expected) in [
            ("x 0123456789abcdefghij y", "x *** y"),
            ("x 0123456789abcd… y", "x ***… y"),
            ("x 0123456789abcd", "x ***"),
            ("x 01234… y", "x ***… y"),
            ("x hunt… y… z hunt", "x ***… y… z hunt"),
            ("hun… 012 34567", "hun… 012 34567"),
            (r"x \u0030%31&#50;3\u00… y", "x ***… y"),
        ] {
            assert_eq!(filter.masked(text), expected);
        }
    }

    #[test]
    fn what_is_short_or_a_word_of_json_is_not_searched_for_by_itself() {
        for secret in ["", "true", "False", "null"] {
            assert!(forms_of(secret).is_empty(), "{secret:?}");
        }
        assert_eq!(filter(&["abc"]).masked("abc: Bearer abc, QmVhcmVyIGFiYw== abcd"), "abc: ***, *** abcd");
        assert_eq!(filter(&["t"]).masked("it takes no bearer token"), "it takes no bearer token");
    }

    #[test]
    fn a_word_is_found_where_it_stands_alone() {
        for (text, expected) in [
            ("the answer holds token.", "the answer holds ***."),
            (r#"{"access_token": "token", "tokens": ["Token"]}"#, r#"{"access_token": "***", "tokens": ["***"]}"#),
            ("auth.token-missing: a=token&b=tokens", "auth.token-missing: a=***&b=tokens"),
            ("Bearer token", "Bearer ***"),
        ] {
            assert_eq!(filter(&["token"]).masked(text), expected);
        }
    }

    #[test]
    fn a_url_shows_no_secret_whether_it_is_known_or_not() {
        for filter in [Filter::default(), filter(&["other-s3cret"])] {
            assert_eq!(
                filter.masked("at https://u:abc@example.com/?token=x"),
                "at https://u:***@example.com/?token=***"
            );
        }
    }

    #[test]
    fn names_and_values_of_json_are_masked_and_the_rest_stays() {
        let mut value = serde_json::json!({"t1ger-token": ["my t1ger-token", 1, null], "verdict": "pass"});
        filter(&["t1ger-token"]).mask_json(&mut value, true);
        assert_eq!(value, serde_json::json!({"***": ["my ***", 1, null], "verdict": "pass"}));
    }
}
