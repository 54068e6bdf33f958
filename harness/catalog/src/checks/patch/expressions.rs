//! The cases of the filter grammar in the square brackets of a PATCH path, for each operation.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use weir_exchange::Exchange;
use weir_exchange::difference::at;
use weir_judge::Because;

use super::change::is_done;
use crate::check::case_run::{CaseRun, FoundItems};
use crate::check::{Check, CheckResult, Context, PATCHED, Resource, Stop, patch_of};
use crate::checks::filter::expressions::three_elements;
use crate::definition::{list, text};
use crate::grammar::{CASES, Case, Ground, REQUIREMENTS, SHARED, shared_filter};
use crate::node::SchemaNode;

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new(
        "patch.path-expressions",
        "Expressions of the grammar are read as it says in the square brackets of a path",
        &in_paths,
    )
    .matters("Endpoints take paths apart by themselves; one that compares `WORK` by letter case changes nothing, and one that loses a `not` changes everything.")
    .requirements(REQUIREMENTS)
    .legal(&[
        "200 or 204, and exactly the values for which the expression is true are changed",
        "400 where it is true for none, or where the endpoint does not support the expression (noted)",
    ])
    .on_every_type(PATCHED),
];

/// The effect of an operation on the values that a filter selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// `add` or `replace` of a sub-attribute.
    Set(&'static str),
    /// `remove` of a sub-attribute.
    Clear,
    /// `remove` of the values.
    TakeOut,
}

impl Effect {
    fn place(self) -> &'static str {
        match self {
            Self::Set("add") => "the path of an add",
            Self::Set(_) => "the path of a replace",
            Self::Clear => "the path of a remove of a sub-attribute",
            Self::TakeOut => "the path of a remove",
        }
    }
}

/// A multi-valued attribute with three elements, and the sub-attribute that is changed in those that a filter selects.
struct Target<'c> {
    context: &'c Context,
    resource: Resource,
    values: SchemaNode<'c>,
    elements: [Value; 3],
    /// Its name, and two values of it; nothing where the elements can only be taken out.
    marker: Option<(String, Value, Value)>,
    ground: Ground,
}

async fn in_paths(context: &Context) -> CheckResult {
    let target = Target::of(context).await?;
    let effects: &[Effect] = match &target.marker {
        Some(_) => &[Effect::Set("replace"), Effect::Set("add"), Effect::Clear],
        None => &[Effect::TakeOut],
    };
    for effect in effects {
        target.run(*effect).await?;
    }
    Ok(())
}

impl<'c> Target<'c> {
    async fn of(context: &'c Context) -> Result<Self, Stop> {
        let (values, mut elements) = three_elements(context).await?;
        let is_reference = values.refers();
        let marker = if is_reference { None } else { marker_of(&values) };
        if !is_reference && marker.is_none() {
            let reason = format!("the values of {} have no sub-attribute to change", values.path());
            return Err(Stop::Skip(Because::Published, reason));
        }
        if let Some((name, before, _)) = &marker {
            for element in &mut elements {
                element[name.as_str()] = before.clone();
            }
        }
        let mut body = context.body();
        values.put(&mut body, json!(elements));
        let resource = context.create(context.collection(), &body).await?;
        let case_exact = values.parts().find(|part| part.name() == "value").map(|part| part.flag("caseExact"));
        let ground = Ground {
            name: "value".into(),
            schema: None,
            // Whether ids of other resources have a letter case is a question of its own.
            case_exact: case_exact.filter(|_| !is_reference),
            values: elements.each_ref().map(|element| text(element, "value").to_owned()),
        };
        let target = Self { context, resource, values, elements, marker, ground };
        let shown = at(target.resource.body(), values.name()).cloned().unwrap_or_default();
        let is_kept = target.elements.iter().all(|element| {
            let shown = element_of(&shown, text(element, "value"));
            shown.is_some_and(|shown| {
                target.marker.as_ref().is_none_or(|(name, before, _)| shown[name.as_str()] == *before)
            })
        });
        if !is_kept {
            let reason = format!("{} does not come back as it was sent", values.path());
            return Err(Stop::Skip(Because::Ability, reason));
        }
        Ok(target)
    }

    /// The operation on what `filter` selects.
    fn operation(&self, effect: Effect, filter: &str) -> Value {
        let path = format!("{}[{filter}]", self.values.path());
        match (effect, &self.marker) {
            (Effect::Set(op), Some((name, _, after))) => {
                json!({"op": op, "path": format!("{path}.{name}"), "value": after})
            }
            (Effect::Clear, Some((name, ..))) => json!({"op": "remove", "path": format!("{path}.{name}")}),
            _ => json!({"op": "remove", "path": path}),
        }
    }

    async fn patch(&self, operations: Value) -> Result<Arc<Exchange>, Stop> {
        self.context.send(self.resource.request(Method::PATCH).json(&patch_of(&operations))).await
    }

    /// Puts all three elements back, and changes what `filter` selects, in one message. One that comes to what is there already
    /// may be refused for that, and is sent in two.
    async fn attempt(&self, effect: Effect, filter: &str) -> Result<Arc<Exchange>, Stop> {
        let operation = self.operation(effect, filter);
        let answer = self.patch(json!([self.restoration(), operation])).await?;
        if answer.status != 400 {
            return Ok(answer);
        }
        self.patch(json!([self.restoration()])).await?;
        let alone = self.patch(json!([operation])).await?;
        Ok(if is_done(&alone) { alone } else { answer })
    }

    /// The positions of the elements that a GET shows to be changed.
    async fn changed(&self, effect: Effect) -> Result<FoundItems, Stop> {
        let read = self.context.read(&self.resource).await?;
        let elements = read.at(self.values.name()).cloned().unwrap_or_default();
        let is_changed = |element: &Value| {
            let shown = element_of(&elements, text(element, "value"));
            match (effect, &self.marker, shown) {
                (Effect::Set(_), Some((name, _, after)), Some(shown)) => shown[name.as_str()] == *after,
                (Effect::Clear, Some((name, before, _)), Some(shown)) => shown[name.as_str()] != *before,
                (_, _, shown) => shown.is_none(),
            }
        };
        let own = (0..3).filter(|place| is_changed(&self.elements[*place])).collect();
        Ok(FoundItems { own, others: 0 })
    }

    /// The operation that puts all three elements back.
    fn restoration(&self) -> Value {
        json!({"op": "replace", "path": self.values.path(), "value": self.elements})
    }

    async fn run(&self, effect: Effect) -> CheckResult {
        let mut cases = CaseRun::new(self.context, effect.place());
        for (case, number) in CASES.iter().zip(0..) {
            let Some(filter) = self.ground.filter(case) else { continue };
            let expects_none = self.ground.finds(case).is_empty();
            // The effect of add where nothing is selected is disputed (P5).
            if expects_none && effect == Effect::Set("add") {
                continue;
            }
            let answer = self.attempt(effect, &filter).await?;
            if number == 0 && answer.status == 400 {
                let reason =
                    format!("a plain filter in {} is refused; other checks of PATCH judge that", effect.place());
                return self.context.unable(reason);
            }
            if !is_done(&answer) {
                if !(expects_none && answer.status == 400) {
                    self.judge_refusal(&mut cases, case, &answer);
                }
                continue;
            }
            let changed = self.changed(effect).await?;
            cases.judge(case, &self.ground, &answer, Some(&changed));
            // Without it the other cases say nothing new.
            if number == 0 && changed.own != self.ground.finds(case) {
                return Ok(());
            }
        }
        if let Some(filter) = self.shared_filter() {
            let answer = self.attempt(effect, &filter).await?;
            if is_done(&answer) {
                let changed = self.changed(effect).await?;
                cases.judge(&SHARED, &self.ground, &answer, Some(&changed));
            } else {
                self.judge_refusal(&mut cases, &SHARED, &answer);
            }
        }
        cases.finish();
        Ok(())
    }

    /// A filter by the value that all three elements share, in letters that do not matter.
    fn shared_filter(&self) -> Option<String> {
        let (name, before, _) = self.marker.as_ref()?;
        let is_exact = self.values.parts().any(|part| part.name() == name && part.flag("caseExact"));
        if is_exact { None } else { shared_filter(name, before.as_str()?) }
    }

    /// `noTarget` says that the filter was read, and selects nothing.
    fn judge_refusal(&self, cases: &mut CaseRun<'_>, case: &Case, answer: &Arc<Exchange>) {
        let selects_nothing = answer.is_refused_as("noTarget");
        let nothing = FoundItems::default();
        cases.judge(case, &self.ground, answer, selects_nothing.then_some(&nothing));
    }
}

/// The element with this value.
fn element_of<'v>(elements: &'v Value, value: &str) -> Option<&'v Value> {
    elements.as_array()?.iter().find(|element| text(element, "value") == value)
}

/// The sub-attribute of the values that can be changed without harm, with two values of it.
fn marker_of(values: &SchemaNode<'_>) -> Option<(String, Value, Value)> {
    let is_free = |part: &SchemaNode<'_>| {
        part.word("type") == "string"
            && part.word("mutability") == "readWrite"
            && part.is_shown()
            && !part.flag("required")
            && !part.flag("multiValued")
            && !matches!(part.name(), "value" | "$ref")
    };
    // An endpoint may make display of the value.
    let part = values.parts().filter(is_free).min_by_key(|part| (part.name() != "type", part.name() == "display"))?;
    let (before, after) = match list(part.attribute, "canonicalValues") {
        [before, after, ..] => (before.clone(), after.clone()),
        [_] => return None,
        [] => (json!("work"), json!("home")),
    };
    Some((part.name().to_owned(), before, after))
}
