//! The three stages by tables: `fixtures/filters/` for parsing, and one invented person for what a filter means.

mod eval;
mod parse;
mod resolve;

use super::parse::{Limits, parse};
use super::{Filter, ResolvedFilter};
use crate::schema::{Registry, ResourceTypeId, standard};
use crate::tolerance::{Tolerance, Tolerances};

fn tolerances(names: &str) -> Tolerances {
    names.split_whitespace().map(|name| name.parse::<Tolerance>().unwrap()).collect()
}

fn strict(text: &str) -> Filter {
    parse(text, Limits::default(), &Tolerances::strict()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn registry() -> Registry {
    standard::registry(&[standard::ENTERPRISE_USER, standard::IAN_USER]).unwrap()
}

fn user_type(registry: &Registry) -> ResourceTypeId {
    registry.resource_type_by_name("User").unwrap()
}

fn resolve_for_user(registry: &Registry, text: &str, tolerances: &Tolerances) -> crate::Result<ResolvedFilter> {
    let filter = parse(text, Limits::default(), tolerances)?;
    super::resolve::resolve(registry, user_type(registry), &filter, tolerances)
}
