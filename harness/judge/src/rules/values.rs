//! The attributes of resources, held against the published schemas at every depth (RFC 7643 sections 2 and 7).

use scim::noun::with_article;
use serde_json::{Map, Value};
use weir_exchange::difference::member;

use crate::date_time::is_date_time;
use crate::definition::{matches_type, type_name};
use crate::rule::{DefinedValue, ExchangeView, Rule, RuleReport, brief, has_value, is_uri};

pub(super) const RULES: &[Rule] = &[
    Rule::new("values.defined", "A resource shows no attribute that its schemas do not define", defined)
        .matters("Mappings are made from /Schemas: what is shown and not published is never mapped, and is lost at the next PUT.")
        .requirements(&["RFC7643-3-12"])
        .legal(&["each attribute and sub-attribute, at every depth, is one of the schemas that /ResourceTypes lists for the type"]),
    Rule::new("values.array", "A multi-valued attribute is an array, and a single-valued one is not", array)
        .matters("A list where one value is expected, or one value where a list is, stops clients that read typed JSON.")
        .requirements(&["RFC7643-1.2-03"])
        .legal(&["an array exactly where multiValued is published as true", "null or nothing"]),
    Rule::new("values.type", "Each value has the JSON form of its published type", value_type)
        .matters("A boolean that comes as a text is true for one client and false for another.")
        .requirements(&[
            "RFC7643-2.3.1-01",
            "RFC7643-2.3.2-01",
            "RFC7643-2.3.3-01",
            "RFC7643-2.3.4-01",
            "RFC7643-2.3.4-03",
            "RFC7643-2.3.5-03",
            "RFC7643-2.3.8-01",
        ])
        .legal(&["texts for string, dateTime, binary and reference; true or false; numbers, without fraction for integer; objects for complex"]),
    Rule::new("values.date-time", "Each dateTime has date, T and time", date_time)
        .matters("A time in another form cannot be compared, so that changes and expiries are missed.")
        .requirements(&["RFC7643-2.3.5-01", "RFC7643-2.3.5-02"])
        .legal(&["a text such as 2008-01-23T04:56:22Z"]),
    Rule::new("values.binary", "Each binary value is base64", binary)
        .matters("A person whose certificate cannot be decoded cannot sign in with it.")
        .requirements(&["RFC7643-2.3.6-01"])
        .legal(&["base64 with the standard alphabet"]),
    Rule::new("values.reference", "Each reference is a URI", reference)
        .matters("Clients follow references; a bare id leads nowhere once it stands outside its type.")
        .requirements(&["RFC7643-2.3.7-01"])
        .legal(&["an absolute or a relative URI"]),
    Rule::new("values.one-primary", "At most one value of an attribute is the primary one", one_primary)
        .matters("Mail goes to the primary address; with two of them each client picks another one.")
        .requirements(&["RFC7643-2.4-05"])
        .legal(&["primary is true for one value or none"]),
    Rule::new("values.once", "The same value of the same type is shown once", once)
        .matters("A mapping that counts values, or takes the second one, reads something that was never set.")
        .requirements(&["RFC7643-2.4-11"])
        .legal(&["no two values of an attribute with the same type and value"]),
    Rule::new("values.names", "Attribute names have the form that RFC 7643 gives them", names)
        .matters("A name with a blank or a dot in it cannot be written in a filter or a path.")
        .requirements(&["RFC7643-2.1-03"])
        .legal(&["a letter, or $, and then letters, digits, $, - or _", "the URI of an extension"]),
];

/// Each value of each resource that has a definition.
fn each(view: &ExchangeView<'_>, report: &mut RuleReport, mut judge: impl FnMut(&DefinedValue<'_>, &mut RuleReport)) {
    for inspection in view.inspections() {
        let Some(inspection) = inspection else {
            report.lacks("schema");
            continue;
        };
        for value in &inspection.defined {
            judge(value, report);
        }
    }
}

/// The single values of an attribute.
fn singles<'v>(value: &DefinedValue<'v>) -> &'v [Value] {
    value.value.as_array().map_or(std::slice::from_ref(value.value), Vec::as_slice)
}

/// The sub-attributes that a multi-valued attribute has where its definition says nothing else.
const DEFAULT_PARTS: [&str; 5] = ["type", "primary", "display", "value", "$ref"];

fn defined(view: &ExchangeView<'_>, report: &mut RuleReport) {
    for (resource, inspection) in view.representations.iter().zip(view.inspections()) {
        let Some(inspection) = inspection else {
            report.lacks("schema");
            continue;
        };
        report.judged();
        let kind = resource.kind.map_or("resource", |kind| kind.name.as_str());
        for (path, value) in &inspection.undefined {
            // What a multi-valued attribute has by default need not be listed (RFC 7643 section 2.4).
            if path
                .rsplit_once('.')
                .is_some_and(|(_, part)| DEFAULT_PARTS.iter().any(|own| own.eq_ignore_ascii_case(part)))
            {
                continue;
            }
            report.breach(
                &["RFC7643-3-12"],
                format!("{path} of {} is shown, and no schema of it defines it", with_article(kind)),
                brief(value),
            );
        }
    }
}

fn array(view: &ExchangeView<'_>, report: &mut RuleReport) {
    each(view, report, |found, report| {
        report.judged();
        let (is_array, multi_valued) = (found.value.is_array(), found.definition.multi_valued);
        if is_array != multi_valued {
            let words = if multi_valued {
                "is multi-valued, and comes without an array"
            } else {
                "is single-valued, and comes as an array"
            };
            report.breach(&["RFC7643-1.2-03"], format!("{} {words}", found.path), brief(found.value));
        }
    });
}

/// The requirement that says how values of a type are written, which one that is written as `found` breaks.
fn of_type(data_type: &str, found: &Value) -> Option<&'static [&'static str]> {
    Some(match data_type {
        "string" => &["RFC7643-2.3.1-01"],
        "boolean" => &["RFC7643-2.3.2-01"],
        "decimal" => &["RFC7643-2.3.3-01"],
        "integer" if found.is_number() => &["RFC7643-2.3.4-01"],
        "integer" => &["RFC7643-2.3.4-03"],
        "dateTime" => &["RFC7643-2.3.5-03"],
        "complex" => &["RFC7643-2.3.8-01"],
        // The forms of references and binary values have rules of their own; other types are an endpoint's own.
        _ => return None,
    })
}

fn value_type(view: &ExchangeView<'_>, report: &mut RuleReport) {
    each(view, report, |found, report| {
        let data_type = found.definition.data_type.as_str();
        if of_type(data_type, &Value::Null).is_none() {
            return;
        }
        report.judged();
        let strange = singles(found).iter().find(|value| !value.is_null() && !matches_type(data_type, value));
        if let Some((strange, requirements)) = strange.and_then(|value| Some((value, of_type(data_type, value)?))) {
            let message = format!("{} is published as {data_type}, and comes as {}", found.path, type_name(strange));
            report.breach(requirements, message, brief(strange));
        }
    });
}

/// The texts of attributes of a type.
fn texts(
    view: &ExchangeView<'_>,
    report: &mut RuleReport,
    data_type: &str,
    mut judge: impl FnMut(&str, &str, &mut RuleReport),
) {
    each(view, report, |found, report| {
        if found.definition.data_type == data_type {
            report.judged();
            for value in singles(found).iter().filter(|value| !value.is_null()) {
                // What is not a text cannot have the form of one, and is shown as it is.
                match value.as_str() {
                    Some(text) => judge(&found.path, text, report),
                    None if data_type == "dateTime" => {}
                    None => judge(&found.path, &value.to_string(), report),
                }
            }
        }
    });
}

fn date_time(view: &ExchangeView<'_>, report: &mut RuleReport) {
    texts(view, report, "dateTime", |path, text, report| {
        if !is_date_time(text) {
            report.breach(&["RFC7643-2.3.5-01", "RFC7643-2.3.5-02"], format!("{path} is not a dateTime"), text);
        }
    });
}

fn binary(view: &ExchangeView<'_>, report: &mut RuleReport) {
    texts(view, report, "binary", |path, text, report| {
        if !is_base64(text) {
            report.breach(&["RFC7643-2.3.6-01"], format!("{path} is not base64"), brief(&Value::from(text)));
        }
    });
}

/// Whether a text is base64 with the standard alphabet. Padding can be left out, and lines can be broken as in mails.
fn is_base64(text: &str) -> bool {
    let compact: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let digits = compact.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).count();
    let padding = &compact[digits..];
    padding.len() <= 2 && padding.iter().all(|byte| *byte == b'=') && digits % 4 != 1
}

fn reference(view: &ExchangeView<'_>, report: &mut RuleReport) {
    texts(view, report, "reference", |path, text, report| {
        // Anything without these is at least a relative URI; whether it leads somewhere only a request shows.
        let strange =
            text.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '"' | '{' | '}'));
        if strange || text.is_empty() {
            report.breach(&["RFC7643-2.3.7-01"], format!("{path} is not a URI"), brief(&Value::from(text)));
        }
    });
}

fn one_primary(view: &ExchangeView<'_>, report: &mut RuleReport) {
    each(view, report, |found, report| {
        let Some(items) = found.value.as_array() else { return };
        report.judged();
        let is_primary =
            |item: &&Value| item.as_object().and_then(|item| member(item, "primary")) == Some(&Value::Bool(true));
        let count = items.iter().filter(is_primary).count();
        if count > 1 {
            report.breach(
                &["RFC7643-2.4-05"],
                format!("{} has several primary values", found.path),
                format!("{count} of {}", items.len()),
            );
        }
    });
}

fn once(view: &ExchangeView<'_>, report: &mut RuleReport) {
    each(view, report, |found, report| {
        let Some(items) = found.value.as_array() else { return };
        report.judged();
        let pair = |item: &Value| {
            let item = item.as_object()?;
            let value = member(item, "value").filter(|value| has_value(value))?;
            let kind = member(item, "type").filter(|kind| has_value(kind));
            Some(kind.map_or_else(|| value.to_string(), |kind| format!("{value} of type {kind}")))
        };
        // A group can have as many members as there are people: neighbours in order, not each with each.
        let mut texts: Vec<String> = items.iter().filter_map(pair).collect();
        texts.sort_unstable();
        if let Some(twice) = texts.windows(2).find(|two| two[0] == two[1]) {
            report.breach(&["RFC7643-2.4-11"], format!("{} holds a value twice", found.path), twice[0].clone());
        }
    });
}

fn names(view: &ExchangeView<'_>, report: &mut RuleReport) {
    for resource in &view.representations {
        report.judged();
        let mut strange = Vec::new();
        collect_strange(resource.value, &mut strange);
        for name in strange {
            report.breach(&["RFC7643-2.1-03"], format!("{name:?} is not the name of an attribute"), name);
        }
    }
}

/// The names at every depth that the grammar does not have.
fn collect_strange(members: &Map<String, Value>, strange: &mut Vec<String>) {
    for (name, value) in members {
        let rest = name.strip_prefix('$').unwrap_or(name);
        let is_name = rest.starts_with(|c: char| c.is_ascii_alphabetic())
            && rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '$' | '-' | '_'));
        if !is_name && !is_uri(name) && !strange.contains(name) {
            strange.push(name.clone());
        }
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for members in items.iter().filter_map(Value::as_object) {
            collect_strange(members, strange);
        }
    }
}

#[cfg(test)]
mod tests;
