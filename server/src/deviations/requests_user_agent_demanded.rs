//! Requests without User-Agent are refused.

use actix_web::http::header::{self, HeaderValue};
use scim::{Error, ErrorKind};

use super::{Breaks, Deviation, Parameter, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "requests.user-agent-demanded",
    summary: "requests without User-Agent are refused with 403",
    breaks: Breaks::Permitted(
        "RFC 9110 section 10.1.5 only recommends that clients send one, and an endpoint may refuse whom it does not know",
    ),
    seen: &[
        "https://docs.github.com/en/enterprise-cloud@latest/rest/enterprise-admin/scim",
        "https://docs.pingidentity.com/integrations/amazon/aws_iam_identity_center_provisioner/pf_aws_singlesignon_connector_changelog.html",
    ],
    parameter: Some(Parameter {
        meaning: "all, or the methods concerned with commas between",
        default: "all",
        accepts: |text| text == "all" || text.split(',').all(|word| METHODS.contains(&word)),
    }),
    seam: Seam::request(|setup| Box::new(Demanded { methods: setup.value.to_owned() })),
};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

struct Demanded {
    methods: String,
}

impl RequestSeam for Demanded {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let concerned = self.methods == "all" || self.methods.split(',').any(|own| own == incoming.method.as_str());
        if concerned && incoming.headers.get(header::USER_AGENT).is_none_or(HeaderValue::is_empty) {
            return Err(Error::new(ErrorKind::Forbidden, "the request has no User-Agent; send one"));
        }
        Ok(())
    }
}
