//! From a request to its answer. Every path comes here, so that every error is a SCIM Error body (RFC 7644 section 3.12).
//!
//! A request goes one way, through a file each: [`handle`] has the journal, the connection seam and the answer seam;
//! [`admit`] the limits, the application and its credentials; [`dispatch`] finds the handler by route and method. The
//! handlers decode, run an operation by way of their [`call`], and encode.

mod admit;
mod body;
mod bulk;
mod call;
mod compress;
mod condition;
mod discovery;
mod dispatch;
mod handle;
mod list;
mod me;
mod parameters;
mod resource;
mod root;
mod route;
mod search;
mod sort_by;
mod token;

use call::Call;
pub(crate) use handle::handle;
