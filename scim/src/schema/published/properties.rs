//! Documents as products publish them, cut, doubled and put into another order: read rightly, or refused with the place.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::schema::Attribute;

/// Each with the number of places of which one is changed; small ones in every place.
const DOCUMENTS: [(&str, &str, usize); 4] = [
    ("handwritten", include_str!("../../../../fixtures/discovery/handwritten.json"), 1),
    ("devices", include_str!("../../../../fixtures/discovery/devices.json"), 5),
    ("erp", include_str!("../../../../fixtures/discovery/erp.json"), 13),
    ("suite", include_str!("../../../../fixtures/discovery/suite.json"), 23),
];

fn document(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// Every place of a document, as JSON pointers.
fn places(value: &Json, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Json::Array(entries) => {
            entries.iter().enumerate().for_each(|(index, entry)| places(entry, &format!("{at}/{index}"), all));
        }
        Json::Object(members) => {
            for (name, value) in members {
                places(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), all);
            }
        }
        _ => {}
    }
}

/// The document with one thing changed at the place, in every way that it can be; doubled entries are among them.
fn changed(document: &Json, place: &str) -> Vec<Json> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Json)| {
        let mut copy = document.clone();
        change(&mut copy);
        all.push(copy);
    };
    for other in [json!(null), json!({}), json!([]), json!(7), json!("x"), json!(true)] {
        with(&|copy| *copy.pointer_mut(place).unwrap() = other.clone());
    }
    let Some((parent, name)) = place.rsplit_once('/') else { return all };
    let name = name.replace("~1", "/").replace("~0", "~");
    with(&|copy| match copy.pointer_mut(parent).unwrap() {
        Json::Array(entries) => drop(entries.remove(name.parse().unwrap())),
        Json::Object(members) => drop(members.remove(&name)),
        _ => unreachable!("it has parts"),
    });
    if document.pointer(parent).unwrap().is_array() {
        with(&|copy| {
            let entries = copy.pointer_mut(parent).unwrap().as_array_mut().unwrap();
            let index: usize = name.parse().unwrap();
            entries.insert(index, entries[index].clone());
        });
    }
    all
}

/// The attributes that a document defines, with their schema: `urn:…:User:name.givenName`, in lower case.
fn defined(document: &Json, all: &mut BTreeSet<String>) {
    match document {
        Json::Array(entries) => entries.iter().for_each(|entry| defined(entry, all)),
        Json::Object(members) => {
            if let (Some(id), Some(attributes), None) = (
                members.get("id").and_then(Json::as_str),
                members.get("attributes").and_then(Json::as_array),
                members.get("endpoint"),
            ) {
                return defined_below(&format!("{id}:"), attributes, all);
            }
            for name in ["Resources", "resources", "schemas", "resourceTypes"] {
                members.get(name).into_iter().for_each(|list| defined(list, all));
            }
        }
        _ => {}
    }
}

fn defined_below(parent: &str, attributes: &[Json], all: &mut BTreeSet<String>) {
    for attribute in attributes {
        let Some(name) = attribute["name"].as_str() else { continue };
        let place = format!("{parent}{name}");
        if let Some(parts) = attribute["subAttributes"].as_array() {
            defined_below(&format!("{place}."), parts, all);
        }
        all.insert(place.to_lowercase());
    }
}

/// The attributes that were read, by the same names, with their characteristics.
fn read_attributes(documents: &PublishedDocuments) -> BTreeSet<(String, String)> {
    fn below(parent: &str, attributes: &[Attribute], all: &mut BTreeSet<(String, String)>) {
        for attribute in attributes {
            let place = format!("{parent}{}", attribute.name);
            below(&format!("{place}."), &attribute.sub_attributes, all);
            let mut alone = Attribute { sub_attributes: Vec::new(), ..attribute.clone() };
            alone.canonical_values.sort_unstable();
            alone.reference_types.sort_unstable();
            all.insert((place.to_lowercase(), format!("{alone:?}")));
        }
    }
    let mut all = BTreeSet::new();
    documents
        .definitions
        .schemas
        .iter()
        .for_each(|schema| below(&format!("{}:", schema.id), &schema.attributes, &mut all));
    all
}

fn lenient(document: &Json) -> PublishedDocuments {
    let mut documents = PublishedDocuments::new(FaultyPart::LeftOut);
    documents.read(document).unwrap();
    documents
}

/// Whether a note says that the attribute, or what it is a part of, is left out.
fn is_named(place: &str, notes: &[SchemaNote]) -> bool {
    notes.iter().filter(|note| note.sentence.contains("left out") || note.sentence.contains("discovery itself")).any(
        |note| {
            let whole = note.place.to_lowercase().replace('"', "");
            place
                .strip_prefix(whole.trim_start_matches("schema "))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '.']))
        },
    )
}

#[test]
fn a_changed_document_is_read_refused_with_its_place_or_read_with_a_note() {
    for (name, text, step) in DOCUMENTS {
        let document = document(text);
        let mut all = Vec::new();
        places(&document, "", &mut all);
        for place in all.iter().step_by(step) {
            for changed in changed(&document, place) {
                let mut strict = PublishedDocuments::new(FaultyPart::Refused);
                if let Err(error) = strict.read(&changed) {
                    assert!(!error.place.is_empty() && !error.rule.is_empty(), "{name} {place}: {error:?}");
                }
                let documents = lenient(&changed);
                let found: BTreeSet<String> = read_attributes(&documents).into_iter().map(|(place, _)| place).collect();
                let mut wanted = BTreeSet::new();
                defined(&changed, &mut wanted);
                let lost: Vec<&String> = wanted
                    .iter()
                    .filter(|attribute| !found.contains(*attribute) && !is_named(attribute, &documents.notes))
                    .collect();
                assert!(lost.is_empty(), "{name} {place}: {lost:?} {:?}", documents.notes);
            }
        }
    }
}

#[test]
fn another_order_is_the_same_document() {
    fn reversed(value: &Json) -> Json {
        match value {
            Json::Array(entries) => entries.iter().rev().map(reversed).collect(),
            Json::Object(members) => {
                Json::Object(members.iter().rev().map(|(name, value)| (name.clone(), reversed(value))).collect())
            }
            other => other.clone(),
        }
    }
    for (name, text, _) in DOCUMENTS {
        let document = document(text);
        let (straight, back) = (lenient(&document), lenient(&reversed(&document)));
        assert_eq!(read_attributes(&straight), read_attributes(&back), "{name}");
        let types = |documents: &PublishedDocuments| -> BTreeSet<String> {
            documents.definitions.resource_types.iter().map(|kind| kind.endpoint.clone()).collect()
        };
        assert_eq!(types(&straight), types(&back), "{name}");
        let doubled = lenient(&json!([document, document]));
        assert_eq!(read_attributes(&straight), read_attributes(&doubled), "{name}");
    }
}

#[test]
fn a_file_that_is_cut_off_is_refused_with_the_line() {
    for (name, text, _) in DOCUMENTS {
        let whole = text.trim_end();
        for end in (0..whole.len()).step_by(97).filter(|end| whole.is_char_boundary(*end)) {
            let error = PublishedDocuments::parse(&whole[..end]).unwrap_err().to_string();
            assert!(error.contains("not JSON") && error.contains("line "), "{name} {end}: {error}");
        }
    }
}
