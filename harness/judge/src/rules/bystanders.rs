//! What a write leaves alone: between two looks at a resource around one accepted write to it, with no other write to it between
//! them, nothing changed but what the request named (RFC 7644 sections 3.5.1, 3.5.2 and 3.14).
//!
//! The rules go by what was shown before, what was asked for, and what is shown afterwards. They are silent about attributes that
//! an endpoint derives from others, about readOnly ones, and about requests whose target they cannot tell.

mod patch;
mod state;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use weir_exchange::Exchange;

use crate::date_time::instant;
use crate::publication::Publication;
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
    before: Arc<State>,
    /// `None` once the number of writes, or their order, is not sure.
    write: Option<AcceptedWrite>,
    is_sure: bool,
    /// What may be judged once it is sure that no other write was under way during the second look: such a write is seen when its
    /// answer comes, which may be long after that of the look.
    unjudged: VecDeque<EarlierWrite>,
}

/// A write between two looks.
struct EarlierWrite {
    before: Arc<State>,
    write: AcceptedWrite,
    after: Arc<State>,
}

impl Watch {
    fn new(shown: State) -> Self {
        Self { before: Arc::new(shown), write: None, is_sure: true, unjudged: VecDeque::new() }
    }

    /// The watch that follows when the resource is shown again.
    fn shown_again(self, after: State) -> Self {
        let Self { before, write, is_sure, mut unjudged } = self;
        let after = Arc::new(after);
        let earlier = write
            .filter(|write| is_sure && before.is_over_before(&write.exchange) && after.begins_after(&write.exchange));
        unjudged.extend(earlier.map(|write| EarlierWrite { before, write, after: Arc::clone(&after) }));
        Self { before: after, write: None, is_sure: true, unjudged }
    }

    /// Forgets the writes behind which the look cannot be told from the effect of another one.
    fn hears_of(&mut self, other: &Exchange) {
        if other.method.as_str() != "GET" && !matches!(other.status, 400..500) {
            self.unjudged.retain(|earlier| earlier.after.is_over_before(other));
        }
    }
}

/// Resources that are watched at once; those behind them are not.
const MOST_WATCHED: usize = 2000;

/// Writes to one resource that wait for the answers to others. So many looks later, none is under way any more.
const MOST_UNJUDGED: usize = 8;

/// Collects what belongs together, and judges it.
struct WriteRule {
    watched: BTreeMap<String, Watch>,
    /// Resources to which a write was sent whose answer did not come. It may be carried out at any later time, so that no change of
    /// them is a bystander's any more.
    lost: BTreeSet<String>,
    judge: fn(&ExchangeView<'_>, &WriteTriple<'_>, &mut RuleReport),
    settled: Vec<RuleReport>,
}

impl WriteRule {
    fn new(judge: fn(&ExchangeView<'_>, &WriteTriple<'_>, &mut RuleReport)) -> Self {
        Self { watched: BTreeMap::new(), lost: BTreeSet::new(), judge, settled: Vec::new() }
    }

    fn watch(&mut self, key: String, watch: Watch) {
        let is_known = self.lost.len() < MOST_WATCHED && !self.lost.contains(&key);
        if is_known && self.watched.len() < MOST_WATCHED {
            self.watched.insert(key, watch);
        }
    }

    fn lose_sight_of_all(&mut self, view: &ExchangeView<'_>) {
        let keys: Vec<String> = self.watched.keys().cloned().collect();
        for key in keys {
            self.lose_sight_of(key, view);
        }
    }

    /// A resource that is gone leaves the groups that it was a member of, which is no change of a bystander's.
    fn follow_from(&mut self, id: &str, deletion: &Exchange) {
        if !deletion.is_success() {
            return;
        }
        for watch in self.watched.values_mut() {
            let answer = watch.write.as_ref().and_then(|write| write.answer.as_ref());
            if watch.before.refers_to(id) || answer.is_some_and(|answer| answer.refers_to(id)) {
                watch.is_sure = false;
                watch.hears_of(deletion);
            }
        }
    }

    /// Forgets a resource on which the request of `view` may be carried out at any time.
    fn lose_sight_of(&mut self, key: String, view: &ExchangeView<'_>) {
        let watch = self.watched.remove(&key);
        self.end(watch, view);
        if self.lost.len() < MOST_WATCHED {
            self.lost.insert(key);
        }
    }

    /// Judges the oldest of what was left open, until no more than `most` remain.
    fn settle(&mut self, watch: &mut Watch, published: &Publication, most: usize) {
        while watch.unjudged.len() > most {
            let Some(EarlierWrite { before, write, after }) = watch.unjudged.pop_front() else { return };
            // The exchange that stays in the watch is kept without its parsed body.
            let shown = Arc::new(after.exchange.unparsed());
            let Some(view) = ExchangeView::of(&shown, published) else { continue };
            let mut report = RuleReport::default();
            (self.judge)(&view, &WriteTriple { before: &before, write: &write, after: &after }, &mut report);
            for breach in report.breaches() {
                breach.decided_by = Some(Arc::clone(&after.exchange));
            }
            self.settled.push(report);
        }
    }

    /// Ends a watch with the exchange of `view`.
    fn end(&mut self, watch: Option<Watch>, view: &ExchangeView<'_>) {
        if let Some(mut watch) = watch {
            watch.hears_of(view.exchange);
            self.settle(&mut watch, view.published, 0);
        }
    }
}

impl SequenceRule for WriteRule {
    fn look(&mut self, view: &ExchangeView<'_>, _: &mut RuleReport) {
        let method = view.exchange.method.as_str();
        match (&view.place, method) {
            (Place::Collection(kind), "POST") if view.exchange.status == 201 => {
                if let Some(state) = State::of(view)
                    && let Some(id) = state.id.clone()
                {
                    let key = format!("{}/{id}", kind.endpoint);
                    let earlier = self.watched.remove(&key);
                    self.end(earlier, view);
                    self.watch(key, Watch::new(state));
                }
            }
            (Place::Resource(kind, id), "GET") => {
                let key = format!("{}/{id}", kind.endpoint);
                let Some(after) = State::of(view) else {
                    // A projection shows a part, and a refusal nothing.
                    if !view.exchange.is_success()
                        && let Some(watch) = self.watched.get_mut(&key)
                    {
                        watch.is_sure = false;
                    }
                    return;
                };
                let watch = match self.watched.remove(&key) {
                    Some(watch) => {
                        let mut watch = watch.shown_again(after);
                        self.settle(&mut watch, view.published, MOST_UNJUDGED);
                        watch
                    }
                    None => Watch::new(after),
                };
                self.watch(key, watch);
            }
            (Place::Resource(kind, id), "DELETE") => {
                self.follow_from(id, view.exchange);
                let watch = self.watched.remove(&format!("{}/{id}", kind.endpoint));
                self.end(watch, view);
            }
            (Place::Resource(kind, id), "PUT" | "PATCH") => {
                let key = format!("{}/{id}", kind.endpoint);
                if is_no_answer(view.exchange) {
                    self.lose_sight_of(key, view);
                    return;
                }
                let Some(watch) = self.watched.get_mut(&key) else { return };
                watch.hears_of(view.exchange);
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
            (Place::Bulk, _) if is_no_answer(view.exchange) => self.lose_sight_of_all(view),
            // A job may change anything.
            (Place::Bulk, _) => {
                for watch in std::mem::take(&mut self.watched).into_values() {
                    self.end(Some(watch), view);
                }
            }
            _ => {}
        }
    }

    fn lose(&mut self, view: &ExchangeView<'_>) {
        match (&view.place, view.exchange.method.as_str()) {
            (_, "GET" | "HEAD" | "OPTIONS") => {}
            (Place::Resource(kind, id), _) => self.lose_sight_of(format!("{}/{id}", kind.endpoint), view),
            // Both may change any resource.
            (Place::Bulk | Place::Me, _) => self.lose_sight_of_all(view),
            _ => {}
        }
    }

    fn settled(&mut self) -> Vec<RuleReport> {
        std::mem::take(&mut self.settled)
    }

    fn end_all(&mut self, published: &Publication) -> Vec<RuleReport> {
        for mut watch in std::mem::take(&mut self.watched).into_values() {
            self.settle(&mut watch, published, 0);
        }
        self.settled()
    }
}

/// Whether an answer is that of a gateway to which none came, so that nothing is known of what the endpoint does.
fn is_no_answer(exchange: &Exchange) -> bool {
    matches!(exchange.status, 0 | 502 | 504)
}

fn judge_patch(view: &ExchangeView<'_>, triple: &WriteTriple<'_>, report: &mut RuleReport) {
    if triple.write.exchange.method.as_str() != "PATCH" {
        return;
    }
    let Some(named) = TouchedAttributes::by(&triple.write.exchange.request_body) else { return };
    report.judged();
    let (before, after) = (triple.before, triple.after);
    for change in state::changes(view, before, after).chain(state::unpublished_changes(view, before, after)) {
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
