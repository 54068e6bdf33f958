//! A user, as far as the model follows it: a few plain texts, the emails, and whether it is active.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};

use super::Model;
use crate::check::{Context, Resource, Stop, patch_of};
use crate::data::USER;
use weir_judge::Because;

/// Texts that mean nothing to an endpoint.
const PLAIN: [&str; 4] = ["displayName", "title", "nickName", "userType"];

/// See the [module documentation](self).
pub struct User {
    resource: Resource,
    /// What a PUT begins with: the new resource, as it can be sent back.
    body: Value,
    texts: BTreeMap<&'static str, Option<String>>,
    /// `None` where the endpoint publishes no emails.
    emails: Option<BTreeSet<String>>,
    patches: bool,
    replaces: bool,
}

/// One change of a user.
#[derive(Clone)]
pub enum UserStep {
    /// Everything that the model follows, and what the endpoint requires besides.
    Put {
        texts: BTreeMap<&'static str, String>,
        emails: Option<Vec<String>>,
    },
    Set {
        op: &'static str,
        values: BTreeMap<&'static str, String>,
        path: bool,
    },
    Remove {
        name: &'static str,
    },
    AddEmail {
        value: String,
    },
    RemoveEmail {
        value: String,
    },
    ReplaceEmails {
        values: Vec<String>,
    },
    RemoveEmails,
    /// A change that could be made, before one that cannot: both are refused (RFC 7644 section 3.5.2).
    Torn {
        name: &'static str,
        value: String,
    },
}

fn email(value: &str) -> Value {
    json!({"value": value, "type": "work"})
}

impl Model for User {
    type Step = UserStep;

    async fn create(context: &Context) -> Result<Self, Stop> {
        let offers = |capability| context.discovery().offers(capability);
        let (patches, replaces) = (offers(Capability::PatchUsers), offers(Capability::ReplaceUsers));
        if !patches && !replaces {
            return Err(Stop::Skip(Because::Offer, "the endpoint offers neither PUT nor PATCH of users".into()));
        }
        let published = |name: &&str| context.needs_attributes(USER, &[name]).is_ok() && !context.loses(name);
        let names: Vec<&'static str> = PLAIN.into_iter().filter(published).collect();
        if names.is_empty() {
            let reason = "the endpoint publishes no plain attribute of users that it keeps";
            return Err(Stop::Skip(Because::Published, reason.into()));
        }
        let has_emails = context.needs_attributes(USER, &["emails.value"]).is_ok();
        let mut body = context.data().user();
        if has_emails {
            body["emails"] = json!([email(&context.data().new_address()), email(&context.data().new_address())]);
        }
        let resource = context.create("/Users", &body).await?;
        let read = context.read(&resource).await?;
        let texts = names.into_iter().map(|name| (name, read.text(name).map(str::to_owned))).collect();
        // One that keeps fewer than were sent is judged by schema.multi-valued, and has no emails to follow.
        let emails = Some(emails_in(&read)).filter(|emails| has_emails && emails.len() == 2);
        let body = context.sendable(&resource, resource.body());
        Ok(Self { resource, body, texts, emails, patches, replaces })
    }

    fn draw(&self, context: &Context, random: &mut (dyn FnMut(u64) -> u64 + Send)) -> UserStep {
        let names: Vec<&'static str> = self.texts.keys().copied().collect();
        let mut pick = |length: usize| usize::try_from(random(length as u64)).unwrap_or(0);
        let new = || context.data().name();
        let address = || context.data().new_address();
        let name = names[pick(names.len())];
        let known = self.emails.iter().flatten().cloned().collect::<Vec<_>>();
        let put = |emails: bool| UserStep::Put {
            texts: names.iter().map(|name| (*name, new())).collect(),
            emails: emails.then(|| vec![address(), address()]),
        };
        if !self.patches || (self.replaces && pick(6) == 0) {
            return put(self.emails.is_some());
        }
        let op = ["add", "replace"][pick(2)];
        match pick(if self.emails.is_some() { 9 } else { 5 }) {
            0 | 1 => UserStep::Set { op, values: BTreeMap::from([(name, new())]), path: true },
            2 => UserStep::Set { op, values: names.iter().map(|name| (*name, new())).collect(), path: false },
            3 => UserStep::Remove { name },
            4 => UserStep::Torn { name, value: new() },
            5 | 6 => UserStep::AddEmail { value: address() },
            7 if !known.is_empty() => UserStep::RemoveEmail { value: known[pick(known.len())].clone() },
            8 if pick(2) == 0 => UserStep::RemoveEmails,
            _ => UserStep::ReplaceEmails { values: vec![address(), address()] },
        }
    }

    fn describe(step: &UserStep) -> String {
        match step {
            UserStep::Put { .. } => "PUT of everything".into(),
            UserStep::Set { op, values, path: true } => format!("{op} {}", values.keys().copied().collect::<String>()),
            UserStep::Set { op, values, path: false } => {
                format!("{op} without path of {}", values.keys().copied().collect::<Vec<_>>().join(", "))
            }
            UserStep::Remove { name } => format!("remove {name}"),
            UserStep::AddEmail { .. } => "add an email".into(),
            UserStep::RemoveEmail { .. } => "remove an email by a filter".into(),
            UserStep::ReplaceEmails { .. } => "replace the emails".into(),
            UserStep::RemoveEmails => "remove the emails".into(),
            UserStep::Torn { name, .. } => format!("replace {name} together with an operation that is malformed"),
        }
    }

    fn request(&self, step: &UserStep) -> Request {
        let operations = match step {
            UserStep::Put { texts, emails } => {
                let mut body = self.body.clone();
                for (name, value) in texts {
                    body[*name] = json!(value);
                }
                if let Some(emails) = emails {
                    body["emails"] = emails.iter().map(|value| email(value)).collect();
                }
                return self.resource.request(Method::PUT).json(&body);
            }
            UserStep::Set { op, values, path: true } => {
                values.iter().map(|(name, value)| json!({"op": op, "path": name, "value": value})).collect()
            }
            UserStep::Set { op, values, path: false } => json!([{"op": op, "value": values}]),
            UserStep::Remove { name } => json!([{"op": "remove", "path": name}]),
            UserStep::AddEmail { value } => json!([{"op": "add", "path": "emails", "value": [email(value)]}]),
            UserStep::RemoveEmail { value } => {
                json!([{"op": "remove", "path": format!("emails[value eq {}]", json!(value))}])
            }
            UserStep::ReplaceEmails { values } => {
                let values: Vec<Value> = values.iter().map(|value| email(value)).collect();
                json!([{"op": "replace", "path": "emails", "value": values}])
            }
            UserStep::RemoveEmails => json!([{"op": "remove", "path": "emails"}]),
            UserStep::Torn { name, value } => json!([
                {"op": "replace", "path": name, "value": value},
                {"op": "replace", "path": "name[", "value": "x"},
            ]),
        };
        self.resource.request(Method::PATCH).json(&patch_of(&operations))
    }

    fn apply(&mut self, step: &UserStep) {
        match step {
            UserStep::Put { texts, emails } => {
                self.texts.extend(texts.iter().map(|(name, value)| (*name, Some(value.clone()))));
                if let (Some(own), Some(emails)) = (&mut self.emails, emails) {
                    *own = emails.iter().cloned().collect();
                }
            }
            UserStep::Set { values, .. } => {
                self.texts.extend(values.iter().map(|(name, value)| (*name, Some(value.clone()))));
            }
            UserStep::Remove { name } => {
                self.texts.insert(name, None);
            }
            UserStep::Torn { name, value } => {
                // Whether a malformed operation may pass is another check's question.
                self.texts.insert(name, Some(value.clone()));
            }
            UserStep::AddEmail { value } => self.emails.iter_mut().for_each(|emails| {
                emails.insert(value.clone());
            }),
            UserStep::RemoveEmail { value } => self.emails.iter_mut().for_each(|emails| {
                emails.remove(value);
            }),
            UserStep::ReplaceEmails { values } => {
                self.emails.iter_mut().for_each(|emails| *emails = values.iter().cloned().collect());
            }
            UserStep::RemoveEmails => self.emails.iter_mut().for_each(BTreeSet::clear),
        }
    }

    fn resource(&self) -> &Resource {
        &self.resource
    }

    fn difference(&self, read: &Exchange) -> Option<String> {
        for (name, expected) in &self.texts {
            let found = read.text(name);
            if found != expected.as_deref() {
                let word = |value: Option<&str>| value.map_or_else(|| "nothing".into(), |value| format!("{value:?}"));
                return Some(format!("{name} is {} instead of {}", word(found), word(expected.as_deref())));
            }
        }
        let expected = self.emails.as_ref()?;
        let found = emails_in(read);
        let words = |emails: &BTreeSet<String>| {
            if emails.is_empty() { "none".to_owned() } else { emails.iter().cloned().collect::<Vec<_>>().join(", ") }
        };
        (found != *expected).then(|| format!("emails are {} instead of {}", words(&found), words(expected)))
    }
}

fn emails_in(read: &Exchange) -> BTreeSet<String> {
    let values = read.at("emails").and_then(Value::as_array).into_iter().flatten();
    values.filter_map(|email| at(email, "value").and_then(Value::as_str)).map(str::to_owned).collect()
}
