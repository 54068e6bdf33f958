//! What the endpoint counts, in the text format that Prometheus reads.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::message::Delivery;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    /// Only methods that SCIM knows have a name of their own, so that a stranger cannot fill the memory with labels.
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResourceLabels {
    application: String,
    resource_type: String,
}

/// The counters of one endpoint; they begin at nothing and a reset does not touch them.
#[derive(Debug)]
pub(crate) struct Metrics {
    requests: Family<RequestLabels, Counter>,
    /// In seconds.
    durations: Histogram,
    broken: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        // From 10 µs to 20 s.
        Self {
            requests: Family::default(),
            durations: Histogram::new(exponential_buckets(10e-6, 2.0, 22)),
            broken: Counter::default(),
        }
    }
}

impl Metrics {
    /// Counts an exchange.
    pub fn count(&self, method: &Method, status: StatusCode, delivery: Delivery, duration: Duration) {
        let method = match *method {
            Method::GET => "GET",
            Method::HEAD => "HEAD",
            Method::OPTIONS => "OPTIONS",
            Method::POST => "POST",
            Method::PUT => "PUT",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
            _ => "other",
        };
        self.requests.get_or_create(&RequestLabels { method, status: status.as_u16() }).inc();
        self.durations.observe(duration.as_secs_f64());
        if delivery != Delivery::Sent {
            self.broken.inc();
        }
    }

    /// Everything in the text format, with the present numbers of resources by application and type.
    pub fn text(&self, resources: impl Iterator<Item = (String, String, usize)>) -> String {
        let counts = Family::<ResourceLabels, Gauge>::default();
        for (application, resource_type, count) in resources {
            let gauge = counts.get_or_create_owned(&ResourceLabels { application, resource_type });
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        let mut registry = Registry::with_prefix("weir");
        registry.register("requests", "Requests answered, by method and status", self.requests.clone());
        registry.register("request_seconds", "Time from the head of a request to its answer", self.durations.clone());
        registry.register("answers_broken", "Answers that a deviation lost or cut", self.broken.clone());
        registry.register("resources", "Resources held, by application and type", counts);
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &registry);
        text
    }
}
