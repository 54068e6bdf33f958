//! Filters (RFC 7644 section 3.4.2.2).

pub(super) mod case;
pub(super) mod clients;
pub(super) mod expressions;
pub(super) mod literals;
pub(super) mod logic;
pub(super) mod operators;
pub(super) mod places;
pub(super) mod published;
pub(super) mod refusals;
pub(super) mod value_path;
pub(super) mod wire_form;

use scim::capability::{Capability, ResourceOperation};
use serde_json::json;
use weir_exchange::Request;

use crate::check::On::Only;
use crate::check::cohort::Cohort;
use crate::check::{Check, CheckResult, Context};

pub(super) const CHECKS: &[Check] = &[
    Check::new("filter.user-name", "A user is found by userName, whatever the letter case", &user_name)
        .matters("Every provisioner finds accounts this way; PingOne spells it username Eq. A miss creates a second account.")
        .requirements(&[
            "RFC7644-3.4.2.2-04",
            "RFC7644-3.4.2.2-05",
            "RFC7644-3.4.2.2-06",
            "RFC7644-3.4.2.2-11",
            "RFC7644-3.4.2-04",
            "RFC7644-3.4.2-05",
            "RFC7644-3.4.2.2-75",
        ])
        .needs(&[Capability::CreateUsers, Capability::FilterUsers])
        .legal(&["200 with a ListResponse that holds this user and no other"])
        .on(Only("User", "userName is an attribute of User alone (RFC 7643 section 4.1.1)")),
    Check::new("filter.no-match", "A filter without a match gives an empty list", &no_match)
        .matters("A provisioner takes 404 for an outage and an unfiltered list for a match.")
        .requirements(&["RFC7644-3.4.2-11", "RFC7644-3.4.2.2-04"])
        .legal(&["200 with totalResults 0 and no resources"])
        .on_every_type(&[ResourceOperation::Filter]),
];

async fn user_name(context: &Context) -> CheckResult {
    let users = Cohort::users(context, &[("a", json!({})), ("b", json!({}))]).await?;
    let name = users.name("a");
    let filters: [(&'static [&'static str], String); 4] = [
        (&["RFC7644-3.4.2.2-04"], format!("userName eq {}", json!(name))),
        (&["RFC7644-3.4.2.2-05"], format!("username eq {}", json!(name))),
        (&["RFC7644-3.4.2.2-06"], format!("userName Eq {}", json!(name))),
        (&["RFC7644-3.4.2.2-11"], format!("userName eq {}", json!(name.to_uppercase()))),
    ];
    for (requirements, filter) in filters {
        let answer = context.send(users.query(&filter)).await?;
        users.judge(&answer, &["a"], &[], requirements);
        if answer.status != 200 {
            continue;
        }
        context.expect(&answer).under(&["RFC7644-3.4.2-05"]).equals("totalResults", &json!(1));
        context
            .expect(&answer)
            .under(&["RFC7644-3.4.2-04"])
            .equals("schemas", &json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
    }
    Ok(())
}

async fn no_match(context: &Context) -> CheckResult {
    let filter = context.filter_by_name(&json!({context.naming()?.name(): context.data().name()}))?;
    let answer = context.send(Request::get(context.collection()).query("filter", &filter)).await?;
    context.expect(&answer).status(&[200]).json().equals("totalResults", &json!(0)).lacks("Resources");
    Ok(())
}
