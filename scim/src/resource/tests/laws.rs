//! Laws that hold for every resource: what is read is written, and an attribute is present exactly when the rules of
//! projection, stated here a second time and naively, say so.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::{read_as, registry, stored, user, written_with};
use crate::resource::projection::Projection;
use crate::resource::read::{self, Policy};
use crate::resource::write;
use crate::schema::standard::USER;
use crate::schema::{AttributeId, AttributeType, Mutability, Returned, common};

/// A value of an attribute as JSON in the form in which it is written. `index` keeps values of one list apart.
fn value(id: AttributeId, index: usize) -> BoxedStrategy<Json> {
    let attribute = registry().attribute(id);
    let fixed = |texts: &[&str]| {
        let texts: Vec<Json> = texts.iter().map(|text| json!(text)).collect();
        proptest::sample::select(texts).boxed()
    };
    match (attribute.attribute_type, attribute.name.as_str()) {
        (_, "country") => fixed(&["US", "FR"]),
        (_, "locale" | "preferredLanguage") => fixed(&["en-US", "fr"]),
        (_, "timezone") => fixed(&["Europe/Berlin", "UTC"]),
        (_, "primary") => Just(json!(index == 0)).boxed(),
        (AttributeType::String, _) => {
            any::<String>().prop_map(move |text| json!(format!("{index} {text}\"\\\n\u{1}"))).boxed()
        }
        (AttributeType::Boolean, _) => any::<bool>().prop_map(Json::from).boxed(),
        (AttributeType::Integer, _) => any::<i64>().prop_map(Json::from).boxed(),
        // Halves, because the reader of JSON may be off by one in the last place of other decimals.
        (AttributeType::Decimal, _) => any::<i32>().prop_map(|value| json!(f64::from(value) / 2.0)).boxed(),
        (AttributeType::DateTime, _) => {
            fixed(&["2011-05-13T04:42:34Z", "2011-05-13T24:00:00", "2011-05-13T04:42:34.5+02:00"])
        }
        (AttributeType::Binary, _) => Just(json!(["MAMCAQE=", "MAMCAQI", "MAMCAQM="][index % 3])).boxed(),
        (AttributeType::Reference, _) => Just(json!(format!("https://example.com/{index}?q=%20"))).boxed(),
        (AttributeType::Complex, _) => object(registry().definition(id).sub_attributes.clone(), index, 1),
    }
}

/// An object with some of the attributes, and with all that are required; at least `least` of them.
fn object(attributes: Vec<AttributeId>, index: usize, least: usize) -> BoxedStrategy<Json> {
    let members: Vec<_> = attributes
        .into_iter()
        .filter(|&id| registry().attribute(id).mutability != Mutability::ReadOnly && id != common::SCHEMAS)
        .map(|id| {
            let attribute = registry().attribute(id);
            let content = if attribute.multi_valued {
                (1..3_usize)
                    .prop_flat_map(move |count| (0..count).map(|index| value(id, index)).collect::<Vec<_>>())
                    .prop_map(Json::Array)
                    .boxed()
            } else {
                value(id, index)
            };
            let content = if attribute.required || attribute.name == "value" {
                content.prop_map(Some).boxed()
            } else {
                proptest::option::weighted(0.4, content).boxed()
            };
            (Just(attribute.name.clone()), content)
        })
        .collect();
    members
        .prop_map(|members| {
            members.into_iter().filter_map(|(name, value)| Some((name, value?))).collect::<Map<String, Json>>()
        })
        .prop_filter("says something", move |members| members.len() >= least)
        .prop_map(Json::Object)
        .boxed()
}

fn resource() -> impl Strategy<Value = Json> {
    let kind = registry().resource_type(user());
    let of = |schema| registry().schema(schema).attributes.clone();
    let core = [of(common::SCHEMA), of(kind.schema)].concat();
    let extensions: Vec<_> = kind
        .extensions
        .iter()
        .map(|&(schema, _)| {
            let uri = registry().schema(schema).document.id.clone();
            (Just(uri), proptest::option::of(object(of(schema), 0, 1)))
        })
        .collect();
    (object(core, 0, 0), extensions).prop_map(|(mut resource, extensions)| {
        for (uri, members) in extensions {
            if let Some(members) = members {
                resource[uri] = members;
            }
        }
        resource
    })
}

/// What a request asks for, as the naive model sees it: names in full notation, in lower case.
#[derive(Clone, Debug)]
enum Asked {
    Nothing,
    Attributes(Vec<String>),
    Excluded(Vec<String>),
}

impl Asked {
    fn parameters(&self) -> (Option<String>, Option<String>) {
        match self {
            Self::Nothing => (None, None),
            Self::Attributes(names) => (Some(names.join(",")), None),
            Self::Excluded(names) => (None, Some(names.join(" , "))),
        }
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Attributes(names) | Self::Excluded(names) => {
                names.iter().any(|other| other.eq_ignore_ascii_case(name))
            }
        }
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let mut names: Vec<String> = (0..registry().attribute_count())
        .map(|index| registry().full_name(AttributeId(u16::try_from(index).unwrap())))
        .collect();
    names.extend(registry().schemas().map(|(_, schema)| schema.document.id.clone()));
    names.extend(["foo", "urn:example:none", "a b"].map(str::to_owned));
    let some = proptest::collection::vec(proptest::sample::select(names), 1..5);
    prop_oneof![
        Just(Asked::Nothing),
        some.clone().prop_map(|names| Asked::Attributes(names.iter().map(|name| name.to_uppercase()).collect())),
        some.prop_map(Asked::Excluded),
    ]
}

/// RFC 7644 section 3.9 and RFC 7643 section 7, for one attribute without sub-attributes.
fn shows(id: AttributeId, asked: &Asked) -> bool {
    let definition = registry().definition(id);
    let attribute = &definition.attribute;
    if attribute.returned == Returned::Never || attribute.mutability == Mutability::WriteOnly {
        return false;
    }
    let is_named = asked.has(&registry().full_name(id));
    let schema = &registry().schema(definition.schema).document.id;
    let parent_is_named = definition.parent.is_some_and(|parent| asked.has(&registry().full_name(parent)));
    let schema_is_named = definition.schema != common::SCHEMA && asked.has(schema);
    let parent = definition.parent.map(|parent| registry().attribute(parent).returned);
    let spoken_of = is_named || parent_is_named || schema_is_named;
    let parent_shows = match (parent, asked) {
        (Some(Returned::Request), Asked::Attributes(_)) => is_named || parent_is_named,
        (Some(Returned::Never | Returned::Request), _) => false,
        _ => true,
    };
    parent_shows
        && match (attribute.returned, asked) {
            (Returned::Always, _) | (Returned::Default, Asked::Nothing) => true,
            (Returned::Request, Asked::Attributes(_)) => is_named,
            (Returned::Never | Returned::Request, _) => false,
            (Returned::Default, Asked::Attributes(_)) => spoken_of || parent == Some(Returned::Always),
            (Returned::Default, Asked::Excluded(_)) => !(is_named || spoken_of && parent != Some(Returned::Always)),
        }
}

fn shown_object(members: &Json, attributes: &[AttributeId], asked: &Asked) -> Map<String, Json> {
    let mut out = Map::new();
    for &id in attributes {
        let definition = registry().definition(id);
        let Some(value) = members.get(&definition.attribute.name) else { continue };
        let subs = &definition.sub_attributes;
        let shown = if subs.is_empty() {
            shows(id, asked).then(|| value.clone())
        } else if let Json::Array(items) = value {
            let items: Vec<Json> = items
                .iter()
                .map(|item| Json::Object(shown_object(item, subs, asked)))
                .filter(|item| item.as_object().is_some_and(|members| !members.is_empty()))
                .collect();
            (!items.is_empty()).then_some(Json::Array(items))
        } else {
            let members = shown_object(value, subs, asked);
            (!members.is_empty()).then_some(Json::Object(members))
        };
        out.extend(shown.map(|shown| (definition.attribute.name.clone(), shown)));
    }
    out
}

fn model(resource: &Json, asked: &Asked) -> Json {
    let kind = registry().resource_type(user());
    let of = |schema| &registry().schema(schema).attributes;
    let mut answer = shown_object(resource, of(common::SCHEMA), asked);
    answer.extend(shown_object(resource, of(kind.schema), asked));
    let mut schemas = vec![USER.to_owned()];
    for &(schema, _) in &kind.extensions {
        let uri = &registry().schema(schema).document.id;
        let members = resource.get(uri).map(|members| shown_object(members, of(schema), asked)).unwrap_or_default();
        if !members.is_empty() {
            schemas.push(uri.clone());
            answer.insert(uri.clone(), Json::Object(members));
        }
    }
    answer.insert("schemas".into(), schemas.into());
    Json::Object(answer)
}

proptest! {
    #[test]
    fn what_is_read_is_written(resource in resource()) {
        let answer = stored(user(), &resource, &Policy::default()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&answer, &model(&resource, &Asked::Nothing));
        let again = stored(user(), &answer, &Policy::default()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(again, answer);
    }

    #[test]
    fn an_attribute_is_there_when_the_rules_say_so(resource in resource(), asked in asked()) {
        let fields = read_as(user(), &resource, &Policy::default()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let (attributes, excluded) = asked.parameters();
        let projection = Projection::new(registry(), user(), attributes.as_deref(), excluded.as_deref()).unwrap();
        prop_assert_eq!(written_with(user(), &fields, &projection), model(&resource, &asked));
    }

    #[test]
    fn strings_are_written_as_json_has_them(text in any::<String>()) {
        let mut out = Vec::new();
        write::string(&mut out, &text);
        prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }

    #[test]
    fn integers_are_written_as_json_has_them(value in any::<i64>()) {
        let mut out = Vec::new();
        write::integer(&mut out, value);
        prop_assert_eq!(String::from_utf8(out).unwrap(), value.to_string());
    }

    #[test]
    fn no_body_makes_the_reader_panic(body in proptest::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}\",:0-9a\\\\.eE+-]{0,60}") {
        let _ = read::json(&body);
        let _ = read::json(text.as_bytes());
        if let Ok(body) = read::json(format!("{{\"a\":{text}}}").as_bytes()) {
            prop_assert_eq!(serde_json::from_str::<Json>(&format!("{{\"a\":{text}}}")).unwrap(), body);
        }
    }
}

#[test]
fn decimals_have_digits_on_both_sides_of_the_point() {
    for (number, expected) in
        [("2.5", "2.5"), ("2", "2.0"), ("1e21", "1000000000000000000000.0"), ("-0.5e-3", "-0.0005")]
    {
        let body = format!("{{\"userName\":\"b\",\"{}\":{{\"ratio\":{number}}}}}", super::BADGE);
        let fields = read_as(user(), &serde_json::from_str(&body).unwrap(), &Policy::default()).unwrap();
        let mut out = Vec::new();
        write::resource(&mut out, registry(), user(), &fields, &Projection::everything(registry(), user()));
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains(&format!("\"ratio\":{expected}}}")), "{text}");
    }
}
