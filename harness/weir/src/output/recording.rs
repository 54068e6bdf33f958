//! `weir serve --record`: every exchange of the served endpoint in an HTTP archive.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use weir_exchange::har::{Entry, HarWriter};
use weir_files::private;
use weir_server::{Delivery, Exchange};

use super::Output;
use super::plural::plural;
use crate::failure::Failure;

/// Begins the archive.
pub fn create(path: &Path) -> Result<HarWriter<File>, Failure> {
    let begun = private::create(path).and_then(HarWriter::new);
    begun.map_err(|error| Failure::Usage(format!("{} cannot be written: {error}", path.display())))
}

/// Records until the endpoint stops. A file that cannot be written any more ends the recording and not the endpoint.
pub async fn follow(
    mut exchanges: Receiver<Arc<Exchange>>,
    mut archive: HarWriter<File>,
    origin: String,
    output: Output,
) {
    loop {
        let written = match exchanges.recv().await {
            Ok(exchange) => archive.write(&entry(&exchange, &origin)),
            Err(RecvError::Lagged(missed)) => {
                let missed = plural(missed, "exchange", "exchanges");
                output.warn(&format!("the recording is too slow and has missed {missed}"));
                Ok(())
            }
            Err(RecvError::Closed) => return,
        };
        if let Err(error) = written {
            output.warn(&format!("the recording ends, because its file cannot be written: {error}"));
            return;
        }
    }
}

fn entry(exchange: &Exchange, origin: &str) -> Entry {
    let pairs = |lines: &str| -> Vec<(String, String)> {
        let pairs = lines.lines().filter_map(|line| line.split_once(": "));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    let text = |body: &weir_server::RecordedBody| String::from_utf8_lossy(&body.bytes).into_owned();
    Entry {
        started: exchange.at,
        millis: std::time::Duration::from_micros(exchange.micros).as_secs_f64() * 1e3,
        method: exchange.method.to_string(),
        url: format!("{origin}{}", exchange.target),
        request_headers: pairs(&exchange.request_headers),
        request_body: exchange.request_body.as_ref().map(text),
        status: if exchange.delivery == Delivery::Lost { 0 } else { exchange.status },
        response_headers: pairs(&exchange.answer_headers),
        response_body: exchange.answer_body.as_ref().map(text).unwrap_or_default(),
        comment: comment(exchange),
    }
}

/// What deviations did to the exchange.
fn comment(exchange: &Exchange) -> Option<String> {
    let delivery = match exchange.delivery {
        Delivery::Sent => None,
        Delivery::Cut(bytes) => Some(format!("a deviation cut the answer after {bytes} bytes")),
        Delivery::Lost => Some(format!("a deviation lost the answer, which was {}", exchange.status)),
    };
    let acted =
        (!exchange.deviations.is_empty()).then(|| format!("deviations that acted: {}", exchange.deviations.join(", ")));
    let sentences: Vec<String> = [delivery, acted].into_iter().flatten().collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}
