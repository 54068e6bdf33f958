//! A provisioner's wire that ends with the run.

use futures_util::future::BoxFuture;
use tokio::sync::watch;
use weir_catalog::interruption;
use weir_provision::client::wire::{Call, NoAnswer, Reply, Sender, Wire};

/// Cuts a call off soon after the run is asked to end, so that a slow answer does not hold it up. What was under way counts as not
/// answered: the ledger remembers that, and the next cycle looks.
pub struct Interruptible {
    pub sender: Sender,
    pub interrupted: watch::Receiver<bool>,
}

impl Wire for Interruptible {
    fn send(&self, call: Call) -> BoxFuture<'_, Result<Reply, NoAnswer>> {
        Box::pin(async {
            let sent = self.sender.send(call);
            let answer = interruption::unless_over(&self.interrupted, interruption::GRACE, sent).await;
            answer.unwrap_or_else(|| Err(NoAnswer("the run was interrupted before it came".to_owned())))
        })
    }
}
