//! Events of PingOne that come after the cycles, read on a thread of their own: a run that waits for one can be interrupted.

use std::path::Path;

use tokio::sync::mpsc;
use weir_files::fault::FileFault;
use weir_provision::source::pingone::{Event, Events};

use crate::failure::Failure;

/// Events, each with its line's fault if it has one.
type EventReceiver = mpsc::Receiver<Result<(usize, Event), FileFault>>;

/// Events that come after the cycles.
pub struct EventSource {
    /// The file's name, for titles and faults.
    pub name: String,
    pub(super) incoming: EventReceiver,
}

impl EventSource {
    /// The events of a file, one per line; `-` is standard input.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let mut events = Events::open(path).map_err(Failure::usage)?;
        let (sender, incoming): (_, EventReceiver) = mpsc::channel(1);
        let read = move || {
            while let Some(event) = events.next() {
                let event = event.map(|event| (events.number(), event));
                // The run that listened is over.
                if sender.blocking_send(event).is_err() {
                    break;
                }
            }
        };
        std::thread::Builder::new().name("events".to_owned()).spawn(read).map_err(Failure::Runtime)?;
        Ok(Self { name: path.display().to_string(), incoming })
    }
}
