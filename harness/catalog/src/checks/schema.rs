//! Schema documents (RFC 7643 section 7): what an endpoint publishes has to be well formed before it can be true.

use std::collections::BTreeSet;

use scim::capability::Capability;
use serde_json::Value;
use weir_exchange::difference::at;

use crate::check::{Check, CheckResult, Context};
use crate::published::{flag, list, text, word};

pub(super) mod behaviour;
mod listed;
pub(super) mod listing;
pub(super) mod mutability;
pub(super) mod returned;
pub(super) mod types;
pub(super) mod values;

const NEEDS: &[Capability] = &[Capability::Schemas];
/// What generic clients do with these documents.
const MATTERS: &str = "Generic clients and consoles build their attribute lists and forms from these documents, and drop or refuse what is malformed.";

const TYPES: [&str; 8] = ["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"];

pub(super) const CHECKS: &[Check] = &[
    Check::boxed("schema.documents", "Each schema has a URI as its id, a list of attributes, and texts for name and description", |context| {
            Box::pin(async move {
                each_schema(context, document);
                Ok(())
            })
        })
        .matters(MATTERS)
        .requirements(&["RFC7643-7-06", "RFC7643-7-07", "RFC7643-7-09", "RFC7643-7-11"])
        .needs(NEEDS)
        .legal(&["a unique URI as id, an array as attributes; name and description non-empty texts, or left out"]),
    Check::boxed("schema.urns", "The URNs of schemas are the registered ones, unaltered", |context| {
            Box::pin(async move {
                each_schema(context, urn);
                Ok(())
            })
        })
        .matters("Clients compare schema URNs byte for byte; one in another spelling is another schema to them.")
        .requirements(&["RFC7643-10.2.1-01", "RFC7643-10.3-01", "RFC7643-10.4-01"])
        .needs(NEEDS)
        .legal(&["urn:ietf:params:scim: followed by schemas or api and a name; any URI for schemas of one's own"]),
    Check::boxed("schema.names", "Each attribute has a name by the grammar, once in its place", |context| Box::pin(async move { each_attribute(context, name) }))
        .matters("A name with a dot, a blank or a colon cannot be used in a filter, a projection or a PATCH path.")
        .requirements(&["RFC7643-2.1-03", "RFC7643-7-12"])
        .needs(NEEDS)
        .legal(&[
            "a letter, then letters, digits, $, - or _ ; $ref; no name twice beside each other, whatever the letter case",
        ]),
    Check::boxed("schema.types", "Each attribute has one of the eight data types", |context| Box::pin(async move { each_attribute(context, data_type) }))
        .matters(MATTERS)
        .requirements(&["RFC7643-2.3-01", "RFC7643-7-13"])
        .needs(NEEDS)
        .legal(&["string, boolean, decimal, integer, dateTime, binary, reference or complex"]),
    Check::boxed("schema.keywords", "mutability, returned and uniqueness use the words of the RFC, without quotation marks", |context| Box::pin(async move { each_attribute(context, keywords) }))
        .matters("A client that does not know the word falls back to a default, and so writes what it may not or expects what never comes.")
        .requirements(&["RFC7643-1.1-02", "RFC7643-7-34", "RFC7643-7-40", "RFC7643-7-48"])
        .needs(NEEDS)
        .legal(&["one of the words of RFC 7643 section 7, or nothing, which stands for the default"]),
    Check::boxed("schema.flags", "multiValued and required are booleans, description is a text", |context| Box::pin(async move { each_attribute(context, flags) }))
        .matters(MATTERS)
        .requirements(&["RFC7643-7-15", "RFC7643-7-16", "RFC7643-7-17", "RFC7643-7-18"])
        .needs(NEEDS)
        .legal(&["multiValued: true or false; required: true, false, or nothing; description: a text, or nothing"]),
    Check::boxed("schema.canonical-lists", "canonicalValues is a list of values of the attribute's type", |context| Box::pin(async move { each_attribute(context, canonical_list) }))
        .matters("Consoles offer these values for choice.")
        .requirements(&["RFC7643-2.4-12", "RFC7643-4.1.2-16", "RFC7643-7-20"])
        .needs(NEEDS)
        .legal(&["an array of values of the type, or nothing"]),
    Check::boxed("schema.sub-attributes", "Complex attributes, and only those, have sub-attributes, which are simple", |context| Box::pin(async move { each_attribute(context, sub_attributes) }))
        .matters("No path and no filter reaches a third level; what stands there cannot be provisioned.")
        .requirements(&["RFC7643-1.2-01", "RFC7643-1.2-04", "RFC7643-2.3.8-03", "RFC7643-7-14"])
        .needs(NEEDS)
        .legal(&[
            "subAttributes with at least one entry for a complex attribute, none for others; none of them complex, except in the schema of schemas",
        ]),
    Check::boxed("schema.references", "reference attributes, and only those, say what they refer to", |context| Box::pin(async move { each_attribute(context, references) }))
        .matters("Clients follow a reference by its types; without them a URI is only a text.")
        .requirements(&["RFC7643-2.3.7-05", "RFC7643-7-49", "RFC7643-7-50"])
        .needs(NEEDS)
        .legal(&[
            "referenceTypes with names of resource types, external or uri for a reference; nothing for other types",
        ]),
    Check::boxed("schema.impossible-characteristics", "No boolean, binary or complex attribute claims what its type cannot have", |context| Box::pin(async move { each_attribute(context, impossible) }))
        .matters("A client that believes in unique booleans allows two accounts at most.")
        .requirements(&["RFC7643-2.3.2-03", "RFC7643-2.3.6-05", "RFC7643-2.3.8-04"])
        .needs(NEEDS)
        .legal(&[
            "uniqueness none or nothing for boolean, binary and complex; caseExact false or nothing for boolean and complex",
        ]),
    Check::boxed("schema.extension-names", "Extensions do not repeat attributes of the schema that they extend", |context| Box::pin(async move { extension_names(context) }))
        .matters("Administrators who find department twice map the one that the service does not read.")
        .requirements(&["RFC7643-3.3-05"])
        .needs(NEEDS)
        .legal(&["names that the core schema of the resource type does not have"]),
];

fn each_schema(context: &Context, judge: fn(&Context, usize, &Value)) {
    for (index, schema) in context.discovery().schemas.entries().iter().enumerate() {
        judge(context, index, schema);
    }
}

/// An attribute definition and where it stands.
struct Definition<'d> {
    schema: &'d str,
    /// `name.familyName`
    path: String,
    depth: usize,
    attribute: &'d Value,
    /// The definitions beside it, itself included.
    siblings: &'d [Value],
}

impl Definition<'_> {
    /// The schema of schemas may nest deeper (RFC 7643 section 7), the other two of discovery may too.
    fn is_of_discovery(&self) -> bool {
        self.schema == "urn:ietf:params:scim:schemas:core:2.0:Schema"
    }
}

fn each_attribute(context: &Context, judge: fn(&Context, &Definition<'_>)) -> CheckResult {
    let mut any = false;
    for schema in context.discovery().schemas.entries() {
        let attributes = list(schema, "attributes");
        any |= !attributes.is_empty();
        walk(context, text(schema, "id"), "", 0, attributes, judge);
    }
    if any { Ok(()) } else { context.skip("the endpoint publishes no attributes") }
}

fn walk(
    context: &Context,
    schema: &str,
    parent: &str,
    depth: usize,
    attributes: &[Value],
    judge: fn(&Context, &Definition<'_>),
) {
    // Deeper than any schema may go; a document must not decide how deep a check recurses.
    if depth > 4 {
        return;
    }
    for attribute in attributes {
        let path = format!("{parent}{}", text(attribute, "name"));
        judge(context, &Definition { schema, path: path.clone(), depth, attribute, siblings: attributes });
        walk(context, schema, &format!("{path}."), depth + 1, list(attribute, "subAttributes"), judge);
    }
}

fn wrong(context: &Context, under: &'static [&'static str], message: &str, observed: Option<&Value>) {
    let observed = observed.map_or_else(|| "nothing".into(), Value::to_string);
    context.expect(&context.discovery().schemas.exchange).under(under).that(false, message, observed);
}

fn document(context: &Context, index: usize, schema: &Value) {
    let id = at(schema, "id");
    let entries = context.discovery().schemas.entries();
    let is_uri = id.and_then(Value::as_str).is_some_and(|id| id.contains(':') && !id.contains(char::is_whitespace));
    let is_first = entries[..index].iter().all(|other| at(other, "id") != id);
    if !is_uri || !is_first {
        wrong(context, &["RFC7643-7-06"], &format!("the id of schema {index} is not a URI of its own"), id);
    }
    let name = text(schema, "id");
    if at(schema, "attributes").is_none_or(|found| !found.is_array()) {
        wrong(context, &["RFC7643-7-11"], &format!("{name} has no list of attributes"), at(schema, "attributes"));
    }
    let texts: [(&'static [&'static str], &str); 2] = [(&["RFC7643-7-07"], "name"), (&["RFC7643-7-09"], "description")];
    for (under, member) in texts {
        let found = at(schema, member).filter(|found| !found.is_null());
        if found.is_some_and(|found| found.as_str().is_none_or(str::is_empty)) {
            wrong(context, under, &format!("the {member} of {name} is not a string"), found);
        }
    }
}

fn urn(context: &Context, _: usize, schema: &Value) {
    const REGISTERED: [&str; 6] = [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:core:2.0:Group",
        "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
        "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
        "urn:ietf:params:scim:schemas:core:2.0:Schema",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    ];
    let id = text(schema, "id");
    let lower = id.to_ascii_lowercase();
    if REGISTERED.iter().any(|known| known.to_ascii_lowercase() == lower && *known != id) {
        wrong(
            context,
            &["RFC7643-10.4-01"],
            &format!("{id} is a registered URN in another spelling"),
            at(schema, "id"),
        );
    }
    let Some(rest) = lower.strip_prefix("urn:ietf:params:scim:") else { return };
    let mut segments = rest.split(':');
    let kind = segments.next().unwrap_or_default();
    if !matches!(kind, "schemas" | "api" | "event" | "param") || segments.next().is_none_or(str::is_empty) {
        wrong(context, &["RFC7643-10.2.1-01"], &format!("{id} has not the form of a SCIM URN"), at(schema, "id"));
    }
    if rest.starts_with("schemas:core:") && !REGISTERED.iter().any(|known| known.to_ascii_lowercase() == lower) {
        wrong(
            context,
            &["RFC7643-10.3-01"],
            &format!("{id} lies in the branch that is kept for registered schemas"),
            at(schema, "id"),
        );
    }
}

fn name(context: &Context, own: &Definition<'_>) {
    let found = at(own.attribute, "name");
    let Some(name) = found.and_then(Value::as_str).filter(|name| !name.is_empty()) else {
        let message = format!("an attribute of {} has no name", own.schema);
        wrong(context, &["RFC7643-7-12"], &message, Some(own.attribute));
        return;
    };
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '$' | '-' | '_');
    let is_name = name == "$ref" || (name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(legal));
    if !is_name {
        wrong(context, &["RFC7643-2.1-03"], &format!("{name:?} in {} is not an attribute name", own.schema), found);
    }
    let twice = own.siblings.iter().filter(|other| text(other, "name").eq_ignore_ascii_case(name)).count() > 1;
    let is_first = own.siblings.iter().position(|other| text(other, "name").eq_ignore_ascii_case(name))
        == own.siblings.iter().position(|other| std::ptr::eq(other, own.attribute));
    if twice && is_first {
        wrong(context, &["RFC7643-7-12"], &format!("{} is defined twice in {}", own.path, own.schema), found);
    }
}

fn data_type(context: &Context, own: &Definition<'_>) {
    let found = at(own.attribute, "type");
    if !found.and_then(Value::as_str).is_some_and(|found| TYPES.contains(&found)) {
        let of_extension = !own.schema.starts_with("urn:ietf:params:scim:schemas:core:");
        let under: &'static [&'static str] =
            if of_extension && found.is_some() { &["RFC7643-2.3-01", "RFC7643-7-13"] } else { &["RFC7643-7-13"] };
        wrong(context, under, &format!("{} in {} has no data type of SCIM", own.path, own.schema), found);
    }
}

fn keywords(context: &Context, own: &Definition<'_>) {
    let words: [(&'static [&'static str], &str, &[&str]); 3] = [
        (&["RFC7643-7-34"], "mutability", &["readOnly", "readWrite", "immutable", "writeOnly"]),
        (&["RFC7643-7-40"], "returned", &["always", "never", "default", "request"]),
        (&["RFC7643-7-48"], "uniqueness", &["none", "server", "global"]),
    ];
    for (under, characteristic, legal) in words {
        let Some(found) = at(own.attribute, characteristic).filter(|found| !found.is_null()) else { continue };
        let word = found.as_str().unwrap_or_default();
        if legal.contains(&word) {
            continue;
        }
        let quoted = legal.contains(&word.trim_matches(['"', '\'']));
        let under = if quoted { &["RFC7643-1.1-02"][..] } else { under };
        let message = format!("{characteristic} of {} in {} is none of {}", own.path, own.schema, legal.join(", "));
        wrong(context, under, &message, Some(found));
    }
}

fn flags(context: &Context, own: &Definition<'_>) {
    let place = format!("{} in {}", own.path, own.schema);
    let many = at(own.attribute, "multiValued");
    if !many.is_some_and(Value::is_boolean) {
        let under: &'static [&'static str] =
            if own.depth > 0 { &["RFC7643-7-15", "RFC7643-7-16"] } else { &["RFC7643-7-16"] };
        wrong(context, under, &format!("multiValued of {place} is not a boolean"), many);
    }
    let required = at(own.attribute, "required");
    if !required.is_some_and(Value::is_boolean) {
        wrong(context, &["RFC7643-7-18"], &format!("required of {place} is not a boolean"), required);
    }
    let description = at(own.attribute, "description").filter(|found| !found.is_null());
    if description.is_some_and(|found| !found.is_string()) {
        wrong(context, &["RFC7643-7-17"], &format!("the description of {place} is not a string"), description);
    }
}

fn canonical_list(context: &Context, own: &Definition<'_>) {
    let Some(found) = at(own.attribute, "canonicalValues").filter(|found| !found.is_null()) else { return };
    let is_list = found
        .as_array()
        .is_some_and(|values| values.iter().all(|value| crate::published::has_type(own.attribute, value)));
    if !is_list {
        let message = format!("canonicalValues of {} in {} is not a list of its type", own.path, own.schema);
        // That the member may be left out is optional; what it is when it is there follows from the schema of schemas.
        wrong(context, &["RFC7643-7-20", "RFC7643-2.4-12"], &message, Some(found));
    }
    let photo = own.schema.ends_with(":core:2.0:User") && own.path == "photos.type";
    if photo
        && !["photo", "thumbnail"].iter().all(|known| list(own.attribute, "canonicalValues").contains(&(*known).into()))
    {
        wrong(context, &["RFC7643-4.1.2-16"], "photos.type does not list photo and thumbnail", Some(found));
    }
}

fn sub_attributes(context: &Context, own: &Definition<'_>) {
    let place = format!("{} in {}", own.path, own.schema);
    let parts = list(own.attribute, "subAttributes");
    let complex = word(own.attribute, "type") == "complex";
    if !complex && !parts.is_empty() {
        let message = format!("{place} is not complex and has sub-attributes");
        wrong(context, &["RFC7643-1.2-01"], &message, at(own.attribute, "type"));
    }
    if complex && parts.is_empty() && !own.is_of_discovery() {
        wrong(context, &["RFC7643-7-14"], &format!("the complex {place} lists no sub-attributes"), None);
    }
    if complex && own.depth > 0 && !own.is_of_discovery() {
        let message = format!("the sub-attribute {place} is complex");
        wrong(context, &["RFC7643-1.2-04", "RFC7643-2.3.8-03"], &message, at(own.attribute, "type"));
    }
}

fn references(context: &Context, own: &Definition<'_>) {
    let place = format!("{} in {}", own.path, own.schema);
    let found = at(own.attribute, "referenceTypes").filter(|found| !found.is_null());
    let types = list(own.attribute, "referenceTypes");
    if word(own.attribute, "type") != "reference" {
        if !types.is_empty() {
            wrong(context, &["RFC7643-7-50"], &format!("{place} is not a reference and has referenceTypes"), found);
        }
        return;
    }
    if types.is_empty() {
        wrong(context, &["RFC7643-2.3.7-05"], &format!("the reference {place} has no referenceTypes"), found);
    }
    let known = |word: &str| {
        matches!(word, "external" | "uri" | "User" | "Group")
            || context.discovery().resource_types().iter().any(|kind| kind.name == word)
    };
    if !types.iter().all(|word| word.as_str().is_some_and(known)) {
        wrong(
            context,
            &["RFC7643-7-49"],
            &format!("{place} refers to what is not a resource type, external or uri"),
            found,
        );
    }
}

fn impossible(context: &Context, own: &Definition<'_>) {
    let (under, case): (&'static [&'static str], bool) = match word(own.attribute, "type") {
        "boolean" => (&["RFC7643-2.3.2-03"], true),
        "binary" => (&["RFC7643-2.3.6-05"], false),
        "complex" => (&["RFC7643-2.3.8-04"], true),
        _ => return,
    };
    let place = format!("{} in {}", own.path, own.schema);
    if word(own.attribute, "uniqueness") != "none" {
        wrong(context, under, &format!("{place} cannot be unique"), at(own.attribute, "uniqueness"));
    }
    if case && flag(own.attribute, "caseExact") {
        wrong(context, under, &format!("{place} has no letter case"), at(own.attribute, "caseExact"));
    }
}

fn extension_names(context: &Context) -> CheckResult {
    let mut any = false;
    for kind in context.discovery().resource_types() {
        let of = |uri: &str| {
            let attributes = context.discovery().schema(uri).map_or(&[][..], |schema| list(schema, "attributes"));
            attributes.iter().map(|own| text(own, "name").to_ascii_lowercase()).collect::<BTreeSet<_>>()
        };
        let core = of(&kind.schema);
        for extension in &kind.extensions {
            any = true;
            for repeated in of(extension).intersection(&core) {
                let message = format!("{extension} defines {repeated}, as {} does", kind.schema);
                wrong(context, &["RFC7643-3.3-05"], &message, None);
            }
        }
    }
    if any { Ok(()) } else { context.skip("no resource type has an extension") }
}
