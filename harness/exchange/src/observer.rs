//! Who wants to see every exchange of a client as it ends, and every request whose answer does not come.

use std::fmt;
use std::sync::Arc;

use super::exchange::Exchange;

/// Sees each exchange of a client and its clones, those that no check or step records included. It is called on the thread that
/// read the answer, so it must be quick.
#[derive(Clone)]
pub struct Observer {
    see: Arc<See>,
    lose: Option<Arc<See>>,
}

type See = dyn Fn(&Arc<Exchange>) + Send + Sync;

impl Observer {
    pub fn new(see: impl Fn(&Arc<Exchange>) + Send + Sync + 'static) -> Self {
        Self { see: Arc::new(see), lose: None }
    }

    /// The same observer, which also sees each request that may have reached the endpoint and got no usable answer: with the status 0, as
    /// [`Exchange::unanswered`] has it.
    #[must_use]
    pub fn losing(self, lose: impl Fn(&Arc<Exchange>) + Send + Sync + 'static) -> Self {
        Self { lose: Some(Arc::new(lose)), ..self }
    }

    pub(super) fn see(&self, exchange: &Arc<Exchange>) {
        (self.see)(exchange);
    }

    pub(super) fn lose(&self, exchange: &Arc<Exchange>) {
        if let Some(lose) = &self.lose {
            lose(exchange);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
