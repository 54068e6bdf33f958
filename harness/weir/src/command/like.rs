//! `weir serve --like`: a target from the discovery documents of a product.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use scim::schema::{FaultyPart, PublishedDocuments, SchemaError};
use secrecy::SecretString;
use serde_json::Value;
use weir_exchange::{Client, ClientOptions, Credentials, Exchange, Request, base_url};
use weir_files::document;
use weir_files::fault::FileFault;
use weir_files::kind::DocumentKind;
use weir_server::Target;

use crate::config::SecretKind;
use crate::failure::Failure;
use crate::flags::secret::{given_secret, secret};
use crate::output::plural::plural;

/// The longest wait for one document, in seconds.
const LONGEST: u64 = 10;
/// The most pages of one listing that are read.
const MOST_PAGES: usize = 50;

/// Whose documents, and how they are reached.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "A target from documents")]
pub(super) struct LikeFlags {
    /// Behave as a product's discovery documents say: JSON files, a directory of them, or a base URL
    #[arg(long = "like", value_name = "FILE|DIR|URL", conflicts_with = "target")]
    sources: Vec<String>,
    /// The bearer token for the URL of --like, or @FILE that holds it
    #[arg(long, value_name = "TOKEN", env = "WEIR_LIKE_BEARER", hide_env_values = true, requires = "sources")]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    like_bearer: Option<SecretString>,
    /// Seconds to wait for one document of the URL of --like [default: 10]
    #[arg(long, value_name = "SECONDS", requires = "sources", value_parser = clap::value_parser!(u64).range(1..=3600))]
    like_timeout: Option<u64>,
}

/// A target, what its documents are called, and what could not be taken over, in sentences.
pub(super) struct LikeTarget {
    pub(super) target: Target,
    pub(super) name: String,
    pub(super) notes: Vec<String>,
}

impl LikeFlags {
    /// Reads the documents, if there are any to read.
    ///
    /// # Errors
    /// A file that cannot be read, an endpoint that has no documents, or documents that do not fit together.
    pub(super) async fn target(&self) -> Result<Option<LikeTarget>, Failure> {
        if self.sources.is_empty() {
            return Ok(None);
        }
        let mut documents = PublishedDocuments::new(FaultyPart::LeftOut);
        let mut notes = Vec::new();
        for source in &self.sources {
            if source.starts_with("http://") || source.starts_with("https://") {
                self.read_endpoint(source, &mut documents, &mut notes).await?;
            } else {
                let files = files(Path::new(source))?;
                let (is_one_of_several, notes_before) = (files.len() > 1, notes.len());
                let mut taken = 0;
                for file in &files {
                    taken += usize::from(read_file(file, is_one_of_several, &mut documents, &mut notes)?);
                }
                if taken == 0 {
                    let others = notes[notes_before..].join("; ");
                    return Err(Failure::Usage(format!("{source} holds no document of discovery; {others}")));
                }
            }
        }
        let name = self.sources.join(", ");
        let fit = |error: scim::schema::SchemaError| Failure::Usage(format!("{name}, {error}"));
        let (target, more) = Target::like(&name, documents).map_err(fit)?;
        notes.extend(more.iter().map(ToString::to_string));
        Ok(Some(LikeTarget { target, name, notes }))
    }

    /// Reads the three documents of an endpoint.
    async fn read_endpoint(
        &self,
        source: &str,
        documents: &mut PublishedDocuments,
        notes: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let url = base_url(source).map_err(|error| {
            // `serve` has flags of its own.
            let sentence =
                error.to_string().replace("give them with --basic or WEIR_BASIC", "give a token with --like-bearer");
            Failure::Usage(format!("--like {source}: {sentence}"))
        })?;
        let token = self.like_bearer.as_ref();
        let known = token.map(|token| secret(token, "--like-bearer", SecretKind::Token)).transpose()?;
        let credentials = known.map_or(Credentials::None, Credentials::Bearer);
        let timeout = Duration::from_secs(self.like_timeout.unwrap_or(LONGEST));
        let client = Client::new(&url, ClientOptions { credentials, timeout, ..ClientOptions::default() });
        let client = client.map_err(Failure::usage)?;
        let mut found = 0;
        // Behind it a path begins, also where the base URL ends with a slash.
        let base = url.as_str().trim_end_matches('/');
        for path in ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"] {
            let place = format!("{base}{path}");
            let exchange = self.get(&client, &place, Request::get(path)).await?;
            match exchange.json() {
                Ok(json) if exchange.status == 200 => {
                    let refused = |error| Failure::Usage(format!("{place}, {error}"));
                    let Some(kind) = take(json, documents).map_err(refused)? else {
                        found += 1;
                        let shown = self.read_further_pages(&client, &place, path, json, documents).await?;
                        notes.extend(missing(&format!("GET {path}"), json, shown));
                        continue;
                    };
                    notes.push(format!("GET {path} was answered with {kind}, so it is not taken over"));
                }
                Ok(_) => notes
                    .push(format!("GET {path} was answered {}, so its document is not taken over", exchange.status)),
                Err(error) => notes.push(format!("GET {path} was answered {} without JSON: {error}", exchange.status)),
            }
        }
        if found == 0 {
            let problem = format!("{url} has none of the three documents of discovery; {}", notes.join("; "));
            return Err(Failure::Unreachable(problem));
        }
        Ok(())
    }

    /// The pages of a listing after its first, and how many documents they all show. Discovery is not paged (RFC 7644 section 4), and
    /// some products page it all the same: they are asked as for any list (section 3.4.2.4), until a page has nothing new.
    async fn read_further_pages(
        &self,
        client: &Client,
        place: &str,
        path: &str,
        first: &Value,
        documents: &mut PublishedDocuments,
    ) -> Result<usize, Failure> {
        let mut shown: HashSet<String> = entries(first).iter().map(ToString::to_string).collect();
        let total = first["totalResults"].as_u64().unwrap_or(0);
        for _ in 1..MOST_PAGES {
            if shown.is_empty() || total <= shown.len() as u64 {
                break;
            }
            let start = (shown.len() + 1).to_string();
            let answer = self.get(client, place, Request::get(path).query("startIndex", &start)).await?;
            let Some(page) = answer.json().ok().filter(|_| answer.status == 200) else { break };
            let before = shown.len();
            shown.extend(entries(page).iter().map(ToString::to_string));
            if shown.len() == before {
                break;
            }
            documents.read(page).map_err(|error| Failure::Usage(format!("{place}?startIndex={start}, {error}")))?;
        }
        Ok(shown.len())
    }

    /// One answer, whatever its status; a refusal of the credentials is a failure, because what a rehearsal would be without the
    /// documents is not the product.
    async fn get(&self, client: &Client, place: &str, request: Request) -> Result<Arc<Exchange>, Failure> {
        let sent = client.send(request).await;
        let exchange = sent.map_err(|error| {
            // The flags of other commands are not those of this one.
            let sentence = error.sentence.replace("raise --timeout", "raise --like-timeout");
            let (what, advice) = sentence.split_once("; raise --largest-answer").unwrap_or((&sentence, ""));
            let advice =
                if advice.is_empty() { "" } else { "; get it with another program and give the file to --like" };
            Failure::Unreachable(format!("GET {place}: {what}{advice}"))
        })?;
        if exchange.status != 401 {
            return Ok(exchange);
        }
        Err(Failure::Unreachable(match self.like_bearer {
            Some(_) => format!("GET {place}: the token of --like-bearer was refused (401)"),
            None => format!("GET {place}: the credentials were refused (401); give --like-bearer"),
        }))
    }
}

/// The documents of a listing; none where it is no listing.
fn entries(listing: &Value) -> &[Value] {
    listing["Resources"].as_array().map_or(&[], Vec::as_slice)
}

/// A note about a listing that counts more documents than were shown.
fn missing(place: &str, listing: &Value, shown: usize) -> Option<String> {
    let total = listing["totalResults"].as_u64().filter(|_| listing["Resources"].is_array())?;
    (total > shown as u64).then(|| {
        let total = plural(total, "document", "documents");
        format!("{place} shows {shown} of {total}; the others are not taken over")
    })
}

/// The file itself, or the JSON files of a directory, by name.
fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |error: std::io::Error| Failure::Usage(format!("{} cannot be read: {error}", path.display()));
    let entries = std::fs::read_dir(path).map_err(unreadable)?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")));
    files.sort();
    if files.is_empty() {
        return Err(Failure::Usage(format!("{} has no file whose name ends in .json", path.display())));
    }
    Ok(files)
}

/// Whether the file is one of discovery. Beside others one that is not is left out; alone it is refused.
fn read_file(
    file: &Path,
    is_one_of_several: bool,
    documents: &mut PublishedDocuments,
    notes: &mut Vec<String>,
) -> Result<bool, Failure> {
    let text = document::read(file).map_err(Failure::usage)?;
    let json: Value = document::json(&text).map_err(|fault| Failure::usage(fault.of(file.display())))?;
    let listings = json.as_array().map_or(std::slice::from_ref(&json), Vec::as_slice);
    let name = file.display().to_string();
    notes.extend(listings.iter().filter_map(|listing| missing(&name, listing, entries(listing).len())));
    let refused = |error: SchemaError| Failure::usage(FileFault::new(error.place, error.rule).of(&name));
    match take(&json, documents).map_err(refused)? {
        None => Ok(true),
        Some(kind) if is_one_of_several => {
            notes.push(format!("{name} is left out: this is {kind}, not {DISCOVERY}"));
            Ok(false)
        }
        Some(kind) => Err(Failure::usage(kind.instead_of(DISCOVERY).of(&name))),
    }
}

/// What a document of discovery is called where another one is refused.
const DISCOVERY: &str = "a document of discovery (ServiceProviderConfig, ResourceType, Schema, or a list of them)";

/// Takes over what a document says; gives its kind if it is none of discovery, of which a target would be made up.
fn take(json: &Value, documents: &mut PublishedDocuments) -> Result<Option<DocumentKind>, SchemaError> {
    let mut own = PublishedDocuments::new(FaultyPart::LeftOut);
    own.read(json)?;
    let is_empty = own.definitions.schemas.is_empty()
        && own.definitions.resource_types.is_empty()
        && own.service_provider_config.is_none();
    let kind = DocumentKind::of_json(json);
    // One that is left out because it describes discovery itself, or because of a fault, is one all the same.
    let is_one =
        matches!(kind, DocumentKind::Schema | DocumentKind::ResourceType | DocumentKind::ServiceProviderConfig)
            || entries(json)
                .iter()
                .any(|entry| matches!(DocumentKind::of_json(entry), DocumentKind::Schema | DocumentKind::ResourceType));
    let is_other = kind.taken_by().is_some();
    if is_other || (is_empty && !is_one) {
        return Ok(Some(kind));
    }
    documents.read(json).map(|()| None)
}
