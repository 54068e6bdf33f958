//! Partial changes (RFC 7644 section 3.5.2), one theme a file.

pub(super) mod add;
pub(super) mod answer;
pub(super) mod atomicity;
pub(super) mod attribute;
pub(super) mod change;
pub(super) mod expressions;
pub(super) mod lifecycle;
pub(super) mod matrix;
pub(super) mod members;
pub(super) mod message;
pub(super) mod mutability;
pub(super) mod paths;
pub(super) mod primary;
pub(super) mod readings;
pub(super) mod removal_value;
pub(super) mod remove;
pub(super) mod replace;
pub(super) mod value_path;
