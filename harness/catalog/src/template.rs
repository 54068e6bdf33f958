//! How the values of new resources are made, where an endpoint wants them otherwise than the catalogue would.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use weir_files::name::UnknownName;

use crate::definition::{list, text};
use crate::discovery::{Discovery, ResourceType};

/// The values and omissions of each resource type, by its name.
#[derive(Clone, Debug, Default)]
pub struct Templates(BTreeMap<String, Attributes>);

#[derive(Clone, Debug, Default)]
struct Attributes {
    set: Vec<(Path, TemplatePiece)>,
    leave_out: Vec<Path>,
}

/// An attribute, or a part of one: the URI of an extension, the name, and the sub-attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Path {
    extension: Option<String>,
    name: String,
    part: Option<String>,
}

/// How a value is made.
#[derive(Clone, Debug)]
enum TemplatePiece {
    /// Always the same.
    Fixed(Value),
    /// A text with placeholders.
    Text(Template),
}

/// A text with placeholders for what differs from one resource to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    /// `{prefix}`: what every name of the run begins with.
    Prefix,
    /// `{name}`: a name that nothing else in the run has.
    Name,
    /// `{word}`: letters, the same for all resources of one check and different from those of others.
    Word,
    /// `{n}`: tells the resources of one check apart.
    Number,
}

/// What a template is filled with.
#[derive(Clone, Copy, Debug)]
pub struct TemplateValues<'a> {
    pub prefix: &'a str,
    /// What the names of the check begin with.
    pub check: &'a str,
    pub word: &'a str,
    /// The number or key of the resource.
    pub own: &'a str,
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error(transparent)]
    Placeholder(UnknownName),
    #[error("a brace is not closed")]
    Open,
    #[error(
        "userName has to differ from resource to resource: begin it with {{name}}, or with {{word}} or {{prefix}} and have {{n}} behind"
    )]
    NotUnique,
    #[error("`leave_out` is a list of attribute names")]
    LeaveOut,
    #[error("only texts, numbers, booleans and lists can be values")]
    Value,
}

impl Template {
    /// Reads a template as a person writes it.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            if !before.is_empty() {
                pieces.push(Piece::Literal(before.to_owned()));
            }
            let (word, behind) = after.split_once('}').ok_or(TemplateError::Open)?;
            pieces.push(match word {
                "prefix" => Piece::Prefix,
                "name" => Piece::Name,
                "word" => Piece::Word,
                "n" => Piece::Number,
                _ => {
                    let known = ["name", "prefix", "word", "n"];
                    return Err(TemplateError::Placeholder(UnknownName::new("placeholder", word, known)));
                }
            });
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// The text for one resource.
    pub fn fill(&self, filling: TemplateValues<'_>) -> String {
        self.0.iter().map(|piece| piece.fill(filling)).collect()
    }

    /// What the texts of all resources of one check begin with, and no other's.
    pub fn start(&self, filling: TemplateValues<'_>) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Number => break,
                Piece::Name => {
                    text.push_str(filling.check);
                    text.push('-');
                    break;
                }
                _ => text.push_str(&piece.fill(filling)),
            }
        }
        text
    }

    /// Whether every text begins with the run's prefix.
    pub fn begins_with_prefix(&self) -> bool {
        matches!(self.0.first(), Some(Piece::Prefix | Piece::Name))
    }

    /// Whether the texts of two resources differ, and those of one check have a beginning of their own.
    fn is_unique(&self) -> bool {
        let at = |wanted: Piece| self.0.iter().position(|piece| *piece == wanted);
        match (at(Piece::Name), at(Piece::Word), at(Piece::Number)) {
            (Some(0), ..) => true,
            (_, Some(word), Some(number)) => word < number,
            _ => false,
        }
    }
}

impl Piece {
    fn fill(&self, filling: TemplateValues<'_>) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Prefix => filling.prefix.to_owned(),
            Self::Name => format!("{}-{}", filling.check, filling.own),
            Self::Word => filling.word.to_owned(),
            Self::Number => filling.own.to_owned(),
        }
    }
}

impl Path {
    fn parse(text: &str) -> Self {
        // A URN holds dots and colons of its own; the attribute is behind its last colon.
        let (extension, names) = match text.rsplit_once(':') {
            Some((uri, names)) if uri.starts_with("urn:") => (Some(uri.to_owned()), names),
            _ => (None, text),
        };
        let (name, part) = names.split_once('.').map_or((names, None), |(name, part)| (name, Some(part.to_owned())));
        Self { extension, name: name.to_owned(), part }
    }

    /// Puts a value there; the values of a list get it each.
    fn put(&self, body: &mut Value, value: Value) {
        let place = match &self.extension {
            Some(uri) => {
                if let Some(schemas) = body["schemas"].as_array_mut()
                    && !schemas.iter().any(|schema| schema == uri)
                {
                    schemas.push(json!(uri));
                }
                &mut body[uri][&self.name]
            }
            None => &mut body[&self.name],
        };
        match (&self.part, place) {
            (None, place) => *place = value,
            (Some(part), Value::Array(all)) => {
                for one in all {
                    one[part] = value.clone();
                }
            }
            (Some(part), place) => place[part] = value,
        }
    }

    fn remove(&self, body: &mut Value) {
        let place = match &self.extension {
            Some(uri) => body.get_mut(uri),
            None => Some(body),
        };
        let Some(place) = place.and_then(Value::as_object_mut) else { return };
        match &self.part {
            None => {
                place.remove(&self.name);
            }
            Some(part) => match place.get_mut(&self.name) {
                Some(Value::Array(all)) => {
                    all.iter_mut().filter_map(Value::as_object_mut).for_each(|one| {
                        one.remove(part);
                    });
                }
                Some(Value::Object(one)) => {
                    one.remove(part);
                }
                _ => {}
            },
        }
    }
}

/// A template for what the endpoint does not publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnpublishedTemplate {
    /// Where it stands in a configuration.
    pub key: String,
    pub name: UnknownName,
}

/// The paths of every attribute of a resource type; nothing if its schema is not published.
fn published_paths(discovery: &Discovery, kind: &ResourceType) -> Option<Vec<String>> {
    discovery.schema(&kind.schema)?;
    let mut paths: Vec<String> = ["externalId", "id", "meta"].map(str::to_owned).to_vec();
    for uri in std::iter::once(&kind.schema).chain(&kind.extensions) {
        let start = if *uri == kind.schema { String::new() } else { format!("{uri}:") };
        for attribute in discovery.schema(uri).map_or(&[][..], |schema| list(schema, "attributes")) {
            let name = format!("{start}{}", text(attribute, "name"));
            paths.extend(list(attribute, "subAttributes").iter().map(|part| format!("{name}.{}", text(part, "name"))));
            paths.push(name);
        }
    }
    Some(paths)
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(uri) = &self.extension {
            write!(f, "{uri}:")?;
        }
        f.write_str(&self.name)?;
        self.part.as_ref().map_or(Ok(()), |part| write!(f, ".{part}"))
    }
}

impl Templates {
    /// The first template whose resource type or attribute the endpoint does not publish. What it publishes nothing of is
    /// not judged.
    pub fn unpublished(&self, discovery: &Discovery) -> Option<UnpublishedTemplate> {
        self.0.iter().find_map(|(name, attributes)| {
            let key = format!("[attributes.{name}]");
            let types = discovery.resource_types();
            let Some(kind) = types.iter().find(|kind| kind.name == *name) else {
                let name = UnknownName::new("resource type", name, types.iter().map(|kind| &kind.name));
                return Some(UnpublishedTemplate { key, name });
            };
            let known = published_paths(discovery, kind)?;
            let paths = attributes.set.iter().map(|(path, _)| path).chain(&attributes.leave_out);
            let unknown =
                paths.map(Path::to_string).find(|path| !known.iter().any(|own| own.eq_ignore_ascii_case(path)));
            let name = UnknownName::new(format!("attribute of {name}"), &unknown?, &known);
            Some(UnpublishedTemplate { key, name })
        })
    }

    /// Adds how the attribute at `path` of a resource type is made; `leave_out` lists what is left out.
    pub fn add(&mut self, resource_type: &str, path: &str, value: Value) -> Result<(), TemplateError> {
        let attributes = self.0.entry(resource_type.to_owned()).or_default();
        if path == "leave_out" {
            let names = value.as_array().ok_or(TemplateError::LeaveOut)?;
            for name in names {
                attributes.leave_out.push(Path::parse(name.as_str().ok_or(TemplateError::LeaveOut)?));
            }
            return Ok(());
        }
        let made = match value {
            Value::String(text) => TemplatePiece::Text(Template::parse(&text)?),
            Value::Null | Value::Object(_) => return Err(TemplateError::Value),
            value => TemplatePiece::Fixed(value),
        };
        let path = Path::parse(path);
        if path.name.eq_ignore_ascii_case("userName") && !matches!(&made, TemplatePiece::Text(text) if text.is_unique())
        {
            return Err(TemplateError::NotUnique);
        }
        attributes.set.push((path, made));
        Ok(())
    }

    /// The template of the text at `name`, or at its part, if there is one.
    pub fn text(&self, resource_type: &str, name: &str, part: Option<&str>) -> Option<&Template> {
        self.0.get(resource_type)?.set.iter().find_map(|(path, made)| match made {
            TemplatePiece::Text(template)
                if path.extension.is_none() && path.name.eq_ignore_ascii_case(name) && path.part.as_deref() == part =>
            {
                Some(template)
            }
            _ => None,
        })
    }

    /// Changes the body of a new resource.
    pub fn apply(&self, resource_type: &str, body: &mut Value, filling: TemplateValues<'_>) {
        let Some(attributes) = self.0.get(resource_type) else { return };
        for path in &attributes.leave_out {
            path.remove(body);
        }
        for (path, made) in &attributes.set {
            let value = match made {
                TemplatePiece::Fixed(value) => value.clone(),
                TemplatePiece::Text(template) => json!(template.fill(filling)),
            };
            path.put(body, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILLING: TemplateValues<'_> =
        TemplateValues { prefix: "weir-k3f9xq", check: "weir-k3f9xq-create.user", word: "otbralk", own: "3" };

    #[test]
    fn a_template_is_filled_and_has_a_start_of_its_own() {
        for (text, filled, start) in [
            ("{word}.{n}@corp.example", "otbralk.3@corp.example", "otbralk."),
            ("{name}@corp.example", "weir-k3f9xq-create.user-3@corp.example", "weir-k3f9xq-create.user-"),
            ("{prefix}{word}{n}", "weir-k3f9xqotbralk3", "weir-k3f9xqotbralk"),
        ] {
            let template = Template::parse(text).expect("it is well formed");
            assert_eq!(template.fill(FILLING), filled);
            assert_eq!(template.start(FILLING), start);
        }
    }

    #[test]
    fn what_would_not_be_unique_is_refused() {
        let mut templates = Templates::default();
        for text in ["ada@corp.example", "u{n}", "{n}.{word}", "x{name}"] {
            assert_eq!(templates.add("User", "userName", json!(text)), Err(TemplateError::NotUnique), "{text}");
        }
        assert!(matches!(templates.add("User", "title", json!("{nmae}")), Err(TemplateError::Placeholder(_))));
        assert_eq!(templates.add("User", "title", json!("{n")), Err(TemplateError::Open));
    }

    #[test]
    fn bodies_get_values_and_lose_what_is_left_out() {
        let mut templates = Templates::default();
        for (path, value) in [
            ("userName", json!("{word}.{n}@corp.example")),
            ("emails.value", json!("{word}.{n}@corp.example")),
            ("name.givenName", json!("Grace")),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", json!("Mill")),
            ("leave_out", json!(["nickName", "name.familyName"])),
        ] {
            templates.add("User", path, value).expect("it is well formed");
        }
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "x",
            "nickName": "Ada",
            "name": {"givenName": "Ada", "familyName": "Example"},
            "emails": [{"value": "x", "type": "work"}],
        });
        templates.apply("User", &mut body, FILLING);
        assert_eq!(
            body,
            json!({
                "schemas": [
                    "urn:ietf:params:scim:schemas:core:2.0:User",
                    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                ],
                "userName": "otbralk.3@corp.example",
                "name": {"givenName": "Grace"},
                "emails": [{"value": "otbralk.3@corp.example", "type": "work"}],
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Mill"},
            })
        );
    }
}
