//! How the endpoint behaves at the moment: the active deviations, and the fronts of the applications as they make them.

use std::sync::Arc;

use scim::schema::{Registry, ResourceTypeDocument, SchemaDocument};

use crate::clock::Clock;
use crate::front::{Front, Schemas};
use crate::rules::Rules;
use crate::store::identifiers::IdSource;
use crate::store::memory::MemoryStore;
use crate::target::Target;
use crate::target::deviations::seam::{AnswerSeam, ConnectionSeam, RequestSeam, StoreSeam};
use crate::target::deviations::{Activation, Seam};
use crate::target::downstream::Downstream;

/// See the [module documentation](self). It is replaced as a whole when the deviations change.
pub(crate) struct Behaviour {
    pub activations: Vec<Activation>,
    pub connection: Vec<Box<dyn ConnectionSeam>>,
    pub request: Vec<Box<dyn RequestSeam>>,
    pub answer: Vec<Box<dyn AnswerSeam>>,
    /// In the order of the target's applications.
    pub fronts: Vec<Front>,
    /// The schemas that the stores enforce.
    enforced: Vec<SchemaDocument>,
}

/// What behaviours are made from.
#[derive(Clone, Debug)]
pub(crate) struct Material {
    pub target: Arc<Target>,
    pub schemas: Schemas,
    pub clock: Clock,
    pub seed: u64,
}

impl Behaviour {
    /// The behaviour with these deviations. Resources and accounts of `before` are kept, unless the schemas that the stores
    /// enforce are others now.
    ///
    /// # Errors
    /// A deviation that makes the schemas unusable, as a sentence.
    pub fn new(material: &Material, activations: Vec<Activation>, before: Option<&Self>) -> Result<Self, String> {
        let (mut connection, mut request, mut answer) = (Vec::new(), Vec::new(), Vec::new());
        let mut stores: Vec<Box<dyn StoreSeam>> = Vec::new();
        let target = &material.target;
        let mut rules: Vec<Rules> =
            target.applications.iter().map(|application| Rules::new(target, application)).collect();
        for activation in &activations {
            let setup = activation.setup(material.seed);
            match activation.deviation.seam {
                Seam::Connection(make) => connection.push(make(&setup)),
                Seam::Request(make) => request.push(make(&setup)),
                Seam::Rules(change) => rules.iter_mut().for_each(|rules| change(&setup, rules)),
                Seam::Store(make) => stores.push(make(&setup)),
                Seam::Answer(make) => answer.push(make(&setup)),
            }
        }
        let registry = &material.schemas.registry;
        let mut enforced: Vec<SchemaDocument> = registry.schemas().map(|(_, schema)| schema.document.clone()).collect();
        for seam in &stores {
            seam.enforce(&mut enforced);
        }
        let kept = before.filter(|before| before.enforced == enforced);
        let store_registry = enforced_registry(registry, &enforced)?;
        let fronts = rules
            .into_iter()
            .enumerate()
            .map(|(position, rules)| {
                let application = &target.applications[position];
                let kept = kept.map(|before| &before.fronts[position]);
                let base = kept.map_or_else(
                    || {
                        // Each application has ids of its own.
                        let ids = IdSource::seeded(material.seed.wrapping_add(position as u64));
                        MemoryStore::new(Arc::clone(&store_registry), material.clock.clone(), ids)
                    },
                    |front| front.base.clone(),
                );
                let mut front = Front::new(application.name.as_str().into(), rules, &material.schemas, base);
                front.store = stores.iter().fold(front.store, |store, seam| seam.wrap(store));
                front.downstream = match kept {
                    Some(before) => before.downstream.clone(),
                    None => application.downstream.map(|service| Arc::new(Downstream::new(service))),
                };
                front
            })
            .collect();
        Ok(Self { activations, connection, request, answer, fronts, enforced })
    }
}

fn enforced_registry(registry: &Arc<Registry>, enforced: &[SchemaDocument]) -> Result<Arc<Registry>, String> {
    let same = registry.schemas().map(|(_, schema)| &schema.document).eq(enforced);
    if same {
        return Ok(Arc::clone(registry));
    }
    let kinds: Vec<ResourceTypeDocument> = registry.resource_types().map(|(_, kind)| kind.document.clone()).collect();
    let built = Registry::build(enforced.to_vec(), kinds).map_err(|error| error.to_string())?;
    if built.attribute_count() != registry.attribute_count() {
        return Err("it changes the number of attributes, which must stay".to_owned());
    }
    Ok(Arc::new(built))
}
