//! Ctrl-C and SIGTERM.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::exit;
use crate::failure::Failure;
use crate::output::notice;

/// Requests to end the process, by Ctrl-C or SIGTERM.
pub struct Requests {
    interrupt: Signal,
    terminate: Signal,
}

/// Listens from now on: a signal that comes before the first [`Requests::next`] is kept, and no longer ends the process by itself.
pub fn listen() -> Result<Requests, Failure> {
    Ok(Requests { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
}

impl Requests {
    /// Resolves at the next request to end.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// How long the end of a run can take. Its own bounds are shorter; this one holds whatever a run is stuck in.
const LONGEST_END: Duration = Duration::from_secs(9);

/// Does `work`, which leaves nothing behind that is not to be there, until it is done or the process is asked to end.
pub async fn or_leave(work: impl Future<Output = Result<u8, Failure>>) -> Result<u8, Failure> {
    let mut requests = listen()?;
    tokio::select! {
        done = work => done,
        () = requests.next() => {
            notice("interrupted");
            Ok(exit::INTERRUPTED)
        }
    }
}

/// Ends the process at the next request, or when its end takes too long.
pub fn end_soon(mut requests: Requests) {
    tokio::spawn(async move {
        if tokio::time::timeout(LONGEST_END, requests.next()).await.is_err() {
            notice("the end takes too long; what was not reached is left behind");
        }
        std::process::exit(i32::from(exit::INTERRUPTED));
    });
}

/// Becomes true when the process is asked to end; a second request ends it at once, and so does time.
pub fn watch() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        if let Ok(mut requests) = listen() {
            requests.next().await;
            notice("interrupted; cleaning up (again to end at once)");
            // The run may be over already.
            let _ = sender.send(true);
            end_soon(requests);
        }
        // Without signals the sender must live on, or the run would take its end for an interruption.
        std::future::pending::<()>().await;
    });
    receiver
}
