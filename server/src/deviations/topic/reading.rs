//! The other side of readings that are disputed (docs/explain/disputes.md), where no tolerance takes it. Each is permitted, and
//! names the dispute.

mod canonical_enforced;
mod origin_of_proxy;

use std::str::FromStr as _;

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use scim::filter::{Operator, ResolvedFilter};
use scim::resource::read::UnknownPolicy;
use scim::{Error, ErrorKind};
use serde_json::json;

use crate::deviations::part::answer::{
    EditAnswer, EditArray, EditBody, EditError, EditHeader, EditResource, LeaveOut, has, has_scim_type,
    lists_resources, names, remove, shows_resources,
};
use crate::deviations::part::discovery::{Documents, EditAttributes, EditDocument, edit_documents, reads};
use crate::deviations::part::job::EditResult;
use crate::deviations::part::query::EditComparison;
use crate::deviations::part::request::{
    DropParameters, EditRequest, EditRequestHeader, edit_parameters, refuse, refuse_requests,
};
use crate::deviations::{Deviation, Parameter};
use crate::message::IncomingRequest;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("reading.bulk-status-object", "the status of a result is an object with the code in it")
        .permitted("dispute B1: an example of RFC 7644 section 3.7.2 shows it so")
        .answer(&EditResult(|result| result["status"] = json!({"code": result["status"]}))),
    Deviation::new(
        "reading.canonical-enforced",
        "a value that is not among the canonicalValues of its attribute is refused",
    )
    .permitted("dispute R18: a provider MAY restrict values to those that it publishes (RFC 7643 section 2.3.1)")
    .request(&canonical_enforced::CanonicalEnforced),
    Deviation::new("reading.canonical-left-out", "/Schemas has no canonicalValues")
        .permitted("dispute R18: canonical values are suggestions (RFC 7643 section 7)")
        .answer(&EditAttributes(|own| remove(own, &["canonicalValues"]))),
    Deviation::new("reading.conflict-409", "a stale version in If-Match is answered 409 instead of 412")
        .permitted("dispute H13: Table 8 of RFC 7644 has version conflicts below 409 too")
        .when(|_, answer| answer.status == StatusCode::PRECONDITION_FAILED)
        .answer(&EditError(StatusCode::CONFLICT, |_| {})),
    Deviation::new("reading.count-refused", "a count above 200 is refused with 400")
        .permitted("disputes Q8 and Q19: fewer resources than asked for may be returned, and no rule asks to cap")
        .request_with(|_| {
            refuse_requests(|incoming| {
                parameter(incoming, "count")?.parse::<u64>().ok().filter(|count| *count > 200)?;
                let kind = match parameter(incoming, "cursor") {
                    Some(_) => ErrorKind::InvalidCount,
                    None => ErrorKind::InvalidValue,
                };
                Some(Error::new(kind, "count is above 200; ask for less"))
            })
        }),
    Deviation::new("reading.discovery-filter-ignored", "a filter on /Schemas or /ResourceTypes is ignored")
        .permitted(
            "dispute Q15: RFC 7644 section 4 says both that parameters are ignored and that filters are forbidden",
        )
        .given(|incoming| incoming.path.starts_with("/Schemas") || incoming.path.starts_with("/ResourceTypes"))
        .request(&DropParameters(&["filter"])),
    Deviation::new("reading.discovery-without-meta", "ServiceProviderConfig and resource types have no meta")
        .permitted("dispute R45: RFC 7643 section 3.1 excepts them from the common attributes")
        .when(|head, _| reads(head, Documents::ServiceProviderConfig) || reads(head, Documents::ResourceTypes))
        .answer(&EditAnswer(|_, answer| edit_documents(answer, |document| remove(document, &["meta"])))),
    Deviation::new("reading.endpoint-without-slash", "the endpoint of a resource type is Users instead of /Users")
        .permitted("dispute R34: the text of RFC 7643 section 6 shows it so, the examples with a slash")
        .answer(&EditDocument(Documents::ResourceTypes, |document| {
            if let Some(endpoint) = document["endpoint"].as_str() {
                document["endpoint"] = endpoint.trim_start_matches('/').into();
            }
        })),
    Deviation::new("reading.filter-refused", "a filter with this text in it is refused as invalidFilter")
        .permitted(
            "disputes F1, F8, F11 and F22: an endpoint may refuse what it does not support (RFC 7644 section 3.12)",
        )
        .parameter(Parameter { meaning: "the text", default: " null", accepts: |text| !text.is_empty() })
        .request_with(|setup| {
            let refused = setup.value.to_owned();
            refuse_requests(move |incoming| {
                let filter = parameter(incoming, "filter")?;
                let detail = format!("filters with {refused:?} are not supported; leave it out");
                filter.contains(&refused).then(|| Error::new(ErrorKind::InvalidFilter, detail))
            })
        }),
    Deviation::new("reading.groups-direct-only", "groups of a user shows direct memberships only")
        .permitted("dispute R13: groups is optional and read-only (RFC 7643 section 4.1.2)")
        .answer(&EditArray("groups", |groups| groups.retain(|group| group["type"] != "indirect"))),
    Deviation::new("reading.json-request-refused", "a body that is labelled application/json is answered 415")
        .permitted("dispute H1: RFC 7644 promises application/scim+json alone")
        .request_with(|_| {
            refuse_requests(|incoming| {
                let label = incoming.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
                let detail = "the body is application/json; send application/scim+json";
                label.starts_with("application/json").then(|| Error::new(ErrorKind::UnsupportedMediaType, detail))
            })
        }),
    Deviation::new("reading.json-type-kept", "application/json is answered as application/scim+json")
        .permitted("dispute H2: both name the same format (RFC 7644 section 3.8)")
        .answer(&EditHeader("content-type", |label| Some(label.replace("application/json", "application/scim+json")))),
    Deviation::new(
        "reading.listing-without-etag",
        "the schema of ServiceProviderConfig lacks etag, which the document has",
    )
    .permitted("dispute R33: the listing of RFC 7643 section 8.7.2 lacks it")
    .answer(&EditDocument(Documents::Schemas, |schema| {
        if let Some(attributes) = schema["attributes"].as_array_mut() {
            attributes.retain(|attribute| attribute["name"] != "etag");
        }
    })),
    Deviation::new("reading.location-everywhere", "answers to GET, PUT and PATCH have a Location too")
        .permitted("dispute H8: the examples of RFC 7644 show it")
        .when(|head, answer| shows_resources(head, answer) && !answer.is_list())
        .answer(&EditAnswer(|_, answer| {
            let location = answer.json().and_then(|body| body["meta"]["location"].as_str().map(str::to_owned));
            if let Some(value) = location.and_then(|location| HeaderValue::from_str(&location).ok()) {
                answer.set_header(header::LOCATION, value);
            }
        })),
    Deviation::new("reading.location-relative", "the Location of a new resource has neither scheme nor host")
        .permitted("dispute H9: HTTP lets Location be relative, and the examples of RFC 7644 are absolute")
        .answer(&EditHeader("location", |location| {
            let uri = actix_web::http::Uri::from_str(location).ok()?;
            uri.path_and_query().map(ToString::to_string)
        })),
    Deviation::new("reading.ne-all-values", "ne on several values asks that none be equal")
        .permitted("dispute F10: it is the complement of eq")
        .request(&EditComparison(|mut comparison, _| {
            if comparison.operator != Operator::NotEqual {
                return ResolvedFilter::Compare(comparison);
            }
            comparison.operator = Operator::Equal;
            ResolvedFilter::Not(Box::new(ResolvedFilter::Compare(comparison)))
        })),
    Deviation::new("reading.ne-needs-value", "ne matches no resource without the attribute")
        .permitted("dispute F9: without a value there is nothing to compare (RFC 7644 section 3.4.2.1)")
        .request(&EditComparison(|comparison, _| {
            if comparison.operator != Operator::NotEqual {
                return ResolvedFilter::Compare(comparison);
            }
            let (attribute, sub_attribute) = (comparison.attribute, comparison.sub_attribute);
            let present = ResolvedFilter::Present { attribute, sub_attribute };
            ResolvedFilter::And(vec![present, ResolvedFilter::Compare(comparison)])
        })),
    Deviation::new("reading.origin-of-proxy", "every URL of an answer has the host of a proxy, scim.example.com")
        .permitted(
            "RFC 7643 sections 2.3.7 and 3.1 ask for the URI of the resource, whatever the one by which a client came",
        )
        .exchange_with(|_| origin_of_proxy::origin_of_proxy()),
    Deviation::new("reading.other-id-refused", "a PUT with another id than that in its URL is refused as mutability")
        .permitted("dispute R5: an example of RFC 7644 section 3.12 shows it so")
        .request_with(|_| {
            refuse(|incoming, body| {
                let own = incoming.path.rsplit('/').next()?;
                let other = *incoming.method == Method::PUT && body["id"].as_str().is_some_and(|id| id != own);
                other.then(|| Error::new(ErrorKind::Mutability, "id is readOnly; leave it out or send the own one"))
            })
        }),
    Deviation::new("reading.page-past-end-from-one", "an empty page has the startIndex 1")
        .permitted("dispute Q9: there is no first result whose index it could be")
        .when(lists_resources)
        .answer(&EditBody(|_, list| {
            if list["Resources"].as_array().is_none_or(Vec::is_empty) && list["startIndex"].is_number() {
                list["startIndex"] = 1.into();
            }
        })),
    Deviation::new("reading.paging-words-ignored", "a startIndex or count that is not a number is ignored")
        .permitted("dispute Q11: RFC 7644 section 3.4.2.4 does not say what happens")
        .request(&EditRequest(|incoming| {
            edit_parameters(incoming, |name, value| {
                let ignored = matches!(name, "startIndex" | "count") && value.parse::<i64>().is_err();
                (!ignored).then(|| value.to_owned())
            });
        })),
    Deviation::new(
        "reading.patch-syntax-as-value",
        "a malformed PATCH is refused as invalidValue instead of invalidSyntax",
    )
    .permitted("dispute P18: Table 9 of RFC 7644 does not list invalidSyntax for PATCH")
    .when(|head, answer| *head.method == Method::PATCH && has_scim_type(answer, "invalidSyntax"))
    .answer(&EditBody(|_, error| error["scimType"] = "invalidValue".into())),
    Deviation::new("reading.path-keyword", "a bad path of a PATCH is refused as noTarget instead of invalidPath")
        .permitted("dispute P17: the keywords of Table 9 overlap")
        .when(|head, answer| *head.method == Method::PATCH && has_scim_type(answer, "invalidPath"))
        .answer(&EditBody(|_, error| error["scimType"] = "noTarget".into())),
    Deviation::new("reading.projection-without-schemas", "attributes leaves out schemas if it does not name it")
        .permitted("dispute Q1: an example of RFC 7644 section 3.4.2 shows it so")
        .when(|head, _| has(head, "attributes") && !names(head, "attributes", "schemas"))
        .answer(&LeaveOut(&["schemas"])),
    Deviation::new(
        "reading.projections-together",
        "of attributes and excludedAttributes in one request the first wins",
    )
    .permitted("dispute Q3: they exclude each other, and nothing says what happens")
    .given(|incoming| parameter(incoming, "attributes").is_some())
    .request(&DropParameters(&["excludedAttributes"])),
    Deviation::new("reading.resources-of-nothing", "a list that is asked for with count=0 has no member Resources")
        .permitted("dispute Q7: absent and empty mean the same (RFC 7643 section 2.5)")
        .when(|head, answer| {
            let nothing = head.query.is_some_and(|query| query.split('&').any(|pair| pair == "count=0"));
            nothing && lists_resources(head, answer)
        })
        .answer(&EditBody(|_, list| {
            if list["Resources"].as_array().is_some_and(Vec::is_empty) {
                list.as_object_mut().map(|list| list.remove("Resources"));
            }
        })),
    Deviation::new("reading.text-body-taken", "a body is read as JSON, whatever its Content-Type")
        .permitted("dispute H16: no rule of SCIM asks an endpoint to look at it")
        .request(&EditRequestHeader("content-type", |_| Some("application/scim+json".to_owned()))),
    Deviation::new("reading.uniqueness-400", "a value that is taken is answered 400 uniqueness to PUT and PATCH")
        .permitted("dispute R24: RFC 7643 section 7 names 400, and RFC 7644 names 409 for creations alone")
        .when(|head, answer| matches!(*head.method, Method::PUT | Method::PATCH) && has_scim_type(answer, "uniqueness"))
        .answer(&EditError(StatusCode::BAD_REQUEST, |_| {})),
    Deviation::new(
        "reading.unknown-attributes-refused",
        "attributes that no schema defines are refused: 400 invalidSyntax in a resource, invalidPath in a PATCH",
    )
    .permitted(
        "disputes R4 and P9: RFC 7644 section 3.3 says what becomes of readOnly attributes, and not of unknown ones",
    )
    .rules(|rules| rules.policy.unknown = UnknownPolicy::Refuse),
    Deviation::new("reading.user-name-lowered", "a userName is shown in lower case")
        .permitted("dispute R8: the case of a value that is not caseExact may be altered (RFC 7643 section 7)")
        .answer(&EditResource(|resource| {
            if let Some(name) = resource["userName"].as_str() {
                resource["userName"] = name.to_lowercase().into();
            }
        })),
    Deviation::new("reading.weak-tags-unequal", "a weak tag in If-Match matches nothing")
        .permitted("dispute R31: HTTP compares strongly there (RFC 7232 section 3.1)")
        .request_with(|_| {
            refuse_requests(|incoming| {
                let tag = incoming.headers.get(header::IF_MATCH)?.to_str().ok()?;
                let detail = "a weak tag matches nothing in If-Match; leave it out";
                tag.starts_with("W/").then(|| Error::new(ErrorKind::PreconditionFailed, detail))
            })
        }),
    Deviation::new("reading.word-on-404", "an unknown resource is answered with a scimType too")
        .permitted("dispute H4: nothing forbids the keywords of Table 9 beside another status")
        .when(|_, answer| answer.status == StatusCode::NOT_FOUND)
        .answer(&EditError(StatusCode::NOT_FOUND, |error| error["scimType"] = "invalidValue".into())),
];

/// A parameter of the query, decoded.
fn parameter(incoming: &IncomingRequest<'_>, name: &str) -> Option<String> {
    let query = incoming.query.as_deref()?;
    let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let (_, value) = pairs.find(|(own, _)| *own == name)?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}
