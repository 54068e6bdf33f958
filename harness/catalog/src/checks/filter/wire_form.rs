//! How a query is written on the wire (RFC 3986): the same filter, escaped in the ways of the clients in use.

use reqwest::Method;
use serde_json::json;
use url::form_urlencoded::byte_serialize;
use weir_exchange::Request;
use weir_exchange::difference::at;

use crate::check::cohort::{ids_in, resource_count};
use crate::check::{Check, CheckResult, Context, LISTED};

pub(in super::super) const CHECKS: &[Check] = &[Check::new(
    "filter.wire-forms",
    "A filter is read in each form in which clients write it on the wire",
    &wire_forms,
)
.matters(
    "Each HTTP library escapes in its own way; a form that is not read finds no account, which is then created again.",
)
.requirements(&["RFC7644-1.2-01", "RFC7644-3.4.2.2-04"])
.legal(&[
    "200 with exactly the resource, whichever characters are escaped, and in which letters",
    "400, or 200 with an empty list, where a blank travels as + (noted)",
])
.on_every_type(LISTED)];

/// How a form escapes a value of the query.
struct WireForm {
    name: &'static str,
    clients: &'static str,
    /// Whether an endpoint may read it otherwise.
    is_disputed: bool,
    write: fn(&str) -> String,
}

const FORMS: [WireForm; 6] = [
    WireForm {
        name: "%20 for a blank and %2B for a plus",
        clients: "Okta, and every client that keeps to RFC 3986",
        is_disputed: false,
        write: escaped,
    },
    WireForm {
        name: "hex digits in lower case",
        clients: "clients that escape by hand, and proxies",
        is_disputed: false,
        write: |value| escapes_lowered(&escaped(value)),
    },
    WireForm {
        name: "every character escaped",
        clients: "clients that escape by hand",
        is_disputed: false,
        write: |value| value.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}")),
    },
    WireForm {
        name: "brackets, colons and slashes as they are",
        clients: "Okta and most libraries for URLs",
        is_disputed: false,
        write: |value| {
            let plain = [("%28", "("), ("%29", ")"), ("%3A", ":"), ("%2F", "/"), ("%40", "@"), ("%2C", ",")];
            plain.iter().fold(escaped(value), |text, (code, plain)| text.replace(code, plain))
        },
    },
    WireForm {
        name: "square brackets as they are",
        clients: "curl -g and libraries that keep to the URL standard of browsers",
        is_disputed: false,
        write: |value| escaped(value).replace("%5B", "[").replace("%5D", "]"),
    },
    WireForm {
        name: "blanks as +",
        clients: "Entra ID, OneLogin, authentik; urlencode of Python, url.Values of Go, URLEncoder of Java, URLSearchParams",
        is_disputed: true,
        write: |value| byte_serialize(value.as_bytes()).collect(),
    },
];

/// The value with `%20` for a blank and `%2B` for a plus, as RFC 3986 has it.
fn escaped(value: &str) -> String {
    byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20")
}

/// The same with the hex digits of each escape in lower case.
fn escapes_lowered(text: &str) -> String {
    let mut parts = text.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (digits, rest) = part.split_at(part.len().min(2));
        format!("{text}%{}{rest}", digits.to_ascii_lowercase())
    })
}

async fn wire_forms(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let plain = context.resource_with(&text, json!(context.data().name())).await?;
    // Characters that are escaped in a URL; none of them ends a text or a filter.
    let value = format!("{} a+b (c: d/e) [f], h@example.com", context.data().name());
    let resource = context.resource_with(&text, json!(value)).await?;
    if at(resource.body(), &text.path()).and_then(|shown| shown.as_str()) != Some(value.as_str()) {
        return context.unable(format!("{} does not come back as it was sent", text.path()));
    }
    let query = |value: &str| Request::new(Method::GET, context.collection()).raw_query(&format!("filter={value}"));
    let shown = at(plain.body(), &text.path()).cloned().unwrap_or_default();
    let usual = context.send(query(&escaped(&format!("{} eq {shown}", text.path())))).await?;
    if usual.status != 200 || ids_in(&usual) != [plain.id.as_str()] {
        return context.unable(format!("{} eq does not find the resource; `filter.eq` judges that", text.path()));
    }
    let filter = format!("{} eq {}", text.path(), json!(value));
    for form in FORMS {
        let answer = context.send(query(&(form.write)(&filter))).await?;
        let found = ids_in(&answer);
        let is_read = answer.status == 200 && found == [resource.id.as_str()];
        let observed = format!("{}, {}", answer.status, resource_count(found.len()));
        let WireForm { name, clients, .. } = form;
        let message = format!("a filter with {name} does not find its resource; so write {clients}");
        let expectation = context.expect(&answer).after(&usual);
        // A plus is a plus by the URI syntax, and then the filter breaks the grammar (disputed point Q24).
        if form.is_disputed && !is_read && (answer.status == 400 || (answer.status == 200 && found.is_empty())) {
            expectation.under(&["RFC7644-1.2-01"]).note(&message, observed);
        } else {
            expectation.under(&["RFC7644-1.2-01", "RFC7644-3.4.2.2-04"]).that(is_read, &message, observed);
        }
    }
    Ok(())
}
