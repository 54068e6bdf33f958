//! What a write leaves alone: between two looks at a resource around one accepted write to it, with no other write to it between
//! them, nothing changed but what the request named (RFC 7644 sections 3.5.1, 3.5.2 and 3.14).
//!
//! The rules go by what was shown before, what was asked for, and what is shown afterwards. They are silent about attributes that
//! an endpoint derives from others, about readOnly ones, and about requests whose target they cannot tell.

mod patch;
mod state;

use std::collections::HashMap;
use std::sync::Arc;

use weir_exchange::Exchange;

use crate::date_time::instant;
use crate::rule::{ExchangeView, Place, Rule, RuleReport, SequenceRule};
use patch::TouchedAttributes;
use state::State;

pub(super) const RULES: &[Rule] = &[
    Rule::sequence("bystanders.patch", "A PATCH changes nothing that it does not name", || {
        Box::new(WriteRule::new(judge_patch))
    })
    .matters("A change of an address that also disables the account, or a rename that empties the group, takes access from people.")
    .requirements(&["RFC7644-3.2-11"])
    .legal(&["each attribute that no operation names, directly or by a value without path, is shown as before"]),
    Rule::sequence("bystanders.put", "A PUT keeps what it repeats", || Box::new(WriteRule::new(judge_put)))
        .matters("A client writes back what it read, with one attribute changed; what it repeated has to be there afterwards.")
        .requirements(&["RFC7644-3.5.1-04"])
        .legal(&["each attribute that the request repeats as it was shown is shown so again"]),
    Rule::sequence("bystanders.version", "A change moves the version, and lastModified never goes back", || {
        Box::new(WriteRule::new(judge_version))
    })
    .matters("A client that asks with the old version is answered that nothing changed, or overwrites what another client wrote.")
    .requirements(&["RFC7644-3.14-09", "RFC7643-3.1-28"])
    .legal(&["another meta.version than before, where the resource changed and has one; lastModified as before or later"]),
    Rule::sequence("bystanders.answer", "The answer to a change shows the state that the next read shows", || {
        Box::new(WriteRule::new(judge_answer))
    })
    .matters("Clients keep the answer to a PUT or a PATCH in place of a read; if it shows the state before, they undo the change.")
    .requirements(&["RFC7644-3.1-09"])
    .legal(&["200 with the attributes that a GET right afterwards shows", "204 for a PATCH"]),
];

/// Two looks at a resource with one accepted write between them.
struct WriteTriple<'t> {
    before: &'t State,
    write: &'t AcceptedWrite,
    after: &'t State,
}

/// A write that succeeded, and what it left to judge.
struct AcceptedWrite {
    exchange: Arc<Exchange>,
    /// What the answer shows, if it shows the whole resource.
    answer: Option<State>,
}

/// What was seen of one resource since it was last shown.
struct Watch {
    before: State,
    /// `None` once the number of writes, or their order, is not sure.
    write: Option<AcceptedWrite>,
    is_sure: bool,
}

/// Resources that are watched at once; those behind them are not.
const MOST_WATCHED: usize = 2000;

/// Collects what belongs together, and judges it.
struct WriteRule {
    watched: HashMap<String, Watch>,
    judge: fn(&ExchangeView<'_>, &WriteTriple<'_>, &mut RuleReport),
}

impl WriteRule {
    fn new(judge: fn(&ExchangeView<'_>, &WriteTriple<'_>, &mut RuleReport)) -> Self {
        Self { watched: HashMap::new(), judge }
    }

    fn show(&mut self, key: String, state: State) {
        if self.watched.len() < MOST_WATCHED || self.watched.contains_key(&key) {
            self.watched.insert(key, Watch { before: state, write: None, is_sure: true });
        }
    }
}

impl SequenceRule for WriteRule {
    fn look(&mut self, view: &ExchangeView<'_>, report: &mut RuleReport) {
        let method = view.exchange.method.as_str();
        match (&view.place, method) {
            (Place::Collection(kind), "POST") if view.exchange.status == 201 => {
                if let Some(state) = State::of(view)
                    && let Some(id) = state.id.clone()
                {
                    self.show(format!("{}/{id}", kind.endpoint), state);
                }
            }
            (Place::Resource(kind, id), "GET") => {
                let key = format!("{}/{id}", kind.endpoint);
                let Some(after) = State::of(view) else {
                    // A projection shows a part, and a refusal nothing.
                    if !view.exchange.is_success() {
                        self.watched.remove(&key);
                    }
                    return;
                };
                if let Some(Watch { before, write: Some(write), is_sure: true }) = self.watched.get(&key)
                    && before.is_over_before(&write.exchange)
                    && after.begins_after(&write.exchange)
                {
                    (self.judge)(view, &WriteTriple { before, write, after: &after }, report);
                }
                self.show(key, after);
            }
            (Place::Resource(kind, id), "PUT" | "PATCH" | "DELETE") => {
                let key = format!("{}/{id}", kind.endpoint);
                if method == "DELETE" {
                    self.watched.remove(&key);
                    return;
                }
                let Some(watch) = self.watched.get_mut(&key) else { return };
                match view.exchange.status {
                    // A second write, and one of which it is not sure what it did.
                    200 | 204 if watch.write.is_none() => {
                        let write = AcceptedWrite { exchange: Arc::clone(view.exchange), answer: State::of(view) };
                        watch.write = Some(write);
                    }
                    // A refusal leaves the resource as it was; whether it does is the question of a check.
                    400..500 => {}
                    _ => watch.is_sure = false,
                }
            }
            // A job may change anything.
            (Place::Bulk, _) => self.watched.clear(),
            _ => {}
        }
    }
}

fn judge_patch(view: &ExchangeView<'_>, triple: &WriteTriple<'_>, report: &mut RuleReport) {
    if triple.write.exchange.method.as_str() != "PATCH" {
        return;
    }
    let Some(named) = TouchedAttributes::by(&triple.write.exchange.request_body) else { return };
    report.judged();
    for change in state::changes(view, triple.before, triple.after) {
        if named.covers(&change.path) {
            continue;
        }
        let message = format!("a PATCH that does not name {} changes it", change.path);
        tell(report, &["RFC7644-3.2-11"], message, change, triple);
    }
}

fn judge_put(view: &ExchangeView<'_>, triple: &WriteTriple<'_>, report: &mut RuleReport) {
    if triple.write.exchange.method.as_str() != "PUT" {
        return;
    }
    let Some(asked) = State::asked(&triple.write.exchange) else { return };
    report.judged();
    for change in state::changes(view, triple.before, triple.after) {
        if !state::is_repeated(view, triple.before, &asked, &change.path) {
            continue;
        }
        let message = format!("a PUT that repeats {} changes it", change.path);
        tell(report, &["RFC7644-3.5.1-04"], message, change, triple);
    }
}

fn judge_version(view: &ExchangeView<'_>, triple: &WriteTriple<'_>, report: &mut RuleReport) {
    let (before, after) = (triple.before, triple.after);
    let has_changed = state::changes(view, before, after).next().is_some();
    let method = triple.write.exchange.method.as_str();
    if has_changed && let (Some(old), Some(new)) = (before.meta("version"), after.meta("version")) {
        report.judged();
        if old == new {
            let message = format!("a {method} changes the resource, and its version stays");
            report
                .breach(&["RFC7644-3.14-09"], message, format!("{old} before and after"))
                .earlier
                .extend(triple.exchanges());
        }
    }
    let time = |state: &State| state.meta("lastModified").as_deref().and_then(instant);
    if let (Some(old), Some(new)) = (time(before), time(after)) {
        report.judged();
        if new < old {
            let message = format!("a {method} moves meta.lastModified back");
            let observed = format!("{old} before, {new} after");
            report.breach(&["RFC7643-3.1-28"], message, observed).earlier.extend(triple.exchanges());
        }
    }
}

fn judge_answer(view: &ExchangeView<'_>, triple: &WriteTriple<'_>, report: &mut RuleReport) {
    let Some(answer) = &triple.write.answer else { return };
    // A read that shows the old state may be one that has not seen the change yet.
    if state::changes(view, triple.before, triple.after).next().is_none() {
        return;
    }
    report.judged();
    let method = triple.write.exchange.method.as_str();
    for change in state::changes(view, answer, triple.after) {
        let message = format!("the answer to a {method} shows another {} than the next read", change.path);
        tell(report, &["RFC7644-3.1-09"], message, change, triple);
    }
}

fn tell(
    report: &mut RuleReport,
    requirements: &'static [&'static str],
    message: String,
    change: weir_exchange::Difference,
    triple: &WriteTriple<'_>,
) {
    let shown = |value: &Option<serde_json::Value>| value.as_ref().map_or_else(|| "nothing".into(), crate::rule::brief);
    let observed = format!("{} became {}", shown(&change.expected), shown(&change.found));
    let breach = report.breach(requirements, message, observed);
    breach.earlier.extend(triple.exchanges());
    breach.differences.push(change);
}

impl WriteTriple<'_> {
    /// The exchanges before the one that decides.
    fn exchanges(&self) -> [Arc<Exchange>; 2] {
        [Arc::clone(&self.before.exchange), Arc::clone(&self.write.exchange)]
    }
}

#[cfg(test)]
mod tests;
