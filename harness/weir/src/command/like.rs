//! `weir serve --like`: a target from the discovery documents of a product.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use scim::schema::{FaultyPart, PublishedDocuments};
use secrecy::SecretString;
use serde_json::Value;
use weir_exchange::{Client, ClientOptions, Credentials, Exchange, Request, base_url};
use weir_files::document;
use weir_files::fault::FileFault;
use weir_server::Target;

use crate::config::SecretKind;
use crate::failure::Failure;
use crate::flags::secret::{given_secret, secret};

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
                for file in files(Path::new(source))? {
                    read_file(&file, &mut documents, &mut notes)?;
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
        let url = base_url(source).map_err(|error| Failure::Usage(format!("--like {source}: {error}")))?;
        let token = self.like_bearer.as_ref();
        let known = token.map(|token| secret(token, "--like-bearer", SecretKind::Token)).transpose()?;
        let credentials = known.map_or(Credentials::None, Credentials::Bearer);
        let timeout = Duration::from_secs(self.like_timeout.unwrap_or(LONGEST));
        let client = Client::new(&url, ClientOptions { credentials, timeout, ..ClientOptions::default() });
        let client = client.map_err(Failure::usage)?;
        let mut found = 0;
        for path in ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"] {
            let place = format!("{url}{path}");
            let exchange = self.get(&client, &place, Request::get(path)).await?;
            match exchange.json() {
                Ok(json) if exchange.status == 200 => {
                    found += 1;
                    documents.read(json).map_err(|error| Failure::Usage(format!("{place}, {error}")))?;
                    let shown = self.read_further_pages(&client, &place, path, json, documents).await?;
                    notes.extend(missing(&format!("GET {path}"), json, shown));
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
        let exchange = sent.map_err(|error| Failure::Unreachable(format!("GET {place}: {}", error.sentence)))?;
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
    (total > shown as u64).then(|| format!("{place} shows {shown} of {total} documents; the others are not taken over"))
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

fn read_file(file: &Path, documents: &mut PublishedDocuments, notes: &mut Vec<String>) -> Result<(), Failure> {
    let text = document::read(file).map_err(Failure::usage)?;
    let json: Value = document::json(&text).map_err(|fault| Failure::usage(fault.of(file.display())))?;
    let listings = json.as_array().map_or(std::slice::from_ref(&json), Vec::as_slice);
    let name = file.display().to_string();
    notes.extend(listings.iter().filter_map(|listing| missing(&name, listing, entries(listing).len())));
    documents.read(&json).map_err(|error| Failure::usage(FileFault::new(error.place, error.rule).of(&name)))
}
