//! Filters (RFC 7644 section 3.4.2.2) in three stages with three types: [`parse`] knows text only, [`resolve`] knows
//! schemas, [`eval`] knows resources.

mod ast;
pub mod eval;
pub mod parse;
pub mod resolve;

pub use ast::{Comparison, Filter, Literal, Operator};
pub use resolve::{ResolvedComparison, ResolvedFilter};

#[cfg(test)]
mod tests;
