//! The client with which everything in the harness speaks to an endpoint: it records each exchange, keeps to the
//! agreed pace, and sends nothing to another origin than that of its base URL.

mod answer_reader;
mod plain;
mod precondition;
mod redirect;
mod transport;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use secrecy::ExposeSecret as _;
use url::Url;

use super::bounds::Bounds;
use super::created::CreatedResources;
use super::credentials::{Access, Credentials};
use super::error::{ClientError, EndpointError, EndpointErrorKind};
use super::evidence::Evidence;
use super::exchange::{Authentication, Exchange, ParsedBody};
use super::foreign::ForeignResources;
use super::intake::Intake;
use super::meter::{BoundError, Lane, Meter, Room};
use super::observer::Observer;
use super::pace;
use super::pace::{Pace, SettleTime};
use super::request::{Place, Request, SCIM_JSON};
use answer_reader::{AnswerReader, AnswerReaderError};
use precondition::Demand;

/// How often one request is repeated because the endpoint asked to wait.
const MOST_REPEATS: u32 = 5;

/// What a client is built from.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Where the credentials come from, in words that a report may hold; empty if nobody gave any.
    pub credentials_origin: String,
    pub credentials: Credentials,
    /// Sent with every request; their values are treated as secrets in reports.
    pub headers: Vec<(String, String)>,
    /// Until the connection stands.
    pub connect_timeout: Duration,
    /// Until the answer is complete.
    pub timeout: Duration,
    /// What is read, kept and sent at most.
    pub bounds: Bounds,
    /// How many requests may be under way at once.
    pub concurrency: usize,
    /// Requests a second; unlimited if absent.
    pub rate: Option<f64>,
    /// Certificates of additional authorities, PEM.
    pub authorities: Vec<Bytes>,
    /// The client's own certificate and its key, PEM.
    pub identity: Option<Bytes>,
    /// Leads to the endpoint; the environment's proxy variables count if absent.
    pub proxy: Option<Url>,
    /// Accepts any certificate.
    pub insecure: bool,
    /// How many requests may be sent; unlimited if absent. Deletions go through all the same, so that nothing is left behind.
    pub budget: Option<u64>,
    /// How long after a change a read waits, because the endpoint may show what was before.
    pub settle: Duration,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            credentials_origin: String::new(),
            credentials: Credentials::None,
            headers: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            bounds: Bounds::DEFAULT,
            concurrency: 8,
            rate: None,
            authorities: Vec::new(),
            identity: None,
            proxy: None,
            insecure: false,
            budget: None,
            settle: Duration::ZERO,
        }
    }
}

struct ClientState {
    credentials_origin: String,
    http: reqwest::Client,
    timeout: Duration,
    bounds: Bounds,
    evidence: Evidence,
    lane: Lane,
    intake: Intake,
    pace: Pace,
    budget: Option<u64>,
    settling: SettleTime,
    proxy: Option<Url>,
    sent: AtomicU64,
    /// Collections below which every path ends with a slash, because the endpoint redirects what does not.
    slashed: RwLock<Vec<String>>,
    demand: Demand,
    foreign: ForeignResources,
}

/// Speaks to one base URL. Clones are cheap and share connections, pace and counter.
#[derive(Clone)]
pub struct Client {
    shared: Arc<ClientState>,
    base: Arc<Url>,
    access: Arc<Access>,
    recordings: Vec<Recording>,
    observers: Vec<Observer>,
    created: Option<CreatedResources>,
    meter: Option<Meter>,
    room: Option<Room>,
    meets_preconditions: bool,
}

/// Bytes of bodies that a recording keeps; later exchanges are recorded without.
const RECORDED: usize = 16 * 1024 * 1024;

/// The exchanges that one client, and its clones, had since the recording began, without their parsed JSON.
#[derive(Clone, Default)]
pub struct Recording(Arc<Mutex<RecordedExchanges>>);

#[derive(Default)]
struct RecordedExchanges {
    exchanges: Vec<Arc<Exchange>>,
    bytes: usize,
}

impl Recording {
    /// The exchanges so far, in the order of their answers.
    pub fn exchanges(&self) -> Vec<Arc<Exchange>> {
        self.lock().exchanges.clone()
    }

    pub fn len(&self) -> usize {
        self.lock().exchanges.len()
    }

    pub fn is_empty(&self) -> bool {
        self.lock().exchanges.is_empty()
    }

    fn push(&self, exchange: &Exchange) {
        let mut recorded = self.lock();
        let mut exchange = exchange.unparsed();
        recorded.bytes += exchange.request_body.len() + exchange.response_body.len();
        if recorded.bytes > RECORDED {
            (exchange.request_body, exchange.response_body) = (Bytes::new(), Bytes::new());
        }
        recorded.exchanges.push(Arc::new(exchange));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, RecordedExchanges> {
        // A push cannot leave the list half-done, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    /// A client for the SCIM base URL `base`; a trailing slash does not matter.
    pub fn new(base: &Url, options: ClientOptions) -> Result<Self, ClientError> {
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(ClientError::Scheme { url: base.clone() });
        }
        // A provider that the program has chosen stays; without one no client can be built.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = transport::build(base, &options)?;
        let access = Access::new(base, options.credentials, &options.headers)?;
        let base = Arc::new(without_trailing_slash(base));
        let shared = ClientState {
            http,
            timeout: options.timeout,
            bounds: options.bounds,
            evidence: Evidence::new(options.bounds.evidence),
            lane: Lane::default(),
            intake: Intake::default(),
            pace: Pace::new(options.concurrency, options.rate),
            budget: options.budget,
            settling: SettleTime::new(options.settle),
            proxy: options.proxy,
            sent: AtomicU64::new(0),
            slashed: RwLock::default(),
            demand: Demand::default(),
            foreign: ForeignResources::default(),
            credentials_origin: options.credentials_origin,
        };
        Ok(Self {
            shared: Arc::new(shared),
            base,
            access: Arc::new(access),
            recordings: Vec::new(),
            observers: Vec::new(),
            created: None,
            meter: None,
            room: None,
            meets_preconditions: false,
        })
    }

    /// The base URL without trailing slash.
    pub fn base_url(&self) -> &Url {
        &self.base
    }

    /// How many requests were sent by this client and all its relatives.
    pub fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::Relaxed)
    }

    /// Lets every path at and below `collection`, such as `/Users`, end with a slash, for this client and all its relatives: the
    /// endpoint redirects what does not.
    pub fn end_with_slash(&self, collection: &str) {
        // Each change is one push, so a panic elsewhere leaves the list whole.
        let mut slashed = self.shared.slashed.write().unwrap_or_else(PoisonError::into_inner);
        slashed.push(format!("{}{collection}", self.base.path().trim_end_matches('/')));
    }

    fn ends_with_slash(&self, path: &str) -> bool {
        let slashed = self.shared.slashed.read().unwrap_or_else(PoisonError::into_inner);
        let is_below = |collection: &String| {
            path.strip_prefix(collection.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        !path.ends_with('/') && slashed.iter().any(is_below)
    }

    /// The same client with other credentials.
    #[must_use]
    pub fn with_credentials(&self, credentials: Credentials) -> Self {
        Self { access: Arc::new(self.access.with_credentials(credentials)), ..self.clone() }
    }

    /// The same client for another endpoint that the user named, with the credentials for that one. Headers that the user gave
    /// stay with their origin.
    #[must_use]
    pub fn elsewhere(&self, base: &Url, credentials: Credentials) -> Self {
        let access = Arc::new(self.access.elsewhere(base, credentials));
        Self { base: Arc::new(without_trailing_slash(base)), access, ..self.clone() }
    }

    /// The same client with what another client authenticates itself with, at the origin of that one.
    #[must_use]
    pub fn with_access(&self, access: Arc<Access>) -> Self {
        Self { access, ..self.clone() }
    }

    /// The same client, each of whose exchanges `observer` sees, as those do that see them already.
    #[must_use]
    pub fn observed_by(&self, observer: Observer) -> Self {
        let mut client = self.clone();
        client.observers.push(observer);
        client
    }

    /// The same client, with a recording of its own next to those that it already fills.
    pub fn recorded(&self) -> (Self, Recording) {
        let recording = Recording::default();
        let mut client = self.clone();
        client.recordings.push(recording.clone());
        (client, recording)
    }

    /// The same client, which notes in `created` what its requests create.
    #[must_use]
    pub fn noting(&self, created: &CreatedResources) -> Self {
        Self { created: Some(created.clone()), ..self.clone() }
    }

    /// The same client, which counts from now on against `bounds`, those of one check.
    pub fn metered(&self, bounds: Bounds) -> (Self, Meter) {
        let meter = Meter::new(bounds, &self.shared.lane);
        (Self { meter: Some(meter.clone()), ..self.clone() }, meter)
    }

    /// The same client, whose clones take large answers in hand one after the other: for many operations side by side.
    #[must_use]
    pub fn sharing_room(&self) -> Self {
        Self { room: Some(Room::new(self.shared.bounds)), ..self.clone() }
    }

    /// What a run with this client reads, keeps and sends at most.
    pub fn bounds(&self) -> Bounds {
        self.shared.bounds
    }

    /// The room for evidence, which all relatives of this client share.
    pub fn evidence(&self) -> &Evidence {
        &self.shared.evidence
    }

    /// Where the credentials that the user gave come from, in words that a report may hold.
    pub fn credentials_origin(&self) -> &str {
        &self.shared.credentials_origin
    }

    /// What this client authenticates itself with.
    pub fn credentials(&self) -> &Credentials {
        self.access.credentials()
    }

    /// Sends a request and reads the whole answer. Any status is an answer; 429 and 503 with a `Retry-After` of at most
    /// 60 seconds are waited for and repeated, at most five times, and so is a 429 that does not say how long, after a quarter
    /// of a second and twice as long each time. Where a check asks, a 429 after that is an error: it says nothing about the
    /// question. A 307 or 308 within the origin is followed, at most five times.
    pub async fn send(&self, request: Request) -> Result<Arc<Exchange>, EndpointError> {
        let (mut repeats, mut redirects) = (0, 0);
        let mut conditional = self.conditional(request).await?;
        loop {
            let exchange = self.send_at_once(conditional.request()).await?;
            if self.reconditions(&mut conditional, &exchange).await? {
                continue;
            }
            if let Some(wait) = pace::wait_after(&exchange, repeats)
                && repeats < MOST_REPEATS
            {
                repeats += 1;
                tokio::time::sleep(wait).await;
                continue;
            }
            if redirects < redirect::MOST_REDIRECTS
                && let Some(next) = redirect::next(conditional.original(), &exchange)
            {
                redirects += 1;
                conditional = self.conditional(next).await?;
                continue;
            }
            if let Some(meter) = &self.meter {
                if exchange.status == 429 {
                    let sentence = pace::refusal_to_wait(&exchange);
                    return Err(EndpointError::new(
                        EndpointErrorKind::Throttled,
                        &exchange.method,
                        &exchange.url,
                        sentence,
                    ));
                }
                if exchange.status == 401 && exchange.authentication != Authentication::None {
                    meter.refuse();
                }
            }
            if conditional.request().discard_answer {
                let sentence = "the answer was thrown away on purpose, after the endpoint had given it";
                return Err(EndpointError::new(
                    EndpointErrorKind::Discarded,
                    &exchange.method,
                    &exchange.url,
                    sentence,
                ));
            }
            return Ok(exchange);
        }
    }

    /// Whether a creation was answered with what was there before, so that this client does not write to it.
    pub fn is_foreign(&self, exchange: &Exchange) -> bool {
        self.shared.foreign.holds(exchange)
    }

    /// Lets what is at `url` be changed: it was read, and bears a name of this run.
    pub fn claim(&self, url: &Url) {
        self.shared.foreign.forget(url);
    }

    /// As [`Self::send`], but never waits where the endpoint asks to wait, and never repeats: for whoever counts such answers.
    pub async fn send_at_once(&self, request: &Request) -> Result<Arc<Exchange>, EndpointError> {
        let outcome = self.send_once(request).await;
        if let (Some(meter), Err(_)) = (&self.meter, &outcome) {
            meter.lose();
        }
        if let Some(created) = &self.created {
            match &outcome {
                // What it created, if it did, is found by its name.
                Ok(exchange) if self.shared.foreign.note(exchange) => created.note_interruption(),
                Ok(exchange) => created.note(exchange, &self.access),
                Err(error) => created.note_failure(error),
            }
        }
        outcome
    }

    async fn send_once(&self, request: &Request) -> Result<Arc<Exchange>, EndpointError> {
        let actual = self.url_of(request);
        self.shared.foreign.guard(&request.method, &actual)?;
        let url = shown(request, &actual);
        let headers = self.headers(request, &actual).await?;
        let authentication = authentication(&headers);
        let body = request.body.clone().unwrap_or_default();
        let mut outgoing = self.shared.http.request(request.method.clone(), actual).headers(headers.clone());
        if request.body.is_some() {
            outgoing = outgoing.body(body.clone());
        }
        self.shared.settling.before(request).await;
        let permit = self.shared.pace.turn().await;
        let number = self.count(request, &url)?;
        let (at, started) = (now(), Instant::now());
        let lost = |error: EndpointError| {
            let elapsed = started.elapsed();
            let unanswered = Exchange::unanswered(request.method.clone(), url.clone());
            self.note_loss(&error, Exchange { number, request_body: body.clone(), started: at, elapsed, ..unanswered });
            error
        };
        let failed = |error: reqwest::Error| {
            let proxy = self.shared.proxy.as_ref();
            let timeout = self.shared.timeout;
            EndpointError::from_reqwest(&error.without_url(), &request.method, &url, proxy, &self.base, timeout)
        };
        let mut answer = outgoing.send().await.map_err(|error| lost(failed(error)))?;
        self.shared.settling.after(request);
        let too_large = |bound: BoundError| {
            EndpointError::new(EndpointErrorKind::TooLarge, &request.method, &url, bound.to_string())
        };
        let mut reading = AnswerReader::new(self);
        let response_body = reading.body(&mut answer, permit).await.map_err(|error| match error {
            AnswerReaderError::Bound(bound) => lost(too_large(bound)),
            AnswerReaderError::Http(error) => lost(failed(error)),
        })?;
        let elapsed = started.elapsed().saturating_sub(reading.waited);
        let held = reading.json(&response_body).await.map_err(|bound| lost(too_large(bound)))?;
        let exchange = Arc::new(Exchange {
            number,
            method: request.method.clone(),
            url: url.clone(),
            authentication,
            request_headers: masked(headers),
            request_body: body.clone(),
            status: answer.status().as_u16(),
            response_headers: std::mem::take(answer.headers_mut()),
            response_body,
            started: at,
            elapsed,
            parsed: ParsedBody::new(held),
        });
        self.note(&exchange);
        Ok(exchange)
    }

    /// Counts a request; an error if the budget is spent, or what the check may send.
    fn count(&self, request: &Request, url: &Url) -> Result<u64, EndpointError> {
        if let Some(meter) = &self.meter {
            let spent = |bound: BoundError| {
                EndpointError::new(EndpointErrorKind::Budget, &request.method, url, bound.to_string())
            };
            meter.send().map_err(spent)?;
        }
        let number = self.shared.sent.fetch_add(1, Ordering::Relaxed) + 1;
        match self.shared.budget {
            Some(budget) if number > budget && request.method != Method::DELETE => {
                self.shared.sent.fetch_sub(1, Ordering::Relaxed);
                let sentence = format!("the budget of {budget} requests is spent; raise --budget, or run fewer checks");
                Err(EndpointError::new(EndpointErrorKind::Budget, &request.method, url, sentence))
            }
            _ => Ok(number),
        }
    }

    /// Hands a request without a usable answer to everybody who wants to know of it, unless it never reached the endpoint.
    fn note_loss(&self, error: &EndpointError, unanswered: Exchange) {
        if error.is_unreachable() || self.observers.is_empty() {
            return;
        }
        let unanswered = Arc::new(unanswered);
        for observer in &self.observers {
            observer.lose(&unanswered);
        }
    }

    /// Hands an exchange to everybody who wants to know of it.
    fn note(&self, exchange: &Arc<Exchange>) {
        if let Some(meter) = &self.meter {
            meter.answer();
        }
        for recording in &self.recordings {
            recording.push(exchange);
        }
        for observer in &self.observers {
            observer.see(exchange);
        }
    }

    /// Where a request goes.
    pub fn url_of(&self, request: &Request) -> Url {
        let mut url = match &request.place {
            Place::Absolute(url) => url.clone(),
            Place::Relative(path) => {
                let mut url = Url::clone(&self.base);
                let path = format!("{}{path}", self.base.path().trim_end_matches('/'));
                url.set_path(&path);
                url
            }
        };
        if self.ends_with_slash(url.path()) {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        if !request.query.is_empty() {
            url.set_query(Some(&request.query));
        }
        if let Some((name, secret)) = &request.secret_query {
            url.query_pairs_mut().append_pair(name, secret.expose_secret());
        }
        url
    }

    /// Every header of a request; an error if its URL has another origin than the credentials.
    async fn headers(&self, request: &Request, url: &Url) -> Result<HeaderMap, EndpointError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(SCIM_JSON));
        headers.insert(USER_AGENT, HeaderValue::from_static(concat!("weir/", env!("CARGO_PKG_VERSION"))));
        self.access.attach(&mut headers, request, url, &self.shared.http).await?;
        let bad = |name: &str| {
            let sentence = format!("header {name:?} holds a character that HTTP does not allow");
            EndpointError::new(EndpointErrorKind::BadRequest, &request.method, url, sentence)
        };
        let mut replaced = Vec::new();
        for (name, value) in &request.headers {
            let header = HeaderName::try_from(name.as_ref()).map_err(|_| bad(name))?;
            let value = HeaderValue::from_str(value).map_err(|_| bad(name))?;
            // The first one replaces the client's default, further ones of the same name add up.
            if replaced.contains(&header) {
                headers.append(header, value);
            } else {
                headers.insert(header.clone(), value);
                replaced.push(header);
            }
        }
        Ok(headers)
    }
}

/// When an exchange begins, for reports; nothing is decided by it.
#[expect(clippy::disallowed_methods, reason = "an archive of exchanges says when each was")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

fn without_trailing_slash(base: &Url) -> Url {
    let mut base = base.clone();
    base.set_query(None);
    base.set_fragment(None);
    let path = base.path().trim_end_matches('/').to_owned();
    base.set_path(&path);
    base
}

/// The URL as it may be recorded.
fn shown(request: &Request, actual: &Url) -> Url {
    let mut url = actual.clone();
    if let Some((name, _)) = &request.secret_query {
        url.set_query((!request.query.is_empty()).then_some(&request.query));
        url.query_pairs_mut().append_pair(name, "(masked)");
    }
    url
}

/// Whether `url` names this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

fn authentication(headers: &HeaderMap) -> Authentication {
    let Some(value) = headers.get(AUTHORIZATION).filter(|value| value.is_sensitive()) else {
        return Authentication::None;
    };
    if value.as_bytes().starts_with(b"Basic ") { Authentication::Basic } else { Authentication::Bearer }
}

/// Replaces what is marked as a secret, and any `Authorization`, by a word.
fn masked(mut headers: HeaderMap) -> HeaderMap {
    for (name, value) in &mut headers {
        if value.is_sensitive() || name == AUTHORIZATION {
            *value = HeaderValue::from_static("(masked)");
            value.set_sensitive(true);
        }
    }
    headers
}
