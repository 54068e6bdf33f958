//! Discovery never lies about values: uniqueness, letter case, canonical values, references.

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};
use weir_judge::full_name;

use crate::check::cohort::ids_in;
use crate::check::{Check, CheckResult, Context};
use crate::discovery::ResourceType;
use crate::published;
use crate::published::{SchemaNode, flag, full, kinds, list, person, sample};

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("schema.unique", "No two resources share a value that is published as unique", &unique)
        .matters("Whoever looks an account up by a unique value takes the first that comes.")
        .requirements(&["RFC7643-7-43", "RFC7643-7-44", "RFC7643-7-46"])
        .legal(&["409 (or 400) with scimType uniqueness for the second resource"]),
    Check::new("schema.not-unique", "Two resources may share every value that is not published as unique", &not_unique)
        .matters("An import stops at the second person of the same title, and nothing in the schema told why.")
        .requirements(&["RFC7643-2.2-06"])
        .legal(&["201 for a second resource with the same values"]),
    Check::new("schema.case-exact", "Filters regard letter case for every text that is published as caseExact, and for no other", &case_exact)
        .matters("Clients look for an account by its name before they create it; case decides whether they find it or make a second one.")
        .requirements(&["RFC7643-2.2-03", "RFC7643-7-23", "RFC7643-7-26"])
        .legal(&[
            "a filter with the value in another letter case matches exactly if caseExact is false",
            "400 invalidFilter for a combination that the endpoint does not support",
        ]),
    Check::new("schema.canonical-values", "Every value that is published as canonical is taken", &canonical_values)
        .matters("Consoles offer these values for choice; one that is refused makes a form that cannot be sent.")
        .requirements(&["RFC7643-7-20", "RFC7643-7-21", "RFC7643-7-13"])
        .legal(&["success for each value, and it comes back, whatever its letter case"]),
    Check::new("schema.other-values", "A value that is not among the canonical ones is taken or refused, not changed", &other_values)
        .matters("An address of a kind that is not listed must not turn into another kind.")
        .requirements(&["RFC7643-7-22", "RFC7643-2.2-02"])
        .legal(&["201 with the value, 201 without it", "400 with scimType invalidValue"]),
    Check::new("schema.reference-values", "References that the endpoint makes lead where their referenceTypes say", &reference_values)
        .matters("Clients follow $ref instead of building URLs themselves.")
        .requirements(&["RFC7643-2.3.7-01", "RFC7643-2.3.7-02"])
        .legal(&["a URI reference; for a resource type, one that lies below the endpoint of the type"]),
];

/// Attributes and the sub-attributes of single-valued ones: what one body can hold once.
fn places<'d>(context: &'d Context, kind: &'d ResourceType) -> Vec<SchemaNode<'d>> {
    let attributes = published::attributes(context, kind);
    let parts: Vec<_> = attributes.iter().flat_map(SchemaNode::parts).collect();
    attributes.into_iter().chain(parts).filter(SchemaNode::is_settable).collect()
}

/// The value for the attribute that `own` is, or is a part of, with `value` in its place.
fn whole(context: &Context, own: &SchemaNode<'_>, value: Value) -> Value {
    let Some(parent) = own.parent else {
        return if own.flag("multiValued") && !value.is_array() { json!([value]) } else { value };
    };
    let mut element = context.data().value(parent);
    element[own.name()] = value;
    if flag(parent, "multiValued") { json!([element]) } else { element }
}

async fn unique(context: &Context) -> CheckResult {
    let mut any = false;
    for kind in kinds(context)? {
        for own in places(context, kind).into_iter().filter(|own| own.word("uniqueness") != "none") {
            let Some(value) = sample(context, &own, None, 0) else { continue };
            any = true;
            let mut first = context.data().resource(kind);
            own.put(&mut first, whole(context, &own, value.clone()));
            let kept = context.create(&kind.endpoint, &first).await?;
            let mut second = context.data().resource(kind);
            own.put(&mut second, whole(context, &own, value));
            let answer = context.send(Request::post(&kind.endpoint).json(&second)).await?;
            let message = format!("a second {} with the same {} is not refused", kind.name, own.path());
            let refused = matches!(answer.status, 400 | 409);
            let expectation = context.expect(&answer).after(&kept.exchange);
            let expectation = expectation.that(refused, &message, answer.status.to_string());
            if refused && answer.text("scimType").is_some() {
                expectation.scim_type(&["uniqueness"]);
            }
        }
    }
    if any { Ok(()) } else { context.skip("no attribute is published as unique") }
}

async fn not_unique(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let id = person(context).await?;
    for kind in kinds {
        // That services do not allow two groups of one name is disputed, and judged where groups are.
        let shared = |own: &&SchemaNode<'_>| {
            own.word("uniqueness") == "none"
                && own.parts().all(|part| part.word("uniqueness") == "none")
                && !(kind.endpoint == "/Groups" && own.name() == "displayName")
        };
        let full = full(context, kind, id.as_deref(), 0).await?;
        let mut second = context.data().resource(kind);
        let values: Vec<_> = full
            .accepted
            .iter()
            .filter(shared)
            .filter_map(|own| Some((own, own.values(&full.body).first().map(|value| (*value).clone())?)))
            .collect();
        for (own, value) in &values {
            own.put(&mut second, value.clone());
        }
        let answer = context.send(Request::post(&kind.endpoint).json(&second)).await?;
        if answer.is_success() {
            continue;
        }
        for (own, value) in values {
            let mut alone = context.data().resource(kind);
            own.put(&mut alone, value);
            let answer = context.send(Request::post(&kind.endpoint).json(&alone)).await?;
            let message = format!(
                "{} is not published as unique, and a second {} with its value is refused",
                own.path(),
                kind.name
            );
            context.expect(&answer).after(&full.resource.exchange).that(
                answer.is_success(),
                &message,
                answer.status.to_string(),
            );
        }
    }
    Ok(())
}

async fn case_exact(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let id = person(context).await?;
    let mut any = false;
    for kind in kinds {
        let offered = match kind.endpoint.as_str() {
            "/Users" => context.discovery().offers(Capability::FilterUsers),
            "/Groups" => context.discovery().offers(Capability::FilterGroups),
            _ => context.discovery().config("filter.supported") == Some(&json!(true)),
        };
        if !offered {
            continue;
        }
        let full = full(context, kind, id.as_deref(), 0).await?;
        let parts = full.accepted.iter().flat_map(SchemaNode::parts);
        let texts = full.accepted.iter().copied().chain(parts).filter(|own| {
            own.word("type") == "string" && own.is_shown() && own.is_settable() && own.word("mutability") != "writeOnly"
        });
        // What is not kept cannot be found.
        let lost = |path: String| context.abilities().loses(&kind.endpoint, &path);
        let texts = texts.filter(|own| !lost(own.path()) && !lost(own.top().path()));
        for own in texts.collect::<Vec<_>>() {
            let values = own.values(&full.body);
            let value = values.first().and_then(|value| value.as_str().or_else(|| at(value, "[0]")?.as_str()));
            let Some((stored, turned)) = value.and_then(|text| Some((text, turned(text)?))) else { continue };
            any = true;
            one_case(context, kind, &full.resource, &own, [stored, &turned]).await?;
        }
    }
    if any { Ok(()) } else { context.not_offered("the endpoint does not filter") }
}

/// The text with its letters in the other case; `None` if it has none.
fn turned(text: &str) -> Option<String> {
    let turned: String = text
        .chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    (turned != text).then_some(turned)
}

async fn one_case(
    context: &Context,
    kind: &ResourceType,
    resource: &crate::check::Resource,
    own: &SchemaNode<'_>,
    [stored, turned]: [&str; 2],
) -> CheckResult {
    let exact = own.flag("caseExact");
    // By id as well, so that the values of others do not count.
    let filter = format!("id eq \"{}\" and {} eq {}", resource.id, own.path(), json!(turned));
    let answer = context.send(Request::get(&kind.endpoint).query("filter", &filter)).await?;
    // Which attributes and comparisons can be filtered by is judged where filters are.
    if answer.status != 200 {
        return Ok(());
    }
    let is_found = |answer: &Exchange| ids_in(answer).contains(&resource.id.as_str());
    let found = is_found(&answer);
    if found == exact {
        let text = if exact { json!(context.data().unknown_id()) } else { json!(stored) };
        let control = format!("id eq \"{}\" and {} eq {text}", resource.id, own.path());
        let answer = context.send(Request::get(&kind.endpoint).query("filter", &control)).await?;
        match (exact, is_found(&answer)) {
            // Any text finds it, so that the letter case is not what decides.
            (true, true) => {
                let of_others = || full_name("filter.eq", &kind.name);
                let judge = if kind.endpoint == "/Users" { "filter.and".to_owned() } else { of_others() };
                let reason = format!("`{control}` finds a resource that has another text there");
                return Err(context.blocked(reason, &judge, vec![answer]));
            }
            // Its own text does not find it; whether an attribute can be filtered by is judged where filters are.
            (false, false) => return Ok(()),
            _ => {}
        }
    }
    let stated = at(own.attribute, "caseExact").is_some();
    let (under, message): (&'static [&'static str], _) = if exact {
        (&["RFC7643-7-23"], format!("{} is published as caseExact and matches in another letter case", own.path()))
    } else {
        let under: &'static [&'static str] = if stated { &["RFC7643-7-26"] } else { &["RFC7643-2.2-03"] };
        (under, format!("{} is not published as caseExact and does not match in another letter case", own.path()))
    };
    context.expect(&answer).after(&resource.exchange).under(under).that(found != exact, &message, format!("{found}"));
    Ok(())
}

async fn canonical_values(context: &Context) -> CheckResult {
    let mut any = false;
    for kind in kinds(context)? {
        for own in places(context, kind) {
            // The kind of a member follows from the member.
            if own.parent.is_some() && own.top().name() == "members" {
                continue;
            }
            let is_dropped = |path: &str| context.abilities().drops(&kind.endpoint, path);
            if is_dropped(&own.path()) || is_dropped(&own.top().path()) {
                continue;
            }
            let values = published::canonical_values(own.attribute);
            let several = own.parent.map_or(own.flag("multiValued"), |parent| flag(parent, "multiValued"));
            let together: Vec<Vec<&Value>> =
                if several { vec![values.iter().collect()] } else { values.iter().map(|value| vec![value]).collect() };
            for values in together.into_iter().filter(|values| !values.is_empty()) {
                any = true;
                one_canonical(context, kind, &own, &values).await?;
            }
        }
    }
    if any { Ok(()) } else { context.skip("no attribute is published with canonical values") }
}

/// Sends all `values` in one resource; where that is refused, each in one of its own.
async fn one_canonical(context: &Context, kind: &ResourceType, own: &SchemaNode<'_>, values: &[&Value]) -> CheckResult {
    let element = |value: &Value| {
        if own.parent.is_none() {
            return value.clone();
        }
        // Beside it something that tells one element from the other.
        let mut element = sample(context, &own.top(), None, 0).unwrap_or_else(|| json!({}));
        if element.is_array() {
            element = element[0].take();
        }
        element[own.name()] = value.clone();
        element
    };
    let body_of = |values: &[&Value]| {
        let elements: Vec<Value> = values.iter().map(|value| element(value)).collect();
        let many = own.top().flag("multiValued");
        let mut body = context.data().resource(kind);
        own.put(&mut body, if many { json!(elements) } else { elements.into_iter().next().unwrap_or_default() });
        body
    };
    let mut answers =
        vec![(values.to_vec(), context.send(Request::post(&kind.endpoint).json(&body_of(values))).await?)];
    if !answers[0].1.is_success() && values.len() > 1 {
        answers.clear();
        for value in values {
            answers.push((vec![value], context.send(Request::post(&kind.endpoint).json(&body_of(&[value]))).await?));
        }
    }
    for (values, answer) in answers {
        let words: Vec<String> = values.iter().map(ToString::to_string).collect();
        let message =
            format!("{} is refused for {}, though it is published as canonical", words.join(", "), own.path());
        let expectation = context.expect(&answer).under(&["RFC7643-7-21", "RFC7643-7-13"]);
        let expectation = expectation.that(answer.is_success(), &message, answer.status.to_string());
        if !answer.is_success() || !own.is_shown() {
            continue;
        }
        let body = answer.json().unwrap_or(&Value::Null);
        let shown: Vec<String> = own
            .values(body)
            .into_iter()
            .flat_map(|found| found.as_array().map_or(std::slice::from_ref(found), Vec::as_slice))
            .map(|found| found.to_string().to_lowercase())
            .collect();
        let lost: Vec<String> = words.into_iter().filter(|word| !shown.contains(&word.to_lowercase())).collect();
        let message = format!("{} of {} does not come back", lost.join(", "), own.path());
        expectation.that(lost.is_empty(), &message, shown.join(", "));
    }
    Ok(())
}

async fn other_values(context: &Context) -> CheckResult {
    let mut any = false;
    for kind in kinds(context)? {
        for own in places(context, kind) {
            let values = list(own.attribute, "canonicalValues");
            if values.is_empty() || own.top().name() == "members" || own.word("type") != "string" {
                continue;
            }
            any = true;
            let mut body = context.data().resource(kind);
            own.put(&mut body, whole(context, &own, json!("weir-zzz")));
            let answer = context.send_uncanonical(Request::post(&kind.endpoint).json(&body)).await?;
            let found = answer.json().map(|json| own.values(json)).unwrap_or_default();
            let changed = answer.is_success()
                && own.is_shown()
                && found.iter().any(|found| !found.is_null() && !found.to_string().to_lowercase().contains("weir-zzz"));
            let legal = (answer.is_success() && !changed) || answer.status == 400;
            let message =
                format!("a value of {} that is not among the canonical ones is neither taken nor refused", own.path());
            context.expect(&answer).under(&["RFC7643-7-22"]).that(legal, &message, answer.status.to_string());
        }
    }
    if any { Ok(()) } else { context.skip("no attribute is published with canonical values") }
}

async fn reference_values(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let id = person(context).await?;
    let mut any = false;
    for kind in kinds {
        let full = full(context, kind, id.as_deref(), 0).await?;
        let read = context.read(&full.resource).await?;
        let body = read.json().unwrap_or(&Value::Null);
        let sent: Value = serde_json::from_slice(&full.resource.exchange.request_body).unwrap_or_default();
        let attributes = published::attributes(context, kind);
        let parts: Vec<_> = attributes.iter().flat_map(SchemaNode::parts).collect();
        for own in attributes.into_iter().chain(parts).filter(|own| own.word("type") == "reference" && own.is_shown()) {
            // Where a value leads that the client wrote is the client's affair.
            let written = own.values(&sent);
            for value in own.values(body).into_iter().filter(|value| !written.contains(value)) {
                any = true;
                let text = value.as_str().unwrap_or_default();
                let resolved = read.url.join(text);
                let message = format!("{} is not a URI reference", own.path());
                let expectation = context.expect(&read).under(&["RFC7643-2.3.7-01"]);
                expectation.that(resolved.is_ok() && !text.contains(' '), &message, value.to_string());
                let types = list(own.attribute, "referenceTypes");
                let endpoints: Vec<_> = context
                    .discovery()
                    .resource_types()
                    .iter()
                    .filter(|kind| types.iter().any(|word| *word == kind.name.as_str()))
                    .map(|kind| format!("{}/", kind.endpoint))
                    .collect();
                let free = types.iter().any(|word| word == "external" || word == "uri");
                if !free && !endpoints.is_empty() {
                    let message = format!("{} leads to no resource of {}", own.path(), json!(types));
                    // Relative references are resolved against the base URL, so the endpoint may come first.
                    let leads = endpoints.iter().any(|endpoint| format!("/{text}").contains(endpoint.as_str()));
                    context.expect(&read).under(&["RFC7643-2.3.7-01"]).that(leads, &message, value.to_string());
                }
            }
        }
    }
    if any { Ok(()) } else { context.skip("no resource has a reference") }
}
