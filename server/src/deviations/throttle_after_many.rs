//! So many writes in a time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use scim::{Error, ErrorKind};

use super::{Breaks, Deviation, Parameter, Seam};
use crate::application::{AnswerSeam, RequestSeam};
use crate::clock::Clock;
use crate::message::{Answer, Head, Incoming};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "throttle.after-many",
    summary: "more writes of users in a time than this are answered 429, with the seconds to wait in Retry-After",
    breaks: Breaks::Permitted("RFC 6585 section 4 lets an endpoint limit a client, which must wait"),
    seen: &["https://docs.slack.dev/reference/scim-api/rate-limits", "https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/provisioning-user-accounts-with-scim/provisioning-users-and-groups-with-scim-using-the-rest-api"],
    parameter: Some(Parameter {
        meaning: "WRITES/SECONDS, such as 180/60",
        default: "10000/60",
        accepts: |text| limit(text).is_some(),
    }),
    seam: Seam::Exchange(|setup| {
        let (most, seconds) = limit(setup.value).unwrap_or((usize::MAX, 1));
        let taken = Arc::new(Taken { most, seconds, clock: setup.clock.clone(), times: Mutex::default() });
        (Box::new(Counting(Arc::clone(&taken))), Box::new(Telling(taken)))
    }),
};

fn limit(text: &str) -> Option<(usize, i64)> {
    let (most, seconds) = text.split_once('/')?;
    Some((most.parse().ok().filter(|most| *most > 0)?, seconds.parse().ok().filter(|seconds| (1..=86_400).contains(seconds))?))
}

/// When the last writes were taken.
struct Taken {
    most: usize,
    seconds: i64,
    clock: Clock,
    times: Mutex<VecDeque<Timestamp>>,
}

impl Taken {
    /// How long to wait until one more is taken.
    fn wait(&self, takes: bool) -> Option<SignedDuration> {
        let (now, window) = (self.clock.now(), SignedDuration::from_secs(self.seconds));
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        while times.front().is_some_and(|first| now.duration_since(*first) >= window) {
            times.pop_front();
        }
        if times.len() >= self.most {
            return times.front().map(|first| window - now.duration_since(*first));
        }
        if takes {
            times.push_back(now);
        }
        None
    }
}

struct Counting(Arc<Taken>);

impl RequestSeam for Counting {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let is_write = !matches!(incoming.method.as_str(), "GET" | "HEAD" | "OPTIONS") && !incoming.path.ends_with("/.search");
        if is_write && incoming.path.starts_with("/Users") && self.0.wait(true).is_some() {
            return Err(Error::new(ErrorKind::TooManyRequests, "too many writes; wait as the Retry-After header says"));
        }
        Ok(())
    }
}

struct Telling(Arc<Taken>);

impl AnswerSeam for Telling {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::TOO_MANY_REQUESTS && answer.header(&header::RETRY_AFTER).is_none()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let wait = self.0.wait(false).map_or(1, |wait| wait.as_secs().max(0) + 1);
        answer.set_header(header::RETRY_AFTER, HeaderValue::from(wait));
    }
}
