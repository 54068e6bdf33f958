//! Reading single resources (RFC 7644 section 3.4.1).

use reqwest::Method;
use scim::capability::Capability;
use serde_json::json;

use super::{Check, Context, Outcome};
use crate::endpoint::Request;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "read.user",
        title: "A user that was created is read back as it was stored",
        matters: "Provisioners that read, merge and write back (PingFederate among them) destroy what this answer leaves out.",
        requirements: &["RFC7644-3.4.1-01", "RFC7644-3.4.1-04", "RFC7644-3.3-11"],
        needs: &[Capability::CreateUsers],
        legal: &["200 with the user, not wrapped in a list, equal to the answer of the creation"],
        alone: false,
        run: |context| Box::pin(user(context)),
    },
    Check {
        id: "read.other-type",
        title: "The id of a user leads to no group",
        matters: "A client that mixes up ids would change a user where it means a group.",
        requirements: &["RFC7644-3.4.1-05"],
        needs: &[Capability::CreateUsers, Capability::CreateGroups],
        legal: &["404 with a SCIM Error"],
        alone: false,
        run: |context| Box::pin(other_type(context)),
    },
];

async fn user(context: &Context) -> Outcome {
    let user = context.user().await?;
    let answer = context.send(user.request(Method::GET)).await?;
    context
        .expect(&answer)
        .after(&user.exchange)
        .under(&["RFC7644-3.4.1-01"])
        .status(&[200])
        .json()
        .equals("id", &json!(user.id));
    context.expect(&answer).under(&["RFC7644-3.4.1-04"]).lacks("Resources");
    if user.body().is_object() {
        context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.3-11"]).holds(user.body());
    }
    Ok(())
}

async fn other_type(context: &Context) -> Outcome {
    let user = context.user().await?;
    let answer = context.send(Request::get("/Groups").segment(&user.id)).await?;
    context.expect(&answer).after(&user.exchange).status(&[404]).error();
    Ok(())
}
