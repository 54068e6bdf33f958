//! Random sequences of changes, each held against a model: what no single change shows (RFC 7644 section 3.5).
//!
//! The sequence follows from the run's seed. When the endpoint and the model part, the sequence is cut down, with fresh
//! resources, to the shortest one found that still shows the difference.

mod group;
mod user;

use std::sync::Arc;

use scim::capability::Capability;
use weir_exchange::{Exchange, Request};

use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context, Resource, Stop};

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::boxed("stateful.user", "A user is what any sequence of changes makes of it", |context| {
        Box::pin(sequence::<user::User>(context))
    })
    .matters("Endpoints pass every test of one change and lose the third one; a directory sends changes for years.")
    .requirements(&[
        "RFC7644-3.5.1-04",
        "RFC7644-3.5.2-29",
        "RFC7644-3.5.2.1-05",
        "RFC7644-3.5.2.1-07",
        "RFC7644-3.5.2.2-04",
        "RFC7644-3.5.2.3-04",
    ])
    .needs(&[Capability::CreateUsers])
    .legal(&[
        "after each change that succeeds a GET shows its effect and nothing else, after one that is refused no effect",
    ])
    .on(Only("User", "its model is that of the attributes in RFC 7643 section 4.1")),
    Check::boxed("stateful.group", "A group has the members that any sequence of changes gives it", |context| {
        Box::pin(sequence::<group::Group>(context))
    })
    .matters("Members come, go and come back; whoever is lost on the way has no access and no error says so.")
    .requirements(&["RFC7644-3.5.1-16", "RFC7644-3.5.2.1-07", "RFC7644-3.5.2.2-04", "RFC7644-3.5.2.3-03"])
    .needs(&[Capability::CreateUsers, Capability::CreateGroups])
    .legal(&[
        "after each change that succeeds a GET lists exactly its members, after one that is refused the members before",
    ]),
];

/// How many changes a sequence has.
const LENGTH: usize = 40;
/// How many sequences are tried, at most, to find a shorter one.
const ATTEMPTS: usize = 24;

/// A resource with the model of what it must be.
trait Model: Sized + Send {
    /// One change, complete in itself, so that it can be sent again to another resource.
    type Step: Clone + Send + Sync;

    /// Makes what the sequence works on, and the model of it.
    fn create(context: &Context) -> impl Future<Output = Result<Self, Stop>> + Send;

    /// The next change of a random sequence; `random` gives a number below its argument.
    fn draw(&self, context: &Context, random: &mut (dyn FnMut(u64) -> u64 + Send)) -> Self::Step;

    /// A few words for a report.
    fn describe(step: &Self::Step) -> String;

    fn request(&self, step: &Self::Step) -> Request;

    /// What the change makes of the model, if the endpoint says that it made it.
    fn apply(&mut self, step: &Self::Step);

    fn resource(&self) -> &Resource;

    /// In what the endpoint's resource is not the model's; `None` if it is.
    fn difference(&self, read: &Exchange) -> Option<String>;
}

/// What became of a sequence that the endpoint did not carry out as the model did.
struct Divergence {
    read: Arc<Exchange>,
    last: Arc<Exchange>,
    difference: String,
}

async fn sequence<M: Model>(context: &Context) -> CheckResult {
    let mut model = M::create(context).await?;
    let mut random = context.data().random();
    let mut steps: Vec<M::Step> = Vec::new();
    for _ in 0..LENGTH {
        let step = model.draw(context, &mut random);
        let answer = send(context, &mut model, &step).await?;
        steps.push(step);
        let read = context.read(model.resource()).await?;
        let Some(difference) = model.difference(&read) else { continue };
        let parting = Divergence { read, last: answer, difference };
        let (steps, parting) = shorten::<M>(context, steps, parting).await?;
        let told: Vec<String> = steps.iter().map(M::describe).collect();
        context.expect(&parting.read).after(&parting.last).that(
            false,
            &format!("the resource is not what these changes make of it: {}", told.join("; ")),
            parting.difference,
        );
        return Ok(());
    }
    Ok(())
}

/// Sends a change, and lets the model follow if the endpoint says that it did.
async fn send<M: Model>(context: &Context, model: &mut M, step: &M::Step) -> Result<Arc<Exchange>, Stop> {
    let answer = context.send(model.request(step)).await?;
    if answer.is_success() {
        model.apply(step);
    }
    Ok(answer)
}

/// Leaves out of the sequence what is not needed for the difference, in halves first and one by one at last.
async fn shorten<M: Model>(
    context: &Context,
    mut steps: Vec<M::Step>,
    mut parting: Divergence,
) -> Result<(Vec<M::Step>, Divergence), Stop> {
    let mut length = steps.len() / 2;
    let mut attempts = 0;
    while length > 0 {
        let mut start = 0;
        // The last change is the one after which the difference was seen.
        while start + length < steps.len() && attempts < ATTEMPTS {
            attempts += 1;
            let shorter: Vec<M::Step> = steps
                .iter()
                .enumerate()
                .filter(|(at, _)| !(start..start + length).contains(at))
                .map(|(_, step)| step.clone())
                .collect();
            match replay::<M>(context, &shorter).await? {
                Some(found) => (steps, parting) = (shorter, found),
                None => start += length,
            }
        }
        length /= 2;
    }
    Ok((steps, parting))
}

/// Carries a sequence out on a fresh resource; `None` if the endpoint ends where the model does.
async fn replay<M: Model>(context: &Context, steps: &[M::Step]) -> Result<Option<Divergence>, Stop> {
    let mut model = M::create(context).await?;
    let mut last = None;
    for step in steps {
        last = Some(send(context, &mut model, step).await?);
    }
    let read = context.read(model.resource()).await?;
    Ok(model.difference(&read).zip(last).map(|(difference, last)| Divergence { read, last, difference }))
}
