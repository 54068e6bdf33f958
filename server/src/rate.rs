//! How often one client may ask.

use std::net::IpAddr;
use std::num::NonZeroU32;

use actix_web::http::header;
use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota};
use scim::ErrorKind;

use crate::message::Refusal;

/// How many addresses are remembered before those are dropped whose allowance is whole again.
const MANY: usize = 10_000;

/// Counts the requests of each address.
pub struct RateLimit(Option<DefaultKeyedRateLimiter<IpAddr>>);

impl RateLimit {
    /// `a_second` requests for each address, which may come in one burst; unlimited without.
    pub fn new(a_second: Option<NonZeroU32>) -> Self {
        Self(a_second.map(|rate| DefaultKeyedRateLimiter::hashmap(Quota::per_second(rate))))
    }

    /// Lets a request of `client` pass, or refuses it with 429 and the seconds to wait (RFC 6585 section 4).
    pub fn check(&self, client: Option<IpAddr>) -> Result<(), Refusal> {
        let (Some(limiter), Some(client)) = (&self.0, client) else { return Ok(()) };
        if limiter.len() > MANY {
            limiter.retain_recent();
        }
        limiter.check_key(&client).map_err(|until| {
            let wait = until.wait_time_from(limiter.clock().now());
            let seconds = (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1);
            let detail = format!("too many requests from {client}; wait {seconds} s, as the Retry-After header says");
            Refusal::new(ErrorKind::TooManyRequests, detail).with_header(header::RETRY_AFTER, seconds.to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn each_address_has_an_allowance_of_its_own() {
        let limit = RateLimit::new(NonZeroU32::new(1));
        let client = |last| Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)));
        assert!(limit.check(client(1)).is_ok());
        let refusal = limit.check(client(1)).unwrap_err();
        assert_eq!(refusal.error.status(), 429);
        assert_eq!(refusal.headers[0].1, "1");
        assert!(limit.check(client(2)).is_ok());
    }

    #[test]
    fn without_a_limit_nobody_is_refused() {
        let limit = RateLimit::new(None);
        assert!((0..1000).all(|_| limit.check(Some(IpAddr::V4(Ipv4Addr::LOCALHOST))).is_ok()));
    }
}
