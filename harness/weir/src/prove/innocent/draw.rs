//! Draws an innocent.

mod offers;
mod types;

use serde_json::{Map, Value, json};

use super::axis::Axis;
use super::choices::Choices;
use super::description::{DescribedType, Description};
pub(super) use types::standard_schema;

/// The target that innocents differ from.
const RFC: &str = include_str!("../../../../../fixtures/targets/rfc.toml");

/// A description that follows from the choices.
pub(super) fn draw(choices: &mut Choices) -> Description {
    // The file is compiled in and a test reads it.
    let keys: Map<String, Value> = toml::from_str(RFC).unwrap_or_default();
    let mut builder = DescriptionBuilder { keys, axes: Vec::new(), types: Vec::new() };
    builder.set("description", json!("An endpoint that conforms to the RFCs."));
    builder.keys.remove("sources");
    // What others do not depend on is drawn first, so that a shorter sequence still draws it.
    builder.permitted(choices);
    builder.types(choices);
    builder.offers(choices);
    builder.behaviour(choices);
    Description { keys: builder.keys, axes: builder.axes, types: builder.types }
}

struct DescriptionBuilder {
    keys: Map<String, Value>,
    axes: Vec<&'static Axis>,
    types: Vec<DescribedType>,
}

impl DescriptionBuilder {
    fn set(&mut self, key: &str, value: Value) {
        self.keys.insert(key.to_owned(), value);
    }

    fn push(&mut self, key: &str, value: Value) {
        match self.keys.entry(key.to_owned()).or_insert_with(|| json!([])) {
            Value::Array(list) => list.push(value),
            other => *other = json!([value]),
        }
    }

    fn differs(&mut self, axis: &'static Axis) {
        if !self.axes.contains(&axis) {
            self.axes.push(axis);
        }
    }

    fn offer_less(&mut self, gone: impl Fn(&str) -> bool) {
        if let Some(list) = self.keys.get_mut("capabilities").and_then(Value::as_array_mut) {
            list.retain(|capability| !capability.as_str().is_some_and(&gone));
        }
    }

    fn offers_any(&self, names: &[&str]) -> bool {
        let list = self.keys["capabilities"].as_array();
        list.is_some_and(|all| all.iter().filter_map(Value::as_str).any(|own| names.contains(&own)))
    }

    fn has_type(&self, endpoint: &str) -> bool {
        self.types.iter().any(|kind| kind.endpoint == endpoint)
    }
}
