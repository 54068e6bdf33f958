//! What published schemas say of themselves and of their attributes (RFC 7643 section 7).

use scim::schema::standard::{ENTERPRISE_USER, GAUGE_USER, USER};
use serde_json::{Value, json};

use crate::deviations::Deviation;
use crate::deviations::part::answer::remove;
use crate::deviations::part::discovery::{Documents, EditAttribute, EditAttributes, EditDocument};

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("schema.attribute-left-out", "userType is not published, and stored and shown all the same")
        .breaks(&["RFC7643-3-12"])
        .answer(&EditDocument(Documents::Schemas, |schema| leave_out(schema, USER, "userType"))),
    Deviation::new("schema.canonical-as-text", "canonicalValues is one text with commas")
        .breaks(&["RFC7643-8.7.2-40", "RFC7643-2.4-12", "RFC7643-7-20"])
        .answer(&EditAttributes(|own| {
            if let Some(values) = own["canonicalValues"].as_array() {
                let words: Vec<&str> = values.iter().filter_map(|value| value.as_str()).collect();
                own["canonicalValues"] = json!(words.join(","));
            }
        })),
    Deviation::new("schema.extension-repeats-core", "the enterprise extension has a displayName of its own")
        .breaks(&["RFC7643-3.3-05"])
        .answer(&EditDocument(Documents::Schemas, |schema| {
            if schema["id"] == ENTERPRISE_USER
                && let Some(attributes) = schema["attributes"].as_array_mut()
            {
                let text = json!({ "name": "displayName", "type": "string", "multiValued": false, "required": false });
                attributes.push(text);
            }
        })),
    Deviation::new("schema.flags-as-text", "multiValued and required are published as texts")
        .breaks(&["RFC7643-7-16", "RFC7643-7-18"])
        .answer(&EditAttributes(|own| {
            for flag in ["multiValued", "required"] {
                own[flag] = json!(own[flag].as_bool().unwrap_or_default().to_string());
            }
        })),
    Deviation::new(
        "schema.half-left-out",
        "every second attribute of User is not published, and stored and shown all the same",
    )
    .breaks(&["RFC7643-3-12"])
    .answer(&EditDocument(Documents::Schemas, |schema| {
        if schema["id"] == USER
            && let Some(attributes) = schema["attributes"].as_array_mut()
        {
            let mut place = 0;
            attributes.retain(|_| {
                place += 1;
                place % 2 == 1
            });
        }
    })),
    Deviation::new(
        "schema.keywords-quoted",
        "the word for mutability is published inside a second pair of quotation marks",
    )
    .breaks(&["RFC7643-1.1-02", "RFC7643-7-34"])
    .answer(&EditAttribute(USER, "title", |own| own["mutability"] = json!("\"readWrite\""))),
    Deviation::new("schema.manager-as-text", "manager is published as a text, and is an object all the same")
        .breaks(&["RFC7643-4.3-01", "RFC7643-4.3-07", "RFC7643-2.3.1-01"])
        .answer(&EditAttribute(ENTERPRISE_USER, "manager", |own| {
            own["type"] = json!("string");
            remove(own, &["subAttributes"]);
        })),
    Deviation::new("schema.names-with-blanks", "an attribute is published with a blank in its name")
        .breaks(&["RFC7643-2.1-03"])
        .answer(&EditAttribute(ENTERPRISE_USER, "costCenter", |own| own["name"] = json!("Cost Center"))),
    Deviation::new("schema.nested-complex", "a sub-attribute of addresses is complex")
        .breaks(&["RFC7643-1.2-04", "RFC7643-2.3.8-03"])
        .answer(&EditAttribute(USER, "addresses.formatted", |own| {
            own["type"] = json!("complex");
            own["subAttributes"] = json!([{ "name": "line", "type": "string", "multiValued": true }]);
        })),
    Deviation::new("schema.part-left-out", "name.middleName is not published, and stored and shown all the same")
        .breaks(&["RFC7643-3-12"])
        .answer(&EditAttribute(USER, "name", |own| {
            if let Some(parts) = own["subAttributes"].as_array_mut() {
                parts.retain(|part| part["name"] != "middleName");
            }
        })),
    Deviation::new("schema.references-bare", "referenceTypes is left out")
        .breaks(&["RFC7643-2.3.7-05"])
        .answer(&EditAttributes(|own| remove(own, &["referenceTypes"]))),
    Deviation::new("schema.same-for-all", "booleans and complex attributes are published as caseExact and unique")
        .breaks(&["RFC7643-2.3.8-04", "RFC7643-2.3.2-03"])
        .answer(&EditAttributes(|own| {
            if own["type"] == "boolean" || own["type"] == "complex" {
                own["caseExact"] = json!(true);
                own["uniqueness"] = json!("server");
            }
        })),
    Deviation::new(
        "schema.says-always",
        "title is published as always returned, and left out when others are asked for",
    )
    .breaks(&["RFC7643-7-35"])
    .answer(&EditAttribute(USER, "title", |own| own["returned"] = json!("always"))),
    Deviation::new("schema.says-canonical", "country is published with names of countries, which are refused")
        .breaks(&["RFC7643-7-21"])
        .answer(&EditAttribute(USER, "addresses.country", |own| own["canonicalValues"] = json!(["Germany", "Norway"]))),
    Deviation::new(
        "schema.says-case-exact",
        "displayName is published as caseExact, and filters disregard its letter case",
    )
    .breaks(&["RFC7643-7-23"])
    .answer(&EditAttribute(USER, "displayName", |own| own["caseExact"] = json!(true))),
    Deviation::new(
        "schema.says-default",
        "an attribute that is returned on request is published as returned by default",
    )
    .breaks(&["RFC7643-2.2-05"])
    .answer(&EditAttribute(GAUGE_USER, "biography", |own| own["returned"] = json!("default"))),
    Deviation::new("schema.says-immutable", "nickName is published as immutable, and can be changed all the same")
        .breaks(&["RFC7643-7-31"])
        .answer(&EditAttribute(USER, "nickName", |own| own["mutability"] = json!("immutable"))),
    Deviation::new("schema.says-integer", "title is published as an integer, and only texts are taken")
        .breaks(&["RFC7643-2.3.4-03", "RFC7643-7-13"])
        .answer(&EditAttribute(USER, "title", |own| own["type"] = json!("integer"))),
    Deviation::new("schema.says-never", "title is published as never returned, and shown to every client")
        .breaks(&["RFC7643-7-36"])
        .answer(&EditAttribute(USER, "title", |own| own["returned"] = json!("never"))),
    Deviation::new("schema.says-not-unique", "an attribute that is unique is published without uniqueness")
        .breaks(&["RFC7643-2.2-06"])
        .answer(&EditAttribute(GAUGE_USER, "parkingPermit", |own| own["uniqueness"] = json!("none"))),
    Deviation::new("schema.says-optional", "a sub-attribute that is required is published as optional")
        .breaks(&["RFC7643-2.2-01"])
        .answer(&EditAttribute(GAUGE_USER, "locker.building", |own| own["required"] = json!(false))),
    Deviation::new("schema.says-read-only", "title is published as readOnly, and taken from clients all the same")
        .breaks(&["RFC7643-7-28"])
        .answer(&EditAttribute(USER, "title", |own| own["mutability"] = json!("readOnly"))),
    Deviation::new("schema.says-read-write", "an immutable attribute is published as readWrite")
        .breaks(&["RFC7643-2.2-04"])
        .answer(&EditAttribute(GAUGE_USER, "payrollNumber", |own| own["mutability"] = json!("readWrite"))),
    Deviation::new("schema.says-request", "title is published as returned on request, and shown without one")
        .breaks(&["RFC7643-7-39"])
        .answer(&EditAttribute(USER, "title", |own| own["returned"] = json!("request"))),
    Deviation::new("schema.says-required", "nickName is published as required, and a user without it is taken")
        .breaks(&["RFC7643-7-19"])
        .answer(&EditAttribute(USER, "nickName", |own| own["required"] = json!(true))),
    Deviation::new("schema.says-single", "emails is published as single-valued, and comes as an array")
        .breaks(&["RFC7643-1.2-03", "RFC7643-8.7.1-20"])
        .answer(&EditAttribute(USER, "emails", |own| own["multiValued"] = json!(false))),
    Deviation::new("schema.says-unique", "title is published as unique, and two users can have the same")
        .breaks(&["RFC7643-7-43"])
        .answer(&EditAttribute(USER, "title", |own| own["uniqueness"] = json!("server"))),
    Deviation::new("schema.types-of-its-own", "texts are published with the type text instead of string")
        .breaks(&["RFC7643-7-13", "RFC7643-2.3-01"])
        .answer(&EditAttributes(|own| {
            if own["type"] == "string" {
                own["type"] = json!("text");
            }
        })),
    Deviation::new("schema.urn-in-lower-case", "the URNs of the schemas are published in lower case")
        .breaks(&["RFC7643-10.4-01"])
        .answer(&EditDocument(Documents::Schemas, |schema| {
            if let Some(id) = schema["id"].as_str().map(str::to_ascii_lowercase) {
                schema["id"] = json!(id);
            }
        })),
    Deviation::new(
        "schema.without-attributes",
        "schemas are listed without their attributes, with an empty description",
    )
    .breaks(&["RFC7643-7-11", "RFC7643-7-09", "RFC7643-8.7.2-34"])
    .answer(&EditDocument(Documents::Schemas, |schema| {
        remove(schema, &["attributes"]);
        schema["description"] = json!("");
    })),
];

/// Takes an attribute out of the schema with this id.
fn leave_out(schema: &mut Value, id: &str, name: &str) {
    if schema["id"] == id
        && let Some(attributes) = schema["attributes"].as_array_mut()
    {
        attributes.retain(|attribute| attribute["name"] != name);
    }
}
