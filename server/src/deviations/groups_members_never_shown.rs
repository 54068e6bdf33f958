//! Members are kept and never shown.

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.members-never-shown",
    summary: "a group is always shown without its members",
    breaks: Breaks::Requirements(&["RFC7643-8.7.1-70", "RFC7644-3.3-18", "RFC7644-3.5.2.1-08"]),
    seen: &[
        "https://docs.aws.amazon.com/singlesignon/latest/developerguide/listgroups.html",
        "https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference",
        "https://github.com/goauthentik/authentik/issues/20410",
    ],
    parameter: None,
    seam: Seam::answer(|_| Box::new(MembersNeverShown)),
};

struct MembersNeverShown;

impl AnswerSeam for MembersNeverShown {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.path.to_lowercase().contains("/groups") && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(group) = resource.as_object_mut() {
                group.remove("members");
            }
        });
    }
}
