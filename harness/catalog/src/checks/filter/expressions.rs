//! The cases of the filter grammar in a query, and in the square brackets of a filter.

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_judge::Because;

use crate::check::case_run::{KEYS, ListPlace, ground_of_names, run_in_lists, run_one_in_lists};
use crate::check::cohort::Cohort;
use crate::check::{Check, CheckResult, Context, LISTED, Stop};
use crate::checks::groups::membership::{IN_A_GROUP, is_in_a_group};
use crate::grammar::{Ground, REQUIREMENTS, shared_filter};
use crate::node::SchemaNode;

const LEGAL: &[&str] = &[
    "200 with exactly the resources for which the expression is true, however it is spelled",
    "400 invalidFilter for an expression that the endpoint does not support (noted)",
];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("filter.expressions", "Expressions of the grammar are read as it says in a query", &in_queries)
        .matters("A reader that takes `not (a and b)` for `not (a) and (b)` answers with the accounts that were to be left out.")
        .requirements(REQUIREMENTS)
        .legal(LEGAL)
        .on_every_type(LISTED),
    Check::new(
        "filter.value-path-expressions",
        "Expressions of the grammar are read as it says in square brackets",
        &in_value_paths,
    )
    .matters("Many readers take square brackets apart by themselves, and know less there than outside of them.")
    .requirements(REQUIREMENTS)
    .legal(LEGAL)
    .on_every_type(LISTED),
];

async fn in_queries(context: &Context) -> CheckResult {
    let cohort = Cohort::resources(context, &KEYS.map(|key| (key, json!({})))).await?;
    let ground = ground_of_names(context, &cohort)?;
    let place = ListPlace { name: "a query", judge: "filter.eq" };
    run_in_lists(context, place, (&cohort, &ground), str::to_owned, |filter| cohort.query(filter)).await
}

async fn in_value_paths(context: &Context) -> CheckResult {
    let (values, elements) = three_elements(context).await?;
    let differences: Vec<_> =
        KEYS.iter().zip(elements).map(|(key, element)| (*key, json!({values.name(): [element]}))).collect();
    let cohort = Cohort::resources(context, &differences).await?;
    let value = values.parts().find(|part| part.name() == "value");
    let shown = KEYS.map(|key| {
        let shown = value.and_then(|value| value.values(cohort.get(key).body()).first().copied());
        shown.and_then(Value::as_str).map(str::to_owned)
    });
    let [Some(first), Some(second), Some(third)] = shown else {
        return context.unable(format!("a new resource does not show its {}", values.path()));
    };
    // Whether ids of other resources have a letter case is a question of its own.
    let is_reference = values.refers();
    let ground = Ground {
        name: "value".into(),
        schema: None,
        case_exact: value.map(|value| value.flag("caseExact")).filter(|_| !is_reference),
        values: [first, second, third],
    };
    let place = ListPlace { name: "the square brackets of a filter", judge: "filter.value-path" };
    let path = values.path();
    let around = |text: &str| format!("{path}[{text}]");
    run_in_lists(context, place, (&cohort, &ground), around, |filter| cohort.query(filter)).await?;
    let kind = values.parts().find(|part| part.name() == "type" && !part.flag("caseExact"));
    let shown = kind.and_then(|kind| kind.values(cohort.get("1").body()).first().and_then(|kind| kind.as_str()));
    if let Some(filter) = shown.and_then(|shown| shared_filter("type", shown)) {
        run_one_in_lists(context, place, &cohort, &ground, &around(&filter)).await?;
    }
    Ok(())
}

/// A multi-valued attribute of the subject, and three elements for it.
///
/// # Errors
/// The check is skipped where the subject has none.
pub(in super::super) async fn three_elements(context: &Context) -> Result<(SchemaNode<'_>, [Value; 3]), Stop> {
    if let Ok(values) = context.values() {
        let element = |()| context.value_of(&values, false);
        return Ok((values, [(), (), ()].map(element)));
    }
    let references = context.user_references().filter(|_| context.discovery().offers(Capability::CreateUsers));
    let Some(references) = references else {
        let reason = "the resource type has no multi-valued attribute whose elements a client may set";
        return Err(Stop::Skip(Because::Published, reason.into()));
    };
    let users = context.users(3).await?;
    if is_in_a_group(context, &users[0]).await? {
        return Err(Stop::Skip(Because::Ability, IN_A_GROUP.into()));
    }
    let element = |place: usize| json!({"value": users[place].id});
    Ok((references, [0, 1, 2].map(element)))
}
