//! Who wants to see every exchange of a client, as it ends.

use std::fmt;
use std::sync::Arc;

use super::exchange::Exchange;

/// Sees each exchange of a client and its clones, those that no check or step records included. It is called on the thread that
/// read the answer, so it must be quick.
#[derive(Clone)]
pub struct Observer(Arc<See>);

type See = dyn Fn(&Arc<Exchange>) + Send + Sync;

impl Observer {
    pub fn new(see: impl Fn(&Arc<Exchange>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(see))
    }

    pub(super) fn see(&self, exchange: &Arc<Exchange>) {
        (self.0)(exchange);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
