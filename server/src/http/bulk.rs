//! `POST /Bulk` (RFC 7644 section 3.7): many requests in one.
//!
//! Each operation is answered as if it had come alone, by the same handlers and past the same deviations. What differs is
//! that it may refer to resources which other operations create, and that its answer becomes an entry of a list.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use scim::capability::Capability;
use scim::resource::read as decode;
use scim::{Error, ErrorKind, message};
use serde_json::{Value as Json, json};

use super::Call;
use super::dispatch::dispatch;
use super::route::Route;
use crate::application::{Front, Operation, Outcome};
use crate::bulk::references::{self, BulkIds};
use crate::bulk::{self, BulkLimits, BulkRequest, Job, order};
use crate::limits::Limits;
use crate::message::{Answer, Head, IncomingRequest, Refusal, read_body};
use crate::store::{Condition, WantedRelations, identifiers};

/// The limits of a job, if that is what `path` below the base URL takes.
pub fn limits(front: &Front, path: &str) -> Option<BulkLimits> {
    (path.trim_matches('/') == "Bulk" && front.rules.offers(Capability::Bulk)).then_some(front.rules.bulk)
}

/// Reads the body of a job: 413 when it is too long, with the limit's name (section 3.7.4).
pub async fn body(
    headers: &HeaderMap,
    payload: &mut Payload,
    limits: &Limits,
    bulk: BulkLimits,
) -> Result<Bytes, Refusal> {
    let limits = Limits { body_bytes: bulk.max_payload_size, ..limits.clone() };
    read_body(headers, payload, &limits).await.map_err(|refusal| {
        if refusal.error.kind() != ErrorKind::PayloadTooLarge {
            return refusal;
        }
        let size = bulk.max_payload_size;
        let detail = format!("the job is longer than maxPayloadSize ({size} bytes); send several");
        Refusal::new(ErrorKind::PayloadTooLarge, detail)
    })
}

/// `POST /Bulk`
pub async fn answer(call: &Call<'_>) -> Result<Answer, Refusal> {
    let rules = &call.front.rules;
    let message = call.incoming.json()?;
    let job = bulk::read(&message, rules.bulk.max_operations, &rules.policy.tolerances)?;
    let names = references::names(&job.operations);
    let dependencies = references::dependencies(&job.operations, &names);
    let mut run = JobRun::new(call, &job, names);
    for step in order::steps(&dependencies) {
        if job.fail_on_errors.is_some_and(|most| run.errors >= most) {
            break;
        }
        match step[..] {
            [single] if !dependencies[single].contains(&single) => run.single(single).await,
            _ => run.circle(&step).await,
        }
    }
    let results: Vec<Json> = run.results.into_iter().flatten().collect();
    let body = json!({ "schemas": [message::BULK_RESPONSE], "Operations": results });
    Ok(Answer::with_body(StatusCode::OK, call.media_type, body.to_string()))
}

/// A job while it is carried out.
struct JobRun<'a> {
    call: &'a Call<'a>,
    job: &'a Job,
    names: BulkIds<'a>,
    /// The ids of what was created, by operation.
    ids: HashMap<usize, String>,
    /// In the order of the request, whatever the order of the work; absent for what was not carried out.
    results: Vec<Option<Json>>,
    errors: u64,
    /// Those of the job without its conditions, which concern no operation.
    headers: HeaderMap,
    /// The path of the base URL.
    base: &'a str,
}

/// The answer to an operation, and the path that it turned out to have.
struct AnsweredOperation {
    answer: Answer,
    path: String,
    /// Of the resource that was created.
    id: Option<String>,
}

impl<'a> JobRun<'a> {
    fn new(call: &'a Call<'a>, job: &'a Job, names: BulkIds<'a>) -> Self {
        let mut headers = call.incoming.headers.clone().into_owned();
        for name in [header::IF_MATCH, header::IF_NONE_MATCH, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
            headers.remove(name);
        }
        let after_scheme = call.base_url.find("://").map_or(0, |at| at + 3);
        let base = call.base_url[after_scheme..].find('/').map_or("", |at| &call.base_url[after_scheme + at..]);
        let results = job.operations.iter().map(|_| None).collect();
        Self { call, job, names, ids: HashMap::new(), results, errors: 0, headers, base }
    }

    async fn single(&mut self, index: usize) {
        let operation = &self.job.operations[index];
        let answered = match &operation.request {
            Ok(request) => self.carry_out(request).await,
            Err(error) => self.refused(error.clone(), &operation.path),
        };
        self.settle(index, answered);
    }

    /// Carries out operations that refer to each other in a circle: each is created without the references that have no id
    /// yet, and gets them afterwards by a replacement. When that is not possible nothing of the circle stays, and its
    /// operations are answered 409 (section 3.7.1).
    async fn circle(&mut self, step: &[usize]) {
        let job = self.job;
        let member = |&index: &usize| {
            let operation = &job.operations[index];
            let request = operation.request.as_ref().ok()?;
            Some((index, operation.bulk_id.as_deref()?, request))
        };
        // Only a POST that could be read and has a name can be part of a circle.
        let members: Vec<(usize, &str, &BulkRequest)> = step.iter().filter_map(member).collect();
        let mut pending: BTreeSet<&str> = members.iter().map(|&(_, name, _)| name).collect();
        let mut created: Vec<AnsweredOperation> = Vec::new();
        let mut incomplete = Vec::new();
        for (position, &(index, name, request)) in members.iter().enumerate() {
            let reduced = request.data.as_ref().and_then(|data| references::without(data, &pending));
            if reduced.is_some() {
                incomplete.push((position, request));
            }
            let answered = match reduced {
                Some(data) => self.carry_out(&BulkRequest { data: Some(data), ..request.clone() }).await,
                None => self.carry_out(request).await,
            };
            let Some(id) = answered.id.clone().filter(|_| answered.answer.status.is_success()) else {
                self.undo(&created).await;
                for &(other, ..) in &members {
                    self.ids.remove(&other);
                    if other != index {
                        self.settle(other, self.refused(references::failed(name), &job.operations[other].path));
                    }
                }
                self.settle(index, answered);
                return;
            };
            pending.remove(name);
            self.ids.insert(index, id);
            created.push(answered);
        }
        for (position, request) in incomplete {
            match self.complete(request, &created[position]).await {
                Ok(version) => {
                    if let Some(version) = version {
                        created[position].answer.set_header(header::ETAG, version);
                    }
                }
                Err(error) => {
                    self.undo(&created).await;
                    let names: Vec<&str> = members.iter().map(|&(_, name, _)| name).collect();
                    let detail =
                        format!("{} refer to each other, which cannot be kept: {}", names.join(", "), error.detail());
                    for &(index, ..) in &members {
                        self.ids.remove(&index);
                        let error = Error::new(ErrorKind::Conflict, detail.clone());
                        self.settle(index, self.refused(error, &job.operations[index].path));
                    }
                    return;
                }
            }
        }
        for (&(index, ..), answered) in members.iter().zip(created) {
            self.settle(index, answered);
        }
    }

    /// Gives a resource the references that it was created without, and returns its new entity tag.
    async fn complete(&self, request: &BulkRequest, created: &AnsweredOperation) -> scim::Result<Option<HeaderValue>> {
        let gone = || Error::new(ErrorKind::Internal, "what was created cannot be found again");
        let (path, data) = references::resolved(request, &|name| self.id_of(name))?;
        let front = self.call.front;
        let Some(Route::Collection(resource_type)) = Route::of(&path, &front.registry) else { return Err(gone()) };
        let id = created.id.as_deref().and_then(identifiers::parse).ok_or_else(gone)?;
        let data = data.unwrap_or_default();
        let fields = Arc::new(decode::resource(&front.registry, resource_type, &data, &front.rules.policy)?);
        let condition = Condition::default();
        let operation = Operation::Replace { resource_type, id, fields, condition };
        match self.call.run(operation, WantedRelations::default()).await? {
            Outcome::Changed(changed) if front.rules.offers(Capability::Etag) => {
                Ok(HeaderValue::try_from(changed.stored.etag()).ok())
            }
            _ => Ok(None),
        }
    }

    async fn undo(&self, created: &[AnsweredOperation]) {
        for AnsweredOperation { path, id, .. } in created.iter().rev() {
            let place = Route::of(path, &self.call.front.registry);
            if let (Some(Route::Collection(resource_type)), Some(id)) =
                (place, id.as_deref().and_then(identifiers::parse))
            {
                let operation = Operation::Delete { resource_type, id, condition: Condition::default() };
                // Somebody may have deleted it meanwhile, which is as good.
                let _ = self.call.run(operation, WantedRelations::default()).await;
            }
        }
    }

    fn id_of(&self, name: &str) -> scim::Result<String> {
        let index = self.names.get(name).ok_or_else(|| references::unknown(name))?;
        self.ids.get(index).cloned().ok_or_else(|| references::failed(name))
    }

    fn refused(&self, error: Error, path: &str) -> AnsweredOperation {
        let path = format!("/{}", path.trim_start_matches('/'));
        AnsweredOperation { answer: Refusal::from(error).into_answer(self.call.media_type), path, id: None }
    }

    /// Answers one operation as a request of its own.
    async fn carry_out(&self, request: &BulkRequest) -> AnsweredOperation {
        let (path, data) = match references::resolved(request, &|name| self.id_of(name)) {
            Ok(resolved) => resolved,
            Err(error) => return self.refused(error, &request.path),
        };
        // These have no resource of their own to work on.
        if let Some(Route::Bulk | Route::Me | Route::Search(_)) = Route::of(&path, &self.call.front.registry) {
            let detail = format!("{path} cannot be used inside a bulk job; name a resource or its endpoint");
            return self.refused(Error::new(ErrorKind::BadRequest, detail), &path);
        }
        let mut headers = Cow::Borrowed(&self.headers);
        if let Some(version) = &request.version {
            let Ok(version) = HeaderValue::from_str(version) else {
                let error = Error::new(ErrorKind::InvalidVersion, "version holds characters that no entity tag has");
                return self.refused(error, &path);
            };
            headers.to_mut().insert(header::IF_MATCH, version);
        }
        let mut incoming = IncomingRequest {
            method: Cow::Borrowed(&request.method),
            path: Cow::Borrowed(&path),
            query: request.query.as_deref().map(Cow::Borrowed),
            headers: headers.clone(),
            body: data.map_or_else(Bytes::new, |data| data.to_string().into()),
        };
        let mut answer =
            self.dispatch(&mut incoming).await.unwrap_or_else(|refusal| refusal.into_answer(self.call.media_type));
        let location = answer.header(&header::LOCATION).and_then(|location| location.to_str().ok());
        let id = location.filter(|_| request.method == Method::POST).and_then(|location| location.rsplit('/').next());
        let id = id.map(str::to_owned);
        let whole = format!("{}{path}", self.base);
        let query = request.query.as_deref();
        let head = Head { method: &request.method, path: &whole, query, headers: &headers };
        for seam in &self.call.front.seams.answer {
            if seam.concerns(&head, &answer) {
                seam.rewrite(&head, &mut answer);
            }
        }
        AnsweredOperation { answer, path, id }
    }

    async fn dispatch(&self, incoming: &mut IncomingRequest<'_>) -> Result<Answer, Refusal> {
        let Call { server, front, media_type, base_url, .. } = self.call;
        for seam in &front.seams.request {
            seam.rewrite(incoming)?;
        }
        // Boxed, since a job's own dispatch is what leads here.
        let answer: LocalBoxFuture<'_, _> =
            Box::pin(dispatch(server, front, incoming, media_type, Arc::clone(base_url)));
        answer.await
    }

    /// Writes down what became of an operation.
    fn settle(&mut self, index: usize, answered: AnsweredOperation) {
        let operation = &self.job.operations[index];
        let AnsweredOperation { answer, path, id } = answered;
        let is_success = answer.status.is_success();
        let text = |name| answer.header(&name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let creates = operation.creates();
        let mut result = json!({});
        let location = text(header::LOCATION).filter(|_| is_success);
        // What failed has a location all the same, unless it would have been created (section 3.7.3).
        let location = location.or_else(|| (!creates && path != "/").then(|| format!("{}{path}", self.call.base_url)));
        if let Some(location) = location {
            result["location"] = location.into();
        }
        if !operation.method.is_null() {
            result["method"] = operation.method.clone();
        }
        if let Some(bulk_id) = &operation.bulk_id {
            result["bulkId"] = bulk_id.as_str().into();
        }
        if let Some(version) = text(header::ETAG).filter(|_| is_success) {
            result["version"] = version.into();
        }
        result["status"] = answer.status.as_str().into();
        if is_success {
            if let Some(id) = id {
                self.ids.insert(index, id);
            }
        } else {
            self.errors += 1;
            result["response"] = answer.json().unwrap_or_default();
        }
        self.results[index] = Some(result);
    }
}
