//! What all requests share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use scim::schema::SchemaError;
use uuid::Uuid;

use crate::auth::Gate;
use crate::behaviour::{Behaviour, Material};
use crate::clock::Clock;
use crate::cursor::Cursors;
use crate::http::Origin;
use crate::journal::Journal;
use crate::limits::Limits;
use crate::password::Passwords;
use crate::rate::RateLimit;
use crate::seed::Seed;
use crate::store::{Store, Wanted};
use crate::target::Target;
use crate::target::deviations::Activation;
use crate::target::downstream::Effect;

/// See the [module documentation](self).
pub(crate) struct Server {
    pub target: Arc<Target>,
    pub limits: Limits,
    pub clock: Clock,
    pub journal: Arc<Journal>,
    pub behaviour: ArcSwap<Behaviour>,
    /// By application: the user that the subject of its credentials has registered.
    pub subjects: HashMap<String, Mutex<Option<Uuid>>>,
    pub cursors: Cursors,
    pub rate: RateLimit,
    pub gate: Gate,
    /// The control API's own.
    pub control: Gate,
    pub passwords: Passwords,
    pub origin: Origin,
    pub material: Material,
    /// The deviations to return to.
    pub initial: Vec<Activation>,
    /// Held while the behaviour is replaced.
    pub replacing: Mutex<()>,
}

impl Server {
    /// Replaces the active deviations; resources stay as far as [`Behaviour::new`] can keep them.
    pub fn set_deviations(&self, activations: Vec<Activation>) -> Result<(), String> {
        let _guard = self.replacing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.behaviour.load();
        self.behaviour.store(Arc::new(Behaviour::new(&self.material, activations, Some(&before))?));
        Ok(())
    }

    /// Removes every resource and account, forgets every exchange, and returns to the deviations of the start, whose states
    /// begin anew.
    pub fn reset(&self) -> Result<(), String> {
        let _guard = self.replacing.lock().unwrap_or_else(PoisonError::into_inner);
        self.behaviour.store(Arc::new(Behaviour::new(&self.material, self.initial.clone(), None)?));
        self.journal.clear();
        Ok(())
    }
}

/// Fills the first application with so many invented people, and two groups of them, as far as it has users and groups.
pub(crate) async fn invent(server: &Server, people: usize) -> scim::Result<()> {
    const PORTION: usize = 10_000;
    let behaviour = server.behaviour.load_full();
    let Some(front) = behaviour.fronts.first().filter(|_| people > 0) else { return Ok(()) };
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
            let user = front.base.get(kind, id, Wanted::default()).await?;
            downstream.write(Effect::Written, &user, front.active(&user));
        }
    }
    Ok(())
}

/// The material of a target's behaviours.
pub(crate) fn material(target: &Arc<Target>, clock: &Clock, seed: u64) -> Result<Material, SchemaError> {
    let schemas = crate::front::Schemas::new(target.registry()?);
    Ok(Material { target: Arc::clone(target), schemas, clock: clock.clone(), seed })
}
