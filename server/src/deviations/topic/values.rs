//! What values resources hold: attributes, their types and letter case, extensions, and the member `schemas` (RFC 7643
//! sections 2 to 4).

use scim::schema::{Attribute, AttributeType, standard};
use scim::{Error, ErrorKind};
use serde_json::{Map, Value, json};

use crate::deviations::Deviation;
use crate::deviations::part::answer::{EditArray, EditBody, EditResource, EditValues, remove, walk};
use crate::deviations::part::discovery::EditAttribute;
use crate::deviations::part::request::{
    EditPath, EditRequest, EditRequestBody, RefuseBody, edit_body, refuse, sends_resource, sends_user,
};
use crate::message::IncomingRequest;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("attributes.unknown-breaks", "a body with an attribute that no schema knows is answered with 500")
        .breaks(&["RFC7644-3.3-16"])
        .given(sends_user)
        .request(&RefuseBody(ErrorKind::Internal, "the request could not be processed", has_unknown_attribute)),
    Deviation::new("boolean.as-text", "active and other booleans are shown as the text \"True\" or \"False\"")
        .breaks(&["RFC7643-2.3.2-01"])
        .answer(&EditResource(|resource| {
            for value in resource.as_object_mut().into_iter().flat_map(Map::values_mut) {
                if let Some(own) = value.as_bool() {
                    *value = if own { "True".into() } else { "False".into() };
                }
            }
        })),
    Deviation::new("case.lowered", "texts are stored in lower case, whatever caseExact says")
        .breaks(&["RFC7643-7-24"])
        .given(sends_resource)
        .request(&EditRequestBody(|body| {
            if let Some(members) = body.as_object_mut() {
                members.iter_mut().filter(|(name, _)| *name != "schemas").for_each(|(_, value)| walk(value, lower));
            }
        })),
    Deviation::new(
        "core.below-urn",
        "userName and displayName stand below the core schema's URI, as if it were an extension",
    )
    .breaks(&["RFC7643-3-10"])
    .answer(&EditResource(|resource| {
        let Value::Object(members) = resource else { return };
        let Some(uri) = members.get("schemas").and_then(|uris| uris[0].as_str()).map(str::to_owned) else { return };
        let core: Map<_, _> = ["userName", "displayName"]
            .into_iter()
            .filter_map(|name| members.shift_remove(name).map(|value| (name.to_owned(), value)))
            .collect();
        members.insert(uri, Value::Object(core));
    })),
    Deviation::new("emails.primary-demanded", "a user with emails of which none is primary is refused with 400")
        .breaks(&["RFC7643-2.4-06"])
        .seen(&["https://docs.aws.amazon.com/singlesignon/latest/developerguide/createuser.html"])
        .given(sends_user)
        .request(&RefuseBody(ErrorKind::InvalidValue, "one of the emails must have primary true", |body| {
            let emails = body.get("emails").and_then(Value::as_array);
            emails.is_some_and(|emails| !emails.is_empty() && emails.iter().all(|email| email["primary"] != true))
        })),
    Deviation::new(
        "extension.flattened",
        "the attributes of extensions stand beside the core attributes, not below their URI",
    )
    .breaks(&["RFC7643-3.3-08"])
    .answer(&EditResource(|resource| {
        let Value::Object(members) = resource else { return };
        let (extensions, mut top): (Map<_, _>, Map<_, _>) =
            std::mem::take(members).into_iter().partition(|(name, _)| name.contains(':'));
        top.extend(
            extensions.into_iter().filter_map(|(_, mut value)| value.as_object_mut().map(std::mem::take)).flatten(),
        );
        *members = top;
    })),
    Deviation::new("external-id.dropped", "externalId is taken and thrown away")
        .permitted("externalId is OPTIONAL (RFC 7643 section 3.1), and an endpoint may ignore what it is sent")
        .given(sends_resource)
        .request(&EditRequestBody(|body| remove(body, &["externalId"]))),
    Deviation::new("external-id.invented", "a resource without externalId is shown with its id as externalId")
        .breaks(&["RFC7643-3.1-16"])
        .answer(&EditResource(|resource| {
            if resource.get("externalId").is_none() {
                resource["externalId"] = resource["id"].clone();
            }
        })),
    Deviation::new("ims.services-closed", "the type of an ims value can only be aim, icq or msn")
        .breaks(&["RFC7643-4.1.2-10"])
        .given(sends_resource)
        .request(&RefuseBody(ErrorKind::InvalidValue, "ims.type: expected aim, icq or msn", |body| {
            let mut services = body["ims"].as_array().into_iter().flatten().filter_map(|own| own["type"].as_str());
            services.any(|service| !["aim", "icq", "msn"].contains(&service))
        })),
    Deviation::new("integer.with-fraction", "whole numbers are written as 1.0, in resources and in lists")
        .breaks(&["RFC7643-2.3.4-01", "RFC7644-3.4.2-05"])
        .when(|head, answer| answer.status.is_success() && !head.path.contains("/Schemas"))
        .answer(&EditBody(|_, body| walk(body, add_fraction))),
    Deviation::new("locale.region-refused", "a locale with a region is refused")
        .breaks(&["RFC7643-4.1.1-19"])
        .given(sends_resource)
        .request(&RefuseBody(ErrorKind::InvalidValue, "locale: expected a language of two letters", |body| {
            body["locale"].as_str().is_some_and(|locale| locale.contains('-'))
        })),
    Deviation::new("manager.first-of-several", "an array of managers is taken, and all but the first thrown away")
        .breaks(&["RFC7643-4.3-07"])
        .given(sends_resource)
        .request(&EditRequestBody(|body| {
            let manager = body.get_mut(standard::ENTERPRISE_USER).and_then(|own| own.get_mut("manager"));
            if let Some(manager) = manager.filter(|manager| manager.is_array()) {
                *manager = manager[0].take();
            }
        })),
    Deviation::new("name.formatted-flat", "a user has a member name.formatted in the place of name")
        .breaks(&["RFC7643-4.1.1-10", "RFC7644-3.3-07"])
        .seen(&["https://docs.gitlab.com/development/internal_api/"])
        .when(|head, _| head.path.contains("/Users"))
        .answer(&EditResource(|resource| {
            let Some(user) = resource.as_object_mut() else { return };
            let Some(name) = user.remove("name") else { return };
            let words = ["givenName", "familyName"].map(|part| name[part].as_str().unwrap_or_default());
            let formatted = name["formatted"].as_str().map_or_else(|| words.join(" "), str::to_owned);
            user.insert("name.formatted".into(), formatted.trim().into());
        })),
    Deviation::new("names.as-numbers", "a displayName that is a number is taken, and shown as a number")
        .breaks(&["RFC7643-2.3.1-01", "RFC7643-2.3.1-02"])
        .exchange_with(|_| {
            (
                Box::new(EditRequestBody(|body| {
                    if body["displayName"].is_number() {
                        body["displayName"] = body["displayName"].to_string().into();
                    }
                })),
                Box::new(EditResource(|resource| {
                    let number = resource["displayName"].as_str().and_then(|text| text.parse::<u32>().ok());
                    if let Some(number) = number {
                        resource["displayName"] = number.into();
                    }
                })),
            )
        }),
    Deviation::new(
        "names.case-sensitive",
        "members of a body whose names are not written as in the schema are ignored",
    )
    .breaks(&["RFC7643-2.1-01"])
    .request(&EditRequestBody(|body| {
        if let Value::Object(members) = body {
            let is_known = |name: &str| !name.starts_with(|first: char| first.is_ascii_uppercase());
            members.retain(|name, _| is_known(name) || name == "Operations");
        }
    })),
    Deviation::new("names.doubled", "a resource shows its id twice, once as ID").breaks(&["RFC7643-2.1-01"]).answer(
        &EditResource(|resource| {
            if let Some(id) = resource.get("id").cloned() {
                resource["ID"] = id;
            }
        }),
    ),
    Deviation::new("null.as-text", "null for a text is stored as the text null")
        .breaks(&["RFC7643-2.5-01"])
        .given(sends_resource)
        .request(&EditRequestBody(|body| {
            for name in ["nickName", "title", "displayName"] {
                if body.get(name).is_some_and(Value::is_null) {
                    body[name] = json!("null");
                }
            }
        })),
    Deviation::new("phone-numbers.digits-only", "telephone numbers come back as digits only")
        .breaks(&["RFC7643-4.1.2-06"])
        .answer(&EditValues("phoneNumbers", |number| {
            if let Some(text) = number["value"].as_str() {
                number["value"] = text.chars().filter(char::is_ascii_digit).collect::<String>().into();
            }
        })),
    Deviation::new("primary.everywhere", "every value of emails is shown as the primary one")
        .breaks(&["RFC7643-2.4-05"])
        .answer(&EditValues("emails", |email| email["primary"] = true.into())),
    Deviation::new(
        "required.made-up",
        "a missing or empty userName or displayName of a group is replaced by one that the endpoint makes up",
    )
    .breaks(&["RFC7643-4.1.1-01", "RFC7643-4.1.1-03", "RFC7643-7-19", "RFC7644-3.3-15"])
    .given(sends_resource)
    .request(&EditRequest(|incoming| {
        if let Some(name) = of_type(incoming, "userName", "displayName") {
            edit_body(incoming, |body| make_up(body, name));
        }
    })),
    Deviation::new(
        "schemas.by-endpoint-name",
        "/Schemas/Users and /Schemas/Groups are answered with the schemas of users and groups",
    )
    .permitted("no RFC forbids an endpoint to have further paths")
    .seen(&["https://docs.slack.dev/reference/scim-api"])
    .request(&EditPath(|path| match path.trim_matches('/') {
        "Schemas/Users" => Some(format!("/Schemas/{}", standard::USER)),
        "Schemas/Groups" => Some(format!("/Schemas/{}", standard::GROUP)),
        _ => None,
    })),
    Deviation::new("schemas.empty", "schemas of every resource is an empty array")
        .breaks(&["RFC7643-3.3-02", "RFC7643-3-05", "RFC7643-2.1-02", "RFC7643-3.3-03"])
        .answer(&EditResource(|resource| resource["schemas"] = json!([]))),
    Deviation::new(
        "schemas.extension-missing",
        "schemas lists the base schema only, whatever extensions the resource has data of",
    )
    .breaks(&["RFC7643-3.3-10"])
    .answer(&EditArray("schemas", |uris| uris.truncate(1))),
    Deviation::new(
        "schemas.first-is-base",
        "a body whose schemas lists an extension before the base schema is refused",
    )
    .breaks(&["RFC7643-3-08"])
    .request(&RefuseBody(
        ErrorKind::InvalidValue,
        "the first of the schemas is not that of the resource type",
        |body| body["schemas"][0].as_str().is_some_and(|uri| uri.contains(":extension:")),
    )),
    Deviation::new("schemas.foreign", "schemas of every resource also lists a URI that discovery does not publish")
        .breaks(&["RFC7643-3-06"])
        .answer(&EditArray("schemas", |uris| uris.push("urn:example:params:scim:schemas:legacy:1.0:Person".into()))),
    Deviation::new("schemas.not-read", "a body of any schema is taken for one of the resource type of the endpoint")
        .breaks(&["RFC7644-3.3.1-02"])
        .given(sends_resource)
        .request(&EditRequest(|incoming| {
            let Some(base) = of_type(incoming, standard::USER, standard::GROUP) else { return };
            edit_body(incoming, |body| {
                if let Value::Object(members) = body {
                    members.retain(|name, _| !name.eq_ignore_ascii_case("schemas"));
                    members.insert("schemas".into(), json!([base]));
                }
            });
        })),
    Deviation::new("schemas.password-readable", "/Schemas publishes password as readWrite and returned by default")
        .breaks(&["RFC7643-4.1.1-32"])
        .answer(&EditAttribute(standard::USER, "password", |password| {
            password["mutability"] = "readWrite".into();
            password["returned"] = "default".into();
        })),
    Deviation::new("schemas.repeated", "schemas of every resource lists each URI twice")
        .breaks(&["RFC7643-3-07", "RFC7643-3-04"])
        .answer(&EditArray("schemas", |uris| uris.append(&mut uris.clone()))),
    Deviation::new(
        "types.wrong-dropped",
        "an object or a list for a simple attribute, and a simple value for a complex one, are dropped in silence",
    )
    .breaks(&["RFC7644-3.12-09"])
    .given(sends_user)
    .request(&EditRequestBody(|body| {
        let Value::Object(members) = body else { return };
        let known = user_attributes();
        members.retain(|name, value| find(&known, name).is_none_or(|attribute| fits(attribute, value)));
    })),
    Deviation::new("values.dates-alone", "a dateTime is shown as a date without time")
        .breaks(&["RFC7643-2.3.5-02", "RFC7643-2.3.5-01"])
        .answer(&EditResource(|resource| {
            let members = resource.as_object_mut().into_iter().flatten();
            members.filter(|(name, _)| *name != "meta").for_each(|(_, value)| walk(value, without_time));
        })),
    Deviation::new(
        "values.framed-certificate",
        "a certificate is shown between BEGIN and END lines, not as base64 alone",
    )
    .breaks(&["RFC7643-2.3.6-01"])
    .answer(&EditArray("x509Certificates", |certificates| {
        for certificate in certificates {
            if let Some(value) = certificate["value"].as_str() {
                let framed = format!("-----BEGIN CERTIFICATE-----\n{value}\n-----END CERTIFICATE-----");
                certificate["value"] = framed.into();
            }
        }
    })),
    Deviation::new(
        "values.one-only",
        "a user with more than one value in a multi-valued attribute is refused with 400",
    )
    .breaks(&["RFC7643-2.4-01"])
    .seen(&["https://docs.aws.amazon.com/singlesignon/latest/developerguide/createuser.html"])
    .given(sends_user)
    .request_with(|_| {
        refuse(|_, body| {
            let has_several = |value: &Value| value.as_array().is_some_and(|values| values.len() > 1);
            let mut members = body.as_object()?.iter().filter(|(name, _)| *name != "schemas");
            let (name, _) = members.find(|(_, value)| has_several(value))?;
            Some(Error::new(ErrorKind::InvalidValue, format!("{name} takes one value here; send one")))
        })
    }),
    Deviation::new("values.reference-in-brackets", "a profileUrl is shown between angle brackets")
        .breaks(&["RFC7643-2.3.7-01"])
        .answer(&EditResource(|resource| {
            if let Some(url) = resource.get("profileUrl").and_then(Value::as_str).map(|url| format!("<{url}>")) {
                resource["profileUrl"] = url.into();
            }
        })),
    Deviation::new("values.repeated", "the first email comes back twice")
        .breaks(&["RFC7643-2.4-11"])
        .answer(&EditArray("emails", |emails| emails.extend(emails.first().cloned()))),
];

/// Cuts a dateTime behind its date.
fn without_time(value: &mut Value) {
    let is_time = |text: &str| {
        let shape = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
        shape.take(14).eq(*b"0000-00-00T00:")
    };
    if let Some(date) = value.as_str().filter(|text| is_time(text)).map(|text| text[..10].to_owned()) {
        *value = date.into();
    }
}

fn user_attributes() -> Vec<Attribute> {
    standard::document(standard::USER).map_or_else(|_| Vec::new(), |schema| schema.attributes)
}

fn find<'k>(known: &'k [Attribute], name: &str) -> Option<&'k Attribute> {
    known.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

fn has_unknown_attribute(body: &Value) -> bool {
    let known = user_attributes();
    let is_known = |name: &String| {
        let common = ["schemas", "id", "externalId", "meta"].iter().any(|common| common.eq_ignore_ascii_case(name));
        common || name.contains(':') || find(&known, name).is_some()
    };
    body.as_object().is_some_and(|members| !members.keys().all(is_known))
}

fn fits(attribute: &Attribute, value: &Value) -> bool {
    match value {
        Value::Array(items) => attribute.multi_valued && items.iter().all(|item| !item.is_array()),
        Value::Object(_) => attribute.attribute_type == AttributeType::Complex && !attribute.multi_valued,
        Value::Null => true,
        _ => attribute.attribute_type != AttributeType::Complex,
    }
}

fn lower(value: &mut Value) {
    if let Value::String(text) = value {
        *text = text.to_lowercase();
    }
}

fn add_fraction(value: &mut Value) {
    if let Value::Number(number) = value
        && let Some(fraction) = number.as_f64().and_then(serde_json::Number::from_f64)
    {
        *number = fraction;
    }
}

/// One of these, by the type of the resources that the request is about.
fn of_type(incoming: &IncomingRequest<'_>, user: &'static str, group: &'static str) -> Option<&'static str> {
    match &*incoming.path {
        path if path.ends_with("/.search") => None,
        path if path.starts_with("/Users") => Some(user),
        path if path.starts_with("/Groups") => Some(group),
        _ => None,
    }
}

fn make_up(body: &mut Value, name: &str) {
    let Value::Object(members) = body else { return };
    let given = members.iter().any(|(own, value)| own.eq_ignore_ascii_case(name) && value != "");
    if !given {
        members.insert(name.into(), format!("unnamed-{:x}", checksum(members)).into());
    }
}

/// Tells bodies apart, so that two of them do not get one name.
fn checksum(members: &Map<String, Value>) -> u64 {
    let text = Value::Object(members.clone()).to_string();
    text.bytes().fold(0, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
}
