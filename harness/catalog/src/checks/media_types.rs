//! In which form requests and answers travel (RFC 7644 sections 3.1, 3.8 and 8).

use std::sync::Arc;

use reqwest::Method;
use scim::capability::ResourceOperation;
use serde_json::json;
use weir_exchange::request::SCIM_JSON;
use weir_exchange::{BodyError, Exchange, Request};

use super::errors::is_scim_json;
use crate::check::{Check, CheckResult, Context, Stop, cut};

const JSON: &str = "application/json";
const MESSAGES: &str = "urn:ietf:params:scim:api:messages:2.0:";

pub(super) const CHECKS: &[Check] = &[
    Check::new("media-types.answers", "Answers to a client that accepts application/scim+json have that type", &answers)
        .matters("A client that was promised SCIM and gets another type does not know how to read the answer.")
        .requirements(&["RFC7644-3.1-01", "RFC7644-3.8-06", "RFC7644-8.1-01"])
        .legal(&["Content-Type application/scim+json, with or without charset, for each answer with a body"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("media-types.default", "A client that accepts anything, or does not say, gets application/scim+json", &default)
        .matters("curl and most HTTP libraries send no preference; what they get is what people take for the format.")
        .requirements(&["RFC7644-3.8-08", "RFC7644-3.8-09"])
        .legal(&["200 with Content-Type application/scim+json"])
        .on_every_type(&[]),
    Check::new("media-types.accept-json", "A client that accepts application/json only is served", &accept_json)
        .matters("Generic REST clients and Entra ID ask for plain JSON; a 406 shuts them out.")
        .requirements(&["RFC7644-3.8-07"])
        .legal(&["200 with Content-Type application/json or application/scim+json"])
        .on_every_type(&[]),
    Check::new("media-types.accept-weights", "Accept is read as a weighted list, not compared as a text", &accept_weights)
        .matters("Browsers, Java and .NET clients send lists with weights; compared as a text none of them fits.")
        .requirements(&["RFC7644-3.8-06"])
        .legal(&["200 with one of the two JSON types whenever the list holds application/scim+json"])
        .on_every_type(&[]),
    Check::new("media-types.request-charset", "A request that names its charset, or none, is read as UTF-8", &request_charset)
        .matters("Many HTTP libraries add charset=utf-8 by themselves, and users cannot switch that off.")
        .requirements(&["RFC7644-3.8-01", "RFC7644-3.8-02"])
        .legal(&["201 with charset=utf-8 in any letter case, and without charset"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("media-types.utf-8", "Text beyond ASCII goes in and out as UTF-8, unchanged", &utf_8)
        .matters("Names come back as other letters where one layer takes the bytes for another charset, and then overwrite the source.")
        .requirements(&["RFC7644-3.8-01", "RFC7644-3.8-02"])
        .legal(&["the same text in the answer to the creation and in a later GET"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("media-types.requests", "A request of another media type is accepted or refused, and not answered with a server error", &requests)
        .matters("Okta and generic clients send application/json; a form or plain text must meet a clear refusal.")
        .requirements(&["RFC7644-3.8-10", "RFC7644-3.8-11", "RFC7644-3.12-32"])
        .legal(&["201 or 415 for application/json", "415, 400 or 201 for text/plain"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("media-types.messages", "Lists and errors carry the message URNs of the RFC, to the letter", &messages)
        .matters("Clients switch on the URN; one of SCIM 1.1, or in another case, is an unknown message.")
        .requirements(&["RFC7644-3.1-05", "RFC7644-8.2-01"])
        .legal(&["urn:ietf:params:scim:api:messages:2.0:ListResponse and …:Error, each alone in schemas"])
        .on_every_type(&[]),
    Check::new("media-types.objects", "Every answer with a body is one JSON object", &objects)
        .matters("A bare array or a text where an object is laid down stops the client's decoder.")
        .requirements(&["RFC7644-3.2-20"])
        .legal(&["a JSON object", "no body, for 204 and 304"])
        .on_every_type(&[ResourceOperation::Create]),

];

/// One answer of each common kind: discovery, list, error, and the life of a resource.
async fn samples(context: &Context) -> Result<Vec<Arc<Exchange>>, Stop> {
    let mut samples = vec![
        context.send(Request::get("/ServiceProviderConfig")).await?,
        context.send(Request::get(context.collection()).query("count", "1")).await?,
        context.send(Request::get(context.collection()).segment(&context.data().unknown_id())).await?,
    ];
    let resource = context.resource().await?;
    samples.push(Arc::clone(&resource.exchange));
    samples.push(context.send(resource.request(Method::GET)).await?);
    if context.may(ResourceOperation::Replace) {
        samples.push(context.send(resource.request(Method::PUT).json(&context.sent(&resource))).await?);
    }
    samples.retain(|answer| !answer.response_body.is_empty());
    Ok(samples)
}

fn content_type(answer: &Exchange) -> &str {
    answer.header("content-type").unwrap_or("no Content-Type")
}

async fn answers(context: &Context) -> CheckResult {
    for answer in samples(context).await? {
        let found = content_type(&answer);
        context.expect(&answer).that(is_scim_json(found), "the Content-Type is not application/scim+json", found);
    }
    Ok(())
}

async fn default(context: &Context) -> CheckResult {
    let answer = context.send(Request::get(context.collection()).query("count", "1").header("accept", "*/*")).await?;
    let is_default = |answer: &Exchange| answer.status == 200 && is_scim_json(content_type(answer));
    let shown = |answer: &Exchange| format!("{} {}", answer.status, content_type(answer));
    let message = "the answer is not 200 in application/scim+json";
    context.expect(&answer).under(&["RFC7644-3.8-09"]).that(is_default(&answer), message, shown(&answer));
    let request = Request::get(context.collection()).query("count", "1");
    // Behind TLS only the first half can be shown, because the HTTP library always sends the header.
    if let Some(answer) = context.client().send_without_accept(&request).await.map_err(Stop::NoAnswer)? {
        context.needs_list(&answer)?;
        context.expect(&answer).under(&["RFC7644-3.8-08"]).that(is_default(&answer), message, shown(&answer));
    }
    Ok(())
}

/// Whether an answer is JSON by its type.
fn is_json(answer: &Exchange) -> bool {
    let found = content_type(answer);
    is_scim_json(found) || found.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(JSON)
}

async fn accept_json(context: &Context) -> CheckResult {
    let answer = context.send(Request::get(context.collection()).query("count", "1").header("accept", JSON)).await?;
    context.expect(&answer).status(&[200]);
    if answer.status == 200 {
        context.expect(&answer).json().that(is_json(&answer), "the answer has no JSON type", content_type(&answer));
    }
    Ok(())
}

async fn accept_weights(context: &Context) -> CheckResult {
    for accept in [
        "application/scim+json;q=1.0",
        "text/html;q=0.9, application/scim+json;q=0.5, */*;q=0.1",
        "text/html, application/scim+json",
        "application/scim+json; charset=utf-8",
        "application/scim+json,application/json;q=0.8",
    ] {
        let answer =
            context.send(Request::get(context.collection()).query("count", "1").header("accept", accept)).await?;
        context.expect(&answer).status(&[200]);
        if answer.status == 200 {
            let message = format!("the answer to Accept: {accept} has no JSON type");
            context.expect(&answer).that(is_json(&answer), &message, content_type(&answer));
        }
    }
    Ok(())
}

async fn request_charset(context: &Context) -> CheckResult {
    for content_type in [
        "application/scim+json",
        "application/scim+json; charset=utf-8",
        "application/scim+json;charset=UTF-8",
        "application/scim+json; charset=\"utf-8\"",
    ] {
        let body = context.body().to_string();
        let answer = context.send(Request::post(context.collection()).body(body, content_type)).await?;
        let requirements: &'static [&'static str] =
            if content_type == SCIM_JSON { &["RFC7644-3.8-02"] } else { &["RFC7644-3.8-01"] };
        context.expect(&answer).under(requirements).status(&[201]);
    }
    Ok(())
}

async fn utf_8(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    // Latin, combining, Cyrillic, Han, an emoji beyond the basic plane, and a right-to-left script.
    let name = "Zoë Müller e\u{301} Жанна 王芳 🦦 שרה";
    let resource = context.resource_with(&text, json!(name)).await?;
    context.expect(&resource.exchange).under(&["RFC7644-3.8-02"]).equals(&text.path(), &json!(name));
    let answer = context.read(&resource).await?;
    let fault = answer.encoding_fault();
    context.expect(&answer).under(&["RFC7644-3.8-01"]).that(
        fault.is_none(),
        fault.as_ref().map_or("", BodyError::as_str),
        answer.header("content-type").unwrap_or("no content type"),
    );
    context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.8-01"]).equals(&text.path(), &json!(name));
    Ok(())
}

async fn requests(context: &Context) -> CheckResult {
    for (content_type, requirements, legal) in [
        (JSON, &["RFC7644-3.8-10"] as &'static [&'static str], [201, 415].as_slice()),
        ("text/plain", &["RFC7644-3.8-11"], &[415, 400, 201]),
        ("application/x-www-form-urlencoded", &["RFC7644-3.8-11"], &[415, 400, 201]),
    ] {
        let body = context.body().to_string();
        let answer = context.send(Request::post(context.collection()).body(body, content_type)).await?;
        context.expect(&answer).under(&["RFC7644-3.12-32"]).that(
            answer.status < 500,
            &format!("a body of type {content_type} breaks the endpoint down"),
            answer.status.to_string(),
        );
        if answer.status < 500 {
            context.expect(&answer).under(requirements).status(legal);
        }
    }
    Ok(())
}

async fn messages(context: &Context) -> CheckResult {
    let list = context.send(Request::get(context.collection()).query("count", "1")).await?;
    let error = context.send(Request::get(context.collection()).segment(&context.data().unknown_id())).await?;
    for (answer, success, message) in [(&list, true, "ListResponse"), (&error, false, "Error")] {
        if answer.is_success() == success {
            context.expect(answer).json().equals("schemas", &json!([format!("{MESSAGES}{message}")]));
        }
    }
    Ok(())
}

async fn objects(context: &Context) -> CheckResult {
    let mut samples = samples(context).await?;
    for path in ["/ResourceTypes", "/Schemas"] {
        samples.push(context.send(Request::get(path)).await?);
    }
    for answer in samples {
        let expectation = context.expect(&answer).json();
        if let Ok(body) = answer.json() {
            expectation.that(body.is_object(), "the body is JSON, and not an object", cut(&body.to_string(), 60));
        }
    }
    Ok(())
}
