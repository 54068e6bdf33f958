//! What all requests share.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use scim::schema::SchemaError;
use secrecy::SecretString;
use uuid::Uuid;

use crate::access::{self, ApplicationAccess};
use crate::active_configuration::{ActiveConfiguration, Blueprint, DeviationsError};
use crate::application::downstream::Effect;
use crate::auth::{Gate, Grant};
use crate::clock::Clock;
use crate::config::Config;
use crate::credentials::{Credentials, generated};
use crate::cursor::Cursors;
use crate::deviations::Activation;
use crate::journal::Journal;
use crate::limits::Limits;
use crate::message::Origin;
use crate::metrics::Metrics;
use crate::password::Passwords;
use crate::rate::RateLimit;
use crate::rates::Rates;
use crate::seed::Seed;
use crate::snapshots::Snapshots;
use crate::start_error::StartError;
use crate::store::{Store, WantedRelations};
use crate::targets::Target;

/// What listens: the server as it is at the moment, replaced as a whole when the target is switched.
pub(crate) struct CurrentServer {
    current: ArcSwap<Server>,
    /// What a switched target is started with.
    config: Config,
}

impl CurrentServer {
    pub fn new(config: Config, server: Server) -> Self {
        Self { current: ArcSwap::from_pointee(server), config }
    }

    /// The server as it is at the moment.
    pub fn server(&self) -> arc_swap::Guard<Arc<Server>> {
        self.current.load()
    }

    /// As [`Self::server`], to be kept for long.
    pub fn shared(&self) -> Arc<Server> {
        self.current.load_full()
    }

    /// Behaves as another target from now on. Resources, deviations and snapshots go; journal, metrics, clock and the given
    /// credentials stay.
    pub fn switch(&self, target: Target) -> Result<(), StartError> {
        let config = Config { target, deviations: Vec::new(), people: 0, ..self.config.clone() };
        let before = self.server();
        let across = AcrossTargets { journal: Arc::clone(&before.journal), metrics: Arc::clone(&before.metrics) };
        self.current.store(Arc::new(Server::new(&config, before.origin.clone(), across)?));
        Ok(())
    }
}

/// What outlives a switch of targets.
pub(crate) struct AcrossTargets {
    pub journal: Arc<Journal>,
    pub metrics: Arc<Metrics>,
}

impl AcrossTargets {
    pub fn new(config: &Config) -> Self {
        Self { journal: Arc::new(Journal::new(config.journal, &config.limits)), metrics: Arc::default() }
    }
}

/// See the [module documentation](self).
pub(crate) struct Server {
    pub target: Arc<Target>,
    pub limits: Limits,
    pub clock: Clock,
    pub journal: Arc<Journal>,
    pub metrics: Arc<Metrics>,
    /// How clients reach the applications.
    pub applications: Vec<ApplicationAccess>,
    pub snapshots: Snapshots,
    pub configuration: ArcSwap<ActiveConfiguration>,
    /// By application: the user that the subject of its credentials has registered.
    pub subjects: HashMap<String, Mutex<Option<Uuid>>>,
    pub cursors: Cursors,
    pub rate: RateLimit,
    /// By the position of the application: the limits that its target sets.
    pub rates: Vec<Rates>,
    pub gate: Gate,
    /// The control API's own.
    pub control: Gate,
    /// Whether the control API answers other machines.
    pub remote_control: bool,
    pub passwords: Passwords,
    pub origin: Origin,
    pub blueprint: Blueprint,
    /// The deviations to return to.
    pub initial: Vec<Activation>,
    /// Held while the configuration is replaced.
    pub replacing: Mutex<()>,
}

impl Server {
    /// A server with the target of `config`, and nothing in it.
    pub fn new(config: &Config, origin: Origin, across: AcrossTargets) -> Result<Self, StartError> {
        let (applications, gate) = access::access(config, &origin).map_err(StartError::Credentials)?;
        let target = Arc::new(config.target.clone());
        let blueprint = blueprint(&target, config)
            .map_err(|error| StartError::Target { target: target.name.clone(), problem: error })?;
        let initial: Vec<Activation> = target.deviations.iter().chain(&config.deviations).cloned().collect();
        let configuration = ActiveConfiguration::new(&blueprint, initial.clone(), None)
            .map_err(|problem| StartError::deviations(&initial, problem))?;
        Ok(Self {
            subjects: applications.iter().map(|access| (access.name.clone(), Mutex::default())).collect(),
            cursors: Cursors::new(&generated(config.seed, "cursor")),
            rate: RateLimit::new(config.limits.rate),
            rates: target.applications.iter().map(|application| Rates::new(&application.rate)).collect(),
            gate,
            control: control_gate(&config.control_token()),
            remote_control: config.remote_control,
            passwords: Passwords::new(config.password_cost, config.seed).map_err(StartError::PasswordCost)?,
            journal: across.journal,
            metrics: across.metrics,
            applications,
            snapshots: Snapshots::default(),
            configuration: ArcSwap::from_pointee(configuration),
            replacing: Mutex::new(()),
            clock: config.clock.clone(),
            limits: config.limits.clone(),
            target,
            origin,
            blueprint,
            initial,
        })
    }

    /// Replaces the active deviations; resources stay as far as [`ActiveConfiguration::new`] can keep them.
    pub fn set_deviations(&self, activations: Vec<Activation>) -> Result<(), DeviationsError> {
        let _guard = self.replacing.lock();
        let before = self.configuration.load();
        self.configuration.store(Arc::new(ActiveConfiguration::new(&self.blueprint, activations, Some(&before))?));
        Ok(())
    }

    /// Removes every resource and account, forgets every exchange, and returns to the deviations of the start, whose states
    /// begin anew.
    pub fn reset(&self) -> Result<(), DeviationsError> {
        let _guard = self.replacing.lock();
        self.configuration.store(Arc::new(ActiveConfiguration::new(&self.blueprint, self.initial.clone(), None)?));
        self.rates.iter().for_each(Rates::clear);
        self.journal.clear();
        Ok(())
    }
}

/// The control API is treated like an application of its own, at the only position there is.
fn control_gate(token: &SecretString) -> Gate {
    let mut gate = Gate::default();
    let credentials = Credentials { bearer: Some(token.clone()), ..Credentials::default() };
    gate.add(&credentials, &Grant { applications: [0].into(), writes: true });
    gate
}

/// Fills the first application with so many invented people, and two groups of them, as far as it has users and groups.
pub(crate) async fn invent(server: &Server, people: usize) -> scim::Result<()> {
    const PORTION: usize = 10_000;
    let configuration = server.configuration.load_full();
    let Some(front) = configuration.fronts.first().filter(|_| people > 0) else { return Ok(()) };
    let Some(seed) = Seed::new(&front.registry) else { return Ok(()) };
    let mut ids = Vec::with_capacity(people);
    for start in (0..people).step_by(PORTION) {
        let portion: Vec<_> = (start..people.min(start + PORTION)).map(|number| seed.person(number)).collect();
        ids.extend(front.base.load(&portion)?);
    }
    front.base.load(&[seed.group("ten", &ids[..people.min(10)]), seed.group("everyone", &ids)])?;
    if let Some(downstream) = &front.downstream {
        let (kind, _) = seed.person(0);
        for id in ids {
            let user = front.base.get(kind, id, WantedRelations::default()).await?;
            downstream.write(Effect::Written, &user, front.active(&user));
        }
    }
    Ok(())
}

/// The blueprint of a target's active configurations.
fn blueprint(target: &Arc<Target>, config: &Config) -> Result<Blueprint, SchemaError> {
    let schemas = crate::application::Schemas::new(target.registry()?);
    Ok(Blueprint {
        target: Arc::clone(target),
        schemas,
        clock: config.clock.clone(),
        seed: config.seed,
        under_way: config.under_way.clone(),
    })
}
