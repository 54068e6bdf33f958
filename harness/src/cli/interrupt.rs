//! Ctrl-C and SIGTERM.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::Failure;
use crate::exit;

/// Resolves when the process is asked to end.
pub async fn requested() -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Becomes true when the process is asked to end; a second request ends it at once.
pub fn watch() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        if requested().await.is_ok() {
            eprintln!("weir: interrupted; cleaning up (again to end at once)");
            // The run may be over already.
            let _ = sender.send(true);
            if requested().await.is_ok() {
                std::process::exit(i32::from(exit::INTERRUPTED));
            }
        }
        // Without signals the sender must live on, or the run would take its end for an interruption.
        std::future::pending::<()>().await;
    });
    receiver
}
