//! How a run ends that was asked to: what is under way is abandoned soon, and what was created is deleted within a few seconds, so
//! that whoever sends one SIGTERM and waits ten seconds, as container engines do, sees the run end by itself.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

/// How long what is under way goes on.
pub const GRACE: Duration = Duration::from_millis(500);
/// How long what was created is deleted. What is left then is named.
pub const CLEAN_UP: Duration = Duration::from_secs(5);
/// How long what may have been created is looked for.
pub const SWEEP: Duration = Duration::from_secs(2);

/// Resolves when the run has been interrupted and `time` has passed since.
pub async fn after(mut interrupted: watch::Receiver<bool>, time: Duration) {
    if interrupted.wait_for(|interrupted| *interrupted).await.is_err() {
        // Without a sender there is no interruption.
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(time).await;
}

/// Does `work`; nothing if it is not done when the run has been interrupted and `time` has passed since.
pub async fn unless_over<T>(
    interrupted: &watch::Receiver<bool>,
    time: Duration,
    work: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        done = work => Some(done),
        () = after(interrupted.clone(), time) => None,
    }
}

/// Does `work` on a task of its own: while it looks at a long answer, which nothing can cut short, whoever waits for it can be asked
/// to end, and leaves it. Dropping the future ends the task where it waits next.
///
/// # Errors
/// The work panics.
pub async fn on_its_own<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T, JoinError> {
    let mut task = JoinSet::new();
    task.spawn(work);
    loop {
        if let Some(done) = task.join_next().await {
            return done;
        }
    }
}
