//! Where a scenario is acted out: one application, what it reports, and what the service behind it holds.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tokio::sync::watch;
use weir_catalog::deletion;
use weir_exchange::difference::at;
use weir_exchange::{Client, ClientOptions, CreatedResources, Credentials, Request};
use weir_judge::{Event, Events};

use super::{ScenarioEndpoint, ScenarioError};

/// One application, or somebody's whole endpoint.
pub struct ScenarioApplication {
    pub name: String,
    pub client: Client,
    /// The control API of an endpoint of our own.
    control: Option<Client>,
    created: CreatedResources,
    /// What every name begins with.
    prefix: String,
    next: AtomicUsize,
}

/// Every application of an endpoint of our own, or somebody's endpoint.
pub(super) fn all(endpoint: &ScenarioEndpoint<'_>) -> Result<Vec<ScenarioApplication>, ScenarioError> {
    let failed = |error: &dyn std::fmt::Display| ScenarioError::Unreachable(error.to_string());
    let embedded = match endpoint {
        ScenarioEndpoint::Foreign { client, prefix } => {
            let created = CreatedResources::default();
            return Ok(vec![ScenarioApplication {
                name: "the endpoint".to_owned(),
                client: client.noting(&created),
                control: None,
                created,
                prefix: (*prefix).to_owned(),
                next: AtomicUsize::new(1),
            }]);
        }
        ScenarioEndpoint::Embedded(embedded) => embedded,
    };
    let credentials = Credentials::Bearer(embedded.control_token().clone());
    let control = Client::new(embedded.control_url(), ClientOptions { credentials, ..ClientOptions::default() })
        .map_err(|error| failed(&error))?;
    let mut applications = Vec::new();
    for application in embedded.applications() {
        let Some(base) = application.base_urls.first() else { continue };
        let options = ClientOptions { credentials: application.credentials(), ..ClientOptions::default() };
        applications.push(ScenarioApplication {
            name: application.name.clone(),
            client: Client::new(base, options).map_err(|error| failed(&error))?,
            control: Some(control.clone()),
            created: CreatedResources::default(),
            prefix: "weir".to_owned(),
            next: AtomicUsize::new(1),
        });
    }
    Ok(applications)
}

/// A user as one side shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Active,
    Inactive,
    Gone,
    /// Nobody can look.
    NotObservable,
}

impl State {
    /// The word used in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Gone => "gone",
            Self::NotObservable => "sign-in not observable",
        }
    }

    fn of(user: Option<&Value>) -> Self {
        match user {
            None => Self::Gone,
            // An account that says nothing about being active counts as active.
            Some(user) if at(user, "active") == Some(&Value::Bool(false)) => Self::Inactive,
            Some(_) => Self::Active,
        }
    }
}

impl ScenarioApplication {
    /// A name that nothing in this application has yet.
    pub fn fresh_name(&self) -> String {
        format!("{}-{}", self.prefix, self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// Whether what the service behind it holds can be looked at.
    pub const fn is_observable(&self) -> bool {
        self.control.is_some()
    }

    /// The user as SCIM shows them.
    pub async fn user(&self, name: &str) -> Result<Option<Value>, ScenarioError> {
        self.found("/Users", "userName", name).await.map(|found| found.into_iter().next())
    }

    /// The groups of this name.
    pub async fn groups(&self, name: &str) -> Result<Vec<Value>, ScenarioError> {
        self.found("/Groups", "displayName", name).await
    }

    async fn found(&self, path: &str, attribute: &str, name: &str) -> Result<Vec<Value>, ScenarioError> {
        let filter = format!("{attribute} eq {}", Value::from(name));
        let exchange = self
            .client
            .send(Request::get(path).query("filter", &filter))
            .await
            .map_err(|error| ScenarioError::Unreachable(error.to_string()))?;
        let found = exchange.at("Resources").and_then(Value::as_array).cloned();
        if exchange.status != 200 {
            return Err(ScenarioError::Unreachable(format!(
                "{} was answered with {} when reading back",
                exchange.target(),
                exchange.status
            )));
        }
        let is_asked =
            |one: &Value| at(one, attribute).and_then(Value::as_str).is_some_and(|own| own.eq_ignore_ascii_case(name));
        Ok(found.unwrap_or_default().into_iter().filter(is_asked).collect())
    }

    /// What SCIM reports of the user.
    pub async fn reported(&self, name: &str) -> Result<State, ScenarioError> {
        Ok(State::of(self.user(name).await?.as_ref()))
    }

    /// The account that the service behind holds, where it can be looked at.
    pub async fn account(&self, name: &str) -> Result<Option<Value>, ScenarioError> {
        let Some(control) = &self.control else { return Ok(None) };
        let request = Request::get("/applications").segment(&self.name).segment("accounts");
        let exchange = control.send(request).await.map_err(|error| ScenarioError::Unreachable(error.to_string()))?;
        let accounts = exchange.at("accounts").and_then(Value::as_array);
        Ok(accounts.into_iter().flatten().find(|account| account["userName"] == name).cloned())
    }

    /// Whether the account lets its owner in.
    pub async fn account_state(&self, name: &str) -> Result<State, ScenarioError> {
        if !self.is_observable() {
            return Ok(State::NotObservable);
        }
        Ok(State::of(self.account(name).await?.as_ref()))
    }

    /// Deletes what was created; what remains is told.
    pub(super) async fn clean_up(&self, events: &Events, is_interrupted: bool, interrupted: &watch::Receiver<bool>) {
        if self.control.is_some() {
            return;
        }
        if is_interrupted {
            self.created.note_interruption();
        }
        deletion::clean_up(&self.created, &self.client, events, interrupted, 1).await;
        if self.created.is_uncertain() {
            events.emit(&Event::Leftover {
                url: format!("{}/Users", self.client.base_url()),
                reason: format!("a creation may have gone unnoticed; look for names that start with {}", self.prefix),
            });
        }
    }
}
