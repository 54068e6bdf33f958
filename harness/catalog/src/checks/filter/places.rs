//! What a filter can name: attributes with and without their schema, sub-attributes, extensions, common attributes, groups.

use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;

use super::published::{FilterAttribute, Type};
use crate::check::cohort::Cohort;
use crate::check::{Check, CheckResult, Context, Stop};
use crate::checks::groups::membership::{IN_A_GROUP, is_in_a_group};
use crate::data::{GROUP, USER};

const NEEDS: &[Capability] = &[Capability::CreateUsers, Capability::FilterUsers];
const GROUPS: &[Capability] = &[Capability::CreateGroups, Capability::FilterGroups];
const EXACTLY: &[&str] = &[
    "200 with exactly the resources that match",
    "400 invalidFilter for a combination that the endpoint does not support (noted)",
];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("filter.every-attribute", "Every published attribute can be filtered on", &every_attribute)
        .matters("A client configured to match accounts by another attribute than userName finds no account, and creates all of them again.")
        .requirements(&["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.schema-prefix", "An attribute is the same with the URN of its schema and without", &schema_prefix)
        .matters("PingFederate and Entra ID write the full URN; others never do.")
        .requirements(&[
            "RFC7644-3.4.2.2-55",
            "RFC7644-3.10-01",
            "RFC7644-3.10-02",
            "RFC7644-3.10-04",
            "RFC7644-3.10-05",
            "RFC7644-3.4.2.2-75",
        ])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.extension", "An attribute of an extension is found under the extension's URN", &extension)
        .matters("Provisioners match people by employeeNumber of the enterprise extension.")
        .requirements(&["RFC7644-3.4.2.2-56", "RFC7644-3.10-01", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.sub-attribute", "A sub-attribute is named with a dot", &sub_attribute)
        .matters("A search by family name must not look at given names.")
        .requirements(&["RFC7644-3.4.2.2-57", "RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.id", "id can be filtered on", &id)
        .matters("PingFederate and Entra ID read group memberships with a filter on id.")
        .requirements(&["RFC7644-3.4.2.2-68", "RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.meta", "The parts of meta can be filtered on", &meta)
        .matters("Incremental synchronisation rests on meta.lastModified.")
        .requirements(&["RFC7644-3.4.2.2-68", "RFC7644-3.4.2.2-15", "RFC7644-3.4.2.2-33", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.schemas", "Resources with an extension are found by schemas", &schemas)
        .matters("This is how a client lists the accounts that carry an extension.")
        .requirements(&["RFC7644-3.4.2.2-66", "RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-75"])
        .needs(NEEDS)
        .legal(EXACTLY),
    Check::new("filter.group-name", "A filter by displayName finds the group, whatever the letter case, and no other", &group_name)
        .matters("Provisioners look groups up by name before they create them; a miss makes a second group.")
        .requirements(&["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-75"])
        .needs(GROUPS)
        .legal(EXACTLY),
    Check::new("filter.users-of-group", "The users of a group are found by groups.value", &users_of_group)
        .matters("A client that cannot read large groups asks for their users instead.")
        .requirements(&["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-58", "RFC7644-3.4.2.2-75"])
        .needs(&[Capability::CreateUsers, Capability::CreateGroups, Capability::FilterUsers])
        .legal(EXACTLY),
    Check::new("filter.groups-of-member", "The groups of a user are found by members.value", &groups_of_member)
        .matters("Provisioners ask so for the groups that a leaver has to be taken out of.")
        .requirements(&["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-58", "RFC7644-3.4.2.2-75"])
        .needs(&[Capability::CreateUsers, Capability::CreateGroups, Capability::FilterGroups])
        .legal(EXACTLY),
    Check::new("filter.paged", "A filter holds on every page, and totalResults counts the matches", &paged)
        .matters("A client that pages through a filtered list would otherwise be given others on later pages.")
        .requirements(&["RFC7644-3.4.2.2-04", "RFC7644-3.4.2-13", "RFC7644-3.4.2.2-75"])
        .needs(&[Capability::IndexPaging])
        .legal(&["200 with one match on each page and totalResults 2", "400 invalidFilter (noted)"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Filter]),
];

async fn every_attribute(context: &Context) -> CheckResult {
    let all = FilterAttribute::of_users(context.discovery());
    let chosen: Vec<_> = all
        .iter()
        .filter(|own| own.kind != Type::Complex && own.path != "userName" && !own.path.contains("x509Certificates"))
        .collect();
    let mut people = [("low", json!({})), ("high", json!({})), ("none", json!({}))];
    for (step, (_, body)) in people.iter_mut().take(2).enumerate() {
        for own in &chosen {
            own.set(body, own.sample(step, context.data().prefix()));
        }
    }
    // A comparison does not fail because one resource lacks the attribute.
    for own in chosen.iter().filter(|own| !own.required) {
        people[2].1[own.top()] = Value::Null;
    }
    let users = Cohort::users(context, &people).await?;
    for own in chosen {
        let values = |key: &str| own.values(users.get(key).body());
        let (low, high) = (values("low"), values("high"));
        // What the endpoint did not keep, or made equal, decides nothing.
        let ([low], [high]) = (low.as_slice(), high.as_slice()) else { continue };
        if low != high {
            // A required attribute has a value in each resource, perhaps the same one.
            let has_too = values("none").contains(high);
            let expected: &[&str] = if has_too { &["high", "none"] } else { &["high"] };
            users.finds(&format!("{} eq {high}", own.path), expected, &["RFC7644-3.4.2.2-04"]).await?;
        }
    }
    Ok(())
}

async fn schema_prefix(context: &Context) -> CheckResult {
    let users = Cohort::users(context, &[("a", json!({"name": {"givenName": "Nadja"}})), ("b", json!({}))]).await?;
    let name = json!(users.name("a"));
    let schema = context.data().user_schema();
    let full = format!("{schema}:userName");
    let bare = users.finds_as_it_is(&format!("userName eq {name}"), &["a"], &[], &["RFC7644-3.10-02"]).await?;
    users.spelled_otherwise(&bare);
    let prefixed: &'static [&'static str] = &["RFC7644-3.4.2.2-55", "RFC7644-3.10-01"];
    users.finds_as_it_is(&format!("{full} eq {name}"), &["a"], &[], prefixed).await?;
    users.finds_as_it_is(&format!("{} eq {name}", full.to_uppercase()), &["a"], &[], &["RFC7644-3.10-05"]).await?;
    if context.can_narrow("/Users") && context.data().publishes(USER, "name.givenName") {
        users.asks_otherwise();
        users.finds(&format!("{schema}:name.givenName eq \"Nadja\""), &["a"], &["RFC7644-3.10-04"]).await?;
    }
    Ok(())
}

async fn extension(context: &Context) -> CheckResult {
    let all = FilterAttribute::of_users(context.discovery());
    let plain = |own: &&FilterAttribute| own.path.starts_with("urn:") && own.takes_any_text() && !own.is_multi_valued();
    let Some(own) = all.iter().find(plain) else {
        return context.skip("no published extension of User has a text that a client may set");
    };
    let mut people = [("low", json!({})), ("high", json!({})), ("none", json!({}))];
    for (step, (_, body)) in people.iter_mut().take(2).enumerate() {
        own.set(body, own.sample(step, context.data().prefix()));
    }
    let users = Cohort::users(context, &people).await?;
    let value = own.sample(1, context.data().prefix());
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-56", "RFC7644-3.10-01"];
    users.finds_as_it_is(&format!("{} eq {value}", own.path), &["high"], &[], requirements).await?;
    Ok(())
}

async fn sub_attribute(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["name.givenName", "name.familyName"])?;
    let people = [
        ("family", json!({"name": {"givenName": "Ada", "familyName": "O'Malley"}})),
        ("given", json!({"name": {"givenName": "O'Malley", "familyName": "Ada"}})),
        ("none", json!({})),
    ];
    let users = Cohort::users(context, &people).await?;
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-57", "RFC7644-3.4.2.2-04"];
    users.finds("name.familyName co \"O'Malley\"", &["family"], requirements).await?;
    users.finds("name.givenName eq \"O'Malley\"", &["given"], requirements).await?;
    Ok(())
}

async fn id(context: &Context) -> CheckResult {
    let users = Cohort::users(context, &[("a", json!({})), ("b", json!({}))]).await?;
    let filter = format!("id eq {}", json!(users.get("a").id));
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-68", "RFC7644-3.4.2.2-04"];
    users.finds_as_it_is(&filter, &["a"], &[], requirements).await?;
    let nobody = format!("id eq {}", json!(context.data().unknown_id()));
    users.finds_as_it_is(&nobody, &[], &[], requirements).await?;
    Ok(())
}

async fn meta(context: &Context) -> CheckResult {
    let users = Cohort::users(context, &[("a", json!({})), ("b", json!({}))]).await?;
    let both = &["a", "b"];
    users.finds("meta.resourceType eq \"User\"", both, &["RFC7644-3.4.2.2-68"]).await?;
    users.finds("meta.resourceType eq \"Nothing\"", &[], &["RFC7644-3.4.2.2-68"]).await?;
    for path in ["meta.created", "meta.lastModified"] {
        let Some(at) = at(users.get("a").body(), path).filter(|value| value.is_string()) else { continue };
        let same: Vec<_> = users.members().filter(|(_, user)| self::at_equal(user.body(), path, at)).collect();
        let same: Vec<_> = same.into_iter().map(|(key, _)| key).collect();
        users.finds(&format!("{path} eq {at}"), &same, &["RFC7644-3.4.2.2-15"]).await?;
        users.finds(&format!("{path} gt \"2000-01-01T00:00:00Z\""), both, &["RFC7644-3.4.2.2-33"]).await?;
        users.finds(&format!("{path} gt \"2999-01-01T00:00:00Z\""), &[], &["RFC7644-3.4.2.2-33"]).await?;
        users.finds(&format!("{path} lt \"2999-01-01T00:00:00Z\""), both, &["RFC7644-3.4.2.2-33"]).await?;
    }
    Ok(())
}

fn at_equal(resource: &Value, path: &str, other: &Value) -> bool {
    at(resource, path) == Some(other)
}

async fn schemas(context: &Context) -> CheckResult {
    let all = FilterAttribute::of_users(context.discovery());
    let plain = |own: &&FilterAttribute| own.path.starts_with("urn:") && own.takes_any_text() && !own.is_multi_valued();
    let Some(own) = all.iter().find(plain) else {
        return context.skip("no published extension of User has a text that a client may set");
    };
    let mut body = json!({});
    own.set(&mut body, own.sample(1, context.data().prefix()));
    let users = Cohort::users(context, &[("with", body), ("without", json!({}))]).await?;
    let has = |key: &str| {
        let schemas = at(users.get(key).body(), "schemas").and_then(Value::as_array);
        schemas.is_some_and(|schemas| schemas.iter().any(|schema| schema == own.top()))
    };
    let expected: Vec<_> = ["with", "without"].into_iter().filter(|key| has(key)).collect();
    users.finds(&format!("schemas eq {}", json!(own.top())), &expected, &["RFC7644-3.4.2.2-66"]).await?;
    users.finds("schemas eq \"urn:example:nothing\"", &[], &["RFC7644-3.4.2.2-04"]).await?;
    Ok(())
}

async fn group_name(context: &Context) -> CheckResult {
    let groups = Cohort::groups(context, &[("a", json!({})), ("b", json!({}))]).await?;
    let name = groups.name("a");
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-04"];
    groups.finds_as_it_is(&format!("displayName eq {}", json!(name)), &["a"], &[], requirements).await?;
    let published =
        context.discovery().schema(GROUP).and_then(|schema| at(schema, "attributes")).and_then(Value::as_array);
    let exact = published.into_iter().flatten().any(|own| {
        at(own, "name").is_some_and(|name| name == "displayName")
            && at(own, "caseExact").and_then(Value::as_bool).unwrap_or(false)
    });
    let upper = format!("displayName eq {}", json!(name.to_uppercase()));
    groups.finds_as_it_is(&upper, if exact { &[] } else { &["a"] }, &[], requirements).await?;
    Ok(())
}

async fn users_of_group(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["groups.value"])?;
    let users = Cohort::users(context, &[("in", json!({})), ("out", json!({}))]).await?;
    let group = context.group(&[users.get("in")]).await?;
    let user = context.read(users.get("in")).await?;
    let shown = user.at("groups").and_then(Value::as_array).into_iter().flatten();
    if !shown.filter_map(|shown| at(shown, "value")).any(|id| *id == json!(group.id)) {
        // Whether users show their groups is disputed (R13); where they do not, nobody has a groups.value to find.
        return context.unable("users do not show the groups that they are members of");
    }
    let filter = format!("groups.value eq {}", json!(group.id));
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-58"];
    users.finds_as_it_is(&filter, &["in"], &[], requirements).await?;
    Ok(())
}

async fn groups_of_member(context: &Context) -> CheckResult {
    context.needs_published_members()?;
    let user = context.user().await?;
    if is_in_a_group(context, &user).await? {
        return context.unable(IN_A_GROUP);
    }
    let other = context.user().await?;
    let members =
        |of: &[&str]| json!({"members": of.iter().map(|id| context.data().member("/Users", id)).collect::<Vec<_>>()});
    let groups = Cohort::groups(
        context,
        &[("both", members(&[&other.id, &user.id])), ("other", members(&[&other.id])), ("none", json!({}))],
    )
    .await?;
    let filter = format!("members.value eq {}", json!(user.id));
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-58"];
    groups.finds_as_it_is(&filter, &["both"], &[], requirements).await?;
    Ok(())
}

async fn paged(context: &Context) -> CheckResult {
    let naming = context.naming()?.path();
    let text = context.needs_text(|own| own.path() != naming && !own.extension)?;
    let title = format!("{} Keeper", context.data().prefix());
    let people = [("a", json!({text.name(): title})), ("b", json!({})), ("c", json!({text.name(): title}))];
    let users = Cohort::resources(context, &people).await?;
    let filter = format!("{} eq {}", text.path(), json!(title));
    if !two_pages(context, &users, users.query(&filter), false).await? {
        two_pages(context, &users, users.sorted(users.query(&filter))?, true).await?;
    }
    Ok(())
}

/// Judges two pages of one in a list of the members `a` and `c`. Whether they have an answer: there is none where the order changes.
async fn two_pages(context: &Context, users: &Cohort<'_>, list: Request, is_sorted: bool) -> Result<bool, Stop> {
    let mut seen = Vec::new();
    for start in ["1", "2"] {
        let request = list.clone().query("startIndex", start).query("count", "1");
        let answer = context.send(request).await?;
        users.judge(&answer, &[], &["a", "c"], &["RFC7644-3.4.2.2-04"]);
        if users.keys_in(&answer).len() > 1 {
            return Err(Stop::Blocked {
                reason: "a page holds more than count asks for".into(),
                cause: Some(context.on_subject("index-paging.at-most-count")),
                exchanges: vec![answer],
            });
        }
        if answer.status == 200 {
            let expectation = context.expect(&answer).under(&["RFC7644-3.4.2-13"]);
            expectation.equals("totalResults", &json!(2));
        }
        seen.extend(users.keys_in(&answer));
        if start == "2" && answer.status == 200 {
            seen.sort_unstable();
            let both = || list.clone().query("startIndex", "1").query("count", "2");
            if seen != ["a", "c"] && !is_sorted && context.changes_order(both(), 2).await? {
                return Ok(false);
            }
            context.expect(&answer).under(&["RFC7644-3.4.2.2-04"]).that(
                seen == ["a", "c"],
                "two pages of one do not show the two matches",
                seen.join(", "),
            );
        }
    }
    Ok(true)
}
