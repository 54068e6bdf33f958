//! Requests that are sent together.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::watch;
use weir_exchange::{Exchange, Request};

use crate::check::{Context, Stop};

/// How many requests that checks sent together have no answer yet.
///
/// An endpoint inside the same program can look at it: where two requests must meet for a fault to show, it knows from it
/// whether another one can still come. Whether they meet then depends neither on the machine nor on its load.
#[derive(Clone, Debug, Default)]
pub struct UnderWay(watch::Sender<usize>);

/// One request that is sent, or about to be.
struct Announcement(watch::Sender<usize>);

impl UnderWay {
    /// The number, as it changes.
    pub fn count(&self) -> watch::Receiver<usize> {
        self.0.subscribe()
    }

    fn announce(&self) -> Announcement {
        self.0.send_modify(|count| *count += 1);
        Announcement(self.0.clone())
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl Context {
    /// Sends requests together; the answers are in the order of the requests.
    pub async fn together(&self, requests: Vec<Request>) -> Result<Vec<Arc<Exchange>>, Stop> {
        // All are announced before the first is sent.
        let announced: Vec<_> = requests.into_iter().map(|request| (request, self.under_way().announce())).collect();
        let sent = announced.into_iter().map(|(request, announced)| async move {
            let answer = self.send(request).await;
            drop(announced);
            answer
        });
        join_all(sent).await.into_iter().collect()
    }
}
