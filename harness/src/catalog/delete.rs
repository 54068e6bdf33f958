//! Deleting resources (RFC 7644 section 3.6).

use reqwest::Method;
use scim::capability::Capability;
use serde_json::json;

use super::{Check, Context, Outcome};
use crate::endpoint::Request;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "delete.user",
        title: "A deleted user is gone: by its id, for changes, and in lists",
        matters: "A leaver who is still found is a leaver who is still in.",
        requirements: &["RFC7644-3.6-02", "RFC7644-3.6-03", "RFC7644-3.6-06", "RFC7644-3.6-07"],
        needs: &[Capability::CreateUsers, Capability::DeleteUsers],
        legal: &["204 without body; afterwards 404 for GET, PUT and DELETE, and no match in a filter"],
        alone: false,
        run: |context| Box::pin(user(context)),
    },
    Check {
        id: "delete.name-is-free",
        title: "The userName of a deleted user can be used again",
        matters: "Somebody who comes back to the company cannot be provisioned otherwise.",
        requirements: &["RFC7644-3.6-04", "RFC7644-3.6-05"],
        needs: &[Capability::CreateUsers, Capability::DeleteUsers],
        legal: &["201 for the same body after the DELETE"],
        alone: false,
        run: |context| Box::pin(name_is_free(context)),
    },
];

async fn user(context: &Context) -> Outcome {
    let user = context.user().await?;
    let answer = context.send(user.request(Method::DELETE)).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.6-06"]).status(&[204]);
    context.expect(&answer).under(&["RFC7644-3.6-07"]).empty();
    if !answer.is_success() {
        return Ok(());
    }
    for request in
        [user.request(Method::GET), user.request(Method::PUT).json(user.body()), user.request(Method::DELETE)]
    {
        let later = context.send(request).await?;
        context.expect(&later).after(&answer).under(&["RFC7644-3.6-02"]).status(&[404]);
    }
    if context.discovery().offers(Capability::FilterUsers) {
        let filter = format!("userName eq {}", user.body()["userName"]);
        let list = context.send(Request::get("/Users").query("filter", &filter)).await?;
        context
            .expect(&list)
            .after(&answer)
            .under(&["RFC7644-3.6-03"])
            .status(&[200])
            .json()
            .equals("totalResults", &json!(0))
            .lists(&[]);
    }
    Ok(())
}

async fn name_is_free(context: &Context) -> Outcome {
    let body = context.data().user();
    let user = context.create("/Users", &body).await?;
    let deleted = context.send(user.request(Method::DELETE)).await?;
    if !deleted.is_success() {
        return Err(super::Stop::Blocked {
            reason: format!("DELETE was answered with {}", deleted.status),
            cause: Some("delete.user"),
            exchanges: vec![deleted],
        });
    }
    let answer = context.send(Request::post("/Users").json(&body)).await?;
    context.expect(&answer).after(&deleted).status(&[201]);
    Ok(())
}
