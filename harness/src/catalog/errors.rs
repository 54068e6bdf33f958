//! How the endpoint refuses (RFC 7644 section 3.12).

use scim::capability::Capability;

use super::{Check, Context, Outcome};
use crate::endpoint::Request;
use crate::endpoint::request::SCIM_JSON;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "errors.broken-json",
        title: "A body that is cut off in the middle is refused as invalidSyntax",
        matters: "A client that reads only scimType cannot tell its own fault from the endpoint's without it.",
        requirements: &["RFC7644-3.3-13", "RFC7644-3.12-01", "RFC7644-3.12-03", "RFC7644-3.12-09", "RFC7644-3.12-23"],
        needs: &[Capability::CreateUsers],
        legal: &["400 with a SCIM Error of scimType invalidSyntax"],
        alone: false,
        run: |context| Box::pin(broken_json(context)),
    },
    Check {
        id: "errors.unknown-resource",
        title: "An id that nobody has gives 404 with a SCIM Error",
        matters: "Provisioners recreate or relink on 404; a page of markup or a 200 leaves them with a dead link.",
        requirements: &["RFC7644-3.4.1-02", "RFC7644-3.12-01", "RFC7644-3.12-02", "RFC7644-3.12-03", "RFC7644-3.12-12"],
        needs: &[],
        legal: &["404 with a SCIM Error whose status is the text \"404\""],
        alone: false,
        run: |context| Box::pin(unknown_resource(context)),
    },
];

async fn broken_json(context: &Context) -> Outcome {
    let mut body = context.data().user().to_string();
    body.truncate(body.len() - 10);
    let answer = context.send(Request::post("/Users").body(body, SCIM_JSON)).await?;
    context.expect(&answer).under(&["RFC7644-3.3-13", "RFC7644-3.12-09"]).status(&[400]);
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC7644-3.12-01", "RFC7644-3.12-03"]).error();
        context.expect(&answer).under(&["RFC7644-3.12-23"]).scim_type(&["invalidSyntax"]);
    }
    Ok(())
}

async fn unknown_resource(context: &Context) -> Outcome {
    let answer = context.send(Request::get("/Users").segment(&context.data().unknown_id())).await?;
    context.expect(&answer).under(&["RFC7644-3.4.1-02", "RFC7644-3.12-12"]).status(&[404]);
    if answer.status == 404 {
        context.expect(&answer).under(&["RFC7644-3.12-01", "RFC7644-3.12-02", "RFC7644-3.12-03"]).error();
    }
    Ok(())
}
