//! The schema says that passwords can be read.

use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schemas.password-readable",
    summary: "/Schemas publishes password as readWrite and returned by default",
    breaks: Breaks::Requirements(&["RFC7643-4.1.1-32"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(SchemasPasswordReadable)),
};

struct SchemasPasswordReadable;

impl AnswerSeam for SchemasPasswordReadable {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && head.path.contains("/Schemas")
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        make_readable(&mut body);
        answer.set_json(&body);
    }
}

fn make_readable(value: &mut Value) {
    if value.get("name").is_some_and(|name| name == "password") {
        value["mutability"] = "readWrite".into();
        value["returned"] = "default".into();
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(make_readable),
        Value::Object(members) => members.values_mut().for_each(make_readable),
        _ => {}
    }
}
