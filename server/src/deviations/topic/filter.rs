//! Filters (RFC 7644 section 3.4.2.2).

use actix_web::http::StatusCode;
use percent_encoding::percent_decode_str;
use scim::capability::Capability;
use scim::filter::parse;
use scim::filter::resolve::Operand;
use scim::filter::{Operator, ResolvedFilter};
use scim::schema::{AttributeId, Registry, common};
use scim::text::MatchingRule;
use scim::tolerance::Tolerances;
use scim::{Error, ErrorKind};

use crate::application::RequestSeam;
use crate::deviations::Deviation;
use crate::deviations::part::answer::{Reply, SERVER_ERROR_PAGE, has, parameter};
use crate::deviations::part::forms::{self, on_others, refuse_others};
use crate::deviations::part::query::{EditComparison, EditFilter, EditOperator, MatchNothing};
use crate::deviations::part::request::{DropParameters, EditParameter, EditRequest, Refuse, without_capitals};
use crate::message::Head;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("filter.and-as-or", "a resource that meets one side of an and is found")
        .breaks(&["RFC7644-3.4.2.2-40", "RFC7644-3.4.2.2-45"])
        .request(&EditFilter(|filter, _| match filter {
            ResolvedFilter::And(operands) => ResolvedFilter::Or(operands),
            other => other,
        })),
    Deviation::new("filter.ascii-only", "characters beyond ASCII in a filter are read as question marks")
        .breaks(&["RFC7644-3.4.2.2-54", "RFC7644-3.4.2.2-04"])
        .request(&EditParameter("filter", |text| {
            Some(text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect())
        })),
    Deviation::new("filter.bounds-excluded", "ge is answered as gt, and le as lt")
        .breaks(&["RFC7644-3.4.2.2-39"])
        .request(&EditOperator(|operator| match operator {
            Operator::GreaterOrEqual => Operator::GreaterThan,
            Operator::LessOrEqual => Operator::LessThan,
            other => other,
        })),
    Deviation::new("filter.bounds-included", "gt is answered as ge, and lt as le")
        .breaks(&["RFC7644-3.4.2.2-32", "RFC7644-3.4.2.2-33", "RFC7644-3.4.2.2-34"])
        .request(&EditOperator(|operator| match operator {
            Operator::GreaterThan => Operator::GreaterOrEqual,
            Operator::LessThan => Operator::LessOrEqual,
            other => other,
        })),
    Deviation::new("filter.broad-refused", "a query that asks for all that have a userName is refused as invalidFilter")
        .permitted("an endpoint may refuse a comparison that it does not support (RFC 7644 section 3.12)")
        .given(|incoming| incoming.query.as_deref().is_some_and(|query| query.contains("userName%20pr")))
        .request(&Refuse(ErrorKind::InvalidFilter, "the filter matches too many resources")),
    Deviation::new("filter.case-exact-ignored", "a filter finds values of caseExact attributes in any letter case")
        .breaks(&["RFC7643-7-23", "RFC7644-3.4.2.2-65", "RFC7644-3.4.2.2-12", "RFC7643-3.1-12"])
        .request(&EditComparison(|mut comparison, _| {
            if let Operand::Exact(text) = &comparison.value {
                comparison.value = Operand::Folded(MatchingRule::Folded.key(text).into_owned());
            }
            ResolvedFilter::Compare(comparison)
        })),
    Deviation::new("filter.ends-as-parts", "sw and ew find their text anywhere in a value")
        .breaks(&["RFC7644-3.4.2.2-24", "RFC7644-3.4.2.2-25"])
        .request(&EditOperator(|operator| match operator {
            Operator::StartsWith | Operator::EndsWith => Operator::Contains,
            other => other,
        })),
    Deviation::new(
        "filter.escapes-not-read",
        "coded characters in a filter are not read: a backslash and a u stand for themselves",
    )
    .breaks(&["RFC7644-3.4.2.2-54"])
    .request(&EditParameter("filter", |text| Some(text.replace("\\u", "\\\\u")))),
    Deviation::new("filter.extension-not-found", "a filter on an attribute of an extension finds nothing")
        .breaks(&["RFC7644-3.4.2.2-56", "RFC7644-3.10-01", "RFC7644-3.4.2.2-04"])
        .request(&MatchNothing(is_of_extension)),
    Deviation::new("filter.forms-only", "filters of other forms than those listed are refused as invalidFilter")
        .permitted(
            "filtering is optional, and 400 invalidFilter is the answer for what is not supported (RFC 7644 sections 3.4.2.2 and 3.12)",
        )
        .seen(&[
            "https://docs.aws.amazon.com/singlesignon/latest/developerguide/listusers.html",
            "https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference",
            "https://developer.atlassian.com/cloud/admin/user-provisioning/rest/",
        ])
        .parameter(forms::parameter())
        .request_with(refuse_others),
    Deviation::new("filter.groups-of-users-not-found", "filters on groups and members find nothing")
        .breaks(&["RFC7644-3.4.2.2-58", "RFC7644-3.4.2.2-04"])
        .request(&MatchNothing(|registry, attribute| {
            [registry.groups(), registry.members()].contains(&Some(attribute))
        })),
    Deviation::new("filter.id-not-found", "a filter on id finds nothing")
        .breaks(&["RFC7644-3.4.2.2-68", "RFC7644-3.4.2.2-04"])
        .request(&MatchNothing(|_, attribute| attribute == common::ID)),
    Deviation::new("filter.ignored", "a list holds every user, whatever the filter")
        .breaks(&["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-63", "RFC7644-3.4.2.2-52", "RFC7644-3.4.2-11"])
        .request(&DropParameters(&["filter"])),
    Deviation::new("filter.injection", "a single quote in a filter ends the comparison, so every user matches")
        .breaks(&["RFC7644-3.4.2.2-04"])
        .given(|incoming| incoming.query.as_deref().is_some_and(|query| query.contains("%27")))
        .request(&EditRequest(|incoming| incoming.query = None)),

    Deviation::new(
        "filter.members-500",
        "a filter that compares members or manager and something else is answered 500 with a page",
    )
    .breaks(&["RFC7644-3.12-01", "RFC7644-3.12-32"])
    .seen(&["https://github.com/goauthentik/authentik/issues/23211"])
    .when(|head, _| {
        let filter = decoded_filter(head);
        let names = |name: &str| filter.contains(&format!("{name} eq "));
        filter.contains(" and ") && (names("members") || names("manager"))
    })
    .answer(&SERVER_ERROR_PAGE),
    Deviation::new("filter.meta-not-found", "a filter on a part of meta finds nothing")
        .breaks(&["RFC7644-3.4.2.2-68", "RFC7644-3.4.2.2-15", "RFC7644-3.4.2.2-33"])
        .request(&MatchNothing(|_, attribute| attribute == common::META)),
    Deviation::new("filter.name-case-kept", "userName is unknown to a filter in other letter case")
        .breaks(&["RFC7644-3.4.2.2-05", "RFC7643-2.1-04", "RFC7644-3.10-05"])
        .request(&EditParameter("filter", |text| Some(misread_names(&text)))),
    Deviation::new("filter.ne-as-eq", "ne is answered as eq").breaks(&["RFC7644-3.4.2.2-20"]).request(&EditOperator(
        |operator| match operator {
            Operator::NotEqual => Operator::Equal,
            other => other,
        },
    )),

    Deviation::new("filter.not-distributed", "not (a and b) is read as not (a) and (b), and so is or")
        .breaks(&["RFC7644-3.4.2.2-42", "RFC7644-3.4.2.2-45"])
        .request(&EditFilter(|filter, _| match filter {
            ResolvedFilter::Not(inner) => match *inner {
                ResolvedFilter::And(operands) => ResolvedFilter::And(first_negated(operands)),
                ResolvedFilter::Or(operands) => ResolvedFilter::Or(first_negated(operands)),
                other => ResolvedFilter::Not(Box::new(other)),
            },
            other => other,
        })),
    Deviation::new("filter.not-ignored", "a filter with not finds what it should leave out")
        .breaks(&["RFC7644-3.4.2.2-42", "RFC7644-3.4.2.2-45"])
        .request(&EditFilter(|filter, _| match filter {
            ResolvedFilter::Not(inner) => *inner,
            other => other,
        })),
    Deviation::new("filter.operator-case-kept", "an operator in capital letters is refused")
        .breaks(&["RFC7644-3.4.2.2-06", "RFC7643-2.1-04"])
        .request(&EditParameter("filter", |text| Some(text.replace(" EQ ", " unknown ").replace(" Eq ", " unknown ")))),
    Deviation::new("filter.or-first-only", "a filter with or finds what its first side matches and no more")
        .breaks(&["RFC7644-3.4.2.2-41", "RFC7644-3.4.2.2-45"])
        .request(&EditFilter(|filter, _| match filter {
            ResolvedFilter::Or(mut operands) => operands.swap_remove(0),
            other => other,
        })),
    Deviation::new(
        "filter.order-compared-as-text",
        "gt, ge, lt and le on booleans and binary values are answered instead of refused",
    )
    .breaks(&["RFC7644-3.4.2.2-35", "RFC7644-3.4.2.2-36", "RFC7644-3.4.2.2-37", "RFC7644-3.4.2.2-38"])
    .request(&EditParameter("filter", |text| Some(compare_what_has_no_order(text)))),

    Deviation::new(
        "filter.others-500",
        "filters of other forms than those listed, and malformed ones, are answered 500",
    )
    .breaks(&["RFC7644-3.4.2.2-63", "RFC7644-3.12-32"])
    .seen(&["https://github.com/wso2/product-is/issues/11182"])
    .parameter(forms::parameter())
    .request_with(|setup| {
        on_others(setup, |_| Err(Error::new(ErrorKind::Internal, "the query could not be carried out")))
    }),
    Deviation::new(
        "filter.others-empty",
        "filters of other forms than those listed, and malformed ones, are answered with an empty list",
    )
    .breaks(&["RFC7644-3.4.2.2-23", "RFC7644-3.4.2.2-24", "RFC7644-3.4.2.2-28", "RFC7644-3.12-18"])
    .seen(&["https://docs.snowflake.com/release-notes/bcr-bundles/2026_03/bcr-2276"])
    .parameter(forms::parameter())
    .request_with(|setup| {
        on_others(setup, |incoming| {
            EditParameter("filter", |_| Some("id eq \"no such resource\"".to_owned())).rewrite(incoming)
        })
    }),
    Deviation::new(
        "filter.others-unfiltered",
        "filters of other forms than those listed, and malformed ones, are ignored, so the list holds every user",
    )
    .breaks(&["RFC7644-3.4.2.2-04", "RFC7644-3.12-18"])
    .seen(&["https://github.com/langwatch/langwatch/issues/6973"])
    .parameter(forms::parameter())
    .request_with(|setup| on_others(setup, |incoming| DropParameters(&["filter"]).rewrite(incoming))),

    Deviation::new("filter.page", "a query with a filter is answered 200 with a page of markup")
        .breaks(&["RFC7644-3.2-20"])
        .seen(&["https://github.com/goauthentik/authentik/issues/23211"])
        .when(|head, _| has(head, "filter"))
        .answer(&Reply(StatusCode::OK, "text/html", "<!DOCTYPE html><h1>Directory</h1>")),
    Deviation::new("filter.parts-as-equal", "co, sw and ew are answered as eq")
        .breaks(&["RFC7644-3.4.2.2-23", "RFC7644-3.4.2.2-24", "RFC7644-3.4.2.2-25", "RFC7644-3.4.2.2-26"])
        .request(&EditOperator(|operator| match operator {
            Operator::Contains | Operator::StartsWith | Operator::EndsWith => Operator::Equal,
            other => other,
        })),
    Deviation::new(
        "filter.precedence-ignored",
        "in a filter, or before and binds first: the expression is read from left to right",
    )
    .breaks(&["RFC7644-3.4.2.2-44", "RFC7644-3.4.2.2-45"])
    .request(&EditFilter(|filter, _| match filter {
        ResolvedFilter::Or(operands) => or_before_and(operands),
        other => other,
    })),
    Deviation::new("filter.present-always", "pr is true for every resource, with the value or without")
        .breaks(&["RFC7644-3.4.2.2-29", "RFC7644-3.4.2.2-30", "RFC7644-3.4.2.2-31"])
        .request(&EditFilter(|filter, _| match filter {
            ResolvedFilter::Present { .. } => ResolvedFilter::Not(Box::new(ResolvedFilter::Nothing)),
            other => other,
        })),
    Deviation::new(
        "filter.schema-prefix-unknown",
        "a filter on an attribute with the URN of the core schema finds nothing",
    )
    .breaks(&["RFC7644-3.4.2.2-55", "RFC7644-3.10-01", "RFC7644-3.10-04", "RFC7644-3.10-05"])
    .request(&EditParameter("filter", |text| {
        let prefix = "urn:ietf:params:scim:schemas:core:2.0:user:";
        Some(if text.to_ascii_lowercase().contains(prefix) { "id eq \"nobody\"".to_owned() } else { text })
    })),
    Deviation::new(
        "filter.stored-case-kept",
        "a filter folds its own text but not what is stored, so that capital letters are never found",
    )
    .breaks(&["RFC7644-3.4.2.2-11", "RFC7644-3.4.2.2-26", "RFC7644-3.4.2.2-65", "RFC7643-7-26"])
    .request(&EditComparison(|mut comparison, _| {
        comparison.value = match comparison.value {
            Operand::Folded(text) | Operand::Username(text) => Operand::Exact(text),
            other => other,
        };
        ResolvedFilter::Compare(comparison)
    })),
    Deviation::new(
        "filter.sub-attribute-ignored",
        "a filter on a sub-attribute is answered by the first sub-attribute of the same type",
    )
    .breaks(&["RFC7644-3.4.2.2-57", "RFC7644-3.4.2.2-04"])
    .request(&EditComparison(|mut comparison, registry| {
        comparison.sub_attribute = comparison.sub_attribute.map(|named| first_alike(registry, named));
        ResolvedFilter::Compare(comparison)
    })),
    Deviation::new(
        "filter.unreadable-ignored",
        "a filter that breaks the grammar is ignored, so the list holds every user",
    )
    .breaks(&["RFC7644-3.4.2.2-07", "RFC7644-3.4.2.2-08", "RFC7644-3.4.2.2-52", "RFC7644-3.4.2.2-63"])
    .request(&EditParameter("filter", |text| {
        let read = parse::parse(&text, parse::Limits::default(), &Tolerances::strict());
        read.is_ok().then_some(text)
    })),
    Deviation::new(
        "filter.unsupported-ignored",
        "filters are published as not supported, and a list with one holds every user",
    )
    .breaks(&["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-01"])
    .rules(|rules| {
        for filter in [Capability::FilterUsers, Capability::FilterGroups] {
            rules.capabilities.remove(&filter);
            rules.published.remove(&filter);
        }
        rules.missing_filter_ignored = true;
    }),

    Deviation::new(
        "filter.value-path-case-kept",
        "a type or value in the square brackets of a filter is compared by letter case",
    )
    .breaks(&["RFC7644-3.4.2.2-65", "RFC7644-3.4.2.2-11"])
    .request(&EditParameter("filter", |text| match text.find('[') {
        Some(start) => Some(format!("{}{}", &text[..start], without_capitals(&text[start..]))),
        None => Some(text),
    })),
    Deviation::new(
        "filter.value-path-split",
        "the conditions in square brackets are tested one by one, each against any value",
    )
    .breaks(&["RFC7644-3.4.2.2-48", "RFC7644-3.4.2.2-58"])
    .request(&EditFilter(|filter, _| match filter {
        ResolvedFilter::ValuePath { attribute, filter } => match *filter {
            ResolvedFilter::And(operands) => {
                let apart = |filter| ResolvedFilter::ValuePath { attribute, filter: Box::new(filter) };
                ResolvedFilter::And(operands.into_iter().map(apart).collect())
            }
            other => ResolvedFilter::ValuePath { attribute, filter: Box::new(other) },
        },
        other => other,
    })),
    Deviation::new("filter.zone-ignored", "a time in another zone is read as if it were in UTC")
        .breaks(&["RFC7643-2.3.5-04", "RFC7644-3.4.2.2-15", "RFC7644-3.4.2.2-33"])
        .request(&EditParameter("filter", |text| Some(without_zones(&text)))),
];

/// The filter of the query, decoded; empty where it has none.
fn decoded_filter(head: &Head<'_>) -> String {
    let text = parameter(head, "filter").unwrap_or_default().replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// Reads `not` as if it stood before the first operand alone.
fn first_negated(mut operands: Vec<ResolvedFilter>) -> Vec<ResolvedFilter> {
    if let Some(first) = operands.first_mut() {
        *first = ResolvedFilter::Not(Box::new(first.clone()));
    }
    operands
}

fn is_of_extension(registry: &Registry, attribute: AttributeId) -> bool {
    let schema = registry.definition(attribute).schema;
    registry.resource_types().any(|(_, kind)| kind.extensions.iter().any(|(extension, _)| *extension == schema))
}

/// Any other spelling of userName becomes a name that no schema has.
fn misread_names(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let name = word.rsplit(':').next().unwrap_or(word);
        if name.eq_ignore_ascii_case("userName") && name != "userName" { "unknown" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Orders `active` and binary values by a comparison that is possible.
fn compare_what_has_no_order(text: String) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    match words[..] {
        [path, "gt" | "ge" | "lt" | "le", value] if matches!(value, "true" | "false") || value.ends_with("=\"") => {
            format!("{path} eq {value}")
        }
        _ => text,
    }
}

/// Reads `a or b and c` as `(a or b) and c`.
fn or_before_and(mut operands: Vec<ResolvedFilter>) -> ResolvedFilter {
    match operands.pop() {
        Some(ResolvedFilter::And(mut last)) => {
            let first = last.remove(0);
            operands.push(first);
            last.insert(0, ResolvedFilter::Or(operands));
            ResolvedFilter::And(last)
        }
        last => {
            operands.extend(last);
            ResolvedFilter::Or(operands)
        }
    }
}

/// The first attribute beside the one that is named with the same type.
fn first_alike(registry: &Registry, named: AttributeId) -> AttributeId {
    let kind = registry.attribute(named).attribute_type;
    let parent = registry.definition(named).parent;
    let all = parent.map_or(&[][..], |parent| &registry.definition(parent).sub_attributes);
    all.iter().copied().find(|&id| registry.attribute(id).attribute_type == kind).unwrap_or(named)
}

/// Every text that ends in an offset such as `+02:00` ends in `Z` instead.
fn without_zones(text: &str) -> String {
    let is_offset = |part: &str| {
        let bytes = part.as_bytes();
        bytes.len() == 6 && matches!(bytes[0], b'+' | b'-') && bytes[3] == b':' && bytes[1].is_ascii_digit()
    };
    let parts = text.split('"').map(|part| match part.len().checked_sub(6).and_then(|at| part.split_at_checked(at)) {
        Some((instant, offset)) if is_offset(offset) => format!("{instant}Z"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("\"")
}
