//! Limits of requests as vendors set them: so many in a time, for some requests, and bodies of so many bytes.

use serde::Deserialize;
use weir_files::name::UnknownName;

use super::word::{Parse, Word, WordError};

/// One limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateRule {
    /// What it is about; everything if empty.
    pub on: Vec<CountedRequest>,
    /// It is about requests whose body has more bytes.
    pub larger_than: usize,
    pub limit: RateLimitKind,
}

/// What a limit limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimitKind {
    /// At most so many requests in a time; more are answered with the status 429 or 503, and `Retry-After`.
    Window { most: u32, seconds: u32, status: u16 },
    /// At most so many bytes in a body; more are answered 413.
    Body { largest: usize },
}

/// Requests by method and endpoint, as in `POST /Users`; `*` is any method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedRequest {
    /// Nothing for any method.
    pub method: Option<String>,
    /// The first segment of the path with its slash; nothing for every endpoint.
    pub endpoint: Option<String>,
}

impl RateRule {
    /// Whether the limit is about a request: its method, its path below the base URL and the bytes of its body.
    #[must_use]
    pub fn concerns(&self, method: &str, path: &str, bytes: usize) -> bool {
        let concerns = |on: &CountedRequest| {
            on.method.as_ref().is_none_or(|own| own == method)
                && on.endpoint.as_ref().is_none_or(|own| {
                    let rest = path.trim_start_matches('/').strip_prefix(&own[1..]);
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
                })
        };
        // Without a size it is about requests without a body as well.
        (self.larger_than == 0 || bytes > self.larger_than) && (self.on.is_empty() || self.on.iter().any(concerns))
    }
}

/// The shortest time in seconds that so many requests take under the limits, when each is sent as soon as it may be. Each
/// request is a method and a path; bodies are short.
#[must_use]
pub fn least_seconds<'r>(rules: &[RateRule], requests: &(impl Iterator<Item = (&'r str, &'r str)> + Clone)) -> u64 {
    let of = |rule: &RateRule| {
        let RateLimitKind::Window { most, seconds, .. } = rule.limit else { return 0 };
        let count = requests.clone().filter(|(method, path)| rule.concerns(method, path, 0)).count() as u64;
        // The last ones may be sent at the beginning of their window.
        count.saturating_sub(1) / u64::from(most.max(1)) * u64::from(seconds)
    };
    rules.iter().map(of).max().unwrap_or_default()
}

/// What is wrong with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum RateError {
    #[error("most and seconds are 1 or more")]
    Nothing,
    #[error("too many requests are answered with 429 or 503")]
    Status,
    #[error("a body that is too large is answered with 413")]
    BodyStatus,
    #[error("a limit has most and seconds, or largest")]
    Unclear,
}

/// The limits of a list in a target file.
///
/// # Errors
/// The position of the first that is wrong, counted from 1, and what is wrong with it.
pub(super) fn rules(files: Vec<RateFile>) -> Result<Vec<RateRule>, (usize, RateError)> {
    let rule = |(index, file): (usize, RateFile)| file.rule().map_err(|error| (index + 1, error));
    files.into_iter().enumerate().map(rule).collect()
}

/// As a target file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateFile {
    #[serde(default)]
    on: Vec<Word<CountedRequest>>,
    #[serde(default)]
    larger_than: u32,
    most: Option<u32>,
    seconds: Option<u32>,
    answer: Option<u16>,
    largest: Option<u32>,
}

impl RateFile {
    /// # Errors
    /// A limit that says nothing, or two things.
    fn rule(self) -> Result<RateRule, RateError> {
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let limit = match (self.most, self.seconds, self.largest) {
            (Some(0), ..) | (_, Some(0), _) => return Err(RateError::Nothing),
            (Some(most), Some(seconds), None) => match self.answer.unwrap_or(429) {
                status @ (429 | 503) => RateLimitKind::Window { most, seconds, status },
                _ => return Err(RateError::Status),
            },
            (None, None, Some(largest)) if self.answer.is_none_or(|status| status == 413) => {
                RateLimitKind::Body { largest: count(largest) }
            }
            (None, None, Some(_)) => return Err(RateError::BodyStatus),
            _ => return Err(RateError::Unclear),
        };
        let on = self.on.into_iter().map(|word| word.0).collect();
        Ok(RateRule { on, larger_than: count(self.larger_than), limit })
    }
}

impl Parse for CountedRequest {
    fn parse(text: &str) -> Result<Self, WordError> {
        const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "*"];
        let (method, endpoint) =
            text.split_once(' ').map_or((text, None), |(method, path)| (method, Some(path.trim())));
        if !METHODS.contains(&method) {
            return Err(UnknownName::new("method", method, METHODS).into());
        }
        match endpoint {
            Some(path) if !path.starts_with('/') || path.len() < 2 || path[1..].contains('/') => {
                Err(WordError::CountedRequest(text.to_owned()))
            }
            _ => Ok(Self {
                method: Some(method).filter(|method| *method != "*").map(str::to_owned),
                endpoint: endpoint.map(str::to_owned),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(on: &[&str], most: u32, seconds: u32) -> RateRule {
        let on = on.iter().map(|text| CountedRequest::parse(text).unwrap()).collect();
        RateRule { on, larger_than: 0, limit: RateLimitKind::Window { most, seconds, status: 429 } }
    }

    #[test]
    fn a_limit_is_about_methods_and_endpoints() {
        let users = rule(&["POST /Users", "* /Groups"], 1, 1);
        for (method, path, expected) in [
            ("POST", "/Users", true),
            ("POST", "//Users/7", true),
            ("GET", "/Users", false),
            ("DELETE", "/Groups/7", true),
            ("POST", "/UsersOfOurs", false),
            ("POST", "", false),
        ] {
            assert_eq!(users.concerns(method, path, 0), expected, "{method} {path}");
        }
        assert!(rule(&[], 1, 1).concerns("GET", "/Schemas", 0));
        assert!(rule(&["POST"], 1, 1).concerns("POST", "/Bulk", 0));
        let large = RateRule { larger_than: 500, ..rule(&[], 1, 1) };
        assert_eq!([500, 501].map(|bytes| large.concerns("PATCH", "/Groups/7", bytes)), [false, true]);
    }

    #[test]
    fn the_slowest_limit_makes_the_time() {
        let requests = |people: usize| std::iter::repeat_n([("GET", "/Users"), ("POST", "/Users")], people).flatten();
        let rules = [rule(&["POST /Users"], 180, 60), rule(&["GET"], 1000, 60), rule(&["PATCH"], 1, 3600)];
        for (people, seconds) in [(0, 0), (1, 0), (180, 0), (181, 60), (1000, 300), (10_000, 3300)] {
            assert_eq!(least_seconds(&rules, &requests(people)), seconds, "{people}");
        }
    }

    #[test]
    fn a_limit_says_one_thing() {
        for (text, expected) in [
            ("most = 5\nseconds = 30", None),
            ("on = [\"PATCH /Groups\"]\nlargest = 800000", None),
            ("largest = 9\nanswer = 413", None),
            ("most = 5\nseconds = 30\nanswer = 503", None),
            ("most = 5", Some(RateError::Unclear)),
            ("most = 5\nseconds = 30\nlargest = 4", Some(RateError::Unclear)),
            ("most = 0\nseconds = 30", Some(RateError::Nothing)),
            ("most = 1\nseconds = 30\nanswer = 500", Some(RateError::Status)),
            ("largest = 9\nanswer = 429", Some(RateError::BodyStatus)),
        ] {
            let file: RateFile = weir_files::document::toml(text).unwrap();
            assert_eq!(file.rule().err(), expected, "{text}");
        }
        for text in ["on = [\"FETCH /Users\"]", "on = [\"POST Users\"]", "on = [\"POST /Users/7\"]"] {
            assert!(weir_files::document::toml::<RateFile>(text).is_err(), "{text}");
        }
    }
}
