//! Parts at the answer that edit what discovery publishes.

use actix_web::http::Method;
use serde_json::Value;

use super::answer::values;

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

/// Edits every document of one kind before it is sent.
pub struct EditDocument(pub Documents, pub fn(&mut Value));

impl AnswerSeam for EditDocument {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        is_published(head, answer, self.0)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        edit_documents(answer, self.1);
    }
}

/// Edits the definition of one attribute, `name` or `name.part`, of the schema with this id.
pub struct EditAttribute(pub &'static str, pub &'static str, pub fn(&mut Value));

impl AnswerSeam for EditAttribute {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        is_published(head, answer, Documents::Schemas)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        edit_documents(answer, |document| {
            if document["id"] == self.0
                && let Some(definition) = definition(document, self.1)
            {
                (self.2)(definition);
            }
        });
    }
}

/// Edits the definition of every attribute and sub-attribute of every schema.
pub struct EditAttributes(pub fn(&mut Value));

impl AnswerSeam for EditAttributes {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        is_published(head, answer, Documents::Schemas)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        edit_documents(answer, |document| each_attribute(document, self.0));
    }
}

fn is_published(head: &Head<'_>, answer: &Answer, documents: Documents) -> bool {
    answer.status.is_success() && reads(head, documents)
}

/// Edits each document of a list, or the one that stands alone.
pub fn edit_documents(answer: &mut Answer, mut edit: impl FnMut(&mut Value)) {
    let Some(mut body) = answer.json() else { return };
    match body.get_mut("Resources").and_then(Value::as_array_mut) {
        Some(resources) => resources.iter_mut().for_each(edit),
        None => edit(&mut body),
    }
    answer.set_json(&body);
}

fn definition<'d>(document: &'d mut Value, path: &str) -> Option<&'d mut Value> {
    path.split('.').enumerate().try_fold(document, |place, (depth, name)| {
        let member = if depth == 0 { "attributes" } else { "subAttributes" };
        values(place, member).find(|own| own["name"] == name)
    })
}

fn each_attribute(document: &mut Value, edit: fn(&mut Value)) {
    for member in ["attributes", "subAttributes"] {
        for definition in values(document, member) {
            edit(definition);
            each_attribute(definition, edit);
        }
    }
}
