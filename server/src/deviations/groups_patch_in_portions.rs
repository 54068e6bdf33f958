//! A PATCH of a group does one thing.

use scim::{Error, ErrorKind};

use super::asked::refuse;
use super::operations::{Kind, group_operations, kind_of, members_named};
use super::{Breaks, Deviation, Parameter, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.patch-in-portions",
    summary: "a PATCH of a group adds so many members at most, in one operation, or removes one, or changes attributes; anything else is refused with 400",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-27", "RFC7644-3.5.2.2-14"]),
    seen: &["https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference"],
    parameter: Some(Parameter {
        meaning: "a whole number from 1 to 1000000",
        default: "20",
        accepts: |text| text.parse().is_ok_and(|number: usize| (1..=1_000_000).contains(&number)),
    }),
    seam: Seam::request(|setup| {
        // A value is checked by `accepts` before it gets here.
        let most = setup.value.parse().unwrap_or(usize::MAX);
        refuse(move |incoming, body| {
            let operations = group_operations(incoming, body)?;
            let count = |wanted: Kind| operations.iter().filter(|operation| kind_of(operation) == wanted).count();
            let (adds, removals, others) = (count(Kind::AddMembers), count(Kind::RemoveMembers), count(Kind::Other));
            let kinds = [adds, removals, others].iter().filter(|count| **count > 0).count();
            let named = members_named(body);
            let problem = if kinds > 1 || count(Kind::ReplaceMembers) > 0 {
                "additions, removals and changes of attributes need requests of their own".to_owned()
            } else if adds > 1 || (adds == 1 && named > most) {
                format!("all additions stand in one operation, of {most} members at most")
            } else if removals > 1 || (removals == 1 && named > 1) {
                "one member can be removed at a time".to_owned()
            } else {
                return None;
            };
            Some(Error::new(ErrorKind::BadRequest, problem))
        })
    }),
};
