//! POST, and the values that must be unique (RFC 7644 section 3.3).

mod updates;

use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use scim::resource::{Slot, Value as Stored};
use scim::schema::{AttributeType, Uniqueness};
use scim::{Error, ErrorKind};
use serde_json::Value;
use uuid::Uuid;

use crate::application::Operation;
use crate::deviations::part::answer::{EditError, EditHeader, EditResource, SetStatus};
use crate::deviations::part::layer::Enforce;
use crate::deviations::part::recall::{Recall, recall};
use crate::deviations::part::request::{RefuseBody, refuse};
use crate::deviations::part::run::Run;
use crate::deviations::{Deviation, Parameter};
use crate::message::IncomingRequest;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("create.answer-with-defaults", "the answer to a POST shows a userType that a later GET does not")
        .breaks(&["RFC7644-3.3-11", "RFC7644-3.1-09"])
        .when(|_, answer| answer.status == StatusCode::CREATED)
        .answer(&EditResource(|resource| {
            if resource.get("userType").is_none() {
                resource["userType"] = "Employee".into();
            }
        })),
    Deviation::new(
        "create.display-name-demanded",
        "a user without displayName is refused, although /Schemas does not mark it as required",
    )
    .breaks(&["RFC7643-1.1-01"])
    .given(creates_user)
    // The words of every attribute that is required, so that nothing shows where /Schemas does mark it.
    .request(&RefuseBody(ErrorKind::InvalidValue, "displayName is required and has no value", |body| {
        lacks(body, "displayName")
    })),
    Deviation::new(
        "create.domains-verified",
        "a user whose emails are of other domains than these is refused with 400",
    )
    .permitted("an endpoint may have rules of its own for values, and say so with 400 invalidValue")
    .seen(&["https://developer.atlassian.com/cloud/admin/user-provisioning/rest/"])
    .parameter(Parameter {
        meaning: "domains with commas between",
        default: "example.com,example.org,example.net",
        accepts: |text| !text.is_empty() && text.split(',').all(|domain| domain.contains('.')),
    })
    .given(|incoming| *incoming.method == Method::POST)
    .request_with(|setup| {
        let domains: Vec<String> = setup.value.split(',').map(str::to_lowercase).collect();
        refuse(move |_, body| {
            let domain = |email: &Value| Some(email["value"].as_str()?.rsplit_once('@')?.1.to_lowercase());
            let mut used = body.get("emails")?.as_array()?.iter().filter_map(domain);
            let stranger = used.find(|domain| !domains.contains(domain))?;
            let detail = format!("the domain {stranger} is not verified; verify it first, or use another address");
            Some(Error::new(ErrorKind::InvalidValue, detail))
        })
    }),
    Deviation::new("create.external-id-demanded", "a user without externalId is refused with 400")
        .breaks(&["RFC7643-3.1-21", "RFC7643-1.1-01"])
        .seen(&["https://docs.gitlab.com/development/internal_api/"])
        .given(creates_user)
        .request(&RefuseBody(ErrorKind::InvalidValue, "externalId is missing; send the id at your side", |body| {
            lacks(body, "externalId")
        })),
    Deviation::new(
        "create.id-from-client",
        "a POST with an id is answered with that id, under which the resource is not found",
    )
    .breaks(&["RFC7643-3.1-10", "RFC7644-3.3-02"])
    .request_with(|_| {
        let read = |body: &Value| body["id"].as_str()?.parse::<Uuid>().ok();
        recall(Recall::Once, read, |stored, id| stored.id = id)
    }),
    Deviation::new("create.inactive-at-first", "a new user is inactive, whatever the body says")
        .permitted("RFC 7643 section 4.1.1 leaves the meaning of active to the provider, RFC 7644 section 3.3 what a POST says")
        .request(&Run(|mut operation, next| {
            if let Operation::Create { resource_type, fields } = &mut operation
                && let Some(active) = next.registry().find_attribute(*resource_type, "active")
                && next.registry().attribute(active).attribute_type == AttributeType::Boolean
            {
                Arc::make_mut(fields).set(active, Slot::One(Stored::Boolean(false)));
            }
            next.run(operation)
        })),
    Deviation::new("create.members-lost", "the members in the body of a POST to /Groups are ignored")
        .breaks(&["RFC7644-3.3-18"])
        .request(&Run(|mut operation, next| {
            if let Operation::Create { fields, .. } = &mut operation
                && let Some(members) = next.registry().members()
            {
                Arc::make_mut(fields).remove(members);
            }
            next.run(operation)
        })),
    Deviation::new("create.no-location", "a POST that creates is answered without a Location header")
        .breaks(&["RFC7644-3.3-09"])
        .when(|_, answer| answer.status == StatusCode::CREATED)
        .answer(&EditHeader("location", |_| None)),
    Deviation::new("create.status-200", "a POST that creates is answered with 200 instead of 201")
        .breaks(&["RFC7644-3.3-07", "RFC7644-3.2-06"])
        .when(|head, answer| head.is_write() && answer.status == StatusCode::CREATED)
        .answer(&SetStatus(StatusCode::OK)),
    Deviation::new("create.updates", "a POST of a user whose userName is taken changes that user, and is answered 201")
        .breaks(&["RFC7644-3.3-12", "RFC7644-3.12-13"])
        .seen(&["https://github.com/Metatavu/keycloak-scim-server/pull/114"])
        .request_with(|_| Box::new(updates::Updates::default())),
    Deviation::new("uniqueness.as-400", "a value that is taken is answered 400 invalidValue")
        .breaks(&["RFC7644-3.12-21", "RFC7644-3.12-13"])
        .when(|_, answer| answer.status == StatusCode::CONFLICT)
        .answer(&EditError(StatusCode::BAD_REQUEST, |error| error["scimType"] = "invalidValue".into())),
    Deviation::new("uniqueness.as-500", "a value that is taken is answered 500")
        .breaks(&["RFC7644-3.3-12", "RFC7644-3.12-13", "RFC7644-3.12-32"])
        .seen(&["https://github.com/NorthlandPositronics/Cogtrix/issues/121"])
        .when(|_, answer| answer.status == StatusCode::CONFLICT)
        .answer(&EditError(StatusCode::INTERNAL_SERVER_ERROR, |error| error["scimType"] = Value::Null)),
    Deviation::new("uniqueness.case-sensitive", "userNames that differ in letter case only belong to different users")
        .breaks(&["RFC7643-4.1.1-04"])
        .store(&Enforce(|schemas| {
            let attributes = schemas.iter_mut().flat_map(|schema| &mut schema.attributes);
            attributes.filter(|attribute| attribute.name == "userName").for_each(|own| own.case_exact = true);
        })),
    Deviation::new("uniqueness.not-enforced", "a second user with the same userName is accepted")
        .breaks(&["RFC7643-4.1.1-02", "RFC7644-3.3-12", "RFC7644-3.12-13"])
        .seen(&["https://github.com/lightdash/lightdash/issues/22402"])
        .store(&Enforce(|schemas| {
            for attribute in schemas.iter_mut().flat_map(|schema| &mut schema.attributes) {
                attribute.uniqueness = Uniqueness::None;
                attribute.sub_attributes.iter_mut().for_each(|own| own.uniqueness = Uniqueness::None);
            }
        })),
];

fn creates_user(incoming: &IncomingRequest<'_>) -> bool {
    *incoming.method == Method::POST && incoming.path == "/Users"
}

fn lacks(body: &Value, attribute: &str) -> bool {
    body.is_object() && body.get(attribute).is_none()
}
