//! How attributes are named in a projection (RFC 7644 sections 3.9 and 3.10).

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};

use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context};
use crate::data::USER;

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("projection.several", "Names are separated by commas", &several)
        .matters("Every client that asks for two attributes writes a comma between them.")
        .requirements(&["RFC7644-3.9-06", "RFC7644-3.9-07"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200 with both attributes and without the others"])
        .on(Only("User", "not migrated")),
    Check::new("projection.sub-attribute", "A sub-attribute can be asked for", &sub_attribute)
        .matters("Directories read given names for greetings; an answer without them greets nobody.")
        .requirements(&["RFC7644-3.9-06", "RFC7644-3.9-18"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200 with the sub-attribute; the rest of its element may be there"])
        .on(Only("User", "not migrated")),
    Check::new("projection.excluded-sub-attribute", "A sub-attribute can be left out", &excluded_sub_attribute)
        .matters("A client that leaves out one part and loses the whole name writes an empty name back.")
        .requirements(&["RFC7644-3.9-09"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200 with the element less the sub-attribute"])
        .on(Only("User", "not migrated")),
    Check::new("projection.name-case", "Names in a projection are read without regard to letter case", &name_case)
        .matters("Clients that write username get an answer without it, and take the account for nameless.")
        .requirements(&["RFC7644-3.9-10", "RFC7643-2.1-01"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200 with userName for USERNAME, and without it when USERNAME is excluded"])
        .on(Only("User", "not migrated")),
    Check::new("projection.qualified-name", "A core attribute can be named with its schema's URI", &qualified_name)
        .matters("Clients with several schemas qualify every name, so that none is taken for another.")
        .requirements(&["RFC7644-3.10-01"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200 with userName"])
        .on(Only("User", "not migrated")),
    Check::new(
        "projection.extension-attribute",
        "An extension's attribute is named with the extension's URI",
        &extension_attribute,
    )
    .matters("Departments and managers stand in an extension; there is no other way to ask for them alone.")
    .requirements(&["RFC7644-3.9-06", "RFC7644-3.9-11"])
    .needs(&[Capability::CreateUsers])
    .legal(&["200 with that attribute of the extension and no other"])
    .on(Only("User", "not migrated")),
    Check::new("projection.extension", "The URI of an extension selects the extension", &extension)
        .matters("Some clients ask for a whole extension; whether they get it differs from endpoint to endpoint.")
        .requirements(&["RFC7644-3.9-12", "RFC7644-3.9-05"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200 with the extension", "200 without it", "400"])
        .on(Only("User", "not migrated")),
    Check::new("projection.unknown-name", "A name that no schema knows is ignored", &unknown_name)
        .matters("Clients ask for the attributes of every product at once and live with what comes.")
        .requirements(&["RFC7644-3.9-06", "RFC7644-3.9-13"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200 with what the other names select", "400"])
        .on(Only("User", "not migrated")),
    Check::new(
        "projection.both-parameters",
        "attributes and excludedAttributes together are refused",
        &both_parameters,
    )
    .matters("The client means one of them; which one wins is a guess.")
    .requirements(&["RFC7644-3.9-03"])
    .needs(&[Capability::CreateUsers])
    .legal(&["400", "200 as if one of the two were not there"])
    .on(Only("User", "not migrated")),
    Check::new("projection.schemas", "schemas stays in a projected answer", &schemas)
        .matters("Clients choose the parser by schemas, also for an answer that they asked to be short.")
        .requirements(&["RFC7644-3.9-17", "RFC7644-3.9-05"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200 with schemas", "200 without it, since it has no returned characteristic"])
        .on(Only("User", "not migrated")),
];

async fn several(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["emails", "displayName", "name"])?;
    let user = context.user().await?;
    let answer = context.send(user.request(Method::GET).query("attributes", "userName,emails")).await?;
    context.expect(&answer).under(&["RFC7644-3.9-07"]).status(&[200]).json();
    context
        .expect(&answer)
        .after(&user.exchange)
        .under(&["RFC7644-3.9-06", "RFC7644-3.9-07"])
        .has("userName")
        .has("emails");
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.9-07"]).lacks("displayName").lacks("name");
    let answer = context.send(user.request(Method::GET).query("excludedAttributes", "emails,name")).await?;
    let expectation = context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.9-07"]);
    expectation.status(&[200]).has("userName").has("displayName").lacks("emails").lacks("name");
    Ok(())
}

async fn sub_attribute(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["name.givenName", "name.familyName", "emails.type", "emails.value"])?;
    let user = context.user().await?;
    let read = context.read(&user).await?;
    for (path, place, sibling) in
        [("name.givenName", "name.givenName", "name.familyName"), ("emails.type", "emails[0].type", "emails[0].value")]
    {
        let answer = context.send(user.request(Method::GET).query("attributes", path)).await?;
        let expectation = context.expect(&answer).after(&read).under(&["RFC7644-3.9-06"]).status(&[200]).json();
        expectation.equals(place, read.at(place).unwrap_or(&Value::Null));
        context.expect(&answer).after(&read).under(&["RFC7644-3.9-18"]).lacks(sibling);
    }
    Ok(())
}

async fn excluded_sub_attribute(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["name.givenName", "name.familyName"])?;
    let user = context.user().await?;
    let answer = context.send(user.request(Method::GET).query("excludedAttributes", "name.familyName")).await?;
    let expectation = context.expect(&answer).after(&user.exchange).status(&[200]).json();
    expectation.has("userName").has("name.givenName").lacks("name.familyName");
    Ok(())
}

async fn name_case(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["displayName"])?;
    let user = context.user().await?;
    let answer = context.send(user.request(Method::GET).query("attributes", "DISPLAYNAME")).await?;
    context.expect(&answer).after(&user.exchange).status(&[200]).json().has("displayName").lacks("emails");
    let answer = context.send(user.request(Method::GET).query("excludedAttributes", "DISPLAYNAME")).await?;
    context.expect(&answer).after(&user.exchange).status(&[200]).json().has("userName").lacks("displayName");
    Ok(())
}

async fn qualified_name(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let path = format!("{USER}:userName");
    let answer = context.send(user.request(Method::GET).query("attributes", &path)).await?;
    context.expect(&answer).after(&user.exchange).status(&[200]).json().has("userName");
    Ok(())
}

async fn extension_attribute(context: &Context) -> CheckResult {
    let Some((mut body, uri, name)) = context.data().extended_user() else {
        return context.skip("no extension of User has a text that a client may set");
    };
    let other = context.data().attributes(&uri).unwrap_or_default().iter().find_map(|attribute| {
        let text = |path: &str, default: &'static str| {
            weir_exchange::difference::at(attribute, path).and_then(Value::as_str).unwrap_or(default)
        };
        let plain = text("type", "string") == "string"
            && text("mutability", "readWrite") == "readWrite"
            && text("returned", "default") == "default"
            && attribute.get("multiValued").is_none_or(|several| several == false);
        Some(text("name", "")).filter(|other| plain && !other.is_empty() && *other != name).map(str::to_owned)
    });
    if let Some(other) = &other {
        body[&uri][other] = json!(context.data().name());
    }
    let user = context.create("/Users", &body).await?;
    let path = format!("{uri}:{name}");
    let answer = context.send(user.request(Method::GET).query("attributes", &path)).await?;
    let expectation = context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.9-06", "RFC7644-3.9-11"]);
    expectation.status(&[200]).json().equals(&path, &body[&uri][&name]);
    let expectation = context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.9-11"]).lacks("emails");
    if let Some(other) = &other {
        expectation.lacks(&format!("{uri}:{other}"));
    }
    let answer = context.send(user.request(Method::GET).query("excludedAttributes", &path)).await?;
    let expectation = context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.9-11"]).status(&[200]);
    expectation.has("userName").lacks(&path);
    Ok(())
}

async fn extension(context: &Context) -> CheckResult {
    let Some((body, uri, name)) = context.data().extended_user() else {
        return context.skip("no extension of User has a text that a client may set");
    };
    let user = context.create("/Users", &body).await?;
    let answer = context.send(user.request(Method::GET).query("attributes", &uri)).await?;
    let path = format!("{uri}:{name}");
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.9-12"]).status(&[200]).has(&path);
    if answer.is_success() {
        context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.9-05"]).has("id");
    }
    Ok(())
}

async fn unknown_name(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let answer = context.send(user.request(Method::GET).query("attributes", "weirUnknown,userName")).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.9-13"]).status(&[200]);
    if answer.is_success() {
        context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.9-06"]).has("userName");
    }
    Ok(())
}

async fn both_parameters(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let request = user.request(Method::GET).query("attributes", "userName").query("excludedAttributes", "name");
    let answer = context.send(request).await?;
    // Both readings keep the id, and the minimum is judged elsewhere: one outcome of two is worth a note.
    context.expect(&answer).after(&user.exchange).status(&[400]);
    Ok(())
}

async fn schemas(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let answer = context.send(user.request(Method::GET).query("attributes", "userName")).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.9-17"]).status(&[200]).has("schemas");
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.9-05"]).has("id");
    Ok(())
}
