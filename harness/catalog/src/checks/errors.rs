//! How the endpoint refuses (RFC 7644 section 3.12).

pub(super) mod version;
pub(super) mod words;

use std::sync::Arc;

use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::request::SCIM_JSON;
use weir_exchange::{Credentials, Exchange, Request};
use weir_judge::full_name;

use crate::check::{Check, CheckResult, Context, Stop, patch_of};

/// The members of the Error message (RFC 7644 section 3.12).
const MEMBERS: [&str; 4] = ["schemas", "status", "scimType", "detail"];

pub(super) const CHECKS: &[Check] = &[
    Check::new("errors.broken-json", "A body that is cut off in the middle is refused as invalidSyntax", &broken_json)
        .matters("A client that reads only scimType cannot tell its own fault from the endpoint's without it.")
        .requirements(&["RFC7644-3.3-13", "RFC7644-3.12-09", "RFC7644-3.12-23"])
        .legal(&["400 with a SCIM Error of scimType invalidSyntax"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("errors.unknown-resource", "An unknown id gives 404 with a SCIM Error", &unknown_resource)
        .matters("Provisioners recreate or relink on 404; a page of markup or a 200 leaves them with a dead link.")
        .requirements(&["RFC7644-3.4.1-02", "RFC7644-3.12-12"])
        .legal(&["404 with a SCIM Error whose status is the text \"404\""])
        .on_every_type(&[]),
    // No resource type has the path.
    Check::new("errors.unknown-endpoint", "A path at which there is no endpoint gives 404 with a SCIM Error", &unknown_endpoint)
        .matters("A page of markup for a mistyped path breaks the JSON reader of a client that only wanted to say so.")
        .requirements(&["RFC7644-3.12-12"])
        .legal(&["404 with a SCIM Error"]),
    Check::new("errors.malformed-id", "An id of a form that the endpoint never assigns is an unknown resource, not a crash", &malformed_ids)
        .matters("Ids are opaque: a client that asks for one of another endpoint needs a 404 to give it up, and a 500 is retried for ever.")
        .requirements(&["RFC7644-3.12-12", "RFC7644-3.8-05"])
        .legal(&["404 with a SCIM Error", "400 with a SCIM Error"])
        .on_every_type(&[]),
    Check::new("errors.method-not-offered", "A method that an endpoint does not offer is refused", &method_not_offered)
        .matters("A PUT on a whole collection that seems to succeed lets a client believe that it has replaced something.")
        .requirements(&["RFC7644-3.2-23"])
        .legal(&["404, 405 or 501"])
        .on_every_type(&[]),
    Check::new("errors.http-status", "The HTTP status shows an error, and the body describes it", &http_status)
        .matters("A 200 with an error inside counts as success wherever a client looks at the status first, and all do.")
        .requirements(&["RFC7644-3.2-21"])
        .legal(&["a status from 400 with a SCIM Error in the body"])
        .on_every_type(&[]),
    Check::new("errors.schema", "Every Error names the schema of errors, and no other", &schema)
        .matters("Clients tell an Error from a resource by its schemas; with another URN they parse it as a resource.")
        .requirements(&["RFC7644-3.12-02"])
        .legal(&["schemas is [\"urn:ietf:params:scim:api:messages:2.0:Error\"]"])
        .on_every_type(&[]),
    Check::new("errors.status-text", "Every Error repeats the HTTP status as a string", &status_text)
        .matters("Typed clients fail to decode a number where a string is laid down, and lose the whole message.")
        .requirements(&["RFC7644-3.12-03"])
        .legal(&["status is the HTTP status as a JSON string"])
        .on_every_type(&[]),
    Check::new("errors.media-type", "Errors are sent as application/scim+json", &media_type)
        .matters("A client that chooses its parser by media type shows text or markup instead of the reason.")
        .requirements(&["RFC7644-3.12-06"])
        .legal(&["Content-Type application/scim+json, with or without charset"])
        .on_every_type(&[]),
    Check::new("errors.members", "An Error holds nothing but what its schema defines, and its detail says something", &members)
        .matters("The detail is all that an administrator sees in a provisioning log; empty, it does not help.")
        .requirements(&["RFC7644-3.12-05", "RFC7644-3.12-04"])
        .legal(&["schemas, status, and possibly scimType from the tables and a detail that is a text"])
        .on_every_type(&[]),
    // It asks for what the endpoint as a whole, or one of its types, does not offer.
    Check::new("errors.not-supported", "The endpoint refuses an operation that it does not offer, and does not fail with a server error", &not_supported)
        .matters("A client that tries a feature falls back on a clear refusal; after a 500 it tries again.")
        .requirements(&["RFC7644-3.12-17", "RFC7644-3.12-32"])
        .legal(&["501", "404, 405 or 403"]),
];

async fn broken_json(context: &Context) -> CheckResult {
    let answer = context.send(cut_off(context)).await?;
    context.expect(&answer).under(&["RFC7644-3.3-13", "RFC7644-3.12-09"]).status(&[400]);
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC7644-3.12-23"]).refused(&[400], &["invalidSyntax"]);
    }
    Ok(())
}

/// A creation whose body ends too early.
fn cut_off(context: &Context) -> Request {
    let mut body = context.body().to_string();
    body.truncate(body.len() - 10);
    Request::post(context.collection()).body(body, SCIM_JSON)
}

async fn unknown_resource(context: &Context) -> CheckResult {
    let answer = context.send(Request::get(context.collection()).segment(&context.data().unknown_id())).await?;
    context.expect(&answer).under(&["RFC7644-3.4.1-02", "RFC7644-3.12-12"]).status(&[404]);
    Ok(())
}

async fn unknown_endpoint(context: &Context) -> CheckResult {
    for request in [Request::get("/NoSuchEndpoint"), Request::get("/NoSuchEndpoint").segment(&context.data().uuid())] {
        let answer = context.send(request).await?;
        context.expect(&answer).under(&["RFC7644-3.12-12"]).status(&[404]);
    }
    Ok(())
}

async fn malformed_ids(context: &Context) -> CheckResult {
    let long = "x".repeat(300);
    for id in ["0", "not-an-id", "-1", "O'Neil", "a b", "%", "ä", "1;2", long.as_str()] {
        let answer = context.send(Request::get(context.collection()).segment(id)).await?;
        context.expect(&answer).under(&["RFC7644-3.12-12"]).status(&[404, 400]);
    }
    // A suffix that asks for the format is a choice of the endpoint; it must not bring it down either.
    let suffixed = format!("{}.scim", context.data().unknown_id());
    let answer = context.send(Request::get(context.collection()).segment(&suffixed)).await?;
    context.expect(&answer).under(&["RFC7644-3.12-12"]).status(&[404, 400]);
    Ok(())
}

/// DELETE of a whole collection is left out: where it works, it deletes what is not ours.
async fn method_not_offered(context: &Context) -> CheckResult {
    let body = context.body();
    let unknown = context.data().unknown_id();
    for request in [
        Request::put(context.collection()).json(&body),
        Request::patch(context.collection()).json(&patch_of(&json!([]))),
        Request::post(context.collection()).segment(&unknown).json(&body),
        Request::post("/ServiceProviderConfig").json(&body),
    ] {
        let answer = context.send(request).await?;
        context.expect(&answer).status(&[404, 405, 501]);
    }
    Ok(())
}

/// Requests that are wrong in different ways, with their answers. Whether each is refused is judged elsewhere; only
/// refusals are handed back.
async fn provoked(context: &Context) -> Result<Vec<Arc<Exchange>>, Stop> {
    let mut requests = vec![
        Request::get(context.collection()).segment(&context.data().unknown_id()),
        Request::get("/NoSuchEndpoint"),
        cut_off(context),
        Request::get(context.collection()).query("filter", "id zz \"x\""),
        Request::put(context.collection()).json(&context.body()),
        Request::delete(context.collection()).segment(&context.data().unknown_id()),
    ];
    if !matches!(context.client().credentials(), Credentials::None) {
        requests.push(Request::get(context.collection()).query("count", "1").without_credentials());
    }
    let mut refusals = Vec::new();
    for request in requests {
        let answer = context.send(request).await?;
        if answer.status >= 400 {
            refusals.push(answer);
        }
    }
    if refusals.is_empty() {
        context.unable("the endpoint refuses none of the wrong requests, which other checks report")?;
    }
    Ok(refusals)
}

async fn http_status(context: &Context) -> CheckResult {
    for request in [Request::get(context.collection()).segment(&context.data().unknown_id()), cut_off(context)] {
        let answer = context.send(request).await?;
        context.expect(&answer).under(&["RFC7644-3.2-21"]).that(
            answer.status >= 400,
            "a request that cannot be fulfilled is answered as a success",
            answer.status.to_string(),
        );
    }
    Ok(())
}

async fn schema(context: &Context) -> CheckResult {
    let urn = json!(["urn:ietf:params:scim:api:messages:2.0:Error"]);
    for answer in provoked(context).await? {
        context.expect(&answer).json().equals("schemas", &urn);
    }
    Ok(())
}

async fn status_text(context: &Context) -> CheckResult {
    for answer in provoked(context).await? {
        context.expect(&answer).json().equals("status", &Value::from(answer.status.to_string()));
    }
    Ok(())
}

async fn media_type(context: &Context) -> CheckResult {
    for answer in provoked(context).await? {
        let found = answer.header("content-type").unwrap_or("no Content-Type");
        context.expect(&answer).that(is_scim_json(found), "the Content-Type is not application/scim+json", found);
    }
    Ok(())
}

/// Whether a Content-Type means the media type of SCIM, whatever its parameters.
pub(super) fn is_scim_json(content_type: &str) -> bool {
    content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(SCIM_JSON)
}

async fn members(context: &Context) -> CheckResult {
    for answer in provoked(context).await? {
        let Ok(Value::Object(body)) = answer.json() else { continue };
        let strange: Vec<&str> = body
            .keys()
            .map(String::as_str)
            .filter(|name| !MEMBERS.iter().any(|known| known.eq_ignore_ascii_case(name)))
            .collect();
        let expectation = context.expect(&answer).under(&["RFC7644-3.12-05"]);
        let expectation = expectation.that(strange.is_empty(), "the Error has members of its own", strange.join(", "));
        let detail = answer.at("detail");
        expectation.that(
            detail.is_none_or(|detail| detail.as_str().is_some_and(|text| !text.trim().is_empty())),
            "detail is not a text that says anything",
            detail.map_or_else(String::new, Value::to_string),
        );
        let word = answer.at("scimType");
        let known = |word: &Value| scim::error::ScimType::ALL.iter().any(|known| word.as_str() == Some(known.as_str()));
        context.expect(&answer).under(&["RFC7644-3.12-04"]).that(
            word.is_none_or(known),
            "scimType is none of the words that the RFCs define",
            word.map_or_else(String::new, Value::to_string),
        );
    }
    Ok(())
}

async fn not_supported(context: &Context) -> CheckResult {
    let empty = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": []});
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 0});
    let mut refused = Vec::new();
    for (capability, request) in [
        (Capability::Bulk, Request::post("/Bulk").json(&empty)),
        (Capability::Me, Request::get("/Me")),
        (Capability::Search, Request::post(&format!("{}/.search", context.collection())).json(&search)),
    ] {
        if !context.discovery().offers(capability) && !context.discovery().leaves_out(capability) {
            refused.push((capability.to_string(), request));
        }
    }
    let nobody = context.data().unknown_id();
    let patch = patch_of(&json!([{"op": "replace", "path": "externalId", "value": "x"}]));
    for kind in context.discovery().subjects() {
        let left_out =
            ResourceOperation::Patch.at(&kind.endpoint).is_some_and(|own| context.discovery().leaves_out(own));
        if !left_out && !context.discovery().operation(ResourceOperation::Patch, kind).0 {
            let request = Request::patch(&kind.endpoint).segment(&nobody).json(&patch);
            refused.push((full_name(ResourceOperation::Patch.id(), &kind.name), request));
        }
    }
    if refused.is_empty() {
        return context.not_offered("the endpoint offers everything that could be refused");
    }
    for (feature, request) in refused {
        let answer = context.send(request).await?;
        let broken = answer.status >= 500 && answer.status != 501;
        context.expect(&answer).under(&["RFC7644-3.12-17", "RFC7644-3.12-32"]).that(
            !broken,
            &format!("{feature}, which is not offered, breaks the endpoint down"),
            answer.status.to_string(),
        );
        if !broken {
            context.expect(&answer).under(&["RFC7644-3.12-17"]).status(&[501, 404, 405, 403]);
        }
    }
    Ok(())
}

/// The text at `path` of the body, for judging a refusal.
pub(super) fn word<'x>(answer: &'x Exchange, path: &str) -> Option<&'x str> {
    answer.json().ok().and_then(|body| at(body, path)).and_then(Value::as_str)
}
