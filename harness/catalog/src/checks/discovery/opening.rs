//! What was seen before the first check: documents that cannot be read, and requests that got no answer or one that says nothing.

use weir_judge::{Problem, Verdict, verdict_of};

use crate::check::{Check, Context};
use crate::discovery::{DiscoveryFault, FaultSource, Gravity};

pub(in super::super) const CHECKS: &[Check] = &[
    Check::boxed("discovery.documents", "The documents of discovery can be read, or are not there", |context| {
        Box::pin(async move {
            // `discovery.service-provider-config` judges that document wherever it was answered.
            let answered = context.discovery().service_provider_config.is_answered();
            report(context, |fault| {
                let judged = fault.source == FaultSource::ServiceProviderConfig && answered;
                fault.source.is_document() && (!judged || fault.requirements == ["RFC7644-3.8-01"])
            });
            Ok(())
        })
    })
    .matters("A generic client reads them first, and without them it guesses what the endpoint has.")
    .requirements(&["RFC7644-4-02", "RFC7644-4-03", "RFC7644-4-06", "RFC7644-3.8-01"])
    .legal(&[
        "200 with JSON in UTF-8 for /ServiceProviderConfig, /ResourceTypes and /Schemas",
        "404 or 501, which is noted",
    ]),
    Check::boxed(
        "discovery.first-requests",
        "The first requests of a client are answered, with a list or with a refusal that says what is not offered",
        |context| {
            Box::pin(async move {
                report(context, |fault| !fault.source.is_document());
                Ok(())
            })
        },
    )
    .matters(
        "A client that tries what an endpoint offers stops at a connection that breaks, at a 500 and at a redirect that it does not follow.",
    )
    .requirements(&[
        "RFC7644-3.4.2-04",
        "RFC7644-3.12-12",
        "RFC7643-6-10",
        "RFC7643-3-06",
        "RFC7644-3.4.3-01",
        "RFC7644-3.8-13",
        "RFC7644-3.2-05",
    ])
    .legal(&[
        "200 with a ListResponse for the list of each resource type, at its published endpoint",
        "307 or 308 to a place of the same origin that answers so, which is noted: RFC 7644 section 3.12 has no other redirect",
        "404, 405 or 501 for what is not offered, 404 for a PATCH of an id that does not exist",
    ]),
];

/// Reports the faults that `is_meant` takes.
fn report(context: &Context, is_meant: impl Fn(&DiscoveryFault) -> bool) {
    let declared = &context.discovery().declared().missing;
    for fault in context.discovery().faults().iter().filter(|fault| is_meant(fault)) {
        let is_declared = fault.capability.is_some_and(|capability| declared.contains(&capability));
        let verdict = match fault.gravity {
            Gravity::Remarkable if is_declared => continue,
            Gravity::Remarkable => Verdict::Note,
            Gravity::Wrong if is_declared => Verdict::Note,
            Gravity::Wrong => verdict_of(fault.requirements),
        };
        context.report(Problem {
            requirements: fault.requirements.iter().map(|id| (*id).to_owned()).collect(),
            legal: context.check().legal.iter().map(|legal| (*legal).to_owned()).collect(),
            exchanges: fault.exchange.iter().cloned().collect(),
            ..Problem::new(verdict, fault.message.clone(), fault.observed.clone())
        });
    }
}
