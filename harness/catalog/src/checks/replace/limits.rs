//! What a PUT leaves alone and what it refuses (RFC 7644 section 3.5.1).

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::{at, take};

use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context, REPLACED};
use crate::data::{PublishedAttribute, USER};
use crate::definition::list;

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("replace.unknown-resource", "A PUT creates nothing", &unknown_resource)
        .matters("A provisioner with a stale id would bring back a deleted account without noticing.")
        .requirements(&["RFC7644-3.2-10", "RFC7644-3.5.1-02"])
        .legal(&["404 with a SCIM Error, and no new resource"])
        .on_every_type(&[ResourceOperation::Replace]),
    Check::new("replace.required-missing", "A PUT without a required attribute is refused", &required_missing)
        .matters("An update from an incomplete record must not leave an account without its name.")
        .requirements(&["RFC7643-4.1.1-05", "RFC7643-7-19", "RFC7644-3.5.1-14", "RFC7644-3.12-09", "RFC7644-3.12-04"])
        .legal(&[
            "400 invalidValue, and the resource as before",
            "200 with the attribute kept, by an endpoint that keeps what is left out",
        ])
        .on_every_type(REPLACED),
    Check::new("replace.read-only", "A PUT leaves read-only attributes alone", &read_only)
        .matters("A client that sends memberships along must not be able to grant them.")
        .requirements(&["RFC7644-3.5.1-13"])
        .legal(&["200 with meta, and the groups of a user, as the endpoint has them"])
        .on_every_type(REPLACED),
    Check::new("replace.other-id", "Another id in the body changes no id", &other_id)
        .matters("A client with mixed-up records would exchange two accounts.")
        .requirements(&["RFC7643-3.1-08", "RFC7644-3.5.1-23"])
        .legal(&["200 with the id of the URI", "400 mutability"])
        .on_every_type(REPLACED),
    Check::new(
        "replace.duplicate-user-name",
        "A PUT with the userName of another user is refused",
        &duplicate_user_name,
    )
    .matters("Two accounts with one name: the next sync updates whichever it finds first.")
    .requirements(&["RFC7644-3.5.1-17"])
    .needs(&[Capability::CreateUsers, Capability::ReplaceUsers])
    .legal(&["409 uniqueness", "400 uniqueness"])
    .on(Only("User", "userName is an attribute of User alone (RFC 7643 section 4.1.1)")),
    Check::new("replace.immutable", "An immutable attribute takes its first value and keeps it", &immutable)
        .matters("An employee number that can be exchanged links the account to another person.")
        .requirements(&["RFC7643-7-31", "RFC7644-3.5.1-10", "RFC7644-3.5.1-11", "RFC7644-3.5.1-12"])
        .legal(&[
            "200 for the first value and for the same value again",
            "400 mutability for another value, which is not stored",
        ]),
];

async fn unknown_resource(context: &Context) -> CheckResult {
    for id in [context.data().unknown_id(), context.data().uuid()] {
        let body = context.body();
        let answer = context.send(Request::put(context.collection()).segment(&id).json(&body)).await?;
        context.expect(&answer).status(&[404]);
        if let Some(named) = context.named_in_lists(&body).await? {
            context.expect(&named.list).after(&answer).lists(&[]);
        }
    }
    Ok(())
}

async fn required_missing(context: &Context) -> CheckResult {
    let naming = context.naming()?;
    if !naming.flag("required") && naming.name() != "userName" {
        return context.skip(format!("{} need not have a value", naming.path()));
    }
    let mut body = context.body();
    let user = context.create(context.collection(), &body).await?;
    take(&mut body, naming.name());
    if let Ok(text) = context.optional_text(0) {
        text.put(&mut body, json!(context.data().name()));
    }
    let answer = context.send(user.request(Method::PUT).json(&body)).await?;
    let is_user_name = naming.name() == "userName";
    if answer.is_success() {
        // What a PUT leaves out may be kept (RFC 7644 section 3.5.1); the name is judged below.
        context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.1-14"]).status(&[400]);
    } else {
        let under = &["RFC7644-3.12-09"];
        context.expect(&answer).after(&user.exchange).under(under).refused(&[400], &["invalidValue"]);
    }
    let read = context.read(&user).await?;
    let expectation = context.expect(&read).after(&answer);
    if is_user_name {
        expectation.under(&["RFC7643-4.1.1-05"]).equals(naming.name(), user.value(naming.name()));
    } else {
        expectation.under(&["RFC7643-7-19"]).that(
            read.at(naming.name()).is_some(),
            &format!("{} is required, and the resource has none", naming.name()),
            "nothing",
        );
    }
    Ok(())
}

async fn read_only(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let has_groups = context.collection() == "/Users" && context.data().publishes(USER, "groups");
    let body = context.body();
    let user = context.create(context.collection(), &body).await?;
    let before = context.read(&user).await?;
    let mut changed = body;
    let value = json!(context.data().name());
    text.put(&mut changed, value.clone());
    changed["meta"] = json!({"created": "2001-02-03T04:05:06Z", "resourceType": "Intruder"});
    let group = context.data().uuid();
    if has_groups {
        changed["groups"] = json!([{"value": group, "display": "Administrators"}]);
    }
    let answer = context.send(user.request(Method::PUT).json(&changed)).await?;
    context.expect(&answer).after(&before).status(&[200]);
    let read = context.read(&user).await?;
    for exchange in [&answer, &read] {
        if exchange.is_success() {
            let expectation = context
                .expect(exchange)
                .after(&before)
                .equals("meta.created", before.at("meta.created").unwrap_or(&Value::Null))
                .equals("meta.resourceType", before.at("meta.resourceType").unwrap_or(&Value::Null));
            // A user may be in a group of the endpoint's own from the beginning.
            let shown = exchange.json().map_or(&[][..], |body| list(body, "groups"));
            let is_taken = shown.iter().any(|own| at(own, "value") == Some(&json!(group)));
            let message = "groups has the value that was sent, expected none";
            expectation.that(!has_groups || !is_taken, message, Value::from(shown).to_string());
        }
    }
    if answer.is_success() {
        context.expect(&read).after(&answer).equals(&text.path(), &value);
    }
    Ok(())
}

async fn other_id(context: &Context) -> CheckResult {
    let mut body = context.body();
    let user = context.create(context.collection(), &body).await?;
    let other = context.data().uuid();
    body["id"] = json!(other);
    let answer = context.send(user.request(Method::PUT).json(&body)).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.1-23"]).status(&[200]);
    if answer.is_success() {
        context.expect(&answer).after(&user.exchange).under(&["RFC7643-3.1-08"]).equals("id", &json!(user.id));
    }
    let read = context.send(user.request(Method::GET)).await?;
    let expectation = context.expect(&read).after(&answer).under(&["RFC7643-3.1-08"]);
    expectation.status(&[200]).equals("id", &json!(user.id));
    let stranger = context.send(Request::get(context.collection()).segment(&other)).await?;
    context.expect(&stranger).after(&answer).under(&["RFC7643-3.1-08"]).status(&[404]);
    Ok(())
}

async fn duplicate_user_name(context: &Context) -> CheckResult {
    context.needs_changeable(USER, "userName")?;
    let first = context.user().await?;
    let mut body = context.data().user();
    let second = context.create("/Users", &body).await?;
    let own = body["userName"].clone();
    body["userName"] = first.value("userName").clone();
    let answer = context.send(second.request(Method::PUT).json(&body)).await?;
    context.expect(&answer).after(&first.exchange).status(&[400, 409]);
    if matches!(answer.status, 400 | 409) {
        context.expect(&answer).after(&first.exchange).scim_type(&["uniqueness"]);
    }
    let read = context.read(&second).await?;
    context.expect(&read).after(&answer).equals("userName", &own);
    Ok(())
}

async fn immutable(context: &Context) -> CheckResult {
    for kind in context.discovery().resource_types() {
        let published = context.data().published(kind);
        // One that creation has to give is set already, so that its first value is no question.
        let body = context.data().resource(kind);
        let found = published.iter().find(|attribute| {
            attribute.word("mutability") == "immutable"
                && attribute.word("type") == "string"
                && attribute.word("returned") != "never"
                && !attribute.flag("multiValued")
                && !attribute.flag("required")
                && at(attribute.definition, "canonicalValues[0]").is_none()
                && at(&body, &attribute.path()).is_none()
        });
        if let Some(attribute) = found {
            return judge_immutable(context, &kind.endpoint, attribute, &body).await;
        }
    }
    context.skip("the endpoint publishes no plain attribute that is immutable and can be left out of a creation")
}

async fn judge_immutable(
    context: &Context,
    endpoint: &str,
    attribute: &PublishedAttribute<'_>,
    body: &Value,
) -> CheckResult {
    let with = |value: &Value| {
        let mut body = body.clone();
        attribute.put(&mut body, value.clone());
        body
    };
    let path = attribute.path();
    let (first, other) = (json!(context.data().name()), json!(context.data().name()));
    let resource = context.create(endpoint, body).await?;
    let requirements: [&'static [&'static str]; 2] = [&["RFC7644-3.5.1-12"], &["RFC7644-3.5.1-10"]];
    for requirements in requirements {
        let answer = context.send(resource.request(Method::PUT).json(&with(&first))).await?;
        context.expect(&answer).after(&resource.exchange).under(requirements).status(&[200]);
        let read = context.read(&resource).await?;
        context.expect(&read).after(&answer).under(requirements).equals(&path, &first);
    }
    let answer = context.send(resource.request(Method::PUT).json(&with(&other))).await?;
    context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.5.1-11"]).status(&[400]);
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC7644-3.5.1-11"]).scim_type(&["mutability"]);
    }
    let read = context.read(&resource).await?;
    let expectation = context.expect(&read).after(&answer).under(&["RFC7643-7-31", "RFC7644-3.5.1-10"]);
    expectation.equals(&path, &first);
    Ok(())
}
