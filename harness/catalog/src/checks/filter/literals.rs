//! The values in a filter: escapes, times in other zones, null, booleans, blanks between the words.

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;

use super::published::{FilterAttribute, Type};
use crate::check::cohort::{Cohort, is_refused_as_unsupported, is_refused_by_word};
use crate::check::{Check, CheckResult, Context, Stop};
use crate::data::USER;

const NEEDS: &[Capability] = &[Capability::CreateUsers, Capability::FilterUsers];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("filter.escapes", "JSON escapes in a filter value are read", &escapes)
        .matters("Names with quotes and backslashes cannot be searched for otherwise.")
        .requirements(&["RFC7644-3.4.2.2-54", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(&["200 with exactly the user who has the value", "400 invalidFilter (noted)"]),
    Check::new("filter.non-ascii", "Text beyond ASCII is found", &non_ascii)
        .matters("People have names in every script; a miss creates a second account.")
        .requirements(&["RFC7644-3.4.2.2-54", "RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(&["200 with exactly the user who has the value", "400 invalidFilter (noted)"]),
    Check::new("filter.other-zone", "A time in another zone is the same instant", &other_zone)
        .matters("A synchronisation that sends its local time would lose the changes of some hours.")
        .requirements(&["RFC7643-2.3.5-04", "RFC7644-3.4.2.2-15", "RFC7644-3.4.2.2-33", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(&["200 with the users of that instant", "400 invalidFilter (noted)"]),
    Check::new(
        "filter.no-zone",
        "A time without zone, or with more digits, is refused or means that instant in UTC",
        &no_zone,
    )
    .matters("Clients that format times by hand send them so.")
    .requirements(&["RFC7644-3.4.2.2-71", "RFC7644-3.4.2.2-04"])
    .needs(NEEDS)
    .legal(&["200 with the users of that instant", "400 invalidFilter", "200 with an empty list (noted)"]),
    Check::new("filter.eq-null", "eq null is refused or finds who has no value", &eq_null)
        .matters("A client that looks for accounts without a manager must not be given those that have one.")
        .requirements(&["RFC7644-3.4.2.2-19", "RFC7644-3.4.2.2-04"])
        .needs(NEEDS)
        .legal(&["200 with exactly the users without a value", "400 invalidFilter (noted)"]),
    Check::new("filter.empty-string", "pr finds an empty text only if the endpoint keeps and shows it", &empty_string)
        .matters("Clients ask with pr what is missing, and fill it.")
        .requirements(&["RFC7644-3.4.2.2-70", "RFC7644-3.4.2.2-29", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(&["200 without the user", "200 with the user, if the endpoint returns the empty text (noted)"]),
    Check::new("filter.ne-unassigned", "ne finds other values; users without value are found or not", &ne_unassigned)
        .matters("Whether somebody without value differs is read in two ways, and clients should know which.")
        .requirements(&["RFC7644-3.4.2.2-21", "RFC7644-3.4.2.2-20", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(&[
            "200 with the user who has another value, with or without the one who has none",
            "400 invalidFilter (noted)",
        ]),
    Check::new("filter.quoted-boolean", "A boolean in quotes is refused, or read as that boolean", &quoted_boolean)
        .matters("Entra ID sends \"True\"; to match everybody would disable everybody.")
        .requirements(&["RFC7644-3.4.2.2-14", "RFC7644-3.4.2.2-04"])
        .needs(NEEDS)
        .legal(&[
            "400 invalidFilter",
            "200 with exactly the users that have the boolean (noted)",
            "200 with an empty list (noted)",
        ]),
    Check::new(
        "filter.unquoted-value",
        "A text without quotes or in single quotes is refused, or read as that text",
        &unquoted_value,
    )
    .matters("Figures of the RFC are written so, and clients copied them.")
    .requirements(&["RFC7644-3.4.2.2-53", "RFC7644-3.4.2.2-04"])
    .needs(NEEDS)
    .legal(&["400 invalidFilter", "200 with exactly the user of that name (noted)"]),
    Check::new("filter.blanks", "Missing and doubled blanks are refused or make no difference", &blanks)
        .matters("An example of the RFC leaves a blank out, and clients copied it.")
        .requirements(&["RFC7644-3.4.2.2-74", "RFC7644-3.4.2.2-04"])
        .needs(NEEDS)
        .legal(&["400 invalidFilter", "200 with exactly the user of that name (noted)"]),
    Check::new("filter.default-value", "A filter agrees with the default that the endpoint returned", &default_value)
        .matters("A client that did not send active and was told true must find the account among the active ones.")
        .requirements(&["RFC7644-3.4.2.2-61", "RFC7644-3.4.2.2-13", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(&["200 with exactly the users that were returned with the value", "400 invalidFilter (noted)"]),
];

async fn escapes(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["displayName"])?;
    let prefix = context.data().prefix();
    let name = |key: &str| match key {
        "quote" => format!("{prefix} \"the\" gauge"),
        "backslash" => format!("{prefix} the\\gauge"),
        _ => format!("{prefix} A gauge"),
    };
    let people = ["quote", "backslash", "plain"].map(|key| (key, json!({"displayName": name(key)})));
    let users = Cohort::users(context, &people).await?;
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-54"];
    for key in ["quote", "backslash"] {
        let filter = format!("displayName eq {}", json!(name(key)));
        users.finds_as_it_is(&filter, &[key], &[], requirements).await?;
    }
    let coded =
        format!("displayName eq {}", json!(name("plain")).to_string().replace("A gauge", "\\u0041\\u0020gauge"));
    users.finds_as_it_is(&coded, &["plain"], &[], requirements).await?;
    Ok(())
}

async fn non_ascii(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["displayName"])?;
    let prefix = context.data().prefix();
    let names = [("latin", "Zoë Ångström"), ("kanji", "山田 太郎"), ("emoji", "Gauge 🌊"), ("plain", "Zoe Angstrom")];
    let people = names.map(|(key, name)| (key, json!({"displayName": format!("{prefix} {name}")})));
    let users = Cohort::users(context, &people).await?;
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-54", "RFC7644-3.4.2.2-04"];
    for (key, name) in &names[..3] {
        let filter = format!("displayName eq {}", json!(format!("{prefix} {name}")));
        // A collation without accents may find the plain name too.
        let either: &[&str] = if *key == "latin" { &["plain"] } else { &[] };
        users.finds_as_it_is(&filter, &[key], either, requirements).await?;
    }
    let plain = context.look_up(users.query(&users.within("displayName co \"\\u005aoe Ang\""))).await?;
    if users.keys_in(&plain).iter().all(|key| key != "plain") {
        let reason = "a letter that is written as an escape of JSON is not read".to_owned();
        return Err(Stop::Blocked { reason, cause: context.caused_by("filter.escapes"), exchanges: vec![plain] });
    }
    let escaped = format!("displayName co {}", "\"\\u592a\\u90ce\"");
    users.finds(&escaped, &["kanji"], requirements).await?;
    let pair = format!("displayName co {}", "\"\\ud83c\\udf0a\"");
    users.finds(&pair, &["emoji"], requirements).await?;
    Ok(())
}

/// A dateTime attribute with the values of two users, an hour apart and of one day.
async fn two_times(context: &Context) -> Result<Option<(Cohort<'_>, String)>, crate::check::Stop> {
    let all = FilterAttribute::of_users(context.discovery());
    let Some(own) = all.iter().find(|own| own.kind == Type::DateTime && !own.is_multi_valued()) else {
        return Ok(None);
    };
    let mut people = [("early", json!({})), ("late", json!({}))];
    own.set(&mut people[0].1, json!("2020-02-29T12:00:00Z"));
    own.set(&mut people[1].1, json!("2020-02-29T13:00:00Z"));
    let users = Cohort::users(context, &people).await?;
    Ok(Some((users, own.path.clone())))
}

async fn other_zone(context: &Context) -> CheckResult {
    let Some((users, path)) = two_times(context).await? else { return other_zone_of_meta(context).await };
    let same: &'static [&'static str] = &["RFC7643-2.3.5-04", "RFC7644-3.4.2.2-15"];
    let order: &'static [&'static str] = &["RFC7643-2.3.5-04", "RFC7644-3.4.2.2-33"];
    users.finds(&format!("{path} eq \"2020-02-29T14:00:00+02:00\""), &["early"], same).await?;
    users.finds(&format!("{path} eq \"2020-02-29T08:00:00-05:00\""), &["late"], same).await?;
    users.finds(&format!("{path} gt \"2020-02-29T14:00:00+02:00\""), &["late"], order).await?;
    users.finds(&format!("{path} lt \"2020-02-29T07:30:00-05:00\""), &["early"], order).await?;
    Ok(())
}

/// Where no attribute of type dateTime is published, meta.created shows it.
async fn other_zone_of_meta(context: &Context) -> CheckResult {
    let users = Cohort::users(context, &[("a", json!({}))]).await?;
    let created = at(users.get("a").body(), "meta.created").and_then(Value::as_str);
    let Some(created) = created.and_then(|text| text.parse::<jiff::Timestamp>().ok()) else {
        return context.unable("new users are returned without meta.created");
    };
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(2));
    let local = |seconds: i64| {
        let at = created + jiff::SignedDuration::from_secs(seconds);
        at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S+02:00").to_string()
    };
    let order: &'static [&'static str] = &["RFC7643-2.3.5-04", "RFC7644-3.4.2.2-33"];
    users.finds(&format!("meta.created gt {}", json!(local(-60))), &["a"], order).await?;
    users.finds(&format!("meta.created gt {}", json!(local(60))), &[], order).await?;
    Ok(())
}

async fn no_zone(context: &Context) -> CheckResult {
    let Some((users, path)) = two_times(context).await? else {
        return context.skip("no published attribute of User that a client may set is a dateTime");
    };
    for value in ["2020-02-29T12:00:00", "2020-02-29T12:00:00.000Z"] {
        let filter = format!("{path} eq \"{value}\"");
        let answer = context.send(users.query(&users.within(&filter))).await?;
        if is_refused_as_unsupported(&answer) {
            continue;
        }
        let answer = users.judge_within(answer, &filter, &[], &["early"], &["RFC7644-3.4.2.2-04"]).await?;
        context.expect(&answer).under(&["RFC7644-3.4.2.2-71"]).that(
            users.keys_in(&answer) == ["early"],
            "a time is not read as the instant that it most likely means",
            value,
        );
    }
    Ok(())
}

async fn eq_null(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["nickName"])?;
    context.needs_kept(&["nickName"])?;
    let users = Cohort::users(context, &[("with", json!({"nickName": "Gauge"})), ("without", json!({}))]).await?;
    let answer = context.send(users.query(&users.within("nickName eq null"))).await?;
    if is_refused_as_unsupported(&answer) {
        context.expect(&answer).under(&["RFC7644-3.4.2.2-19"]).status(&[200]);
        return Ok(());
    }
    let answer = users.judge_within(answer, "nickName eq null", &[], &["without"], &["RFC7644-3.4.2.2-04"]).await?;
    context.expect(&answer).under(&["RFC7644-3.4.2.2-19"]).that(
        users.keys_in(&answer) == ["without"],
        "eq null does not find who has no value",
        users.keys_in(&answer).join(", "),
    );
    Ok(())
}

async fn empty_string(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["nickName"])?;
    context.needs_kept(&["nickName"])?;
    let users = Cohort::users(context, &[("empty", json!({"nickName": ""})), ("without", json!({}))]).await?;
    let shown = users.get("empty").value("nickName") == "";
    let either: &[&str] = if shown { &["empty"] } else { &[] };
    let answer = users.finds_at_least("nickName pr", &[], either, &["RFC7644-3.4.2.2-29"]).await?;
    context.expect(&answer).under(&["RFC7644-3.4.2.2-70"]).that(
        !users.keys_in(&answer).iter().any(|key| key == "empty"),
        "an empty text counts as a value",
        "the user with the empty text is found",
    );
    Ok(())
}

async fn ne_unassigned(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["nickName"])?;
    context.needs_kept(&["nickName"])?;
    let people = [("same", json!({"nickName": "x"})), ("other", json!({"nickName": "y"})), ("without", json!({}))];
    let users = Cohort::users(context, &people).await?;
    let answer = users.finds_at_least("nickName ne \"x\"", &["other"], &["without"], &["RFC7644-3.4.2.2-20"]).await?;
    if answer.status == 200 {
        context.expect(&answer).under(&["RFC7644-3.4.2.2-21"]).that(
            users.keys_in(&answer).iter().any(|key| key == "without"),
            "ne does not find who has no value",
            users.keys_in(&answer).join(", "),
        );
    }
    Ok(())
}

async fn quoted_boolean(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["active"])?;
    let users = Cohort::users(context, &[("yes", json!({"active": true})), ("no", json!({"active": false}))]).await?;
    for (value, expected) in [("true", "yes"), ("false", "no"), ("x", "")] {
        let filter = format!("active eq \"{value}\"");
        let answer = context.send(users.query(&users.within(&filter))).await?;
        if is_refused_as_unsupported(&answer) {
            continue;
        }
        let either: &[&str] = if expected.is_empty() { &[] } else { &[expected] };
        let answer = users.judge_within(answer, &filter, &[], either, &["RFC7644-3.4.2.2-04"]).await?;
        context.expect(&answer).under(&["RFC7644-3.4.2.2-14"]).status(&[400]);
    }
    Ok(())
}

/// Judges filters whose form is disputed: refused, or the user `a` and nobody else, which is noted.
async fn disputed_form(
    context: &Context,
    filters: &[String],
    users: &Cohort<'_>,
    rows: &'static [&'static str],
) -> CheckResult {
    for filter in filters {
        let answer = context.send(users.query(filter)).await?;
        if is_refused_by_word(&answer) || is_refused_as_unsupported(&answer) && gives_no_word(context).await? {
            continue;
        }
        users.judge(&answer, &["a"], &[], &["RFC7644-3.4.2.2-04"]);
        context.expect(&answer).under(rows).status(&[400]);
    }
    Ok(())
}

/// Whether what is certainly no filter is refused without the word for it as well, which `filter.incomplete` judges.
async fn gives_no_word(context: &Context) -> Result<bool, Stop> {
    let answer = context.send(Request::get(context.collection()).query("filter", "userName eq")).await?;
    Ok(is_refused_as_unsupported(&answer) && !is_refused_by_word(&answer))
}

async fn unquoted_value(context: &Context) -> CheckResult {
    let users = Cohort::users(context, &[("a", json!({})), ("b", json!({}))]).await?;
    let name = users.name("a");
    let filters = [format!("userName eq {name}"), format!("userName eq '{name}'")];
    disputed_form(context, &filters, &users, &["RFC7644-3.4.2.2-53"]).await
}

async fn blanks(context: &Context) -> CheckResult {
    let users = Cohort::users(context, &[("a", json!({})), ("b", json!({}))]).await?;
    let name = json!(users.name("a"));
    let filters = [format!("userName eq{name}"), format!("userName  eq  {name}"), format!(" userName eq {name} ")];
    disputed_form(context, &filters, &users, &["RFC7644-3.4.2.2-74"]).await
}

async fn default_value(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["active"])?;
    let people =
        [("silent", json!({"active": null})), ("yes", json!({"active": true})), ("no", json!({"active": false}))];
    let users = Cohort::users(context, &people).await?;
    for value in [true, false] {
        let returned = |key: &&str| users.get(key).value("active") == value;
        let expected: Vec<_> = ["silent", "yes", "no"].into_iter().filter(returned).collect();
        let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-61", "RFC7644-3.4.2.2-13"];
        users.finds(&format!("active eq {value}"), &expected, requirements).await?;
    }
    Ok(())
}
