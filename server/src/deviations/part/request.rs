//! Parts at the request, before it is decoded: headers, path, query and body.

use std::borrow::Cow;

use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use scim::{Error, ErrorKind};
use serde_json::{Map, Value};

use super::answer::remove;
use crate::application::RequestSeam;
use crate::message::IncomingRequest;

/// Edits a request as a whole.
pub struct EditRequest(pub fn(&mut IncomingRequest<'_>));

impl RequestSeam for EditRequest {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        (self.0)(incoming);
        Ok(())
    }
}

/// Sends the request to another path; `None` leaves it where it is.
pub struct EditPath(pub fn(&str) -> Option<String>);

impl RequestSeam for EditPath {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        if let Some(path) = (self.0)(&incoming.path) {
            incoming.path = Cow::Owned(path);
        }
        Ok(())
    }
}

/// Edits the query as a whole, as it was sent; requests without one stay as they are.
pub struct EditQueryString(pub fn(&str) -> String);

impl RequestSeam for EditQueryString {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        if let Some(query) = &incoming.query {
            incoming.query = Some(Cow::Owned((self.0)(query)));
        }
        Ok(())
    }
}

/// Edits the JSON body; one that is not JSON stays as it is.
pub struct EditRequestBody(pub fn(&mut Value));

impl RequestSeam for EditRequestBody {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        edit_body(incoming, self.0);
        Ok(())
    }
}

/// Edits the message of a query by POST.
pub struct EditSearch(pub fn(&mut Map<String, Value>));

impl RequestSeam for EditSearch {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        if incoming.path.ends_with("/.search") {
            edit_body(incoming, |body| {
                body.as_object_mut().map(self.0);
            });
        }
        Ok(())
    }
}

/// Takes members out of the message of a query by POST.
pub struct DropFromSearch(pub &'static [&'static str]);

impl RequestSeam for DropFromSearch {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        if incoming.path.ends_with("/.search") {
            edit_body(incoming, |body| remove(body, self.0));
        }
        Ok(())
    }
}

/// A negative `count` is taken as none.
pub const NEGATIVE_COUNT_IS_ALL: EditParameter =
    EditParameter("count", |text| Some(text).filter(|text| !text.starts_with('-')));

/// Edits one parameter of the query; `None` takes it away.
pub struct EditParameter(pub &'static str, pub fn(String) -> Option<String>);

impl RequestSeam for EditParameter {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        let Some(query) = &incoming.query else { return Ok(()) };
        let pairs: Vec<String> = query
            .split('&')
            .filter_map(|pair| match pair.split_once('=') {
                Some((name, value)) if name == self.0 => {
                    let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
                    let value = (self.1)(value)?;
                    Some(format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC)))
                }
                _ => Some(pair.to_owned()),
            })
            .collect();
        incoming.query = Some(Cow::Owned(pairs.join("&")));
        Ok(())
    }
}

/// Takes parameters out of the query.
pub struct DropParameters(pub &'static [&'static str]);

impl RequestSeam for DropParameters {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        edit_parameters(incoming, |name, value| (!self.0.contains(&name)).then(|| value.to_owned()));
        Ok(())
    }
}

/// Keeps the names in `attributes` and `excludedAttributes` for which the function says true.
pub struct KeepNames(pub fn(&str) -> bool);

impl RequestSeam for KeepNames {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        edit_parameters(incoming, |parameter, value| {
            if !matches!(parameter, "attributes" | "excludedAttributes") {
                return Some(value.to_owned());
            }
            // A list without a name is still a list: nothing but the minimum.
            let names: Vec<_> = value.split(',').map(str::trim).filter(|name| (self.0)(name)).collect();
            Some(if names.is_empty() { "nothing".to_owned() } else { names.join(",") })
        });
        Ok(())
    }
}

/// Edits a header of the request where it stands; `None` takes it away.
pub struct EditRequestHeader(pub &'static str, pub fn(&str) -> Option<String>);

impl RequestSeam for EditRequestHeader {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        let Some(value) = incoming.headers.get(self.0) else { return Ok(()) };
        let name = HeaderName::from_static(self.0);
        match (self.1)(&String::from_utf8_lossy(value.as_bytes())).map(HeaderValue::try_from) {
            Some(Ok(value)) => drop(incoming.headers.to_mut().insert(name, value)),
            Some(Err(_)) => {}
            None => drop(incoming.headers.to_mut().remove(name)),
        }
        Ok(())
    }
}

/// Refuses the request.
pub struct Refuse(pub ErrorKind, pub &'static str);

impl RequestSeam for Refuse {
    fn rewrite(&self, _: &mut IncomingRequest<'_>) -> scim::Result<()> {
        Err(Error::new(self.0, self.1))
    }
}

/// Refuses requests whose JSON body is as the function says. A body that cannot be read goes on.
pub struct RefuseBody(pub ErrorKind, pub &'static str, pub fn(&Value) -> bool);

impl RequestSeam for RefuseBody {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        match serde_json::from_slice::<Value>(&incoming.body) {
            Ok(body) if (self.2)(&body) => Err(Error::new(self.0, self.1)),
            _ => Ok(()),
        }
    }
}

/// Refuses requests with an error that the function makes.
pub fn refuse_requests(
    why: impl Fn(&IncomingRequest<'_>) -> Option<Error> + Send + Sync + 'static,
) -> Box<dyn RequestSeam> {
    Box::new(RefuseWith(why))
}

/// Refuses requests for what stands in their JSON bodies, with an error that the function makes. What has no body, or one
/// that cannot be read, goes on.
pub fn refuse(
    why: impl Fn(&IncomingRequest<'_>, &Value) -> Option<Error> + Send + Sync + 'static,
) -> Box<dyn RequestSeam> {
    refuse_requests(move |incoming| why(incoming, &serde_json::from_slice(&incoming.body).ok()?))
}

struct RefuseWith<F>(F);

impl<F> RequestSeam for RefuseWith<F>
where
    F: Fn(&IncomingRequest<'_>) -> Option<Error> + Send + Sync,
{
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        (self.0)(incoming).map_or(Ok(()), Err)
    }
}

/// Whether the request sends a whole resource: POST or PUT.
pub fn sends_resource(incoming: &IncomingRequest<'_>) -> bool {
    matches!(*incoming.method, Method::POST | Method::PUT)
}

/// Whether the request sends a whole user.
pub fn sends_user(incoming: &IncomingRequest<'_>) -> bool {
    sends_resource(incoming) && incoming.path.starts_with("/Users")
}

/// Whether the request is a PATCH.
pub fn is_patch(incoming: &IncomingRequest<'_>) -> bool {
    *incoming.method == Method::PATCH
}

/// The body as JSON; null when it is not.
pub fn body(incoming: &IncomingRequest<'_>) -> Value {
    serde_json::from_slice(&incoming.body).unwrap_or_default()
}

/// Edits the parameters of the query: `edit` sees a name and a decoded value and returns the value to go on with, `None` to
/// leave the parameter out.
pub fn edit_parameters(incoming: &mut IncomingRequest<'_>, edit: impl Fn(&str, &str) -> Option<String>) {
    let Some(query) = &incoming.query else { return };
    let mut edited = Vec::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = percent_decode_str(value).decode_utf8_lossy();
        if let Some(value) = edit(name, &value) {
            edited.push(format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC)));
        }
    }
    incoming.query = Some(Cow::Owned(edited.join("&")));
}

/// The filter with other literals in the place of those for `type` and `value` that have capital letters, so that they match
/// nothing.
pub fn without_capitals(filter: &str) -> String {
    let mut read = String::with_capacity(filter.len());
    let mut rest = filter;
    while let Some((before, literal)) = rest.split_once(" eq \"") {
        let (value, after) = literal.split_once('"').unwrap_or((literal, ""));
        let named = before.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is_missed = matches!(named, "type" | "value") && value.chars().any(char::is_uppercase);
        read.push_str(before);
        read.push_str(" eq \"");
        read.push_str(if is_missed { "no such value" } else { value });
        if literal.contains('"') {
            read.push('"');
        }
        rest = after;
    }
    read.push_str(rest);
    read
}

/// Edits the JSON body of a request; one that is not JSON stays as it is.
pub fn edit_body(incoming: &mut IncomingRequest<'_>, edit: impl FnOnce(&mut Value)) {
    if let Ok(mut body) = serde_json::from_slice::<Value>(&incoming.body) {
        edit(&mut body);
        incoming.body = body.to_string().into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderMap;

    fn incoming(query: &'static str, body: &'static str) -> IncomingRequest<'static> {
        IncomingRequest {
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
            KeepNames(|name| !name.contains('.')).rewrite(&mut incoming).unwrap();
            assert_eq!(incoming.query.as_deref(), Some(expected), "{query}");
        }
    }

    #[test]
    fn literals_with_capitals_match_nothing() {
        for (filter, expected) in [
            (r#"[type eq "WORK"].value"#, r#"[type eq "no such value"].value"#),
            (r#"[type eq "work" and value eq "A"]"#, r#"[type eq "work" and value eq "no such value"]"#),
            (r#"[display eq "A"]"#, r#"[display eq "A"]"#),
            (r#"[type eq "A"#, r#"[type eq "no such value"#),
        ] {
            assert_eq!(without_capitals(filter), expected);
        }
    }

    #[test]
    fn only_json_is_edited() {
        for (body, expected) in [(r#"{"a":1}"#, r#"{"a":2}"#), (r#"{"a":"#, r#"{"a":"#)] {
            let mut incoming = incoming("", body);
            edit_body(&mut incoming, |value| value["a"] = 2.into());
            assert_eq!(incoming.body, expected);
        }
    }
}
