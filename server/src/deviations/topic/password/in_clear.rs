//! Passwords that are kept in clear, to be filtered and sorted by.

use std::collections::HashMap;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use scim::schema::Registry;
use serde_json::json;

use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::deviations::part::request::{body, edit_parameters};
use crate::message::IncomingRequest;
use crate::store::{Sort, StoredResource};

/// Passwords by userName.
#[derive(Default)]
struct PasswordsInClear(Mutex<HashMap<String, String>>);

impl PasswordsInClear {
    /// Keeps the password that a body gives a user.
    fn note(&self, incoming: &IncomingRequest<'_>) {
        let body = body(incoming);
        if let (Some(name), Some(password)) = (body["userName"].as_str(), body["password"].as_str()) {
            self.0.lock().insert(name.to_owned(), password.to_owned());
        }
    }

    fn of(&self, registry: &Registry, stored: &StoredResource) -> Option<String> {
        let name = registry.find_attribute(stored.resource_type, "userName")?;
        self.0.lock().get(stored.attributes.decode().string(name)?).cloned()
    }
}

/// `password sw` in a filter is answered.
#[derive(Default)]
pub struct Filterable(PasswordsInClear);

impl Filterable {
    /// The filter with the comparison of the password replaced by one that comes to the same.
    fn answered(&self, filter: &str) -> Option<String> {
        const COMPARISON: &str = "password sw ";
        let (before, rest) = filter.split_once(COMPARISON)?;
        let (_, quoted) = rest.split_once('"')?;
        let (beginning, after) = quoted.split_once('"')?;
        let passwords = self.0.0.lock();
        let mut names: Vec<_> = passwords
            .iter()
            .filter(|(_, password)| password.starts_with(beginning))
            .map(|(name, _)| format!("userName eq {}", json!(name)))
            .collect();
        if names.is_empty() {
            names.push("not (id pr)".to_owned());
        }
        Some(format!("{before}({}){after}", names.join(" or ")))
    }
}

impl RequestSeam for Filterable {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        self.0.note(incoming);
        edit_parameters(incoming, |name, value| {
            Some((name == "filter").then(|| self.answered(value)).flatten().unwrap_or_else(|| value.to_owned()))
        });
        Ok(())
    }
}

/// `sortBy=password` is answered.
#[derive(Default)]
pub struct Sortable(PasswordsInClear);

/// What is sorted by instead, so that the request is taken; nobody else has a use for that order.
const STAND_IN: &str = "meta.version";

fn is_stand_in(registry: &Registry, sort: &Sort) -> bool {
    let name = |id| registry.attribute(id).name.as_str();
    sort.sub_attribute.is_some_and(|sub| format!("{}.{}", name(sort.attribute), name(sub)) == STAND_IN)
}

impl RequestSeam for Sortable {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        self.0.note(incoming);
        edit_parameters(incoming, |name, value| {
            let by_password = name == "sortBy" && value.eq_ignore_ascii_case("password");
            Some(if by_password { STAND_IN } else { value }.to_owned())
        });
        Ok(())
    }

    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let registry = next.registry();
            let sort = match &operation {
                Operation::List(query) => query.sort.clone().filter(|sort| is_stand_in(registry, sort)),
                _ => None,
            };
            let mut outcome = next.run(operation).await?;
            if let (Outcome::Listed(page), Some(sort)) = (&mut outcome, sort) {
                page.resources.sort_by_cached_key(|stored| self.0.of(registry, stored));
                if sort.descending {
                    page.resources.reverse();
                }
            }
            Ok(outcome)
        })
    }
}
