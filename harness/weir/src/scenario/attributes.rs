//! Limitations in what becomes of attributes: never cleared, doubled where the target omits `type`, and wiped by a PUT of
//! mapped values.

use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;
use weir_provision::client::Description;
use weir_provision::options::Put;

use super::rehearsal::{Rehearsal, changed, person};
use super::report::{Observations, three_sentences};
use super::{Scenario, ScenarioApplication, ScenarioError};

/// The value of an attribute in words, if the user has one.
fn value(user: Option<&Value>, path: &str) -> Option<String> {
    let value = user.and_then(|user| at(user, path))?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// A value as a cell of a table.
fn cell(value: Option<&String>) -> String {
    value.cloned().unwrap_or_else(|| "-".to_owned())
}

/// An attribute of the target before and after its source attribute lost its value.
pub(super) struct ClearingObservation {
    pub source: &'static str,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Two attributes lose their values in the source.
pub(super) struct NeverCleared {
    /// Whether the client sent anything in the cycle after that.
    pub is_sent: bool,
    pub attributes: Vec<ClearingObservation>,
}

impl NeverCleared {
    const fn sent(&self) -> &'static str {
        if self.is_sent { "PUT without the value" } else { "nothing" }
    }
}

impl Observations for NeverCleared {
    const SCENARIO: Scenario = Scenario::NeverCleared;
    const ABOUT: &'static str = "two attributes lose their values in the source";

    fn columns(&self) -> Vec<&'static str> {
        vec!["source attribute", "target before", "in the source", "sent", "target after"]
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let row = |one: &ClearingObservation| {
            let (before, after) = (cell(one.before.as_ref()), cell(one.after.as_ref()));
            [one.source, &before, "removed", self.sent(), &after].map(str::to_owned).to_vec()
        };
        self.attributes.iter().map(row).collect()
    }

    fn json(&self) -> Vec<Value> {
        let json = |one: &ClearingObservation| {
            let (before, after) = (cell(one.before.as_ref()), cell(one.after.as_ref()));
            json!({ "attribute": one.source, "before": before, "sent": self.sent(), "after": after })
        };
        self.attributes.iter().map(json).collect()
    }

    /// The target keeps a value.
    fn is_found(&self) -> bool {
        self.attributes.iter().any(|one| one.after.is_some())
    }

    fn answer(&self) -> [String; 3] {
        three_sentences(
            &format!("When an attribute loses its value in the source, the client sends {}.", self.sent()),
            self.is_found(),
            [
                "The target keeps the old value, and no later cycle removes it.",
                "Clear the value in the target by hand, or map a default value that stands for nothing.",
            ],
            "The target loses the value too.",
        )
    }

    fn verdict(&self) -> Vec<String> {
        vec![if self.is_found() {
            "The target keeps what the source has removed: an attribute cannot be cleared once it is set. Clear it in the target by hand, or map a default value that stands for nothing.".to_owned()
        } else {
            "The target has lost the values: it replaces what a PUT does not name.".to_owned()
        }]
    }
}

/// An attribute loses its value in the source, and keeps it in the target.
pub(super) async fn never_cleared(
    application: &ScenarioApplication,
    description: &Description,
) -> Result<NeverCleared, ScenarioError> {
    let uid = application.fresh_name();
    let mut rehearsal = Rehearsal::new(application, description, &person(&uid, "telephoneNumber: +1 202-555-0123\n"))?;
    rehearsal.prepare().await?;
    let before = application.user(&uid).await?;
    rehearsal.change(&changed(&uid, "title", &[]))?;
    rehearsal.change(&changed(&uid, "telephoneNumber", &[]))?;
    let acted = rehearsal.cycle().await?;
    let after = application.user(&uid).await?;
    let attributes = [("title", "title"), ("telephoneNumber", "phoneNumbers")].map(|(source, path)| {
        ClearingObservation { source, before: value(before.as_ref(), path), after: value(after.as_ref(), path) }
    });
    Ok(NeverCleared { is_sent: !acted.writes().is_empty(), attributes: attributes.into() })
}

/// An email of a user as the endpoint shows it.
pub(super) struct Email {
    pub address: String,
    pub is_primary: bool,
}

/// The emails of a user after the work email changed in the source.
pub(super) struct EmailObservation {
    /// Whether the endpoint omits `type` and `primary`.
    pub omits_types: bool,
    pub emails: Vec<Email>,
    /// The new address is there, and no other.
    pub is_replaced: bool,
}

impl EmailObservation {
    fn texts(&self) -> [String; 3] {
        let endpoint = if self.omits_types { "omits type and primary" } else { "tells type and primary" };
        let shown = self.emails.iter().map(|email| {
            let primary = if email.is_primary { ", primary" } else { "" };
            format!("{}{primary}", email.address)
        });
        let outcome = if self.is_replaced { "replaced" } else { "the old value stays beside the new one" };
        [endpoint.to_owned(), shown.collect::<Vec<_>>().join("; "), outcome.to_owned()]
    }
}

/// A new work email, where the endpoint tells `type` and `primary`, and where it omits them.
pub(super) struct TypeOmitted(pub Vec<EmailObservation>);

impl Observations for TypeOmitted {
    const SCENARIO: Scenario = Scenario::TypeOrPrimaryOmitted;
    const ABOUT: &'static str = "the work email changes; the endpoint answers with and without type and primary";

    fn columns(&self) -> Vec<&'static str> {
        vec!["the endpoint", "emails afterwards", "so"]
    }

    fn rows(&self) -> Vec<Vec<String>> {
        self.0.iter().map(|one| one.texts().to_vec()).collect()
    }

    fn json(&self) -> Vec<Value> {
        let json = |one: &EmailObservation| {
            let [endpoint, emails, outcome] = one.texts();
            json!({ "endpoint": endpoint, "emails": emails, "outcome": outcome })
        };
        self.0.iter().map(json).collect()
    }

    /// The old address stays where `type` is omitted.
    fn is_found(&self) -> bool {
        self.0.iter().any(|one| one.omits_types && !one.is_replaced)
    }

    fn answer(&self) -> [String; 3] {
        three_sentences(
            "The work email of a user changes in the source.",
            self.is_found(),
            [
                "Where the target omits type, the new address is added, and the old one is never removed.",
                "Have the target show type and primary; until then remove old addresses there by hand.",
            ],
            "The client replaces the address, whether the target shows type and primary or not.",
        )
    }

    fn verdict(&self) -> Vec<String> {
        vec![if self.is_found() {
            "Where the target omits type, the client cannot tell which value is the work email: it adds another, the old one is never removed, and which is primary is left to the target.".to_owned()
        } else {
            "The client replaces the value with and without type.".to_owned()
        }]
    }
}

/// A new work email, where the target tells `type` and `primary`, and where it omits them.
pub(super) async fn type_omitted(
    application: &ScenarioApplication,
    description: &Description,
) -> Result<TypeOmitted, ScenarioError> {
    let mut observations = Vec::new();
    for omits_types in [false, true] {
        let uid = application.fresh_name();
        let mut rehearsal = Rehearsal::new(application, description, &person(&uid, ""))?;
        rehearsal.omits_types = omits_types;
        rehearsal.prepare().await?;
        let address = format!("new-{uid}@example.com");
        rehearsal.change(&changed(&uid, "mail", &[&address]))?;
        rehearsal.cycle().await?;
        let user = application.user(&uid).await?;
        let emails = user.as_ref().and_then(|user| at(user, "emails")).and_then(Value::as_array);
        let emails = emails.map(Vec::as_slice).unwrap_or_default();
        let is_replaced = matches!(emails, [only] if only["value"] == *address);
        // The name of the run's own user says nothing, and differs from run to run.
        let shown = |email: &Value| Email {
            address: email["value"].as_str().unwrap_or("-").replace(&uid, "pat"),
            is_primary: email["primary"] == true,
        };
        observations.push(EmailObservation { omits_types, emails: emails.iter().map(shown).collect(), is_replaced });
    }
    Ok(TypeOmitted(observations))
}

/// A user to whom an administrator gave a nickName, after an update of the title.
pub(super) struct ReplacementObservation {
    pub application: String,
    pub put: Put,
    pub nick_name: Option<String>,
    pub title: Option<String>,
}

impl ReplacementObservation {
    const fn is_wiped(&self) -> bool {
        self.nick_name.is_none()
    }

    const fn body(&self) -> &'static str {
        match self.put {
            Put::ReadMerge => "the user as read, with the mapped values merged in",
            Put::MappedOnly => "the mapped values alone",
        }
    }

    const fn outcome(&self) -> &'static str {
        if self.is_wiped() { "wiped" } else { "kept" }
    }
}

/// A value that only the target knows, before and after updates by both kinds of PUT.
pub(super) struct MappedOnly(pub Vec<ReplacementObservation>);

impl Observations for MappedOnly {
    const SCENARIO: Scenario = Scenario::MappedOnlyReplaces;
    const ABOUT: &'static str = "the target knows a nickName that the source does not, and the title changes";

    fn columns(&self) -> Vec<&'static str> {
        vec!["application", "PUT holds", "nickName afterwards", "title afterwards", "so"]
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let row = |one: &ReplacementObservation| {
            let (nick_name, title) = (cell(one.nick_name.as_ref()), cell(one.title.as_ref()));
            [&one.application, one.body(), &nick_name, &title, one.outcome()].map(str::to_owned).to_vec()
        };
        self.0.iter().map(row).collect()
    }

    fn json(&self) -> Vec<Value> {
        let json = |one: &ReplacementObservation| {
            let nick_name = cell(one.nick_name.as_ref());
            json!({ "application": one.application, "put": one.body(), "nickName": nick_name, "outcome": one.outcome() })
        };
        self.0.iter().map(json).collect()
    }

    /// A value is lost.
    fn is_found(&self) -> bool {
        self.0.iter().any(ReplacementObservation::is_wiped)
    }

    fn answer(&self) -> [String; 3] {
        three_sentences(
            "The target knows a value that the source does not, and another attribute changes.",
            self.is_found(),
            [
                "A PUT of the mapped values alone wipes that value where the endpoint replaces, and nothing reports it.",
                "Map every attribute that matters, or let the endpoint merge.",
            ],
            "The value survives both kinds of PUT.",
        )
    }

    fn verdict(&self) -> Vec<String> {
        vec![if self.is_found() {
            "A PUT of mapped values alone against an endpoint that replaces wipes the values that only the target has. No document says which PUT the client sends: map every attribute that matters, or let the endpoint merge.".to_owned()
        } else {
            "Values that only the target has survive both kinds of PUT here.".to_owned()
        }]
    }
}

/// Something that only the target knows, before and after an update of another attribute.
pub(super) async fn mapped_only(
    applications: &[ScenarioApplication],
    description: &Description,
) -> Result<MappedOnly, ScenarioError> {
    let mut observations = Vec::new();
    for application in applications
        .iter()
        .filter(|own| !own.is_observable() || ["default", "merge-on-put"].contains(&own.name.as_str()))
    {
        for put in [Put::ReadMerge, Put::MappedOnly] {
            let uid = application.fresh_name();
            let mut rehearsal = Rehearsal::new(application, description, &person(&uid, ""))?;
            rehearsal.provisioner.options.put = Some(put);
            rehearsal.prepare().await?;
            set_by_hand(application, &uid).await?;
            rehearsal.change(&changed(&uid, "title", &["Head of Tests"]))?;
            rehearsal.cycle().await?;
            let after = application.user(&uid).await?;
            observations.push(ReplacementObservation {
                application: application.name.clone(),
                put,
                nick_name: value(after.as_ref(), "nickName"),
                title: value(after.as_ref(), "title"),
            });
        }
    }
    Ok(MappedOnly(observations))
}

/// Gives the user a nickName by PUT, as an administrator of the target would.
async fn set_by_hand(application: &ScenarioApplication, uid: &str) -> Result<(), ScenarioError> {
    let mut user =
        application.user(uid).await?.ok_or_else(|| ScenarioError::Unsuitable(format!("{uid} was not created")))?;
    user["nickName"] = Value::from("Patty");
    if let Some(user) = user.as_object_mut() {
        user.remove("meta");
        user.remove("groups");
    }
    let id = user["id"].as_str().unwrap_or_default().to_owned();
    let sent = application.client.send(Request::put("/Users").segment(&id).json(&user)).await;
    match sent {
        Ok(exchange) if exchange.is_success() => Ok(()),
        Ok(exchange) => {
            Err(ScenarioError::Unsuitable(format!("{} was answered with {}", exchange.target(), exchange.status)))
        }
        Err(error) => Err(ScenarioError::Unreachable(error.to_string())),
    }
}
