//! Attributes with several values, and filters in square brackets, which choose among them.

use scim::capability::Capability;
use serde_json::{Value, json};

use crate::check::cohort::{Cohort, is_refused_as_unsupported};
use crate::check::{Check, CheckResult, Context, Stop};
use crate::data::USER;

const NEEDS: &[Capability] = &[Capability::CreateUsers, Capability::FilterUsers];
const EXACTLY: &[&str] = &["200 with exactly the users that match", "400 invalidFilter (noted)"];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("filter.any-value", "One matching value of several is enough", &any_value)
        .matters("An account whose second mail address is the one searched for would be created again.")
        .requirements(&["RFC7644-3.4.2.2-58", "RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.value-path", "All conditions in square brackets are met by one and the same value", &value_path)
        .matters("`emails[type eq \"work\" and value eq …]` is how Entra ID matches people; a private address must not do.")
        .requirements(&["RFC7644-3.4.2.2-47", "RFC7644-3.4.2.2-48", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.value-path-logic", "and, or and not work inside square brackets", &value_path_logic)
        .matters("Group rules of consoles are built from such expressions.")
        .requirements(&["RFC7644-3.4.2.2-50", "RFC7644-3.4.2.2-48", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.value-path-unknown", "An unknown sub-attribute in square brackets matches nothing", &value_path_unknown)
        .matters("A typing mistake must not select everybody.")
        .requirements(&["RFC7644-3.4.2.2-49"])
        .needs(NEEDS)
        .legal(&["400 invalidFilter", "200 with an empty list"]),
    Check::new("filter.value-path-nested", "Square brackets inside square brackets select no other resource by mistake", &value_path_nested)
        .matters("A server that reads only the inner or the outer half answers another question.")
        .requirements(&["RFC7644-3.4.2.2-51", "RFC7644-3.4.2.2-04"])
        .needs(NEEDS)
        .legal(&["400 invalidFilter", "200 with an empty list (noted)"]),
    Check::new("filter.value-path-suffix", "A sub-attribute after the closing bracket is refused, or counts as a further condition", &value_path_suffix)
        .matters("Entra ID writes `emails[type eq \"work\"].value eq …`; half of it ignored finds everybody with a work address.")
        .requirements(&["RFC7644-3.4.2.2-72", "RFC7644-3.4.2.2-04"])
        .needs(NEEDS)
        .legal(&["400 invalidFilter", "200 with the user whose work address it is (noted)"]),
    Check::new("filter.value-path-singular", "Square brackets on an attribute with one value are refused, or test that value", &value_path_singular)
        .matters("Clients that build every filter alike write them on name too.")
        .requirements(&["RFC7644-3.4.2.2-73", "RFC7644-3.4.2.2-04"])
        .needs(NEEDS)
        .legal(&["400 invalidFilter", "200 with exactly the users that match (noted)"]),
    Check::new("filter.ne-several-values", "ne on several values never finds a user whose only value is equal", &ne_several_values)
        .matters("Whether one differing value is enough is read in two ways; a user who has only the value is wrong in both.")
        .requirements(&["RFC7644-3.4.2.2-22", "RFC7644-3.4.2.2-20", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(&[
            "200 with the user who has another value only, with or without the one who has both",
            "400 invalidFilter (noted)",
        ]),
    Check::new("filter.complex-eq", "A comparison with a complex attribute is refused or matches nothing", &complex_eq)
        .matters("A text has no meaning for a name that consists of parts; everybody is the wrong answer.")
        .requirements(&["RFC7644-3.4.2.2-59", "RFC7644-3.4.2.2-04"])
        .needs(NEEDS)
        .legal(&["400 invalidFilter", "200 with an empty list"]),
    Check::new("filter.bare-several-values", "The bare name of an attribute with several values stands for their value, or is refused", &bare_several_values)
        .matters("An example of the RFC filters by emails; clients copied it.")
        .requirements(&["RFC7644-3.4.2.2-60", "RFC7644-3.4.2.2-04"])
        .needs(NEEDS)
        .legal(&["200 with exactly the users that have the address", "400 invalidFilter (noted)"]),
];

/// `ab` has a work address that begins with a and a home address with b, `ba` the other way round, `a` and `b` only a work
/// address.
async fn people(context: &Context) -> Result<Cohort<'_>, Stop> {
    context.needs_attributes(USER, &["emails.value", "emails.type"])?;
    let email = |key: &str, start: &str, kind: &str| json!({"value": format!("{start}-{key}.{}@example.com", context.data().prefix()), "type": kind});
    let people: [(&str, Value); 4] = [
        ("ab", json!({"emails": [email("1", "a", "work"), email("1", "b", "home")]})),
        ("ba", json!({"emails": [email("2", "b", "work"), email("2", "a", "home")]})),
        ("a", json!({"emails": [email("3", "a", "work")]})),
        ("b", json!({"emails": [email("4", "b", "work")]})),
    ];
    Cohort::users(context, &people).await
}

fn address(context: &Context, key: &str, start: &str) -> Value {
    json!(format!("{start}-{key}.{}@example.com", context.data().prefix()))
}

async fn any_value(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-58", "RFC7644-3.4.2.2-04"];
    for (key, start, expected) in [("1", "a", "ab"), ("1", "b", "ab"), ("2", "a", "ba")] {
        let filter = format!("emails.value eq {}", address(context, key, start));
        users.finds_as_it_is(&filter, &[expected], &[], requirements).await?;
    }
    users.finds("emails.type eq \"home\"", &["ab", "ba"], requirements).await?;
    Ok(())
}

async fn value_path(context: &Context) -> CheckResult {
    let users = people(context).await?;
    users.finds("emails[type eq \"home\"]", &["ab", "ba"], &["RFC7644-3.4.2.2-48"]).await?;
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-48"];
    users.finds("emails[type eq \"work\" and value sw \"b\"]", &["ba", "b"], requirements).await?;
    users.finds("emails[type eq \"home\" and value sw \"b\"]", &["ab"], requirements).await?;
    Ok(())
}

async fn value_path_logic(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let cases: [(&str, &[&str]); 3] = [
        ("emails[type eq \"home\" or (type eq \"work\" and value sw \"b\")]", &["ab", "ba", "b"]),
        ("emails[type eq \"home\" and not (value sw \"b\")]", &["ba"]),
        ("emails[type eq \"work\" and value sw \"a\"] and not (emails[type eq \"home\"])", &["a"]),
    ];
    for (filter, expected) in cases {
        users.finds(filter, expected, &["RFC7644-3.4.2.2-48"]).await?;
    }
    Ok(())
}

/// Judges what may be refused or match nobody.
async fn nobody(
    context: &Context,
    users: &Cohort<'_>,
    filter: &str,
    requirements: &'static [&'static str],
) -> CheckResult {
    let answer = context.send(users.query(&users.within(filter))).await?;
    if !is_refused_as_unsupported(&answer) {
        users.judge_within(answer, filter, &[], &[], requirements).await?;
    }
    Ok(())
}

async fn value_path_unknown(context: &Context) -> CheckResult {
    let users = people(context).await?;
    nobody(context, &users, "emails[foo eq \"x\"]", &["RFC7644-3.4.2.2-49"]).await
}

async fn value_path_nested(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let filter = "emails[type eq \"work\" and x[y eq 1]]";
    let answer = context.send(users.query(&users.within(filter))).await?;
    if is_refused_as_unsupported(&answer) {
        return Ok(());
    }
    let answer = users.judge_within(answer, filter, &[], &[], &["RFC7644-3.4.2.2-04"]).await?;
    context.expect(&answer).under(&["RFC7644-3.4.2.2-51"]).status(&[400]);
    Ok(())
}

/// Judges what may be refused or read in one sensible way, which is noted; anything else is another list than asked for.
async fn refused_or(
    context: &Context,
    users: &Cohort<'_>,
    filter: &str,
    expected: &[&str],
    disputed: &'static [&'static str],
) -> CheckResult {
    let answer = context.send(users.query(&users.within(filter))).await?;
    if is_refused_as_unsupported(&answer) {
        return Ok(());
    }
    let answer = users.judge_within(answer, filter, expected, &[], &["RFC7644-3.4.2.2-04"]).await?;
    context.expect(&answer).under(disputed).that(false, "the filter is read although its form is disputed", "200");
    Ok(())
}

async fn value_path_suffix(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let filter = format!("emails[type eq \"work\"].value eq {}", address(context, "2", "b"));
    refused_or(context, &users, &filter, &["ba"], &["RFC7644-3.4.2.2-72"]).await
}

async fn value_path_singular(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["name.familyName"])?;
    let people = [
        ("a", json!({"name": {"givenName": "Ada", "familyName": "Gauge"}})),
        ("b", json!({"name": {"givenName": "Gauge", "familyName": "Weir"}})),
    ];
    let users = Cohort::users(context, &people).await?;
    refused_or(context, &users, "name[familyName eq \"Gauge\"]", &["a"], &["RFC7644-3.4.2.2-73"]).await
}

async fn ne_several_values(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let answer =
        users.finds_at_least("emails.type ne \"home\"", &["a", "b"], &["ab", "ba"], &["RFC7644-3.4.2.2-20"]).await?;
    if answer.status == 200 {
        let found = users.keys_in(&answer);
        context.expect(&answer).under(&["RFC7644-3.4.2.2-22"]).that(
            found.iter().any(|key| key == "ab" || key == "ba"),
            "users with one differing value of several are not found",
            found.join(", "),
        );
    }
    // Who has nothing but the value differs in no reading.
    users.finds_at_least("emails.type ne \"work\"", &[], &["ab", "ba"], &["RFC7644-3.4.2.2-20"]).await?;
    Ok(())
}

async fn complex_eq(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["name.familyName"])?;
    let users = Cohort::users(context, &[("a", json!({})), ("b", json!({}))]).await?;
    nobody(context, &users, "name eq \"x\"", &["RFC7644-3.4.2.2-59", "RFC7644-3.4.2.2-04"]).await
}

async fn bare_several_values(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let filter = format!("emails co {}", address(context, "1", "b"));
    let answer = context.send(users.query(&users.within(&filter))).await?;
    if is_refused_as_unsupported(&answer) {
        context.expect(&answer).under(&["RFC7644-3.4.2.2-60"]).status(&[200]);
        return Ok(());
    }
    users.judge_within(answer, &filter, &["ab"], &[], &["RFC7644-3.4.2.2-04"]).await?;
    Ok(())
}
