//! Files that people write for Weir, or that another product exports: where a fault stands in them.

pub mod fault;
