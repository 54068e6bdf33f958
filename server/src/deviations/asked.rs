//! The query parameters and the body of a request, for deviations at the request seam.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use crate::application::RequestSeam;
use crate::message::Incoming;

/// Changes the parameters of the query: `change` sees a name and a decoded value and returns the value to go on with,
/// `None` to leave the parameter out.
pub fn change_parameters(incoming: &mut Incoming<'_>, change: impl Fn(&str, &str) -> Option<String>) {
    let Some(query) = &incoming.query else { return };
    let mut changed = Vec::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = percent_decode_str(value).decode_utf8_lossy();
        if let Some(value) = change(name, &value) {
            changed.push(format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC)));
        }
    }
    incoming.query = Some(Cow::Owned(changed.join("&")));
}

/// Changes the names in `attributes` and `excludedAttributes`: those for which `keep` says false are left out.
pub fn keep_names(incoming: &mut Incoming<'_>, keep: impl Fn(&str) -> bool) {
    change_parameters(incoming, |parameter, value| {
        if !matches!(parameter, "attributes" | "excludedAttributes") {
            return Some(value.to_owned());
        }
        // A list without a name is still a list: nothing but the minimum.
        let names: Vec<_> = value.split(',').map(str::trim).filter(|name| keep(name)).collect();
        Some(if names.is_empty() { "nothing".to_owned() } else { names.join(",") })
    });
}

/// Changes the JSON body of a request; one that is no JSON stays as it is.
pub fn change_body(incoming: &mut Incoming<'_>, change: impl FnOnce(&mut Value)) {
    if let Ok(mut body) = serde_json::from_slice::<Value>(&incoming.body) {
        change(&mut body);
        incoming.body = body.to_string().into();
    }
}

/// Refuses requests for what stands in their JSON bodies. What has none, or one that cannot be read, goes on.
pub fn refuse(
    why: impl Fn(&Incoming<'_>, &Value) -> Option<scim::Error> + Send + Sync + 'static,
) -> Box<dyn RequestSeam> {
    Box::new(Refuse(why))
}

struct Refuse<F>(F);

impl<F> RequestSeam for Refuse<F>
where
    F: Fn(&Incoming<'_>, &Value) -> Option<scim::Error> + Send + Sync,
{
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let Ok(body) = serde_json::from_slice::<Value>(&incoming.body) else { return Ok(()) };
        (self.0)(incoming, &body).map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::Method;
    use actix_web::http::header::HeaderMap;

    fn incoming(query: &'static str, body: &'static str) -> Incoming<'static> {
        Incoming {
            method: Cow::Owned(Method::GET),
            path: Cow::Borrowed("/Users"),
            query: Some(Cow::Borrowed(query)),
            headers: Cow::Owned(HeaderMap::new()),
            body: body.into(),
        }
    }

    #[test]
    fn names_are_dropped_and_other_parameters_stay() {
        for (query, expected) in [
            ("attributes=userName,name.givenName&count=1", "attributes=userName&count=1"),
            ("excludedAttributes=name.givenName", "excludedAttributes=nothing"),
            ("filter=a.b%20pr", "filter=a%2Eb%20pr"),
        ] {
            let mut incoming = incoming(query, "");
            keep_names(&mut incoming, |name| !name.contains('.'));
            assert_eq!(incoming.query.as_deref(), Some(expected), "{query}");
        }
    }

    #[test]
    fn only_json_is_changed() {
        for (body, expected) in [(r#"{"a":1}"#, r#"{"a":2}"#), (r#"{"a":"#, r#"{"a":"#)] {
            let mut incoming = incoming("", body);
            change_body(&mut incoming, |value| value["a"] = 2.into());
            assert_eq!(incoming.body, expected);
        }
    }
}
