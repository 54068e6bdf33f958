//! Requests that are meant to break the endpoint. Each is refused in the way that a client can understand, changes nothing,
//! and leaves an endpoint behind that still answers.

mod bodies;
#[path = "../wire/client.rs"]
#[expect(dead_code, reason = "the wire tests use all of it")]
mod client;
mod queries;
mod raw;
mod victim;
