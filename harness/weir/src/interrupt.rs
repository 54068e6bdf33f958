//! Ctrl-C and SIGTERM.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::exit;
use crate::failure::Failure;

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

/// Becomes true when the process is asked to end; a second request ends it at once.
pub fn watch() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        if let Ok(mut requests) = listen() {
            requests.next().await;
            eprintln!("weir: interrupted; cleaning up (again to end at once)");
            // The run may be over already.
            let _ = sender.send(true);
            requests.next().await;
            std::process::exit(i32::from(exit::INTERRUPTED));
        }
        // Without signals the sender must live on, or the run would take its end for an interruption.
        std::future::pending::<()>().await;
    });
    receiver
}
