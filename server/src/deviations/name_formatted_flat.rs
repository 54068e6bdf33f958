//! The name of a user is one member.

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "name.formatted-flat",
    summary: "a user has a member name.formatted in the place of name",
    breaks: Breaks::Requirements(&["RFC7643-4.1.1-10", "RFC7644-3.3-07"]),
    seen: &["https://docs.gitlab.com/development/internal_api/"],
    parameter: None,
    seam: Seam::answer(|_| Box::new(FormattedFlat)),
};

struct FormattedFlat;

impl AnswerSeam for FormattedFlat {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.path.contains("/Users") && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            let Some(user) = resource.as_object_mut() else { return };
            let Some(name) = user.remove("name") else { return };
            let words = ["givenName", "familyName"].map(|part| name[part].as_str().unwrap_or_default());
            let formatted = name["formatted"].as_str().map_or_else(|| words.join(" "), str::to_owned);
            user.insert("name.formatted".into(), formatted.trim().into());
        });
    }
}
