//! Files that people write for Weir, or that another product exports: how they are read, and where a fault stands in them.
//! Files that Weir writes: who can read them. Names that people type: what is near one that is not known, and patterns of names.

pub mod count;
pub mod document;
pub mod encoding;
pub mod fault;
pub mod kind;
pub mod member;
pub mod name;
pub mod pages;
pub mod pattern;
pub mod private;
pub mod template;
pub mod unique;
