//! The limitation of invalid schemas: fields that are lost from the mapping page.

use serde_json::{Value, json};
use weir_exchange::Request;
use weir_provision::fields;
use weir_provision::mapping::Mapping;

use super::report::Observations;
use super::{Scenario, ScenarioApplication, ScenarioError};

/// What breaks one schema.
type Breakage = fn(&mut Value);

/// Ways in which schemas were seen to be broken.
const BREAKAGES: [(&str, Breakage); 4] = [
    ("without attributes", |schema| schema["attributes"] = json!([])),
    ("attributes without names", |schema| {
        schema["attributes"]
            .as_array_mut()
            .into_iter()
            .flatten()
            .for_each(|one| drop(one.as_object_mut().map(|one| one.remove("name"))));
    }),
    ("without id", |schema| drop(schema.as_object_mut().map(|schema| schema.remove("id")))),
    ("emails without sub-attributes", |schema| {
        let all = schema["attributes"].as_array_mut().into_iter().flatten();
        all.filter(|one| one["name"] == "emails").for_each(|one| one["subAttributes"] = Value::Null);
    }),
];

/// What the mapping page makes of the schemas in one state.
pub(super) struct SchemaObservation {
    pub schemas: &'static str,
    /// How many fields it offers.
    pub offered: usize,
    /// The mapped fields that it does not offer.
    pub missing: Vec<String>,
    /// How many fields are mapped.
    pub mapped: usize,
}

impl SchemaObservation {
    fn lost(&self) -> String {
        match self.missing.len() {
            0 => "-".to_owned(),
            count if count == self.mapped => "every mapped field".to_owned(),
            _ => self.missing.join(", "),
        }
    }
}

/// The mapping page with the endpoint's schemas as they are, and with broken ones.
pub(super) struct InvalidSchemas {
    pub application: String,
    pub as_they_are: SchemaObservation,
    pub broken: Vec<SchemaObservation>,
}

impl InvalidSchemas {
    fn all(&self) -> impl Iterator<Item = &SchemaObservation> {
        std::iter::once(&self.as_they_are).chain(&self.broken)
    }
}

impl Observations for InvalidSchemas {
    const SCENARIO: Scenario = Scenario::InvalidSchemas;
    const ABOUT: &'static str =
        "Refresh Fields with the endpoint's schemas, and with schemas that are broken in ways that were seen";

    fn columns(&self) -> Vec<&'static str> {
        vec!["the schemas", "fields offered", "mapped, but not offered"]
    }

    fn rows(&self) -> Vec<Vec<String>> {
        self.all().map(|one| vec![one.schemas.to_owned(), one.offered.to_string(), one.lost()]).collect()
    }

    fn json(&self) -> Vec<Value> {
        let json = |one: &SchemaObservation| json!({ "schemas": one.schemas, "fields": one.offered.to_string(), "lost": one.lost() });
        self.all().map(json).collect()
    }

    /// The endpoint's own schemas lack what the mapping fills.
    fn is_found(&self) -> bool {
        !self.as_they_are.missing.is_empty() || self.as_they_are.offered == 0
    }

    fn answer(&self) -> [String; 3] {
        let name = &self.application;
        let offered = "The mapping page offers the fields that the endpoint's schemas give, and no others.".to_owned();
        if self.is_found() {
            let lacking =
                format!("The schemas of {name} lack what the mapping fills, so that these fields stay empty.");
            let advice = "Have the schemas mended, refresh the fields, and look at the mapping before the next cycle.";
            [offered, lacking, advice.to_owned()]
        } else {
            let advice =
                "After a change there, look at the mapping page (weir connection fields FILE) before the next cycle.";
            [offered, format!("The schemas of {name} give every mapped field."), advice.to_owned()]
        }
    }

    fn verdict(&self) -> Vec<String> {
        let name = &self.application;
        vec![
            "A field that the schemas do not give cannot be mapped: the mapping page leaves it out, and what was mapped before is no longer filled.".to_owned(),
            if self.is_found() {
                format!("The schemas of {name} already lack what the mapping fills.")
            } else {
                format!("The schemas of {name} give every mapped field; after a change there, look at the mapping page (weir connection fields FILE) before the next cycle.")
            },
        ]
    }
}

/// The mapping page with the endpoint's schemas, and with schemas that are broken in ways that were seen.
pub(super) async fn invalid_schemas(application: &ScenarioApplication) -> Result<InvalidSchemas, ScenarioError> {
    let exchange = application
        .client
        .send(Request::get("/Schemas"))
        .await
        .map_err(|error| ScenarioError::Unreachable(error.to_string()))?;
    let schemas = exchange.at("Resources").and_then(Value::as_array).cloned().unwrap_or_default();
    let mapping = Mapping::inet_org_person();
    let observe = |name: &'static str, schemas: &[Value]| {
        let offered = fields::offered(schemas);
        SchemaObservation {
            schemas: name,
            offered: offered.len(),
            missing: fields::missing(&mapping, &offered),
            mapped: mapping.rules().len(),
        }
    };
    let broken = BREAKAGES.map(|(name, breakage)| {
        let mut schemas = schemas.clone();
        schemas.iter_mut().for_each(breakage);
        observe(name, &schemas)
    });
    Ok(InvalidSchemas {
        application: application.name.clone(),
        as_they_are: observe("as they are", &schemas),
        broken: broken.into(),
    })
}
