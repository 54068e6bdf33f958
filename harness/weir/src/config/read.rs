//! Reads a configuration.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum as _;
use scim::capability::Capability;
use secrecy::SecretString;
use serde::Deserialize;
use toml::{Spanned, Value};
use url::Url;
use weir_catalog::Foreknowledge;
use weir_catalog::Templates;
use weir_catalog::selection::pattern;
use weir_exchange::base_url;
use weir_files::document;
use weir_files::fault::{FileFault, Place};
use weir_files::name::UnknownName;

use super::{Checks, Config, CredentialSource, PaceConfig, PublishedName, SecretSource, Transport};
use crate::exit::FailOn;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    url: Option<Spanned<String>>,
    resource_types: Option<Vec<Spanned<String>>>,
    credentials: Option<Spanned<CredentialsRow>>,
    #[serde(default)]
    headers: BTreeMap<String, Spanned<Value>>,
    #[serde(default)]
    transport: TransportRow,
    #[serde(default)]
    pace: PaceRow,
    #[serde(default)]
    features: FeaturesRow,
    #[serde(default)]
    attributes: AttributeRows,
    #[serde(default)]
    checks: ChecksRow,
}

/// The values of attributes by resource type and path.
type AttributeRows = BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Spanned<Value>>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialsRow {
    bearer: Option<Spanned<Value>>,
    basic: Option<Spanned<Value>>,
    oauth: Option<OauthRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OauthRow {
    token_url: Spanned<String>,
    client: String,
    secret: Spanned<Value>,
    scope: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct TransportRow {
    ca: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<Spanned<PathBuf>>,
    proxy: Option<Spanned<String>>,
    #[serde(default)]
    insecure: bool,
    timeout: Option<Spanned<Value>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct PaceRow {
    concurrency: Option<Spanned<u16>>,
    rate: Option<Spanned<f64>>,
    budget: Option<Spanned<u64>>,
    settle: Option<Spanned<Value>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct FeaturesRow {
    #[serde(default)]
    assume: Vec<Spanned<String>>,
    #[serde(default)]
    skip: Vec<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct ChecksRow {
    #[serde(default)]
    only: Vec<Spanned<String>>,
    #[serde(default)]
    skip: Vec<Spanned<String>>,
    #[serde(default)]
    scale: bool,
    #[serde(default)]
    read_only: bool,
    fail_on: Option<Spanned<String>>,
    baseline: Option<PathBuf>,
    #[serde(default)]
    strict_baseline: bool,
}

fn fault<T>(span: Range<usize>, problem: impl Into<String>) -> Result<T, FileFault> {
    Err(FileFault::new(span, problem))
}

pub(super) fn config(file: &Path, text: &str) -> Result<Config, FileFault> {
    let document: Document = document::toml(text)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let credentials = match document.credentials {
        Some(row) => {
            let span = row.span();
            Some(credentials(row.into_inner(), span, folder)?)
        }
        None => None,
    };
    let published = published_names(document.resource_types.as_deref(), &document.attributes, text);
    let resource_types: Option<Vec<String>> =
        document.resource_types.map(|names| names.into_iter().map(Spanned::into_inner).collect());
    let headers = document.headers.into_iter().map(|(name, value)| Ok((name, secret(value, folder)?)));
    Ok(Config {
        file: file.to_owned(),
        url: document.url.map(|url| read_url(&url)).transpose()?,
        credentials,
        headers: headers.collect::<Result<_, FileFault>>()?,
        transport: transport(document.transport, folder)?,
        pace: pace(document.pace)?,
        known: Foreknowledge {
            assume: capabilities(document.features.assume)?,
            skip: capabilities(document.features.skip)?,
            resource_types: resource_types.clone(),
            prefix: None,
        },
        templates: templates(document.attributes, resource_types.as_deref())?,
        checks: checks(document.checks, folder)?,
        published,
    })
}

fn read_url(text: &Spanned<String>) -> Result<Url, FileFault> {
    base_url(text.get_ref()).map_err(|error| FileFault::new(text.span(), error.to_string()))
}

fn credentials(
    row: CredentialsRow,
    span: std::ops::Range<usize>,
    folder: &Path,
) -> Result<CredentialSource, FileFault> {
    match (row.bearer, row.basic, row.oauth) {
        (Some(bearer), None, None) => Ok(CredentialSource::Bearer(secret(bearer, folder)?)),
        (None, Some(basic), None) => Ok(CredentialSource::Basic(secret(basic, folder)?)),
        (None, None, Some(oauth)) => Ok(CredentialSource::Oauth {
            token_url: Url::parse(oauth.token_url.get_ref())
                .map_err(|error| FileFault::new(oauth.token_url.span(), format!("this is not a URL: {error}")))?,
            client: oauth.client,
            secret: secret(oauth.secret, folder)?,
            scope: oauth.scope,
        }),
        (None, None, None) => fault(span, "[credentials] needs one of `bearer`, `basic` and `[credentials.oauth]`"),
        _ => fault(span, "[credentials] has more than one of `bearer`, `basic` and `oauth`; keep one"),
    }
}

/// A text, or a table with one of `env`, `file` and `command`.
fn secret(value: Spanned<Value>, folder: &Path) -> Result<SecretSource, FileFault> {
    const SHAPE: &str =
        "a secret is a text, or one of { env = \"NAME\" }, { file = \"PATH\" } and { command = [\"PROGRAM\", …] }";
    let span = value.span();
    let table = match value.into_inner() {
        Value::String(text) => return Ok(SecretSource::Text(SecretString::from(text))),
        Value::Table(table) if table.len() == 1 => table,
        _ => return fault(span, SHAPE),
    };
    let Some((key, value)) = table.into_iter().next() else { return fault(span, SHAPE) };
    match (key.as_str(), value) {
        ("env", Value::String(name)) => Ok(SecretSource::Environment(name)),
        ("file", Value::String(path)) => Ok(SecretSource::File(folder.join(path))),
        ("command", Value::Array(words)) if !words.is_empty() => words
            .into_iter()
            .map(|word| word.as_str().map(str::to_owned).ok_or_else(|| FileFault::new(span.clone(), SHAPE)))
            .collect::<Result<_, _>>()
            .map(SecretSource::Command),
        (key, _) => match UnknownName::misspelling("key", key, ["env", "file", "command"]) {
            Some(name) => Err(FileFault::unknown(span, &name)),
            None => fault(span, SHAPE),
        },
    }
}

fn transport(row: TransportRow, folder: &Path) -> Result<Transport, FileFault> {
    if let Some(key) = &row.key
        && row.certificate.is_none()
    {
        return fault(key.span(), "a key is of no use without `certificate`");
    }
    let proxy = row.proxy.map(|proxy| {
        Url::parse(proxy.get_ref())
            .map_err(|error| FileFault::new(proxy.span(), format!("this is not the URL of a proxy: {error}")))
    });
    Ok(Transport {
        ca: row.ca.map(|path| folder.join(path)),
        certificate: row.certificate.map(|path| folder.join(path)),
        key: row.key.map(|path| folder.join(path.into_inner())),
        proxy: proxy.transpose()?,
        insecure: row.insecure,
        timeout: row.timeout.map(|timeout| whole_seconds(&timeout)).transpose()?,
    })
}

fn pace(row: PaceRow) -> Result<PaceConfig, FileFault> {
    let settle = row.settle.map(|settle| duration(&settle)).transpose()?;
    let rate = match row.rate {
        Some(rate) if rate.get_ref().is_finite() && *rate.get_ref() > 0.0 => Some(rate.into_inner()),
        Some(rate) => return fault(rate.span(), "the rate must be greater than 0"),
        None => None,
    };
    Ok(PaceConfig { concurrency: positive(row.concurrency)?, rate, budget: positive(row.budget)?, settle })
}

/// A number of seconds, or a text such as "2s", "500ms" or "1m".
fn duration(value: &Spanned<Value>) -> Result<Duration, FileFault> {
    let seconds = match value.get_ref() {
        #[expect(clippy::cast_precision_loss, reason = "a double counts more seconds than a run can take")]
        Value::Integer(seconds) => Some(*seconds as f64),
        Value::Float(seconds) => Some(*seconds),
        Value::String(text) => seconds_of(text),
        _ => None,
    };
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or_else(|| {
        let problem = format!("{} is not a duration", value.get_ref());
        FileFault::new(value.span(), problem)
            .with_remedy("write a number of seconds, 0 or more, or a text such as \"2s\"")
    })
}

fn seconds_of(text: &str) -> Option<f64> {
    let text = text.trim();
    let unit = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let number: f64 = text[..unit].trim().parse().ok()?;
    match &text[unit..] {
        "ms" => Some(number / 1000.0),
        "" | "s" => Some(number),
        "m" | "min" => Some(number * 60.0),
        _ => None,
    }
}

/// As [`duration`], in whole seconds and at least one.
fn whole_seconds(value: &Spanned<Value>) -> Result<u64, FileFault> {
    let duration = duration(value)?;
    if duration.subsec_nanos() > 0 || duration.is_zero() {
        let problem = format!("{} is not a whole number of seconds, 1 or more", value.get_ref());
        return Err(FileFault::new(value.span(), problem));
    }
    Ok(duration.as_secs())
}

fn positive<N: Copy + Default + PartialEq>(number: Option<Spanned<N>>) -> Result<Option<N>, FileFault> {
    match number {
        Some(number) if *number.get_ref() == N::default() => fault(number.span(), "the number must be greater than 0"),
        Some(number) => Ok(Some(number.into_inner())),
        None => Ok(None),
    }
}

fn capabilities(names: Vec<Spanned<String>>) -> Result<Vec<Capability>, FileFault> {
    let mut all = Vec::new();
    for name in names {
        // `patch` stands for `patch.users` and `patch.groups`.
        let word = name.get_ref();
        let known = Capability::ALL.iter().copied().filter(|capability| {
            let id = capability.to_string();
            id == *word || id.strip_prefix(word.as_str()).is_some_and(|rest| rest.starts_with('.'))
        });
        let before = all.len();
        all.extend(known);
        if all.len() == before {
            let ids = Capability::ALL.iter().map(|capability| capability.id());
            let known = ids.clone().filter_map(|id| Some(id.split_once('.')?.0)).chain(ids);
            return Err(FileFault::unknown(name.span(), &UnknownName::new("capability", word, known)));
        }
    }
    Ok(all)
}

/// The names that the endpoint has to publish: resource types and paths of attributes.
fn published_names(types: Option<&[Spanned<String>]>, rows: &AttributeRows, text: &str) -> Vec<PublishedName> {
    let entry = |key: &str, name: &str, span: Range<usize>| PublishedName {
        key: key.to_owned(),
        name: name.to_owned(),
        place: Place::at(text, span.start),
    };
    let mut names: Vec<PublishedName> =
        types.into_iter().flatten().map(|name| entry("`resource_types`", name.get_ref(), name.span())).collect();
    for (kind, attributes) in rows {
        let key = format!("[attributes.{}]", kind.get_ref());
        names.push(entry(&key, kind.get_ref(), kind.span()));
        for (path, value) in attributes {
            names.push(entry(&key, path.get_ref(), path.span()));
            let left_out = value.get_ref().as_array().into_iter().flatten().filter_map(Value::as_str);
            names.extend(left_out.map(|path| entry(&key, path, value.span())));
        }
    }
    names
}

fn templates(types: AttributeRows, tested: Option<&[String]>) -> Result<Templates, FileFault> {
    let mut templates = Templates::default();
    for (name, attributes) in types {
        if let Some(tested) = tested
            && !tested.contains(name.get_ref())
        {
            let unknown = UnknownName::new("resource type of `resource_types`", name.get_ref(), tested);
            return Err(FileFault::unknown(name.span(), &unknown));
        }
        for (path, value) in attributes {
            let span = value.span();
            let json = serde_json::to_value(value.into_inner())
                .map_err(|error| FileFault::new(span.clone(), error.to_string()))?;
            templates
                .add(name.get_ref(), path.get_ref(), json)
                .map_err(|problem| FileFault::new(span, problem.to_string()))?;
        }
    }
    Ok(templates)
}

fn checks(row: ChecksRow, folder: &Path) -> Result<Checks, FileFault> {
    for text in row.only.iter().chain(&row.skip) {
        pattern(text.get_ref()).map_err(|error| FileFault::new(text.span(), error.to_string()))?;
    }
    let level = |word: Spanned<String>| {
        FailOn::from_str(word.get_ref(), false).map_err(|_| {
            let known = ["must", "should", "note", "never"];
            FileFault::unknown(word.span(), &UnknownName::new("level", word.get_ref(), known))
        })
    };
    let fail_on = row.fail_on.map(level).transpose()?;
    let texts = |patterns: Vec<Spanned<String>>| patterns.into_iter().map(Spanned::into_inner).collect();
    Ok(Checks {
        only: texts(row.only),
        skip: texts(row.skip),
        scale: row.scale,
        read_only: row.read_only,
        fail_on,
        baseline: row.baseline.map(|path| folder.join(path)),
        strict_baseline: row.strict_baseline,
    })
}
