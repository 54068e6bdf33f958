//! and, or, not, brackets and their order.

use scim::capability::Capability;
use serde_json::{Value, json};

use crate::check::cohort::Cohort;
use crate::check::{Check, CheckResult, Context, Stop};
use crate::data::USER;

const NEEDS: &[Capability] = &[Capability::CreateUsers, Capability::FilterUsers];
const EXACTLY: &[&str] = &["200 with exactly the users for whom the expression is true", "400 invalidFilter (noted)"];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("filter.and", "and needs both sides", &and)
        .matters("A search for active members of a department that finds either gives access to the wrong people.")
        .requirements(&["RFC7644-3.4.2.2-40", "RFC7644-3.4.2.2-09", "RFC7644-3.4.2.2-46", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.or", "or needs one side", &or)
        .matters("Provisioners ask for several names at once with or; those that are missing would be created again.")
        .requirements(&["RFC7644-3.4.2.2-41", "RFC7644-3.4.2.2-09", "RFC7644-3.4.2.2-46", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.not", "not turns its expression round, written with a blank or without", &not)
        .matters("A client that asks for everybody but the locked accounts must not be given exactly these.")
        .requirements(&["RFC7644-3.4.2.2-42", "RFC7644-3.4.2.2-43", "RFC7644-3.4.2.2-09", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(&["200 with exactly the others", "400 invalidFilter for one of the two ways of writing it (noted)"]),
    Check::new("filter.brackets", "Round brackets decide what belongs together", &brackets)
        .matters("A filter built by a console puts brackets round each alternative and relies on them.")
        .requirements(&["RFC7644-3.4.2.2-10", "RFC7644-3.4.2.2-45", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.precedence", "not goes before and, and before or", &precedence)
        .matters("Read from left to right, `a or b and c` finds others than the client means, and it acts on them.")
        .requirements(&["RFC7644-3.4.2.2-44", "RFC7644-3.4.2.2-45", "RFC7644-3.4.2.2-46", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
];

/// One user for each of the given sets of true statements about title, nickName and userType; the key is the set, such as
/// `ac`, or `none`.
async fn truths<'c>(context: &'c Context, sets: &[&'static str]) -> Result<(Cohort<'c>, [String; 3]), Stop> {
    context.needs_attributes(USER, &["title", "nickName", "userType"])?;
    context.needs_kept(&["title", "nickName", "userType"])?;
    let value = |yes: bool| format!("{}.{}", context.data().prefix(), if yes { "yes" } else { "no" });
    let people: Vec<(&str, Value)> = sets
        .iter()
        .map(|set| {
            let value = |statement: char| value(set.contains(statement));
            (*set, json!({"title": value('a'), "nickName": value('b'), "userType": value('c')}))
        })
        .collect();
    let statement = |attribute: &str| format!("{attribute} eq {}", json!(value(true)));
    let statements = ["title", "nickName", "userType"].map(statement);
    Ok((Cohort::users(context, &people).await?, statements))
}

async fn and(context: &Context) -> CheckResult {
    let (users, [a, b, _]) = truths(context, &["ab", "a", "b", "none"]).await?;
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-40"];
    users.finds_as_it_is(&format!("{a} and {b}"), &["ab"], &[], requirements).await?;
    users.finds_as_it_is(&format!("{a} and userName pr"), &["a", "ab"], &[], requirements).await?;
    Ok(())
}

async fn or(context: &Context) -> CheckResult {
    let (users, [a, b, _]) = truths(context, &["ab", "a", "b", "none"]).await?;
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-41"];
    users.finds_as_it_is(&format!("{a} or {b}"), &["ab", "a", "b"], &[], requirements).await?;
    let names = |key: &str| format!("userName eq {}", json!(users.name(key)));
    let several = format!("{} or {} or {}", names("a"), names("b"), names("none"));
    users.finds_as_it_is(&several, &["a", "b", "none"], &[], requirements).await?;
    Ok(())
}

async fn not(context: &Context) -> CheckResult {
    let (users, [a, _, _]) = truths(context, &["a", "b", "none"]).await?;
    let filters = [format!("not ({a})"), format!("not({a})")];
    let within = |filter: &str| users.query(&format!("{} and {filter}", users.anchor()));
    let answers = [context.send(within(&filters[0])).await?, context.send(within(&filters[1])).await?];
    // The better of the two ways to write it decides; a refusal of the other is disputed.
    if answers.iter().all(|answer| answer.status != 200) {
        users.judge(&answers[0], &["b", "none"], &[], &["RFC7644-3.4.2.2-42"]);
        return Ok(());
    }
    for (answer, filter) in answers.into_iter().zip(&filters) {
        if answer.status == 200 {
            users.judge_within(answer, filter, &["b", "none"], &[], &["RFC7644-3.4.2.2-42"]).await?;
        } else {
            context.expect(&answer).under(&["RFC7644-3.4.2.2-43"]).status(&[200]);
        }
    }
    Ok(())
}

async fn brackets(context: &Context) -> CheckResult {
    let (users, [a, b, c]) = truths(context, &["a", "bc", "ac", "c"]).await?;
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-10", "RFC7644-3.4.2.2-45"];
    let cases: [(String, &[&str]); 3] = [
        (format!("({a} or {b}) and {c}"), &["bc", "ac"]),
        (format!("{c} and ({a} or {b})"), &["bc", "ac"]),
        (format!("(({a}))"), &["a", "ac"]),
    ];
    for (filter, expected) in cases {
        users.finds_as_it_is(&filter, expected, &[], requirements).await?;
    }
    Ok(())
}

/// Whether an expression over three statements is true.
type Truth = fn(bool, bool, bool) -> bool;

async fn precedence(context: &Context) -> CheckResult {
    let sets = ["abc", "ab", "ac", "bc", "a", "b", "c", "none"];
    let (users, [a, b, c]) = truths(context, &sets).await?;
    let cases: [(String, Truth); 6] = [
        (format!("{a} or {b} and {c}"), |a, b, c| a || b && c),
        (format!("{a} and {b} or {c}"), |a, b, c| a && b || c),
        (format!("{a} and not ({b}) or {c}"), |a, b, c| a && !b || c),
        (format!("{a} or not ({b}) and {c}"), |a, b, c| a || !b && c),
        (format!("{a} and not ({b} or {c})"), |a, b, c| a && !(b || c)),
        (format!("{a} and {b} and {c} or {a} and {b}"), |a, b, _| a && b),
    ];
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-44", "RFC7644-3.4.2.2-45", "RFC7644-3.4.2.2-46"];
    for (filter, truth) in cases {
        let holds = |set: &&str| truth(set.contains('a'), set.contains('b'), set.contains('c'));
        let expected: Vec<_> = sets.into_iter().filter(holds).collect();
        users.finds_as_it_is(&filter, &expected, &[], requirements).await?;
    }
    Ok(())
}
