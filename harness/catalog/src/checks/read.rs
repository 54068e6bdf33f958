//! Reading single resources and lists (RFC 7644 sections 3.4.1 and 3.4.2).

use std::sync::Arc;

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::difference::{at, differences};
use weir_exchange::{Exchange, Request};

use crate::check::cohort::ids_in;
use crate::check::{CREATING, Check, CheckResult, Context, LISTED, cut};

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

pub(super) const CHECKS: &[Check] = &[
    Check::new("read.resource", "A resource that was created is read back as it was stored", &resource)
        .matters("Provisioners that read, merge and write back (PingFederate among them) destroy what this answer leaves out.")
        .requirements(&["RFC7643-2.1-05", "RFC7644-3.2-05", "RFC7644-3.4.1-01", "RFC7644-3.4.1-04", "RFC7644-3.3-11"])
        .legal(&["200 with the resource as one JSON object, not wrapped in a list, equal to the answer of the creation"])
        .on_every_type(&[ResourceOperation::Create])
        .formerly(&[("read.user", "User")]),
    Check::new("read.unknown", "An unknown id leads to 404", &unknown)
        .matters("A provisioner that gets anything else takes a deleted account for a living one, or gives up altogether.")
        .requirements(&["RFC7644-3.4.1-02"])
        .legal(&["404 with a SCIM Error whose status is \"404\", at every resource type"]),
    Check::new("read.other-type", "The id of a resource leads to no resource of another type", &other_type)
        .matters("A client that mixes up ids would change a user where it means a group.")
        .requirements(&["RFC7644-3.4.1-05"])
        .legal(&["404 with a SCIM Error, in every other collection"])
        .on_every_type(CREATING),
    Check::new("read.discovery-document", "A single schema and a single resource type are read like any resource", &discovery_document)
        .matters("Clients that look up one schema do not want to read all of them.")
        .requirements(&["RFC7644-3.4.1-03", "RFC7644-3.4.1-04"])
        .needs(&[Capability::Schemas, Capability::ResourceTypes])
        .legal(&["200 with the document below its URI, or its id or name, not wrapped in a list"]),
    Check::new("read.list", "Every collection is a ListResponse that counts and holds resources", &list)
        .matters("Clients read totalResults and Resources and nothing else; a list in another shape is an empty one to them.")
        .requirements(&[
            "RFC7644-3.2-01",
            "RFC7644-3.2-05",
            "RFC7644-3.4.2-04",
            "RFC7643-2.3.4-01",
            "RFC7644-3.4.2-05",
            "RFC7644-3.4.2-06",
            "RFC7644-3.4.2-07",
        ])
        .legal(&[
            "200 with the ListResponse URI in schemas, a totalResults of 0 or more, and an array Resources of objects",
        ]),
    Check::new("read.list-elements", "The elements of a list are whole resources, equal to what GET of each one says", &list_elements)
        .matters("Okta and Google import from lists only; what is missing there is deleted on their side.")
        .requirements(&["RFC7643-3.1-08", "RFC7644-3.4-01", "RFC7644-3.4.2-12", "RFC7644-3.4.2.1-01"])
        .legal(&["the element that a filter finds has id and schemas and says the same as GET of the resource"])
        .on_every_type(LISTED),
    Check::new("read.no-match", "A query without a match is a success with no results", &no_match)
        .matters("A provisioner looks for the account before it creates it; an error here stops every new hire.")
        .requirements(&["RFC7644-3.4.2-11", "RFC7644-3.4.2.2-04"])
        .legal(&["200 with totalResults 0 and Resources absent or empty"])
        .on_every_type(&[ResourceOperation::Filter]),
    Check::new("read.unknown-parameter", "Query parameters that SCIM does not know are ignored", &unknown_parameter)
        .matters("Gateways and monitoring append parameters of their own.")
        .requirements(&["RFC7644-3.4.2-03"])
        .legal(&["the answer without the parameter: 200, and the same resource or list"])
        .on_every_type(CREATING),
    Check::new("read.places", "A resource and a collection can be queried", &places)
        .matters("Clients narrow an answer down to what they need, on one resource as on all.")
        .requirements(&["RFC7644-3.4.2-01", "RFC7644-3.4.2.1-01"])
        .legal(&[
            "200 for attributes on a resource and on a collection, and for a filter on the root where it is offered",
        ])
        .on_every_type(CREATING),
    Check::new("read.encoded", "Percent-encoded queries are decoded", &encoded)
        .matters("HTTP libraries encode blanks and quotes; undecoded, every filter is a syntax error.")
        .requirements(&["RFC7644-1.2-01"])
        .legal(&["200 with the resource, for a filter in which every character is percent-encoded"])
        .on_every_type(LISTED),
    Check::new("read.head", "HEAD answers as GET does, without the body", &head)
        .matters("Monitors and caches ask by HEAD whether a resource is there.")
        .requirements(&["RFC7644-3.4.1-01"])
        .legal(&["200 without a body", "405 or 501, since SCIM does not ask for HEAD"])
        .on_every_type(CREATING),
];

async fn resource(context: &Context) -> CheckResult {
    let user = context.create(context.collection(), &context.full_body()).await?;
    let answer = context.send(user.request(Method::GET)).await?;
    context
        .expect(&answer)
        .after(&user.exchange)
        .under(&["RFC7644-3.2-05", "RFC7644-3.4.1-01"])
        .status(&[200])
        .json()
        .equals("id", &json!(user.id));
    context.expect(&answer).under(&["RFC7643-2.1-05"]).that(
        answer.json().is_ok_and(Value::is_object),
        "the body is not a JSON object",
        answer.status.to_string(),
    );
    context.expect(&answer).under(&["RFC7644-3.4.1-04"]).lacks("Resources");
    if user.body().is_object() {
        context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.3-11"]).holds(user.body());
    }
    Ok(())
}

async fn unknown(context: &Context) -> CheckResult {
    let id = context.data().unknown_id();
    for kind in context.discovery().resource_types() {
        let answer = context.send(Request::get(&kind.endpoint).segment(&id)).await?;
        context.expect(&answer).status(&[404]);
    }
    let answer = context.send(Request::get(context.collection()).segment(&context.data().uuid())).await?;
    context.expect(&answer).status(&[404]);
    Ok(())
}

async fn other_type(context: &Context) -> CheckResult {
    let own = context.collection();
    let others: Vec<&str> = context.discovery().resource_types().iter().map(|kind| kind.endpoint.as_str()).collect();
    if others.iter().all(|endpoint| *endpoint == own) {
        return context.skip("the endpoint publishes one resource type alone");
    }
    let resource = context.resource().await?;
    for endpoint in others.into_iter().filter(|endpoint| *endpoint != own) {
        let answer = context.send(Request::get(endpoint).segment(&resource.id)).await?;
        context.expect(&answer).after(&resource.exchange).status(&[404]);
    }
    Ok(())
}

async fn discovery_document(context: &Context) -> CheckResult {
    let discovery = context.discovery();
    for kind in discovery.resource_types().iter().take(2) {
        let schema = context.send(Request::get("/Schemas").segment(&kind.schema)).await?;
        judge_document(context, &schema, "id", &kind.schema);
        let entry = discovery
            .resource_types
            .entries()
            .iter()
            .find(|entry| at(entry, "name").and_then(Value::as_str) == Some(kind.name.as_str()));
        let id = entry.and_then(|entry| at(entry, "id")).and_then(Value::as_str);
        // Its id or its name may stand in the URI.
        let mut answer = context.send(Request::get("/ResourceTypes").segment(&kind.name)).await?;
        if answer.status == 404
            && let Some(id) = id.filter(|id| *id != kind.name)
        {
            answer = context.send(Request::get("/ResourceTypes").segment(id)).await?;
        }
        judge_document(context, &answer, "name", &kind.name);
    }
    Ok(())
}

fn judge_document(context: &Context, answer: &Arc<Exchange>, path: &str, expected: &str) {
    context.expect(answer).under(&["RFC7644-3.4.1-03"]).status(&[200]);
    if answer.is_success() {
        context.expect(answer).under(&["RFC7644-3.4.1-04"]).json().lacks("Resources");
        context.expect(answer).under(&["RFC7644-3.4.1-03"]).equals(path, &json!(expected));
    }
}

async fn list(context: &Context) -> CheckResult {
    let mut created = context.one_of_each().await?;
    created.extend(context.one_of_each().await?);
    for kind in context.discovery().resource_types() {
        let answer = context.send(Request::get(&kind.endpoint).query("count", "10")).await?;
        let requirements: &'static [&'static str] =
            if kind.endpoint == "/Users" { &["RFC7644-3.2-01", "RFC7644-3.2-05"] } else { &["RFC7644-3.2-05"] };
        context.expect(&answer).under(requirements).status(&[200]).json();
        if answer.status != 200 {
            continue;
        }
        context.expect(&answer).under(&["RFC7644-3.4.2-04"]).equals("schemas", &json!([LIST]));
        let total = answer.at("totalResults");
        context.expect(&answer).under(&["RFC7644-3.4.2-05"]).that(
            total.and_then(Value::as_f64).is_some_and(|total| total >= 0.0 && total.fract() == 0.0),
            "totalResults is not a non-negative integer",
            total.map_or_else(|| "nothing".into(), Value::to_string),
        );
        let own = created.iter().filter(|(other, _)| other.endpoint == kind.endpoint).count();
        context.expect(&answer).under(&["RFC7644-3.4.2-05"]).that(
            total.and_then(Value::as_u64).is_none_or(|total| total >= own as u64),
            &format!("{own} resources of the type {} are there, and totalResults counts fewer", kind.name),
            total.map_or_else(String::new, Value::to_string),
        );
        for name in ["startIndex", "itemsPerPage"] {
            let value = answer.at(name);
            context.expect(&answer).under(&["RFC7643-2.3.4-01", "RFC7644-3.4.2-04"]).that(
                value.is_none_or(Value::is_u64),
                &format!("{name} is not a non-negative integer"),
                value.map_or_else(String::new, Value::to_string),
            );
        }
        // The name as it is written: list messages are not resources, yet names ignore case, so only a missing one counts.
        let resources = answer.json().ok().and_then(|body| at(body, "Resources"));
        let some = total.and_then(Value::as_u64).is_some_and(|total| total > 0);
        context.expect(&answer).under(&["RFC7644-3.4.2-06"]).that(
            !some || resources.and_then(Value::as_array).is_some_and(|all| !all.is_empty()),
            "totalResults is not 0, and Resources holds nothing",
            resources.map_or_else(|| "nothing".into(), Value::to_string),
        );
        let exact = answer.json().ok().and_then(|json| json.get("Resources"));
        context.expect(&answer).under(&["RFC7644-3.4.2-07"]).that(
            resources.is_none_or(|all| {
                exact.is_some() && all.as_array().is_some_and(|all| all.iter().all(Value::is_object))
            }),
            "Resources is not an array of objects, or its name is written in other letters",
            resources.map_or_else(String::new, |resources| cut(&resources.to_string(), 120)),
        );
    }
    Ok(())
}

async fn list_elements(context: &Context) -> CheckResult {
    let user = context.create(context.collection(), &context.full_body()).await?;
    let read = context.read(&user).await?;
    let by_name = context.filter_by_name(read.json().unwrap_or(&Value::Null))?;
    let name = context.naming()?.path();
    for (filter, path, judge) in
        [(by_name, name.as_str(), "read.no-match"), (context.filter_by_id(&user.id)?, "id", "filter.id")]
    {
        let list = context.look_up(Request::get(context.collection()).query("filter", &filter)).await?;
        let expectation = context.expect(&list).after(&read).under(&["RFC7644-3.4.2.1-01"]).status(&[200]).json();
        if is_alone_under_another_id(&list, &read) {
            context.expect(&list).after(&read).under(&["RFC7643-3.1-08"]).equals("Resources[0].id", &json!(user.id));
            continue;
        }
        // A list of others shows that the filter is not followed, and nothing of what an element is.
        if ids_in(&list).into_iter().any(|id| id != user.id) {
            context.needs_followed(path, judge).await?;
        }
        expectation.lists(&[&user.id]);
        let Some(element) = list.at("Resources[0]") else { continue };
        context.expect(&list).after(&read).under(&["RFC7644-3.4.2-12"]).has("Resources[0].schemas");
        let stored = read.json().unwrap_or(&Value::Null);
        for (expected, found) in [(stored, element), (element, stored)] {
            let all = differences(expected, found);
            let places: Vec<_> = all.iter().map(|difference| difference.path.as_str()).collect();
            context.expect(&list).after(&read).under(&["RFC7644-3.4-01", "RFC7644-3.4.2-12"]).that(
                all.is_empty(),
                "the element of the list is not the resource that GET shows",
                format!("they differ in {}", places.join(", ")),
            );
        }
    }
    Ok(())
}

/// Whether a list holds one resource, which is the one that was read in all but its id and `meta`.
fn is_alone_under_another_id(list: &Exchange, read: &Exchange) -> bool {
    let is_alone = list.at("Resources").and_then(Value::as_array).is_some_and(|all| all.len() == 1);
    let (Some(shown), Ok(stored)) = (list.at("Resources[0]").filter(|_| is_alone), read.json()) else { return false };
    let has_another = at(shown, "id").is_some_and(|id| at(stored, "id") != Some(id));
    let is_of_the_place = |path: &str| path == "id" || path.starts_with("meta.");
    has_another && differences(stored, shown).iter().all(|difference| is_of_the_place(&difference.path))
}

async fn no_match(context: &Context) -> CheckResult {
    // An endpoint that ignores the filter shows nothing either while there is nothing.
    if context.may(ResourceOperation::Create) {
        context.resource().await?;
    }
    let filter = context.filter_by_name(&json!({context.naming()?.name(): context.data().unknown_id()}))?;
    let answer = context.look_up(Request::get(context.collection()).query("filter", &filter)).await?;
    let expectation = context.expect(&answer).under(&["RFC7644-3.4.2-11"]).status(&[200]).json();
    expectation.equals("totalResults", &json!(0)).under(&["RFC7644-3.4.2.2-04"]).lists(&[]);
    Ok(())
}

async fn unknown_parameter(context: &Context) -> CheckResult {
    let user = context.resource().await?;
    let read = context.read(&user).await?;
    let answer = context.send(user.request(Method::GET).query("weirUnknown", "1")).await?;
    context.expect(&answer).after(&read).status(&[200]).holds(read.json().unwrap_or(&Value::Null));
    let request = Request::get(context.collection()).query("weirUnknown", "a b&c");
    if context.may(ResourceOperation::Filter) {
        let filter = context.filter_by_name(read.json().unwrap_or(&Value::Null))?;
        let list = context.send(request.query("filter", &filter)).await?;
        if list.status == 200 && ids_in(&list) != [user.id.as_str()] {
            needs_usual_answer(context, &filter, &user.id).await?;
        }
        context.expect(&list).after(&read).status(&[200]).json().lists(&[&user.id]);
    } else {
        let list = context.send(request).await?;
        context.expect(&list).status(&[200]).json().has("totalResults");
    }
    Ok(())
}

async fn places(context: &Context) -> CheckResult {
    let user = context.resource().await?;
    let naming = context.naming()?.path();
    let one = context.send(user.request(Method::GET).query("attributes", &naming)).await?;
    context
        .expect(&one)
        .under(&["RFC7644-3.4.2-01", "RFC7644-3.4.2.1-01"])
        .status(&[200])
        .equals("id", &json!(user.id));
    let all = context.send(Request::get(context.collection()).query("attributes", &naming).query("count", "1")).await?;
    context.expect(&all).under(&["RFC7644-3.4.2-01", "RFC7644-3.4.2.1-01"]).status(&[200]).json().has("totalResults");
    if context.discovery().offers(Capability::RootQuery) && context.may(ResourceOperation::Filter) {
        let filter = context.filter_by_id(&user.id)?;
        let root = context.send(Request::get("/").query("filter", &filter)).await?;
        // Which others a filter lets through is the question of other checks.
        let shown = ids_in(&root);
        let total = root.at("totalResults").and_then(Value::as_u64).and_then(|total| usize::try_from(total).ok());
        let is_there = shown.contains(&user.id.as_str()) || total.is_some_and(|total| total > shown.len());
        context.expect(&root).under(&["RFC7644-3.4.2-01"]).status(&[200]).json().that(
            root.status != 200 || is_there,
            "a query of the base URL does not find the resource by its id",
            format!("ids {}", shown.join(", ")),
        );
    }
    Ok(())
}

async fn encoded(context: &Context) -> CheckResult {
    let user = context.resource().await?;
    let filter = context.filter_by_name(user.body())?;
    needs_usual_answer(context, &filter, &user.id).await?;
    let bytes: Vec<_> = filter.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let query = format!("filter={}", bytes.concat());
    let answer = context.send(Request::get(context.collection()).raw_query(&query)).await?;
    context.expect(&answer).after(&user.exchange).status(&[200]).json().lists(&[&user.id]);
    Ok(())
}

/// Ends the check unless the filter, sent as usual, finds the new resource alone.
async fn needs_usual_answer(context: &Context, filter: &str, id: &str) -> CheckResult {
    let usual = context.look_up(Request::get(context.collection()).query("filter", filter)).await?;
    if ids_in(&usual) == [id] {
        return Ok(());
    }
    let reason = format!("`{filter}`, sent as usual, does not find the new resource alone");
    Err(context.blocked(reason, &context.on_subject("create.found-at-once"), vec![usual]))
}

async fn head(context: &Context) -> CheckResult {
    let user = context.resource().await?;
    let answer = context.send(user.request(Method::HEAD)).await?;
    context.expect(&answer).after(&user.exchange).status(&[200, 405, 501]).empty();
    Ok(())
}
