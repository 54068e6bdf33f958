//! Who may speak to the endpoint (RFC 7644 section 2).

pub(super) mod everywhere;

use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use scim::capability::ResourceOperation;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use weir_exchange::{Credentials, Request};

use crate::check::{Check, CheckResult, Context, Stop, patch_of};

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "auth.missing-credentials",
        "A request without credentials is refused, and the refusal says how to authenticate",
        &missing_credentials,
    )
    .matters(
        "An endpoint that answers strangers hands out a directory; clients pick their scheme from WWW-Authenticate.",
    )
    .requirements(&["RFC7642-4-01", "RFC7644-2-07"])
    .legal(&["401 with a WWW-Authenticate header and a SCIM Error body"]),
    Check::new("auth.wrong-token", "An unknown bearer token is refused", &wrong_token)
        .matters("Provisioners test a connection with its credentials; one that accepts anything tests nothing.")
        .requirements(&["RFC7644-2-04", "RFC7644-3.12-10"])
        .legal(&["401 with a SCIM Error body"]),
    Check::new("auth.wrong-password", "An unknown user and password are refused", &wrong_password)
        .matters("An endpoint that checks tokens and forgets Basic has a second door, and it is open.")
        .requirements(&["RFC7642-4-01", "RFC7644-3.12-10"])
        .legal(&["401 with a SCIM Error body"]),
    Check::new(
        "auth.malformed-header",
        "A malformed Authorization header is refused like wrong credentials",
        &malformed_header,
    )
    .matters(
        "Parsers that fall through on a strange header let its sender in, or break down where anybody can make them.",
    )
    .requirements(&["RFC7644-2-04", "RFC7644-3.12-10"])
    .legal(&["401", "400 or 403"]),
    Check::new(
        "auth.token-without-scheme",
        "A token without the word Bearer before it is refused",
        &token_without_scheme,
    )
    .matters("A client that forgets the scheme works against this endpoint and fails at every other one.")
    .requirements(&["RFC7644-2-04", "RFC7644-2-02"])
    .legal(&["401", "400"]),
    Check::new(
        "auth.connection-test",
        "The search with which clients test a connection is answered with an empty list",
        &connection_test,
    )
    .matters(
        "Entra ID, Okta and the Logic App take any other answer for wrong credentials and do not save the connection.",
    )
    .requirements(&["RFC7644-2-02", "RFC7644-3.4.2-11"])
    .legal(&["200 with totalResults 0"])
    .on_every_type(&[ResourceOperation::Filter]),
    Check::new("auth.anonymous-write", "A write without credentials is refused, and changes nothing", &anonymous_write)
        .matters(
            "An endpoint that works first and checks then creates accounts for anybody who does not read the answer.",
        )
        .requirements(&["RFC7642-4-01", "RFC7644-2.2-01", "RFC7644-7.6-02"])
        .legal(&[
            "401 or 403, and nothing has changed",
            "201 for a creation, where the owner declares that anybody may register",
        ])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Delete]),
    Check::new("auth.token-in-query", "A token in the query opens nothing", &token_in_query)
        .matters("Query strings end up in logs, histories and referrers, and with them the key to the directory.")
        .requirements(&["RFC7642-4-01"])
        .legal(&["401", "400 or 403"]),
    Check::new(
        "auth.reader-cannot-write",
        "Credentials that may only read can read, and cannot write",
        &reader_cannot_write,
    )
    .matters("Auditors and reports are given such credentials because they can do no harm.")
    .requirements(&["RFC7644-2-08", "RFC7644-2-10", "RFC7644-3.12-11"])
    .legal(&["200 for a GET; 403 for a POST, PUT, PATCH or DELETE, and nothing has changed"]),
];

/// Ends the check where the run itself needs no credentials.
fn needs_credentials(context: &Context) -> CheckResult {
    if matches!(context.client().credentials(), Credentials::None) {
        return context.not_given("the run itself has no credentials, so the endpoint may be open on purpose");
    }
    Ok(())
}

/// A request that every endpoint with credentials refuses without them.
fn list(context: &Context) -> Request {
    Request::get(context.collection()).query("count", "1")
}

async fn missing_credentials(context: &Context) -> CheckResult {
    needs_credentials(context)?;
    let answer = context.send(list(context).without_credentials()).await?;
    context.expect(&answer).under(&["RFC7642-4-01"]).status(&[401]);
    if answer.status == 401 {
        context.expect(&answer).under(&["RFC7644-2-07"]).header("www-authenticate");
    }
    Ok(())
}

async fn wrong_token(context: &Context) -> CheckResult {
    needs_credentials(context)?;
    let stranger = Credentials::Bearer(SecretString::from(format!("{}-token", context.data().prefix())));
    let answer = context.client().with_credentials(stranger).send(list(context)).await.map_err(Stop::NoAnswer)?;
    context.expect(&answer).under(&["RFC7644-2-04", "RFC7644-3.12-10"]).status(&[401]);
    Ok(())
}

async fn wrong_password(context: &Context) -> CheckResult {
    needs_credentials(context)?;
    let user = context.data().name();
    // The right user with another password, where the run has a user.
    let user = match context.client().credentials() {
        Credentials::Basic { user, .. } => user.clone(),
        _ => user,
    };
    let stranger = Credentials::Basic { user, password: context.data().name().into() };
    let answer = context.client().with_credentials(stranger).send(list(context)).await.map_err(Stop::NoAnswer)?;
    context.expect(&answer).under(&["RFC7642-4-01", "RFC7644-3.12-10"]).status(&[401]);
    Ok(())
}

async fn malformed_header(context: &Context) -> CheckResult {
    needs_credentials(context)?;
    // The third is base64 of a user without colon and password.
    for value in
        ["Bearer", "Basic", "Basic bm9ib2R5", "Basic !!!", "Negotiate AAAA", "Bearer a b c", ",", "Bearer null"]
    {
        let answer = context.send(list(context).without_credentials().header(AUTHORIZATION.as_str(), value)).await?;
        context.expect(&answer).under(&["RFC7644-2-04"]).that(
            !answer.is_success(),
            &format!("Authorization: {value} is let in"),
            answer.status.to_string(),
        );
        if !answer.is_success() {
            context.expect(&answer).under(&["RFC7644-3.12-10"]).status(&[401, 400, 403]);
        }
    }
    Ok(())
}

async fn token_without_scheme(context: &Context) -> CheckResult {
    let Credentials::Bearer(token) = context.client().credentials() else {
        return context.not_given("the run has no bearer token");
    };
    context.needs_kind()?;
    let answer = context
        .send(list(context).without_credentials().header(AUTHORIZATION.as_str(), token.expose_secret().to_owned()))
        .await?;
    context.expect(&answer).under(&["RFC7644-2-04"]).status(&[401, 400]);
    let answer = context.send(list(context)).await?;
    context.expect(&answer).under(&["RFC7644-2-02"]).status(&[200]);
    Ok(())
}

async fn connection_test(context: &Context) -> CheckResult {
    let filter = format!("{} eq \"{}\"", context.naming()?.path(), context.data().uuid());
    let answer = context.look_up(Request::get(context.collection()).query("filter", &filter)).await?;
    context.expect(&answer).under(&["RFC7644-3.4.2-11"]).status(&[200]).json().equals("totalResults", &json!(0));
    context.expect(&answer).under(&["RFC7644-3.4.2-11"]).lacks("Resources");
    Ok(())
}

async fn anonymous_write(context: &Context) -> CheckResult {
    needs_credentials(context)?;
    let user = context.resource().await?;
    for method in [Method::PUT, Method::DELETE] {
        let request = user.request(method).json(&context.body()).without_credentials();
        let answer = context.send(request).await?;
        context.expect(&answer).under(&["RFC7642-4-01"]).status(&[401, 403]);
    }
    let after = context.send(user.request(Method::GET)).await?;
    context.expect(&after).under(&["RFC7642-4-01"]).status(&[200]);
    if after.status == 200 {
        let naming = context.naming()?.path();
        context.expect(&after).under(&["RFC7642-4-01"]).equals(&naming, user.value(&naming));
    }

    let body = context.body();
    let answer = context.send(Request::post(context.collection()).json(&body).without_credentials()).await?;
    if answer.status == 201 {
        context.expect(&answer).under(&["RFC7642-4-01"]).that(
            false,
            "anybody may create resources without credentials",
            "201",
        );
        return Ok(());
    }
    context.expect(&answer).under(&["RFC7642-4-01"]).status(&[401, 403]);
    if let Some(named) = context.named_in_lists(&body).await? {
        context.expect(&named.list).after(&answer).under(&["RFC7642-4-01"]).lists(&[]);
    }
    Ok(())
}

async fn token_in_query(context: &Context) -> CheckResult {
    let Credentials::Bearer(token) = context.client().credentials() else {
        return context.not_given("the run has no bearer token");
    };
    // The real token must not get into the log of somebody's endpoint, so only our own endpoints are tried with it.
    if !weir_exchange::is_loopback(context.client().base_url()) {
        return context.not_given("the token would get into the logs of an endpoint that is not on this machine");
    }
    let answer = context.send(list(context).secret_query("access_token", token).without_credentials()).await?;
    context.expect(&answer).status(&[401, 400, 403]);
    Ok(())
}

async fn reader_cannot_write(context: &Context) -> CheckResult {
    let Some(reader) = context.reader() else {
        return context.not_given("no credentials that may only read were given (--reader-bearer, --reader-basic)");
    };
    for (kind, resource) in context.one_of_each().await? {
        let read = reader.send(resource.request(Method::GET)).await.map_err(Stop::NoAnswer)?;
        context.expect(&read).under(&["RFC7644-2-10"]).status(&[200]);
        let body = context.data().resource(kind);
        // What names it, so that a later GET shows whether a write came through.
        let named =
            ["userName", "displayName", "externalId"].into_iter().find(|name| resource.body().get(*name).is_some());
        let naming = named.unwrap_or("externalId");
        let patch = patch_of(&json!([{"op": "replace", "path": naming, "value": context.data().name()}]));
        for request in [
            Request::post(&kind.endpoint).json(&body),
            resource.request(Method::PUT).json(&body),
            resource.request(Method::PATCH).json(&patch),
            resource.request(Method::DELETE),
        ] {
            let answer = reader.send(request).await.map_err(Stop::NoAnswer)?;
            context.expect(&answer).under(&["RFC7644-2-08"]).that(
                !answer.is_success(),
                "credentials that may only read have written",
                answer.status.to_string(),
            );
            if !answer.is_success() {
                // A method that the endpoint does not offer is refused as such.
                context.expect(&answer).under(&["RFC7644-3.12-11"]).status(&[403, 405, 501]);
            }
        }
        let after = context.send(resource.request(Method::GET)).await?;
        context.expect(&after).under(&["RFC7644-2-08"]).status(&[200]);
        if let Some(value) = resource.body().get(naming).filter(|_| after.status == 200) {
            context.expect(&after).under(&["RFC7644-2-08"]).equals(naming, value);
        }
    }
    Ok(())
}
