//! Users are sorted by their password.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use scim::schema::Registry;
use serde_json::Value;

use super::asked::change_parameters;
use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::message::Incoming;
use crate::store::{Sort, Stored};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "password.sortable",
    summary: "sortBy=password puts users in the order of their passwords in clear",
    breaks: Breaks::Requirements(&["RFC7643-4.1.1-24", "RFC7643-7-33"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(Sortable::default())),
};

/// Passwords in clear, by userName.
#[derive(Default)]
struct Sortable(Mutex<HashMap<String, String>>);

/// What is sorted by instead, so that the request is taken; nobody else has a use for that order.
const STAND_IN: &str = "meta.version";

impl Sortable {
    fn passwords(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn password(&self, registry: &Registry, stored: &Stored) -> Option<String> {
        let name = registry.find_attribute(stored.resource_type, "userName")?;
        self.passwords().get(stored.attributes.decode().string(name)?).cloned()
    }
}

fn is_stand_in(registry: &Registry, sort: &Sort) -> bool {
    let name = |id| registry.attribute(id).name.as_str();
    sort.sub_attribute.is_some_and(|sub| format!("{}.{}", name(sort.attribute), name(sub)) == STAND_IN)
}

impl RequestSeam for Sortable {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let body = serde_json::from_slice::<Value>(&incoming.body).unwrap_or_default();
        if let (Some(name), Some(password)) = (body["userName"].as_str(), body["password"].as_str()) {
            self.passwords().insert(name.to_owned(), password.to_owned());
        }
        change_parameters(incoming, |name, value| {
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
                page.resources.sort_by_cached_key(|stored| self.password(registry, stored));
                if sort.descending {
                    page.resources.reverse();
                }
            }
            Ok(outcome)
        })
    }
}
