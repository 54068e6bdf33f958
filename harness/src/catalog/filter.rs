//! Filters (RFC 7644 section 3.4.2.2).

use scim::capability::Capability;
use serde_json::json;

use super::{Check, Context, Outcome};
use crate::endpoint::Request;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "filter.user-name",
        title: "A user is found by userName, whatever the letter case",
        matters: "Every provisioner finds accounts this way; PingOne spells it username Eq. A miss creates a second account.",
        requirements: &[
            "RFC7644-3.4.2.2-04",
            "RFC7644-3.4.2.2-05",
            "RFC7644-3.4.2.2-06",
            "RFC7644-3.4.2.2-11",
            "RFC7644-3.4.2-04",
            "RFC7644-3.4.2-05",
        ],
        needs: &[Capability::CreateUsers, Capability::FilterUsers],
        legal: &["200 with a ListResponse that holds this user and no other"],
        alone: false,
        run: |context| Box::pin(user_name(context)),
    },
    Check {
        id: "filter.no-match",
        title: "A filter that matches nobody gives an empty list",
        matters: "A provisioner takes 404 for an outage and an unfiltered list for a match.",
        requirements: &["RFC7644-3.4.2-11", "RFC7644-3.4.2.2-04"],
        needs: &[Capability::FilterUsers],
        legal: &["200 with totalResults 0 and no resources"],
        alone: false,
        run: |context| Box::pin(no_match(context)),
    },
    Check {
        id: "filter.unknown-operator",
        title: "An operator that does not exist is refused, never answered unfiltered",
        matters: "A client that gets everybody instead of an error may disable everybody.",
        requirements: &["RFC7644-3.4.2.2-63", "RFC7644-3.12-18"],
        needs: &[Capability::FilterUsers],
        legal: &["400 with a SCIM Error of scimType invalidFilter"],
        alone: false,
        run: |context| Box::pin(unknown_operator(context)),
    },
    Check {
        id: "filter.boolean-order",
        title: "Ordering booleans is refused",
        matters: "A text comparison of booleans answers with users that nobody asked for.",
        requirements: &["RFC7644-3.4.2.2-35", "RFC7644-3.4.2.2-36", "RFC7644-3.4.2.2-37", "RFC7644-3.4.2.2-38"],
        needs: &[Capability::FilterUsers],
        legal: &["400 with a SCIM Error of scimType invalidFilter, for gt, ge, lt and le"],
        alone: false,
        run: |context| Box::pin(boolean_order(context)),
    },
];

async fn user_name(context: &Context) -> Outcome {
    let user = context.user().await?;
    let other = context.user().await?;
    let name = user.body()["userName"].as_str().unwrap_or_default().to_owned();
    let filters: [(&'static [&'static str], String); 4] = [
        (&["RFC7644-3.4.2.2-04"], format!("userName eq {}", json!(name))),
        (&["RFC7644-3.4.2.2-05"], format!("username eq {}", json!(name))),
        (&["RFC7644-3.4.2.2-06"], format!("userName Eq {}", json!(name))),
        (&["RFC7644-3.4.2.2-11"], format!("userName eq {}", json!(name.to_uppercase()))),
    ];
    for (requirements, filter) in filters {
        let answer = context.send(Request::get("/Users").query("filter", &filter)).await?;
        context
            .expect(&answer)
            .after(&other.exchange)
            .after(&user.exchange)
            .under(requirements)
            .status(&[200])
            .json()
            .lists(&[&user.id]);
        context.expect(&answer).under(&["RFC7644-3.4.2-05"]).equals("totalResults", &json!(1));
        context
            .expect(&answer)
            .under(&["RFC7644-3.4.2-04"])
            .equals("schemas", &json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
    }
    Ok(())
}

async fn no_match(context: &Context) -> Outcome {
    let filter = format!("userName eq {}", json!(context.data().name()));
    let answer = context.send(Request::get("/Users").query("filter", &filter)).await?;
    context.expect(&answer).status(&[200]).json().equals("totalResults", &json!(0)).lacks("Resources");
    Ok(())
}

async fn unknown_operator(context: &Context) -> Outcome {
    let filter = format!("userName regex {}", json!(context.data().prefix()));
    let answer = context.send(Request::get("/Users").query("filter", &filter)).await?;
    context.expect(&answer).under(&["RFC7644-3.4.2.2-63"]).status(&[400]);
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC7644-3.12-18"]).error().scim_type(&["invalidFilter"]);
    }
    Ok(())
}

async fn boolean_order(context: &Context) -> Outcome {
    let operators: [(&'static [&'static str], &str); 4] = [
        (&["RFC7644-3.4.2.2-35"], "gt"),
        (&["RFC7644-3.4.2.2-36"], "ge"),
        (&["RFC7644-3.4.2.2-37"], "lt"),
        (&["RFC7644-3.4.2.2-38"], "le"),
    ];
    for (requirements, operator) in operators {
        let answer = context.send(Request::get("/Users").query("filter", &format!("active {operator} true"))).await?;
        context.expect(&answer).under(requirements).status(&[400]);
        if answer.status == 400 {
            context.expect(&answer).under(requirements).error().scim_type(&["invalidFilter"]);
        }
    }
    Ok(())
}
