//! A line for each request that the served endpoint answers, at most fifty a second, then a counter.

use super::plural::plural;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use weir_exchange::legible;
use weir_server::{Delivery, Exchange};

/// More lines than this in a second are counted instead of printed.
const MOST_A_SECOND: u32 = 50;

/// Prints lines until the endpoint stops or nobody reads them any more.
pub async fn follow(mut exchanges: Receiver<Arc<Exchange>>, mut print: impl FnMut(&str) -> bool) {
    let mut second = Second::new(Instant::now());
    loop {
        let next = tokio::select! {
            next = exchanges.recv() => Some(next),
            () = tokio::time::sleep_until(second.end().into()), if second.unprinted > 0 => None,
        };
        let lines = match next {
            Some(Ok(exchange)) => second.take(&legible::one_line(&line(&exchange)), Instant::now()),
            Some(Err(RecvError::Lagged(missed))) => second.missed(missed),
            Some(Err(RecvError::Closed)) => return,
            None => second.turn(Instant::now()),
        };
        if lines.iter().any(|line| !print(line)) {
            return;
        }
    }
}

/// Prints a JSON object a request, without headers and bodies: every request, whatever their rate, for a program that collects them.
pub async fn follow_as_json(mut exchanges: Receiver<Arc<Exchange>>, mut print: impl FnMut(&str) -> bool) {
    loop {
        let line = match exchanges.recv().await {
            Ok(exchange) => legible::json(&json_line(&exchange)).into_owned(),
            Err(RecvError::Lagged(missed)) => serde_json::json!({"level": "warn", "missed": missed}).to_string(),
            Err(RecvError::Closed) => return,
        };
        if !print(&line) {
            return;
        }
    }
}

fn json_line(exchange: &Exchange) -> String {
    serde_json::json!({
        "level": if exchange.status >= 500 { "error" } else { "info" },
        "at": exchange.at.to_string(),
        "number": exchange.number,
        "client": exchange.client.map(|client| client.to_string()),
        "application": exchange.application.as_deref(),
        "method": exchange.method,
        "target": exchange.target,
        "status": exchange.status,
        "micros": exchange.micros,
        "delivery": match exchange.delivery {
            Delivery::Sent => "sent",
            Delivery::Cut(_) => "cut",
            Delivery::Lost => "lost",
        },
        "deviations": exchange.deviations,
    })
    .to_string()
}

/// What was printed in the present second.
struct Second {
    began: Instant,
    printed: u32,
    unprinted: u64,
}

impl Second {
    const fn new(began: Instant) -> Self {
        Self { began, printed: 0, unprinted: 0 }
    }

    fn end(&self) -> Instant {
        self.began + Duration::from_secs(1)
    }

    /// The lines to print because of one more request.
    fn take(&mut self, line: &str, now: Instant) -> Vec<String> {
        let mut lines = if now >= self.end() { self.turn(now) } else { Vec::new() };
        if self.printed < MOST_A_SECOND {
            self.printed += 1;
            lines.push(line.to_owned());
        } else {
            self.unprinted += 1;
        }
        lines
    }

    fn missed(&mut self, count: u64) -> Vec<String> {
        self.unprinted += count;
        Vec::new()
    }

    /// Begins a second; what the last one swallowed is told.
    fn turn(&mut self, now: Instant) -> Vec<String> {
        let swallowed = self.unprinted;
        *self = Self::new(now);
        if swallowed == 0 {
            Vec::new()
        } else {
            vec![format!("… and {}", plural(swallowed, "more request", "more requests"))]
        }
    }
}

fn line(exchange: &Exchange) -> String {
    let time = exchange.at.strftime("%H:%M:%S");
    let application = exchange.application.as_deref().unwrap_or("-");
    let millis = Duration::from_micros(exchange.micros).as_secs_f64() * 1e3;
    let mut line = format!(
        "{time} {application} {} {} -> {} in {millis:.1} ms",
        exchange.method, exchange.target, exchange.status
    );
    match exchange.delivery {
        Delivery::Sent => {}
        Delivery::Cut(bytes) => {
            let _ = write!(line, ", cut after {bytes} bytes");
        }
        Delivery::Lost => line.push_str(", answer lost"),
    }
    for deviation in &exchange.deviations {
        line.extend([", ", deviation]);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exceeds_fifty_a_second_is_counted() {
        let start = Instant::now();
        let mut second = Second::new(start);
        let printed: usize = (0..60).map(|_| second.take("line", start).len()).sum();
        assert_eq!(printed, 50);
        let lines = second.take("next", start + Duration::from_millis(1500));
        assert_eq!(lines, ["… and 10 more requests", "next"]);
        assert!(second.turn(start + Duration::from_secs(3)).is_empty());
    }
}
