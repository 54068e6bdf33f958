//! An endpoint of our own inside the process, on a free port of the loopback address. Beside `cli/`, this is the only
//! place in the harness that knows the server.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use scim::capability::Capability;
use secrecy::SecretString;
use url::Url;
use weir_catalog::UnderWay;
use weir_catalog::discovery::Declarations;
use weir_exchange::Credentials;
use weir_exchange::Further;
use weir_files::document;
use weir_files::fault::{FileFault, Place};
use weir_files::kind::DocumentKind;
use weir_files::name::UnknownName;
use weir_files::pattern::{Catalogue, Pattern, PatternError};

/// What to embed.
#[derive(Clone, Debug)]
pub struct EmbeddedOptions {
    /// A target's name, or the path of a target file.
    pub target: String,
    /// Deviations to switch on, each `ID` or `ID=VALUE`.
    pub deviations: Vec<String>,
    /// Makes the endpoint's ids and credentials repeatable.
    pub seed: u64,
}

/// Why no endpoint could be embedded.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error("{0}, or give the path of a target file")]
    UnknownTarget(UnknownName),
    #[error(transparent)]
    File(#[from] FileFault),
    #[error(transparent)]
    Deviation(#[from] weir_server::ActivationError),
    #[error(transparent)]
    Start(#[from] weir_server::StartError),
    #[error(
        "{0} has no limits of requests; name an application that has some, such as slack/limited, or a file with `rate`"
    )]
    NoLimits(String),
}

/// A way in: one application, or the whole endpoint where a target has none.
#[derive(Clone, Debug)]
pub struct Application {
    pub name: String,
    /// In targets that have tenants.
    pub tenant: Option<String>,
    /// The first is the one to recommend.
    pub base_urls: Vec<Url>,
    pub bearer: Option<SecretString>,
    pub basic: Option<(String, SecretString)>,
    /// Id and secret of a client of the token endpoint.
    pub oauth: Option<(String, SecretString)>,
    /// Credentials that may read and not write.
    pub reader: Option<Credentials>,
}

impl Application {
    /// The credentials to use: the token where there is one, as Aquera's guide recommends.
    pub fn credentials(&self) -> Credentials {
        match (&self.bearer, &self.basic) {
            (Some(token), _) => Credentials::Bearer(token.clone()),
            (None, Some((user, password))) => Credentials::Basic { user: user.clone(), password: password.clone() },
            (None, None) => Credentials::None,
        }
    }
}

/// A running endpoint of our own. Dropping it stops it.
pub struct EmbeddedEndpoint {
    endpoint: weir_server::Endpoint,
    target: String,
    declared: Declarations,
    applications: Vec<Application>,
    control: Url,
}

/// Reads a target: one that is compiled in, or a file.
pub fn target(name: &str) -> Result<weir_server::Target, EmbeddedError> {
    if let Some(target) = weir_server::Target::find(name) {
        return Ok(target);
    }
    let path = Path::new(name);
    let is_path = path.exists() || name.contains(std::path::is_separator) || path.extension().is_some();
    if !is_path {
        let name = UnknownName::new("target", name, weir_server::Target::names()).listed_by("weir list targets");
        return Err(EmbeddedError::UnknownTarget(name));
    }
    let text = document::read(path)?;
    let target = weir_server::Target::parse(name, &text)?;
    check_declared(&target, &text)?;
    Ok(target)
}

/// The limits of requests of a target's application, given as `TARGET/APPLICATION`; of the first one that has limits if none is
/// named. A target without limits is refused: no time could be stated.
pub fn limits(name: &str) -> Result<Vec<weir_server::RateRule>, EmbeddedError> {
    let (target, application) = match self::target(name) {
        Ok(target) => (target, None),
        // A path has slashes of its own.
        Err(error) => match name.rsplit_once('/').and_then(|(before, last)| Some((self::target(before).ok()?, last))) {
            Some((target, application)) => (target, Some(application)),
            None => return Err(error),
        },
    };
    let own = match application {
        None => target.applications.iter().find(|own| !own.rate.is_empty()),
        Some(wanted) => {
            let known = target.applications.iter().map(|own| own.name.as_str());
            let unknown = || EmbeddedError::UnknownTarget(UnknownName::new("application", wanted, known));
            Some(target.applications.iter().find(|own| own.name == wanted).ok_or_else(unknown)?)
        }
    };
    let rules = own.map(|own| own.rate.clone()).unwrap_or_default();
    if rules.is_empty() { Err(EmbeddedError::NoLimits(name.to_owned())) } else { Ok(rules) }
}

/// Sees to it that the checks that a target file declares are there; the endpoint, which reads the file, knows no checks.
fn check_declared(target: &weir_server::Target, text: &str) -> Result<(), FileFault> {
    for word in target.declared.iter().flat_map(|own| &own.checks) {
        if let Err(error) = weir_catalog::selection::check_beginning(word) {
            let start = text.find("[[declared]]").unwrap_or_default();
            let place = match text[start..].find(&format!("\"{word}\"")) {
                Some(offset) => Place::at(text, start + offset),
                None => Place::Path("declared.checks".into()),
            };
            return Err(FileFault::new(place, error.to_string()).of(&target.name));
        }
    }
    Ok(())
}

/// Adds the schemas and resource types of JSON files to a target. Returns what was left out of them or read in another way, in
/// sentences.
pub fn add_schema_files(target: &mut weir_server::Target, files: &[PathBuf]) -> Result<Vec<String>, EmbeddedError> {
    let read = |path: &PathBuf| {
        let text = document::read(path)?;
        match DocumentKind::of(&text) {
            // The reader knows what is wrong with what may be one.
            DocumentKind::Schema
            | DocumentKind::ResourceType
            | DocumentKind::ServiceProviderConfig
            | DocumentKind::ScimList
            | DocumentKind::ScimResource
            | DocumentKind::Json
            | DocumentKind::Text => Ok((path.display().to_string(), text)),
            kind => Err(kind.instead_of("a SCIM schema or a resource type").of(path.display()).into()),
        }
    };
    let files = files.iter().map(read).collect::<Result<Vec<_>, EmbeddedError>>()?;
    Ok(target.add_schema_files(&files)?)
}

/// Reads activations of deviations; those of one text stand between commas.
pub fn deviations(texts: &[String]) -> Result<Vec<weir_server::Activation>, EmbeddedError> {
    let each = texts.iter().flat_map(|text| separate(text));
    each.map(|text| text.parse().map_err(EmbeddedError::Deviation)).collect()
}

/// Splits at commas, but not those within a deviation's value.
fn separate(text: &str) -> Vec<String> {
    let mut separate: Vec<String> = Vec::new();
    for part in text.split(',') {
        let id = part.split('=').next().unwrap_or_default();
        match separate.last_mut() {
            Some(last) if last.contains('=') && weir_server::Deviation::find(id).is_none() => {
                last.push(',');
                last.push_str(part);
            }
            _ => separate.push(part.to_owned()),
        }
    }
    separate
}

/// Reads what selects deviations: a whole id, a topic, or a pattern with asterisks.
pub fn deviation_pattern(text: &str) -> Result<Pattern, PatternError> {
    const DEVIATIONS: Catalogue = Catalogue { one: "deviation", many: "deviations", command: "weir list deviations" };
    Pattern::read(text, &DEVIATIONS, known_deviations().map(|deviation| deviation.id))
}

/// A deviation as `weir prove` sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownDeviation {
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Ids of `fixtures/requirements.tsv`; empty if the RFCs permit it.
    pub breaks: &'static [&'static str],
    /// Whether it can act on one resource type alone.
    pub can_be_limited: bool,
}

impl KnownDeviation {
    /// Whether an endpoint may behave like that.
    pub const fn is_permitted(&self) -> bool {
        self.breaks.is_empty()
    }
}

/// Every deviation that an embedded endpoint can have.
pub fn known_deviations() -> impl Iterator<Item = KnownDeviation> {
    weir_server::Deviation::all().iter().map(|deviation| known(deviation))
}

const fn known(deviation: &weir_server::Deviation) -> KnownDeviation {
    use weir_server::Breaks;
    KnownDeviation {
        id: deviation.id,
        summary: deviation.summary,
        breaks: match deviation.breaks {
            Breaks::Requirements(ids) => ids,
            Breaks::Permitted(_) => &[],
        },
        can_be_limited: deviation.can_be_limited(),
    }
}

/// What a target's description says of its first application, the one that runs take.
fn declared(target: &weir_server::Target) -> Declarations {
    let first = target.applications.first();
    let capabilities = first.map_or(&target.capabilities, |first| &first.capabilities);
    let own = first.map_or(&[][..], |first| &first.deviations);
    Declarations {
        missing: Capability::ALL.iter().copied().filter(|known| !capabilities.contains(known)).collect(),
        tolerances: target.tolerances.iter().collect(),
        deviations: target
            .deviations
            .iter()
            .chain(own)
            .map(|activation| (activation.deviation.id, known(activation.deviation).breaks))
            .collect(),
        findings: target.declared.iter().map(|own| (own.checks.clone(), own.because.clone())).collect(),
    }
}

/// The ways into an endpoint of our own.
pub fn applications(endpoint: &weir_server::Endpoint) -> Vec<Application> {
    endpoint
        .applications()
        .iter()
        .map(|access| Application {
            name: access.name.clone(),
            tenant: access.tenant.clone(),
            base_urls: access.base_urls.iter().filter_map(|url| Url::parse(url).ok()).collect(),
            bearer: access.credentials.bearer.clone(),
            basic: access.credentials.basic.as_ref().map(|basic| (basic.user.clone(), basic.password.clone())),
            oauth: access.credentials.oauth.as_ref().map(|client| (client.id.clone(), client.secret.clone())),
            reader: access.further.iter().find(|further| !further.writes).and_then(|further| {
                let credentials = &further.credentials;
                let basic = credentials.basic.as_ref();
                credentials.bearer.clone().map(Credentials::Bearer).or_else(|| {
                    basic.map(|basic| Credentials::Basic { user: basic.user.clone(), password: basic.password.clone() })
                })
            }),
        })
        .collect()
}

impl EmbeddedEndpoint {
    /// Starts an endpoint and returns when it accepts connections.
    pub fn start(options: &EmbeddedOptions) -> Result<Self, EmbeddedError> {
        Self::start_target(target(&options.target)?, options, None)
    }

    /// As [`Self::start`], with the text of a target file of one's own; the options' target is its name.
    pub fn start_text(text: &str, options: &EmbeddedOptions) -> Result<Self, EmbeddedError> {
        Self::start_target(weir_server::Target::parse(&options.target, text)?, options, None)
    }

    /// As [`Self::start`], where nothing that the endpoint does depends on how fast the machine is: its clock counts how often
    /// it was looked at, and it can look up how many requests that were sent together have no answer yet.
    pub fn start_repeatable(options: &EmbeddedOptions, under_way: &UnderWay) -> Result<Self, EmbeddedError> {
        Self::start_target(target(&options.target)?, options, Some(under_way))
    }

    /// As [`Self::start_repeatable`], with the text of a target file of one's own; the options' target is its name.
    pub fn start_text_repeatable(
        text: &str,
        options: &EmbeddedOptions,
        under_way: &UnderWay,
    ) -> Result<Self, EmbeddedError> {
        Self::start_target(weir_server::Target::parse(&options.target, text)?, options, Some(under_way))
    }

    fn start_target(
        target: weir_server::Target,
        options: &EmbeddedOptions,
        under_way: Option<&UnderWay>,
    ) -> Result<Self, EmbeddedError> {
        let declared = declared(&target);
        let mut config = weir_server::Config::new(target);
        config.deviations = deviations(&options.deviations)?;
        config.seed = options.seed;
        if let Some(under_way) = under_way {
            config.under_way = Some(under_way.count());
            // The first second of 2026.
            config.clock = weir_server::Clock::counting(Timestamp::constant(1_767_225_600, 0));
            // A proof looks at what its client received.
            config.journal = weir_server::JournalMode::Off;
        }
        let endpoint = weir_server::start(config)?;
        let applications = applications(&endpoint);
        let control = format!("{}/_weir/", endpoint.origin());
        // The origin is made of an address and a port, so this is a URL.
        let control = Url::parse(&control).expect("an address and a port make a URL");
        Ok(Self { endpoint, target: options.target.clone(), declared, applications, control })
    }

    /// The name of the target.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// What the target's description says of it.
    pub const fn declared(&self) -> &Declarations {
        &self.declared
    }

    /// Every way in, in the target's order.
    pub fn applications(&self) -> &[Application] {
        &self.applications
    }

    /// The way in that a run takes unless it is told otherwise.
    pub fn application(&self) -> Option<&Application> {
        self.applications.first()
    }

    /// The further credentials that the target has: one that may only read, and another application.
    pub fn further(&self) -> Further {
        let first = self.application();
        let reader = first.and_then(|first| first.reader.clone());
        let stranger = self
            .applications
            .iter()
            .skip(1)
            .find_map(|other| Some((other.base_urls.first()?.clone(), other.credentials())));
        Further { reader, stranger }
    }

    /// The control API, with a trailing slash.
    pub fn control_url(&self) -> &Url {
        &self.control
    }

    /// The bearer token of the control API.
    pub fn control_token(&self) -> &SecretString {
        self.endpoint.control_token()
    }

    /// Forgets every resource, account and exchange, and returns to the deviations of the start.
    pub fn reset(&self) {
        self.endpoint.reset();
    }

    /// Switches on exactly these deviations, each `ID` or `ID=VALUE`.
    pub fn set_deviations(&self, texts: &[String]) -> Result<(), EmbeddedError> {
        Ok(self.endpoint.set_deviations(&deviations(texts)?)?)
    }
}
