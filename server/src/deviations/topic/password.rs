//! Passwords (RFC 7643 section 4.1.1).

mod in_clear;

use scim::ErrorKind;
use scim::capability::Capability;
use serde_json::Value;

use crate::deviations::Deviation;
use crate::deviations::part::answer::{EditAnswer, EditResource, edit_resources, names};
use crate::deviations::part::request::RefuseBody;
use crate::deviations::part::rules::{switch_off, unannounce};

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new(
        "password.change-refused",
        "changing a password is refused although ServiceProviderConfig says that it is supported",
    )
    .breaks(&["RFC7643-4.1.1-33"])
    .rules(|rules| switch_off(rules, &[Capability::ChangePassword])),
    Deviation::new(
        "password.change-unannounced",
        "a password can be changed although ServiceProviderConfig says that it is not supported",
    )
    .permitted("changePassword tells what a client can count on; no RFC asks an endpoint to refuse the rest")
    .rules(|rules| unannounce(rules, &[Capability::ChangePassword])),
    Deviation::new("password.filterable", "password sw in a filter is compared with the passwords in clear")
        .breaks(&["RFC7644-3.4.2.2-69", "RFC7643-4.1.1-24"])
        .request_with(|_| Box::new(in_clear::Filterable::default())),
    Deviation::new(
        "password.on-request",
        "attributes=password brings out the hash of the password, and attributes=accessCode an access code",
    )
    .breaks(&["RFC7643-4.1.1-25", "RFC7643-7-36", "RFC7644-3.9-15", "RFC7643-7-33"])
    .when(|_, answer| answer.status.is_success())
    .answer(&EditAnswer(|head, answer| {
        if names(head, "attributes", "password") {
            edit_resources(answer, show_hash);
        }
        if names(head, "attributes", "accessCode") {
            edit_resources(answer, |resource| resource["accessCode"] = "0000".into());
        }
    })),
    Deviation::new("password.shown", "users are shown with the hash of their password")
        .breaks(&["RFC7643-4.1.1-24", "RFC7643-7-33", "RFC7643-7-36"])
        .answer(&EditResource(|resource| {
            if resource.get("userName").is_some() {
                show_hash(resource);
            }
        })),
    Deviation::new("password.sortable", "sortBy=password puts users in the order of their passwords in clear")
        .breaks(&["RFC7643-4.1.1-24", "RFC7643-7-33"])
        .request_with(|_| Box::new(in_clear::Sortable::default())),
    Deviation::new("password.weak-500", "a password of fewer than four characters is answered with 500")
        .breaks(&["RFC7643-4.1.1-28", "RFC7644-3.12-32"])
        .request(&RefuseBody(ErrorKind::Internal, "the directory refused the password", |body| {
            body["password"].as_str().is_some_and(|password| password.chars().count() < 4)
        })),
];

fn show_hash(resource: &mut Value) {
    resource["password"] = "{SSHA}bm90IGEgcmVhbCBoYXNo".into();
}
