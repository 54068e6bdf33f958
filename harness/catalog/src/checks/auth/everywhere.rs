//! Credentials on every path and with every method that the endpoint offers, not on the list of users alone.

use std::sync::Arc;

use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use scim::capability::Capability;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use weir_exchange::{Client, Credentials, Exchange, Request};

use super::{list, needs_credentials};
use crate::check::{Check, CheckResult, Context, Resource, Stop, patch_of};
use crate::discovery::ResourceType;

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new(
        "auth.anonymous-everywhere",
        "No resource can be read or changed without credentials, whatever the path and the method",
        &anonymous_everywhere,
    )
    .matters("A directory whose users are closed and whose groups are open is open.")
    .requirements(&["RFC7642-4-01", "RFC7644-2-07"])
    .legal(&[
        "401 with a WWW-Authenticate header, or 403, for each request without credentials but those for discovery",
    ]),
    Check::new(
        "auth.wrong-token-everywhere",
        "An unknown bearer token opens nothing, whatever the path and the method",
        &wrong_token_everywhere,
    )
    .matters("A route without the check of the token is a door of its own, and scanners try each route.")
    .requirements(&["RFC7644-2-04", "RFC7644-2-07"])
    .legal(&[
        "401 with a WWW-Authenticate header, or 403, for each request with a wrong token but those for discovery",
    ]),
    Check::new("auth.scheme-case", "The name of the scheme has no letter case", &scheme_case)
        .matters(
            "Libraries and gateways write bearer and BEARER; HTTP says that it is the same (RFC 9110 section 11.1).",
        )
        .requirements(&["RFC7644-2-04"])
        .legal(&["200 with the right token behind bearer, Bearer and BEARER"]),
];

/// A request, with the words that name it in a message.
type Attempt = (String, Request);

/// What can be asked of a resource and its collection.
fn of_type(context: &Context, kind: &ResourceType, resource: &Resource) -> Vec<Attempt> {
    let endpoint = kind.endpoint.as_str();
    let body = context.data().resource(kind);
    let patch = patch_of(&json!([{"op": "replace", "path": "externalId", "value": context.data().name()}]));
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": format!("externalId eq {}", json!(context.data().name())),
        "count": 1,
    });
    let mut attempts = vec![
        (format!("GET {endpoint}"), Request::get(endpoint).query("count", "1")),
        (format!("GET {endpoint}/ID"), resource.request(Method::GET)),
        (format!("PATCH {endpoint}/ID"), resource.request(Method::PATCH).json(&patch)),
    ];
    if context.discovery().offers(Capability::Search) {
        let place = format!("{endpoint}/.search");
        attempts.push((format!("POST {place}"), Request::post(&place).json(&search)));
    }
    // `auth.anonymous-write` asks that of users, and looks at what has changed.
    if endpoint != "/Users" {
        attempts.push((format!("POST {endpoint}"), Request::post(endpoint).json(&body)));
        attempts.push((format!("PUT {endpoint}/ID"), resource.request(Method::PUT).json(&body)));
        attempts.push((format!("DELETE {endpoint}/ID"), resource.request(Method::DELETE)));
    }
    attempts
}

/// What can be asked of the endpoint as a whole.
fn of_endpoint(context: &Context) -> Vec<Attempt> {
    let job = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "DELETE", "path": format!("/Users/{}", context.data().unknown_id())}],
    });
    let filter = format!("id eq {}", json!(context.data().name()));
    let all = [
        (Capability::Bulk, "POST /Bulk", Request::post("/Bulk").json(&job)),
        (Capability::RootQuery, "GET /", Request::get("/").query("filter", &filter).query("count", "1")),
        (Capability::Me, "GET /Me", Request::get("/Me")),
    ];
    let offered = all.into_iter().filter(|(capability, ..)| context.discovery().offers(*capability));
    offered.map(|(_, name, request)| (name.to_owned(), request)).collect()
}

/// Tries everything; `send` says with which credentials.
async fn everywhere<'c, Answer>(context: &'c Context, send: impl Fn(Request) -> Answer, with: &str) -> CheckResult
where
    Answer: Future<Output = Result<Arc<Exchange>, Stop>> + Send + 'c,
{
    needs_credentials(context)?;
    let mut attempts = of_endpoint(context);
    let resources = context.one_of_each().await?;
    for (kind, resource) in &resources {
        attempts.extend(of_type(context, kind, resource));
    }
    for (what, request) in attempts {
        let answer = send(request).await?;
        context.expect(&answer).that(
            !answer.is_success(),
            &format!("{what} is let in {with}"),
            answer.status.to_string(),
        );
        if answer.status == 401 {
            context.expect(&answer).under(&["RFC7644-2-07"]).header("www-authenticate");
        }
    }
    Ok(())
}

async fn anonymous_everywhere(context: &Context) -> CheckResult {
    let send = |request: Request| context.send(request.without_credentials());
    everywhere(context, send, "without credentials").await
}

async fn wrong_token_everywhere(context: &Context) -> CheckResult {
    let stranger = Credentials::Bearer(SecretString::from(format!("{}-token", context.data().prefix())));
    let client: Client = context.client().with_credentials(stranger);
    let send = |request: Request| {
        let client = client.clone();
        async move { client.send(request).await.map_err(Stop::NoAnswer) }
    };
    everywhere(context, send, "with a token that was not issued").await
}

async fn scheme_case(context: &Context) -> CheckResult {
    let Credentials::Bearer(token) = context.client().credentials() else {
        return context.skip("the run has no bearer token");
    };
    context.needs_kind()?;
    let usual = context.send(list(context)).await?;
    for scheme in ["bearer", "BEARER"] {
        let value = format!("{scheme} {}", token.expose_secret());
        let answer = context.send(list(context).without_credentials().header(AUTHORIZATION.as_str(), value)).await?;
        context.expect(&answer).that(
            answer.is_success() || answer.status == usual.status,
            &format!("the right token is refused behind {scheme}"),
            answer.status.to_string(),
        );
    }
    Ok(())
}
