//! Bulk jobs as a check builds them, and their results as they came.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};
use weir_judge::full_name;

use crate::check::{CheckResult, Context, Stop, patch_of};

const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/// A job that is being built.
#[derive(Clone, Debug, Default)]
pub struct Job {
    operations: Vec<Value>,
    fail_on_errors: Option<u64>,
}

impl Job {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an operation as it is.
    #[must_use]
    pub fn operation(mut self, operation: Value) -> Self {
        self.operations.push(operation);
        self
    }

    #[must_use]
    pub fn post(self, endpoint: &str, bulk_id: &str, data: &Value) -> Self {
        self.operation(json!({"method": "POST", "path": endpoint, "bulkId": bulk_id, "data": data}))
    }

    #[must_use]
    pub fn put(self, path: &str, data: &Value) -> Self {
        self.operation(json!({"method": "PUT", "path": path, "data": data}))
    }

    #[must_use]
    pub fn patch(self, path: &str, operations: &Value) -> Self {
        self.operation(json!({"method": "PATCH", "path": path, "data": patch_of(operations)}))
    }

    #[must_use]
    pub fn delete(self, path: &str) -> Self {
        self.operation(json!({"method": "DELETE", "path": path}))
    }

    #[must_use]
    pub fn fail_on_errors(mut self, most: u64) -> Self {
        self.fail_on_errors = Some(most);
        self
    }

    /// The message.
    pub fn body(&self) -> Value {
        let mut body = json!({"schemas": [BULK_REQUEST], "Operations": self.operations});
        if let Some(most) = self.fail_on_errors {
            body["failOnErrors"] = json!(most);
        }
        body
    }

    /// Sends the job. That it is answered with 200 and results is a precondition, which `bulk.create` judges.
    pub async fn send(self, context: &Context) -> Result<JobAnswer, Stop> {
        self.send_judged_by(context, "bulk.create").await
    }

    /// Sends a job of which a part must fail. That it is answered with 200 and results all the same is a precondition, which
    /// `bulk.failure-contained` judges.
    pub async fn send_with_failures(self, context: &Context) -> Result<JobAnswer, Stop> {
        self.send_judged_by(context, "bulk.failure-contained").await
    }

    async fn send_judged_by(self, context: &Context, judge: &'static str) -> Result<JobAnswer, Stop> {
        let exchange = context.send(Request::post("/Bulk").json(&self.body())).await?;
        for operation in self.operations.iter().filter(|own| own["method"] == "PUT") {
            context.needs_put(operation["path"].as_str().unwrap_or_default(), std::slice::from_ref(&exchange))?;
        }
        if exchange.status == 200
            && exchange.json().is_ok_and(|body| at(body, "Operations").is_some_and(Value::is_array))
        {
            return Ok(JobAnswer { exchange, sent: self.operations });
        }
        Err(Stop::Blocked {
            reason: format!("POST /Bulk was answered with {} and no results", exchange.status),
            cause: context.caused_by(judge),
            exchanges: vec![exchange],
        })
    }
}

/// A job that was answered.
pub struct JobAnswer {
    pub exchange: Arc<Exchange>,
    sent: Vec<Value>,
}

impl JobAnswer {
    /// The answer to a job, whatever it is.
    pub fn of(exchange: Arc<Exchange>, job: Job) -> Self {
        Self { exchange, sent: job.operations }
    }

    /// Every result, in the order of the answer.
    pub fn results(&self) -> &[Value] {
        self.exchange.at("Operations").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The result of the operation at `index` of the request. Results may come in another order (RFC 7644 section 3.7), so
    /// it is told by its bulkId, else by method and location, else by its place.
    pub fn result(&self, index: usize) -> Option<&Value> {
        let sent = self.sent.get(index)?;
        let (bulk_id, method) = (sent.get("bulkId"), sent.get("method"));
        let results = self.results();
        if let Some(found) = results.iter().find(|result| bulk_id.is_some() && at(result, "bulkId") == bulk_id) {
            return Some(found);
        }
        let path = sent.get("path").and_then(Value::as_str).unwrap_or_default();
        let is_same = |result: &&Value| {
            let location = at(result, "location").and_then(Value::as_str);
            at(result, "method") == method && location.is_some_and(|location| location.ends_with(path))
        };
        if bulk_id.is_none()
            && !path.is_empty()
            && let Some(found) = results.iter().find(is_same)
        {
            return Some(found);
        }
        let nameless = |result: &&Value| bulk_id.is_none() || at(result, "bulkId").is_none();
        let at_place = results.get(index).filter(|result| at(result, "method").is_none_or(|own| Some(own) == method));
        at_place.filter(nameless)
    }

    /// The status of an operation's result: a string, or as lenient readers take it, a number or an object with `code`
    /// (docs/explain/disputes.md, B1).
    pub fn status(&self, index: usize) -> Option<u16> {
        let status = self.result(index)?.get("status")?;
        let status = at(status, "code").unwrap_or(status);
        status.as_str().and_then(|text| text.parse().ok()).or_else(|| u16::try_from(status.as_u64()?).ok())
    }

    pub fn is_success(&self, index: usize) -> bool {
        self.status(index).is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether it was refused, and not by a breakdown of the endpoint.
    pub fn is_refused(&self, index: usize) -> bool {
        self.status(index).is_some_and(|status| (400..500).contains(&status))
    }

    pub fn location(&self, index: usize) -> Option<&str> {
        self.result(index)?.get("location").and_then(Value::as_str)
    }

    /// The last segment of the location.
    pub fn id(&self, index: usize) -> Option<&str> {
        self.location(index)?.rsplit('/').next()
    }

    /// The results in one line.
    pub fn outcomes(&self) -> String {
        let one = |index: usize| {
            let method = self.sent[index].get("method").and_then(Value::as_str).unwrap_or("(no method)");
            let status = self.status(index).map_or_else(|| "no result".to_owned(), |status| status.to_string());
            format!("{method} {status}")
        };
        (0..self.sent.len()).map(one).collect::<Vec<_>>().join(", ")
    }

    /// Reads the resource of a result at its location, which must be there; `bulk.location` judges that.
    pub async fn read(&self, context: &Context, index: usize) -> Result<Arc<Exchange>, Stop> {
        let location = self.location(index).and_then(|location| self.exchange.url.join(location).ok());
        let Some(url) = location.and_then(|url| context.own_place(&url)) else {
            return Err(self.lacks_location(context, index));
        };
        context.send(Request::absolute(Method::GET, url)).await
    }

    /// The id of a result, which its location must say; `bulk.location` judges that.
    pub fn needs_id(&self, context: &Context, index: usize) -> Result<&str, Stop> {
        self.id(index).ok_or_else(|| self.lacks_location(context, index))
    }

    fn lacks_location(&self, context: &Context, index: usize) -> Stop {
        let collection = self.sent[index].get("path").and_then(Value::as_str).unwrap_or_default();
        let cause = cause_at(context, "bulk.location", collection);
        let reason = format!("Operations[{index}] came to {}, without a location at the endpoint", self.outcomes());
        context.blocked(reason, &cause, vec![Arc::clone(&self.exchange)])
    }
}

/// The full name of `check` for the type at `collection`: a check about several types is blocked by the one on the type of the
/// operation.
fn cause_at(context: &Context, check: &'static str, collection: &str) -> String {
    let kind = context.discovery().resource_type(collection);
    kind.map_or_else(|| context.on_subject(check), |kind| full_name(check, &kind.name))
}

/// Ends the check where a resource of the type at `endpoint` cannot be created without a job, which `create.resource` judges.
pub async fn needs_creation_without_job(context: &Context, endpoint: &str) -> CheckResult {
    let kind = context.discovery().resource_type(endpoint);
    let body = kind.map_or_else(|| context.body(), |kind| context.data().resource(kind));
    let answer = context.send(Request::post(endpoint).json(&body)).await?;
    if answer.is_success() {
        return Ok(());
    }
    let reason = format!("POST {endpoint}, sent without a job, was answered with {}", answer.outcome());
    Err(context.blocked(reason, &cause_at(context, "create.resource", endpoint), vec![answer]))
}

/// Ends the check where a resource of that type cannot be created without a job, or a job of nothing but the creation of `body` fails as
/// well, which `bulk.create` judges.
pub async fn needs_creation(context: &Context, endpoint: &str, body: &Value) -> CheckResult {
    needs_creation_without_job(context, endpoint).await?;
    let alone = Job::new().post(endpoint, "u1", body).send(context).await?;
    if alone.is_success(0) {
        return Ok(());
    }
    let cause = cause_at(context, "bulk.create", endpoint);
    let reason = format!("a job of one creation comes to {}", alone.outcomes());
    Err(context.blocked(reason, &cause, vec![alone.exchange]))
}

/// The ids that a group lists as members.
pub fn members(group: &Exchange) -> Vec<&str> {
    let members = group.at("members").and_then(Value::as_array).into_iter().flatten();
    members.filter_map(|member| at(member, "value").and_then(Value::as_str)).collect()
}
