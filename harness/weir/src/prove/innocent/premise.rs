//! Endpoints that lack one thing which checks rely on. What an endpoint need not have silences checks and accuses it of nothing; what is
//! missing by mistake is accused by the checks that judge it, and silences the others.

use scim::capability::Capability;
use scim::schema::standard::{ENTERPRISE_USER, GROUP, USER};
use serde_json::{Map, Value, json};

use super::InnocentOptions;
use super::axis::{self, Axis};
use super::description::Description;
use super::draw::standard_schema;
use super::trial::{self, Accusation, InnocentError, InnocentTrial};
use futures_util::StreamExt as _;
use weir_catalog::checks;
use weir_judge::{Finding, Verdict, parts_of_name};

/// The target that has everything.
const PROOF: &str = include_str!("../../../../../fixtures/targets/proof.toml");

/// The schemas of the target, with the resource type of each.
const SCHEMAS: [&str; 5] = [
    USER,
    GROUP,
    ENTERPRISE_USER,
    "urn:example:params:scim:schemas:extension:gauge:2.0:User",
    "urn:example:params:scim:schemas:gauge:2.0:Instrument",
];

/// Forms of filters, each of which is what an endpoint takes and nothing else.
const FORMS: [(&str, &str); 5] = [
    ("name-eq", "Users: userName eq | Groups: displayName eq | Instruments: serialNumber eq"),
    ("name-sw", "Users: userName sw | Groups: displayName sw | Instruments: serialNumber sw"),
    ("id-eq", "Users: id eq | Groups: id eq | Instruments: id eq"),
    ("external-id-eq", "Users: externalId eq | Groups: externalId eq | Instruments: externalId eq"),
    ("another-attribute", "Users: title eq | Groups: members.value eq | Instruments: maker eq"),
];

/// What is missing by mistake, and the checks and topics that judge it.
const FAULTS: [(&str, &[&str]); 5] = [
    ("create.members-lost", &["groups", "create.group", "bulk", "round-trip", "rule"]),
    (
        "groups.members-never-shown",
        &["groups", "create.group", "bulk", "round-trip", "concurrency.members", "stateful", "rule"],
    ),
    ("patch.refused", &["discovery", "patch.supported", "rule"]),
    ("put.refused", &["replace.supported", "discovery", "rule"]),
    ("etag.missing", &["etag", "discovery", "rule"]),
];

/// One thing that is missing.
#[derive(Clone, Debug)]
pub struct MissingPremise {
    /// `capability.NAME`, `attribute.PATH`, `type.NAME`, `filter.FORM` or `deviation.ID`.
    pub id: String,
    description: Description,
    /// The checks or topics of checks that judge it; nothing where the RFCs permit it.
    judged_in: &'static [&'static str],
    /// The capabilities that are not offered, which silence each check that needs one.
    gone: Vec<Capability>,
}

/// What the checks said of an endpoint without it.
#[derive(Clone, Debug)]
pub struct PremiseOutcome {
    pub id: String,
    /// Those that are wrong.
    pub accusations: Vec<Accusation>,
    /// Those that need a capability which the endpoint lacks, and were not skipped.
    pub asked: Vec<String>,
    /// How many checks were skipped or blocked.
    pub silenced: usize,
    pub exchanges: u64,
}

impl PremiseOutcome {
    /// Whether nothing is left to mend.
    pub const fn is_proven(&self) -> bool {
        self.accusations.is_empty() && self.asked.is_empty()
    }
}

/// Everything that an endpoint can be without, one at a time.
pub fn premises() -> Vec<MissingPremise> {
    let mut all = Vec::new();
    all.extend(capabilities());
    all.extend(types());
    all.extend(attributes());
    all.extend(FORMS.iter().map(|(name, forms)| {
        let change = json!({"deviations": [format!("filter.forms-only={forms}")]});
        missing(format!("filter.{name}"), &change, &[], &[])
    }));
    all.push(missing(
        "deviation.external-id.dropped".into(),
        &json!({"deviations": ["external-id.dropped"]}),
        &[],
        &[],
    ));
    all.extend(
        FAULTS
            .iter()
            .map(|(id, judged_in)| missing(format!("deviation.{id}"), &json!({"deviations": [id]}), &[], judged_in)),
    );
    all
}

/// The target with other keys.
fn missing(id: String, change: &Value, axes: &[&'static Axis], judged_in: &'static [&'static str]) -> MissingPremise {
    // The file is compiled in and a test reads it.
    let mut keys: Map<String, Value> = toml::from_str(PROOF).unwrap_or_default();
    keys.remove("sources");
    keys.extend(change.as_object().cloned().unwrap_or_default());
    let description = Description { keys, axes: axes.to_vec(), types: Vec::new() };
    MissingPremise { id, description, judged_in, gone: Vec::new() }
}

fn offered() -> Vec<String> {
    let keys: Map<String, Value> = toml::from_str(PROOF).unwrap_or_default();
    let listed = keys.get("capabilities").and_then(Value::as_array).cloned().unwrap_or_default();
    listed.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Each capability that an endpoint need not offer; PATCH is one that it should, of every type.
fn capabilities() -> Vec<MissingPremise> {
    let without = |gone: &[&str]| {
        let stay: Vec<String> = offered().into_iter().filter(|own| !gone.contains(&own.as_str())).collect();
        json!({"capabilities": stay})
    };
    let one = ["sort", "paging.cursor", "search", "query.root", "me", "etag", "bulk", "change-password"];
    let alone = one.iter().map(|name| MissingPremise {
        gone: name.parse().into_iter().collect(),
        ..missing(format!("capability.{name}"), &without(&[name]), &[], &[])
    });
    alone
        .chain([
            missing("capability.patch".into(), &without(&["patch.users", "patch.groups"]), &[&axis::NO_PATCH], &[]),
            missing("capability.filter".into(), &without(&["filter.users", "filter.groups"]), &[], &[]),
        ])
        .collect()
}

/// Each resource type.
fn types() -> Vec<MissingPremise> {
    let without = |name: &str, endings: &[&str], more: &[&str]| {
        let gone = |own: &String| endings.iter().any(|end| own.ends_with(end)) || more.contains(&own.as_str());
        let stay: Vec<String> = offered().into_iter().filter(|own| !gone(own)).collect();
        let mut change = json!({"without_resource_types": [name], "capabilities": stay});
        if name == "User" {
            change["user_extensions"] = json!([]);
        }
        missing(format!("type.{name}"), &change, &[], &[])
    };
    vec![
        without("User", &[".users"], &["me", "change-password"]),
        without("Group", &[".groups"], &[]),
        missing("type.Instrument".into(), &json!({"resource_types": []}), &[], &[]),
    ]
}

/// Each attribute that is not required, and each sub-attribute that is neither required nor the only one.
fn attributes() -> Vec<MissingPremise> {
    SCHEMAS
        .into_iter()
        .flat_map(|uri| paths(&standard_schema(uri)).into_iter().map(move |path| (uri, path)))
        .map(|(uri, path)| {
            let name = uri.rsplit(':').next().unwrap_or_default();
            let kind = if uri == ENTERPRISE_USER { "enterprise" } else { name };
            let kind = if uri.contains("extension:gauge") { "gauge" } else { kind };
            let change = json!({"schema_changes": [{"schema": uri, "without": [path]}]});
            missing(format!("attribute.{kind}.{path}"), &change, &[], &[])
        })
        .collect()
}

fn paths(schema: &Value) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let name = |own: &Value| own["name"].as_str().unwrap_or_default().to_owned();
    let mut all = Vec::new();
    for own in list(&schema["attributes"]) {
        if own["required"] != true {
            all.push(name(&own));
        }
        let parts = list(&own["subAttributes"]);
        let can_go = |part: &&Value| part["required"] != true && part["name"] != "value" && parts.len() > 1;
        all.extend(parts.iter().filter(can_go).map(|part| format!("{}.{}", name(&own), name(part))));
    }
    all
}

impl MissingPremise {
    /// The text of the target file.
    pub fn target_file(&self) -> String {
        self.description.target_file()
    }

    /// Whether the finding is of a check that could not be asked, and was.
    fn is_asked_in_vain(&self, finding: &Finding) -> bool {
        let check = checks::find(&finding.id);
        !matches!(finding.verdict, Verdict::Skip | Verdict::Blocked)
            && check.is_some_and(|check| check.needs.iter().any(|own| self.gone.contains(own)))
    }

    fn is_judged_by(&self, accusation: &Accusation) -> bool {
        let id = parts_of_name(&accusation.origin).0;
        let is_rule = weir_judge::rules::find(id).is_some();
        let is_cause = accusation.verdict == Verdict::Blocked && !self.judged_in.is_empty();
        let topic = id.split('.').next().unwrap_or_default();
        is_cause || self.judged_in.iter().any(|own| *own == id || *own == topic || (is_rule && *own == "rule"))
    }
}

/// Runs every check on an endpoint without each of the premises whose id begins with one of `only`.
///
/// # Errors
/// A premise whose endpoint cannot be served.
pub async fn without_premises(
    options: &InnocentOptions,
    only: &[String],
    mut progress: impl FnMut(&str),
) -> Result<Vec<PremiseOutcome>, InnocentError> {
    let all: Vec<MissingPremise> = premises();
    let chosen =
        all.iter().filter(|own| only.is_empty() || only.iter().any(|prefix| own.id.starts_with(prefix.as_str())));
    let trials = chosen.map(|premise| async move {
        let trial =
            InnocentTrial { checks: checks::all().collect(), deviation: None, seed: options.seed, has_digest: false };
        trial::run(&premise.description, trial).await.map(|outcome| (premise, outcome))
    });
    let mut trials = futures_util::stream::iter(trials).buffered(options.concurrency.max(1));
    let mut outcomes = Vec::new();
    while let Some(outcome) = trials.next().await {
        let (premise, outcome) = outcome?;
        progress(&premise.id);
        let silent = outcome.findings.iter().filter(|own| matches!(own.verdict, Verdict::Skip | Verdict::Blocked));
        let asked = outcome.findings.iter().filter(|own| premise.is_asked_in_vain(own));
        outcomes.push(PremiseOutcome {
            id: premise.id.clone(),
            silenced: silent.count(),
            asked: asked.map(|own| own.name().into_owned()).collect(),
            accusations: outcome.accusations.into_iter().filter(|own| !premise.is_judged_by(own)).collect(),
            exchanges: outcome.exchanges,
        });
    }
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_premise_can_be_served_and_differs_from_the_others() {
        let all = premises();
        let mut texts = BTreeSet::from([missing(String::new(), &json!({}), &[], &[]).target_file()]);
        for premise in &all {
            let text = premise.target_file();
            let read = weir_server::Target::parse("premise.toml", &text);
            assert!(read.is_ok(), "{}: {}\n{text}", premise.id, read.unwrap_err());
            assert!(texts.insert(text), "{} takes nothing away", premise.id);
        }
        let of = |topic: &str| all.iter().filter(|own| own.id.starts_with(topic)).count();
        assert!(of("attribute.") > 60 && of("capability.") == 10 && of("filter.") == FORMS.len());
    }

    /// One premise of each kind; `.ci/long` takes them all away.
    async fn is_accused_of_nothing_without(id: &str) {
        let options = InnocentOptions { innocents: 0, guilty: 0, cuts: 0, seed: 1, concurrency: 1 };
        let outcomes = without_premises(&options, &[id.to_owned()], |_| {}).await;
        let outcomes = outcomes.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(outcomes.len(), 1);
        assert!(outcomes[0].silenced > 10, "{outcomes:?}");
        assert!(outcomes[0].accusations.is_empty() && outcomes[0].asked.is_empty(), "{outcomes:?}");
    }

    #[tokio::test]
    async fn without_a_capability_nothing_is_asked_that_needs_it() {
        is_accused_of_nothing_without("capability.etag").await;
    }

    #[tokio::test]
    async fn without_a_resource_type_nothing_is_accused() {
        is_accused_of_nothing_without("type.Group").await;
    }

    #[tokio::test]
    async fn without_an_attribute_nothing_is_accused() {
        is_accused_of_nothing_without("attribute.Group.members.$ref").await;
    }

    #[tokio::test]
    async fn without_most_filters_nothing_is_accused() {
        is_accused_of_nothing_without("filter.id-eq").await;
    }

    #[tokio::test]
    async fn what_is_missing_by_mistake_is_accused_by_the_checks_that_judge_it_alone() {
        is_accused_of_nothing_without("deviation.etag.missing").await;
    }

    #[test]
    fn what_judges_a_fault_exists() {
        for (id, judged_in) in FAULTS {
            assert!(weir_server::Deviation::find(id).is_some(), "{id}");
            for own in judged_in {
                let exists = *own == "rule" || checks::all().any(|check| check.id == *own || check.topic() == *own);
                assert!(exists, "{own} is neither a check nor a topic");
            }
        }
    }
}
