//! Replacing resources (RFC 7644 section 3.5.1).

use reqwest::Method;
use scim::capability::Capability;
use serde_json::json;

use super::{Check, Context, Outcome};
use crate::endpoint::Request;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "replace.user",
        title: "A PUT replaces what it gives and answers with the whole user",
        matters: "PingFederate and Okta update users this way only.",
        requirements: &["RFC7644-3.5.1-04", "RFC7644-3.5.1-13", "RFC7644-3.5.1-15"],
        needs: &[Capability::CreateUsers, Capability::ReplaceUsers],
        legal: &["200 with the user as changed, its id unchanged; a later GET shows the same"],
        alone: false,
        run: |context| Box::pin(user(context)),
    },
    Check {
        id: "replace.unknown-resource",
        title: "A PUT creates nothing",
        matters: "A provisioner with a stale id would bring back a deleted account without noticing.",
        requirements: &["RFC7644-3.5.1-02"],
        needs: &[Capability::ReplaceUsers],
        legal: &["404 with a SCIM Error"],
        alone: false,
        run: |context| Box::pin(unknown_resource(context)),
    },
];

async fn user(context: &Context) -> Outcome {
    let user = context.user().await?;
    let mut body = user.body().clone();
    let name = context.data().name();
    body["displayName"] = json!(name);
    body["id"] = json!(context.data().unknown_id());
    let answer = context.send(user.request(Method::PUT).json(&body)).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.1-15"]).status(&[200]);
    if !answer.is_success() {
        return Ok(());
    }
    let expected = json!({"id": user.id, "displayName": name});
    if answer.status == 200 {
        context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.1-15"]).json().holds(&expected);
    }
    let read = context.send(user.request(Method::GET)).await?;
    context
        .expect(&read)
        .after(&answer)
        .under(&["RFC7644-3.5.1-04", "RFC7644-3.5.1-13"])
        .status(&[200])
        .json()
        .holds(&expected);
    Ok(())
}

async fn unknown_resource(context: &Context) -> Outcome {
    let id = context.data().unknown_id();
    let answer = context.send(Request::put("/Users").segment(&id).json(&context.data().user())).await?;
    context.expect(&answer).status(&[404]).error();
    Ok(())
}
