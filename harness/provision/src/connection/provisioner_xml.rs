//! `data/module/saas-provisioner.xml` of PingFederate's server profile, which administrators keep under version control: the
//! same connections as in the administrative API, as XML. No schema of it is public. So elements and attributes are taken by
//! their names, at whatever depth below their part of the file they stand, and names that are not known are reported. What
//! stands twice is refused: one of the two would be lost.

use std::collections::HashMap;

use roxmltree::{Document, Node};
use serde_json::{Map, Value, json};
use weir_files::fault::{FileFault, Place};

use super::channel::ACTING;

/// The elements that hold a channel's source, and those that hold a line of its mapping.
const SOURCES: [&str; 2] = ["source", "channelSource"];
const FIELDS: [&str; 2] = ["identityMappingField", "attributeMapping"];
/// What a channel says of itself.
const OF_CHANNEL: [&str; 4] = ["name", "active", "maxThreads", "timeout"];

/// The connections of the file, in the form of the administrative API.
pub(super) fn connections(text: &str) -> Result<Vec<Value>, FileFault> {
    let document = Document::parse(text)
        .map_err(|error| FileFault::new(Place::Line(u64::from(error.pos().row), None), format!("not XML: {error}")))?;
    elements(document.root_element(), "saasProvisionerEntity").map(connection).collect()
}

fn connection(entity: Node<'_, '_>) -> Result<Value, FileFault> {
    let target = one_of(entity, "target")?;
    let settings: Vec<Value> =
        target.iter().flat_map(|target| elements(*target, "parameter")).map(parameter).collect::<Result<_, _>>()?;
    let of_target = ["type", "pluginId", "id", "name"].map(|name| (target, name));
    let of_entity = ["type", "targetType", "pluginId"].map(|name| (Some(entity), name));
    let mut type_id = None;
    for (node, name) in of_target.into_iter().chain(of_entity) {
        if let (None, Some(node)) = (&type_id, node) {
            type_id = text_of(node, name)?;
        }
    }
    let channels: Vec<Value> = elements(entity, "channel").map(channel).collect::<Result<_, _>>()?;
    let id = text_of(entity, "entityId")?.unwrap_or_default();
    Ok(json!({
        "name": text_of(entity, "name")?.unwrap_or_else(|| id.clone()),
        "entityId": id,
        "active": text_of(entity, "active")?.unwrap_or_else(|| "true".to_owned()),
        "outboundProvision": {
            "type": type_id.unwrap_or_else(|| by_settings(&settings).to_owned()),
            "targetSettings": settings,
            "channels": channels,
        },
    }))
}

/// The connector whose settings these are: the codes of each differ.
fn by_settings(settings: &[Value]) -> &'static str {
    let has = |name: &str| settings.iter().any(|setting| setting["name"].as_str() == Some(name));
    match () {
        () if settings.iter().any(|one| one["name"].as_str().is_some_and(|name| name.starts_with("PINGONE"))) => {
            "PingOne"
        }
        () if has("SCIM_VERSION") || has("OAUTH_ACCESS_TOKEN") || has("USERS_RESOURCE") => "scim",
        () if has("SCIM_URL") && has("ACCESS_TOKEN") => "Aquera",
        () if has("SCIM_URL") => "scim",
        () => "",
    }
}

fn parameter(node: Node<'_, '_>) -> Result<Value, FileFault> {
    let name = text_of(node, "name")?.unwrap_or_default();
    let mut is_encrypted = text_of(node, "encryptedValue")?.is_some();
    for word in ["encrypted", "masked"] {
        is_encrypted |= text_of(node, word)?.is_some_and(|text| text == "true");
    }
    let value = text_of(node, "value")?.unwrap_or_else(|| own_text(node));
    let key = if is_encrypted { "encryptedValue" } else { "value" };
    Ok(json!({ "name": name, key: value }))
}

fn channel(node: Node<'_, '_>) -> Result<Value, FileFault> {
    let mut channel = Map::new();
    for name in OF_CHANNEL {
        if let Some(text) = text_of(node, name)? {
            channel.insert(name.to_owned(), Value::from(text));
        }
    }
    let mut source = Source::default();
    for element in SOURCES.into_iter().flat_map(|name| elements(node, name)) {
        for leaf in leaves(element, "") {
            source.place(&leaf)?;
        }
    }
    channel.insert("channelSource".to_owned(), source.settings);
    let fields = FIELDS.into_iter().flat_map(|name| elements(node, name));
    channel.insert("attributeMapping".to_owned(), Value::Array(fields.map(field).collect::<Result<_, _>>()?));
    for (name, text) in unread(node) {
        channel.entry(name).or_insert_with(|| Value::from(text));
    }
    Ok(Value::Object(channel))
}

/// The elements and attributes of a channel that are read nowhere, each with its text.
fn unread(channel: Node<'_, '_>) -> Vec<(String, String)> {
    let is_known = |name: &str, known: &[&str]| known.iter().any(|own| own.eq_ignore_ascii_case(name));
    let holds_parts = |node: &Node<'_, '_>| {
        node.descendants()
            .any(|inner| inner.is_element() && is_known(inner.tag_name().name(), &[SOURCES, FIELDS].concat()))
    };
    let attributes = channel.attributes().filter(|attribute| !is_known(attribute.name(), &OF_CHANNEL));
    let attributes = attributes.map(|attribute| (attribute.name().to_owned(), attribute.value().trim().to_owned()));
    let children = channel
        .children()
        .filter(|child| child.is_element() && !is_known(child.tag_name().name(), &OF_CHANNEL) && !holds_parts(child));
    let texts = children.map(|child| {
        let text: String = child.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect();
        (child.tag_name().name().to_owned(), text.trim().to_owned())
    });
    attributes.chain(texts).collect()
}

fn field(node: Node<'_, '_>) -> Result<Value, FileFault> {
    let mut info = Map::new();
    let mut attributes: Vec<Value> = Vec::new();
    for element in ["attributeName", "attributeNames"].into_iter().flat_map(|name| elements(node, name)) {
        let is_list = element.children().any(|child| child.is_element());
        let name = Value::from(own_text(element));
        if !is_list && name != "" && !attributes.contains(&name) {
            attributes.push(name);
        }
    }
    info.insert("attributeNames".to_owned(), Value::Array(attributes));
    for name in ["defaultValue", "expression", "createOnly", "trim", "masked", "characterCase", "parser"] {
        if let Some(text) = deep_text(node, name)? {
            info.insert(name.to_owned(), Value::from(text));
        }
    }
    let name = match text_of(node, "fieldName")? {
        Some(name) => Some(name),
        None => text_of(node, "name")?,
    };
    Ok(json!({ "fieldName": name, "saasFieldInfo": info }))
}

/// The elements of this name below a node, however deep; those within one of them are its own.
fn elements<'a, 'input: 'a>(node: Node<'a, 'input>, name: &'a str) -> impl Iterator<Item = Node<'a, 'input>> + 'a {
    node.descendants().filter(move |inner| {
        let is_named = |one: &Node<'_, '_>| one.is_element() && one.tag_name().name().eq_ignore_ascii_case(name);
        *inner != node
            && is_named(inner)
            && !inner.ancestors().skip(1).take_while(|outer| *outer != node).any(|outer| is_named(&outer))
    })
}

/// The only element of this name below a node.
fn one_of<'a, 'input: 'a>(node: Node<'a, 'input>, name: &'a str) -> Result<Option<Node<'a, 'input>>, FileFault> {
    let mut found = elements(node, name);
    match (found.next(), found.next()) {
        (Some(first), Some(second)) => Err(twice(name, line(first), line(second))),
        (found, _) => Ok(found),
    }
}

/// An attribute of the node, or the text of its child element.
fn text_of(node: Node<'_, '_>, name: &str) -> Result<Option<String>, FileFault> {
    let is_named = |own: &str| own.eq_ignore_ascii_case(name);
    let attributes = node.attributes().filter(|attribute| is_named(attribute.name()));
    let attributes = attributes.map(|attribute| (line(node), attribute.value().trim().to_owned()));
    let children = node.children().filter(|child| child.is_element() && is_named(child.tag_name().name()));
    only(name, attributes.chain(children.map(|child| (line(child), own_text(child)))))
}

/// As [`text_of`], or of an element further below.
fn deep_text(node: Node<'_, '_>, name: &str) -> Result<Option<String>, FileFault> {
    let mut found = Vec::new();
    for inner in node.descendants().filter(Node::is_element) {
        found.extend(text_of(inner, name)?.map(|text| (line(inner), text)));
    }
    only(name, found.into_iter())
}

/// The only text of those that are not empty.
fn only(name: &str, texts: impl Iterator<Item = (u64, String)>) -> Result<Option<String>, FileFault> {
    let mut texts = texts.filter(|(_, text)| !text.is_empty());
    match (texts.next(), texts.next()) {
        (Some((first, _)), Some((second, _))) => Err(twice(name, first, second)),
        (found, _) => Ok(found.map(|(_, text)| text)),
    }
}

fn twice(name: &str, first: u64, second: u64) -> FileFault {
    FileFault::new(Place::Line(second, None), format!("{name} stands a second time; the first is in line {first}"))
        .with_remedy("keep one")
}

fn line(node: Node<'_, '_>) -> u64 {
    u64::from(node.document().text_pos_at(node.range().start).row)
}

fn own_text(node: Node<'_, '_>) -> String {
    let texts = node.children().filter(Node::is_text).filter_map(|child| child.text());
    texts.collect::<String>().trim().to_owned()
}

/// An element without elements, or an attribute, by its path.
struct Leaf {
    path: String,
    text: String,
    line: u64,
}

fn leaves(node: Node<'_, '_>, prefix: &str) -> Vec<Leaf> {
    let below = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    let attribute =
        |name: &str, value: &str| Leaf { path: below(name), text: value.trim().to_owned(), line: line(node) };
    let mut found: Vec<Leaf> = node
        .attributes()
        .map(|attribute| (attribute.name(), attribute.value()))
        .map(|(name, value)| attribute(name, value))
        .collect();
    for child in node.children().filter(Node::is_element) {
        let path = below(child.tag_name().name());
        if child.children().any(|inner| inner.is_element()) || child.attributes().len() > 0 {
            found.extend(leaves(child, &path));
        } else {
            found.push(Leaf { path, text: own_text(child), line: line(child) });
        }
    }
    found
}

/// The source of a channel, with the lines of what it holds.
struct Source {
    settings: Value,
    lines: HashMap<String, u64>,
}

impl Default for Source {
    fn default() -> Self {
        Self { settings: Value::Object(Map::new()), lines: HashMap::new() }
    }
}

impl Source {
    /// Puts a text where the administrative API has it: by its whole path, or by its last name where only one setting has it.
    fn place(&mut self, leaf: &Leaf) -> Result<(), FileFault> {
        let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let whole = ACTING.iter().copied().find(|known| known.eq_ignore_ascii_case(&leaf.path));
        let alike: Vec<&str> = ACTING.iter().copied().filter(|known| last(known) == last(&leaf.path)).collect();
        let (path, is_known) = match (whole, alike.as_slice()) {
            (Some(whole), _) => (whole, true),
            (None, [one]) => (*one, true),
            _ => (leaf.path.as_str(), false),
        };
        if leaf.text.is_empty() {
            return Ok(());
        }
        // What is not known may be a list.
        if let (Some(first), true) = (self.lines.insert(path.to_ascii_lowercase(), leaf.line), is_known) {
            return Err(twice(path, first, leaf.line));
        }
        let mut at = &mut self.settings;
        for part in path.split('.') {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            at = &mut at[part];
        }
        *at = Value::from(leaf.text.as_str());
        Ok(())
    }
}
