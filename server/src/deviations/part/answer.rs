//! Parts at the answer: each says what it looks at, and takes a function that changes it.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use bytes::Bytes;
use scim::{ErrorKind, message};
use serde_json::{Map, Value, json};

use crate::application::AnswerSeam;
use crate::message::{Answer, Head, Refusal, SCIM_JSON};

/// Edits every answer as a whole: status, headers and body.
pub struct EditAnswer(pub fn(&Head<'_>, &mut Answer));

impl AnswerSeam for EditAnswer {
    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        (self.0)(head, answer);
    }
}

/// Edits every JSON body, resources, lists, discovery and errors alike.
pub struct EditBody(pub fn(&Head<'_>, &mut Value));

impl AnswerSeam for EditBody {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        !answer.body.is_empty()
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        (self.0)(head, &mut body);
        answer.set_json(&body);
    }
}

/// Edits every JSON body with a function that holds a parameter of the deviation.
pub fn edit_bodies(edit: impl Fn(&Head<'_>, &mut Value) + Send + Sync + 'static) -> Box<dyn AnswerSeam> {
    Box::new(EditBodyWith(edit))
}

struct EditBodyWith<F>(F);

impl<F> AnswerSeam for EditBodyWith<F>
where
    F: Fn(&Head<'_>, &mut Value) + Send + Sync,
{
    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        (self.0)(head, &mut body);
        answer.set_json(&body);
    }
}

/// Edits every `ListResponse`, those of discovery too.
pub struct EditList(pub fn(&mut Map<String, Value>));

impl AnswerSeam for EditList {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(Value::Object(mut list)) = answer.json() else { return };
        (self.0)(&mut list);
        answer.set_json(&Value::Object(list));
    }
}

/// Edits each resource that is shown, alone or in a list.
pub struct EditResource(pub fn(&mut Value));

impl AnswerSeam for EditResource {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        edit_resources(answer, self.0);
    }
}

/// Edits each value of one multi-valued attribute, in each resource that is shown.
pub struct EditValues(pub &'static str, pub fn(&mut Value));

impl AnswerSeam for EditValues {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        edit_resources(answer, |resource| values(resource, self.0).for_each(self.1));
    }
}

/// Edits the array of values of one multi-valued attribute, in each resource that is shown and has it.
pub struct EditArray(pub &'static str, pub fn(&mut Vec<Value>));

impl AnswerSeam for EditArray {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        edit_resources(answer, |resource| {
            if let Some(array) = resource.get_mut(self.0).and_then(Value::as_array_mut) {
                (self.1)(array);
            }
        });
    }
}

/// Edits a member of `meta` in each resource that is shown and has it; `None` leaves it as it is.
pub struct EditMeta(pub &'static str, pub fn(&str) -> Option<Value>);

impl AnswerSeam for EditMeta {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        edit_resources(answer, |resource| {
            if let Some(member) = resource.get_mut("meta").and_then(|meta| meta.get_mut(self.0))
                && let Some(other) = member.as_str().and_then(self.1)
            {
                *member = other;
            }
        });
    }
}

/// Takes members out of each resource that is shown.
pub struct LeaveOut(pub &'static [&'static str]);

impl AnswerSeam for LeaveOut {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        edit_resources(answer, |resource| remove(resource, self.0));
    }
}

/// Edits a header where it stands; `None` takes it away.
pub struct EditHeader(pub &'static str, pub fn(&str) -> Option<String>);

impl AnswerSeam for EditHeader {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.header(&HeaderName::from_static(self.0)).is_some()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let name = HeaderName::from_static(self.0);
        let Some(value) = answer.header(&name) else { return };
        match (self.1)(&String::from_utf8_lossy(value.as_bytes())).map(HeaderValue::try_from) {
            Some(Ok(value)) => answer.set_header(name, value),
            Some(Err(_)) => {}
            None => answer.remove_header(&name),
        }
    }
}

/// Puts another status on an answer that stays as it is otherwise.
pub struct SetStatus(pub StatusCode);

impl AnswerSeam for SetStatus {
    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = self.0;
    }
}

/// Answers without a body instead.
pub struct Empty(pub StatusCode);

impl AnswerSeam for Empty {
    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        *answer = Answer::empty(self.0);
    }
}

/// Answers with a text of a media type instead.
pub struct Reply(pub StatusCode, pub &'static str, pub &'static str);

impl AnswerSeam for Reply {
    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        *answer = Answer::with_body(self.0, self.1, self.2);
    }
}

/// The page of a framework whose handler broke down.
pub const SERVER_ERROR_PAGE: Reply =
    Reply(StatusCode::INTERNAL_SERVER_ERROR, "text/html", "<!DOCTYPE html><h1>Server Error</h1>");

/// Puts another status and another JSON body in the place of those that are there; headers stay.
pub struct Replace(pub StatusCode, pub fn() -> Value);

impl AnswerSeam for Replace {
    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = self.0;
        answer.set_json(&(self.1)());
    }
}

/// Answers with a SCIM Error instead (RFC 7644 section 3.12).
pub struct Fail(pub ErrorKind, pub &'static str);

impl AnswerSeam for Fail {
    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        *answer = Refusal::new(self.0, self.1).into_answer(SCIM_JSON);
    }
}

/// Whether the answer shows resources: alone or in a list, not errors and not what discovery publishes.
pub fn shows_resources(head: &Head<'_>, answer: &Answer) -> bool {
    const DISCOVERY: [&str; 3] = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];
    answer.status.is_success() && !answer.body.is_empty() && !DISCOVERY.iter().any(|place| head.path.contains(place))
}

/// Whether the answer is a list of resources.
pub fn lists_resources(head: &Head<'_>, answer: &Answer) -> bool {
    answer.is_list() && shows_resources(head, answer)
}

/// Whether it is a list in which nothing matches.
pub fn lists_nothing(answer: &Answer) -> bool {
    answer.is_list() && answer.json().is_some_and(|list| list["totalResults"] == 0)
}

/// Whether the request has a parameter of that name in its query.
pub fn has(head: &Head<'_>, name: &str) -> bool {
    parameter(head, name).is_some()
}

/// The value of a parameter, as sent.
pub fn parameter<'h>(head: &Head<'h>, name: &str) -> Option<&'h str> {
    head.query?.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// Whether a parameter that lists attributes names this one.
pub fn names(head: &Head<'_>, parameter: &str, attribute: &str) -> bool {
    let pairs = head.query.into_iter().flat_map(|query| query.split('&'));
    let mut lists = pairs.filter_map(|pair| pair.strip_prefix(parameter)?.strip_prefix('='));
    lists.any(|names| names.split(',').any(|name| name == attribute))
}

/// Edits each resource that the answer shows.
pub fn edit_resources(answer: &mut Answer, mut edit: impl FnMut(&mut Value)) {
    let Some(mut body) = answer.json() else { return };
    if answer.is_list() {
        values(&mut body, "Resources").for_each(&mut edit);
    } else {
        edit(&mut body);
    }
    answer.set_json(&body);
}

/// The values of a member that is an array; none where it is anything else.
pub fn values<'v>(value: &'v mut Value, member: &str) -> impl Iterator<Item = &'v mut Value> {
    value.get_mut(member).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Edits a value and everything in it, the outer before the inner.
pub fn walk(value: &mut Value, edit: fn(&mut Value)) {
    edit(value);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, edit)),
        Value::Object(members) => members.values_mut().for_each(|member| walk(member, edit)),
        _ => {}
    }
}

/// A list in which nothing matches.
pub fn empty_list() -> Value {
    json!({ "schemas": [message::LIST_RESPONSE], "totalResults": 0, "Resources": [] })
}

/// Takes members out of an object, and leaves the others in their order.
pub fn remove(value: &mut Value, members: &[&str]) {
    if let Value::Object(object) = value {
        for member in members {
            object.shift_remove(*member);
        }
    }
}

/// Takes the body away and puts another status; headers stay but for the media type.
pub struct DropBody(pub StatusCode);

impl AnswerSeam for DropBody {
    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = self.0;
        drop_body(answer);
    }
}

/// Puts another status on an Error and into its body, and edits what else stands there.
pub struct EditError(pub StatusCode, pub fn(&mut Value));

impl AnswerSeam for EditError {
    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        answer.status = self.0;
        body["status"] = self.0.as_str().into();
        (self.1)(&mut body);
        answer.set_json(&body);
    }
}

/// Whether the answer is an Error with this scimType.
pub fn has_scim_type(answer: &Answer, scim_type: &str) -> bool {
    answer.json().is_some_and(|body| body["scimType"] == scim_type)
}

/// Takes the body away; other headers than the media type stay.
pub fn drop_body(answer: &mut Answer) {
    answer.body = Bytes::new();
    answer.remove_header(&header::CONTENT_TYPE);
}
