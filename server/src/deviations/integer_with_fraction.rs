//! Integers are written with a fraction.

use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "integer.with-fraction",
    summary: "whole numbers are written as 1.0, in resources and in lists",
    breaks: Breaks::Requirements(&["RFC7643-2.3.4-01", "RFC7644-3.4.2-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(IntegerWithFraction)),
};

struct IntegerWithFraction;

impl AnswerSeam for IntegerWithFraction {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && !answer.body.is_empty() && !head.path.contains("/Schemas")
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        with_fraction(&mut body);
        answer.set_json(&body);
    }
}

fn with_fraction(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(fraction) = number.as_f64().and_then(serde_json::Number::from_f64) {
                *number = fraction;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(with_fraction),
        Value::Object(members) => members.values_mut().for_each(with_fraction),
        _ => {}
    }
}
