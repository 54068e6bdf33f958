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

/// Texts that mean nothing to an endpoint.
const PLAIN: [&str; 4] = ["displayName", "title", "nickName", "userType"];

/// See the [module documentation](self).
pub struct User {
    resource: Resource,
    texts: BTreeMap<&'static str, Option<String>>,
    /// `None` where the endpoint publishes no emails.
    emails: Option<BTreeSet<String>>,
    patches: bool,
    replaces: bool,
}

/// One change of a user.
#[derive(Clone)]
pub enum Step {
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
    type Step = Step;

    async fn create(context: &Context) -> Result<Self, Stop> {
        let offers = |capability| context.discovery().offers(capability);
        let (patches, replaces) = (offers(Capability::PatchUsers), offers(Capability::ReplaceUsers));
        if !patches && !replaces {
            return Err(Stop::Skip("the endpoint offers neither PUT nor PATCH of users".into()));
        }
        let published = |name: &&str| context.data().publishes(USER, name);
        let names: Vec<&'static str> = PLAIN.into_iter().filter(published).collect();
        if names.is_empty() {
            return Err(Stop::Skip("the endpoint publishes no plain attribute of users".into()));
        }
        let resource = context.user().await?;
        let read = context.read(&resource).await?;
        let texts = names.into_iter().map(|name| (name, read.text(name).map(str::to_owned))).collect();
        let emails = context.data().publishes(USER, "emails.value").then(|| emails_in(&read));
        Ok(Self { resource, texts, emails, patches, replaces })
    }

    fn draw(&self, context: &Context, random: &mut (dyn FnMut(u64) -> u64 + Send)) -> Step {
        let names: Vec<&'static str> = self.texts.keys().copied().collect();
        let mut pick = |length: usize| usize::try_from(random(length as u64)).unwrap_or(0);
        let new = || context.data().name();
        let address = || context.data().new_address();
        let name = names[pick(names.len())];
        let known = self.emails.iter().flatten().cloned().collect::<Vec<_>>();
        let put = |emails: bool| Step::Put {
            texts: names.iter().map(|name| (*name, new())).collect(),
            emails: emails.then(|| vec![address(), address()]),
        };
        if !self.patches || (self.replaces && pick(6) == 0) {
            return put(self.emails.is_some());
        }
        let op = ["add", "replace"][pick(2)];
        match pick(if self.emails.is_some() { 9 } else { 5 }) {
            0 | 1 => Step::Set { op, values: BTreeMap::from([(name, new())]), path: true },
            2 => Step::Set { op, values: names.iter().map(|name| (*name, new())).collect(), path: false },
            3 => Step::Remove { name },
            4 => Step::Torn { name, value: new() },
            5 | 6 => Step::AddEmail { value: address() },
            7 if !known.is_empty() => Step::RemoveEmail { value: known[pick(known.len())].clone() },
            8 if pick(2) == 0 => Step::RemoveEmails,
            _ => Step::ReplaceEmails { values: vec![address(), address()] },
        }
    }

    fn describe(step: &Step) -> String {
        match step {
            Step::Put { .. } => "PUT of everything".into(),
            Step::Set { op, values, path: true } => format!("{op} {}", values.keys().copied().collect::<String>()),
            Step::Set { op, values, path: false } => {
                format!("{op} without path of {}", values.keys().copied().collect::<Vec<_>>().join(", "))
            }
            Step::Remove { name } => format!("remove {name}"),
            Step::AddEmail { .. } => "add an email".into(),
            Step::RemoveEmail { .. } => "remove an email by a filter".into(),
            Step::ReplaceEmails { .. } => "replace the emails".into(),
            Step::RemoveEmails => "remove the emails".into(),
            Step::Torn { name, .. } => format!("replace {name} together with an operation that is malformed"),
        }
    }

    fn request(&self, step: &Step) -> Request {
        let operations = match step {
            Step::Put { texts, emails } => {
                let mut body = self.resource.body().clone();
                for (name, value) in texts {
                    body[*name] = json!(value);
                }
                if let Some(emails) = emails {
                    body["emails"] = emails.iter().map(|value| email(value)).collect();
                }
                return self.resource.request(Method::PUT).json(&body);
            }
            Step::Set { op, values, path: true } => {
                values.iter().map(|(name, value)| json!({"op": op, "path": name, "value": value})).collect()
            }
            Step::Set { op, values, path: false } => json!([{"op": op, "value": values}]),
            Step::Remove { name } => json!([{"op": "remove", "path": name}]),
            Step::AddEmail { value } => json!([{"op": "add", "path": "emails", "value": [email(value)]}]),
            Step::RemoveEmail { value } => {
                json!([{"op": "remove", "path": format!("emails[value eq {}]", json!(value))}])
            }
            Step::ReplaceEmails { values } => {
                let values: Vec<Value> = values.iter().map(|value| email(value)).collect();
                json!([{"op": "replace", "path": "emails", "value": values}])
            }
            Step::RemoveEmails => json!([{"op": "remove", "path": "emails"}]),
            Step::Torn { name, value } => json!([
                {"op": "replace", "path": name, "value": value},
                {"op": "replace", "path": "name[", "value": "x"},
            ]),
        };
        self.resource.request(Method::PATCH).json(&patch_of(&operations))
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Put { texts, emails } => {
                self.texts.extend(texts.iter().map(|(name, value)| (*name, Some(value.clone()))));
                if let (Some(own), Some(emails)) = (&mut self.emails, emails) {
                    *own = emails.iter().cloned().collect();
                }
            }
            Step::Set { values, .. } => {
                self.texts.extend(values.iter().map(|(name, value)| (*name, Some(value.clone()))));
            }
            Step::Remove { name } => {
                self.texts.insert(name, None);
            }
            Step::Torn { name, value } => {
                // Whether a malformed operation may pass is another check's question.
                self.texts.insert(name, Some(value.clone()));
            }
            Step::AddEmail { value } => self.emails.iter_mut().for_each(|emails| {
                emails.insert(value.clone());
            }),
            Step::RemoveEmail { value } => self.emails.iter_mut().for_each(|emails| {
                emails.remove(value);
            }),
            Step::ReplaceEmails { values } => {
                self.emails.iter_mut().for_each(|emails| *emails = values.iter().cloned().collect());
            }
            Step::RemoveEmails => self.emails.iter_mut().for_each(BTreeSet::clear),
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
        (found != *expected).then(|| format!("emails are {found:?} instead of {expected:?}"))
    }
}

fn emails_in(read: &Exchange) -> BTreeSet<String> {
    let values = read.at("emails").and_then(Value::as_array).into_iter().flatten();
    values.filter_map(|email| at(email, "value").and_then(Value::as_str)).map(str::to_owned).collect()
}
