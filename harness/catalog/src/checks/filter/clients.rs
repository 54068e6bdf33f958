//! The queries that known provisioning clients send, word for word. Each is sent once. Whatever an endpoint supports of filters, a
//! client that stops here cannot be connected; the report names it.

use std::collections::BTreeMap;

use scim::capability::Capability;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;
use weir_exchange::Request;

use crate::check::cohort::{ids_in, resource_count};
use crate::check::{Check, CheckResult, Context, LISTED, Stop};
use crate::checks::groups::membership::is_in_a_group;

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("filter.client-queries", "The queries of known clients are answered with the right list, or refused", &ask)
        .matters("Entra ID repeats a query that is answered 500 for ever, and adopts the first account of a list that is not filtered.")
        .requirements(&["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-75"])
        .legal(&[
            "200 with exactly the resource that the client looks for",
            "400 for a form that no RFC has",
            "400 invalidFilter for a filter that the endpoint does not support (noted)",
        ])
        .on_every_type(LISTED),
];

/// Which list is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Right {
    /// The resource of the run, and nothing else.
    Found,
    /// The resource, or an empty list where the endpoint reads the filter otherwise or does not know its attribute.
    FoundOrNothing,
    Nothing,
}

/// A query as a client writes it.
struct ClientQuery {
    clients: &'static str,
    /// Where it stands.
    source: &'static str,
    endpoint: &'static str,
    /// Parameters, readable; names in braces stand for values of the run.
    query: &'static str,
    right: Right,
    /// Whether the filter fits the grammar of RFC 7644, so that a refusal is worth a note.
    is_grammatical: bool,
}

const ENTRA: &str =
    "https://learn.microsoft.com/en-us/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups";
const OKTA: &str = "https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/";
const PING: &str = "https://docs.pingidentity.com/integrations/scim/";

const fn on_users(clients: &'static str, source: &'static str, query: &'static str) -> ClientQuery {
    ClientQuery { clients, source, endpoint: "/Users", query, right: Right::Found, is_grammatical: true }
}

const fn on_groups(clients: &'static str, source: &'static str, query: &'static str) -> ClientQuery {
    ClientQuery { endpoint: "/Groups", ..on_users(clients, source, query) }
}

impl ClientQuery {
    const fn or_nothing(self) -> Self {
        Self { right: Right::FoundOrNothing, ..self }
    }

    const fn nothing(self) -> Self {
        Self { right: Right::Nothing, ..self }
    }

    const fn of_a_form_of_its_own(self) -> Self {
        Self { is_grammatical: false, ..self }
    }
}

const QUERIES: &[ClientQuery] = &[
    on_users("Entra ID, Rippling, CyberArk, ssosync and PingFederate", ENTRA, "filter=userName eq \"{userName}\""),
    on_users("Okta", OKTA, "filter=userName eq \"{userName}\"&startIndex=1&count=100"),
    on_users("PingOne", PING, "filter=username Eq \"{userName}\""),
    on_users("OneLogin", "https://github.com/goauthentik/authentik/issues/11249", "filter=userName+eq+\"{userName}\"&")
        .of_a_form_of_its_own(),
    on_users("Entra ID and Auth0", ENTRA, "filter=externalId eq \"{externalId}\"").or_nothing(),
    on_users("Entra ID", ENTRA, "filter=externalId eq {externalId}").or_nothing().of_a_form_of_its_own(),
    on_users("Entra ID", ENTRA, "filter=emails[type eq \"work\"].value eq \"{email}\"")
        .or_nothing()
        .of_a_form_of_its_own(),
    on_users("PingFederate", PING, "filter=emails eq \"{email}\"").or_nothing().of_a_form_of_its_own(),
    on_users("PingOne", PING, "filter=email Co \"{email}\"").or_nothing().of_a_form_of_its_own(),
    on_users("Entra ID", ENTRA, "filter=id eq \"{id}\" and manager eq \"{member}\"&attributes=id")
        .nothing()
        .of_a_form_of_its_own(),
    on_users("Entra ID", ENTRA, "filter=manager eq \"{member}\" and id eq \"{id}\"&attributes=id")
        .nothing()
        .of_a_form_of_its_own(),
    on_users("Slack's SCIM library", "https://pypi.org/project/slack-scim", "filter=restricted eq 1")
        .nothing()
        .of_a_form_of_its_own(),
    on_groups("Entra ID", ENTRA, "excludedAttributes=members&filter=displayName eq \"{displayName}\""),
    on_groups("Okta", OKTA, "filter=displayName eq \"{displayName}\"&startIndex=1&count=100"),
    on_groups(
        "authentik, Keycloak and PingOne",
        "https://github.com/goauthentik/authentik/issues/23211",
        "filter=displayName eq \"{displayName}\"",
    ),
    on_groups("Entra ID", ENTRA, "filter=id eq \"{id}\" and members eq \"{member}\"&attributes=id")
        .or_nothing()
        .of_a_form_of_its_own(),
    on_groups(
        "Entra ID and the client of AWS IAM Identity Center",
        "https://docs.aws.amazon.com/singlesignon/latest/developerguide/listgroups.html",
        "filter=members eq \"{member}\" and id eq \"{id}\"",
    )
    .or_nothing()
    .of_a_form_of_its_own(),
    on_groups("Entra ID", ENTRA, "filter=externalId eq \"{externalId}\"").or_nothing(),
    on_groups(
        "Salesforce and clients that read memberships",
        "https://help.salesforce.com/s/articleView?id=xcloud.identity_scim_manage_groups.htm",
        "filter=members.value eq \"{member}\"",
    ),
];

/// The query as it travels: values escaped, and a plus for a blank where the client writes one.
fn written(query: &ClientQuery, values: &BTreeMap<&'static str, String>) -> Option<String> {
    let blank = if query.query.contains('+') { "+" } else { "%20" };
    let mut parts = query.query.replace('+', " ");
    for (name, value) in values {
        parts = parts.replace(&format!("{{{name}}}"), value);
    }
    if parts.contains('{') {
        return None;
    }
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, value)) => {
            format!("{name}={}", byte_serialize(value.as_bytes()).collect::<String>().replace('+', blank))
        }
        None => pair.to_owned(),
    };
    Some(parts.split('&').map(pair).collect::<Vec<_>>().join("&"))
}

/// The resource of the run, and the values by which clients look for it.
async fn values(context: &Context) -> Result<(String, BTreeMap<&'static str, String>), Stop> {
    let is_user = context.collection() == "/Users";
    let mut body = context.named_body()?;
    let mut values = BTreeMap::new();
    let mut member = None;
    if context.discovery().offers(Capability::CreateUsers) {
        let user = context.user().await?;
        let has_members = !is_user && context.user_references().is_some();
        // Of a user who is in another group too, a client is given both.
        if !has_members || !is_in_a_group(context, &user).await? {
            if has_members {
                body["members"] = json!([{"value": user.id}]);
            }
            member = Some(user.id);
        }
    }
    body["externalId"] = json!(context.data().name());
    let resource = context.create(context.collection(), &body).await?;
    // By what the endpoint shows, since it may have made another value of it.
    for name in ["userName", "displayName", "externalId"] {
        if let Some(value) = resource.value(name).as_str() {
            values.insert(name, value.to_owned());
        }
    }
    let mut members = resource.value("members").as_array().into_iter().flatten();
    if let Some(member) = member.filter(|member| is_user || members.any(|shown| shown["value"] == **member)) {
        values.insert("member", member);
    }
    let emails = resource.value("emails").as_array().into_iter().flatten();
    let work = emails.filter(|email| email["type"] == "work").find_map(|email| email["value"].as_str());
    if let Some(work) = work {
        values.insert("email", work.to_owned());
    }
    values.insert("id", resource.id.clone());
    Ok((resource.id, values))
}

async fn ask(context: &Context) -> CheckResult {
    let own: Vec<&ClientQuery> = QUERIES.iter().filter(|query| query.endpoint == context.collection()).collect();
    if own.is_empty() {
        return context.not_offered("no known client queries resources of this type");
    }
    let (id, values) = values(context).await?;
    for query in own {
        let Some(wire) = written(query, &values) else { continue };
        let answer = context.send(Request::get(query.endpoint).raw_query(&wire)).await?;
        let found = ids_in(&answer);
        let is_own = found == [id.as_str()];
        let is_right = answer.status == 200
            && answer.json().is_ok_and(Value::is_object)
            && match query.right {
                Right::Found => is_own,
                Right::FoundOrNothing => is_own || found.is_empty(),
                Right::Nothing => found.is_empty(),
            };
        let is_refused = answer.status == 400;
        // A plus that is not a blank breaks the grammar; the check of wire forms notes it.
        let is_unread_plus = query.query.contains('+') && answer.status == 200 && found.is_empty();
        if is_right || is_unread_plus || (is_refused && !query.is_grammatical) {
            continue;
        }
        let under: &'static [&'static str] = if is_refused { &["RFC7644-3.4.2.2-75"] } else { &["RFC7644-3.4.2.2-04"] };
        context.expect(&answer).under(under).that(
            false,
            &format!(
                "{} cannot work with the answer to `{}`, which {}",
                query.clients,
                query.query,
                fault(answer.status, &found, &id)
            ),
            format!("{}, {}; the query: {}", answer.status, resource_count(found.len()), query.source),
        );
    }
    Ok(())
}

/// The fault of an answer, as the end of a sentence.
fn fault(status: u16, found: &[&str], id: &str) -> String {
    match status {
        200 if found.is_empty() => "does not find the resource".into(),
        200 if found.contains(&id) => "holds others than the resource".into(),
        200 => "holds other resources".into(),
        status => format!("is {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_travels_as_its_client_writes_it() {
        let values =
            BTreeMap::from([("userName", "a+b@example.com".to_owned()), ("email", "x@example.com".to_owned())]);
        let query = |clients: &str, part: &str| {
            let own = QUERIES.iter().find(|own| own.clients.starts_with(clients) && own.query.contains(part)).unwrap();
            written(own, &values)
        };
        assert_eq!(
            query("Okta", "userName").unwrap(),
            "filter=userName%20eq%20%22a%2Bb%40example.com%22&startIndex=1&count=100"
        );
        assert_eq!(query("OneLogin", "userName").unwrap(), "filter=userName+eq+%22a%2Bb%40example.com%22&");
        assert_eq!(
            query("Entra ID", "emails[").unwrap(),
            "filter=emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22x%40example.com%22"
        );
        assert_eq!(query("Entra ID", "members eq"), None);
    }
}
