//! What an innocent offers, and how it behaves.

use scim::tolerance::Tolerance;
use serde_json::{Value, json};

use super::DescriptionBuilder;
use crate::prove::innocent::axis::{self, Axis};
use crate::prove::innocent::choices::Choices;
use crate::prove::innocent::permitted;

/// Tolerances that answer no request which an RFC says must be refused.
const TOLERANCES: [Tolerance; 15] = [
    Tolerance::WrapSingleValue,
    Tolerance::ManagerString,
    Tolerance::BooleanStrings,
    Tolerance::UnquotedFilterValues,
    Tolerance::FilterAfterBracket,
    Tolerance::PlusAsBlank,
    Tolerance::AnyFormat,
    Tolerance::OperationCase,
    Tolerance::RemoveWithValue,
    Tolerance::DottedKeys,
    Tolerance::IgnoreReadOnlyInPatch,
    Tolerance::LastPrimaryWins,
    Tolerance::InferSchemas,
    Tolerance::EmptyOperations,
    Tolerance::BarePatchUrn,
];

/// In one of how many innocents a permitted deviation is found.
const ONE_DEVIATION_IN: u32 = 25;

/// The operators of which an endpoint takes some, if it takes a few forms of filters.
const OPERATORS: [&str; 6] = ["eq", "sw", "co", "ew", "ne", "pr"];

impl DescriptionBuilder {
    pub(super) fn offers(&mut self, choices: &mut Choices) {
        let offers: [(&'static Axis, u32, &[&str]); 10] = [
            (&axis::NO_PATCH, 8, &["patch.users", "patch.groups"]),
            (&axis::NO_FILTER, 6, &["filter.users", "filter.groups"]),
            (&axis::NO_SORT, 3, &["sort"]),
            (&axis::NO_BULK, 6, &["bulk"]),
            (&axis::NO_ETAG, 3, &["etag"]),
            (&axis::NO_CURSOR, 4, &["paging.cursor"]),
            (&axis::NO_SEARCH, 6, &["search"]),
            (&axis::NO_ROOT_QUERY, 3, &["query.root"]),
            (&axis::NO_PASSWORD_CHANGE, 4, &["change-password"]),
            (&axis::NO_ME, 4, &["me"]),
        ];
        for (axis, times, capabilities) in offers {
            if choices.once_in(times) && self.offers_any(capabilities) {
                self.differs(axis);
                self.offer_less(|name| capabilities.contains(&name));
            }
        }
        if choices.once_in(6) {
            let refusals = ["bulk", "me", "search", "query.root"].into_iter();
            let refused: serde_json::Map<String, Value> = refusals
                .filter(|capability| !self.offers_any(&[capability]))
                .map(|capability| (capability.to_owned(), json!(404)))
                .collect();
            if !refused.is_empty() {
                self.differs(&axis::REFUSED_AS_404);
                self.set("refusals", Value::Object(refused));
            }
        }
    }

    pub(super) fn permitted(&mut self, choices: &mut Choices) {
        for deviation in &permitted::DEVIATIONS {
            // Checks of letters in versions are asked nowhere else.
            let times = if deviation.axis.id == "etag.letters" { 2 } else { ONE_DEVIATION_IN };
            if choices.once_in(times) {
                self.differs(&deviation.axis);
                let id = deviation.axis.id;
                self.push(
                    "deviations",
                    match deviation.parameters {
                        [] => json!(id),
                        parameters => json!(format!("{id}={}", choices.pick(parameters))),
                    },
                );
            }
        }
    }

    pub(super) fn behaviour(&mut self, choices: &mut Choices) {
        if choices.once_in(3) {
            self.differs(&axis::PAGE_SIZE);
            self.set("max_results", json!(*choices.pick(&[100, 50, 20, 10, 5])));
        }
        if choices.once_in(6) {
            self.differs(&axis::DEFAULT_SIZE);
            self.set("default_results", json!(*choices.pick(&[100, 20, 3])));
        }
        if choices.once_in(6) {
            self.differs(&axis::BULK_LIMITS);
            let (operations, size) = *choices.pick(&[(100, 262_144), (20, 65_536), (5, 16_384)]);
            self.set("bulk", json!({"max_operations": operations, "max_payload_size": size}));
        }
        if choices.once_in(4) {
            self.differs(&axis::AUTHENTICATION);
            self.set("authentication", json!(*choices.pick(&[&["bearer"][..], &["basic"], &["bearer", "oauth"]])));
        }
        if choices.once_in(8) {
            self.differs(&axis::CLOSED_CONFIGURATION);
            self.set("anonymous", json!([]));
        }
        if choices.once_in(3) {
            self.differs(&axis::TOLERANT);
            let chosen: Vec<&str> = TOLERANCES.iter().filter(|_| choices.once_in(5)).map(|own| own.id()).collect();
            self.set(
                "tolerances",
                if chosen.is_empty() { json!([choices.pick(&TOLERANCES).id()]) } else { json!(chosen) },
            );
        }
        if choices.once_in(4) {
            self.few_filters(choices);
        }
    }

    /// Filters of a few forms: what names a resource by `eq`, and some operators besides.
    fn few_filters(&mut self, choices: &mut Choices) {
        let mut forms = Vec::new();
        for (collection, capability, naming) in [
            ("Users", "filter.users", "userName"),
            ("Groups", "filter.groups", "displayName"),
            ("Sites", "", "harbour"),
        ] {
            let offers = capability.is_empty() || self.offers_any(&[capability]);
            if !offers || !self.has_type(&format!("/{collection}")) {
                continue;
            }
            let mut own = vec![format!("{naming} eq")];
            own.extend(["id eq", "externalId eq"].into_iter().filter(|_| choices.once_in(2)).map(str::to_owned));
            let operators = OPERATORS.iter().skip(1).filter(|_| choices.once_in(4));
            own.extend(operators.map(|operator| format!("{naming} {operator}")));
            forms.push(format!("{collection}: {}", own.join("; ")));
        }
        let refuses = |own: &Value| own.as_str().is_some_and(|text| text.starts_with("reading.filter-refused"));
        let has_other =
            self.keys.get("deviations").and_then(Value::as_array).is_some_and(|all| all.iter().any(refuses));
        if !forms.is_empty() && !has_other {
            self.differs(&axis::FEW_FILTERS);
            self.push("deviations", json!(format!("filter.forms-only={}", forms.join(" | "))));
        }
    }
}
