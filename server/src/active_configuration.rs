//! How the endpoint behaves at the moment: the active deviations, and the fronts of the applications as they make them.

use std::sync::Arc;

use scim::schema::{Registry, ResourceTypeDocument, SchemaDocument, SchemaError};
use tokio::sync::watch;
use weir_files::name::UnknownName;

use crate::application::downstream::Downstream;
use crate::application::{Front, Schemas, Seams, StoreSeam};
use crate::clock::Clock;
use crate::deviations::{Activation, LimitedSeam, Scope, Seam, WatchedSeam};
use crate::rules::Rules;
use crate::store::identifiers::IdSource;
use crate::store::memory::MemoryStore;
use crate::targets::Target;
use crate::targets::contradiction::{self, Contradiction};

/// Why deviations cannot be active together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviationsError {
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    #[error("application {application}: {contradiction}")]
    InApplication { application: String, contradiction: Contradiction },
    #[error(transparent)]
    Schema(#[from] SchemaError),
    #[error(transparent)]
    ResourceType(UnknownName),
    #[error("it changes the number of attributes, which must stay")]
    AttributeCount,
}

/// See the [module documentation](self). It is replaced as a whole when the deviations change.
pub(crate) struct ActiveConfiguration {
    /// Those of every application; each may have further ones of its own.
    pub activations: Vec<Activation>,
    /// What requests pass that mean no application.
    nowhere: Seams,
    /// In the order of the target's applications.
    pub fronts: Vec<Front>,
    /// The schemas that the store of each application enforces.
    enforced: Vec<Vec<SchemaDocument>>,
}

/// What active configurations are made from.
#[derive(Clone, Debug)]
pub(crate) struct Blueprint {
    pub target: Arc<Target>,
    pub schemas: Schemas,
    pub clock: Clock,
    pub seed: u64,
    /// See [`crate::Config::under_way`].
    pub under_way: Option<watch::Receiver<usize>>,
}

impl ActiveConfiguration {
    /// The configuration with these deviations. Resources and accounts of `before` are kept, unless the schemas that the
    /// stores enforce are others now.
    ///
    /// # Errors
    /// Deviations that contradict each other, or that make the schemas unusable.
    pub fn new(
        blueprint: &Blueprint,
        activations: Vec<Activation>,
        before: Option<&Self>,
    ) -> Result<Self, DeviationsError> {
        let target = &blueprint.target;
        contradiction::check(&activations)?;
        let common = InstantiatedSeams::new(&activations, blueprint)?;
        let mut fronts = Vec::with_capacity(target.applications.len());
        let mut enforced = Vec::with_capacity(target.applications.len());
        for (position, application) in target.applications.iter().enumerate() {
            // What all have is not had twice.
            let is_common = |own: &&Activation| activations.iter().any(|common| common.to_string() == own.to_string());
            let particular: Vec<Activation> =
                application.deviations.iter().filter(|own| !is_common(own)).cloned().collect();
            let own: Vec<Activation> = particular.iter().chain(&activations).cloned().collect();
            contradiction::check(&own).map_err(|contradiction| {
                let application = application.name.clone();
                DeviationsError::InApplication { application, contradiction }
            })?;
            let instances = InstantiatedSeams::new(&particular, blueprint)?.followed_by(&common);
            let schemas = instances.enforced(&blueprint.schemas.registry);
            let kept = before.filter(|before| before.enforced[position] == schemas);
            let mut rules = target.rules(application);
            for activation in &own {
                if let Seam::Rules(change) = activation.deviation.seam {
                    let before = rules.capabilities.clone();
                    change(&mut rules);
                    let label: Arc<str> = activation.label().into();
                    let off = before.difference(&rules.capabilities).map(|off| (*off, Arc::clone(&label)));
                    rules.switched_off.extend(off);
                }
            }
            fronts.push(instances.front(
                blueprint,
                position,
                rules,
                &schemas,
                kept.map(|before| &before.fronts[position]),
            )?);
            enforced.push(schemas);
        }
        Ok(Self { activations, nowhere: common.in_order(), fronts, enforced })
    }

    /// Whether a deviation may act on the requests to an application, given by its position.
    pub fn may_deviate(&self, application: Option<usize>) -> bool {
        let seams = self.seams(application);
        let is_off = |position: usize| !self.fronts[position].rules.switched_off.is_empty();
        !(seams.connection.is_empty() && seams.request.is_empty() && seams.answer.is_empty())
            || application.is_some_and(is_off)
    }

    /// Whether it can be seen on which exchanges an active deviation acts. Others change the endpoint as a whole.
    pub fn is_seen(&self, activation: &Activation) -> bool {
        let label = activation.label();
        match activation.deviation.seam {
            Seam::Store(_) => false,
            Seam::Rules(_) => {
                self.fronts.iter().any(|front| front.rules.switched_off.values().any(|own| **own == *label))
            }
            _ => true,
        }
    }

    /// What the requests to an application pass, given by its position; without one, those that mean none.
    pub fn seams(&self, application: Option<usize>) -> &Seams {
        application.map_or(&self.nowhere, |position| &self.fronts[position].seams)
    }
}

/// Deviations made for an endpoint. Applications that share them share their states.
#[derive(Clone, Default)]
struct InstantiatedSeams {
    seams: Seams,
    /// Those of the deviations that act behind all others.
    last: Seams,
    stores: Vec<Arc<dyn StoreSeam>>,
}

impl InstantiatedSeams {
    fn new(activations: &[Activation], blueprint: &Blueprint) -> Result<Self, DeviationsError> {
        let mut instances = Self::default();
        for activation in activations {
            let mut seams = Seams::default();
            let setup = activation.setup(&blueprint.clock, blueprint.seed, blueprint.under_way.as_ref());
            match activation.deviation.seam {
                Seam::Connection(make) => seams.connection.push(make(&setup).into()),
                Seam::Request(ref part) => seams.request.push(part.instance(&setup)),
                // Each application has rules of its own.
                Seam::Rules(_) => {}
                Seam::Store(ref part) => instances.stores.push(part.instance(&setup)),
                Seam::Answer(ref part) => seams.answer.push(part.instance(&setup)),
                Seam::Exchange(make) => {
                    let (request, answer) = make(&setup);
                    seams.request.push(request.into());
                    seams.answer.push(answer.into());
                }
            }
            if let Some(scope) = scope_of(activation, &blueprint.schemas.registry)? {
                seams = limited(seams, &scope);
            }
            let seams = watched(seams, &activation.label().into());
            let place = if activation.deviation.acts_last { &mut instances.last } else { &mut instances.seams };
            place.extend(seams);
        }
        Ok(instances)
    }

    fn followed_by(mut self, others: &Self) -> Self {
        self.seams.extend(others.seams.clone());
        self.last.extend(others.last.clone());
        self.stores.extend(others.stores.iter().cloned());
        self
    }

    /// What requests and answers pass, in order.
    fn in_order(&self) -> Seams {
        let mut all = self.seams.clone();
        all.extend(self.last.clone());
        all
    }

    fn enforced(&self, registry: &Registry) -> Vec<SchemaDocument> {
        let mut enforced = registry.schemas().map(|(_, schema)| schema.document.clone()).collect::<Vec<_>>();
        self.stores.iter().for_each(|seam| seam.enforce(&mut enforced));
        enforced
    }

    /// The front of one application, with the resources and accounts of the one before.
    fn front(
        self,
        blueprint: &Blueprint,
        position: usize,
        rules: Rules,
        enforced: &[SchemaDocument],
        kept: Option<&Front>,
    ) -> Result<Front, DeviationsError> {
        let application = &blueprint.target.applications[position];
        let base = if let Some(before) = kept {
            before.base.clone()
        } else {
            // Each application has ids of its own.
            let ids = IdSource::seeded(blueprint.seed.wrapping_add(position as u64));
            let registry = enforced_registry(&blueprint.schemas.registry, enforced)?;
            MemoryStore::new(registry, blueprint.clock.clone(), ids)
        };
        let front = Front::new(application.name.as_str().into(), rules, &blueprint.schemas, base);
        let mut front = front.with_deviations(self.in_order(), &self.stores);
        front.downstream = match kept {
            Some(before) => before.downstream.clone(),
            None => application.downstream.map(|service| Arc::new(Downstream::new(service))),
        };
        Ok(front)
    }
}

/// The resource type that a deviation is limited to.
fn scope_of(activation: &Activation, registry: &Registry) -> Result<Option<Scope>, DeviationsError> {
    let Some(name) = &activation.resource_type else { return Ok(None) };
    let unknown = || {
        let known = registry.resource_types().map(|(_, kind)| kind.document.name.as_str());
        DeviationsError::ResourceType(UnknownName::new("resource type", name, known))
    };
    Scope::named(registry, name).map(Some).ok_or_else(unknown)
}

fn limited(seams: Seams, scope: &Scope) -> Seams {
    let scope = || scope.clone();
    Seams {
        connection: seams
            .connection
            .into_iter()
            .map(|seam| Arc::new(LimitedSeam { scope: scope(), seam }) as _)
            .collect(),
        request: seams.request.into_iter().map(|seam| Arc::new(LimitedSeam { scope: scope(), seam }) as _).collect(),
        answer: seams.answer.into_iter().map(|seam| Arc::new(LimitedSeam { scope: scope(), seam }) as _).collect(),
    }
}

fn watched(seams: Seams, label: &Arc<str>) -> Seams {
    let label = || Arc::clone(label);
    let Seams { connection, request, answer } = seams;
    Seams {
        connection: connection.into_iter().map(|seam| Arc::new(WatchedSeam { label: label(), seam }) as _).collect(),
        request: request.into_iter().map(|seam| Arc::new(WatchedSeam { label: label(), seam }) as _).collect(),
        answer: answer.into_iter().map(|seam| Arc::new(WatchedSeam { label: label(), seam }) as _).collect(),
    }
}

fn enforced_registry(registry: &Arc<Registry>, enforced: &[SchemaDocument]) -> Result<Arc<Registry>, DeviationsError> {
    let same = registry.schemas().map(|(_, schema)| &schema.document).eq(enforced);
    if same {
        return Ok(Arc::clone(registry));
    }
    let kinds: Vec<ResourceTypeDocument> = registry.resource_types().map(|(_, kind)| kind.document.clone()).collect();
    let built = Registry::build(enforced.to_vec(), kinds)?;
    if built.attribute_count() != registry.attribute_count() {
        return Err(DeviationsError::AttributeCount);
    }
    Ok(Arc::new(built))
}
