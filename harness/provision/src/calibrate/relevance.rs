//! The part of a recording that is a client's SCIM: browsers, proxies and gateways record more than that.

use std::collections::BTreeMap;

use super::ObservedExchange;
use crate::client::Description;

/// Why an exchange is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Irrelevance {
    /// No client of SCIM uses the method.
    Method,
    /// The path is none of SCIM's.
    Path,
    /// Most of the SCIM goes to another endpoint.
    Origin,
}

impl Irrelevance {
    /// The words behind a number.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Method => "with a method that SCIM does not have",
            Self::Path => "with a path that is not one of SCIM's",
            Self::Origin => "to another endpoint",
        }
    }
}

/// The exchanges that are SCIM with one endpoint, and how many others there are.
pub(super) fn relevant<'a>(
    description: &Description,
    heard: &'a [ObservedExchange],
) -> (Vec<&'a ObservedExchange>, BTreeMap<Irrelevance, usize>) {
    let mut left_out = BTreeMap::new();
    let mut leave_out = |why| *left_out.entry(why).or_default() += 1;
    let mut kept = Vec::new();
    for exchange in heard {
        if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&exchange.method.as_str()) {
            leave_out(Irrelevance::Method);
        } else if !is_scim(description, exchange) {
            leave_out(Irrelevance::Path);
        } else {
            kept.push(exchange);
        }
    }
    let mut origins: BTreeMap<&str, usize> = BTreeMap::new();
    for exchange in &kept {
        *origins.entry(&exchange.origin).or_default() += 1;
    }
    // Of several with as many the first by name, so that the answer is the same each time.
    let most = origins.iter().max_by_key(|(origin, count)| (**count, std::cmp::Reverse(**origin)));
    if let Some(most) = most.map(|(origin, _)| *origin) {
        kept.retain(|exchange| {
            let is_own = exchange.origin == most;
            if !is_own {
                leave_out(Irrelevance::Origin);
            }
            is_own
        });
    }
    (kept, left_out)
}

/// Whether the path names a resource of SCIM (RFC 7644 section 3.2), or one of the client's own paths.
fn is_scim(description: &Description, exchange: &ObservedExchange) -> bool {
    const NAMES: [&str; 8] =
        ["users", "groups", "me", "schemas", "resourcetypes", "serviceproviderconfig", "bulk", ".search"];
    let own = [Some(&description.user.path), description.group.as_ref().map(|group| &group.path)];
    let path = exchange.path.to_ascii_lowercase();
    let is_own = own.into_iter().flatten().any(|own| {
        let own = own.trim_matches('/').to_ascii_lowercase();
        !own.is_empty()
            && path
                .split_once(&own)
                .is_some_and(|(before, after)| before.ends_with('/') && (after.is_empty() || after.starts_with('/')))
    });
    is_own || path.split('/').any(|segment| NAMES.contains(&segment))
}
