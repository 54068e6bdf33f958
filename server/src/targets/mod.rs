//! Targets: what the endpoint pretends to be, as data read from TOML.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use scim::capability::{Capabilities, Capability};
use scim::filter::parse::Limits as FilterLimits;
use scim::resource::read::{Policy, UnknownPolicy};
use scim::schema::{Definitions, PublishedDocuments, Registry, SchemaError, standard_definitions};
use scim::tolerance::Tolerances;

mod application;
pub(crate) mod contradiction;
mod like;
mod path;
mod rate;
mod read;
mod schema_changes;
mod schema_members;
mod word;

#[cfg(test)]
mod tests;

pub use application::Application;
pub use path::{BasePath, PathMatch};
pub use rate::{CountedRequest, RateLimitKind, RateRule, least_seconds};
pub use schema_changes::SchemaChange;
use weir_files::document;
pub use weir_files::fault::FileFault;
use weir_files::name::UnknownName;

use crate::bulk::BulkLimits;
use crate::credentials::FurtherCredentials;
use crate::deviations::Activation;
use crate::rules::{AuthenticationMethod, Rules};

/// Every file under `fixtures/targets/`, as (target name, text); a test holds the list to the folder.
const DOCUMENTS: &[(&str, &str)] = &[
    ("aquera", include_str!("../../../fixtures/targets/aquera.toml")),
    ("atlassian", include_str!("../../../fixtures/targets/atlassian.toml")),
    ("aws-identity-center", include_str!("../../../fixtures/targets/aws-identity-center.toml")),
    ("entra-id", include_str!("../../../fixtures/targets/entra-id.toml")),
    ("github-emu", include_str!("../../../fixtures/targets/github-emu.toml")),
    ("gitlab", include_str!("../../../fixtures/targets/gitlab.toml")),
    ("google-cloud-identity", include_str!("../../../fixtures/targets/google-cloud-identity.toml")),
    ("proof", include_str!("../../../fixtures/targets/proof.toml")),
    ("rfc", include_str!("../../../fixtures/targets/rfc.toml")),
    ("saas", include_str!("../../../fixtures/targets/saas.toml")),
    ("salesforce", include_str!("../../../fixtures/targets/salesforce.toml")),
    ("slack", include_str!("../../../fixtures/targets/slack.toml")),
    ("snowflake", include_str!("../../../fixtures/targets/snowflake.toml")),
];

/// What this endpoint implements; a target that claims more is refused.
pub const IMPLEMENTED: &[Capability] = &[
    Capability::CreateUsers,
    Capability::CreateGroups,
    Capability::ReplaceUsers,
    Capability::ReplaceGroups,
    Capability::PatchUsers,
    Capability::PatchGroups,
    Capability::DeleteUsers,
    Capability::DeleteGroups,
    Capability::FilterUsers,
    Capability::FilterGroups,
    Capability::Sort,
    Capability::IndexPaging,
    Capability::CursorPaging,
    Capability::Search,
    Capability::RootQuery,
    Capability::Me,
    Capability::Etag,
    Capability::Bulk,
    Capability::ChangePassword,
    Capability::ServiceProviderConfig,
    Capability::ResourceTypes,
    Capability::Schemas,
];

/// What the endpoint pretends to be.
#[derive(Clone, Debug)]
pub struct Target {
    pub name: String,
    /// One paragraph for `weir explain`.
    pub description: String,
    /// Links to what it was made from.
    pub sources: Vec<String>,
    /// When the sources were read: a year, or a year and a month.
    pub as_of: String,
    /// Where applications are found, in the order in which they are tried.
    pub base_paths: Vec<BasePath>,
    /// The URIs of the compiled-in extensions of User.
    pub user_extensions: Vec<String>,
    /// Schemas and resource types of its own, besides and in place of the standard ones.
    pub definitions: Definitions,
    /// Resource types that it does not have, by name.
    pub without_resource_types: Vec<String>,
    /// What it does differently from the schemas that it takes over.
    pub schema_changes: Vec<SchemaChange>,
    pub tolerances: Tolerances,
    /// What applications offer unless they say otherwise.
    pub capabilities: Capabilities,
    /// How each capability that is off is refused: an HTTP status, 501 where nothing is said.
    pub refusals: BTreeMap<Capability, u16>,
    /// The largest page, published as `filter.maxResults`.
    pub max_results: usize,
    /// How long a page is that is asked for without a number; `None` takes the largest.
    pub default_results: Option<usize>,
    /// What one bulk job may hold, where an application takes them.
    pub bulk: BulkLimits,
    /// The ways to authenticate, in the order in which discovery publishes them.
    pub authentication: Vec<AuthenticationMethod>,
    /// What may be read without credentials; wrong credentials are refused all the same.
    pub anonymous: Capabilities,
    /// Credentials besides those that each application has of its own.
    pub credentials: Vec<FurtherCredentials>,
    /// At least one.
    pub applications: Vec<Application>,
    /// In the order in which they act.
    pub deviations: Vec<Activation>,
    /// What checks find here because of what the target is.
    pub declared: Vec<Declaration>,
}

/// Checks that find what a target means to be: their findings are reported as declared.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// Ids of checks, or what they begin with.
    pub checks: Vec<String>,
    /// What the target does, as a clause.
    pub because: String,
}

/// As [`schema_fault`], with the line on which the attribute stands, if its name stands on one line alone.
fn schema_fault_in(file: &str, text: &str, mut error: SchemaError) -> FileFault {
    let name = error.place.rsplit([':', '.', ' ']).next().unwrap_or_default();
    let quoted = format!("{:?}", name.trim_matches('"'));
    let mut lines = text.lines().enumerate().filter(|(_, line)| line.contains(&quoted));
    if let (Some((number, _)), None) = (lines.next(), lines.next()) {
        error.place = format!("line {}, {}", number + 1, error.place);
    }
    schema_fault(file, error)
}

/// The fault of a schema file: the place in it, and the rule that it breaks.
fn schema_fault(file: &str, error: SchemaError) -> FileFault {
    // The member that serde does not take, and serde's words.
    match error.rule.split_once(": ") {
        Some((member, message)) if !member.contains(' ') => {
            document::plain(format!("{}, {member}", error.place), message).of(file)
        }
        _ => FileFault::new(error.place, error.rule).of(file),
    }
}

impl Target {
    /// The ways to authenticate that any of its applications takes, as a target file names them.
    #[must_use]
    pub fn ways_to_authenticate(&self) -> Vec<&'static str> {
        let known = [
            ("bearer", AuthenticationMethod::Bearer),
            ("basic", AuthenticationMethod::Basic),
            ("oauth", AuthenticationMethod::Oauth),
        ];
        let takes = |method| self.applications.iter().any(|application| application.authentication.contains(&method));
        known.into_iter().filter(|(_, method)| takes(*method)).map(|(name, _)| name).collect()
    }

    /// The names of the targets that are compiled in.
    pub fn names() -> impl Iterator<Item = &'static str> {
        DOCUMENTS.iter().map(|(name, _)| *name)
    }

    /// A target that is compiled in.
    pub fn find(name: &str) -> Option<Self> {
        let (name, text) = DOCUMENTS.iter().find(|(known, _)| *known == name)?;
        #[expect(clippy::expect_used, reason = "the documents are compiled in, and a test reads each of them")]
        Some(Self::parse(name, text).expect("a compiled-in target is valid"))
    }

    /// Reads a target file; `name` is for messages and for [`Self::name`]. Schema files that it names are looked for in the
    /// folder of `name`, as if that were a path.
    pub fn parse(name: &str, text: &str) -> Result<Self, FileFault> {
        read::target(name, text)
    }

    /// Adds the schemas and resource types of JSON files, each given with its name for messages (see
    /// [`PublishedDocuments::parse`]). The files may refer to each other. Returns what was left out of them or read in another
    /// way, in sentences.
    ///
    /// # Errors
    /// The first fault of a file, or the first rule that the files together break.
    pub fn add_schema_files(&mut self, files: &[(String, String)]) -> Result<Vec<String>, FileFault> {
        let mut definitions = self.definitions.clone();
        let mut notes = Vec::new();
        for (file, text) in files {
            schema_members::check(&document::json(text).map_err(|fault| fault.of(file))?)
                .map_err(|fault| fault.of(file))?;
            let more = PublishedDocuments::parse(text).map_err(|error| schema_fault_in(file, text, error))?;
            notes.extend(more.notes.iter().map(|note| format!("{file}, {note}")));
            let is_empty = more.definitions.schemas.is_empty() && more.definitions.resource_types.is_empty();
            match more.service_provider_config {
                Some(_) if is_empty => {
                    let problem = "this is a ServiceProviderConfig, and schemas and resource types are expected";
                    let remedy = "take its features and limits over with `weir serve --like`";
                    return Err(FileFault::whole(file, problem).with_remedy(remedy));
                }
                Some(_) => notes.push(format!(
                    "{file}, ServiceProviderConfig: left out; `weir serve --like` takes its features and limits over"
                )),
                None => {}
            }
            definitions.schemas.extend(more.definitions.schemas);
            definitions.resource_types.extend(more.definitions.resource_types);
        }
        let before = std::mem::replace(&mut self.definitions, definitions);
        if let Err(error) = self.registry() {
            self.definitions = before;
            let names: Vec<&str> = files.iter().map(|(file, _)| file.as_str()).collect();
            return Err(schema_fault(&names.join(", "), error));
        }
        Ok(notes)
    }

    /// The first application or tenant of further credentials that the target does not have.
    pub(crate) fn stranger(&self, further: &FurtherCredentials) -> Option<UnknownName> {
        application::stranger(further, &self.applications)
    }

    /// The RFCs' reading of everything.
    #[must_use]
    pub fn rfc() -> Self {
        #[expect(clippy::expect_used, reason = "the name is in DOCUMENTS")]
        Self::find("rfc").expect("the target is compiled in")
    }

    /// The Aquera gateway.
    #[must_use]
    pub fn aquera() -> Self {
        #[expect(clippy::expect_used, reason = "the name is in DOCUMENTS")]
        Self::find("aquera").expect("the target is compiled in")
    }

    /// The application that a path means, and what follows its base path.
    #[must_use]
    pub fn place<'p>(&self, path: &'p str) -> Option<PathMatch<'p>> {
        path::place(&self.base_paths, &self.applications, path)
    }

    /// The rules of an application before any deviation.
    pub(crate) fn rules(&self, application: &Application) -> Rules {
        let max_results = application.max_results.unwrap_or(self.max_results);
        let default_results = application.default_results.or(self.default_results);
        Rules {
            open: None,
            capabilities: application.capabilities.clone(),
            published: application.capabilities.clone(),
            refusals: application.refusals.clone(),
            policy: Policy { unknown: UnknownPolicy::Ignore, tolerances: self.tolerances.clone() },
            filter_limits: FilterLimits::default(),
            max_results,
            default_results: default_results.unwrap_or(max_results).min(max_results),
            authentication: application.authentication.clone(),
            on_put: application.on_put,
            bulk: self.bulk,
            published_bulk: self.bulk,
            missing_filter_ignored: false,
            patch_shown: false,
            me: application.me.clone(),
            anonymous: self.anonymous.clone(),
            switched_off: BTreeMap::new(),
            careless: BTreeSet::new(),
        }
    }

    /// The schemas and resource types of the target.
    pub fn registry(&self) -> Result<Arc<Registry>, SchemaError> {
        let extensions: Vec<&str> = self.user_extensions.iter().map(String::as_str).collect();
        let mut definitions = standard_definitions(&extensions)?;
        definitions.add(self.definitions.clone())?;
        schema_changes::check_types(&definitions)?;
        schema_changes::apply(&mut definitions, &self.schema_changes)?;
        for name in &self.without_resource_types {
            schema_changes::remove_type(&mut definitions, name)?;
        }
        definitions.registry().map(Arc::new)
    }
}
