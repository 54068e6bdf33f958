//! `data/module/saas-provisioner.xml` of PingFederate's server profile, which administrators keep under version control: the
//! same connections as in the administrative API, as XML. No schema of it is public. So elements and attributes are taken by
//! their names, at whatever depth below their part of the file they stand, and names that are not known are reported.

use roxmltree::{Document, Node};
use serde_json::{Map, Value, json};
use weir_files::fault::{FileFault, Place};

use super::channel::ACTING;

/// The connections of the file, in the form of the administrative API.
pub(super) fn connections(text: &str) -> Result<Vec<Value>, FileFault> {
    let document = Document::parse(text)
        .map_err(|error| FileFault::new(Place::Line(u64::from(error.pos().row), None), format!("not XML: {error}")))?;
    Ok(elements(document.root_element(), "saasProvisionerEntity").map(connection).collect())
}

fn connection(entity: Node<'_, '_>) -> Value {
    let target = elements(entity, "target").next();
    let settings: Vec<Value> = target.iter().flat_map(|target| elements(*target, "parameter")).map(parameter).collect();
    let type_id = target
        .and_then(|target| ["type", "pluginId", "id", "name"].into_iter().find_map(|name| text_of(target, name)))
        .or_else(|| ["type", "targetType", "pluginId"].into_iter().find_map(|name| text_of(entity, name)))
        .unwrap_or_else(|| by_settings(&settings).to_owned());
    let channels: Vec<Value> = elements(entity, "channel").map(channel).collect();
    let id = text_of(entity, "entityId").unwrap_or_default();
    json!({
        "name": text_of(entity, "name").unwrap_or_else(|| id.clone()),
        "entityId": id,
        "active": text_of(entity, "active").unwrap_or_else(|| "true".to_owned()),
        "outboundProvision": { "type": type_id, "targetSettings": settings, "channels": channels },
    })
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

fn parameter(node: Node<'_, '_>) -> Value {
    let name = text_of(node, "name").unwrap_or_default();
    let is_encrypted =
        ["encrypted", "masked"].iter().any(|word| text_of(node, word).is_some_and(|text| text == "true"));
    let value = text_of(node, "value").unwrap_or_else(|| own_text(node));
    let key = if is_encrypted || text_of(node, "encryptedValue").is_some() { "encryptedValue" } else { "value" };
    json!({ "name": name, key: value })
}

fn channel(node: Node<'_, '_>) -> Value {
    let mut channel = Map::new();
    for name in ["name", "active", "maxThreads", "timeout"] {
        if let Some(text) = text_of(node, name) {
            channel.insert(name.to_owned(), Value::from(text));
        }
    }
    let mut source = Value::Object(Map::new());
    for element in elements(node, "source").chain(elements(node, "channelSource")) {
        for (path, text) in leaves(element, "") {
            place(&mut source, &path, &text);
        }
    }
    channel.insert("channelSource".to_owned(), source);
    let fields = elements(node, "identityMappingField").chain(elements(node, "attributeMapping"));
    channel.insert("attributeMapping".to_owned(), fields.map(field).collect());
    Value::Object(channel)
}

fn field(node: Node<'_, '_>) -> Value {
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
        if let Some(text) = deep_text(node, name) {
            info.insert(name.to_owned(), Value::from(text));
        }
    }
    json!({ "fieldName": text_of(node, "fieldName").or_else(|| text_of(node, "name")), "saasFieldInfo": info })
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

/// An attribute of the node, or the text of its child element.
fn text_of(node: Node<'_, '_>, name: &str) -> Option<String> {
    let attribute = node.attributes().find(|attribute| attribute.name().eq_ignore_ascii_case(name));
    let child =
        || node.children().find(|child| child.is_element() && child.tag_name().name().eq_ignore_ascii_case(name));
    let text = attribute.map(|attribute| attribute.value().trim().to_owned()).or_else(|| child().map(own_text));
    text.filter(|text| !text.is_empty())
}

/// As [`text_of`], or of an element further below.
fn deep_text(node: Node<'_, '_>, name: &str) -> Option<String> {
    text_of(node, name).or_else(|| node.descendants().skip(1).find_map(|inner| text_of(inner, name)))
}

fn own_text(node: Node<'_, '_>) -> String {
    let texts = node.children().filter(Node::is_text).filter_map(|child| child.text());
    texts.collect::<String>().trim().to_owned()
}

/// The texts of elements without elements, and of attributes, by their path.
fn leaves(node: Node<'_, '_>, prefix: &str) -> Vec<(String, String)> {
    let below = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    let mut found: Vec<(String, String)> =
        node.attributes().map(|attribute| (below(attribute.name()), attribute.value().trim().to_owned())).collect();
    for child in node.children().filter(Node::is_element) {
        let path = below(child.tag_name().name());
        if child.children().any(|inner| inner.is_element()) || child.attributes().len() > 0 {
            found.extend(leaves(child, &path));
        } else {
            found.push((path, own_text(child)));
        }
    }
    found
}

/// Puts a text where the administrative API has it: by its whole path, or by its last name where only one setting has it.
fn place(source: &mut Value, path: &str, text: &str) {
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let whole = ACTING.iter().copied().find(|known| known.eq_ignore_ascii_case(path));
    let alike: Vec<&str> = ACTING.iter().copied().filter(|known| last(known) == last(path)).collect();
    let path = match (whole, alike.as_slice()) {
        (Some(whole), _) => whole,
        (None, [one]) => one,
        _ => path,
    };
    let mut at = source;
    for part in path.split('.') {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        at = &mut at[part];
    }
    *at = Value::from(text);
}
