//! Reading target files. Every error names the line and the key.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use scim::capability::{Capabilities, Capability};
use scim::schema::{Definitions, ResourceTypeDocument, SchemaDocument};
use scim::tolerance::Tolerance;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use weir_files::document;
use weir_files::fault::{FileFault, Place};

use crate::bulk::BulkLimits;
use crate::credentials::{BasicCredentials, Credentials, FurtherCredentials, OauthClient};

use super::application::{Application, stranger};
use super::rate::{self, RateFile};
use super::word::{Extension, Link, Name, OfferedCapability, Pair, Right, Status, Word};
use super::{Activation, BasePath, Declaration, RateRule, SchemaChange, Target, contradiction};
use crate::application::downstream::{FailedUpdate, Service};
use crate::rules::{AuthenticationMethod, OnPut};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetFile {
    description: String,
    /// Links to what the target was made from.
    #[serde(default)]
    sources: Vec<Word<Link>>,
    #[serde(default)]
    as_of: String,
    base_paths: Vec<Word<BasePath>>,
    #[serde(default)]
    user_extensions: Vec<Word<Extension>>,
    #[serde(default)]
    schemas: Vec<SchemaSource>,
    #[serde(default)]
    resource_types: Vec<ResourceTypeDocument>,
    #[serde(default)]
    without_resource_types: Vec<String>,
    #[serde(default)]
    schema_changes: Vec<SchemaChange>,
    #[serde(default = "default_max_results")]
    max_results: u32,
    default_results: Option<u32>,
    #[serde(default)]
    bulk: BulkFile,
    authentication: Vec<Word<AuthenticationMethod>>,
    #[serde(default)]
    rate: Vec<RateFile>,
    #[serde(default)]
    anonymous: Vec<Word<Capability>>,
    #[serde(default)]
    tolerances: Vec<Word<Tolerance>>,
    capabilities: Vec<Word<OfferedCapability>>,
    #[serde(default)]
    refusals: BTreeMap<Word<Capability>, Status>,
    #[serde(default)]
    deviations: Vec<Word<Activation>>,
    #[serde(default)]
    declared: Vec<Declaration>,
    #[serde(default)]
    credentials: Vec<CredentialsFile>,
    applications: Vec<ApplicationFile>,
}

/// A schema of the target's own.
enum SchemaSource {
    /// A JSON file, relative to the target's.
    File(String),
    /// A definition as RFC 7643 section 7 gives it.
    Document(SchemaDocument),
}

impl<'de> Deserialize<'de> for SchemaSource {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Source;

        impl<'de> Visitor<'de> for Source {
            type Value = SchemaSource;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a JSON file, or a table with id and attributes")
            }

            fn visit_str<E>(self, file: &str) -> Result<SchemaSource, E> {
                Ok(SchemaSource::File(file.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SchemaSource, A::Error> {
                SchemaDocument::deserialize(MapAccessDeserializer::new(map)).map(SchemaSource::Document)
            }
        }

        deserializer.deserialize_any(Source)
    }
}

/// Secrets in a target file are for rehearsals; without one a bearer token is made from the seed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialsFile {
    name: Word<Name>,
    #[serde(default = "every_right")]
    rights: Vec<Word<Right>>,
    #[serde(default)]
    applications: Vec<String>,
    #[serde(default)]
    tenants: Vec<String>,
    bearer: Option<String>,
    basic: Option<Word<Pair>>,
    oauth: Option<Word<Pair>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct BulkFile {
    max_operations: Option<u32>,
    max_payload_size: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApplicationFile {
    name: Word<Name>,
    tenant: Option<Word<Name>>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    with: Vec<Word<OfferedCapability>>,
    #[serde(default)]
    without: Vec<Word<Capability>>,
    #[serde(default)]
    refusals: BTreeMap<Word<Capability>, Status>,
    on_put: Option<Word<OnPut>>,
    me: Option<String>,
    max_results: Option<u32>,
    default_results: Option<u32>,
    authentication: Option<Vec<Word<AuthenticationMethod>>>,
    rate: Option<Vec<RateFile>>,
    #[serde(default)]
    deviations: Vec<Word<Activation>>,
    downstream: Option<DownstreamFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DownstreamFile {
    #[serde(default = "yes")]
    partial_update: bool,
    failed_update: Option<Word<FailedUpdate>>,
    #[serde(default)]
    delete_on_deactivation: bool,
    #[serde(default = "yes")]
    hard_delete: bool,
}

fn every_right() -> Vec<Word<Right>> {
    vec![Word(Right::Read), Word(Right::Write)]
}

const fn yes() -> bool {
    true
}

const fn default_max_results() -> u32 {
    200
}

pub(super) fn target(name: &str, text: &str) -> Result<Target, FileFault> {
    let mut file: TargetFile = document::toml(text).map_err(|fault| fault.within(name, text))?;
    let sources = std::mem::take(&mut file.schemas);
    let changes = file.schema_changes.clone();
    let missing_types = file.without_resource_types.clone();
    let fail = |place: &str, problem: String| {
        let line = line_of(text, place);
        match place.strip_prefix("key ") {
            Some(key) => FileFault::new(
                line.map_or(Place::Path(key.into()), |line| Place::Line(line, Some(key.into()))),
                problem,
            ),
            None => {
                FileFault::new(line.map_or(Place::Whole, |line| Place::Line(line, None)), format!("{place}: {problem}"))
            }
        }
        .of(name)
    };
    let mut target = build(name, file).map_err(|(place, problem)| fail(&place, problem))?;
    let mut files = Vec::with_capacity(sources.len());
    for source in sources {
        let file = match source {
            SchemaSource::File(file) => file,
            SchemaSource::Document(document) => {
                target.definitions.schemas.push(document);
                continue;
            }
        };
        let path = Path::new(name).with_file_name(file);
        let text = document::read(&path).map_err(|fault| fail("key schemas", fault.to_string()))?;
        files.push((path.display().to_string(), text));
    }
    // A target file's own schemas are read without a word about what is left out of them.
    target.add_schema_files(&files).map_err(|error| {
        if files.is_empty() {
            fail("key resource_types", error.of("").to_string())
        } else {
            fail("key schemas", error.to_string())
        }
    })?;
    target.schema_changes = changes;
    target.registry().map_err(|error| fail("key schema_changes", error.to_string()))?;
    target.without_resource_types = missing_types;
    target.registry().map_err(|error| fail("key without_resource_types", error.to_string()))?;
    Ok(target)
}

/// The rules that concern several keys at once.
fn build(name: &str, file: TargetFile) -> Result<Target, (String, String)> {
    let fail = |key: &str, problem: &str| Err((format!("key {key}"), problem.to_owned()));
    if file.base_paths.is_empty() {
        return fail("base_paths", "a target needs at least one base path");
    }
    if file.authentication.is_empty() {
        return fail("authentication", "a target needs at least one way to authenticate");
    }
    if file.max_results == 0 {
        return fail("max_results", "a page holds at least one resource");
    }
    let bulk = bulk_limits(&file.bulk)?;
    let authentication: Vec<AuthenticationMethod> = file.authentication.into_iter().map(|word| word.0).collect();
    if file.applications.is_empty() {
        return fail("applications", "a target needs at least one application");
    }
    let capabilities: Capabilities = file.capabilities.into_iter().map(|word| word.0.0).collect();
    let refusals = statuses(file.refusals);
    let rate = rate::rules(file.rate);
    let rate = rate.map_err(|(number, error)| ("key rate".to_owned(), format!("limit {number}: {error}")))?;
    let base_paths: Vec<BasePath> = file.base_paths.into_iter().map(|word| word.0).collect();
    let applications: Vec<Application> = file
        .applications
        .into_iter()
        .map(|file| application(file, &capabilities, &refusals, &authentication, &rate))
        .collect::<Result<_, _>>()?;
    let deviations: Vec<Activation> = file.deviations.into_iter().map(|word| word.0).collect();
    contradiction::check(&deviations).map_err(|error| ("key deviations".to_owned(), error.to_string()))?;
    for (position, application) in applications.iter().enumerate() {
        let place = format!("application {}", application.name);
        if applications[..position].iter().any(|other| other.name == application.name) {
            return Err((place, "the name is used twice".into()));
        }
        if application.tenant.is_none() && base_paths.iter().any(BasePath::names_tenant) {
            return Err((place, "it needs a tenant, because a base path names one".into()));
        }
        if application.max_results == Some(0) {
            return Err((place, "a page holds at least one resource".into()));
        }
        if application.authentication.is_empty() {
            return Err((place, "an application needs at least one way to authenticate".into()));
        }
        let together: Vec<Activation> = application.deviations.iter().chain(&deviations).cloned().collect();
        contradiction::check(&together).map_err(|error| (place.clone(), error.to_string()))?;
        if base_paths.iter().all(|base_path| base_path.of(position, &applications).is_none()) {
            return Err((place, "no base path leads to it; add one with {application}".into()));
        }
    }
    let credentials: Vec<FurtherCredentials> = file.credentials.into_iter().map(credentials).collect();
    for further in &credentials {
        if let Some(unknown) = stranger(further, &applications) {
            return Err((format!("credentials {}", further.name), unknown.to_string()));
        }
    }
    Ok(Target {
        name: name.to_owned(),
        description: file.description.trim().to_owned(),
        sources: file.sources.into_iter().map(|word| word.0.0).collect(),
        as_of: file.as_of,
        base_paths,
        user_extensions: file.user_extensions.into_iter().map(|word| word.0.0).collect(),
        definitions: Definitions { schemas: Vec::new(), resource_types: file.resource_types },
        without_resource_types: Vec::new(),
        schema_changes: Vec::new(),
        tolerances: file.tolerances.into_iter().map(|word| word.0).collect(),
        capabilities,
        refusals,
        max_results: count(file.max_results),
        default_results: file.default_results.map(count),
        bulk,
        authentication,
        anonymous: file.anonymous.into_iter().map(|word| word.0).collect(),
        credentials,
        applications,
        deviations,
        declared: file.declared,
    })
}

fn bulk_limits(file: &BulkFile) -> Result<BulkLimits, (String, String)> {
    let limit = |key: &str, value: Option<u32>, default: usize| match value {
        Some(0) => Err((format!("key bulk.{key}"), "a job holds at least one".to_owned())),
        Some(value) => Ok(usize::try_from(value).unwrap_or(usize::MAX)),
        None => Ok(default),
    };
    let usual = BulkLimits::default();
    Ok(BulkLimits {
        max_operations: limit("max_operations", file.max_operations, usual.max_operations)?,
        max_payload_size: limit("max_payload_size", file.max_payload_size, usual.max_payload_size)?,
    })
}

fn credentials(file: CredentialsFile) -> FurtherCredentials {
    FurtherCredentials {
        name: file.name.0.0,
        writes: file.rights.iter().any(|right| right.0 == Right::Write),
        applications: file.applications,
        tenants: file.tenants,
        credentials: Credentials {
            bearer: file.bearer.map(Into::into),
            basic: file.basic.map(|pair| BasicCredentials { user: pair.0.0, password: pair.0.1.into() }),
            oauth: file.oauth.map(|pair| OauthClient { id: pair.0.0, secret: pair.0.1.into() }),
        },
    }
}

fn statuses(refusals: BTreeMap<Word<Capability>, Status>) -> BTreeMap<Capability, u16> {
    refusals.into_iter().map(|(capability, status)| (capability.0, status.0)).collect()
}

fn application(
    file: ApplicationFile,
    capabilities: &Capabilities,
    refusals: &BTreeMap<Capability, u16>,
    authentication: &[AuthenticationMethod],
    rate: &[RateRule],
) -> Result<Application, (String, String)> {
    let wrong = |(number, error): (usize, rate::RateError)| {
        (format!("application {}", file.name.0.0), format!("rate, limit {number}: {error}"))
    };
    let own = file.rate.map(rate::rules).transpose().map_err(wrong)?;
    let mut capabilities = capabilities.clone();
    capabilities.extend(file.with.into_iter().map(|word| word.0.0));
    for word in file.without {
        capabilities.remove(&word.0);
    }
    let mut refusals = refusals.clone();
    refusals.extend(statuses(file.refusals));
    Ok(Application {
        name: file.name.0.0,
        tenant: file.tenant.map(|word| word.0.0),
        description: file.description,
        capabilities,
        refusals,
        on_put: file.on_put.map(|word| word.0).unwrap_or_default(),
        me: file.me,
        max_results: file.max_results.map(count),
        default_results: file.default_results.map(count),
        authentication: file
            .authentication
            .map_or_else(|| authentication.to_vec(), |own| own.into_iter().map(|word| word.0).collect()),
        rate: own.unwrap_or_else(|| rate.to_vec()),
        deviations: file.deviations.into_iter().map(|word| word.0).collect(),
        downstream: file.downstream.map(|file| Service {
            partial_update: file.partial_update,
            failed_update: file.failed_update.map(|word| word.0).unwrap_or_default(),
            delete_on_deactivation: file.delete_on_deactivation,
            hard_delete: file.hard_delete,
        }),
    })
}

fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The line where a key or an application begins, given as the place of an error.
fn line_of(text: &str, place: &str) -> Option<u64> {
    let (what, word) = place.split_once(' ')?;
    let begins = |line: &str| {
        let (key, value) = line.split_once('=').map_or((line, ""), |(key, value)| (key.trim(), value.trim()));
        match what {
            "key" => key.trim_matches(['[', ']']) == word,
            _ => key == "name" && value.trim_matches('"') == word,
        }
    };
    // The last one: of two applications of a name it is the second that is too many.
    text.lines().enumerate().filter(|(_, line)| begins(line.trim())).map(|(index, _)| index as u64 + 1).last()
}
