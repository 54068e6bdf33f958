//! Who may speak to the endpoint (RFC 7644 section 2).

use secrecy::SecretString;

use super::{Check, Context, Outcome};
use crate::endpoint::{Credentials, Request};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "auth.missing-credentials",
        title: "A request without credentials is refused, and told how to authenticate",
        matters: "An endpoint that answers strangers hands out a directory; clients pick their scheme from WWW-Authenticate.",
        requirements: &["RFC7642-4-01", "RFC7644-2-07", "RFC7644-3.12-02", "RFC7644-3.12-03"],
        needs: &[],
        legal: &["401 with a WWW-Authenticate header and a SCIM Error body"],
        alone: false,
        run: |context| Box::pin(missing_credentials(context)),
    },
    Check {
        id: "auth.wrong-token",
        title: "A bearer token that nobody issued is refused",
        matters: "Provisioners test a connection with its credentials; one that accepts anything tests nothing.",
        requirements: &["RFC7644-2-04", "RFC7644-3.12-10"],
        needs: &[],
        legal: &["401 with a SCIM Error body"],
        alone: false,
        run: |context| Box::pin(wrong_token(context)),
    },
];

async fn missing_credentials(context: &Context) -> Outcome {
    if matches!(context.client().credentials(), Credentials::None) {
        return context.skip("the run itself has no credentials, so the endpoint may be open on purpose");
    }
    let answer = context.send(Request::get("/Users").query("count", "1").without_credentials()).await?;
    context.expect(&answer).under(&["RFC7642-4-01"]).status(&[401]);
    if answer.status == 401 {
        context.expect(&answer).under(&["RFC7644-2-07"]).header("www-authenticate");
        context.expect(&answer).under(&["RFC7644-3.12-02", "RFC7644-3.12-03"]).error();
    }
    Ok(())
}

async fn wrong_token(context: &Context) -> Outcome {
    if matches!(context.client().credentials(), Credentials::None) {
        return context.skip("the run itself has no credentials, so the endpoint may be open on purpose");
    }
    let stranger = Credentials::Bearer(SecretString::from(format!("{}-token", context.data().prefix())));
    let request = Request::get("/Users").query("count", "1");
    let answer = context.client().with_credentials(stranger).send(request).await.map_err(super::Stop::NoAnswer)?;
    context.expect(&answer).under(&["RFC7644-2-04"]).status(&[401]);
    if answer.status == 401 {
        context.expect(&answer).under(&["RFC7644-3.12-10"]).error();
    }
    Ok(())
}
