//! One request may name so many members.

use scim::{Error, ErrorKind};

use super::asked::refuse;
use super::operations::members_named;
use super::{Breaks, Deviation, Parameter, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.members-per-request",
    summary: "a POST or PATCH that names more members than this is refused with 400",
    breaks: Breaks::Permitted(
        "no RFC says how many members one request may name; a client must be ready to send them in portions",
    ),
    seen: &[
        "https://docs.aws.amazon.com/singlesignon/latest/developerguide/creategroup.html",
        "https://docs.aws.amazon.com/singlesignon/latest/developerguide/patchgroup.html",
    ],
    parameter: Some(Parameter {
        meaning: "a whole number from 1 to 1000000",
        default: "100",
        accepts: |text| text.parse().is_ok_and(|number: usize| (1..=1_000_000).contains(&number)),
    }),
    seam: Seam::request(|setup| {
        // A value is checked by `accepts` before it gets here.
        let most = setup.value.parse().unwrap_or(usize::MAX);
        refuse(move |incoming, body| {
            let is_group = incoming.path.starts_with("/Groups");
            let named = if is_group { members_named(body) } else { 0 };
            let detail = format!("the request names {named} members, and {most} are taken; send them in portions");
            (named > most).then(|| Error::new(ErrorKind::InvalidValue, detail))
        })
    }),
};
