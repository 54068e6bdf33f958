//! The limits of requests of one application at work: what came in each window.

use std::collections::VecDeque;

use actix_web::http::header;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use scim::ErrorKind;

use crate::message::Refusal;
use crate::targets::{RateLimitKind, RateRule};

/// Counts requests by the endpoint's clock.
#[derive(Default)]
pub struct Rates(Vec<(RateRule, Mutex<VecDeque<Timestamp>>)>);

impl Rates {
    pub fn new(rules: &[RateRule]) -> Self {
        Self(rules.iter().map(|rule| (rule.clone(), Mutex::default())).collect())
    }

    /// Forgets what came.
    pub fn clear(&self) {
        self.0.iter().for_each(|(_, times)| times.lock().clear());
    }

    /// Lets a request pass, or refuses it: 413 for its body, 429 or 503 for its number, with the seconds to wait (RFC 9110
    /// section 10.2.3). A request that is refused counts for no window.
    pub fn check(&self, method: &str, path: &str, bytes: usize, now: Timestamp) -> Result<(), Refusal> {
        let concerned: Vec<_> = self.0.iter().filter(|(rule, _)| rule.concerns(method, path, bytes)).collect();
        for (rule, times) in &concerned {
            match rule.limit {
                RateLimitKind::Body { largest } if bytes > largest => {
                    let detail = format!("the body has {bytes} bytes, and {largest} are taken; send less at a time");
                    return Err(Refusal::new(ErrorKind::PayloadTooLarge, detail));
                }
                RateLimitKind::Body { .. } => {}
                RateLimitKind::Window { most, seconds, status } => {
                    let window = SignedDuration::from_secs(seconds.into());
                    let mut times = times.lock();
                    while times.front().is_some_and(|first| now.duration_since(*first) >= window) {
                        times.pop_front();
                    }
                    if let Some(first) = times.front().filter(|_| times.len() >= most as usize) {
                        let wait = (window - now.duration_since(*first)).as_secs().max(0) + 1;
                        let kind =
                            if status == 503 { ErrorKind::ServiceUnavailable } else { ErrorKind::TooManyRequests };
                        let detail = format!(
                            "more than {most} such requests in {seconds} s; wait {wait} s, as the Retry-After header says"
                        );
                        return Err(Refusal::new(kind, detail).with_header(header::RETRY_AFTER, wait.to_string()));
                    }
                }
            }
        }
        for (_, times) in concerned.iter().filter(|(rule, _)| matches!(rule.limit, RateLimitKind::Window { .. })) {
            times.lock().push_back(now);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_counts_for_itself_and_refusals_do_not_count() {
        let window = |larger_than, most, seconds, status| RateRule {
            on: Vec::new(),
            larger_than,
            limit: RateLimitKind::Window { most, seconds, status },
        };
        let body = RateRule { on: Vec::new(), larger_than: 0, limit: RateLimitKind::Body { largest: 1000 } };
        let rates = Rates::new(&[window(0, 3, 60, 429), window(500, 1, 30, 503), body]);
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let ask = |bytes, second| match rates.check("PATCH", "/Groups/7", bytes, at(second)) {
            Ok(()) => (200, None),
            Err(refusal) => {
                (refusal.error.status(), refusal.headers.first().map(|(_, wait)| wait.to_str().unwrap().to_owned()))
            }
        };
        assert_eq!(ask(1001, 0), (413, None));
        assert_eq!(ask(501, 0), (200, None));
        assert_eq!(ask(501, 10), (503, Some("21".into())));
        assert_eq!(ask(500, 10), (200, None));
        assert_eq!(ask(501, 30), (200, None));
        assert_eq!(ask(1, 40), (429, Some("21".into())));
        assert_eq!(ask(1, 61), (200, None));
    }
}
