//! Attributes whose texts follow a format or come from a list: what has to be taken, and what may be refused.

use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;

use super::USERS;
use crate::check::{Check, CheckResult, Context};
use crate::data::USER;

pub(in super::super) const CHECKS: &[Check] = &[
    Check::boxed(
        "round-trip.formats",
        "Languages, locales, time zones and URLs of the right form are taken and kept",
        |context| Box::pin(cells(context, FORMATS)),
    )
    .matters("Accounts get the wrong language, or cannot be created at all, by the format of one attribute.")
    .requirements(&[
        "RFC7643-4.1.1-16",
        "RFC7643-4.1.1-18",
        "RFC7643-4.1.1-19",
        "RFC7643-4.1.1-20",
        "RFC7643-4.1.1-21",
        "RFC7643-4.1.1-22",
    ])
    .needs(USERS)
    .legal(&[
        "201 with the text for a right one, whatever its letter case",
        "400 with scimType invalidValue, or 201, for a wrong one",
    ]),
    Check::boxed(
        "round-trip.vocabularies",
        "Kinds of addresses, roles and entitlements are taken or refused, not changed",
        |context| Box::pin(cells(context, VOCABULARIES)),
    )
    .matters("A role that turns into another one is another right.")
    .requirements(&[
        "RFC7643-2.3.1-04",
        "RFC7643-4.1.1-17",
        "RFC7643-4.1.2-04",
        "RFC7643-4.1.2-08",
        "RFC7643-4.1.2-10",
        "RFC7643-4.1.2-11",
        "RFC7643-4.1.2-14",
        "RFC7643-4.1.2-29",
        "RFC7643-4.1.2-30",
    ])
    .needs(USERS)
    .legal(&["201 with the value", "400 with scimType invalidValue where the endpoint knows only its own list"]),
    Check::boxed(
        "round-trip.addresses",
        "Addresses keep their lines, and countries are codes of two letters",
        |context| Box::pin(cells(context, ADDRESSES)),
    )
    .matters("Letters are printed from these lines, and tax is computed from the country.")
    .requirements(&["RFC7643-4.1.2-17", "RFC7643-4.1.2-18", "RFC7643-4.1.2-19", "RFC7643-4.1.2-20"])
    .needs(USERS)
    .legal(&["201 with the text as it was sent, line breaks included", "201 or 400 for a country that is not a code"]),
    Check::boxed("round-trip.names", "A name may come as a whole, in parts, or both", |context| {
        Box::pin(cells(context, NAMES))
    })
    .matters("Consoles show an empty line where the endpoint has one form of a name and they read the other.")
    .requirements(&["RFC7643-4.1.1-07", "RFC7643-4.1.1-08", "RFC7643-4.1.1-09", "RFC7643-4.1.1-11"])
    .needs(USERS)
    .legal(&["201, and the name comes back in one of the forms; displayName is not empty"]),
];

/// One text in its place: what is sent, where to look for it, and whether it may be refused.
struct FormatCell {
    under: &'static [&'static str],
    /// `emails.type`
    path: &'static str,
    /// The body's member and its value, as JSON.
    sent: &'static str,
    /// The text that comes back, whatever its letter case.
    found: &'static str,
    may_be_refused: bool,
}

const fn taken(
    under: &'static [&'static str],
    path: &'static str,
    sent: &'static str,
    found: &'static str,
) -> FormatCell {
    FormatCell { under, path, sent, found, may_be_refused: false }
}

const fn either(
    under: &'static [&'static str],
    path: &'static str,
    sent: &'static str,
    found: &'static str,
) -> FormatCell {
    FormatCell { under, path, sent, found, may_be_refused: true }
}

const FORMATS: &[FormatCell] = &[
    taken(
        &["RFC7643-4.1.1-16"],
        "profileUrl",
        r#"{"profileUrl":"https://example.com/ada"}"#,
        "https://example.com/ada",
    ),
    either(&["RFC7643-4.1.1-16"], "profileUrl", r#"{"profileUrl":"not a url"}"#, "not a url"),
    taken(&["RFC7643-4.1.1-18"], "preferredLanguage", r#"{"preferredLanguage":"en-US"}"#, "en-US"),
    taken(&["RFC7643-4.1.1-18"], "preferredLanguage", r#"{"preferredLanguage":"en-US, fr;q=0.5"}"#, "en-US, fr;q=0.5"),
    taken(&["RFC7643-4.1.1-19"], "locale", r#"{"locale":"en-US"}"#, "en-US"),
    either(&["RFC7643-4.1.1-20"], "locale", r#"{"locale":"en_US"}"#, "en_US"),
    either(&["RFC7643-4.1.1-21"], "locale", r#"{"locale":"en US"}"#, "en US"),
    taken(&["RFC7643-4.1.1-22"], "timezone", r#"{"timezone":"America/Los_Angeles"}"#, "America/Los_Angeles"),
    either(&["RFC7643-4.1.1-22"], "timezone", r#"{"timezone":"Not/AZone"}"#, "Not/AZone"),
];

const VOCABULARIES: &[FormatCell] = &[
    either(&["RFC7643-4.1.1-17"], "userType", r#"{"userType":"Zzz"}"#, "Zzz"),
    either(
        &["RFC7643-2.3.1-04", "RFC7643-4.1.2-04"],
        "emails.type",
        r#"{"emails":[{"value":"ada@example.com","type":"custom"}]}"#,
        "custom",
    ),
    either(
        &["RFC7643-2.3.1-04", "RFC7643-4.1.2-08"],
        "phoneNumbers.type",
        r#"{"phoneNumbers":[{"value":"tel:+1-201-555-0123","type":"sat"}]}"#,
        "sat",
    ),
    taken(&["RFC7643-4.1.2-10"], "ims.type", r#"{"ims":[{"value":"ada","type":"xmpp"}]}"#, "xmpp"),
    either(&["RFC7643-4.1.2-11"], "ims.type", r#"{"ims":[{"value":"ada","type":"newservice"}]}"#, "newservice"),
    either(
        &["RFC7643-4.1.2-14"],
        "photos.type",
        r#"{"photos":[{"value":"https://example.com/ada.jpg","type":"photo"},{"value":"https://example.com/ada-small.jpg","type":"thumbnail"}]}"#,
        "thumbnail",
    ),
    either(&["RFC7643-4.1.2-29"], "entitlements.value", r#"{"entitlements":[{"value":"free text"}]}"#, "free text"),
    either(
        &["RFC7643-4.1.2-30"],
        "roles.value",
        r#"{"roles":[{"value":"chief of everything"}]}"#,
        "chief of everything",
    ),
];

const ADDRESSES: &[FormatCell] = &[
    taken(&["RFC7643-4.1.2-17"], "addresses.type", r#"{"addresses":[{"type":"work"}]}"#, "work"),
    taken(
        &["RFC7643-4.1.2-18"],
        "addresses.formatted",
        r#"{"addresses":[{"formatted":"1 Way\nTown"}]}"#,
        "1 Way\nTown",
    ),
    taken(
        &["RFC7643-4.1.2-19"],
        "addresses.streetAddress",
        r#"{"addresses":[{"streetAddress":"1 Way\nFloor 2"}]}"#,
        "1 Way\nFloor 2",
    ),
    taken(&["RFC7643-4.1.2-20"], "addresses.country", r#"{"addresses":[{"country":"US"}]}"#, "US"),
    either(&["RFC7643-4.1.2-20"], "addresses.country", r#"{"addresses":[{"country":"USA"}]}"#, "USA"),
];

const NAMES: &[FormatCell] = &[
    taken(
        &["RFC7643-4.1.1-07", "RFC7643-4.1.1-08"],
        "name.familyName",
        r#"{"name":{"familyName":"Example"}}"#,
        "Example",
    ),
    taken(
        &["RFC7643-4.1.1-07", "RFC7643-4.1.1-08"],
        "name.formatted",
        r#"{"name":{"formatted":"Ada Example"}}"#,
        "Ada Example",
    ),
    taken(
        &["RFC7643-4.1.1-09"],
        "name.givenName",
        r#"{"name":{"formatted":"Ada Example","givenName":"Ada","familyName":"Example"}}"#,
        "Ada",
    ),
    taken(&["RFC7643-4.1.1-11"], "displayName", r#"{"displayName":"Ada Example"}"#, "Ada Example"),
];

async fn cells(context: &Context, cells: &'static [FormatCell]) -> CheckResult {
    let mut any = false;
    for cell in cells {
        if !context.data().publishes(USER, cell.path) {
            continue;
        }
        any = true;
        let top = cell.path.split('.').next().unwrap_or(cell.path);
        // What is not stored at all says nothing of its format.
        if context.drops(cell.path) || context.drops(top) {
            continue;
        }
        let mut body = context.data().user();
        let sent: Value = serde_json::from_str(cell.sent).unwrap_or_default();
        for (name, value) in sent.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        if !cell.may_be_refused && !context.takes(cell.path, &json!(cell.found)) {
            continue;
        }
        let answer = context.send_uncanonical(Request::post("/Users").json(&body)).await?;
        let expectation = context.expect(&answer).under(cell.under);
        if !answer.is_success() {
            let message = format!("{} is refused for {}", json!(cell.found), cell.path);
            let expectation = expectation.that(cell.may_be_refused, &message, answer.status.to_string());
            if cell.may_be_refused {
                expectation.refused(&[400], &["invalidValue"]);
            }
            continue;
        }
        let (attribute, part) = cell.path.split_once('.').unwrap_or((cell.path, ""));
        let found = answer.at(attribute).cloned().unwrap_or_default();
        let elements = found.as_array().cloned().unwrap_or_else(|| vec![found.clone()]);
        let texts = elements.iter().filter_map(|element| at(element, part)).filter_map(Value::as_str);
        let kept = texts.clone().any(|text| text.eq_ignore_ascii_case(cell.found));
        // What is not kept at all was dropped, which is allowed for what may be refused; another text is not.
        let dropped = cell.may_be_refused && texts.count() == 0;
        let message = format!("{} comes back as something else for {}", json!(cell.found), cell.path);
        expectation.that(kept || dropped, &message, found.to_string());
    }
    if any { Ok(()) } else { context.skip("the endpoint publishes none of the attributes") }
}
