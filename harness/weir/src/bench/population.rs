//! The people and the group that a load needs, created before it and deleted after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt as _;
use scim::capability::Capability;
use tokio::sync::watch;
use url::Url;
use weir_catalog::Data;
use weir_catalog::Discovery;
use weir_exchange::{Client, EndpointError, Request};

/// Everything that requests are about.
pub struct Population {
    pub(super) people: Vec<Person>,
    /// The id of a group, if the endpoint lets clients create one.
    pub(super) group: Option<String>,
    pub(super) data: Data,
    pub(super) patches: bool,
}

/// A user that exists while the load runs.
pub(super) struct Person {
    pub id: String,
    pub user_name: String,
}

/// Why the population could not be created.
#[derive(Debug, thiserror::Error)]
pub enum PopulationError {
    #[error("user {number} of {people} could not be created: {reason}")]
    Person { number: usize, people: usize, reason: PersonError },
    #[error("the run was interrupted")]
    Interrupted,
}

/// Why one user could not be created.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    #[error("{url} answered {status}{detail}")]
    Refused { url: Url, status: u16, detail: String },
    #[error("the answer to POST /Users has no {0}")]
    Incomplete(&'static str),
}

/// Creates `people` users, `connections` at a time, and a group without members if the endpoint takes groups. `client` notes what
/// it creates.
pub async fn populate(
    client: &Client,
    discovery: &Arc<Discovery>,
    seed: u64,
    people: usize,
    connections: usize,
    interrupted: &watch::Receiver<bool>,
) -> Result<Population, PopulationError> {
    let data = Data::new(seed, "bench", Arc::clone(discovery));
    let next = AtomicUsize::new(1);
    let created: Vec<Result<Person, PopulationError>> = futures_util::stream::iter(0..people)
        .map(|_| async {
            if *interrupted.borrow() {
                return Err(PopulationError::Interrupted);
            }
            let number = next.fetch_add(1, Ordering::Relaxed);
            create(client, &data).await.map_err(|reason| PopulationError::Person { number, people, reason })
        })
        .buffer_unordered(connections)
        .take_while(|person| std::future::ready(!matches!(person, Err(PopulationError::Interrupted))))
        .collect()
        .await;
    let people: Vec<Person> = created.into_iter().collect::<Result<_, _>>()?;
    if *interrupted.borrow() || people.is_empty() {
        return Err(PopulationError::Interrupted);
    }
    let group = if discovery.offers(Capability::CreateGroups) {
        // An endpoint that refuses the group is loaded without it.
        let answer = client.send(Request::post("/Groups").json(&data.group())).await;
        answer.ok().filter(|exchange| exchange.is_success()).and_then(|exchange| exchange.text("id").map(str::to_owned))
    } else {
        None
    };
    Ok(Population { people, group, data, patches: discovery.offers(Capability::PatchUsers) })
}

async fn create(client: &Client, data: &Data) -> Result<Person, PersonError> {
    let exchange = client.send(Request::post("/Users").json(&data.user())).await?;
    if !exchange.is_success() {
        let detail = exchange.text("detail").map(|detail| format!(": {detail}")).unwrap_or_default();
        return Err(PersonError::Refused { url: exchange.url.clone(), status: exchange.status, detail });
    }
    let text = |name| exchange.text(name).map(str::to_owned).ok_or(PersonError::Incomplete(name));
    Ok(Person { id: text("id")?, user_name: text("userName")? })
}

impl Population {
    /// How many users there are.
    pub const fn people(&self) -> usize {
        self.people.len()
    }

    /// Whether there is a group to change.
    pub const fn has_group(&self) -> bool {
        self.group.is_some()
    }
}
