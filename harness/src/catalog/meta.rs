//! What the endpoint says about a resource in `meta` (RFC 7643 section 3.1).

use reqwest::Method;
use scim::capability::Capability;
use serde_json::Value;

use super::{Check, Context, Outcome};
use crate::difference::at;
use crate::endpoint::Exchange;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "meta.created",
        title: "created and lastModified of a new user are the same instant",
        matters: "Clients that ask for what changed since their last visit compare these times.",
        requirements: &["RFC7643-3.1-26", "RFC7643-3.1-27"],
        needs: &[Capability::CreateUsers],
        legal: &["meta.created is a dateTime, and meta.lastModified the same instant"],
        alone: false,
        run: |context| Box::pin(created(context)),
    },
    Check {
        id: "meta.last-modified",
        title: "A change moves lastModified forward and leaves created alone",
        matters: "A change that keeps its old time is missed by everybody who synchronises by time.",
        requirements: &["RFC7643-3.1-28", "RFC7644-3.5.1-20"],
        needs: &[Capability::CreateUsers, Capability::ReplaceUsers],
        legal: &[
            "after a PUT that changes the user, meta.lastModified is not earlier than before and not before meta.created",
        ],
        alone: false,
        run: |context| Box::pin(last_modified(context)),
    },
];

fn instant(exchange: &Exchange, path: &str) -> Option<jiff::Timestamp> {
    exchange.json().ok().and_then(|json| at(json, path)).and_then(Value::as_str).and_then(|text| text.parse().ok())
}

fn text(exchange: &Exchange, path: &str) -> String {
    exchange.json().ok().and_then(|json| at(json, path)).map_or_else(|| "nothing".into(), Value::to_string)
}

async fn created(context: &Context) -> Outcome {
    let user = context.user().await?;
    let answer = context.send(user.request(Method::GET)).await?;
    let created = instant(&answer, "meta.created");
    context.expect(&answer).under(&["RFC7643-3.1-26"]).that(
        created.is_some(),
        "meta.created is no dateTime",
        text(&answer, "meta.created"),
    );
    context.expect(&answer).under(&["RFC7643-3.1-27"]).that(
        instant(&answer, "meta.lastModified") == created,
        "meta.lastModified is another instant than meta.created",
        format!("created {}, lastModified {}", text(&answer, "meta.created"), text(&answer, "meta.lastModified")),
    );
    Ok(())
}

async fn last_modified(context: &Context) -> Outcome {
    let user = context.user().await?;
    let before = context.read(&user).await?;
    let mut body = before.json().cloned().unwrap_or_default();
    body["displayName"] = Value::from(context.data().name());
    let answer = context.send(user.request(Method::PUT).json(&body)).await?;
    if !answer.is_success() {
        return Err(super::Stop::Blocked {
            reason: format!("PUT was answered with {}", answer.status),
            cause: Some("replace.user"),
            exchanges: vec![answer],
        });
    }
    let after = context.read(&user).await?;
    let (old, new) = (instant(&before, "meta.lastModified"), instant(&after, "meta.lastModified"));
    let observed =
        format!("before {}, after {}", text(&before, "meta.lastModified"), text(&after, "meta.lastModified"));
    context.expect(&after).after(&before).under(&["RFC7643-3.1-28", "RFC7644-3.5.1-20"]).that(
        old.is_some() && new >= old,
        "meta.lastModified did not move forward",
        observed,
    );
    let created = instant(&before, "meta.created");
    context.expect(&after).after(&before).under(&["RFC7643-3.1-28"]).that(
        instant(&after, "meta.created") == created && new >= created,
        "meta.created moved with the change",
        format!("before {}, after {}", text(&before, "meta.created"), text(&after, "meta.created")),
    );
    Ok(())
}
