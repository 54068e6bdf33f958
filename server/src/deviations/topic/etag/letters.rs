//! Versions that have letters, as hashes do: the number of a version with a letter in front.

use std::borrow::Cow;

use actix_web::http::header::{HeaderName, HeaderValue};
use serde_json::Value;

use crate::application::{AnswerSeam, RequestSeam};
use crate::deviations::part::answer::{EditHeader, walk};
use crate::deviations::part::request::edit_body;
use crate::deviations::seam::BothSeams;
use crate::message::{Answer, Head, IncomingRequest};

const LETTER: char = 'v';

/// Writes versions so, and reads them: those in other letters too, if it `folds` them.
pub fn seams(folds: bool) -> BothSeams {
    (Box::new(ReadLetters { folds }), Box::new(WriteLetters))
}

struct ReadLetters {
    folds: bool,
}

struct WriteLetters;

impl RequestSeam for ReadLetters {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        for name in ["if-match", "if-none-match"] {
            let Some(value) = incoming.headers.get(name) else { continue };
            let text = String::from_utf8_lossy(value.as_bytes());
            let tags: Vec<Cow<'_, str>> = text.split(',').map(|tag| self.read(tag.trim())).collect();
            if let Ok(value) = HeaderValue::try_from(tags.join(", ")) {
                incoming.headers.to_mut().insert(HeaderName::from_static(name), value);
            }
        }
        if incoming.path.ends_with("/Bulk") {
            edit_body(incoming, |job| {
                for operation in job["Operations"].as_array_mut().into_iter().flatten() {
                    if let Some(version) = operation.get("version").and_then(Value::as_str) {
                        operation["version"] = self.read(version).into();
                    }
                }
            });
        }
        Ok(())
    }
}

impl ReadLetters {
    /// The tag as this endpoint writes it without letters; one that has none is nobody's.
    fn read<'t>(&self, tag: &'t str) -> Cow<'t, str> {
        let (mark, opaque) = tag.split_once('"').map_or(("", tag), |(mark, rest)| (mark, rest));
        let is_letter = |letter: char| letter == LETTER || (self.folds && letter.eq_ignore_ascii_case(&LETTER));
        match opaque.strip_prefix(is_letter) {
            Some(number) => format!("{mark}\"{number}").into(),
            None if tag == "*" => tag.into(),
            None => format!("{mark}\"-{opaque}").into(),
        }
    }
}

impl AnswerSeam for WriteLetters {
    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        EditHeader("etag", |tag| Some(written(tag))).rewrite(head, answer);
        if let Some(mut body) = answer.json() {
            walk(&mut body, |value| {
                if let Some(version) = value.get("version").and_then(Value::as_str).filter(|tag| tag.ends_with('"')) {
                    value["version"] = written(version).into();
                }
            });
            answer.set_json(&body);
        }
    }
}

/// The tag with a letter; once only, because the result of a bulk operation is written as an answer of its own and within the job's.
fn written(tag: &str) -> String {
    if tag.contains(&format!("\"{LETTER}")) { tag.to_owned() } else { tag.replacen('"', &format!("\"{LETTER}"), 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_other_letters_where_they_are_folded() {
        for (tag, exact, folded) in [
            ("W/\"v3\"", "W/\"3\"", "W/\"3\""),
            ("\"V3\"", "\"-V3\"", "\"3\""),
            ("W/\"3\"", "W/\"-3\"", "W/\"-3\""),
            ("*", "*", "*"),
        ] {
            assert_eq!(ReadLetters { folds: false }.read(tag), exact);
            assert_eq!(ReadLetters { folds: true }.read(tag), folded);
        }
        assert_eq!(written("W/\"3\""), "W/\"v3\"");
        assert_eq!(written("W/\"v3\""), "W/\"v3\"");
    }
}
