//! The endpoint of a run: somebody's, or an embedded one.

use url::Url;
use weir_exchange::{Client, ClientOptions, Observer};

use crate::embedded::Embedded;
use crate::embedded::EmbeddedOptions;
use crate::failure::Failure;
use crate::flags::EndpointFlags;

/// The target of an embedded endpoint unless another is asked for.
const DEFAULT_TARGET: &str = "aquera";

/// The endpoint of a run. An embedded one lives as long as this value.
pub struct Subject {
    pub client: Client,
    pub embedded: Option<Embedded>,
    /// Sees every exchange of the run.
    pub observer: Option<Observer>,
}

impl Subject {
    /// Lets `observer` see every exchange from now on.
    pub fn observe(&mut self, observer: Observer) {
        self.client = self.client.observed_by(observer.clone());
        self.observer = Some(observer);
    }

    /// Somebody's endpoint.
    pub fn at(url: &Url, flags: &EndpointFlags) -> Result<Self, Failure> {
        Ok(Self { client: flags.client(url)?, embedded: None, observer: None })
    }

    /// An endpoint of our own. Of the flags only pace and patience count: it has credentials and transport of its own.
    pub fn embedded(
        target: Option<&str>,
        deviations: &[String],
        seed: u64,
        flags: &EndpointFlags,
    ) -> Result<Self, Failure> {
        let target = target.unwrap_or(DEFAULT_TARGET).to_owned();
        let options = EmbeddedOptions { target, deviations: deviations.to_vec(), seed };
        let embedded = Embedded::start(&options).map_err(Failure::usage)?;
        let application = embedded
            .application()
            .ok_or_else(|| Failure::Usage(format!("target {} has no application", options.target)))?;
        let base = application
            .base_urls
            .first()
            .ok_or_else(|| Failure::Usage(format!("application {} has no base URL", application.name)))?;
        let options = ClientOptions { credentials: application.credentials(), ..flags.pace() };
        let client = Client::new(base, options).map_err(Failure::usage)?;
        Ok(Self { client, embedded: Some(embedded), observer: None })
    }
}
