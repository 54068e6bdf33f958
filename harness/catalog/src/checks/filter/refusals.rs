//! Filters that must be refused: texts that are not filters, unknown operators, and what an operator cannot do.

use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;

use super::published::{FilterAttribute, Type};
use crate::check::On::Only;
use crate::check::cohort::{Cohort, ids_in, is_refused_as_unsupported, resource_count};
use crate::check::{Check, CheckResult, Context};
use crate::data::USER;

const NEEDS: &[Capability] = &[Capability::FilterUsers];
const REFUSED: &[&str] = &["400 with a SCIM Error of scimType invalidFilter, or without scimType (noted)"];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new(
        "filter.unknown-operator",
        "An operator that does not exist is refused, never answered unfiltered",
        &unknown_operator,
    )
    .matters("A client that gets everybody instead of an error may disable everybody.")
    .requirements(&["RFC7644-3.4.2.2-63", "RFC7644-3.12-18", "RFC7644-3.4.2.2-64"])
    .needs(NEEDS)
    .legal(&["400 with a SCIM Error of scimType invalidFilter, whose detail names the operator (noted if not)"]),
    Check::new("filter.boolean-order", "Ordering booleans is refused", &boolean_order)
        .matters("A text comparison of booleans answers with users that the client did not ask for.")
        .requirements(&["RFC7644-3.4.2.2-35", "RFC7644-3.4.2.2-36", "RFC7644-3.4.2.2-37", "RFC7644-3.4.2.2-38"])
        .needs(NEEDS)
        .legal(&["400 with a SCIM Error of scimType invalidFilter, for gt, ge, lt and le"]),
    Check::new("filter.binary-order", "Ordering binary values is refused", &binary_order)
        .matters("A certificate is neither greater nor less than another; an answer would be arbitrary.")
        .requirements(&["RFC7644-3.4.2.2-35", "RFC7644-3.4.2.2-36", "RFC7644-3.4.2.2-37", "RFC7644-3.4.2.2-38"])
        .needs(NEEDS)
        .legal(&["400 with a SCIM Error of scimType invalidFilter, for gt, ge, lt and le"]),
    Check::new(
        "filter.boolean-part",
        "co, sw and ew on a boolean are refused, compare its text, or match nothing",
        &boolean_part,
    )
    .matters("A part of a truth value cannot be asked for; every user is the wrong answer.")
    .requirements(&["RFC7644-3.4.2.2-27", "RFC7644-3.4.2.2-04"])
    .needs(&[Capability::CreateUsers, Capability::FilterUsers])
    .legal(&["400 invalidFilter", "200 with an empty list, or with the users whose value as text matches (noted)"])
    .on(Only("User", "active is the one boolean that RFC 7643 defines (section 4.1.1)")),
    Check::new("filter.empty", "An empty filter is refused", &empty)
        .matters("A client whose template lost its value must not be given everybody.")
        .requirements(&["RFC7644-3.4.2.2-07", "RFC7644-3.12-04"])
        .needs(NEEDS)
        .legal(REFUSED),
    Check::new("filter.incomplete", "An expression without operator or attribute is refused", &incomplete)
        .matters("Half an expression, cut off by a client's limit, must not be answered as if it were whole.")
        .requirements(&["RFC7644-3.4.2.2-08", "RFC7644-3.12-04"])
        .needs(NEEDS)
        .legal(REFUSED),
    Check::new("filter.grammar", "What the grammar does not allow is refused", &grammar)
        .matters("A filter that is repaired by guessing answers another question than the client asked.")
        .requirements(&["RFC7644-3.4.2.2-52", "RFC7644-3.12-04"])
        .needs(NEEDS)
        .legal(REFUSED),
    Check::new(
        "filter.unknown-attribute",
        "An attribute that no schema has matches nothing, or is refused",
        &unknown_attribute,
    )
    .matters("A misspelt attribute that selects everybody is the worst outcome of all.")
    .requirements(&["RFC7644-3.4.2.2-67", "RFC7644-3.4.2.2-04"])
    .needs(NEEDS)
    .legal(&["400 invalidFilter", "200 with totalResults 0"]),
    Check::new(
        "filter.not-offered",
        "An endpoint without filters refuses them instead of listing everybody",
        &not_offered,
    )
    .matters("The client takes the list for its result.")
    .requirements(&["RFC7644-3.4.2.2-01", "RFC7644-3.4.2.2-04"])
    .legal(&["400, 403 or 501, if ServiceProviderConfig says that filters are not supported"])
    .on_every_type(&[ResourceOperation::Create]),
];

async fn unknown_operator(context: &Context) -> CheckResult {
    let filter = format!("userName regex {}", json!(context.data().prefix()));
    let answer = context.send(Request::get("/Users").query("filter", &filter)).await?;
    context.expect(&answer).under(&["RFC7644-3.4.2.2-63"]).status(&[400]);
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC7644-3.12-18"]).scim_type(&["invalidFilter"]);
        let detail = answer.json().ok().and_then(|json| at(json, "detail")).and_then(Value::as_str).unwrap_or_default();
        context.expect(&answer).under(&["RFC7644-3.4.2.2-64"]).that(
            detail.contains("regex"),
            "the detail does not name the operator",
            detail,
        );
    }
    Ok(())
}

async fn order(context: &Context, path: &str, value: &str) -> CheckResult {
    let operators: [(&'static [&'static str], &str); 4] = [
        (&["RFC7644-3.4.2.2-35"], "gt"),
        (&["RFC7644-3.4.2.2-36"], "ge"),
        (&["RFC7644-3.4.2.2-37"], "lt"),
        (&["RFC7644-3.4.2.2-38"], "le"),
    ];
    for (requirements, operator) in operators {
        let answer =
            context.send(Request::get("/Users").query("filter", &format!("{path} {operator} {value}"))).await?;
        context.expect(&answer).under(requirements).status(&[400]);
        if answer.status == 400 {
            context.expect(&answer).under(requirements).scim_type(&["invalidFilter"]);
        }
    }
    Ok(())
}

async fn boolean_order(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["active"])?;
    order(context, "active", "true").await
}

async fn binary_order(context: &Context) -> CheckResult {
    let all = FilterAttribute::of_users(context.discovery());
    let Some(own) = all.iter().find(|own| own.kind == Type::Binary) else {
        return context.skip("no published attribute of User is binary");
    };
    order(context, &own.path, "\"V2Vpcg==\"").await
}

async fn boolean_part(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["active"])?;
    let users = Cohort::users(context, &[("yes", json!({"active": true})), ("no", json!({"active": false}))]).await?;
    for operator in ["co", "sw", "ew"] {
        let part = if operator == "ew" { "rue" } else { "tr" };
        let filter = format!("active {operator} \"{part}\"");
        let answer = context.send(users.query(&users.within(&filter))).await?;
        if !is_refused_as_unsupported(&answer) {
            let answer = users.judge_within(answer, &filter, &[], &["yes"], &["RFC7644-3.4.2.2-04"]).await?;
            context.expect(&answer).under(&["RFC7644-3.4.2.2-27"]).status(&[400]);
        }
    }
    Ok(())
}

async fn refused(context: &Context, filters: &[&str], requirements: &'static [&'static str]) -> CheckResult {
    for filter in filters {
        let answer = context.send(Request::get("/Users").query("filter", filter)).await?;
        context.expect(&answer).under(requirements).refused(&[400], &["invalidFilter"]);
    }
    Ok(())
}

async fn empty(context: &Context) -> CheckResult {
    refused(context, &["", " "], &["RFC7644-3.4.2.2-07"]).await
}

async fn incomplete(context: &Context) -> CheckResult {
    refused(context, &["userName", "eq \"x\"", "userName \"x\""], &["RFC7644-3.4.2.2-08"]).await
}

async fn grammar(context: &Context) -> CheckResult {
    let filters = [
        "(userName eq \"x\"",
        "userName eq \"x\")",
        "userName eq \"x",
        "userName eq",
        "userName eq \"x\" userName",
        "userName eq eq \"x\"",
        "userName eq \"x\" and",
        "or userName eq \"x\"",
        "not userName eq \"x\"",
        "emails[type eq \"work\"",
        "userName pr \"x\"",
    ];
    refused(context, &filters, &["RFC7644-3.4.2.2-52"]).await
}

async fn unknown_attribute(context: &Context) -> CheckResult {
    for filter in ["weirdness eq \"x\"", "userName.weirdness eq \"x\"", "urn:example:nothing:weirdness pr"] {
        let answer = context.send(Request::get("/Users").query("filter", filter)).await?;
        if !is_refused_as_unsupported(&answer) {
            context
                .expect(&answer)
                .under(&["RFC7644-3.4.2.2-67", "RFC7644-3.4.2.2-04"])
                .status(&[200])
                .json()
                .equals("totalResults", &json!(0));
        }
    }
    Ok(())
}

async fn not_offered(context: &Context) -> CheckResult {
    if let Some(capability) = ResourceOperation::Filter.at(context.collection()) {
        context.may_try(capability)?;
    }
    if context.discovery().config("filter.supported").and_then(Value::as_bool) != Some(false) {
        return context.not_offered("filters are offered");
    }
    // Somebody has to be there who does not match.
    context.resource().await?;
    let filter = format!("{} eq {}", context.naming()?.path(), json!(context.data().name()));
    let answer = context.send(Request::get(context.collection()).query("filter", &filter)).await?;
    if answer.status == 200 {
        context.expect(&answer).under(&["RFC7644-3.4.2.2-04"]).that(
            ids_in(&answer).is_empty(),
            "the list holds resources that do not match",
            resource_count(ids_in(&answer).len()),
        );
    } else {
        context.expect(&answer).under(&["RFC7644-3.4.2.2-01"]).status(&[400, 403, 501]);
    }
    Ok(())
}
