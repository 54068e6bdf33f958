//! Discovery documents that say something else: a part that several deviations share.

use actix_web::http::Method;
use serde_json::Value;

use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// Which documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Documents {
    ServiceProviderConfig,
    /// Each of the list, and one alone.
    ResourceTypes,
    /// Each of the list, and one alone.
    Schemas,
}

impl Documents {
    const fn path(self) -> &'static str {
        match self {
            Self::ServiceProviderConfig => "/ServiceProviderConfig",
            Self::ResourceTypes => "/ResourceTypes",
            Self::Schemas => "/Schemas",
        }
    }
}

/// Whether a request reads one of these documents or the list of them.
pub fn reads(head: &Head<'_>, documents: Documents) -> bool {
    let whole = head.path.ends_with(documents.path());
    *head.method == Method::GET && (whole || head.path.contains(&format!("{}/", documents.path())))
}

/// Changes every document of one kind before it is sent.
pub struct Rewritten {
    pub documents: Documents,
    pub change: fn(&mut Value),
}

impl AnswerSeam for Rewritten {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && reads(head, self.documents)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        match body.get_mut("Resources").and_then(Value::as_array_mut) {
            Some(resources) => resources.iter_mut().for_each(self.change),
            None => (self.change)(&mut body),
        }
        answer.set_json(&body);
    }
}

/// Changes the definition of one attribute, `name` or `name.part`, of the schema whose id is `schema`.
pub fn attribute(document: &mut Value, schema: &str, path: &str, change: impl FnOnce(&mut Value)) {
    if document["id"] != schema {
        return;
    }
    let mut place = document;
    for (depth, name) in path.split('.').enumerate() {
        let member = if depth == 0 { "attributes" } else { "subAttributes" };
        let definitions = place.get_mut(member).and_then(Value::as_array_mut);
        let Some(found) = definitions.and_then(|definitions| definitions.iter_mut().find(|own| own["name"] == name))
        else {
            return;
        };
        place = found;
    }
    change(place);
}

/// Changes every attribute and sub-attribute of a schema document.
pub fn each_attribute(document: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    for member in ["attributes", "subAttributes"] {
        for definition in document.get_mut(member).and_then(Value::as_array_mut).into_iter().flatten() {
            change(definition);
            each_attribute(definition, change);
        }
    }
}
