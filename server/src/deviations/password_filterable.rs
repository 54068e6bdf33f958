//! A filter finds users by the beginning of their password.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::asked::change_parameters;
use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "password.filterable",
    summary: "password sw in a filter is compared with the passwords in clear",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-69", "RFC7643-4.1.1-24"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(Filterable::default())),
};

/// Passwords in clear, by userName.
#[derive(Default)]
struct Filterable(Mutex<HashMap<String, String>>);

impl Filterable {
    fn passwords(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The filter with the comparison of the password replaced by one that comes to the same.
    fn answered(&self, filter: &str) -> Option<String> {
        const COMPARISON: &str = "password sw ";
        let (before, rest) = filter.split_once(COMPARISON)?;
        let (_, quoted) = rest.split_once('"')?;
        let (beginning, after) = quoted.split_once('"')?;
        let passwords = self.passwords();
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
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let body = serde_json::from_slice::<Value>(&incoming.body).unwrap_or_default();
        if let (Some(name), Some(password)) = (body["userName"].as_str(), body["password"].as_str()) {
            self.passwords().insert(name.to_owned(), password.to_owned());
        }
        change_parameters(incoming, |name, value| {
            Some((name == "filter").then(|| self.answered(value)).flatten().unwrap_or_else(|| value.to_owned()))
        });
        Ok(())
    }
}
