//! How requests are read before they mean anything: paths, queries, headers, media types and bodies (RFC 7644 sections
//! 3.1, 3.8 and 3.13).

mod posts_stored;

use actix_web::http::{Method, StatusCode, header};
use posts_stored::PostsStored;
use scim::{Error, ErrorKind};
use serde_json::Value;

use crate::deviations::part::answer::{
    EditAnswer, EditBody, EditError, EditHeader, Fail, Replace, Reply, SetStatus, empty_list, has_scim_type, remove,
};
use crate::deviations::part::request::{EditPath, EditQueryString, EditRequest, Refuse, RefuseBody, refuse_requests};
use crate::deviations::{Deviation, Parameter};
use crate::message::{Answer, Head, IncomingRequest};

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new(
        "body.broken-500",
        "a body that is not a JSON object is answered with 500 instead of 400 invalidSyntax",
    )
    .breaks(&["RFC7644-3.3-13", "RFC7644-3.3-14", "RFC7644-3.12-32"])
    .when(|head, answer| {
        head.is_write() && answer.status == StatusCode::BAD_REQUEST && has_scim_type(answer, "invalidSyntax")
    })
    .answer(&EditError(StatusCode::INTERNAL_SERVER_ERROR, |body| remove(body, &["scimType"]))),
    Deviation::new("body.members-in-order", "a body that does not begin with schemas is refused")
        .breaks(&["RFC7643-2.3.8-02"])
        .request(&RefuseBody(ErrorKind::InvalidValue, "schemas is missing at the beginning", |body| {
            let first = body.as_object().and_then(|members| members.keys().next());
            first.is_some_and(|first| !first.eq_ignore_ascii_case("schemas")) && body.get("schemas").is_some()
        })),
    Deviation::new("encoding.answers-latin-1", "answers are in ISO 8859-1")
        .breaks(&["RFC7644-3.8-01"])
        .when(|_, answer| !answer.body.is_ascii())
        .answer(&EditAnswer(|_, answer| {
            let text = String::from_utf8_lossy(&answer.body);
            answer.body =
                text.chars().map(|character| u8::try_from(character).unwrap_or(b'?')).collect::<Vec<_>>().into();
        })),
    Deviation::new("encoding.answers-marked", "answers begin with a byte order mark")
        .breaks(&["RFC7644-3.8-01"])
        .when(|_, answer| !answer.body.is_empty())
        .answer(&EditAnswer(|_, answer| answer.body = [b"\xEF\xBB\xBF", &answer.body[..]].concat().into())),
    Deviation::new("encoding.latin-1", "request bodies are read as ISO 8859-1, so that text beyond ASCII is garbled")
        .breaks(&["RFC7644-3.8-01", "RFC7644-3.8-02"])
        .given(|incoming| !incoming.body.is_ascii())
        .request(&EditRequest(|incoming| {
            incoming.body = incoming.body.iter().copied().map(char::from).collect::<String>().into();
        })),
    Deviation::new("head.not-found", "HEAD is answered with 404 where GET finds a resource")
        .breaks(&["RFC7644-3.4.1-01"])
        .when(|head, _| *head.method == Method::HEAD)
        .answer(&SetStatus(StatusCode::NOT_FOUND)),
    Deviation::new("hostile.bodies-500", "a byte order mark or deep nesting in a body is answered 500")
        .breaks(&["RFC7644-3.12-09"])
        .given(|incoming| {
            let deep = incoming.body.windows(1_000).any(|part| part.iter().all(|&byte| byte == b'['));
            deep || incoming.body.starts_with(b"\xEF\xBB\xBF")
        })
        .request(&Refuse(ErrorKind::Internal, "unexpected character")),
    Deviation::new(
        "media-type.accept-compared",
        "an Accept header with weights, parameters or several types is answered 406",
    )
    .breaks(&["RFC7644-3.8-06"])
    .when(|head, answer| {
        let accept = head.headers.get(header::ACCEPT);
        let is_list = accept.is_some_and(|accept| accept.as_bytes().iter().any(|byte| b",;".contains(byte)));
        is_list && answer.status.is_success()
    })
    .answer(&NOT_ACCEPTABLE),
    Deviation::new("media-type.charset-refused", "a body whose Content-Type names a charset is answered 415")
        .breaks(&["RFC7644-3.8-01"])
        .given(|incoming| {
            let content_type = incoming.headers.get(header::CONTENT_TYPE);
            content_type.is_some_and(|value| value.as_bytes().contains(&b';'))
        })
        .request(&Refuse(ErrorKind::UnsupportedMediaType, "this media type is not understood")),
    Deviation::new("media-type.json-refused", "Accept: application/json is answered 406")
        .breaks(&["RFC7644-3.8-07"])
        .when(|head, answer| {
            let accept = head.headers.get(header::ACCEPT);
            accept.is_some_and(|accept| accept == "application/json") && answer.status.is_success()
        })
        .answer(&NOT_ACCEPTABLE),
    Deviation::new(
        "media-type.others-break",
        "a body of a media type that is not understood is answered 500 with a page",
    )
    .breaks(&["RFC7644-3.12-01", "RFC7644-3.12-32", "RFC7644-3.8-11"])
    .when(|_, answer| answer.status == StatusCode::UNSUPPORTED_MEDIA_TYPE)
    .answer(&Reply(StatusCode::INTERNAL_SERVER_ERROR, "text/html", "<h1>Internal Server Error</h1>")),
    Deviation::new("media-type.plain-json", "every answer is labelled application/json, whatever the client accepts")
        .breaks(&["RFC7644-3.1-01", "RFC7644-3.8-06", "RFC7644-3.8-08", "RFC7644-3.12-06"])
        .when(|_, answer| !answer.body.is_empty())
        .answer(&EditHeader("content-type", |_| Some("application/json".to_owned()))),
    Deviation::new("parameters.blanks-refused", "a query with a blank before or after an equals sign is answered 400")
        .breaks(&["RFC7644-3.4.2.2-74"])
        .seen(&["https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference"])
        .given(|incoming| {
            let query = incoming.query.as_deref().unwrap_or_default().replace('+', "%20");
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.any(|(name, value)| name.ends_with("%20") || value.starts_with("%20"))
        })
        .request(&Refuse(ErrorKind::BadRequest, "the query has a blank beside an equals sign; leave it out")),
    Deviation::new("parameters.unknown-refused", "a query parameter that SCIM does not know is answered with 400")
        .breaks(&["RFC7644-3.4.2-03"])
        .request_with(|_| {
            refuse_requests(|incoming| {
                let name = unknown_parameter(incoming)?;
                Some(Error::new(ErrorKind::InvalidValue, format!("the parameter {name} is unknown")))
            })
        }),
    Deviation::new("paths.lower-case-accepted", "/users and /groups mean /Users and /Groups")
        .permitted("no RFC forbids an endpoint to have further paths")
        .seen(&["https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference"])
        .request(&EditPath(|path| {
            let path = path.trim_start_matches('/');
            let (first, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
            let names = ["Users", "Groups", "Schemas", "ResourceTypes", "ServiceProviderConfig"];
            let name = names.iter().find(|name| name.to_lowercase() == first)?;
            Some(format!("/{name}{rest}"))
        })),
    Deviation::new(
        "paths.slash-moved",
        "GET /Users and /Groups are answered 301, with the same path and a slash behind as the Location",
    )
    .breaks(&["RFC7644-3.2-05"])
    .when(is_list)
    .answer(&EditAnswer(|head, answer| *answer = with_slash(head, StatusCode::MOVED_PERMANENTLY))),
    Deviation::new(
        "paths.slash-redirected",
        "GET /Users and /Groups are redirected with 308 to the same path with a slash behind",
    )
    .permitted("RFC 7644 section 3.12 has a client repeat a request at the location of a 307 or 308")
    .seen(&["https://github.com/better-auth/better-auth/issues/8549"])
    .when(is_list)
    .answer(&EditAnswer(|head, answer| *answer = with_slash(head, StatusCode::PERMANENT_REDIRECT))),
    Deviation::new(
        "query.decoded-in-part",
        "of the percent-encoded characters of a query only blanks and quotes are decoded",
    )
    .breaks(&["RFC7644-1.2-01"])
    .request(&EditQueryString(|query| query.replace('%', "%25").replace("%2520", "%20").replace("%2522", "%22"))),
    Deviation::new("query.decoded-twice", "a query is decoded twice, so that an escaped plus is a blank")
        .breaks(&["RFC7644-1.2-01"])
        .seen(&["https://github.com/OneUptime/oneuptime/issues/2134"])
        .request(&EditQueryString(|query| query.replace("%2B", "%20").replace("%2b", "%20"))),
    Deviation::new("query.hex-in-capitals", "escapes in a query are read only if their hex digits are in capitals")
        .breaks(&["RFC7644-1.2-01"])
        .request(&EditQueryString(without_lower_escapes)),
    Deviation::new("query.letters-undecoded", "escapes of letters and digits in a query stand for themselves")
        .breaks(&["RFC7644-1.2-01"])
        .request(&EditQueryString(without_escaped_letters)),
    Deviation::new("requests.posts-stored", "a POST to anything but a collection or /Bulk creates a resource")
        .breaks(&["RFC7644-3.2-23", "RFC7644-3.4.3-02"])
        .request_with(|_| Box::new(PostsStored::default())),
    Deviation::new("requests.user-agent-demanded", "requests without User-Agent are refused with 403")
        .permitted(
            "RFC 9110 section 10.1.5 only recommends that clients send one, and an endpoint may refuse whom \
             it does not know",
        )
        .seen(&["https://docs.github.com/en/enterprise-cloud@latest/rest/enterprise-admin/scim", PING_CHANGELOG])
        .parameter(Parameter {
            meaning: "all, or the methods concerned with commas between",
            default: "all",
            accepts: |text| text == "all" || text.split(',').all(|word| METHODS.contains(&word)),
        })
        .request_with(|setup| {
            let methods = setup.value.to_owned();
            refuse_requests(move |incoming| {
                let concerned = methods == "all" || methods.split(',').any(|own| own == incoming.method.as_str());
                let is_named = incoming.headers.get(header::USER_AGENT).is_some_and(|agent| !agent.is_empty());
                let error = || Error::new(ErrorKind::Forbidden, "the request has no User-Agent; send one");
                (concerned && !is_named).then(error)
            })
        }),
    Deviation::new("version.left-out-differs", "the URL without a version answers in the form of SCIM 1.1")
        .breaks(&["RFC7644-3.13-04"])
        .when(|head, answer| answer.status == StatusCode::NOT_FOUND && head.path == "/scim/Users")
        .answer(&Reply(
            StatusCode::OK,
            "application/json",
            r#"{"schemas":["urn:scim:schemas:core:1.0"],"totalResults":0,"Resources":[]}"#,
        )),
    Deviation::new("version.not-in-locations", "meta.location and Location lack the version of the base URL")
        .breaks(&["RFC7644-3.13-02"])
        .when(|head, answer| answer.status.is_success() && head.path.contains("/v2/"))
        .answer(&EditBody(|_, body| {
            let without_version = |resource: &mut Value| {
                if let Some(location) = resource.pointer_mut("/meta/location")
                    && let Some(text) = location.as_str()
                {
                    *location = text.replacen("/v2/", "/", 1).into();
                }
            };
            without_version(body);
            body.get_mut("Resources").and_then(Value::as_array_mut).into_iter().flatten().for_each(without_version);
        })),
    Deviation::new(
        "version.unknown-served",
        "a version of the protocol that does not exist is answered as if it were the current one",
    )
    .breaks(&["RFC7644-3.13-03"])
    .when(|head, answer| answer.status == StatusCode::NOT_FOUND && head.path.contains("/v99/"))
    .answer(&Replace(StatusCode::OK, empty_list)),
];

/// Whether a request asks for a list at a path that has no slash behind.
fn is_list(head: &Head<'_>, _: &Answer) -> bool {
    *head.method == Method::GET && (head.path.ends_with("/Users") || head.path.ends_with("/Groups"))
}

/// A redirect to the same path with a slash behind.
fn with_slash(head: &Head<'_>, status: StatusCode) -> Answer {
    let query = head.query.map(|query| format!("?{query}")).unwrap_or_default();
    Answer::empty(status).with_header(header::LOCATION, format!("{}/{query}", head.path))
}

/// The query in which every escape with a small letter stands for itself.
fn without_lower_escapes(query: &str) -> String {
    without_escapes(query, |digits| digits.bytes().any(|byte| byte.is_ascii_lowercase()))
}

/// The query in which every escape of an ASCII letter or digit stands for itself, though it means the same as what it stands for (RFC 3986
/// section 6.2.2.2).
fn without_escaped_letters(query: &str) -> String {
    without_escapes(query, |digits| u8::from_str_radix(digits, 16).is_ok_and(|byte| byte.is_ascii_alphanumeric()))
}

/// The query in which the escapes of these hex digits stand for themselves.
fn without_escapes(query: &str, is_literal: impl Fn(&str) -> bool) -> String {
    let mut parts = query.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let digits = part.get(..2).unwrap_or(part);
        format!("{text}{}{part}", if is_literal(digits) { "%25" } else { "%" })
    })
}

const NOT_ACCEPTABLE: Fail = Fail(ErrorKind::NotAcceptable, "answers are application/scim+json; accept that");

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

fn unknown_parameter<'i>(incoming: &'i IncomingRequest<'_>) -> Option<&'i str> {
    const KNOWN: [&str; 8] =
        ["attributes", "excludedAttributes", "filter", "sortBy", "sortOrder", "startIndex", "count", "cursor"];
    let pairs = incoming.query.as_deref()?.split('&');
    let mut names = pairs.map(|pair| pair.split('=').next().unwrap_or(pair));
    names.find(|name| !name.is_empty() && !KNOWN.contains(name))
}

const PING_CHANGELOG: &str = "https://docs.pingidentity.com/integrations/amazon/aws_iam_identity_center_provisioner/pf_aws_singlesignon_connector_changelog.html";
