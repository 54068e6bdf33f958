//! The cases of the filter grammar in the bodies of searches and in queries over all types.

use scim::capability::Capability;
use serde_json::json;
use weir_exchange::Request;

use super::search;
use crate::check::case_run::{KEYS, ListPlace, ground_of_names, run_in_lists};
use crate::check::cohort::Cohort;
use crate::check::{Check, CheckResult, Context, LISTED};
use crate::grammar::REQUIREMENTS;

const LEGAL: &[&str] = &[
    "200 with exactly the resources for which the expression is true, however it is spelled",
    "400 invalidFilter for an expression that the endpoint does not support (noted)",
];
const ROOT: &[Capability] = &[Capability::CreateUsers, Capability::FilterUsers, Capability::RootQuery];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new(
        "search.expressions",
        "Expressions of the grammar are read as it says in the body of a search",
        &in_searches,
    )
    .matters("A search by POST that reads a filter otherwise than the query by GET gives a console other people.")
    .requirements(REQUIREMENTS)
    .needs(&[Capability::Search])
    .legal(LEGAL)
    .on_every_type(LISTED),
    Check::new(
        "search.root-expressions",
        "Expressions of the grammar are read as it says in a query over all types",
        &at_the_root,
    )
    .matters(
        "A query over all types has a reader of its own in many products, and finds accounts that were to be left out.",
    )
    .requirements(REQUIREMENTS)
    .needs(ROOT)
    .legal(LEGAL),
];

async fn in_searches(context: &Context) -> CheckResult {
    let cohort = Cohort::resources(context, &KEYS.map(|key| (key, json!({})))).await?;
    let ground = ground_of_names(context, &cohort)?;
    let place = ListPlace { name: "the body of a search", judge: "search.matches" };
    let request = |filter: &str| search(cohort.endpoint(), json!({"filter": filter}));
    run_in_lists(context, place, (&cohort, &ground), str::to_owned, request).await
}

async fn at_the_root(context: &Context) -> CheckResult {
    let cohort = Cohort::users(context, &KEYS.map(|key| (key, json!({})))).await?;
    let ground = ground_of_names(context, &cohort)?;
    let place = ListPlace { name: "a query of the base URL", judge: "search.root-get" };
    let request = |filter: &str| Request::get("/").query("filter", filter);
    run_in_lists(context, place, (&cohort, &ground), str::to_owned, request).await?;
    if context.discovery().offers(Capability::Search) {
        let place = ListPlace { name: "a search of the base URL", judge: "search.root" };
        let request = |filter: &str| search("", json!({"filter": filter}));
        run_in_lists(context, place, (&cohort, &ground), str::to_owned, request).await?;
    }
    Ok(())
}
