//! Attributes with several values, and the forms that values are brought to.

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;

use super::USERS;
use crate::check::cohort::ids_in;
use crate::check::{Check, CheckResult, Context};
use crate::data::USER;
use crate::published::CERTIFICATE;

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("round-trip.several-values", "Several values keep their sub-attributes, each its own", &several_values)
        .matters("Mail goes to the private address when the labels of two addresses are mixed up.")
        .requirements(&["RFC7643-2.4-04", "RFC7643-2.4-06", "RFC7643-2.4-09", "RFC7643-2.4-10"])
        .needs(USERS)
        .legal(&["every value with its type, primary and display; primary false or missing where it was not given"]),
    Check::new(
        "round-trip.repeated-value",
        "The same value with the same type does not come back twice",
        &repeated_value,
    )
    .matters("Each cycle adds the address once more, until somebody has a hundred.")
    .requirements(&["RFC7643-2.4-11"])
    .needs(USERS)
    .legal(&["201 and one value", "400"]),
    Check::new("round-trip.canonical-forms", "Addresses are recognised in their canonical form", &canonical_forms)
        .matters("The same mailbox in capital letters becomes a second account.")
        .requirements(&[
            "RFC7643-4.1.2-02",
            "RFC7643-4.1.2-03",
            "RFC7643-4.1.2-06",
            "RFC7643-4.1.2-07",
            "RFC7643-4.1.2-09",
        ])
        .needs(USERS)
        .legal(&[
            "an email whose domain comes back in lower case, or is found so by a filter",
            "a tel URI as it was sent, with display as a text or missing",
            "a handle as it was sent, or without blanks and in lower case",
        ]),
    Check::new("round-trip.certificates", "A value with two certificates is refused or kept whole", &certificates)
        .matters("Half a chain verifies nothing.")
        .requirements(&["RFC7643-4.1.2-32"])
        .needs(USERS)
        .legal(&["400 with scimType invalidValue", "201 with the same octets"]),
];

async fn several_values(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["emails.value", "emails.type", "emails.primary"])?;
    if context.drops("emails.type") {
        return context.needs_kept(&["emails.type"]);
    }
    let (first, second) = (context.data().name(), context.data().name());
    let mut body = context.data().user();
    let display = context.data().publishes(USER, "emails.display");
    body["emails"] = json!([
        {"value": format!("{first}@example.com"), "type": "work", "primary": true},
        {"value": format!("{second}@example.com"), "type": "home"},
    ]);
    let takes_other = context.takes("emails.type", &json!("other"));
    if takes_other && let Some(emails) = body["emails"].as_array_mut() {
        emails.push(json!({"value": format!("{second}@example.com"), "type": "other"}));
    }
    if display {
        body["emails"][0]["display"] = json!(first);
    }
    let user = context.create("/Users", &body).await?;
    let read = context.read(&user).await?;
    let found: Vec<&Value> = read.at("emails").and_then(Value::as_array).into_iter().flatten().collect();
    let of = |kind: &str| found.iter().find(|email| at(email, "type") == Some(&json!(kind)));
    let expect = |under: &'static [&'static str], holds: bool, message: &str| {
        let observed = read.at("emails").map_or_else(|| "nothing".into(), Value::to_string);
        context.expect(&read).after(&user.exchange).under(under).that(holds, message, observed);
    };
    for (index, kind) in ["work", "home"].into_iter().enumerate() {
        let sent = &body["emails"][index]["value"];
        let same = of(kind).and_then(|email| at(email, "value")).and_then(Value::as_str);
        let kept = same.is_some_and(|text| sent.as_str().is_some_and(|sent| sent.eq_ignore_ascii_case(text)));
        expect(&["RFC7643-2.4-04", "RFC7643-2.4-09"], kept, &format!("the {kind} email is not the one that was sent"));
    }
    let primary = |kind: &str| of(kind).and_then(|email| at(email, "primary")).cloned();
    expect(&["RFC7643-2.4-04"], primary("work") == Some(json!(true)), "the primary email is not primary any more");
    let secondary = matches!(primary("home"), None | Some(Value::Null | Value::Bool(false)));
    expect(&["RFC7643-2.4-06"], secondary, "an email that was not given as primary is primary");
    expect(&["RFC7643-2.4-10"], !takes_other || of("other").is_some(), "the same value with another type is not kept");
    Ok(())
}

async fn repeated_value(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["emails.value", "emails.type"])?;
    let mut body = context.data().user();
    let email = json!({"value": context.data().new_address(), "type": "work"});
    body["emails"] = json!([email, email]);
    let answer = context.send(Request::post("/Users").json(&body)).await?;
    context.expect(&answer).status(&[201, 400]);
    if answer.is_success() {
        let count = answer.at("emails").and_then(Value::as_array).map_or(0, Vec::len);
        context.expect(&answer).that(count == 1, "the same value comes back more than once", count.to_string());
    }
    Ok(())
}

async fn canonical_forms(context: &Context) -> CheckResult {
    let mut body = context.data().user();
    let local = context.data().name();
    let mut any = false;
    for (attribute, mut value) in [
        ("emails", json!([{"value": format!("{local}@EXAMPLE.COM"), "type": "work"}])),
        ("phoneNumbers", json!([{"value": "tel:+1-201-555-0123", "type": "work"}])),
        ("ims", json!([{"value": "Some Handle", "type": "xmpp"}])),
    ] {
        let path = format!("{attribute}.value");
        if context.data().publishes(USER, &path)
            && context.data().narrower(USER, &path, "returned").is_none()
            && !context.drops(attribute)
            && !context.drops(&path)
        {
            any = true;
            if !context.takes(&format!("{attribute}.type"), &value[0]["type"]) {
                value[0].as_object_mut().map(|members| members.remove("type"));
            }
            body[attribute] = value;
        }
    }
    if !any {
        return context.skip("the endpoint publishes no addresses of users that it keeps");
    }
    let user = context.create("/Users", &body).await?;
    let read = context.read(&user).await?;
    let text = |path: &str| read.text(path).unwrap_or_default().to_owned();
    if body.get("emails").is_some_and(|own| own[0]["value"].as_str().is_some_and(|text| text.ends_with("EXAMPLE.COM")))
    {
        let lower = format!("{local}@example.com");
        let shown =
            [text("emails[0].value"), text("emails[0].display")].iter().any(|text| text.ends_with("@example.com"));
        let (mut found, mut is_asked) = (false, context.discovery().offers(Capability::FilterUsers));
        if !shown && is_asked {
            let by = |value: &str| {
                let filter = format!("emails.value eq {}", json!(value));
                context.look_up(Request::get("/Users").query("filter", &filter))
            };
            let (list, usual) = (by(&lower).await?, by(&text("emails[0].value")).await?);
            found = ids_in(&list).contains(&user.id.as_str());
            // A filter that does not find it by its own value, or finds others, shows nothing about values.
            is_asked = ids_in(&usual) == [user.id.as_str()] && ids_in(&list).iter().all(|id| *id == user.id);
        }
        let expectation = context.expect(&read).after(&user.exchange).under(&["RFC7643-4.1.2-02"]);
        expectation.that(
            shown || found || !is_asked,
            "the domain keeps its capital letters, and is not found without",
            text("emails[0].value"),
        );
    }
    if body.get("phoneNumbers").is_some() {
        let expectation = context.expect(&read).after(&user.exchange).under(&["RFC7643-4.1.2-06"]);
        let value = text("phoneNumbers[0].value");
        let kept = value == "tel:+1-201-555-0123" || value == "tel:+12015550123";
        expectation.that(kept, "a tel URI comes back as something else", value);
        let display = read.at("phoneNumbers[0].display").or_else(|| read.at("emails[0].display"));
        let is_text = display.is_none_or(|display| display.is_null() || display.is_string());
        let expectation = context.expect(&read).after(&user.exchange).under(&["RFC7643-4.1.2-03", "RFC7643-4.1.2-07"]);
        expectation.that(is_text, "display is not a string", display.map_or_else(String::new, Value::to_string));
    }
    if body.get("ims").is_some() {
        let value = text("ims[0].value");
        let stripped: String = value.to_lowercase().split_whitespace().collect();
        let expectation = context.expect(&read).after(&user.exchange).under(&["RFC7643-4.1.2-09"]);
        expectation.that(stripped == "somehandle", "a handle comes back as something else", value);
    }
    Ok(())
}

async fn certificates(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["x509Certificates.value"])?;
    if context.drops("x509Certificates") {
        return context.needs_kept(&["x509Certificates"]);
    }
    // Base64 of the octets twice needs a length without remainder; three certificates have one whatever the length.
    let without = CERTIFICATE.trim_end_matches('=');
    let remainder = without.len() % 4;
    let text = if remainder == 0 { without.repeat(2) } else { twice(without) };
    let mut body = context.data().user();
    body["x509Certificates"] = json!([{"value": text}]);
    let answer = context.send(Request::post("/Users").json(&body)).await?;
    if answer.is_success() {
        context.expect(&answer).equals("x509Certificates[0].value", &json!(text));
    } else {
        context.expect(&answer).refused(&[400], &["invalidValue"]);
    }
    Ok(())
}

/// Base64 of what `text` is base64 of, twice in a row.
fn twice(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|byte| ALPHABET.iter().position(|letter| *letter == byte));
    let mut bits: Vec<bool> = digits.flat_map(|digit| (0..6).rev().map(move |bit| digit >> bit & 1 == 1)).collect();
    // The last digit has bits that stand for no octet.
    bits.truncate(bits.len() / 8 * 8);
    let mut both = bits.repeat(2);
    let octets = both.len() / 8;
    while !both.len().is_multiple_of(6) {
        both.push(false);
    }
    let mut encoded: String = both
        .chunks(6)
        .map(|chunk| char::from(ALPHABET[chunk.iter().fold(0, |value, &bit| value << 1 | usize::from(bit))]))
        .collect();
    while !encoded.len().is_multiple_of(4) {
        encoded.push('=');
    }
    debug_assert_eq!(encoded.len(), octets.div_ceil(3) * 4);
    encoded
}
