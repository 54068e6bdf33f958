//! Passwords and other attributes that are written and never read (RFC 7643 sections 4.1.1 and 7).

use std::sync::Arc;

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};

use crate::check::On::Only;
use crate::check::cohort::ids_in;
use crate::check::{Check, CheckResult, Context, Resource, Stop, patch_of};
use crate::data::USER;

/// Why its checks run on users alone.
const ONLY_USER: &str = "RFC 7643 section 4.1.1 defines password for User alone";

pub(super) const CHECKS: &[Check] = &[
    Check::new("password.never-shown", "A password is in no answer, neither in clear nor hashed", &never_shown)
        .matters("Answers are logged by proxies and provisioners; a hash in a log is cracked at leisure.")
        .requirements(&["RFC7643-4.1.1-24", "RFC7643-7-33", "RFC7643-7-36"])
        .needs(&[Capability::CreateUsers])
        .legal(&["no write-only attribute in the answers to POST, GET, PUT, PATCH, a list and .search"])
        .on(Only("User", ONLY_USER)),
    Check::new("password.not-on-request", "A password cannot be asked for", &not_on_request)
        .matters("One parameter in a URL would turn every reader into somebody who collects passwords.")
        .requirements(&["RFC7643-4.1.1-25", "RFC7643-7-36"])
        .needs(&[Capability::CreateUsers])
        .legal(&[
            "no password under attributes=password, in a resource, a list, and the answers to POST, PUT and PATCH",
        ])
        .on(Only("User", ONLY_USER)),
    Check::boxed("password.published", "The schema says that a password is written and never returned", |context| {
        Box::pin(async move { published(context) })
    })
    .matters("A generic client that believes the schema would wait for the password in every answer.")
    .requirements(&["RFC7643-4.1.1-32"])
    .needs(&[Capability::Schemas])
    .legal(&["mutability writeOnly and returned never"]),
    Check::new("password.change", "A password can be changed", &change)
        .matters("A reset that does not arrive leaves the old, perhaps stolen, password in use.")
        .requirements(&["RFC7643-4.1.1-33", "RFC7643-5-15"])
        .needs(&[Capability::CreateUsers, Capability::ChangePassword])
        .legal(&["200 or 204 for a PATCH or a PUT with another password"])
        .on(Only("User", ONLY_USER)),
    Check::new(
        "password.change-announced",
        "A password cannot be changed where changePassword is published as unsupported",
        &change_announced,
    )
    .matters("An operator who reads that passwords stay elsewhere does not expect provisioners to set them.")
    .requirements(&["RFC7643-7-32"])
    .needs(&[Capability::CreateUsers, Capability::PatchUsers])
    .legal(&["the feature is supported", "a PATCH of the password is refused with an error"])
    .on(Only("User", ONLY_USER)),
    Check::new("password.policy", "A password that the policy forbids is reported as an invalid value", &policy)
        .matters("A provisioner that cannot tell a weak password from an outage repeats it for ever.")
        .requirements(&["RFC7643-4.1.1-28", "RFC7644-3.12-04"])
        .needs(&[Capability::CreateUsers])
        .legal(&["201, where there is no policy", "400 invalidValue"])
        .on(Only("User", ONLY_USER)),
    Check::new("password.filter", "A filter on the password tells nothing about it", &filter)
        .matters("password sw \"a\", \"b\", … spells out anybody's password in a few hundred requests.")
        .requirements(&["RFC7643-4.1.1-31", "RFC7643-7-37", "RFC7644-3.4.2.2-69"])
        .needs(&[Capability::CreateUsers, Capability::FilterUsers])
        .legal(&[
            "400 or 403",
            "200 without a password, and the same answer whether the beginning of the password is right or wrong",
        ])
        .on(Only("User", ONLY_USER)),
    Check::new("password.sort", "Sorting by the password tells nothing about it", &sort)
        .matters("An attacker who sets passwords of accounts of his own finds anybody's between them.")
        .requirements(&["RFC7643-4.1.1-24", "RFC7643-7-33"])
        .needs(&[Capability::CreateUsers, Capability::FilterUsers, Capability::Sort])
        .legal(&["400 or 403", "200 in an order that does not follow the passwords"])
        .on(Only("User", ONLY_USER)),
];

const SECRET: &str = "Tr0ub4dor&3-weir";
const OTHER_SECRET: &str = "correct-Horse7-weir";

/// A body with a password, which must be published.
fn body(context: &Context, secret: &str) -> Result<Value, Stop> {
    context.needs_attributes(USER, &["password"])?;
    let mut body = context.data().user();
    body["password"] = json!(secret);
    Ok(body)
}

/// The names of the attributes that no answer may show.
fn hidden(context: &Context) -> Vec<&str> {
    let mut names = vec!["password"];
    if let Some(kind) = context.discovery().resource_type("/Users") {
        let published = context.data().published(kind);
        let others = published.iter().filter(|attribute| attribute.word("mutability") == "writeOnly");
        names.extend(others.map(|attribute| attribute.name).filter(|name| *name != "password"));
    }
    names
}

/// Whether a member with one of the names is anywhere in the value, schemas and errors aside.
fn shows(value: &Value, names: &[&str]) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| shows(item, names)),
        Value::Object(members) => members.iter().any(|(name, value)| {
            (names.iter().any(|hidden| hidden.eq_ignore_ascii_case(name)) && !value.is_null()) || shows(value, names)
        }),
        _ => false,
    }
}

/// Judges that an answer shows no secret.
fn judge(context: &Context, answer: &Arc<Exchange>, requirements: &'static [&'static str]) {
    let names = hidden(context);
    let shown = answer.json().is_ok_and(|json| shows(json, &names));
    let bytes = &answer.response_body;
    let spelled = [SECRET, OTHER_SECRET]
        .iter()
        .any(|secret| bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    context.expect(answer).under(requirements).that(
        !shown,
        "the answer has a member that is never returned",
        names.join(", "),
    );
    context.expect(answer).under(requirements).that(
        !spelled,
        "the answer spells the password",
        "the password in clear",
    );
}

/// Everything that is answered about a user with a password, `query` added to each request.
async fn answers(context: &Context, query: Option<(&str, &str)>) -> Result<Vec<Arc<Exchange>>, Stop> {
    let with = |request: Request| match query {
        Some((name, value)) => request.query(name, value),
        None => request,
    };
    let mut body = body(context, SECRET)?;
    if let Some(kind) = context.discovery().resource_type("/Users") {
        for attribute in context.data().published(kind) {
            let plain = attribute.word("type") == "string" && !attribute.flag("multiValued");
            if attribute.word("mutability") == "writeOnly" && attribute.name != "password" && plain {
                attribute.put(&mut body, json!(OTHER_SECRET));
            }
        }
    }
    let created = context.send(with(Request::post("/Users").json(&body))).await?;
    let Some(id) = created.text("id").map(str::to_owned) else {
        return Err(Stop::Blocked {
            reason: format!("POST /Users was answered with {} without an id", created.status),
            cause: Some("create.resource[User]".to_owned()),
            exchanges: vec![created],
        });
    };
    let offers = |capability| context.discovery().offers(capability);
    let user = Resource { id, endpoint: "/Users".into(), exchange: Arc::clone(&created) };
    let mut all = vec![created];
    let mut changed = body.clone();
    changed["password"] = json!(OTHER_SECRET);
    let mut requests = vec![with(user.request(Method::GET))];
    if offers(Capability::ReplaceUsers) {
        requests.push(with(user.request(Method::PUT).json(&changed)));
    }
    if offers(Capability::PatchUsers) {
        let change = patch_of(&json!([
            {"op": "replace", "path": "displayName", "value": context.data().name()},
            {"op": "replace", "path": "password", "value": SECRET},
        ]));
        requests.push(with(user.request(Method::PATCH).json(&change)));
    }
    let filter = format!("userName eq {}", body["userName"]);
    if offers(Capability::FilterUsers) {
        requests.push(with(Request::get("/Users").query("filter", &filter)));
    }
    if offers(Capability::Search) {
        let mut search = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "filter": filter,
        });
        if let Some((name, value)) = query {
            search[name] = json!([value]);
        }
        requests.push(Request::post("/Users/.search").json(&search));
    }
    for request in requests {
        all.push(context.send(request).await?);
    }
    Ok(all)
}

async fn never_shown(context: &Context) -> CheckResult {
    for answer in answers(context, None).await? {
        judge(context, &answer, &["RFC7643-4.1.1-24", "RFC7643-7-33", "RFC7643-7-36"]);
    }
    Ok(())
}

async fn not_on_request(context: &Context) -> CheckResult {
    for answer in answers(context, Some(("attributes", "password"))).await? {
        judge(context, &answer, &["RFC7643-4.1.1-25", "RFC7643-7-36"]);
    }
    Ok(())
}

fn published(context: &Context) -> CheckResult {
    let discovery = context.discovery();
    let attributes = context.data().attributes(USER).unwrap_or_default();
    let named = |attribute: &&Value| at(attribute, "name").and_then(Value::as_str) == Some("password");
    let Some(password) = attributes.iter().find(named) else {
        return context.skip("the endpoint publishes no password");
    };
    for (name, expected) in [("mutability", "writeOnly"), ("returned", "never")] {
        let found = at(password, name);
        context.expect(&discovery.schemas.exchange).that(
            found.and_then(Value::as_str) == Some(expected),
            &format!("{name} of password is not {expected}"),
            found.map_or_else(|| "nothing".into(), Value::to_string),
        );
    }
    Ok(())
}

async fn change(context: &Context) -> CheckResult {
    let mut body = body(context, SECRET)?;
    let user = context.create("/Users", &body).await?;
    if context.discovery().offers(Capability::PatchUsers) {
        let change = patch_of(&json!([{"op": "replace", "path": "password", "value": OTHER_SECRET}]));
        let answer = context.send(user.request(Method::PATCH).json(&change)).await?;
        context.expect(&answer).after(&user.exchange).status(&[200, 204]);
    }
    if context.discovery().offers(Capability::ReplaceUsers) {
        body["password"] = json!(OTHER_SECRET);
        let answer = context.send(user.request(Method::PUT).json(&body)).await?;
        context.expect(&answer).after(&user.exchange).under(&["RFC7643-4.1.1-33"]).status(&[200]);
    }
    Ok(())
}

async fn change_announced(context: &Context) -> CheckResult {
    let body = body(context, SECRET)?;
    if context.discovery().config("changePassword.supported").and_then(Value::as_bool) != Some(false) {
        return Ok(());
    }
    let user = context.create("/Users", &body).await?;
    let change = patch_of(&json!([{"op": "replace", "path": "password", "value": OTHER_SECRET}]));
    let answer = context.send(user.request(Method::PATCH).json(&change)).await?;
    context.expect(&answer).after(&context.discovery().service_provider_config.exchange).that(
        !answer.is_success(),
        "the password was changed, although changePassword is published as unsupported",
        answer.status.to_string(),
    );
    Ok(())
}

async fn policy(context: &Context) -> CheckResult {
    let answer = context.send(Request::post("/Users").json(&body(context, "a")?)).await?;
    context.expect(&answer).under(&["RFC7643-4.1.1-28"]).status(&[201, 400]);
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC7643-4.1.1-28"]).refused(&[400], &["invalidValue"]);
    }
    Ok(())
}

/// The ids in a list, or what refused it.
fn listed(answer: &Exchange) -> Option<Vec<&str>> {
    answer.is_success().then(|| ids_in(answer))
}

/// The same in words.
fn outcome(answer: &Exchange) -> String {
    match listed(answer) {
        Some(ids) if ids.is_empty() => "an empty list".to_owned(),
        Some(ids) => format!("a list of {}", ids.join(", ")),
        None => format!("status {}", answer.status),
    }
}

async fn filter(context: &Context) -> CheckResult {
    let user = context.create("/Users", &body(context, SECRET)?).await?;
    let requirements: &'static [&'static str] = &["RFC7643-4.1.1-31", "RFC7643-7-37", "RFC7644-3.4.2.2-69"];
    let own = format!("userName eq {}", user.value("userName"));
    let mut both = Vec::new();
    for filter in ["password pr", "password sw \"Tr0ub\"", "password sw \"Xr0ub\"", "password eq \"Tr0ub4dor&3-weir\""]
    {
        let answer = context.send(Request::get("/Users").query("filter", &format!("{own} and {filter}"))).await?;
        context.expect(&answer).after(&user.exchange).under(requirements).status(&[200, 400, 403]);
        judge(context, &answer, &["RFC7644-3.4.2.2-69"]);
        // Others come and go meanwhile.
        if listed(&answer).is_some_and(|ids| ids.iter().any(|id| *id != user.id)) {
            let reason = format!("`{own} and …` finds users of other names");
            return Err(context.blocked(reason, "filter.and", vec![answer]));
        }
        if filter.contains(" sw ") {
            both.push(answer);
        }
    }
    if let [right, wrong] = &both[..] {
        context.expect(right).after(wrong).under(&["RFC7644-3.4.2.2-69"]).that(
            listed(right) == listed(wrong),
            "the answer tells whether the password begins as the filter says",
            format!("{} for the right beginning, {} for a wrong one", outcome(right), outcome(wrong)),
        );
    }
    Ok(())
}

async fn sort(context: &Context) -> CheckResult {
    // Created and named against the order of their passwords, so that another order does not look like that of the secrets.
    let prefix = json!(context.data().prefix());
    let mut ids = Vec::new();
    for secret in ["m-Weir-password-5", "a-Weir-password-5", "z-Weir-password-5"] {
        ids.push(context.create("/Users", &body(context, secret)?).await?.id);
    }
    let by_secret = [ids[1].as_str(), ids[0].as_str(), ids[2].as_str()];
    let mut backwards = by_secret;
    backwards.reverse();
    let mut answers = Vec::new();
    for order in ["ascending", "descending"] {
        let request = Request::get("/Users").query("filter", &format!("userName sw {prefix}"));
        let answer = context.send(request.query("sortBy", "password").query("sortOrder", order)).await?;
        context.expect(&answer).status(&[200, 400, 403]);
        judge(context, &answer, &["RFC7643-4.1.1-24", "RFC7643-7-33"]);
        answers.push(answer);
    }
    if let [up, down] = &answers[..] {
        let follows =
            listed(up).is_some_and(|ids| ids == by_secret) && listed(down).is_some_and(|ids| ids == backwards);
        context.expect(down).after(up).that(
            !follows,
            "the order of the users is that of their passwords",
            "both orders",
        );
    }
    Ok(())
}
