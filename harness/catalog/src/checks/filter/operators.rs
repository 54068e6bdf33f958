//! Each operator on an attribute of each type, case rule and number of values that the endpoint publishes. What must be found
//! follows from the values that the endpoint itself returned when the users were created.

use std::cmp::Ordering;

use serde_json::{Value, json};
use weir_exchange::Exchange;

use super::published::{FilterAttribute, Type};
use crate::check::cohort::{Cohort, is_refused_as_unsupported};
use crate::check::{Check, CheckResult, Context, LISTED, Stop};

const LEGAL: &[&str] = &[
    "200 with exactly the resources whose values satisfy the comparison, for an attribute of each type that the operator fits",
    "400 invalidFilter for a combination that the endpoint does not support (noted)",
];

macro_rules! operators {
    ($($word:literal, $title:literal, $matters:literal, $operator:ident, $function:ident, [$($requirement:literal),*];)*) => {
        pub(in super::super) const CHECKS: &[Check] = &[$(
            Check::new(concat!("filter.", $word), $title, &$function)
                .matters($matters)
                .requirements(&[$($requirement,)* "RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-75"])
                .legal(LEGAL)
                .on_every_type(LISTED),
        )*];

        $(async fn $function(context: &Context) -> CheckResult {
            matrix(context, Operator::$operator, &[$($requirement,)* "RFC7644-3.4.2.2-04"]).await
        })*
    };
}

operators! {
    "eq", "eq finds equal values, by the rules of each type",
        "Every provisioner looks accounts up with eq before it creates them.",
        Equal, equal,
        ["RFC7644-3.4.2.2-11", "RFC7644-3.4.2.2-12", "RFC7644-3.4.2.2-13", "RFC7644-3.4.2.2-15", "RFC7644-3.4.2.2-16",
         "RFC7644-3.4.2.2-58"];
    "ne", "ne finds values that differ and none that are equal",
        "A client that asks for everybody but contractors must not be given contractors.",
        NotEqual, not_equal, ["RFC7644-3.4.2.2-20"];
    "co", "co finds a part of a text",
        "Consoles search by a part of a name.",
        Contains, contains, ["RFC7644-3.4.2.2-23", "RFC7644-3.4.2.2-26"];
    "sw", "sw finds the beginning of a text, and the whole text",
        "Provisioners list the accounts of a domain or a naming scheme with sw; too few means that accounts are created twice.",
        StartsWith, starts_with, ["RFC7644-3.4.2.2-24", "RFC7644-3.4.2.2-26"];
    "ew", "ew finds the end of a text, and the whole text",
        "Accounts of one mail domain are found by their end.",
        EndsWith, ends_with, ["RFC7644-3.4.2.2-25", "RFC7644-3.4.2.2-26"];
    "gt", "gt finds what is greater, by the order of each type",
        "An incremental synchronisation asks for what is newer; numbers compared as text put 10 before 9.",
        Greater, greater, ["RFC7644-3.4.2.2-32", "RFC7644-3.4.2.2-33", "RFC7644-3.4.2.2-34"];
    "ge", "ge finds what is greater or equal",
        "An incremental synchronisation that starts at the last seen time loses changes if equality is left out.",
        GreaterOrEqual, greater_or_equal,
        ["RFC7644-3.4.2.2-32", "RFC7644-3.4.2.2-33", "RFC7644-3.4.2.2-34", "RFC7644-3.4.2.2-39"];
    "lt", "lt finds what is less, by the order of each type",
        "A clean-up that asks for what is older must not be given what is newer.",
        Less, less, ["RFC7644-3.4.2.2-32", "RFC7644-3.4.2.2-33", "RFC7644-3.4.2.2-34"];
    "le", "le finds what is less or equal",
        "A clean-up up to a date misses that date if equality is left out.",
        LessOrEqual, less_or_equal,
        ["RFC7644-3.4.2.2-32", "RFC7644-3.4.2.2-33", "RFC7644-3.4.2.2-34", "RFC7644-3.4.2.2-39"];
    "pr", "pr finds attributes that have a value, and none without",
        "Clients ask with pr which accounts lack an attribute that they are about to rely on.",
        Present, present,
        ["RFC7644-3.4.2.2-28", "RFC7644-3.4.2.2-29", "RFC7644-3.4.2.2-30", "RFC7644-3.4.2.2-31"];
}

/// The operators of RFC 7644 Table 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Present,
}

impl Operator {
    /// Whether nobody disputes that the operator works on the type.
    fn fits(self, kind: Type) -> bool {
        match self {
            Self::Present => true,
            Self::Equal | Self::NotEqual => kind != Type::Complex,
            Self::Contains | Self::StartsWith | Self::EndsWith => kind == Type::String,
            _ => matches!(kind, Type::String | Type::Integer | Type::Decimal | Type::DateTime),
        }
    }

    /// The filter whose operand is made of a value that a user has, and what to compare values with.
    fn filter(self, path: &str, low: &Value, high: &Value) -> (String, Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        // The samples end in two letters, of which the first tells them apart.
        let (word, operand) = match self {
            Self::Present => return (format!("{path} pr"), Value::Null),
            Self::Equal => ("eq", low.clone()),
            Self::NotEqual => ("ne", low.clone()),
            Self::Contains => ("co", json!(text(low).get(1..).unwrap_or_default())),
            Self::StartsWith => ("sw", json!(text(low).strip_suffix(['q']).unwrap_or(&text(low)))),
            Self::EndsWith => ("ew", json!(text(low).get(1..).unwrap_or_default())),
            Self::Greater => ("gt", low.clone()),
            Self::GreaterOrEqual => ("ge", high.clone()),
            Self::Less => ("lt", high.clone()),
            Self::LessOrEqual => ("le", low.clone()),
        };
        (format!("{path} {word} {operand}"), operand)
    }

    fn holds(self, own: &FilterAttribute, value: &Value, operand: &Value) -> bool {
        let fold = |value: &Value| {
            let text = value.as_str().unwrap_or_default();
            if own.case_exact || own.kind != Type::String { text.to_owned() } else { text.to_lowercase() }
        };
        let order = match own.kind {
            Type::Integer | Type::Decimal => value.as_f64().partial_cmp(&operand.as_f64()),
            Type::Boolean => (value == operand).then_some(Ordering::Equal),
            Type::DateTime => instant(value).partial_cmp(&instant(operand)),
            _ => fold(value).partial_cmp(&fold(operand)),
        };
        match self {
            Self::Present => true,
            Self::Equal => order == Some(Ordering::Equal),
            Self::NotEqual => order != Some(Ordering::Equal),
            Self::Contains => fold(value).contains(&fold(operand)),
            Self::StartsWith => fold(value).starts_with(&fold(operand)),
            Self::EndsWith => fold(value).ends_with(&fold(operand)),
            Self::Greater => order.is_some_and(Ordering::is_gt),
            Self::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
            Self::Less => order.is_some_and(Ordering::is_lt),
            Self::LessOrEqual => order.is_some_and(Ordering::is_le),
        }
    }
}

fn instant(value: &Value) -> Option<jiff::Timestamp> {
    value.as_str()?.parse().ok()
}

async fn matrix(context: &Context, operator: Operator, requirements: &'static [&'static str]) -> CheckResult {
    let kinds = FilterAttribute::one_of_each_kind(context.discovery(), context.collection(), context.schema());
    let naming = context.naming()?.path();
    let cells: Vec<_> = kinds.iter().filter(|own| operator.fits(own.kind)).collect();
    let mut people = ["low", "high", "around", "none"].map(|key| (key, json!({})));
    for own in &cells {
        if own.path == naming || own.kind == Type::Complex {
            continue;
        }
        for (step, (_, body)) in people.iter_mut().take(3).enumerate() {
            own.set(body, own.sample(step, context.data().prefix()));
        }
    }
    // The name tells the resource from others.
    for own in cells.iter().filter(|own| !own.required && own.path != naming) {
        people[3].1[own.top()] = Value::Null;
    }
    let users = Cohort::resources(context, &people).await?;
    let mut refused = None;
    for own in cells {
        let values = |key: &str| own.values(users.get(key).body());
        let (Some(low), Some(high)) = (values("low").first().copied(), values("high").first().copied()) else {
            // The endpoint keeps no value, which the checks of creation judge.
            continue;
        };
        let (filter, operand) = operator.filter(&own.path, low, high);
        let (mut expected, mut either) = (Vec::new(), Vec::new());
        for (key, user) in users.members() {
            let values = own.values(user.body());
            let holds = |value: &&Value| operator.holds(own, value, &operand);
            match operator {
                // What ne says about no value and about several is disputed.
                Operator::NotEqual if values.len() != 1 => either.push(key),
                _ if values.iter().any(holds) => expected.push(key),
                _ => {}
            }
        }
        let answer = users.whole(users.query(&users.within(&filter))).await?;
        if is_refused_whatever_the_operator(context, &users, own, low, &answer).await? {
            refused = Some((own.path.clone(), answer));
            continue;
        }
        users.judge_within(answer, &filter, &expected, &either, requirements).await?;
    }
    let Some((path, answer)) = refused else { return Ok(()) };
    let reason = format!("every comparison with {path} is answered {}", answer.status);
    Err(Stop::Blocked { reason, cause: Some("filter.every-attribute".to_owned()), exchanges: vec![answer] })
}

/// Whether a filter by a sub-attribute is refused, and one by `eq` as well: then the attribute is at fault and not the operator.
async fn is_refused_whatever_the_operator(
    context: &Context,
    users: &Cohort<'_>,
    own: &FilterAttribute,
    value: &Value,
    answer: &Exchange,
) -> Result<bool, Stop> {
    if answer.status == 200 || is_refused_as_unsupported(answer) || !own.is_part() || own.kind == Type::Complex {
        return Ok(false);
    }
    let equal = context.send(users.query(&users.within(&format!("{} eq {value}", own.path)))).await?;
    Ok(equal.status >= 400 && !is_refused_as_unsupported(&equal))
}
