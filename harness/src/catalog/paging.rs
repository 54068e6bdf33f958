//! Lists in pages by index (RFC 7644 section 3.4.2.4).

use scim::capability::Capability;
use serde_json::{Value, json};

use super::{Check, Context, Outcome};
use crate::difference::at;
use crate::endpoint::Request;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "paging.walk",
        title: "Pages together give each match once, and totalResults counts all of them",
        matters: "A full synchronisation that misses one page deletes everybody on it.",
        requirements: &[
            "RFC7644-3.4.2-09",
            "RFC7644-3.4.2-13",
            "RFC7644-3.4.2.4-09",
            "RFC7644-3.4.2.4-12",
            "RFC7644-3.4.2.4-14",
            "RFC7644-3.4.2.4-15",
        ],
        needs: &[Capability::CreateUsers, Capability::FilterUsers, Capability::IndexPaging],
        legal: &[
            "each page has at most count resources, names its startIndex and itemsPerPage, and the union is each user once",
        ],
        alone: false,
        run: |context| Box::pin(walk(context)),
    },
    Check {
        id: "paging.count-zero",
        title: "count=0 gives the total and nobody",
        matters: "Clients ask this way how much there is, and must not get a page of people for it.",
        requirements: &["RFC7644-3.4.2.4-08"],
        needs: &[Capability::IndexPaging],
        legal: &["200 with totalResults and without resources"],
        alone: false,
        run: |context| Box::pin(count_zero(context)),
    },
];

async fn walk(context: &Context) -> Outcome {
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(context.user().await?.id);
    }
    let filter = format!("userName sw {}", json!(context.data().prefix()));
    let mut seen = Vec::new();
    for start in 1..=3 {
        let request =
            Request::get("/Users").query("filter", &filter).query("startIndex", &start.to_string()).query("count", "1");
        let answer = context.send(request).await?;
        context.expect(&answer).under(&["RFC7644-3.4.2-13"]).status(&[200]).json().equals("totalResults", &json!(3));
        context.expect(&answer).under(&["RFC7644-3.4.2-09", "RFC7644-3.4.2.4-14"]).equals("startIndex", &json!(start));
        context.expect(&answer).under(&["RFC7644-3.4.2.4-12"]).equals("itemsPerPage", &json!(1));
        let page: Vec<_> = answer
            .json()
            .ok()
            .and_then(|json| at(json, "Resources"))
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|resource| at(resource, "id").and_then(Value::as_str).map(str::to_owned))
            .collect();
        context.expect(&answer).under(&["RFC7644-3.4.2.4-09"]).that(
            page.len() <= 1,
            "the page holds more than count asks for",
            format!("{} resources", page.len()),
        );
        for id in page {
            let known = ids.contains(&id);
            context.expect(&answer).under(&["RFC7644-3.4.2.4-15"]).that(
                known && !seen.contains(&id),
                if known { "a resource comes twice" } else { "a resource does not match the filter" },
                id.as_str(),
            );
            seen.push(id);
        }
        if start == 3 {
            context.expect(&answer).under(&["RFC7644-3.4.2.4-15"]).that(
                ids.iter().all(|id| seen.contains(id)),
                "the pages together lack a resource",
                format!("{} of {} users", ids.iter().filter(|id| seen.contains(id)).count(), ids.len()),
            );
        }
    }
    Ok(())
}

async fn count_zero(context: &Context) -> Outcome {
    let answer = context.send(Request::get("/Users").query("count", "0")).await?;
    context.expect(&answer).status(&[200]).json().has("totalResults").lacks("Resources");
    Ok(())
}
