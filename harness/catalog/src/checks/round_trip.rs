//! What was sent comes back: the same, or changed for a reason that the schema or the RFC gives.

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::{assigned, at, same};

use crate::check::cohort::ids_in;
use crate::check::{Check, CheckResult, Context, Resource};
use crate::data::USER;
use crate::discovery::ResourceType;
use crate::published;
use crate::published::{SchemaNode, fits, full, kinds, list, person, word};

pub(super) mod extension;
pub(super) mod formats;
pub(super) mod values;

pub(super) const USERS: &[Capability] = &[Capability::CreateUsers];

pub(super) const CHECKS: &[Check] = &[
    Check::new("round-trip.every-attribute", "Every attribute comes back as it was sent, or changed for a reason", &every_attribute)
        .matters("A provisioner that reads another value than it wrote writes again, cycle after cycle.")
        .requirements(&["RFC7643-7-24", "RFC7643-7-25", "RFC7643-4.1.2-07", "RFC7644-3.1-09", "RFC7644-3.3-20"])
        .legal(&[
            "the value that was sent",
            "the same text in another letter case where caseExact is false, the same instant in another zone, the same values in another order",
            "further sub-attributes that the endpoint fills in",
        ]),
    Check::new("round-trip.fits-schema", "What comes back has the shape that the schemas give it", &fits_schema)
        .matters("Clients with typed models stop at the first value of another shape.")
        .requirements(&["RFC7643-1.2-03", "RFC7644-3.8-12"])
        .legal(&["arrays exactly for multi-valued attributes, objects for complex ones, values of the published types"]),
    Check::new("round-trip.case-kept", "The letter case of caseExact texts is kept", &case_kept)
        .matters("Identifiers of other systems are compared to the letter; in another case they are other identifiers.")
        .requirements(&["RFC7643-7-24"])
        .legal(&["the text as it was sent"]),
    Check::new("round-trip.booleans", "Booleans come back as the literals true and false", &booleans)
        .matters("The text \"false\" is true in many languages, and a disabled account is shown as active.")
        .requirements(&["RFC7643-2.3.2-01", "RFC7643-4.1.1-23"])
        .needs(USERS)
        .legal(&["the JSON boolean that was sent", "the other one where the provider decides whether a new user is active"]),
    Check::new("round-trip.numbers", "Decimals and integers come back as JSON numbers of the same value", &numbers)
        .matters("A factor of 0.1 that comes back as 0 is another contract.")
        .requirements(&["RFC7643-2.3.3-01", "RFC7643-2.3.4-01"])
        .legal(&[
            "a number of the same value, with digits on both sides of a point, and without fraction for an integer",
        ]),
    Check::new("round-trip.binary", "Binary values come back as base64 of the same octets", &binary)
        .matters("A certificate that differs in one octet opens nothing.")
        .requirements(&["RFC7643-2.3.6-01", "RFC7643-2.3.6-03", "RFC7643-4.1.2-31"])
        .legal(&[
            "the same octets in the standard alphabet, with padding or without",
            "400 for a value without padding",
        ]),
    Check::new("round-trip.unassigned", "null, an empty array and nothing mean the same", &unassigned)
        .matters("Clients clear a value with null or []; an endpoint that stores them shows people a title named null.")
        .requirements(&["RFC7643-2.5-01"])
        .needs(USERS)
        .legal(&["no value comes back, and a filter with pr does not match"]),
    Check::new("round-trip.external-id", "externalId is kept, and can be changed", &external_id)
        .matters("It is the key by which a provisioner finds its accounts again.")
        .requirements(&["RFC7643-3.1-15", "RFC7643-3.1-20"])
        .legal(&["the text that was sent, after POST and after PUT"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace]),
];

/// Why a value that came back may differ from the one that was sent.
enum Difference {
    None,
    /// The reason, for a note.
    Explained(&'static str),
    /// Lost or changed.
    Unexplained,
}

fn compare(attribute: &Value, sent: &Value, found: Option<&Value>) -> Difference {
    let Some(found) = found else {
        let parts = list(attribute, "subAttributes");
        // What the endpoint does not return is not a loss.
        let is_hidden = |part: &Value| matches!(word(part, "returned"), "never" | "request");
        return if !parts.is_empty() && parts.iter().all(is_hidden) {
            Difference::Explained("no part of it is returned by default")
        } else {
            Difference::Unexplained
        };
    };
    if same(sent, found) {
        return Difference::None;
    }
    match (sent, found) {
        (Value::Array(sent), Value::Array(found)) => {
            let all = sent.iter().all(|sent| {
                found.iter().any(|found| !matches!(compare(attribute, sent, Some(found)), Difference::Unexplained))
            });
            if !all || found.len() > sent.len() {
                return Difference::Unexplained;
            }
            Difference::Explained("the values are in another order, or have more sub-attributes")
        }
        (Value::Object(sent), Value::Object(_)) => {
            for (name, value) in sent {
                let part = list(attribute, "subAttributes")
                    .iter()
                    .find(|part| published::text(part, "name").eq_ignore_ascii_case(name));
                let part = part.unwrap_or(attribute);
                // What the endpoint does not return is not a loss.
                if word(part, "returned") == "never" || word(part, "returned") == "request" {
                    continue;
                }
                if matches!(compare(part, value, at(found, name)), Difference::Unexplained) {
                    return Difference::Unexplained;
                }
            }
            Difference::Explained("the endpoint adds sub-attributes")
        }
        (Value::String(sent), Value::String(found)) => texts(attribute, sent, found),
        _ => Difference::Unexplained,
    }
}

fn texts(attribute: &Value, sent: &str, found: &str) -> Difference {
    let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
    match word(attribute, "type") {
        "dateTime" if instant(sent).is_some() && instant(sent) == instant(found) => {
            Difference::Explained("the same instant is written in another way")
        }
        "binary" if sent.trim_end_matches('=') == found.trim_end_matches('=') => {
            Difference::Explained("the padding differs")
        }
        "string" if !published::flag(attribute, "caseExact") && sent.eq_ignore_ascii_case(found) => {
            Difference::Explained("the letter case differs, and caseExact is false")
        }
        "reference" if sent.trim_end_matches('/') == found.trim_end_matches('/') => {
            Difference::Explained("the URI is normalised")
        }
        _ => Difference::Unexplained,
    }
}

async fn every_attribute(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let id = person(context).await?;
    for kind in kinds {
        let full = full(context, kind, id.as_deref(), 0).await?;
        let read = context.read(&full.resource).await?;
        let body = read.json().unwrap_or(&Value::Null);
        for own in full.accepted.iter().filter(|own| own.is_shown()) {
            let Some(sent) = own.values(&full.body).first().copied() else { continue };
            let found = own.values(body).first().copied();
            let expectation = context.expect(&read).after(&full.resource.exchange);
            let observed = found.map_or_else(|| "nothing".into(), |found| format!("{found} for {sent}"));
            match compare(own.attribute, sent, found) {
                // More sub-attributes and another order are everyday; another letter case or form is worth a line.
                Difference::Explained(why) if own.word("type") != "complex" => {
                    let message = format!("{} comes back otherwise: {why}", own.path());
                    expectation.under(&["RFC7643-7-25"]).note(&message, observed);
                }
                Difference::None | Difference::Explained(_) => {}
                // The meaning of active is the provider's (RFC 7643 section 4.1.1), and so is whether a new account has it.
                Difference::Unexplained if own.path() == "active" && found.is_some_and(Value::is_boolean) => {
                    let message = "active of a new user is not what was sent, which is for the provider to decide";
                    expectation.under(&["RFC7643-7-25"]).note(message, observed);
                }
                Difference::Unexplained => {
                    let message = format!("{} does not come back as it was sent", own.path());
                    let told = own.values(full.resource.body()).first().copied();
                    expectation.under(demanding(sent, told, found)).that(false, &message, observed);
                }
            }
        }
    }
    Ok(())
}

/// What demands that a value comes back as it was sent. An endpoint is free to alter or ignore what is posted (RFC 7644 section
/// 3.3); but what it shows is its state, and the letter case of a value is not its own.
fn demanding(sent: &Value, told: Option<&Value>, found: Option<&Value>) -> &'static [&'static str] {
    let folded = |value: &Value| value.as_str().map(str::to_lowercase);
    if found.is_some_and(|found| folded(found).is_some() && folded(found) == folded(sent)) {
        &["RFC7643-7-24"]
    } else if told == found {
        &["RFC7644-3.3-20"]
    } else {
        &["RFC7644-3.1-09"]
    }
}

async fn fits_schema(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let id = person(context).await?;
    for kind in kinds {
        let full = full(context, kind, id.as_deref(), 0).await?;
        let read = context.read(&full.resource).await?;
        let listed = context.send(Request::get(&kind.endpoint).query("count", "1")).await?;
        let first = listed.at("Resources[0]").cloned().unwrap_or_default();
        let bodies = [
            (&full.resource.exchange, full.resource.body()),
            (&read, read.json().unwrap_or(&Value::Null)),
            (&listed, &first),
        ];
        for (exchange, body) in bodies {
            for own in published::attributes(context, kind) {
                for place in std::iter::once(own).chain(own.parts()) {
                    let wrong = place.values(body).into_iter().find(|value| !fits(place.attribute, value));
                    if let Some(value) = wrong {
                        let message = format!("{} has another shape than is published", place.path());
                        context.expect(exchange).that(false, &message, value.to_string());
                    }
                }
            }
        }
    }
    Ok(())
}

async fn case_kept(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let mut any = false;
    for kind in kinds {
        let mut body = context.data().resource(kind);
        let mixed = format!("AbC-{}", context.data().name());
        let exact: Vec<SchemaNode<'_>> = published::attributes(context, kind)
            .into_iter()
            .filter(|own| {
                own.word("type") == "string"
                    && own.flag("caseExact")
                    && own.is_settable()
                    && own.is_shown()
                    && !own.flag("multiValued")
                    && list(own.attribute, "canonicalValues").is_empty()
                    && !is_dropped(context, kind, own)
            })
            .collect();
        for own in &exact {
            own.put(&mut body, json!(mixed));
        }
        body["externalId"] = json!(mixed);
        any = true;
        let resource = context.create(&kind.endpoint, &body).await?;
        let read = context.read(&resource).await?;
        // An endpoint need not keep externalId, but what it keeps it keeps exactly.
        if read.at("externalId").is_some() {
            context.expect(&read).after(&resource.exchange).equals("externalId", &json!(mixed));
        }
        for own in exact {
            let found = own.values(read.json().unwrap_or(&Value::Null));
            let kept = found.first().is_some_and(|found| **found == json!(mixed));
            let message = format!("the letter case of {} is not kept", own.path());
            let observed = found.first().map_or_else(|| "nothing".into(), ToString::to_string);
            context.expect(&read).after(&resource.exchange).that(kept, &message, observed);
        }
    }
    if any { Ok(()) } else { context.not_offered("nothing can be created") }
}

async fn booleans(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["active"])?;
    if context.drops("active") {
        return context.needs_kept(&["active"]);
    }
    for value in [false, true] {
        let mut body = context.data().user();
        body["active"] = json!(value);
        let user = context.create("/Users", &body).await?;
        let read = context.read(&user).await?;
        for exchange in [&user.exchange, &read] {
            // Whether a new account is active is the provider's decision (RFC 7643 section 4.1.1); patch.deactivate changes it.
            match exchange.at("active") {
                Some(Value::Bool(shown)) if *shown != value => {
                    let message = "active of a new user is not what was sent, which is for the provider to decide";
                    context.expect(exchange).under(&["RFC7643-4.1.1-23"]).note(message, shown.to_string());
                }
                _ => {
                    context.expect(exchange).equals("active", &json!(value));
                }
            }
        }
    }
    Ok(())
}

async fn numbers(context: &Context) -> CheckResult {
    let mut any = false;
    for kind in kinds(context)? {
        let numeric = published::attributes(context, kind)
            .into_iter()
            .filter(|own| matches!(own.word("type"), "decimal" | "integer") && own.is_settable() && own.is_shown())
            .filter(|own| !is_dropped(context, kind, own));
        let numeric: Vec<_> = numeric.collect();
        if numeric.is_empty() {
            continue;
        }
        any = true;
        for (decimal, integer) in
            [(json!(0.1), json!(0)), (json!(-2.5), json!(-7)), (json!(1.0), json!(2_147_483_648_i64))]
        {
            let mut body = context.data().resource(kind);
            for own in &numeric {
                let value = if own.word("type") == "decimal" { &decimal } else { &integer };
                own.put(&mut body, if own.flag("multiValued") { json!([value]) } else { value.clone() });
            }
            let answer = context.send(Request::post(&kind.endpoint).json(&body)).await?;
            // How large a number may be is the endpoint's business.
            if answer.status == 400 {
                continue;
            }
            context.expect(&answer).status(&[201]);
            for own in numeric.iter().filter(|_| answer.is_success()) {
                let integral = own.word("type") == "integer";
                let under: &'static [&'static str] =
                    if integral { &["RFC7643-2.3.4-01"] } else { &["RFC7643-2.3.3-01"] };
                let expected = if integral { &integer } else { &decimal };
                let values = own.values(answer.json().unwrap_or(&Value::Null));
                let found = values
                    .first()
                    .and_then(|found| if own.flag("multiValued") { at(found, "[0]") } else { Some(*found) });
                let right =
                    found.is_some_and(|found| same(expected, found) && (!integral || found.is_i64() || found.is_u64()));
                let message = format!("{} does not come back as the number {expected}", own.path());
                context.expect(&answer).under(under).that(
                    right,
                    &message,
                    found.map_or_else(|| "nothing".into(), ToString::to_string),
                );
            }
        }
    }
    if any { Ok(()) } else { context.skip("no attribute is published as a number") }
}

/// Whether the attribute was seen not to be stored, which `round-trip.every-attribute` judges.
fn is_dropped(context: &Context, kind: &ResourceType, own: &SchemaNode<'_>) -> bool {
    let drops = |path: &str| context.abilities().drops(&kind.endpoint, path);
    drops(&own.path()) || drops(&own.top().path())
}

async fn binary(context: &Context) -> CheckResult {
    let mut any = false;
    for kind in kinds(context)? {
        let attributes = published::attributes(context, kind);
        let parts: Vec<_> = attributes.iter().flat_map(SchemaNode::parts).collect();
        for own in attributes.into_iter().chain(parts) {
            if own.word("type") != "binary" || !own.is_settable() || !own.is_shown() || is_dropped(context, kind, &own)
            {
                continue;
            }
            any = true;
            // Octets whose base64 has + and /, so that another alphabet shows; a certificate has to be one.
            let certificate = own.top().name() == "x509Certificates";
            let text = if certificate { published::CERTIFICATE } else { "+/+/+/8=" };
            for (text, legal) in [(text, &[201][..]), (text.trim_end_matches('='), &[201, 400])] {
                let mut body = context.data().resource(kind);
                let element = if own.parent.is_some() { json!({(own.name()): text}) } else { json!(text) };
                own.put(&mut body, if own.top().flag("multiValued") { json!([element]) } else { element });
                let answer = context.send(Request::post(&kind.endpoint).json(&body)).await?;
                let padded = legal.len() == 1;
                let under: &'static [&'static str] = match (padded, certificate) {
                    (true, true) => &["RFC7643-2.3.6-01", "RFC7643-4.1.2-31"],
                    (true, false) => &["RFC7643-2.3.6-01"],
                    (false, _) => &["RFC7643-2.3.6-03"],
                };
                context.expect(&answer).under(under).status(legal);
                if !answer.is_success() {
                    continue;
                }
                let found = own.values(answer.json().unwrap_or(&Value::Null));
                let kept = found
                    .first()
                    .and_then(|found| found.get(0).unwrap_or(found).as_str())
                    .is_some_and(|found| found.trim_end_matches('=') == text.trim_end_matches('='));
                let message = format!("{} does not come back as the same octets", own.path());
                let observed = found.first().map_or_else(|| "nothing".into(), ToString::to_string);
                context.expect(&answer).under(under).that(kept, &message, observed);
            }
        }
    }
    if any { Ok(()) } else { context.skip("no attribute is published as binary") }
}

async fn unassigned(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["nickName", "roles"])?;
    // Where `pr` finds even what was never sent, it says nothing about null.
    for (nick_name, roles) in [(None, None), (Some(Value::Null), Some(json!([]))), (None, Some(Value::Null))] {
        let is_sent = nick_name.is_some() || roles.is_some();
        let silent: Vec<&str> = [("nickName", nick_name.is_none()), ("roles", roles.is_none())]
            .into_iter()
            .filter_map(|(name, is_silent)| is_silent.then_some(name))
            .collect();
        let mut body = context.data().user();
        if let Some(value) = nick_name {
            body["nickName"] = value;
        }
        if let Some(value) = roles {
            body["roles"] = value;
        }
        let created = context.send(Request::post("/Users").json(&body)).await?;
        context.expect(&created).status(&[201]);
        let Some(user) = Resource::created_by(&created, "/Users") else { continue };
        let read = context.read(&user).await?;
        // An attribute that a body does not name may get a default; null or an empty array overrides it (RFC 7644 section 3.3).
        let has_default = |name: &&str| read.json().is_ok_and(|body| assigned(body, name).is_some());
        let (defaults, lacking): (Vec<&str>, Vec<&str>) =
            ["nickName", "roles"].into_iter().partition(|name| silent.contains(name) && has_default(name));
        for name in lacking {
            context.expect(&read).after(&user.exchange).lacks(name);
        }
        if !defaults.is_empty() {
            continue;
        }
        if context.discovery().offers(Capability::FilterUsers) {
            let filter = format!("id eq {} and (nickName pr or roles pr)", json!(user.id));
            let answer = context.look_up(Request::get("/Users").query("filter", &filter)).await?;
            let is_found = ids_in(&answer).contains(&user.id.as_str());
            if is_found && !is_sent {
                let reason = format!("`{filter}` finds a user who was created without both");
                return Err(context.blocked(reason, "filter.pr[User]", vec![answer]));
            }
            let message = "a filter by `pr` finds the user by an attribute that was sent without a value";
            context.expect(&answer).after(&user.exchange).that(!is_found, message, user.id.as_str());
        }
    }
    Ok(())
}

async fn external_id(context: &Context) -> CheckResult {
    let mut body = context.body();
    body["externalId"] = json!(context.data().name());
    let user = context.create(context.collection(), &body).await?;
    let read = context.read(&user).await?;
    context.expect(&read).after(&user.exchange).under(&["RFC7643-3.1-15"]).equals("externalId", &body["externalId"]);
    if read.at("externalId") != Some(&body["externalId"]) {
        // Where externalId is not kept at all, which is allowed, a PUT has nothing to change.
        return Ok(());
    }
    body["externalId"] = json!(context.data().name());
    let put = context.send(user.request(Method::PUT).json(&body)).await?;
    if put.is_success() {
        let read = context.read(&user).await?;
        context.expect(&read).after(&put).under(&["RFC7643-3.1-20"]).equals("externalId", &body["externalId"]);
    }
    Ok(())
}
