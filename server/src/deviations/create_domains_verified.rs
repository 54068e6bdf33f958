//! Only users of known domains are taken.

use actix_web::http::Method;
use scim::{Error, ErrorKind};
use serde_json::Value;

use super::asked::refuse;
use super::{Breaks, Deviation, Parameter, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "create.domains-verified",
    summary: "a user whose emails are of other domains than these is refused with 400",
    breaks: Breaks::Permitted("an endpoint may have rules of its own for values, and say so with 400 invalidValue"),
    seen: &["https://developer.atlassian.com/cloud/admin/user-provisioning/rest/"],
    parameter: Some(Parameter {
        meaning: "domains with commas between",
        default: "example.com,example.org,example.net",
        accepts: |text| !text.is_empty() && text.split(',').all(|domain| domain.contains('.')),
    }),
    seam: Seam::request(|setup| {
        let domains: Vec<String> = setup.value.split(',').map(str::to_lowercase).collect();
        refuse(move |incoming, body| {
            let emails = body.get("emails")?.as_array().filter(|_| *incoming.method == Method::POST)?;
            let domain = |email: &Value| Some(email["value"].as_str()?.rsplit_once('@')?.1.to_lowercase());
            let stranger = emails.iter().filter_map(domain).find(|domain| !domains.contains(domain))?;
            let detail = format!("the domain {stranger} is not verified; verify it first, or use another address");
            Some(Error::new(ErrorKind::InvalidValue, detail))
        })
    }),
};
