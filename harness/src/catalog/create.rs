//! Creating resources (RFC 7644 section 3.3).

use scim::capability::Capability;
use serde_json::{Value, json};

use super::{Check, Context, Outcome};
use crate::difference::at;
use crate::endpoint::{Exchange, Request};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "create.user",
        title: "A user is created, located, and shown as stored",
        matters: "Provisioners keep the id and the location from this answer; without them every later change is lost.",
        requirements: &[
            "RFC7644-3.3-07",
            "RFC7644-3.3-08",
            "RFC7644-3.3-09",
            "RFC7644-3.3-10",
            "RFC7643-3.1-06",
            "RFC7643-3.1-25",
        ],
        needs: &[Capability::CreateUsers],
        legal: &["201 with a Location header and the new user, whose meta.location is that URI"],
        alone: false,
        run: |context| Box::pin(user(context)),
    },
    Check {
        id: "create.group",
        title: "A group is created with a member",
        matters: "A provisioner that creates a group together with its members does not send them again.",
        requirements: &["RFC7644-3.3-07", "RFC7644-3.3-09", "RFC7644-3.3-18", "RFC7643-3.1-06"],
        needs: &[Capability::CreateUsers, Capability::CreateGroups],
        legal: &["201 with a Location header; a later GET lists the member"],
        alone: false,
        run: |context| Box::pin(group(context)),
    },
    Check {
        id: "create.duplicate-user-name",
        title: "A userName that is taken is refused with 409 uniqueness",
        matters: "Provisioners link to the existing account on 409; a second account with the same name breaks every later lookup.",
        requirements: &["RFC7644-3.3-12", "RFC7643-4.1.1-02", "RFC7643-4.1.1-04"],
        needs: &[Capability::CreateUsers],
        legal: &["409 with a SCIM Error of scimType uniqueness, also if only the letter case differs"],
        alone: false,
        run: |context| Box::pin(duplicate_user_name(context)),
    },
    Check {
        id: "create.read-only-ignored",
        title: "An id and a meta chosen by the client are ignored",
        matters: "Some clients send back what they read elsewhere; an endpoint that takes their id lets one tenant guess another's.",
        requirements: &["RFC7644-3.3-02", "RFC7643-3.1-22"],
        needs: &[Capability::CreateUsers],
        legal: &["201 with an id and a meta that the endpoint assigned"],
        alone: false,
        run: |context| Box::pin(read_only_ignored(context)),
    },
];

async fn user(context: &Context) -> Outcome {
    let body = context.data().user();
    let answer = context.send(Request::post("/Users").json(&body)).await?;
    context.expect(&answer).under(&["RFC7644-3.3-07"]).status(&[201]);
    if !answer.is_success() {
        return Ok(());
    }
    context.expect(&answer).under(&["RFC7644-3.3-09"]).header("location");
    context.expect(&answer).under(&["RFC7644-3.3-08"]).json().equals("userName", &body["userName"]).has("schemas");
    context.expect(&answer).under(&["RFC7643-3.1-06"]).that(id_of(&answer).is_some(), "there is no id", "no id");
    context.expect(&answer).under(&["RFC7643-3.1-25"]).equals("meta.resourceType", &json!("User"));
    if let Some(location) = answer.header("location") {
        let absolute = answer.url.join(location).map(|url| url.to_string()).unwrap_or_default();
        let stated = answer.json().ok().and_then(|json| at(json, "meta.location")).and_then(Value::as_str);
        let same = stated.and_then(|stated| answer.url.join(stated).ok()).is_some_and(|url| url.as_str() == absolute);
        context.expect(&answer).under(&["RFC7644-3.3-10"]).that(
            same,
            "meta.location is not the URI of the Location header",
            format!("meta.location {}, Location {location}", stated.unwrap_or("missing")),
        );
    }
    Ok(())
}

fn id_of(exchange: &Exchange) -> Option<&str> {
    exchange.json().ok().and_then(|json| at(json, "id")).and_then(Value::as_str).filter(|id| !id.is_empty())
}

async fn group(context: &Context) -> Outcome {
    let user = context.user().await?;
    let mut body = context.data().group();
    body["members"] = json!([{"value": user.id}]);
    let answer = context.send(Request::post("/Groups").json(&body)).await?;
    context.expect(&answer).under(&["RFC7644-3.3-07"]).status(&[201]);
    if !answer.is_success() {
        return Ok(());
    }
    context.expect(&answer).under(&["RFC7644-3.3-09"]).header("location");
    let Some(id) = id_of(&answer) else {
        context.expect(&answer).under(&["RFC7643-3.1-06"]).has("id");
        return Ok(());
    };
    let read = context.send(Request::get("/Groups").segment(id)).await?;
    context
        .expect(&read)
        .after(&answer)
        .under(&["RFC7644-3.3-18"])
        .status(&[200])
        .json()
        .equals("displayName", &body["displayName"])
        .equals("members[0].value", &json!(user.id));
    Ok(())
}

async fn duplicate_user_name(context: &Context) -> Outcome {
    let body = context.data().user();
    let first = context.create("/Users", &body).await?;
    let name = body["userName"].as_str().unwrap_or_default();
    let requirements: [&'static [&'static str]; 2] =
        [&["RFC7644-3.3-12", "RFC7643-4.1.1-02"], &["RFC7643-4.1.1-04", "RFC7643-4.1.1-02"]];
    for (user_name, requirements) in [name.to_owned(), name.to_uppercase()].into_iter().zip(requirements) {
        let mut again = body.clone();
        again["userName"] = json!(user_name);
        let answer = context.send(Request::post("/Users").json(&again)).await?;
        context.expect(&answer).after(&first.exchange).under(requirements).status(&[409]);
        if answer.status == 409 {
            context
                .expect(&answer)
                .after(&first.exchange)
                .under(&["RFC7644-3.3-12"])
                .error()
                .scim_type(&["uniqueness"]);
        }
    }
    Ok(())
}

async fn read_only_ignored(context: &Context) -> Outcome {
    let mut body = context.data().user();
    let id = context.data().name();
    body["id"] = json!(id);
    body["meta"] = json!({"resourceType": "Intruder", "created": "2001-01-01T00:00:00Z"});
    let answer = context.send(Request::post("/Users").json(&body)).await?;
    context.expect(&answer).under(&["RFC7644-3.3-02"]).status(&[201]).json();
    let found = id_of(&answer).unwrap_or_default();
    context.expect(&answer).under(&["RFC7644-3.3-02"]).that(found != id, "the client's id was taken", found);
    let created =
        answer.json().ok().and_then(|json| at(json, "meta.created")).and_then(Value::as_str).unwrap_or_default();
    context.expect(&answer).under(&["RFC7643-3.1-22"]).that(
        !created.starts_with("2001-"),
        "the client's meta.created was taken",
        created,
    );
    Ok(())
}
