//! Letter case: of names and operators, which never matters, and of values, which the schema decides.

use scim::capability::Capability;
use serde_json::json;

use super::published::{FilterAttribute, Type};
use crate::check::cohort::Cohort;
use crate::check::{Check, CheckResult, Context, Stop};
use crate::data::USER;

const NEEDS: &[Capability] = &[Capability::CreateUsers, Capability::FilterUsers];
const SAME: &[&str] = &["200 with the same users, however name and operator are written", "400 invalidFilter (noted)"];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("filter.name-case", "Attribute names in a filter are read whatever their letter case", &name_case)
        .matters("PingOne writes username; a miss creates a second account.")
        .requirements(&["RFC7644-3.4.2.2-05", "RFC7643-2.1-04", "RFC7644-3.10-05", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(SAME),
    Check::new("filter.operator-case", "Operators are read whatever their letter case", &operator_case)
        .matters("PingOne writes Eq and other clients write AND.")
        .requirements(&["RFC7644-3.4.2.2-06", "RFC7643-2.1-04", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(SAME),
    Check::new(
        "filter.value-case-ignored",
        "Values of an attribute that is not caseExact match in any letter case",
        &value_case_ignored,
    )
    .matters(
        "Directories do not agree on the letter case of names and mail addresses; a miss creates a second account.",
    )
    .requirements(&["RFC7643-7-26", "RFC7644-3.4.2.2-26", "RFC7644-3.4.2.2-65", "RFC7644-3.4.2.2-75"])
    .needs(NEEDS)
    .legal(&[
        "200 with the user, for eq, co, sw and ew with a value in other letter case",
        "400 invalidFilter (noted)",
    ]),
    Check::new("filter.value-case-exact", "externalId matches in its own letter case only", &value_case_exact)
        .matters("Identifiers of source systems differ in case alone; the wrong account would be linked.")
        .requirements(&[
            "RFC7643-3.1-19",
            "RFC7643-7-23",
            "RFC7644-3.4.2.2-12",
            "RFC7644-3.4.2.2-26",
            "RFC7644-3.4.2.2-65",
            "RFC7644-3.4.2.2-75",
        ])
        .needs(NEEDS)
        .legal(&[
            "200 with the user for the value as stored, and an empty list for it in other letter case",
            "400 invalidFilter (noted)",
        ]),
    Check::new("filter.id-case", "id matches in its own letter case only", &id_case)
        .matters("Ids that differ in case alone are two resources; a lenient filter gives one for the other.")
        .requirements(&["RFC7643-3.1-12", "RFC7644-3.4.2.2-65", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(&["200 with an empty list for the id in other letter case", "400 invalidFilter (noted)"]),
    Check::new("filter.reference-case", "References match in their own letter case", &reference_case)
        .matters("Paths of URLs differ in case; whether a filter minds is told to whoever relies on it.")
        .requirements(&["RFC7643-2.3.7-04", "RFC7644-3.4.2.2-17", "RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(&[
            "200 with the user for the value as stored, and an empty list for it in other letter case",
            "200 with the user for both (noted)",
            "400 invalidFilter (noted)",
        ]),
    Check::new("filter.binary", "Binary values are compared exactly", &binary)
        .matters("Base64 that differs in case alone is another certificate, and another person's.")
        .requirements(&["RFC7643-2.3.6-04", "RFC7644-3.4.2.2-18", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(&[
            "200 with the user for the value as stored, and an empty list for it in other letter case",
            "400 invalidFilter (noted)",
        ]),
];

async fn name_case(context: &Context) -> CheckResult {
    let users = Cohort::users(context, &[("a", json!({})), ("b", json!({}))]).await?;
    let name = json!(users.name("a"));
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-05", "RFC7643-2.1-04"];
    let usual = users.finds_as_it_is(&format!("userName eq {name}"), &["a"], &[], requirements).await?;
    users.spelled_otherwise(&usual);
    for spelling in ["username", "USERNAME", "UserName"] {
        users.finds_as_it_is(&format!("{spelling} eq {name}"), &["a"], &[], requirements).await?;
    }
    let schema = context.data().user_schema();
    let usual = context.look_up(users.query(&format!("{schema}:userName eq {name}"))).await?;
    if users.keys_in(&usual) != ["a"] {
        let reason = "a filter that names userName with the URI of its schema does not find the user".to_owned();
        let cause = context.caused_by("filter.schema-prefix");
        return Err(Stop::Blocked { reason, cause, exchanges: vec![usual] });
    }
    let qualified = format!("{}:USERNAME eq {name}", schema.to_uppercase());
    users.finds_as_it_is(&qualified, &["a"], &[], &["RFC7644-3.10-05"]).await?;
    Ok(())
}

async fn operator_case(context: &Context) -> CheckResult {
    let users = Cohort::users(context, &[("a", json!({})), ("b", json!({}))]).await?;
    let name = json!(users.name("a"));
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-06", "RFC7643-2.1-04"];
    let usual = format!("userName pr and userName eq {name} or userName eq {name}");
    let usual = users.finds_as_it_is(&usual, &["a"], &[], requirements).await?;
    users.spelled_otherwise(&usual);
    for filter in [
        format!("userName EQ {name}"),
        format!("userName Eq {name}"),
        format!("userName SW {name}"),
        format!("userName PR AND userName eq {name}"),
        format!("userName eq {name} Or userName eq {name}"),
    ] {
        users.finds_as_it_is(&filter, &["a"], &[], requirements).await?;
    }
    Ok(())
}

async fn value_case_ignored(context: &Context) -> CheckResult {
    let all = FilterAttribute::of_users(context.discovery());
    // userName is judged by a check of its own, and lists are narrowed by it.
    let folded = all.iter().filter(|own| own.kind == Type::String && !own.case_exact && !own.is_multi_valued());
    let folded = folded.filter(|own| own.path != "userName");
    let preferred = folded.clone().find(|own| own.path == "displayName").or_else(|| folded.clone().next());
    let Some(own) = preferred else { return context.skip("no published text attribute of User is caseExact false") };
    let mut body = json!({});
    own.set(&mut body, json!(format!("{} Jensen", context.data().prefix())));
    let users = Cohort::users(context, &[("a", body), ("b", json!({}))]).await?;
    let Some(value) = own.values(users.get("a").body()).first().and_then(|value| value.as_str()) else {
        return context.unable(format!("the endpoint returns no {} of a new user", own.path));
    };
    let upper = value.to_uppercase();
    let path = &own.path;
    users.finds(&format!("{path} eq {}", json!(upper)), &["a"], &["RFC7643-7-26", "RFC7644-3.4.2.2-65"]).await?;
    for (operator, part) in [("co", " JENS"), ("sw", upper.as_str()), ("ew", "JENSEN")] {
        users.finds(&format!("{path} {operator} {}", json!(part)), &["a"], &["RFC7644-3.4.2.2-26"]).await?;
    }
    Ok(())
}

async fn value_case_exact(context: &Context) -> CheckResult {
    let value = format!("{}.AbC1", context.data().prefix());
    let users = Cohort::users(context, &[("a", json!({"externalId": value})), ("b", json!({}))]).await?;
    if *users.get("a").value("externalId") != json!(value) {
        return context.unable("the endpoint does not return the externalId that it was given");
    }
    let exact: &'static [&'static str] =
        &["RFC7643-3.1-19", "RFC7643-7-23", "RFC7644-3.4.2.2-12", "RFC7644-3.4.2.2-65"];
    let lower = value.replace("AbC1", "abc1");
    users.finds_as_it_is(&format!("externalId eq {}", json!(value)), &["a"], &[], exact).await?;
    users.finds_as_it_is(&format!("externalId eq {}", json!(lower)), &[], &[], exact).await?;
    users.finds_as_it_is(&format!("externalId sw {}", json!(value)), &["a"], &[], &["RFC7644-3.4.2.2-26"]).await?;
    users.finds_as_it_is(&format!("externalId sw {}", json!(lower)), &[], &[], &["RFC7644-3.4.2.2-26"]).await?;
    Ok(())
}

async fn id_case(context: &Context) -> CheckResult {
    let users = Cohort::users(context, &[("a", json!({})), ("b", json!({}))]).await?;
    let id = users.get("a").id.clone();
    let swapped: String = id
        .chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    if swapped == id {
        return context.unable("the ids of this endpoint have no letters");
    }
    let requirements: &'static [&'static str] = &["RFC7643-3.1-12", "RFC7644-3.4.2.2-65"];
    users.finds_as_it_is(&format!("id eq {}", json!(id)), &["a"], &[], requirements).await?;
    users.finds_as_it_is(&format!("id eq {}", json!(swapped)), &[], &[], requirements).await?;
    Ok(())
}

async fn reference_case(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["profileUrl"])?;
    let value = format!("https://example.com/{}/Profile", context.data().prefix());
    let users = Cohort::users(context, &[("a", json!({"profileUrl": value})), ("b", json!({}))]).await?;
    if *users.get("a").value("profileUrl") != json!(value) {
        return context.unable("the endpoint does not return the profileUrl that it was given");
    }
    users.finds_as_it_is(&format!("profileUrl eq {}", json!(value)), &["a"], &[], &["RFC7644-3.4.2.2-04"]).await?;
    let other = format!("profileUrl eq {}", json!(value.replace("Profile", "profile")));
    let answer = users.finds_as_it_is(&other, &[], &["a"], &["RFC7644-3.4.2.2-04"]).await?;
    if answer.status == 200 {
        context.expect(&answer).under(&["RFC7643-2.3.7-04", "RFC7644-3.4.2.2-17"]).that(
            users.keys_in(&answer).is_empty(),
            "a reference matches in other letter case",
            "the user is found",
        );
    }
    Ok(())
}

async fn binary(context: &Context) -> CheckResult {
    let all = FilterAttribute::of_users(context.discovery());
    // An endpoint may look into a certificate and refuse bytes that are none.
    let Some(own) = all.iter().find(|own| own.kind == Type::Binary && !own.path.contains("x509")) else {
        return context.skip("no published attribute of User is binary and takes any bytes");
    };
    let (stored, other) = ("V2VpcnMgZ2F1Z2U=", "V2vpcnMgZ2F1Z2U=");
    let mut differences = json!({});
    own.set(&mut differences, json!(stored));
    let users = Cohort::users(context, &[("a", differences), ("b", json!({}))]).await?;
    if own.values(users.get("a").body()).first().and_then(|value| value.as_str()) != Some(stored) {
        return context.unable(format!("the endpoint does not return the {} that it was given", own.path));
    }
    let exact: &'static [&'static str] = &["RFC7643-2.3.6-04", "RFC7644-3.4.2.2-18"];
    users.finds(&format!("{} eq {}", own.path, json!(stored)), &["a"], exact).await?;
    users.finds(&format!("{} eq {}", own.path, json!(other)), &[], exact).await?;
    Ok(())
}
