//! The endpoint of a run: somebody's, or an embedded one.

use weir_exchange::{Client, ClientOptions, Further, Observer};

use crate::embedded::{EmbeddedEndpoint, EmbeddedOptions};
use crate::failure::Failure;

/// The target of an embedded endpoint unless another is asked for.
pub const DEFAULT_TARGET: &str = "aquera";

/// The endpoint of a run. An embedded one lives as long as this value.
pub struct RunEndpoint {
    /// Sends the requests of the run.
    pub client: Client,
    /// Absent if the endpoint is somebody's.
    pub embedded: Option<EmbeddedEndpoint>,
    /// The deviations that an embedded one was started with, each `ID` or `ID=VALUE`.
    pub deviations: Vec<String>,
    /// Further credentials, for the checks that need them.
    pub further: Further,
    /// Sees every exchange of the run.
    pub observer: Option<Observer>,
}

impl RunEndpoint {
    /// Lets `observer` see every exchange from now on.
    pub fn observe(&mut self, observer: Observer) {
        self.client = self.client.observed_by(observer.clone());
        self.observer = Some(observer);
    }

    /// Somebody's endpoint.
    pub const fn foreign(client: Client, further: Further) -> Self {
        Self { client, embedded: None, deviations: Vec::new(), further, observer: None }
    }

    /// An endpoint of our own. Of `options` only pace and patience count: it has credentials and transport of its own.
    pub fn embedded(target: &str, deviations: &[String], seed: u64, options: ClientOptions) -> Result<Self, Failure> {
        let target = target.to_owned();
        let embedded = EmbeddedEndpoint::start(&EmbeddedOptions { target, deviations: deviations.to_vec(), seed })
            .map_err(Failure::usage)?;
        let application = embedded
            .application()
            .ok_or_else(|| Failure::Usage(format!("target {} has no application", embedded.target())))?;
        let base = application
            .base_urls
            .first()
            .ok_or_else(|| Failure::Usage(format!("application {} has no base URL", application.name)))?;
        let options = ClientOptions { credentials: application.credentials(), ..options };
        let client = Client::new(base, options).map_err(Failure::usage)?;
        let further = embedded.further();
        Ok(Self { client, embedded: Some(embedded), deviations: deviations.to_vec(), further, observer: None })
    }
}
