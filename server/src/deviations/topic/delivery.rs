//! What becomes of requests and answers on their way: writes that are put off, lost, cut short or late.

mod after_many;

use actix_web::http::Method;
use scim::ErrorKind::{ServiceUnavailable, TooManyRequests};

use crate::deviations::part::delayed::{DelayAnswer, seconds};
use crate::deviations::part::occurrence::{Occurrence, on_answers, on_requests};
use crate::deviations::part::throttle::{Wait, first_write};
use crate::deviations::{Deviation, Parameter};
use crate::message::{Delivery, Fate, Head};

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new(
        "throttle.after-many",
        "more writes of users in a time than this are answered 429, with the seconds to wait in Retry-After",
    )
    .permitted("RFC 6585 section 4 lets an endpoint limit a client, which must wait")
    .seen(&["https://docs.slack.dev/reference/scim-api/rate-limits", GITHUB_PROVISIONING])
    .parameter(Parameter {
        meaning: "WRITES/SECONDS, such as 180/60",
        default: "10000/60",
        accepts: after_many::is_limit,
    })
    .exchange_with(after_many::throttle),
    Deviation::new(
        "throttle.retry-after-date",
        "the first write is answered 429 with an HTTP date in Retry-After, and is not carried out",
    )
    .permitted(FORMS_OF_RETRY_AFTER)
    .seen(&["https://developer.okta.com/docs/concepts/scim/"])
    .exchange_with(|setup| first_write(setup, TooManyRequests, Wait::Date(1))),
    Deviation::new(
        "throttle.retry-after-malformed",
        "the first write is answered 429 with a word in Retry-After that is neither a number nor a date, \
         and is not carried out",
    )
    .permitted(FORMS_OF_RETRY_AFTER)
    .seen(&["https://developer.okta.com/docs/concepts/scim/"])
    .exchange_with(|setup| first_write(setup, TooManyRequests, Wait::Text("soon"))),
    Deviation::new(
        "throttle.retry-after-missing",
        "the first write is answered 429 without Retry-After, and is not carried out",
    )
    .permitted(FORMS_OF_RETRY_AFTER)
    .seen(&["https://developer.okta.com/docs/concepts/scim/"])
    .exchange_with(|setup| first_write(setup, TooManyRequests, Wait::Missing)),
    Deviation::new(
        "throttle.retry-after-seconds",
        "the first write is answered 429 with the seconds to wait in Retry-After, and is not carried out",
    )
    .permitted(FORMS_OF_RETRY_AFTER)
    .seen(&["https://developer.okta.com/docs/concepts/scim/"])
    .exchange_with(|setup| first_write(setup, TooManyRequests, Wait::Text("1"))),
    Deviation::new(
        "throttle.retry-after-zero",
        "the first write is answered 429 with a Retry-After of 0, and is not carried out",
    )
    .permitted(FORMS_OF_RETRY_AFTER)
    .seen(&["https://developer.okta.com/docs/concepts/scim/"])
    .exchange_with(|setup| first_write(setup, TooManyRequests, Wait::Text("0"))),
    Deviation::new(
        "throttle.unavailable",
        "the first write is answered 503 with the seconds to wait in Retry-After, and is not carried out",
    )
    .permitted("any endpoint can be unavailable for a time; a client must send the request again")
    .exchange_with(|setup| first_write(setup, ServiceUnavailable, Wait::Text("1"))),
    Deviation::new(
        "throttle.unavailable-silent",
        "the first write is answered 503 without Retry-After, and is not carried out",
    )
    .permitted("any endpoint can be unavailable for a time; a client must send the request again")
    .exchange_with(|setup| first_write(setup, ServiceUnavailable, Wait::Missing)),
    Deviation::new("write.answer-cut", "a write is done, and the connection breaks after half of its answer's body")
        .permitted("any network can do this; half a body must not pass for a whole one")
        .parameter(Occurrence::parameter("first:1"))
        .connection_with(|setup| {
            on_answers(setup, |head, answer| {
                let half = answer.body.len() / 2;
                let is_cut = half > 0 && head.is_write() && answer.status.is_success();
                is_cut.then_some(Fate { delay: None, delivery: Delivery::Cut(half) })
            })
        }),
    Deviation::new("write.answer-delayed", "the first write is done, and its answer waits, by the endpoint's clock")
        .permitted("no RFC sets a time; a client needs a timeout of its own")
        .parameter(seconds("1"))
        .connection_with(|setup| Box::new(DelayAnswer::new(setup, writes))),
    Deviation::new("write.answer-lost", "a write is done, and the connection closes before its answer is sent")
        .permitted("any network can do this; a client must find out what became of its request")
        .parameter(Occurrence::parameter("first:1"))
        .connection_with(|setup| {
            on_answers(setup, |head, answer| (head.is_write() && answer.status.is_success()).then_some(Fate::LOST))
        }),
    Deviation::new("write.request-lost", "the connection closes before a POST, PUT or DELETE is carried out")
        .permitted("any network can do this; a client must find out what became of its request")
        .parameter(Occurrence::parameter("first:1"))
        .connection_with(|setup| {
            on_requests(setup, |head| (head.is_write() && *head.method != Method::PATCH).then_some(Fate::LOST))
        }),
];

const FORMS_OF_RETRY_AFTER: &str = "RFC 6585 section 4 lets an endpoint limit a client; RFC 9110 section 10.2.3 knows \
                                    seconds and dates, and a client must live with less";

fn writes(head: &Head<'_>) -> bool {
    head.is_write()
}

const GITHUB_PROVISIONING: &str = "https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/provisioning-user-accounts-with-scim/provisioning-users-and-groups-with-scim-using-the-rest-api";
