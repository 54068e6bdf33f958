//! No other values than those that the schemas publish as canonical (RFC 7643 sections 2.3.1 and 7).

use futures_util::future::BoxFuture;
use scim::resource::{Slot, Value};
use scim::schema::{AttributeId, Registry, comparison_key};
use scim::{Error, ErrorKind};

use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub struct CanonicalEnforced;

impl RequestSeam for CanonicalEnforced {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let registry = next.registry();
        let stranger = match &operation {
            Operation::Create { fields, .. } | Operation::Replace { fields, .. } => {
                fields.iter().find_map(|(id, slot)| stranger(registry, id, slot))
            }
            Operation::Patch { patch, .. } => patch.contents().find_map(|(id, slot)| stranger(registry, id, slot)),
            Operation::Get { .. } | Operation::Delete { .. } | Operation::List(_) => None,
        };
        match stranger {
            Some(error) => Box::pin(std::future::ready(Err(error))),
            None => next.run(operation),
        }
    }
}

/// The refusal of the first text that is not among the canonical values of its attribute.
fn stranger(registry: &Registry, id: AttributeId, slot: &Slot) -> Option<Error> {
    slot.values().iter().find_map(|value| match value {
        Value::Complex(parts) => parts.iter().find_map(|(id, slot)| stranger(registry, id, slot)),
        Value::String(text) => {
            let known = &registry.attribute(id).canonical_values;
            let is_known = |own: &String| comparison_key(registry, id, own) == comparison_key(registry, id, text);
            (!known.is_empty() && !known.iter().any(is_known)).then(|| {
                let detail = format!("{}: expected {}, got {text:?}", registry.short_name(id), known.join(", "));
                Error::new(ErrorKind::InvalidValue, detail)
            })
        }
        _ => None,
    })
}
