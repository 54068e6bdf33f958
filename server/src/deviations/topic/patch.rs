//! PATCH (RFC 7644 section 3.5.2).

mod no_change_touches;
mod not_atomic;
mod unnamed;
mod version_kept;

use actix_web::http::{Method, StatusCode};
use scim::ErrorKind;
use scim::capability::Capability;
use scim::message;
use scim::resource::{self, Fields, Slot};
use scim::schema::{Mutability, Registry, standard};
use serde_json::{Map, Value, json};

use crate::deviations::Deviation;
use crate::deviations::part::answer::{DropBody, EditError, SetStatus, has_scim_type, values};
use crate::deviations::part::operations::{
    EditOperation, EditOperations, IgnoreOperations, is, nothing, operations, path,
};
use crate::deviations::part::request::{EditQueryString, EditRequestBody, RefuseBody, is_patch};
use crate::deviations::part::rules::switch_off;
use crate::deviations::part::run::{EditAccepted, EditPatched, Run};

const SSOREADY: &str = "https://github.com/ssoready/ssoready/issues/165";

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("patch.add-ignored", "add operations succeed without any effect")
        .breaks(&["RFC7644-3.5.2-02", "RFC7644-3.5.2.1-05", "RFC7644-3.5.2.1-06", "RFC7644-3.5.2.1-09"])
        .request(&IgnoreOperations("add")),
    Deviation::new("patch.add-replaces", "add puts its values in the place of the old ones instead of appending them")
        .breaks(&["RFC7644-3.5.2.1-04", "RFC7644-3.5.2.1-07", "RFC7644-3.5.2.1-08"])
        .request(&EditOperation(|operation| {
            if is(operation, "add") {
                operation["op"] = "replace".into();
            }
        })),
    Deviation::new("patch.answer-before", "the answer to a PATCH shows the resource as it was before")
        .breaks(&["RFC7644-3.1-09", "RFC7644-3.5.2-33"])
        .request(&Run(|operation, next| Box::pin(unnamed::answer_before(operation, next)))),
    Deviation::new("patch.answered-200", "PATCH is answered 200 with the whole resource")
        .permitted("200 with the resource and 204 are both right (RFC 7644 section 3.5.2)")
        .rules(|rules| rules.patch_shown = true),
    Deviation::new("patch.attributes-ignored", "PATCH is answered 204 even if attributes are asked for")
        .breaks(&["RFC7644-3.5.2-35"])
        .when(|head, answer| *head.method == Method::PATCH && answer.status == StatusCode::OK)
        .answer(&DropBody(StatusCode::NO_CONTENT)),
    Deviation::new(
        "patch.capital-op-ignored",
        "an operation whose op is not in lower case succeeds without any effect",
    )
    .breaks(&["RFC7644-3.5.2-22"])
    .seen(&["https://github.com/pydantic/logfire/issues/2355"])
    .request(&EditOperation(|operation| {
        if operation["op"].as_str().is_some_and(|op| op.chars().any(char::is_uppercase)) {
            *operation = nothing();
        }
    })),
    Deviation::new(
        "patch.case-sensitive",
        "attribute names in operations are only known in the letter case of the schema",
    )
    .breaks(&["RFC7643-2.1-01", "RFC7644-3.5.2-17", "RFC7644-3.5.2.1-16"])
    .seen(&["https://github.com/pydantic/logfire/issues/2355"])
    .request(&EditOperation(|operation| {
        if let Some(path) = path(operation).filter(|path| is_other_case(path)) {
            operation["path"] = format!("{path}Unknown").replace('[', "Unknown[").into();
        }
        rename_members(operation, |name| if is_other_case(&name) { format!("{name}Unknown") } else { name });
    })),
    Deviation::new(
        "patch.complex-replaced",
        "add and replace of a complex attribute lose the sub-attributes that are not given",
    )
    .breaks(&["RFC7644-3.5.2.1-06", "RFC7644-3.5.2.3-05"])
    .seen(&["https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/327"])
    .request(&EditOperations(|operations| {
        let mut all = Vec::with_capacity(operations.len());
        for operation in operations.drain(..) {
            let is_complex = operation.get("value").is_some_and(Value::is_object) && !is(&operation, "remove");
            if let Some(path) = path(&operation).filter(|path| is_complex && !path.contains('[')) {
                all.push(json!({"op": "remove", "path": path}));
            }
            all.push(operation);
        }
        *operations = all;
    })),
    Deviation::new(
        "patch.emails-disable",
        "a PATCH of the emails of a user that says nothing of active makes the user inactive",
    )
    .breaks(&["RFC7644-3.2-11"])
    .given(|incoming| incoming.path.contains("/Users"))
    .request(&EditOperations(|operations| {
        if unnamed::is_named(operations, "emails") && !unnamed::is_named(operations, "active") {
            operations.push(json!({"op": "replace", "path": "active", "value": false}));
        }
    })),
    Deviation::new("patch.empty-200", "PATCH is answered 200 with an empty body")
        .breaks(&["RFC7644-3.5.2-33"])
        .when(|head, answer| *head.method == Method::PATCH && answer.status == StatusCode::NO_CONTENT)
        .answer(&SetStatus(StatusCode::OK)),
    Deviation::new("patch.empty-list-refused", "an operation with an empty list as its value is refused with 400")
        .breaks(&["RFC7643-2.5-04", "RFC7643-2.5-03"])
        .seen(&["https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/757"])
        .given(is_patch)
        .request(&RefuseBody(ErrorKind::InvalidValue, "the list of values is empty", |body| {
            operations(body).iter().any(|operation| operation["value"].as_array().is_some_and(Vec::is_empty))
        })),
    Deviation::new("patch.excluded-as-attributes", "PATCH answers with the attributes that excludedAttributes names")
        .breaks(&["RFC7644-3.5.2-36"])
        .given(is_patch)
        .request(&EditQueryString(|query| query.replace("excludedAttributes=", "attributes="))),
    Deviation::new(
        "patch.extension-replaced",
        "an object for an extension in an operation without path forgets what it does not name",
    )
    .breaks(&["RFC7644-3.5.2.1-06", "RFC7644-3.2-11"])
    .seen(&[SSOREADY])
    .request(&EditOperations(unnamed::replace_extensions)),
    Deviation::new("patch.external-id-ignored", "a PATCH of externalId succeeds without any effect")
        .breaks(&["RFC7644-3.5.2.1-10", "RFC7644-3.5.2.3-02"])
        .seen(&["https://github.com/open-webui/open-webui/issues/30074"])
        .request(&EditOperation(unnamed::ignore_external_id)),
    Deviation::new("patch.failures-hidden", "a PATCH that cannot be carried out is answered 204 and does nothing")
        .breaks(&["RFC7644-3.5.2-32", "RFC7644-3.5.2-31", "RFC7644-3.5.2-22", "RFC7644-3.5.2-18"])
        .seen(&[
            "https://github.com/goauthentik/authentik/issues/24173",
            "https://github.com/pydantic/logfire/issues/2355",
        ])
        .when(|head, answer| *head.method == Method::PATCH && answer.status == StatusCode::BAD_REQUEST)
        .answer(&DropBody(StatusCode::NO_CONTENT)),
    Deviation::new("patch.filter-ignored", "the filter in a path is ignored, and the operation concerns every value")
        .breaks(&["RFC7644-3.5.2-14", "RFC7644-3.5.2-15", "RFC7644-3.5.2.2-04", "RFC7644-3.5.2.2-06"])
        .seen(&["https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/201"])
        .request(&EditOperation(|operation| {
            let Some((attribute, rest)) = path(operation).and_then(|path| path.split_once('[')) else { return };
            let sub_attribute = rest.rsplit_once(']').map_or("", |(_, sub_attribute)| sub_attribute);
            let whole = sub_attribute.is_empty();
            operation["path"] = format!("{attribute}{sub_attribute}").into();
            if whole && !is(operation, "remove") {
                operation["value"] = vec![operation["value"].take()].into();
            }
        })),
    Deviation::new("patch.first-match-only", "a filter that selects several values changes the first of them only")
        .breaks(&["RFC7644-3.5.2.3-07", "RFC7644-3.5.2.3-08"])
        .request(&EditPatched(keep_first_change)),
    Deviation::new("patch.first-operation-only", "of several operations in one request only the first is carried out")
        .breaks(&["RFC7644-3.5.2-27", "RFC7644-3.5.2.2-14"])
        .request(&EditOperations(|operations| operations.truncate(1))),
    Deviation::new(
        "patch.groups-refused",
        "PATCH on groups is answered 501 although ServiceProviderConfig says that PATCH is supported",
    )
    .breaks(&["RFC7643-5-28", "RFC7644-3.5.2-41"])
    .seen(&["https://github.com/goauthentik/authentik/issues/11249"])
    .rules(|rules| switch_off(rules, &[Capability::PatchGroups])),
    Deviation::new("patch.members-rename", "a PATCH of the members of a group gives the group another displayName")
        .breaks(&["RFC7644-3.2-11"])
        .given(|incoming| incoming.path.contains("/Groups"))
        .request(&EditOperations(|operations| {
            if unnamed::is_named(operations, "members") && !unnamed::is_named(operations, "displayName") {
                operations.push(json!({"op": "replace", "path": "displayName", "value": "Group"}));
            }
        })),
    Deviation::new(
        "patch.nested-members-accepted",
        "an operation with the path members takes an object with the member members as its value",
    )
    .permitted("a client that keeps to RFC 7644 section 3.5.2 sends none")
    .seen(&["https://help.salesforce.com/s/articleView?id=xcloud.identity_scim_manage_groups.htm"])
    .request(&EditOperation(|operation| {
        if path(operation).is_some_and(|path| path.eq_ignore_ascii_case("members"))
            && let Some(inner) = operation["value"].get("members").cloned()
        {
            operation["value"] = inner;
        }
    })),
    Deviation::new("patch.no-change-refused", "a PATCH that changes nothing is answered 400")
        .breaks(&["RFC7644-3.5.2.1-12"])
        .seen(&["https://github.com/better-auth/better-auth/issues/8549"])
        .request(&Run(|operation, next| Box::pin(unnamed::refuse_no_change(operation, next)))),
    Deviation::new(
        "patch.no-change-touches",
        "a change that changes nothing gives the resource a new version and lastModified",
    )
    .breaks(&["RFC7644-3.5.2.1-13"])
    .store(&no_change_touches::NoChangeTouches),
    Deviation::new("patch.not-atomic", "when an operation fails, the ones before it stay carried out")
        .breaks(&["RFC7644-3.5.2-29", "RFC7644-3.5.2-30"])
        .seen(&["https://github.com/fleetdm/fleet/issues/52600"])
        .request(&not_atomic::NotAtomic),
    Deviation::new("patch.null-as-text", "null and an empty list are read as an empty text")
        .breaks(&["RFC7643-2.5-04"])
        .seen(&[
            "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/104",
            "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/757",
        ])
        .request(&EditOperation(|operation| {
            let is_removal = is(operation, "remove");
            match operation.get_mut("value").filter(|_| !is_removal) {
                Some(Value::Object(members)) => members.values_mut().for_each(nothing_to_text),
                Some(value) => nothing_to_text(value),
                None => {}
            }
        })),
    Deviation::new(
        "patch.other-values-dropped",
        "a change of one value of a list drops the values that were not changed",
    )
    .breaks(&["RFC7644-3.5.2-14", "RFC7644-3.5.2-15"])
    .seen(&["https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/201"])
    .request(&EditPatched(keep_changed_values)),
    Deviation::new("patch.path-asked-for", "add and replace without path are refused")
        .breaks(&["RFC7644-3.5.2-09", "RFC7644-3.5.2.1-03", "RFC7644-3.5.2.3-01", "RFC7644-3.5.2.1-15"])
        .seen(&["https://github.com/Metatavu/keycloak-scim-server/pull/101"])
        .request(&EditOperation(|operation| {
            if path(operation).is_none() {
                operation["path"] = "".into();
            }
        })),
    Deviation::new("patch.path-filter-refused", "an operation whose path has a filter is refused as invalidPath")
        .breaks(&["RFC7644-3.5.2-14", "RFC7644-3.5.2-15", "RFC7644-3.5.2.2-04"])
        .seen(&["https://docs.github.com/en/rest/scim/scim"])
        .given(is_patch)
        .request(&RefuseBody(
            ErrorKind::InvalidPath,
            "filters in paths are not supported; name the attribute",
            |body| operations(body).iter().any(|operation| path(operation).is_some_and(|path| path.contains('['))),
        )),
    Deviation::new(
        "patch.path-value-case-kept",
        "a type or value in the square brackets of a path is compared by letter case",
    )
    .breaks(&["RFC7644-3.4.2.2-65", "RFC7644-3.4.2.2-11"])
    .request(&EditOperation(|operation| {
        if let Some(path) = path(operation).filter(|path| path.contains('[')) {
            operation["path"] = unnamed::without_capitals(path).into();
        }
    })),
    Deviation::new("patch.primary-kept", "a value that becomes primary leaves the others primary too")
        .breaks(&["RFC7644-3.5.2-28", "RFC7644-3.5.2.3-13"])
        .request(&EditAccepted(keep_primary)),
    Deviation::new("patch.primary-removed", "a value that becomes primary removes the one that was")
        .breaks(&["RFC7644-3.5.2-28", "RFC7644-3.2-11"])
        .seen(&[SSOREADY])
        .request(&EditAccepted(unnamed::remove_former_primary)),
    Deviation::new("patch.refused", "PATCH is answered 501 although ServiceProviderConfig says that it is supported")
        .breaks(&["RFC7644-3.5-03", "RFC7644-3.5-02"])
        .seen(&["https://github.com/bitwarden/server/issues/2919"])
        .rules(|rules| switch_off(rules, &[Capability::PatchUsers, Capability::PatchGroups])),
    Deviation::new("patch.remove-empties", "remove with a filter in its path removes every value of the attribute")
        .breaks(&["RFC7644-3.5.2.2-04", "RFC7644-3.5.2.2-06"])
        .seen(&["https://github.com/FusionAuth/fusionauth-issues/issues/2834"])
        .request(&EditOperation(|operation| {
            if is(operation, "remove")
                && let Some((attribute, _)) = path(operation).and_then(|path| path.split_once('['))
            {
                operation["path"] = attribute.into();
            }
        })),
    Deviation::new("patch.remove-ignored", "remove operations succeed without any effect")
        .breaks(&["RFC7644-3.5.2-02", "RFC7644-3.5.2.2-02", "RFC7644-3.5.2.2-03", "RFC7644-3.5.2.2-04"])
        .seen(&["https://github.com/goauthentik/authentik/issues/24173"])
        .request(&IgnoreOperations("remove")),
    Deviation::new("patch.remove-sets", "remove with a value sets the value")
        .breaks(&["RFC7644-3.5.2.2-04", "RFC7644-3.5.2.2-12", "RFC7644-3.5.2.2-02", "RFC7644-3.5.2.2-03"])
        .seen(&["https://github.com/AzureAD/SCIMReferenceCode/issues/87"])
        .request(&EditOperation(|operation| {
            if is(operation, "remove") && operation.get("value").is_some() && path(operation).is_some() {
                operation["op"] = "replace".into();
            }
        })),
    Deviation::new("patch.rename-empties", "a PATCH of the displayName of a group takes all members out")
        .breaks(&["RFC7644-3.2-11"])
        .seen(&[SSOREADY])
        .given(|incoming| incoming.path.contains("/Groups"))
        .request(&EditOperations(|operations| {
            if unnamed::is_named(operations, "displayName") && !unnamed::is_named(operations, "members") {
                operations.push(json!({"op": "remove", "path": "members"}));
            }
        })),
    Deviation::new("patch.replace-adds", "replace of a multi-valued attribute adds its values to those that are there")
        .breaks(&["RFC7644-3.5.2.3-03", "RFC7644-3.5.2.3-12"])
        .request(&EditOperation(|operation| {
            let has_list = operation.get("value").is_some_and(Value::is_array);
            if is(operation, "replace") && has_list && path(operation).is_some() {
                operation["op"] = "add".into();
            }
        })),
    Deviation::new("patch.replace-ignored", "replace operations succeed without any effect")
        .breaks(&["RFC7644-3.5.2-02", "RFC7644-3.5.2.3-01", "RFC7644-3.5.2.3-02", "RFC7644-3.5.2.3-03"])
        .seen(&["https://github.com/NorthlandPositronics/Cogtrix/issues/432"])
        .request(&IgnoreOperations("replace")),
    Deviation::new(
        "patch.sub-attribute-widened",
        "remove of a sub-attribute removes the whole value that it belongs to",
    )
    .breaks(&["RFC7644-3.5.2.2-07", "RFC7644-3.5.2.2-12"])
    .request(&EditOperation(|operation| {
        if let Some(path) = path(operation).filter(|path| is(operation, "remove") && !path.starts_with("urn:")) {
            let whole = match path.rsplit_once(']') {
                Some((filter, _)) => format!("{filter}]"),
                None => path.split('.').next().unwrap_or(path).to_owned(),
            };
            operation["path"] = whole.into();
        }
    })),
    Deviation::new("patch.syntax-error-500", "a PATCH whose body cannot be parsed is answered 500")
        .breaks(&["RFC7644-3.5.2-40"])
        .when(|head, answer| *head.method == Method::PATCH && has_scim_type(answer, "invalidSyntax"))
        .answer(&EditError(StatusCode::INTERNAL_SERVER_ERROR, |error| error["scimType"] = Value::Null)),
    Deviation::new("patch.unknown-resource-accepted", "PATCH of a resource that does not exist is answered 204")
        .breaks(&["RFC7644-3.5.2-37"])
        .when(|head, answer| *head.method == Method::PATCH && answer.status == StatusCode::NOT_FOUND)
        .answer(&DropBody(StatusCode::NO_CONTENT)),
    Deviation::new(
        "patch.unnamed-cleared",
        "PATCH of a user clears the optional attributes that its operations do not name",
    )
    .breaks(&["RFC7644-3.2-11", "RFC7644-3.5.2.1-03", "RFC7644-3.5.2.3-01"])
    .given(|incoming| incoming.path.contains("/Users"))
    .request(&EditOperations(clear_unnamed)),
    Deviation::new(
        "patch.update-accepted",
        "an operation Update is carried out as replace, and the schemas of the message can be missing",
    )
    .permitted("a client that keeps to RFC 7644 section 3.5.2 sends neither")
    .seen(&["https://docs.gitlab.com/development/internal_api/"])
    .given(is_patch)
    .request(&EditRequestBody(|body| {
        let mut updates = false;
        for operation in values(body, "Operations") {
            if operation["op"].as_str().is_some_and(|op| op.eq_ignore_ascii_case("update")) {
                operation["op"] = "replace".into();
                updates = true;
            }
        }
        if updates && body.get("schemas").is_none() {
            body["schemas"] = json!([message::PATCH_OP]);
        }
    })),
    Deviation::new("patch.urn-split", "paths and member names with a URN are split at the dot in its version")
        .breaks(&["RFC7644-3.10-01", "RFC7644-3.5.2-16", "RFC7644-3.5.2.1-15", "RFC7644-3.5.2.2-15"])
        .seen(&["https://github.com/thomaspoignant/scim-patch/issues/19"])
        .request(&EditOperation(|operation| {
            if let Some(path) = path(operation).filter(|path| path.starts_with("urn:")) {
                operation["path"] = before_dot(path).into();
            }
            rename_members(operation, |name| before_dot(&name).to_owned());
        })),
    Deviation::new("patch.value-cut-at-blank", "a text in an operation is stored up to its first blank")
        .breaks(&["RFC7644-3.5.2-15", "RFC7644-3.5.2.3-02"])
        .seen(&["https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/972"])
        .request(&EditOperation(|operation| {
            if let Some(first) = operation["value"].as_str().and_then(|text| text.split(' ').next()) {
                operation["value"] = first.into();
            }
        })),
    Deviation::new("patch.version-kept", "a PATCH leaves meta.version and ETag as they were")
        .breaks(&["RFC7644-3.14-09"])
        .request_with(|_| Box::new(version_kept::VersionKept::default())),
];

/// Gives the members of the value other names.
fn rename_members(operation: &mut Value, rename: fn(String) -> String) {
    if let Some(members) = operation.get_mut("value").and_then(Value::as_object_mut) {
        let renamed = std::mem::take(members).into_iter().map(|(name, value)| (rename(name), value));
        *members = renamed.collect::<Map<_, _>>();
    }
}

/// Whether the path begins with an attribute of the standard schemas in a letter case that is not theirs.
fn is_other_case(path: &str) -> bool {
    let name = path.split(['.', '[']).next().unwrap_or(path);
    [standard::USER, standard::GROUP].iter().filter_map(|uri| standard::document(uri).ok()).any(|schema| {
        let attributes = &schema.attributes;
        attributes.iter().any(|attribute| attribute.name.eq_ignore_ascii_case(name) && *attribute.name != *name)
    })
}

fn before_dot(name: &str) -> &str {
    if name.starts_with("urn:") { name.split('.').next().unwrap_or(name) } else { name }
}

fn nothing_to_text(value: &mut Value) {
    if value.is_null() || value.as_array().is_some_and(Vec::is_empty) {
        *value = "".into();
    }
}

fn clear_unnamed(operations: &mut Vec<Value>) {
    let Ok(schema) = standard::document(standard::USER) else { return };
    for attribute in &schema.attributes {
        let is_optional = !attribute.required && attribute.mutability == Mutability::ReadWrite;
        let is_plain = !attribute.multi_valued && attribute.sub_attributes.is_empty();
        if is_optional && is_plain && !operations.iter().any(|operation| concerns(operation, &attribute.name)) {
            operations.insert(0, json!({"op": "remove", "path": *attribute.name}));
        }
    }
}

/// Whether the operation names the attribute.
fn concerns(operation: &Value, attribute: &str) -> bool {
    let value = operation.get("value").and_then(Value::as_object);
    path(operation).is_some_and(|path| path.contains(attribute))
        || value.is_some_and(|value| value.keys().any(|name| name.eq_ignore_ascii_case(attribute)))
}

/// Takes every change of a list's values but the first back.
fn keep_first_change(_: &Registry, before: &Fields, after: &mut Fields) {
    for (id, old) in before.iter().filter(|(_, slot)| matches!(slot, Slot::Many(_))) {
        let Some(Slot::Many(new)) = after.slot_mut(id) else { continue };
        let old = old.values();
        if old.len() != new.len() {
            continue;
        }
        let changed = (0..new.len()).filter(|&at| old[at] != new[at]).skip(1).collect::<Vec<_>>();
        for at in changed {
            new[at] = old[at].clone();
        }
    }
}

/// Keeps only the values of a list that were changed in their place.
fn keep_changed_values(_: &Registry, before: &Fields, after: &mut Fields) {
    for (id, old) in before.iter().filter(|(_, slot)| matches!(slot, Slot::Many(_))) {
        let Some(Slot::Many(new)) = after.slot_mut(id) else { continue };
        let old = old.values();
        if old.len() == new.len() && *old != **new {
            let mut place = 0..;
            new.retain(|value| place.next().is_some_and(|place| old.get(place) != Some(value)));
        }
    }
}

/// Leaves primary where it was before.
fn keep_primary(registry: &Registry, before: &Fields, after: &mut Fields) {
    for (id, old) in before.iter() {
        let subs = (registry.find_sub_attribute(id, "primary"), registry.find_sub_attribute(id, "value"));
        let (Some(primary), Some(value)) = subs else { continue };
        let Some(Slot::Many(new)) = after.slot_mut(id) else { continue };
        for old in old.values() {
            let resource::Value::Complex(old) = old else { continue };
            if old.values(primary) != [resource::Value::Boolean(true)] {
                continue;
            }
            for new in new.iter_mut() {
                if let resource::Value::Complex(new) = new
                    && new.string(value) == old.string(value)
                {
                    new.set(primary, Slot::One(resource::Value::Boolean(true)));
                }
            }
        }
    }
}
