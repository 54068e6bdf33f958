//! Creations that must be refused, or may be (RFC 7644 section 3.3; RFC 7643 section 2.3).

use std::sync::Arc;

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::{at, take_member};
use weir_exchange::{Exchange, Request};

use crate::check::On::Only;
use crate::check::{CREATING, Check, CheckResult, Context, Stop};
use crate::data::{PublishedAttribute, USER};
use crate::definition::{list, text};
use crate::node::SchemaNode;

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("create.duplicate-user-name", "A userName that is taken is refused with 409 uniqueness", &duplicate_user_name)
        .matters("Provisioners link to the existing account on 409; a second account with the same name breaks every later lookup.")
        .requirements(&["RFC7644-3.3-12", "RFC7643-4.1.1-02"])
        .needs(&[Capability::CreateUsers])
        .legal(&["409 with a SCIM Error of scimType uniqueness"])
        .on(Only("User", "userName is an attribute of User alone (RFC 7643 section 4.1.1)")),
    Check::new("create.duplicate-user-name-case", "userName is the same in any letter case", &duplicate_user_name_case)
        .matters("Two accounts bjensen and BJensen are one person to the directory and two to the service.")
        .requirements(&["RFC7643-4.1.1-04"])
        .needs(&[Capability::CreateUsers])
        .legal(&["409 for the name in other letters, and a filter with other letters finds the user"])
        .on(Only("User", "userName is an attribute of User alone (RFC 7643 section 4.1.1)")),
    Check::new("create.user-name-empty", "A userName without a character is refused", &user_name_empty)
        .matters("Two people without a name cannot both exist, and the first one blocks the second.")
        .requirements(&["RFC7643-4.1.1-01", "RFC7644-3.12-04"])
        .needs(&[Capability::CreateUsers])
        .legal(&["400 invalidValue"])
        .on(Only("User", "userName is an attribute of User alone (RFC 7643 section 4.1.1)")),
    Check::new("create.required-missing", "A creation without a required attribute is refused", &required_missing)
        .matters("An account without its name cannot be found again by anybody.")
        .requirements(&["RFC7643-4.1.1-03", "RFC7643-7-19", "RFC7644-3.3-15", "RFC7644-3.12-04"])
        .legal(&["400 invalidValue for each required attribute of each resource type"]),
    Check::new("create.broken-json", "A body that is not a whole JSON object is refused", &broken_json)
        .matters("A proxy that cuts a body short must not leave half a user behind.")
        .requirements(&["RFC7644-3.3-13", "RFC7644-3.3-14", "RFC7644-3.12-04"])
        .legal(&["400 invalidSyntax for JSON that ends too early, for an array, and for a string"])
        .on_every_type(CREATING),
    Check::new("create.other-types-schema", "A body of another resource type is refused", &other_types_schema)
        .matters("A group that is sent to /Users by mistake must not become a user.")
        .requirements(&["RFC7644-3.3.1-02"])
        .legal(&["400"])
        .on_every_type(CREATING),
    Check::new("create.foreign-schema", "A schema that the resource type does not have is not taken over", &foreign_schema)
        .matters("A resource that announces schemas which the endpoint does not know cannot be read by generic clients.")
        .requirements(&["RFC7643-3-06"])
        .legal(&["400", "201, and schemas lists only the base schema and published extensions"])
        .on_every_type(CREATING),
    Check::new("create.schemas-missing", "A body that names no schema is refused", &schemas_missing)
        .matters("Careless clients leave schemas out; an endpoint that infers them hides the fault until the next endpoint.")
        .requirements(&["RFC7643-3-03", "RFC7643-3-05", "RFC7643-3.3-02"])
        .legal(&["400", "201 with the base schema in schemas"])
        .on_every_type(CREATING),
    Check::new("create.wrong-types", "Values that do not fit the type of their attribute are refused", &wrong_types)
        .matters("What is stored in the wrong type breaks the reader that trusts the schema, days later.")
        .requirements(&["RFC7644-3.12-09", "RFC7644-3.12-04"])
        .legal(&[
            "400 invalidValue or invalidSyntax for an object or a list where a simple value belongs, a text where an object belongs, and a text that is not base64",
        ])
        .on_every_type(CREATING),
    Check::new("create.coerced-types", "A number for a text, a text for a boolean and one object for a list are refused", &coerced_types)
        .matters("Older Entra jobs send \"True\"; whether that works decides who can be deactivated.")
        .requirements(&[
            "RFC7643-1.2-03",
            "RFC7643-2.3.1-01",
            "RFC7643-2.3.1-02",
            "RFC7643-2.3.2-01",
            "RFC7643-2.3.2-02",
            "RFC7643-2.4-01",
        ])
        .legal(&["400 invalidValue or invalidSyntax", "201, and a later GET shows the value in the type of the schema"])
        .on_every_type(CREATING),
    Check::new("create.fractional-integer", "A fraction is not an integer", &fractional_integer)
        .matters("A counter that comes back as 1.5 does not fit into the reader's integer.")
        .requirements(&["RFC7643-2.3.4-01", "RFC7643-2.3.4-02"])
        .legal(&["400 invalidValue or invalidSyntax", "the fraction is rounded away"]),
];

async fn duplicate_user_name(context: &Context) -> CheckResult {
    let body = context.data().user();
    let first = context.create("/Users", &body).await?;
    let answer = context.send(Request::post("/Users").json(&body)).await?;
    context.expect(&answer).after(&first.exchange).status(&[409]);
    if answer.status == 409 {
        let expectation = context.expect(&answer).after(&first.exchange).under(&["RFC7644-3.3-12"]);
        expectation.scim_type(&["uniqueness"]);
    }
    Ok(())
}

async fn duplicate_user_name_case(context: &Context) -> CheckResult {
    let body = context.data().user();
    let first = context.create("/Users", &body).await?;
    let mut again = body.clone();
    again["userName"] = json!(body["userName"].as_str().unwrap_or_default().to_uppercase());
    let answer = context.send(Request::post("/Users").json(&again)).await?;
    context.expect(&answer).after(&first.exchange).status(&[409]);
    if !answer.is_success()
        && let Some(named) = context.named_in_lists(&again).await?
    {
        context.expect(&named.list).after(&first.exchange).status(&[200]).json().lists(&[&first.id]);
    }
    Ok(())
}

async fn user_name_empty(context: &Context) -> CheckResult {
    let mut body = context.data().user();
    body["userName"] = json!("");
    let answer = context.send(Request::post("/Users").json(&body)).await?;
    // Where a user without a name is there already, this one is refused as its like.
    context.expect(&answer).under(&["RFC7643-4.1.1-01"]).refused(&[400, 409], &["invalidValue", "uniqueness"]);
    Ok(())
}

async fn required_missing(context: &Context) -> CheckResult {
    let mut tried = 0;
    for kind in context.discovery().resource_types() {
        let offered = match kind.endpoint.as_str() {
            "/Users" => context.discovery().offers(Capability::CreateUsers),
            "/Groups" => context.discovery().offers(Capability::CreateGroups),
            _ => true,
        };
        if !offered {
            continue;
        }
        // userName is required by the RFC, whatever the endpoint publishes.
        let published = context.data().attributes(&kind.schema).unwrap_or_default().iter();
        let mut names: Vec<_> = published
            .filter(|attribute| at(attribute, "required") == Some(&json!(true)))
            .filter(|attribute| at(attribute, "mutability").and_then(Value::as_str) != Some("readOnly"))
            .filter_map(|attribute| at(attribute, "name").and_then(Value::as_str))
            .filter(|name| !matches!(*name, "id" | "meta" | "schemas" | "externalId"))
            .collect();
        if kind.schema == USER && !names.contains(&"userName") {
            names.push("userName");
        }
        for name in names {
            let mut body = context.data().resource(kind);
            if let Some(members) = body.as_object_mut() {
                take_member(members, name);
            }
            let answer = context.send(Request::post(&kind.endpoint).json(&body)).await?;
            // A value that the endpoint gives the resource itself is a default (RFC 7644 section 3.3).
            let requirements: &'static [&'static str] = if has_default(context, &kind.endpoint, &answer, name).await? {
                &["RFC7644-3.3-15"]
            } else if name == "userName" {
                &["RFC7643-4.1.1-03", "RFC7643-7-19", "RFC7644-3.3-15"]
            } else {
                &["RFC7643-7-19", "RFC7644-3.3-15"]
            };
            // A resource without the value may be there already, of which this one is the like.
            context.expect(&answer).under(requirements).refused(&[400, 409], &["invalidValue", "uniqueness"]);
            tried += 1;
        }
    }
    if tried == 0 { context.skip("no resource type that can be created has a required attribute") } else { Ok(()) }
}

/// Whether the resource that was created without this attribute has it all the same.
async fn has_default(context: &Context, endpoint: &str, answer: &Arc<Exchange>, name: &str) -> Result<bool, Stop> {
    if answer.at(name).is_some() {
        return Ok(answer.is_success());
    }
    let Some(id) = answer.text("id").filter(|_| answer.is_success()) else { return Ok(false) };
    Ok(context.send(Request::get(endpoint).segment(id)).await?.at(name).is_some())
}

async fn broken_json(context: &Context) -> CheckResult {
    let whole = context.body().to_string();
    // A part that ends inside a string: nothing that could be repaired.
    let broken = whole[..whole.len() / 2].to_owned();
    let cases: [(String, &'static [&'static str]); 3] = [
        (broken, &["RFC7644-3.3-13"]),
        (format!("[{whole}]"), &["RFC7644-3.3-14"]),
        ("\"user\"".to_owned(), &["RFC7644-3.3-14"]),
    ];
    for (body, requirements) in cases {
        let answer = context.send(Request::post(context.collection()).body(body, "application/scim+json")).await?;
        context.expect(&answer).under(requirements).refused(&[400], &["invalidSyntax"]);
    }
    Ok(())
}

async fn other_types_schema(context: &Context) -> CheckResult {
    let kinds = context.discovery().resource_types();
    let mut others =
        kinds.iter().map(|kind| kind.schema.as_str()).filter(|uri| !uri.eq_ignore_ascii_case(context.schema()));
    let Some(other) = others.next() else { return context.skip("the endpoint publishes one resource type alone") };
    let mut body = context.body();
    body["schemas"] = json!([other]);
    let answer = context.post(&body).await?;
    context.expect(&answer).refused(&[400], &[]);
    Ok(())
}

async fn foreign_schema(context: &Context) -> CheckResult {
    const FOREIGN: &str = "urn:example:params:scim:schemas:weir:2.0:Foreign";
    let extensions = context.kind().map_or(&[][..], |kind| &kind.extensions);
    let mut body = context.body();
    if let Some(schemas) = body["schemas"].as_array_mut() {
        schemas.push(json!(FOREIGN));
    }
    let answer = context.post(&body).await?;
    context.expect(&answer).status(&[201, 400]);
    let Some(id) = answer.text("id").filter(|_| answer.is_success()) else { return Ok(()) };
    let read = context.send(Request::get(context.collection()).segment(id)).await?;
    for exchange in [&answer, &read] {
        for uri in exchange.at("schemas").and_then(Value::as_array).into_iter().flatten() {
            let known = uri.as_str().is_some_and(|uri| {
                uri.eq_ignore_ascii_case(context.schema())
                    || extensions.iter().any(|other| other.eq_ignore_ascii_case(uri))
            });
            let message = "schemas lists a schema that the resource type does not have";
            context.expect(exchange).that(known, message, uri.to_string());
        }
    }
    Ok(())
}

async fn schemas_missing(context: &Context) -> CheckResult {
    let lists_base = |answer: &Arc<Exchange>| {
        context.expect(answer).under(&["RFC7643-3.3-02"]).that(
            answer
                .at("schemas")
                .and_then(Value::as_array)
                .is_some_and(|all| all.iter().any(|uri| uri == context.schema())),
            "schemas does not list the base schema",
            answer.at("schemas").map_or_else(|| "nothing".into(), Value::to_string),
        );
    };
    lists_base(&context.resource().await?.exchange);
    for (schemas, requirements) in [(None, &["RFC7643-3-03"]), (Some(json!([])), &["RFC7643-3-05"])] {
        let mut body = context.body();
        match (schemas, body.as_object_mut()) {
            (Some(schemas), Some(members)) => members.insert("schemas".into(), schemas),
            (None, Some(members)) => members.remove("schemas"),
            _ => None,
        };
        let answer = context.post(&body).await?;
        context.expect(&answer).under(requirements).status(&[400]);
        if answer.is_success() {
            lists_base(&answer);
        }
    }
    Ok(())
}

async fn wrong_types(context: &Context) -> CheckResult {
    let kind = context.needs_kind()?;
    let published = context.data().published(kind);
    if published.is_empty() {
        return context.skip(format!("the endpoint does not publish the schema of {}", kind.name));
    }
    // What is not stored takes no value of any type.
    let is_dropped = |attribute: &PublishedAttribute<'_>| context.drops(&attribute.path());
    // One attribute of each type is enough.
    let mut seen: Vec<(&str, bool)> = Vec::new();
    for attribute in &published {
        let shape = (attribute.word("type"), attribute.flag("multiValued"));
        let settable = attribute.word("mutability") == "readWrite" && !attribute.is_common();
        if !settable || attribute.word("uniqueness") != "none" || seen.contains(&shape) || is_dropped(attribute) {
            continue;
        }
        seen.push(shape);
        let wrong = match shape {
            ("complex", false) => json!("Ada Example"),
            ("complex", true) => {
                let part =
                    list(attribute.definition, "subAttributes").first().map_or("value", |part| text(part, "name"));
                json!([{(part): {"nested": {"deeper": 1}}}])
            }
            (_, false) => json!({"value": "x"}),
            (_, true) => json!([["x"]]),
        };
        refuse(context, attribute, wrong).await?;
        if shape == ("complex", true) {
            let nested = json!(["a@example.com", ["b@example.com"]]);
            refuse(context, attribute, nested).await?;
        }
    }
    for attribute in &published {
        if attribute.extension.is_none() && attribute.name == "x509Certificates" && !is_dropped(attribute) {
            refuse(context, attribute, json!([{"value": "%%%"}])).await?;
        }
    }
    Ok(())
}

/// A value of another type is refused. One that is taken and shown is judged by the rules about values; one that is left out, as RFC
/// 7644 section 3.3 lets an endpoint do with what is posted, breaks no more than the SHOULD of section 3.12.
async fn refuse(context: &Context, attribute: &PublishedAttribute<'_>, value: Value) -> CheckResult {
    let mut body = context.body();
    attribute.put(&mut body, value);
    let answer = context.post(&body).await?;
    context.expect(&answer).under(&["RFC7644-3.12-09"]).refused(&[400], &["invalidValue", "invalidSyntax"]);
    Ok(())
}

async fn coerced_types(context: &Context) -> CheckResult {
    type Fits = fn(&Value) -> bool;
    type Case<'d> = (SchemaNode<'d>, Value, &'static [&'static str], &'static [&'static str], Fits);
    let kind = context.needs_kind()?;
    let mut cases: Vec<Case<'_>> = Vec::new();
    if let Ok(text) = context.text(0) {
        cases.push((text, json!(42), &["RFC7643-2.3.1-02"], &["RFC7643-2.3.1-01"], Value::is_string));
    }
    if let Some(boolean) = context.boolean(|_| true) {
        cases.push((boolean, json!("True"), &["RFC7643-2.3.2-02"], &["RFC7643-2.3.2-01"], Value::is_boolean));
    }
    if let Ok(values) = context.values() {
        let one = json!({"value": "ada@example.com"});
        cases.push((values, one, &["RFC7643-2.4-01"], &["RFC7643-1.2-03"], Value::is_array));
    }
    if cases.is_empty() {
        return context.skip(format!("{} has no text, boolean or list that a client may set", kind.name));
    }
    for (own, value, disputed, settled, fits) in cases {
        let name = own.path();
        let shown_in_its_type = |answer: &Arc<Exchange>| {
            let found = answer.at(&name);
            context.expect(answer).under(settled).that(
                found.is_none_or(fits),
                &format!("{name} is not shown in its type"),
                found.map_or_else(String::new, Value::to_string),
            );
        };
        let resource = context.resource().await?;
        shown_in_its_type(&context.read(&resource).await?);
        let mut body = context.body();
        own.put(&mut body, value);
        let answer = context.post(&body).await?;
        context.expect(&answer).under(disputed).status(&[400]);
        let Some(id) = answer.text("id").filter(|_| answer.is_success()) else { continue };
        shown_in_its_type(&context.send(Request::get(context.collection()).segment(id)).await?);
    }
    Ok(())
}

async fn fractional_integer(context: &Context) -> CheckResult {
    let judge = |answer: &Arc<Exchange>, path: &str| {
        let found = answer.at(path).filter(|_| answer.is_success());
        context.expect(answer).under(&["RFC7643-2.3.4-01"]).that(
            found.is_none_or(|found| found.as_i64().is_some()),
            &format!("the integer {path} has a fraction"),
            found.map_or_else(|| "nothing".into(), Value::to_string),
        );
    };
    for kind in context.discovery().resource_types() {
        let published = context.data().published(kind);
        let integer = published.iter().find(|attribute| {
            attribute.word("type") == "integer"
                && attribute.word("mutability") == "readWrite"
                && attribute.word("returned") == "default"
                && !attribute.flag("multiValued")
        });
        let Some(integer) = integer else { continue };
        let mut body = context.data().resource(kind);
        integer.put(&mut body, json!(7));
        let whole = context.create(&kind.endpoint, &body).await?;
        judge(&whole.exchange, &integer.path());
        let mut body = context.data().resource(kind);
        integer.put(&mut body, json!(1.5));
        let answer = context.send(Request::post(&kind.endpoint).json(&body)).await?;
        context.expect(&answer).under(&["RFC7643-2.3.4-02"]).status(&[400]);
        judge(&answer, &integer.path());
        return Ok(());
    }
    // No resource has an integer that a client may set; a query has one (RFC 7644 section 3.4.2.4).
    let usual = context.send(Request::get(context.collection()).query("count", "1")).await?;
    let answer = context.send(Request::get(context.collection()).query("count", "1.5")).await?;
    context.expect(&answer).under(&["RFC7643-2.3.4-02"]).status(&[400]);
    for name in ["totalResults", "startIndex", "itemsPerPage"] {
        judge(&usual, name);
        judge(&answer, name);
    }
    Ok(())
}
