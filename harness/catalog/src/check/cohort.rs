//! A few resources of one check, told apart by a key, and the filter that finds them and nobody else.

mod followed;
mod order;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::{Map, Value, json};
use weir_exchange::difference::{at, member};
use weir_exchange::{Exchange, Request};
use weir_files::count::counted;
use weir_judge::Because;

use crate::check::{Context, Resource, Stop};
use crate::data::USER;
use crate::node;

/// What a provider may refuse as a combination of attribute and comparison that it does not support (RFC 7644 section 3.12).
const UNSUPPORTED: &[&str] = &["RFC7644-3.4.2.2-75"];

/// The attribute that distinguishes the resources at `endpoint`: `usual`, or where their schema has no such attribute, the one
/// that it has instead.
fn published_naming<'n>(context: &'n Context, endpoint: &str, usual: &'n str) -> Result<&'n str, Stop> {
    let kind = context.discovery().resource_type(endpoint);
    let Some(kind) = kind.filter(|kind| !context.data().publishes(&kind.schema, usual)) else { return Ok(usual) };
    node::naming(context.discovery(), kind).map(|own| own.name()).ok_or_else(|| {
        let reason = format!("{} has no text by which its resources can be distinguished", kind.name);
        Stop::Skip(Because::Published, reason)
    })
}

/// See the [module documentation](self).
pub struct Cohort<'c> {
    context: &'c Context,
    endpoint: String,
    /// The attribute that names a member.
    naming: String,
    /// What every member's name begins with, and nobody else's.
    start: String,
    members: Vec<(String, Resource)>,
    /// The combination of attribute and comparison has been answered in another spelling, so that a refusal is about the spelling.
    supported: AtomicBool,
    /// Whether [`Self::anchor`] keeps strangers out, once it is known.
    anchored: OnceLock<bool>,
    /// The operators that the endpoint was seen to follow.
    followed: Mutex<Vec<&'static str>>,
}

impl<'c> Cohort<'c> {
    /// One user for each key. The object says in what the user differs from the usual one; null takes an attribute away.
    pub async fn users<K: AsRef<str>>(context: &'c Context, people: &[(K, Value)]) -> Result<Self, Stop> {
        Self::of(context, "/Users", "userName", people).await
    }

    /// One resource of the subject for each key, as [`Self::users`].
    ///
    /// # Errors
    /// The check is skipped where nothing distinguishes the subject's resources.
    pub async fn resources<K: AsRef<str>>(context: &'c Context, resources: &[(K, Value)]) -> Result<Self, Stop> {
        let naming = context.naming()?;
        Self::of(context, context.collection(), naming.name(), resources).await
    }

    /// One group for each key, as [`Self::users`].
    pub async fn groups<K: AsRef<str>>(context: &'c Context, groups: &[(K, Value)]) -> Result<Self, Stop> {
        Self::of(context, "/Groups", "displayName", groups).await
    }

    /// One resource for each key. A check about filters judges a refusal itself; to every other one a filter is a means.
    async fn of<K: AsRef<str>>(
        context: &'c Context,
        endpoint: &str,
        naming: &str,
        resources: &[(K, Value)],
    ) -> Result<Self, Stop> {
        if context.check().topic() != "filter" {
            context.needs_narrowing(endpoint)?;
        }
        let mut cohort = Self::empty(context, endpoint, published_naming(context, endpoint, naming)?);
        for (key, differences) in resources {
            cohort.add(key.as_ref(), differences).await?;
        }
        Ok(cohort)
    }

    fn empty(context: &'c Context, endpoint: &str, naming: &str) -> Self {
        // The dot ends the check's id, so that no id which begins with another's finds its members.
        let usual = || format!("{}.", context.data().prefix());
        let made = if endpoint == "/Users" { context.data().cohort_name("") } else { None };
        let start = made.map_or_else(usual, |(start, _)| start);
        Self {
            context,
            endpoint: endpoint.to_owned(),
            naming: naming.to_owned(),
            start,
            members: Vec::new(),
            supported: AtomicBool::new(false),
            anchored: OnceLock::new(),
            followed: Mutex::default(),
        }
    }

    /// Creates one more member.
    pub async fn add(&mut self, key: &str, differences: &Value) -> Result<(), Stop> {
        let kind = self.context.discovery().resource_type(&self.endpoint);
        let mut body = match kind {
            Some(kind) => self.context.data().resource(kind),
            None if self.endpoint == "/Users" => self.context.data().user(),
            None => self.context.data().group(),
        };
        body[self.naming.as_str()] = self.name(key).into();
        if let (Some(body), Some(differences)) = (body.as_object_mut(), differences.as_object()) {
            overlay(body, differences);
        }
        let resource = self.context.create(&self.endpoint, &body).await?;
        self.members.push((key.to_owned(), resource));
        Ok(())
    }

    /// The `userName` or `displayName` of the member `key`.
    pub fn name(&self, key: &str) -> String {
        if self.endpoint != "/Users" {
            return format!("{}{key}", self.start);
        }
        let made = self.context.data().cohort_name(key);
        made.map_or_else(|| format!("{}{key}@example.com", self.start), |(_, name)| name)
    }

    /// The attribute that names a member.
    pub fn naming(&self) -> &str {
        &self.naming
    }

    /// The collection of the members.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A filter that matches the members and nobody else.
    pub fn anchor(&self) -> String {
        format!("{} sw {}", self.naming, json!(self.start))
    }

    /// `filter`, restricted to the members.
    pub fn within(&self, filter: &str) -> String {
        format!("{} and ({filter})", self.anchor())
    }

    pub fn members(&self) -> impl Iterator<Item = (&str, &Resource)> {
        self.members.iter().map(|(key, resource)| (key.as_str(), resource))
    }

    /// The member of that key, which the check has created.
    pub fn get(&self, key: &str) -> &Resource {
        // A check asks for the keys that it has given.
        &self.members.iter().find(|(own, _)| own == key).expect("a cohort has the members that it was made of").1
    }

    /// A query of the collection by `filter` as it is.
    pub fn query(&self, filter: &str) -> Request {
        Request::get(&self.endpoint).query("filter", filter)
    }

    /// Sends a query that asks for no count and may be answered by a part of the list (RFC 7644 section 3.4.2.4): then it is sent again, and
    /// asks for all.
    pub async fn whole(&self, request: Request) -> Result<Arc<Exchange>, Stop> {
        let answer = self.context.send(request.clone()).await?;
        let total = answer.at("totalResults").and_then(Value::as_u64).filter(|_| answer.status == 200);
        let shown = resources_in(&answer).len() as u64;
        match total.filter(|total| *total > shown && *total <= self.members.len() as u64) {
            Some(total) => self.context.send(request.query("count", &total.to_string())).await,
            None => Ok(answer),
        }
    }

    /// The keys of the resources in a list answer, in its order; a stranger stands as `(stranger ID)`, unless no filter keeps
    /// strangers out.
    pub fn keys_in(&self, answer: &Exchange) -> Vec<String> {
        let has_strangers = self.anchored.get() == Some(&false);
        let ids = ids_in(answer).into_iter();
        ids.filter_map(|id| {
            let own = self.members.iter().find(|(_, resource)| resource.id == id);
            own.map_or_else(|| (!has_strangers).then(|| format!("(stranger {id})")), |(key, _)| Some(key.clone()))
        })
        .collect()
    }

    /// Judges that `filter`, restricted to the members, finds exactly those of the keys `expected`.
    pub async fn finds(
        &self,
        filter: &str,
        expected: &[&str],
        requirements: &'static [&'static str],
    ) -> Result<Arc<Exchange>, Stop> {
        self.finds_at_least(filter, expected, &[], requirements).await
    }

    /// As [`Self::finds`], where the members of the keys `either` may be found or not.
    pub async fn finds_at_least(
        &self,
        filter: &str,
        expected: &[&str],
        either: &[&str],
        requirements: &'static [&'static str],
    ) -> Result<Arc<Exchange>, Stop> {
        if self.anchored.get() == Some(&false) {
            return self.finds_among_others(filter, expected, either, requirements).await;
        }
        let answer = self.whole(self.query(&self.within(filter))).await?;
        self.judge_within(answer, filter, expected, either, requirements).await
    }

    /// Judges the answer to `filter`, restricted to the members, as [`Self::finds_at_least`]. The answer that was judged.
    pub async fn judge_within(
        &self,
        answer: Arc<Exchange>,
        filter: &str,
        expected: &[&str],
        either: &[&str],
        requirements: &'static [&'static str],
    ) -> Result<Arc<Exchange>, Stop> {
        // Strangers are hidden then, and the answer may be a part of the list.
        if self.anchored.get() == Some(&false) {
            return self.finds_among_others(filter, expected, either, requirements).await;
        }
        if self.holds_too_much(&answer, &[expected, either].concat()) {
            if !self.is_anchored().await? {
                return self.finds_among_others(filter, expected, either, requirements).await;
            }
            self.needs_followed(filter).await?;
        }
        self.judge(&answer, expected, either, requirements);
        Ok(answer)
    }

    /// As [`Self::finds_at_least`], where no filter restricts a list to the members.
    async fn finds_among_others(
        &self,
        filter: &str,
        expected: &[&str],
        either: &[&str],
        requirements: &'static [&'static str],
    ) -> Result<Arc<Exchange>, Stop> {
        let answer = self.answer_to(filter, &[expected, either].concat()).await?;
        self.judge_members(&answer, expected, either, requirements);
        Ok(answer)
    }

    /// The list that the filter alone finds. Where it shows another than the keys `allowed`, the filter has to be followed at all.
    async fn answer_to(&self, filter: &str, allowed: &[&str]) -> Result<Arc<Exchange>, Stop> {
        let answer = self.whole(self.query(filter)).await?;
        if self.holds_too_much(&answer, allowed) {
            self.needs_followed(filter).await?;
        }
        Ok(answer)
    }

    /// Whether a list shows another than these.
    fn holds_too_much(&self, answer: &Exchange, allowed: &[&str]) -> bool {
        answer.status == 200 && self.keys_in(answer).iter().any(|key| !allowed.contains(&key.as_str()))
    }

    /// As [`Self::finds_at_least`], by a filter that names the members without help.
    pub async fn finds_as_it_is(
        &self,
        filter: &str,
        expected: &[&str],
        either: &[&str],
        requirements: &'static [&'static str],
    ) -> Result<Arc<Exchange>, Stop> {
        let answer = self.answer_to(filter, &[expected, either].concat()).await?;
        self.judge(&answer, expected, either, requirements);
        Ok(answer)
    }

    /// From now on a refused filter counts as wrong, not as unsupported: it says what `answer` has answered already.
    pub fn spelled_otherwise(&self, answer: &Exchange) {
        self.supported.store(answer.status == 200, Ordering::Relaxed);
    }

    /// From now on filters compare otherwise, so that a refusal may be about that again.
    pub fn asks_otherwise(&self) {
        self.supported.store(false, Ordering::Relaxed);
    }

    /// Judges a list answer: everybody of `expected` is there, and nobody else but perhaps some of `either`. A refusal of the
    /// filter as unsupported is noted.
    pub fn judge(
        &self,
        answer: &Arc<Exchange>,
        expected: &[&str],
        either: &[&str],
        requirements: &'static [&'static str],
    ) {
        self.judge_keys(answer, &self.keys_in(answer), (expected, either), requirements);
    }

    /// As [`Self::judge`], where the filter does not keep strangers out: they are left out of account. What a page that is not the
    /// whole list does not show may stand on another one.
    fn judge_members(
        &self,
        answer: &Arc<Exchange>,
        expected: &[&str],
        either: &[&str],
        requirements: &'static [&'static str],
    ) {
        let found = self.keys_in(answer);
        let total = answer.at("totalResults").and_then(Value::as_u64).and_then(|total| usize::try_from(total).ok());
        let is_whole = total.is_none_or(|total| total <= resources_in(answer).len());
        if is_whole {
            self.judge_keys(answer, &found, (expected, either), requirements);
        } else {
            self.judge_keys(answer, &found, (&[], &[expected, either].concat()), requirements);
        }
    }

    fn judge_keys(
        &self,
        answer: &Arc<Exchange>,
        found: &[String],
        (expected, either): (&[&str], &[&str]),
        requirements: &'static [&'static str],
    ) {
        let is_supported_otherwise = self.supported.load(Ordering::Relaxed);
        let is_permitted = is_refused_by_word(answer)
            || is_refused_as_unsupported(answer)
                && UNSUPPORTED.iter().all(|id| self.context.check().requirements.contains(id));
        if is_permitted && !is_supported_otherwise {
            self.context.expect(answer).under(UNSUPPORTED).that(
                false,
                "a filter that fits grammar and schema is refused",
                format!("400 {}", answer.text("scimType").unwrap_or("without scimType")),
            );
            return;
        }
        let expectation = self.context.expect(answer).under(requirements).status(&[200]).json();
        if answer.status != 200 || answer.json().is_err() {
            return;
        }
        let missing: Vec<_> = expected.iter().filter(|key| !found.iter().any(|found| found == *key)).collect();
        let extra: Vec<_> = found.iter().filter(|key| ![expected, either].concat().contains(&key.as_str())).collect();
        let Some((key, message)) = missing
            .first()
            .map(|key| (**key, format!("Resources lacks {}, which the filter matches", created(&missing))))
            .or_else(|| {
                let message = || format!("Resources holds {}, which the filter does not match", created(&extra));
                extra.first().map(|key| (key.as_str(), message()))
            })
        else {
            return;
        };
        let expectation = match self.members.iter().find(|(own, _)| own == key) {
            Some((_, resource)) => expectation.after(&resource.exchange),
            None => expectation,
        };
        let observed = if found.is_empty() { "no resource".into() } else { created(found) };
        expectation.that(false, &message, observed);
    }
}

/// The resources of these keys: those of the run by name, the others counted.
fn created(keys: &[impl AsRef<str>]) -> String {
    let (others, own): (Vec<&str>, Vec<&str>) =
        keys.iter().map(AsRef::as_ref).partition(|key| key.starts_with("(stranger "));
    let own: Vec<String> = own.iter().map(|key| format!("`{key}`")).collect();
    let mut parts = Vec::new();
    if !own.is_empty() {
        parts.push(format!("the resource{} created as {}", if own.len() == 1 { "" } else { "s" }, own.join(", ")));
    }
    if !others.is_empty() {
        parts.push(format!("{} that the run did not create", others.len()));
    }
    parts.join(" and ")
}

/// Whether the answer is 400 invalidFilter, or 400 without that word: a rule judges errors without a body, and `errors.filter-words` a
/// filter that is refused without it.
pub fn is_refused_as_unsupported(answer: &Exchange) -> bool {
    let has_no_word = || answer.at("status").is_some() && answer.at("scimType").is_none();
    is_refused_by_word(answer) || (answer.status == 400 && has_no_word())
}

/// Whether the answer is 400 invalidFilter, or 400 without a body that could say so.
pub fn is_refused_by_word(answer: &Exchange) -> bool {
    answer.is_refused_as("invalidFilter") || (answer.status == 400 && answer.response_body.is_empty())
}

/// The resources of a list answer.
pub fn resources_in(answer: &Exchange) -> &[Value] {
    let list = answer.json().ok().and_then(|json| at(json, "Resources")).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

/// `1 resource`, `2 resources`.
pub fn resource_count(count: usize) -> String {
    counted(count as u64, "resource", "resources")
}

/// The ids of a list answer, in its order.
pub fn ids_in(answer: &Exchange) -> Vec<&str> {
    let id = |resource| at(resource, "id").and_then(Value::as_str).unwrap_or("without id");
    resources_in(answer).iter().map(id).collect()
}

/// Puts the members of `differences` over those of `body`; extensions are announced in `schemas` (RFC 7643 section 3).
fn overlay(body: &mut Map<String, Value>, differences: &Map<String, Value>) {
    for (name, value) in differences {
        if value.is_null() {
            body.remove(name);
            continue;
        }
        if name.starts_with("urn:")
            && name != USER
            && let Some(schemas) = body.get_mut("schemas").and_then(Value::as_array_mut)
            && !schemas.iter().any(|schema| schema == name)
        {
            schemas.push(name.as_str().into());
        }
        match (member(body, name).cloned(), value) {
            (Some(Value::Object(mut own)), Value::Object(more)) if name.starts_with("urn:") => {
                own.extend(more.clone());
                body.insert(name.clone(), own.into());
            }
            _ => {
                body.insert(name.clone(), value.clone());
            }
        }
    }
}
