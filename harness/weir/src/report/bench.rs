//! What `weir bench` prints: a table, a histogram a shape, or JSON.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use weir_exchange::secrets;

use super::leftovers::Leftover;
use crate::bench::{Load, Measurement, Shape};
use crate::output::plural::plural;
use crate::output::table;

/// The version of the JSON document's form.
const VERSION: u32 = 1;

/// The longest bar of a histogram, in characters.
const LONGEST_BAR: u64 = 50;

/// Everything that a run of loads found.
pub struct BenchReport {
    pub url: String,
    pub load: Load,
    pub people: usize,
    /// How long creating them took.
    pub populated: Duration,
    pub rows: Vec<ShapeOutcome>,
    /// URL and reason.
    pub leftovers: Vec<Leftover>,
    pub interrupted: bool,
}

/// What became of one shape.
pub enum ShapeOutcome {
    Measured { shape: Shape, measured: Measurement },
    Skipped { shape: Shape, reason: String },
}

impl BenchReport {
    pub const fn new(load: Load) -> Self {
        Self {
            url: String::new(),
            load,
            people: 0,
            populated: Duration::ZERO,
            rows: Vec::new(),
            leftovers: Vec::new(),
            interrupted: false,
        }
    }

    /// The latencies to show: in a closed loop with the waits that nobody saw.
    fn shown(&self, measured: &Measurement) -> Measurement {
        if self.load.rate.is_some() { measured.clone() } else { measured.corrected() }
    }
}

/// The result for a person.
pub fn text(report: &BenchReport) -> String {
    let load = &report.load;
    let connections = plural(load.connections as u64, "connection", "connections");
    let kind = match load.rate {
        Some(rate) => format!("open loop, {rate} requests a second due over {connections}"),
        None => format!("closed loop, {connections}"),
    };
    let mut text = format!(
        "{}\n{} created in {}; {kind}; {} s a shape after {} s of warm-up\n\n",
        report.url,
        plural(report.people as u64, "user", "users"),
        latency(report.populated),
        load.duration.as_secs(),
        load.warm_up.as_secs(),
    );
    let head = ["", "requests", "a second", "p50", "p90", "p99", "p99.9", "max", "failed"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for row in &report.rows {
        rows.push(match row {
            ShapeOutcome::Skipped { shape, reason } => vec![shape.as_str().to_owned(), format!("skipped: {reason}")],
            ShapeOutcome::Measured { shape, measured } => {
                let found = report.shown(measured).percentiles();
                let times = [found.p50, found.p90, found.p99, found.p99_9, found.max].map(latency);
                let mut cells =
                    vec![shape.as_str().to_owned(), measured.requests().to_string(), format!("{:.0}", measured.rate())];
                cells.extend(times);
                cells.push(measured.failed().to_string());
                cells
            }
        });
    }
    text.push_str(&table(&rows));
    for row in &report.rows {
        if let ShapeOutcome::Measured { shape, measured } = row {
            text.push_str(&details(*shape, measured, &report.shown(measured)));
        }
    }
    let _ = writeln!(
        text,
        "\n{}",
        if load.rate.is_some() {
            "time counts from when a request was due"
        } else {
            "percentiles count the requests that a connection did not send while it waited longer than the median"
        }
    );
    for Leftover { url, reason } in &report.leftovers {
        let _ = writeln!(text, "left behind: {url}: {reason}");
    }
    if report.interrupted {
        text.push_str("interrupted; what was measured until then is shown\n");
    }
    text
}

/// Errors by kind, and the histogram.
fn details(shape: Shape, measured: &Measurement, shown: &Measurement) -> String {
    let mut text = format!("\n{}\n", shape.as_str());
    for (kind, count) in &measured.errors {
        let _ = writeln!(text, "  failed: {kind} {}", plural(*count, "time", "times"));
    }
    let rows = shown.distribution();
    let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    for (bound, count) in rows {
        let bar = "█".repeat(usize::try_from((count * LONGEST_BAR).div_ceil(most)).unwrap_or(0));
        let line = format!("  up to {:>7}  {count:>9}  {bar}", latency(bound));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Three digits and a unit.
fn latency(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    let (value, unit) = if micros < 1e3 {
        (micros, "µs")
    } else if micros < 1e6 {
        (micros / 1e3, "ms")
    } else {
        (micros / 1e6, "s")
    };
    let digits = usize::from(value < 10.0 && unit != "µs");
    format!("{value:.digits$} {unit}")
}

/// The result for a machine; times in milliseconds.
pub fn json(report: &BenchReport) -> Value {
    let millis = |time: Duration| json!((time.as_secs_f64() * 1e6).round() / 1e3);
    let rows: Vec<Value> = report
        .rows
        .iter()
        .map(|row| match row {
            ShapeOutcome::Skipped { shape, reason } => json!({"shape": shape.as_str(), "skipped": reason}),
            ShapeOutcome::Measured { shape, measured } => {
                let shown = report.shown(measured);
                // Their names hold the `scimType` of the endpoint.
                let mut errors = json!(measured.errors);
                secrets::mask_json(&mut errors);
                let found = shown.percentiles();
                let rows: Vec<Value> = shown
                    .distribution()
                    .into_iter()
                    .map(|(bound, count)| json!({"upToMillis": millis(bound), "requests": count}))
                    .collect();
                json!({
                    "shape": shape.as_str(),
                    "requests": measured.requests(),
                    "perSecond": (measured.rate() * 10.0).round() / 10.0,
                    "millis": {
                        "p50": millis(found.p50),
                        "p90": millis(found.p90),
                        "p99": millis(found.p99),
                        "p99.9": millis(found.p99_9),
                        "max": millis(found.max),
                    },
                    "failed": measured.failed(),
                    "errors": errors,
                    "distribution": rows,
                })
            }
        })
        .collect();
    let leftovers: Vec<Value> =
        report.leftovers.iter().map(|Leftover { url, reason }| json!({"url": url, "reason": reason})).collect();
    json!({
        "format": "weir-bench",
        "version": VERSION,
        "url": report.url,
        "loop": if report.load.rate.is_some() { "open" } else { "closed" },
        "rate": report.load.rate,
        "connections": report.load.connections,
        "seconds": report.load.duration.as_secs(),
        "warmUpSeconds": report.load.warm_up.as_secs(),
        "people": report.people,
        "shapes": rows,
        "leftovers": leftovers,
        "interrupted": report.interrupted,
    })
}

#[cfg(test)]
mod tests {
    use super::latency;
    use std::time::Duration;

    #[test]
    fn times_have_a_unit_that_fits() {
        for (micros, expected) in [
            (1, "1 µs"),
            (999, "999 µs"),
            (1_500, "1.5 ms"),
            (25_400, "25 ms"),
            (1_234_567, "1.2 s"),
            (60_000_000, "60 s"),
        ] {
            assert_eq!(latency(Duration::from_micros(micros)), expected);
        }
    }
}
