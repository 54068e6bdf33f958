//! Extensions, and the manager of the enterprise extension.

use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;

use super::USERS;
use crate::check::{Check, CheckResult, Context, Stop};
use weir_judge::Because;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new(
        "round-trip.extension",
        "The attributes of an extension come back in the object of the extension",
        &extension,
    )
    .matters("Clients look for department under the extension's URN, and do not find it elsewhere.")
    .requirements(&["RFC7643-3-11", "RFC7643-3.3-07", "RFC7643-4.3-02", "RFC7643-4.3-03"])
    .needs(USERS)
    .legal(&["each text under the URN of its extension, and not at the top"]),
    Check::new("round-trip.manager", "A manager is an object with the id of a user", &manager)
        .matters("Approvals go to the manager; without one they go nowhere.")
        .requirements(&["RFC7643-4.3-04", "RFC7643-4.3-05", "RFC7643-4.3-06", "RFC7643-4.3-07"])
        .needs(USERS)
        .legal(&[
            "value as it was sent, $ref a URI that leads to the user, displayName the endpoint's own or missing",
            "400 for an array",
        ]),
    Check::new(
        "round-trip.manager-as-text",
        "A manager that is sent as a plain id is refused, or taken as the id",
        &manager_as_text,
    )
    .matters("One large client sends it so; a manager that vanishes without a word is found missing months later.")
    .requirements(&["RFC7643-4.3-08"])
    .needs(USERS)
    .legal(&["400 with scimType invalidValue or invalidSyntax", "201 with the id as manager.value"]),
];

fn enterprise(context: &Context) -> Result<Value, Stop> {
    let offered = context
        .discovery()
        .resource_type("/Users")
        .is_some_and(|kind| kind.extensions.iter().any(|uri| uri.eq_ignore_ascii_case(ENTERPRISE)));
    if !offered {
        return Err(Stop::Skip(Because::Published, "the enterprise extension is not published for users".into()));
    }
    let mut body = context.data().user();
    if let Some(schemas) = body["schemas"].as_array_mut()
        && !schemas.iter().any(|uri| uri == ENTERPRISE)
    {
        schemas.push(json!(ENTERPRISE));
    }
    Ok(body)
}

async fn extension(context: &Context) -> CheckResult {
    let mut body = enterprise(context)?;
    let texts = json!({
        "employeeNumber": "701984",
        "costCenter": "4130",
        "organization": "Example Universal Studios",
        "division": "Theme Park",
        "department": "Tour Operations",
    });
    let published: serde_json::Map<String, Value> = texts
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| context.data().publishes(ENTERPRISE, name))
        .filter(|(name, _)| !context.drops(&format!("{ENTERPRISE}:{name}")))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    body[ENTERPRISE] = Value::Object(published.clone());
    let user = context.create("/Users", &body).await?;
    let read = context.read(&user).await?;
    for exchange in [&user.exchange, &read] {
        for (name, value) in &published {
            let under: &'static [&'static str] = if name == "employeeNumber" {
                &["RFC7643-3-11", "RFC7643-3.3-07", "RFC7643-4.3-02"]
            } else {
                &["RFC7643-3-11", "RFC7643-3.3-07", "RFC7643-4.3-03"]
            };
            context.expect(exchange).under(under).equals(&format!("{ENTERPRISE}:{name}"), value);
            context.expect(exchange).under(&["RFC7643-3.3-07"]).lacks(name);
        }
    }
    Ok(())
}

async fn manager(context: &Context) -> CheckResult {
    let mut body = enterprise(context)?;
    context.needs_attributes(ENTERPRISE, &["manager.value"])?;
    let boss = context.user().await?;
    body[ENTERPRISE]["manager"] = json!({"value": boss.id, "displayName": "Nobody's Name"});
    let user = context.create("/Users", &body).await?;
    let read = context.read(&user).await?;
    let whole = format!("{ENTERPRISE}:manager");
    context
        .expect(&read)
        .after(&user.exchange)
        .under(&["RFC7643-4.3-04"])
        .equals(&format!("{whole}.value"), &json!(boss.id));
    let shown = at(read.json().unwrap_or(&Value::Null), &format!("{whole}.displayName")).cloned();
    let taken = shown.as_ref() == Some(&json!("Nobody's Name"));
    let expectation = context.expect(&read).after(&user.exchange).under(&["RFC7643-4.3-06"]);
    expectation.that(!taken, "manager.displayName was taken from the client", "Nobody's Name");
    if context.data().publishes(ENTERPRISE, "manager.$ref") {
        let uri = at(read.json().unwrap_or(&Value::Null), &format!("{whole}.$ref")).and_then(Value::as_str);
        let expectation = context.expect(&read).after(&user.exchange).under(&["RFC7643-4.3-05"]);
        let leads = uri.is_some_and(|uri| uri.contains(&boss.id));
        expectation.that(leads, "manager.$ref does not lead to the manager", uri.unwrap_or("nothing"));
    }

    let mut several = enterprise(context)?;
    several[ENTERPRISE]["manager"] = json!([{"value": boss.id}, {"value": user.id}]);
    let answer = context.send(Request::post("/Users").json(&several)).await?;
    context.expect(&answer).under(&["RFC7643-4.3-07"]).status(&[400]);
    Ok(())
}

async fn manager_as_text(context: &Context) -> CheckResult {
    let mut body = enterprise(context)?;
    context.needs_attributes(ENTERPRISE, &["manager.value"])?;
    let boss = context.user().await?;
    body[ENTERPRISE]["manager"] = json!(boss.id);
    let answer = context.send(Request::post("/Users").json(&body)).await?;
    if answer.is_success() {
        context.expect(&answer).equals(&format!("{ENTERPRISE}:manager.value"), &json!(boss.id));
    } else {
        context.expect(&answer).refused(&[400], &["invalidValue", "invalidSyntax"]);
    }
    Ok(())
}
