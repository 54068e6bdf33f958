//! Behind a proxy the path of a location is cut short.


use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "location.proxy-path-lost",
    summary: "under X-Forwarded-Host meta.location is built from that host and the last two parts of the path",
    breaks: Breaks::Requirements(&["RFC7643-3.1-30"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(LocationProxyPathLost)),
};

struct LocationProxyPathLost;

impl AnswerSeam for LocationProxyPathLost {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer) && head.headers.contains_key("x-forwarded-host")
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let host = head.headers.get("x-forwarded-host").and_then(|host| host.to_str().ok()).unwrap_or_default();
        change_resources(answer, |resource| {
            let location = resource.get("meta").and_then(|meta| meta["location"].as_str()).unwrap_or_default();
            let mut parts = location.rsplitn(3, '/');
            if let (Some(id), Some(collection)) = (parts.next(), parts.next()) {
                resource["meta"]["location"] = format!("https://{host}/{collection}/{id}").into();
            }
        });
    }
}
