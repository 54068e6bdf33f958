//! Paths are understood in lower case too.

use std::borrow::Cow;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "paths.lower-case-accepted",
    summary: "/users and /groups mean /Users and /Groups",
    breaks: Breaks::Permitted("no RFC forbids an endpoint to have further paths"),
    seen: &["https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference"],
    parameter: None,
    seam: Seam::request(|_| Box::new(LowerCaseAccepted)),
};

struct LowerCaseAccepted;

const NAMES: [&str; 5] = ["Users", "Groups", "Schemas", "ResourceTypes", "ServiceProviderConfig"];

impl RequestSeam for LowerCaseAccepted {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let path = incoming.path.trim_start_matches('/');
        let (first, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
        if let Some(name) = NAMES.iter().find(|name| name.to_lowercase() == first) {
            incoming.path = Cow::Owned(format!("/{name}{rest}"));
        }
        Ok(())
    }
}
