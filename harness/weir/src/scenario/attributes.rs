//! Limitations in what becomes of attributes: never cleared, doubled where the target omits `type`, wiped by a PUT of mapped
//! values, and lost from the mapping page by invalid schemas.

use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;
use weir_provision::client::Description;
use weir_provision::fields;
use weir_provision::mapping::Mapping;
use weir_provision::options::Put;

use super::rehearsal::{Rehearsal, changed, person};
use super::{ScenarioApplication, ScenarioError, ScenarioReport};

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn value(user: Option<&Value>, path: &str) -> String {
    user.and_then(|user| at(user, path))
        .map_or_else(|| "-".to_owned(), |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// An attribute loses its value in the source, and keeps it in the target.
pub(super) async fn never_cleared(
    places: &[ScenarioApplication],
    description: &Description,
) -> Result<ScenarioReport, ScenarioError> {
    let place = first(places)?;
    let uid = place.fresh_name();
    let mut rehearsal = Rehearsal::new(place, description, &person(&uid, "telephoneNumber: +1 202-555-0123\n"))?;
    rehearsal.prepare().await?;
    let before = place.user(&uid).await?;
    rehearsal.change(&changed(&uid, "title", &[]))?;
    rehearsal.change(&changed(&uid, "telephoneNumber", &[]))?;
    let acted = rehearsal.cycle().await?;
    let after = place.user(&uid).await?;
    let sent = if acted.writes().next().is_some() { "PUT without the value" } else { "nothing" };
    let rows: Vec<Vec<String>> = [("title", "title"), ("telephoneNumber", "phoneNumbers")]
        .into_iter()
        .map(|(source, path)| {
            let (had, has) = (value(before.as_ref(), path), value(after.as_ref(), path));
            vec![source.to_owned(), had, "removed".to_owned(), sent.to_owned(), has]
        })
        .collect();
    let stays = rows.iter().any(|row| row[4] != "-");
    Ok(ScenarioReport {
        scenario: "never-cleared",
        client: description.id.clone(),
        about: format!("{}: two attributes lose their values in the source", description.name),
        columns: columns(&["source attribute", "target before", "in the source", "sent", "target after"]),
        verdict: vec![if stays {
            "The target keeps what the source has removed: an attribute cannot be cleared once it is set. Clear it in the target by hand, or map a default value that stands for nothing.".to_owned()
        } else {
            "The target has lost the values: it replaces what a PUT does not name.".to_owned()
        }],
        is_found: stays,
        observations: rows
            .iter()
            .map(|row| json!({ "attribute": row[0], "before": row[1], "sent": row[3], "after": row[4] }))
            .collect(),
        rows,
    })
}

/// A new work email, where the target tells `type` and `primary`, and where it omits them.
pub(super) async fn type_omitted(
    places: &[ScenarioApplication],
    description: &Description,
) -> Result<ScenarioReport, ScenarioError> {
    let place = first(places)?;
    let mut rows = Vec::new();
    for omits in [false, true] {
        let uid = place.fresh_name();
        let mut rehearsal = Rehearsal::new(place, description, &person(&uid, ""))?;
        rehearsal.omits_types = omits;
        rehearsal.prepare().await?;
        let address = format!("new-{uid}@example.com");
        rehearsal.change(&changed(&uid, "mail", &[&address]))?;
        rehearsal.cycle().await?;
        let user = place.user(&uid).await?;
        let emails =
            user.as_ref().and_then(|user| at(user, "emails")).and_then(Value::as_array).cloned().unwrap_or_default();
        let shown: Vec<String> = emails
            .iter()
            .map(|email| {
                let primary = if email["primary"] == true { ", primary" } else { "" };
                format!("{}{primary}", email["value"].as_str().unwrap_or("-").replace(&uid, "pat"))
            })
            .collect();
        let is_right = emails.len() == 1 && emails[0]["value"] == *address;
        let tells = if omits { "omits type and primary" } else { "tells type and primary" };
        let verdict = if is_right { "replaced" } else { "the old value stays beside the new one" };
        rows.push(vec![tells.to_owned(), shown.join("; "), verdict.to_owned()]);
    }
    let hurts = rows[1][2] != "replaced";
    Ok(ScenarioReport {
        scenario: "type-or-primary-omitted",
        client: description.id.clone(),
        about: format!(
            "{}: the work email changes; the endpoint answers with and without type and primary",
            description.name
        ),
        columns: columns(&["the endpoint", "emails afterwards", "so"]),
        verdict: vec![if hurts {
            "Where the target omits type, the client cannot tell which value is the work email: it adds another, the old one is never removed, and which is primary is left to the target.".to_owned()
        } else {
            "The client replaces the value with and without type.".to_owned()
        }],
        is_found: hurts,
        observations: rows
            .iter()
            .map(|row| json!({ "endpoint": row[0], "emails": row[1], "outcome": row[2] }))
            .collect(),
        rows,
    })
}

/// Something that only the target knows, before and after an update of another attribute.
pub(super) async fn mapped_only(
    places: &[ScenarioApplication],
    description: &Description,
) -> Result<ScenarioReport, ScenarioError> {
    let mut rows = Vec::new();
    for place in places
        .iter()
        .filter(|place| !place.is_observable() || ["default", "merge-on-put"].contains(&place.name.as_str()))
    {
        for put in [Put::ReadMerge, Put::MappedOnly] {
            let uid = place.fresh_name();
            let mut rehearsal = Rehearsal::new(place, description, &person(&uid, ""))?;
            rehearsal.provisioner.options.put = Some(put);
            rehearsal.prepare().await?;
            set_by_hand(place, &uid).await?;
            rehearsal.change(&changed(&uid, "title", &["Head of Tests"]))?;
            rehearsal.cycle().await?;
            let after = place.user(&uid).await?;
            let word = match put {
                Put::ReadMerge => "the user as read, with the mapped values merged in",
                Put::MappedOnly => "the mapped values alone",
            };
            let nick = value(after.as_ref(), "nickName");
            let so = if nick == "-" { "wiped" } else { "kept" };
            rows.push(vec![place.name.clone(), word.to_owned(), nick, value(after.as_ref(), "title"), so.to_owned()]);
        }
    }
    let wiped = rows.iter().any(|row| row[4] == "wiped");
    Ok(ScenarioReport {
        scenario: "mapped-only-replaces",
        client: description.id.clone(),
        about: format!(
            "{}: the target knows a nickName that the source does not, and the title changes",
            description.name
        ),
        columns: columns(&["application", "PUT holds", "nickName afterwards", "title afterwards", "so"]),
        verdict: vec![if wiped {
            "A PUT of mapped values alone against an endpoint that replaces wipes the values that only the target has. No document says which PUT the client sends: map every attribute that matters, or let the endpoint merge.".to_owned()
        } else {
            "Values that only the target has survive both kinds of PUT here.".to_owned()
        }],
        is_found: wiped,
        observations: rows
            .iter()
            .map(|row| json!({ "application": row[0], "put": row[1], "nickName": row[2], "outcome": row[4] }))
            .collect(),
        rows,
    })
}

/// Gives the user a nickName by PUT, as an administrator of the target would.
async fn set_by_hand(place: &ScenarioApplication, uid: &str) -> Result<(), ScenarioError> {
    let mut user = place.user(uid).await?.ok_or_else(|| ScenarioError::Unsuitable(format!("{uid} was not created")))?;
    user["nickName"] = Value::from("Patty");
    if let Some(user) = user.as_object_mut() {
        user.remove("meta");
        user.remove("groups");
    }
    let id = user["id"].as_str().unwrap_or_default().to_owned();
    let sent = place.client.send(Request::put("/Users").segment(&id).json(&user)).await;
    match sent {
        Ok(exchange) if exchange.is_success() => Ok(()),
        Ok(exchange) => {
            Err(ScenarioError::Unsuitable(format!("{} was answered with {}", exchange.target(), exchange.status)))
        }
        Err(error) => Err(ScenarioError::Unreachable(error.to_string())),
    }
}

/// What breaks one schema.
type Breakage = fn(&mut Value);

/// The mapping page with the endpoint's schemas, and with schemas that are broken in ways that were seen.
pub(super) async fn invalid_schemas(
    places: &[ScenarioApplication],
    description: &Description,
) -> Result<ScenarioReport, ScenarioError> {
    let place = first(places)?;
    let exchange = place
        .client
        .send(Request::get("/Schemas"))
        .await
        .map_err(|error| ScenarioError::Unreachable(error.to_string()))?;
    let schemas = exchange.at("Resources").and_then(Value::as_array).cloned().unwrap_or_default();
    let mapping = Mapping::inet_org_person();
    let whole = fields::offered(&schemas).len();
    let breaks: [(&str, Breakage); 5] = [
        ("as they are", |_| {}),
        ("without attributes", |schema| schema["attributes"] = json!([])),
        ("attributes without names", |schema| {
            schema["attributes"]
                .as_array_mut()
                .into_iter()
                .flatten()
                .for_each(|one| drop(one.as_object_mut().map(|one| one.remove("name"))));
        }),
        ("without id", |schema| drop(schema.as_object_mut().map(|schema| schema.remove("id")))),
        ("emails without sub-attributes", |schema| {
            let all = schema["attributes"].as_array_mut().into_iter().flatten();
            all.filter(|one| one["name"] == "emails").for_each(|one| one["subAttributes"] = Value::Null);
        }),
    ];
    let rows: Vec<Vec<String>> = breaks
        .into_iter()
        .map(|(name, broken)| {
            let mut schemas = schemas.clone();
            schemas.iter_mut().for_each(broken);
            let offered = fields::offered(&schemas);
            let missing = fields::missing(&mapping, &offered);
            let lost = match missing.len() {
                0 => "-".to_owned(),
                count if count == mapping.rules().len() => "every mapped field".to_owned(),
                _ => missing.join(", "),
            };
            vec![name.to_owned(), offered.len().to_string(), lost]
        })
        .collect();
    let is_bad_here = rows[0][2] != "-" || whole == 0;
    let mut verdict = vec!["A field that the schemas do not give cannot be mapped: the mapping page leaves it out, and what was mapped before is no longer filled.".to_owned()];
    if is_bad_here {
        verdict.push(format!("The schemas of {} already lack what the mapping fills.", place.name));
    } else {
        verdict.push(format!("The schemas of {} give every mapped field; after a change there, look at the mapping page (weir connection fields FILE) before the next cycle.", place.name));
    }
    Ok(ScenarioReport {
        scenario: "invalid-schemas",
        client: description.id.clone(),
        about: format!(
            "{}: Refresh Fields with the endpoint's schemas, and with schemas that are broken in ways that were seen",
            description.name
        ),
        columns: columns(&["the schemas", "fields offered", "mapped, but not offered"]),
        verdict,
        is_found: is_bad_here,
        observations: rows.iter().map(|row| json!({ "schemas": row[0], "fields": row[1], "lost": row[2] })).collect(),
        rows,
    })
}

fn first(places: &[ScenarioApplication]) -> Result<&ScenarioApplication, ScenarioError> {
    places.first().ok_or_else(|| ScenarioError::Unsuitable("the target has no application".to_owned()))
}
