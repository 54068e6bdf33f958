//! Every exchange of the run in an HTTP archive, for the viewers that browsers have. It goes to a file, which is a whole document
//! after each exchange; memory stays as it is.

use std::fs::File;
use std::io;

use weir_exchange::Exchange;
use weir_exchange::har::{Entry, HarWriter};
use weir_judge::{Consumer, Event};

/// Writes an entry an exchange to a file.
pub struct HarReport(HarWriter<File>);

impl HarReport {
    /// Begins the document.
    pub fn new(file: File) -> io::Result<Self> {
        HarWriter::new(file).map(Self)
    }
}

impl Consumer for HarReport {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Exchange(exchange) => self.0.write(&entry(exchange)),
            _ => Ok(()),
        }
    }
}

/// Secrets are masked by their names.
fn entry(exchange: &Exchange) -> Entry {
    Entry {
        started: exchange.started,
        millis: exchange.elapsed.as_secs_f64() * 1e3,
        method: exchange.method.to_string(),
        url: exchange.shown_url(),
        request_headers: exchange.shown_request_headers(),
        request_body: (!exchange.request_body.is_empty()).then(|| exchange.request_text()),
        status: exchange.status,
        response_headers: exchange.shown_response_headers(),
        response_body: exchange.response_text(),
        comment: None,
    }
}
