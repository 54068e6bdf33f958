//! The messages of the wire as every part of the endpoint sees them: the ground floor of this crate.

mod answer;
mod body;
mod delivery;
mod head;
mod incoming;
pub(crate) mod media_type;
mod origin;
mod path;

pub use answer::{Answer, HandlerResult, Refusal};
pub(crate) use body::read_body;
pub use delivery::{Delivery, Fate};
pub use head::Head;
pub use incoming::IncomingRequest;
pub(crate) use incoming::readable_query;
pub(crate) use media_type::SCIM_JSON;
pub(crate) use origin::Origin;
pub(crate) use path::{decode, split_segment};
