//! A part that shows resources in another form, with the definitions of their attributes at hand.

use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use scim::schema::{Attribute, Registry, ResourceTypeId, SchemaId};
use serde_json::{Map, Value};

use super::answer::{edit_resources, shows_resources};
use crate::application::{AnswerSeam, Next, Operation, Outcome, RequestSeam};
use crate::deviations::seam::BothSeams;
use crate::message::{Answer, Head};

/// Edits an object that has attributes: a resource, the object of an extension, a complex value. What is within comes first.
type EditMembers = fn(&Head<'_>, &[&Attribute], &mut Map<String, Value>);

/// Edits each resource that is shown, alone or in a list, and every object in it.
pub fn edit_attributes(edit: EditMembers) -> BothSeams {
    let registry = Arc::new(OnceLock::new());
    (Box::new(RegistryReader(Arc::clone(&registry))), Box::new(AttributeEditor { registry, edit }))
}

/// Takes the schemas from the first operation: an answer without one shows no resource.
struct RegistryReader(Arc<OnceLock<Arc<Registry>>>);

impl RequestSeam for RegistryReader {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        self.0.get_or_init(|| Arc::clone(next.registry()));
        next.run(operation)
    }
}

struct AttributeEditor {
    registry: Arc<OnceLock<Arc<Registry>>>,
    edit: EditMembers,
}

impl AnswerSeam for AttributeEditor {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let Some(registry) = self.registry.get() else { return };
        edit_resources(answer, |resource| {
            if let (Some(kind), Some(members)) = (kind_of(registry, head, resource), resource.as_object_mut()) {
                self.edit_resource(registry, head, kind, members);
            }
        });
    }
}

/// The resource type that a resource names, or that its place says.
fn kind_of(registry: &Registry, head: &Head<'_>, resource: &Value) -> Option<ResourceTypeId> {
    let named = resource["meta"]["resourceType"].as_str().and_then(|name| registry.resource_type_by_name(name));
    named.or_else(|| {
        let (_, kind) = registry.resource_types().map(|(id, kind)| (id, &kind.document.endpoint)).fold(
            (0, None),
            |(longest, found), (id, endpoint)| {
                let is_here = head.path.contains(endpoint.as_str()) && endpoint.len() > longest;
                if is_here { (endpoint.len(), Some(id)) } else { (longest, found) }
            },
        );
        kind
    })
}

impl AttributeEditor {
    fn edit_resource(
        &self,
        registry: &Registry,
        head: &Head<'_>,
        kind: ResourceTypeId,
        members: &mut Map<String, Value>,
    ) {
        let attributes = |schema: SchemaId| registry.schema(schema).attributes.iter().map(|id| registry.attribute(*id));
        for (schema, _) in &registry.resource_type(kind).extensions {
            if let Some(values) = members.get_mut(&registry.schema(*schema).document.id).and_then(Value::as_object_mut)
            {
                self.edit_object(head, &attributes(*schema).collect::<Vec<_>>(), values);
            }
        }
        let base = registry.resource_type(kind).schema;
        let own: Vec<&Attribute> = attributes(scim::schema::common::SCHEMA).chain(attributes(base)).collect();
        self.edit_object(head, &own, members);
    }

    fn edit_object(&self, head: &Head<'_>, attributes: &[&Attribute], members: &mut Map<String, Value>) {
        for attribute in attributes.iter().filter(|attribute| !attribute.sub_attributes.is_empty()) {
            let parts: Vec<&Attribute> = attribute.sub_attributes.iter().collect();
            match members.get_mut(&attribute.name) {
                Some(Value::Object(value)) => self.edit_object(head, &parts, value),
                Some(Value::Array(items)) => {
                    items.iter_mut().filter_map(Value::as_object_mut).for_each(|item| {
                        self.edit_object(head, &parts, item);
                    });
                }
                _ => {}
            }
        }
        (self.edit)(head, attributes, members);
    }
}
