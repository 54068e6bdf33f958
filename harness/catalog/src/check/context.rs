//! What a check may use: a client, what is known of the endpoint, data of its own, and preconditions that block instead
//! of failing.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt as _, TryStreamExt as _};
use reqwest::Method;
use scim::capability::Capability;
use serde_json::Value;
use url::Url;
use weir_exchange::difference::at;
use weir_exchange::{Client, EndpointError, EndpointErrorKind, Exchange, Further, Request, link};
use weir_judge::{Because, Problem, by_outcome, full_name, parts_of_name};

use crate::ability::Abilities;
use crate::check::cohort::is_refused_as_unsupported;
use crate::check::{Check, CheckResult, Expectation, UnderWay, cut};
use crate::data::{Data, GROUP};
use crate::definition::{list, word};
use crate::discovery::{Discovery, ResourceType};

/// Why a check could not go on.
#[derive(Debug)]
pub enum Stop {
    /// A precondition failed. `cause` is the check that judges it; its finding is the root cause.
    Blocked { reason: String, cause: Option<String>, exchanges: Vec<Arc<Exchange>> },
    /// The request that was to be judged got no usable answer.
    NoAnswer(EndpointError),
    /// A write was refused as each of its kind is, whatever it says.
    Refused { reason: String, exchange: Arc<Exchange> },
    /// The endpoint does not have the subject of the check or a precondition, for a reason of this kind.
    Skip(Because, String),
}

/// A resource that a check created.
#[derive(Clone, Debug)]
pub struct Resource {
    pub id: String,
    /// The collection, such as `/Users`.
    pub endpoint: String,
    /// The exchange that created it.
    pub exchange: Arc<Exchange>,
}

impl Resource {
    /// The resource of the collection `endpoint` that the exchange created, if it created one.
    pub fn created_by(exchange: &Arc<Exchange>, endpoint: &str) -> Option<Self> {
        let id = exchange.text("id").filter(|_| exchange.is_success())?;
        Some(Self { id: id.to_owned(), endpoint: endpoint.to_owned(), exchange: Arc::clone(exchange) })
    }

    /// A request for this resource.
    pub fn request(&self, method: Method) -> Request {
        Request::new(method, &self.endpoint).segment(&self.id)
    }

    /// Its path below the base URL, as a bulk job names it.
    pub fn path(&self) -> String {
        format!("{}/{}", self.endpoint, self.id)
    }

    /// The representation that came with the creation.
    pub fn body(&self) -> &Value {
        self.exchange.json().unwrap_or(&Value::Null)
    }

    /// The value at `path` of that representation; null where it has none.
    pub fn value(&self, path: &str) -> &Value {
        self.exchange.at(path).unwrap_or(&Value::Null)
    }
}

/// How many are many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// How many users are created and walked through.
    pub users: usize,
    /// How many members one group gets.
    pub members: usize,
}

impl Scale {
    /// What `--scale` asks for.
    pub const FULL: Self = Self { users: 10_000, members: 5_000 };
    /// Enough to show that the checks can fail.
    pub const PROOF: Self = Self { users: 40, members: 40 };

    /// How long a page is asked for.
    pub(crate) const fn page(self) -> usize {
        if self.users > 1000 { 100 } else { 7 }
    }

    /// How many members one request adds or removes.
    pub(crate) const fn batch(self) -> usize {
        if self.members > 1000 { 1000 } else { 10 }
    }
}

/// Everything that a check sees.
pub struct Context {
    check: &'static Check,
    subject: Option<Arc<ResourceType>>,
    client: Client,
    discovery: Arc<Discovery>,
    data: Data,
    further: Further,
    scale: Option<Scale>,
    at_once: usize,
    under_way: UnderWay,
    abilities: Arc<Abilities>,
    problems: Mutex<Problems>,
    /// The numbers of the exchanges that were refused where a success was due: nothing else is expected of them.
    refusals: Mutex<BTreeSet<u64>>,
    /// A precondition got no complete answer.
    is_lost: AtomicBool,
}

/// Problems that a check keeps; those behind them are counted.
const MOST_PROBLEMS: usize = 100;

#[derive(Default)]
struct Problems {
    kept: Vec<Problem>,
    left_out: usize,
}

impl Context {
    pub fn new(check: &'static Check, client: Client, discovery: Arc<Discovery>, data: Data) -> Self {
        Self {
            check,
            subject: None,
            client,
            discovery,
            data,
            further: Further::default(),
            scale: None,
            at_once: 1,
            under_way: UnderWay::default(),
            abilities: Arc::default(),
            problems: Mutex::default(),
            refusals: Mutex::default(),
            is_lost: AtomicBool::new(false),
        }
    }

    /// The same, about resources of one type.
    #[must_use]
    pub fn about(self, subject: Option<Arc<ResourceType>>) -> Self {
        Self { subject, ..self }
    }

    /// The same, where it is known what the endpoint was seen to do.
    #[must_use]
    pub fn knowing(self, abilities: Arc<Abilities>) -> Self {
        Self { abilities, ..self }
    }

    /// Whether the check is run on one resource type after the other.
    pub const fn is_about_a_type(&self) -> bool {
        self.subject.is_some()
    }

    pub(super) fn subject(&self) -> Option<&ResourceType> {
        self.subject.as_deref()
    }

    /// The observed behaviour of the endpoint.
    pub fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    /// The same with further credentials.
    #[must_use]
    pub fn with_further(self, further: Further) -> Self {
        Self { further, ..self }
    }

    /// The same with checks of scale.
    #[must_use]
    pub fn with_scale(self, scale: Option<Scale>) -> Self {
        Self { scale, ..self }
    }

    /// The same, where that many resources are prepared at once.
    #[must_use]
    pub fn preparing_at_once(self, at_once: usize) -> Self {
        Self { at_once: at_once.max(1), ..self }
    }

    /// The same, which counts in `under_way` what it sends together.
    #[must_use]
    pub fn counting(self, under_way: UnderWay) -> Self {
        Self { under_way, ..self }
    }

    pub(super) const fn under_way(&self) -> &UnderWay {
        &self.under_way
    }

    /// How many are many; `None` if nobody asked for checks of scale.
    pub const fn scale(&self) -> Option<Scale> {
        self.scale
    }

    /// A client that may read and not write, if the operator gave credentials for one.
    pub fn reader(&self) -> Option<Client> {
        self.further.reader.clone().map(|credentials| self.client.with_credentials(credentials))
    }

    /// A client of another tenant, if the operator gave credentials for one.
    pub fn stranger(&self) -> Option<Client> {
        let (base, credentials) = self.further.stranger.clone()?;
        Some(self.client.elsewhere(&base, credentials))
    }

    pub fn check(&self) -> &'static Check {
        self.check
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    pub fn discovery(&self) -> &Discovery {
        &self.discovery
    }

    pub fn data(&self) -> &Data {
        &self.data
    }

    /// Sends the request that is to be judged.
    pub async fn send(&self, request: Request) -> Result<Arc<Exchange>, Stop> {
        self.needs_canonical(&request)?;
        self.send_as_it_is(request).await
    }

    pub(super) async fn send_as_it_is(&self, request: Request) -> Result<Arc<Exchange>, Stop> {
        let answer = self.client.send(request).await.map_err(Stop::NoAnswer)?;
        self.needs_own_id(&answer)?;
        self.needs_patch(&answer)?;
        if answer.method == Method::PUT && matches!(answer.status, 405 | 501) {
            self.needs_put(self.path_of(&answer), std::slice::from_ref(&answer))?;
        }
        self.needs_write(&answer).await?;
        self.needs_list(&answer)?;
        Ok(answer)
    }

    /// Ends the check if the list of everybody is refused as too long, which an endpoint may do (RFC 7644 section 3.4.2.1): the refusal
    /// says nothing of what else was asked.
    pub fn needs_list(&self, answer: &Exchange) -> CheckResult {
        let is_plain = answer.url.query_pairs().all(|(name, _)| name != "filter");
        let is_judge = self.check.legal.iter().any(|legal| legal.contains("tooMany"));
        if answer.method != Method::GET || is_judge || !is_plain || !answer.is_refused_as("tooMany") {
            return Ok(());
        }
        self.unable(format!("GET {} is refused as tooMany, which a list without a filter may be", answer.target()))
    }

    /// Sends a query whose filter is a means to find something: an endpoint need not support it (RFC 7644 sections 3.4.2.2 and
    /// 3.12), and the checks of filters judge whether it may refuse it.
    pub async fn look_up(&self, query: Request) -> Result<Arc<Exchange>, Stop> {
        let answer = self.send(query).await?;
        if is_refused_as_unsupported(&answer) {
            let reason = "the filter by which the check finds its own resource is refused as unsupported";
            return Err(Stop::Skip(Because::Ability, format!("{reason}; the checks of filters judge that")));
        }
        Ok(answer)
    }

    /// Reads the resource that `place` of an answer names, such as its `Location`. Nothing is sent to another origin: credentials are
    /// for the endpoint alone, and nobody asked for a request to another host. Which host a URI has is left to the endpoint (RFC 7643
    /// sections 2.3.7 and 3.1), so that such a link is asked below the base URL. Where that shows nothing, it is not judged.
    pub async fn follow(&self, answer: &Arc<Exchange>, place: &str, url: Url) -> Result<Option<Arc<Exchange>>, Stop> {
        if url.origin() == self.client.base_url().origin() {
            return self.send(Request::absolute(Method::GET, url)).await.map(Some);
        }
        let found = match self.own_place(&url) {
            Some(own) => {
                Some(self.send(Request::absolute(Method::GET, own)).await?).filter(|found| found.status == 200)
            }
            None => None,
        };
        let asked = if found.is_some() { "the same path is asked here" } else { "nothing here could be asked" };
        let message = format!("{place} has another origin than the endpoint's URL, so that {asked} instead");
        self.expect(answer).note(&message, url.as_str());
        Ok(found)
    }

    /// Where a link of the endpoint leads below its base URL; `None` if it has another origin and names no resource.
    pub fn own_place(&self, url: &Url) -> Option<Url> {
        let types = self.discovery.resource_types();
        link::place(self.client.base_url(), url, types.iter().map(|kind| kind.endpoint.as_str()))
    }

    /// Judges an answer.
    pub fn expect<'c>(&'c self, exchange: &Arc<Exchange>) -> Expectation<'c> {
        Expectation::new(self, exchange)
    }

    /// Adds a problem, for what no expectation expresses.
    pub fn report(&self, problem: Problem) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if problems.kept.len() < MOST_PROBLEMS {
            let problem = problem.kept(self.client.evidence());
            problems.kept.push(problem);
            return;
        }
        problems.left_out += 1;
        // The gravest decides the verdict, so it stays.
        if let Some(milder) = problems.kept.iter_mut().find(|kept| kept.verdict < problem.verdict) {
            *milder = problem.kept(self.client.evidence());
        }
    }

    /// What was found so far, one problem for each right outcome that was missed.
    pub fn take_problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        let Problems { kept, left_out } = std::mem::take(&mut *problems);
        let mut kept = by_outcome(kept);
        if let (1.., Some(last)) = (left_out, kept.last_mut()) {
            last.message = format!("{} (and {left_out} more problems of this check, which are not kept)", last.message);
        }
        kept
    }

    /// Creates a user as a precondition.
    pub async fn user(&self) -> Result<Resource, Stop> {
        self.create("/Users", &self.data.user()).await
    }

    /// Creates many users as a precondition, in the order of their names; no endpoint is flooded.
    pub async fn users(&self, count: usize) -> Result<Vec<Resource>, Stop> {
        futures_util::stream::iter((0..count).map(|_| self.user())).buffered(self.at_once).try_collect().await
    }

    /// Creates many resources of the subject as a precondition; no endpoint is flooded.
    pub async fn resources(&self, count: usize) -> Result<Vec<Resource>, Stop> {
        futures_util::stream::iter((0..count).map(|_| self.resource())).buffered(self.at_once).try_collect().await
    }

    /// Creates many resources of the subject as a precondition, in the order of their names; no endpoint is flooded.
    pub async fn named_resources(&self, count: usize) -> Result<Vec<Resource>, Stop> {
        let each = (0..count).map(|_| self.named_resource());
        futures_util::stream::iter(each).buffered(self.at_once).try_collect().await
    }

    /// Creates a group with `members` as a precondition.
    pub async fn group(&self, members: &[&Resource]) -> Result<Resource, Stop> {
        let mut body = self.data.group();
        if !members.is_empty() {
            self.needs_published_members()?;
            body["members"] = members.iter().map(|member| self.member(member)).collect();
        }
        self.create("/Groups", &body).await
    }

    /// The value by which a resource is a member of a group.
    pub fn member(&self, member: &Resource) -> Value {
        self.data.member(&member.endpoint, &member.id)
    }

    /// Ends the check unless a new group shows the members that it was created with: what becomes of members that are not there
    /// says nothing.
    async fn needs_members(&self, group: &Resource, body: &Value) -> CheckResult {
        const JUDGED_BY: &str = "groups.created-with-members";
        let is_judge = [JUDGED_BY, "groups.member-ids"].contains(&self.check.id);
        let members: Vec<&Value> = list(body, "members").iter().filter_map(|member| at(member, "value")).collect();
        let schema = self.discovery.resource_type("/Groups").map_or(GROUP, |kind| kind.schema.as_str());
        let published = self.data.attribute(schema, "members");
        let is_shown = published.is_none_or(|own| matches!(word(own, "returned"), "default" | "always"));
        let has_all = |shown: &Exchange| {
            let body = shown.json().unwrap_or(&Value::Null);
            let ids: Vec<&Value> = list(body, "members").iter().filter_map(|member| at(member, "value")).collect();
            members.iter().all(|member| ids.contains(member))
        };
        if members.is_empty() || is_judge || !is_shown || has_all(&group.exchange) {
            return Ok(());
        }
        let read = self.read(group).await?;
        if has_all(&read) {
            return Ok(());
        }
        let reason = "the new group does not show the members that it was created with".to_owned();
        Err(self.blocked(reason, JUDGED_BY, vec![Arc::clone(&group.exchange), read]))
    }

    /// Creates a resource as a precondition: if that fails, the check is blocked by the check of creation.
    pub async fn create(&self, endpoint: &str, body: &Value) -> Result<Resource, Stop> {
        if let Some(reason) = self.discovery.lacks_type(endpoint) {
            return Err(Stop::Skip(Because::Offer, reason));
        }
        let cause = self.cause("create.resource", endpoint);
        let body = &*self.data.with_required_parts(endpoint, body);
        let exchange = self.precondition(Request::post(endpoint).json(body), &cause).await?;
        if self.client.is_foreign(&exchange) {
            let reason =
                format!("POST {endpoint} was answered with a resource that was not sent, which may be somebody's");
            return Err(self.blocked(reason, &cause, vec![exchange]));
        }
        match Resource::created_by(&exchange, endpoint) {
            Some(resource) => {
                if endpoint == "/Groups" {
                    self.needs_members(&resource, body).await?;
                }
                Ok(resource)
            }
            // Others were taken, so that the check of creation has nothing to say of what is particular to this one.
            None if exchange.status == 400 && self.abilities.was_created(endpoint) => {
                let detail =
                    exchange.text("detail").map(|detail| format!(": {}", cut(detail, 120))).unwrap_or_default();
                let reason = format!("the endpoint refuses the resource that the check begins with{detail}");
                Err(Stop::Skip(Because::Ability, reason))
            }
            None => {
                let missing = match exchange.json() {
                    _ if !exchange.is_success() => String::new(),
                    Ok(_) => " without an id".to_owned(),
                    Err(fault) => format!(", and {fault}"),
                };
                let reason = format!("POST {endpoint} was answered with {}{missing}", exchange.outcome());
                Err(self.blocked(reason, &cause, vec![exchange]))
            }
        }
    }

    /// The full name of `check` for the resource type at `endpoint`.
    pub(super) fn cause(&self, check: &'static str, endpoint: &str) -> String {
        let usual = if endpoint == "/Groups" { "Group" } else { "User" };
        full_name(check, self.discovery.resource_type(endpoint).map_or(usual, |kind| kind.name.as_str()))
    }

    /// Creates a resource of every type, as preconditions; types whose creation is not offered are left out.
    pub async fn one_of_each(&self) -> Result<Vec<(&ResourceType, Resource)>, Stop> {
        let mut all = Vec::new();
        for kind in self.discovery.resource_types() {
            let offered = match kind.endpoint.as_str() {
                "/Users" => self.discovery.offers(Capability::CreateUsers),
                "/Groups" => self.discovery.offers(Capability::CreateGroups),
                _ => true,
            };
            if offered {
                all.push((kind, self.create(&kind.endpoint, &self.data.resource(kind)).await?));
            }
        }
        Ok(all)
    }

    /// The representation `shown` as a body that can be sent back, with the required attributes that no answer shows.
    pub fn sendable(&self, resource: &Resource, shown: &Value) -> Value {
        let sent = serde_json::from_slice(&resource.exchange.request_body).unwrap_or_default();
        self.data.sendable(&resource.endpoint, shown, &sent)
    }

    /// Replaces a resource as a precondition.
    pub async fn replace(&self, resource: &Resource, body: &Value) -> Result<Arc<Exchange>, Stop> {
        let cause = self.cause("replace.resource", &resource.endpoint);
        let body = &*self.data.with_required_parts(&resource.endpoint, body);
        self.success(resource.request(Method::PUT).json(body), &cause).await
    }

    /// Deletes a resource as a precondition.
    pub async fn delete(&self, resource: &Resource) -> Result<Arc<Exchange>, Stop> {
        self.success(resource.request(Method::DELETE), &self.cause("delete.resource", &resource.endpoint)).await
    }

    async fn success(&self, request: Request, cause: &str) -> Result<Arc<Exchange>, Stop> {
        let exchange = self.precondition(request, cause).await?;
        if exchange.is_success() {
            return Ok(exchange);
        }
        let reason = format!("{} {} was answered with {}", exchange.method, exchange.target(), exchange.outcome());
        Err(self.blocked(reason, cause, vec![exchange]))
    }

    /// Ends the check unless the endpoint publishes all of these attributes of the schema `uri`, and shows them in answers
    /// without parameters.
    pub fn needs_attributes(&self, uri: &str, names: &[&str]) -> CheckResult {
        let missing: Vec<_> = names.iter().copied().filter(|name| !self.data.publishes(uri, name)).collect();
        if !missing.is_empty() {
            return self.skip(format!("the endpoint publishes no {} in {uri}", missing.join(", ")));
        }
        for name in names {
            if let Some(returned) = self.data.narrower(uri, name, "returned") {
                return self.skip(format!("the endpoint publishes {name} with returned {returned}"));
            }
            if let Some("readOnly") = self.data.narrower(uri, name, "mutability") {
                return self.skip(format!("the endpoint publishes {name} as readOnly"));
            }
        }
        Ok(())
    }

    /// Ends the check if the endpoint publishes the attribute of the schema `uri` as one that clients cannot change.
    pub fn needs_changeable(&self, uri: &str, name: &str) -> CheckResult {
        match self.data.narrower(uri, name, "mutability") {
            Some(mutability) => self.skip(format!("the endpoint publishes {name} as {mutability}")),
            None => Ok(()),
        }
    }

    /// Ends the check where the schema of groups is published without members: Group may have another schema than the core one (RFC
    /// 7643 section 6), and that lists only what it has.
    pub fn needs_published_members(&self) -> CheckResult {
        self.needs_of_groups(&["members"])
    }

    /// Ends the check unless the schema of groups has all of these attributes.
    pub fn needs_of_groups(&self, names: &[&str]) -> CheckResult {
        let groups = self.discovery.resource_type("/Groups");
        self.needs_attributes(groups.map_or(GROUP, |kind| kind.schema.as_str()), names)
    }

    /// Reads a resource as a precondition.
    pub async fn read(&self, resource: &Resource) -> Result<Arc<Exchange>, Stop> {
        let cause = self.cause("read.resource", &resource.endpoint);
        let exchange = self.precondition(resource.request(Method::GET), &cause).await?;
        if exchange.status == 200 && exchange.json().is_ok() {
            self.needs_own_id(&exchange)?;
            return Ok(exchange);
        }
        let unreadable = exchange.json().err().filter(|_| exchange.status == 200);
        let unreadable = unreadable.map(|fault| format!(", and {fault}")).unwrap_or_default();
        let reason = format!("GET {} was answered with {}{unreadable}", exchange.target(), exchange.outcome());
        Err(self.blocked(reason, &cause, vec![exchange]))
    }

    /// Sends a request whose success is a precondition; any answer is handed back.
    async fn precondition(&self, request: Request, cause: &str) -> Result<Arc<Exchange>, Stop> {
        self.needs_canonical(&request)?;
        match self.client.send(request).await {
            Ok(exchange) => {
                self.needs_write(&exchange).await?;
                Ok(exchange)
            }
            // One cause for everything, not one a check.
            Err(error) if error.is_unreachable() || error.is_of_a_bound() => Err(Stop::NoAnswer(error)),
            Err(error) => {
                self.is_lost.fetch_or(error.kind == EndpointErrorKind::CutShort, Ordering::Relaxed);
                Err(self.blocked(error.to_string(), cause, Vec::new()))
            }
        }
    }

    /// Whether the answer to a precondition was cut short, which one more attempt may mend.
    pub(crate) fn lost_a_precondition(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed)
    }

    /// Notes that an exchange was refused where a success was due.
    pub(super) fn note_refusal(&self, exchange: &Exchange) {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).insert(exchange.number);
    }

    /// Whether an exchange is known to have been refused where a success was due: what its body lacks follows from that.
    pub(super) fn is_refusal(&self, exchange: &Exchange) -> bool {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).contains(&exchange.number)
    }

    pub(crate) fn blocked(&self, reason: String, cause: &str, exchanges: Vec<Arc<Exchange>>) -> Stop {
        let is_own = parts_of_name(cause).0 == self.check.id;
        Stop::Blocked { reason, cause: (!is_own).then(|| cause.to_owned()), exchanges }
    }

    /// Ends the check if the configuration says not to try `capability`.
    pub fn may_try(&self, capability: Capability) -> CheckResult {
        if self.discovery.leaves_out(capability) {
            return self.not_given(format!("the configuration leaves out {capability}"));
        }
        Ok(())
    }

    /// Ends the check because the endpoint does not publish what it is about.
    pub fn skip(&self, reason: impl Into<String>) -> CheckResult {
        Err(Stop::Skip(Because::Published, reason.into()))
    }

    /// Ends the check because the endpoint does not offer what it is about.
    pub fn not_offered(&self, reason: impl Into<String>) -> CheckResult {
        Err(Stop::Skip(Because::Offer, reason.into()))
    }

    /// Ends the check because the endpoint was seen not to do what it needs, and may.
    pub fn unable(&self, reason: impl Into<String>) -> CheckResult {
        Err(Stop::Skip(Because::Ability, reason.into()))
    }

    /// Ends the check because the run was not given what it needs.
    pub fn not_given(&self, reason: impl Into<String>) -> CheckResult {
        Err(Stop::Skip(Because::Option, reason.into()))
    }
}
