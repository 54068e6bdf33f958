//! Puts the cases of the filter grammar in one place of the protocol, and judges what they find there.

use std::sync::Arc;

use weir_exchange::{Exchange, Request};

use weir_judge::Because;

use crate::check::cohort::Cohort;
use crate::check::{CheckResult, Context, Stop};
use crate::grammar::{CASES, Case, Freedom, Ground, SHARED};

const UNSUPPORTED: &[&str] = &["RFC7644-3.4.2.2-75"];

/// The items that a filter found: the positions of the three, and how many others.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FoundItems {
    pub own: Vec<usize>,
    pub others: usize,
}

/// The cases in one place.
pub struct CaseRun<'c> {
    context: &'c Context,
    /// Where the filters stand, for a report: "the body of a search".
    place: &'static str,
    refused: Vec<&'static str>,
    refusal: Option<Arc<Exchange>>,
}

impl<'c> CaseRun<'c> {
    pub const fn new(context: &'c Context, place: &'static str) -> Self {
        Self { context, place, refused: Vec::new(), refusal: None }
    }

    /// Judges the answer to a case: `found` is what it selects, nothing where the endpoint refuses it.
    pub fn judge(&mut self, case: &Case, ground: &Ground, answer: &Arc<Exchange>, found: Option<&FoundItems>) {
        let (name, place) = (case.name, self.place);
        let expectation = self.context.expect(answer).under(case.requirements);
        match found {
            Some(found) => {
                let expected = ground.finds(case);
                expectation.that(
                    found.own == expected && found.others == 0,
                    &format!("{name}: a filter in {place} is not read as the grammar says"),
                    format!("finds {}, expected {}", items(&found.own, found.others), items(expected, 0)),
                );
            }
            None if !matches!(answer.status, 400 | 501) => drop(expectation.status(&[200])),
            None => match case.freedom {
                Freedom::Refusable => {}
                Freedom::Spelling => {
                    let message = format!("{name}: a filter in {place} is refused, and the usual spelling is not");
                    expectation.that(false, &message, answer.status.to_string());
                }
                Freedom::Supported => {
                    self.refused.push(name);
                    self.refusal.get_or_insert_with(|| Arc::clone(answer));
                }
            },
        }
    }

    /// Reports the refused cases that an endpoint may leave out, once.
    pub fn finish(self) {
        let Some(refusal) = self.refusal else { return };
        self.context.expect(&refusal).under(UNSUPPORTED).that(
            false,
            &format!("filters in {} that fit the grammar are refused", self.place),
            self.refused.join(", "),
        );
    }
}

fn items(own: &[usize], others: usize) -> String {
    let mut names: Vec<String> = own.iter().map(|place| format!("item {}", place + 1)).collect();
    match others {
        0 => {}
        1 => names.push("another resource".into()),
        others => names.push(format!("{others} other resources")),
    }
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}

/// The keys of the cohort on which a filter is tried: the positions of the cases.
pub const KEYS: [&str; 3] = ["1", "2", "3"];

/// The three values of the attribute that names the members of a cohort, as the endpoint shows them.
pub fn ground_of_names(context: &Context, cohort: &Cohort<'_>) -> Result<Ground, Stop> {
    let naming = context.naming()?;
    let shown = KEYS.map(|key| naming.values(cohort.get(key).body()).first().and_then(|value| value.as_str()));
    let [Some(first), Some(second), Some(third)] = shown else {
        let reason = format!("a new {} is returned without {}", context.needs_kind()?.name, naming.path());
        return Err(Stop::Skip(Because::Ability, reason));
    };
    Ok(Ground {
        name: naming.path(),
        schema: Some(context.schema().to_owned()),
        case_exact: Some(naming.flag("caseExact")),
        values: [first, second, third].map(str::to_owned),
    })
}

/// A place that answers a filter with a list.
#[derive(Clone, Copy, Debug)]
pub struct ListPlace {
    /// For a report: "the body of a search".
    pub name: &'static str,
    /// The check that judges the plainest filter there.
    pub judge: &'static str,
}

/// Puts every case in `place`: `around` puts it into the whole filter, and `request` makes the request.
pub async fn run_in_lists(
    context: &Context,
    place: ListPlace,
    (cohort, ground): (&Cohort<'_>, &Ground),
    around: impl Fn(&str) -> String,
    request: impl Fn(&str) -> Request,
) -> CheckResult {
    let mut cases = CaseRun::new(context, place.name);
    let is_narrowed = context.can_narrow(cohort.endpoint());
    for (case, number) in CASES.iter().zip(0..) {
        let Some(filter) = ground.filter(case).filter(|_| is_narrowed || !case.is_wide) else { continue };
        let filter = around(&filter);
        let filter = if case.is_wide { cohort.within(&filter) } else { filter };
        let answer = context.send(request(&filter)).await?;
        let found = found_in(cohort, &answer);
        if number == 0 && matches!(answer.status, 400 | 501) {
            let ListPlace { name, judge } = place;
            return context.unable(format!("the plainest filter in {name} is refused; `{judge}` judges that"));
        }
        cases.judge(case, ground, &answer, found.as_ref());
        // Without it the other cases say nothing new.
        if number == 0 && found.is_none_or(|found| found.others > 0 || found.own != ground.finds(case)) {
            return Ok(());
        }
    }
    cases.finish();
    Ok(())
}

/// Puts the case of a value that all members of the cohort share.
pub async fn run_one_in_lists(
    context: &Context,
    place: ListPlace,
    cohort: &Cohort<'_>,
    ground: &Ground,
    filter: &str,
) -> CheckResult {
    if !context.can_narrow(cohort.endpoint()) {
        return Ok(());
    }
    let answer = context.send(cohort.query(&cohort.within(filter))).await?;
    let found = found_in(cohort, &answer);
    let mut cases = CaseRun::new(context, place.name);
    cases.judge(&SHARED, ground, &answer, found.as_ref());
    cases.finish();
    Ok(())
}

/// Nothing where the answer is not a list.
fn found_in(cohort: &Cohort<'_>, answer: &Exchange) -> Option<FoundItems> {
    if answer.status != 200 || answer.json().is_err() {
        return None;
    }
    let mut found = FoundItems::default();
    for key in cohort.keys_in(answer) {
        match KEYS.iter().position(|own| *own == key) {
            Some(place) => found.own.push(place),
            None => found.others += 1,
        }
    }
    found.own.sort_unstable();
    Some(found)
}
