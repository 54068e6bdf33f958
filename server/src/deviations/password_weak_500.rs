//! A weak password is answered with 500.

use scim::{Error, ErrorKind};
use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "password.weak-500",
    summary: "a password of fewer than four characters is answered with 500",
    breaks: Breaks::Requirements(&["RFC7643-4.1.1-28"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(PasswordWeak500)),
};

struct PasswordWeak500;

impl RequestSeam for PasswordWeak500 {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let body = serde_json::from_slice::<Value>(&incoming.body).unwrap_or_default();
        if body["password"].as_str().is_some_and(|password| password.chars().count() < 4) {
            return Err(Error::new(ErrorKind::Internal, "the directory refused the password"));
        }
        Ok(())
    }
}
