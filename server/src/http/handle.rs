//! The outermost part of the way: the journal, the connection seam and the answer seam.

use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::poll;
use jiff::Timestamp;
use scim::ErrorKind;
use tracing::Span;

use super::admit::admit;
use super::{body, compress};
use crate::acted;
use crate::active_configuration::ActiveConfiguration;
use crate::journal::ObservedExchange;
use crate::message::{Answer, Delivery, Fate, Head, Refusal, SCIM_JSON};
use crate::server::{CurrentServer, Server};
use crate::targets::PathMatch;

/// Answers one request.
pub(crate) async fn handle(
    request: &HttpRequest,
    mut payload: Payload,
    current: &web::Data<CurrentServer>,
) -> HttpResponse {
    let server = current.server();
    let at = server.clock.now();
    let begun = Instant::now();
    let configuration = server.configuration.load();
    let uri = request.uri();
    let head = Head { method: request.method(), path: uri.path(), query: uri.query(), headers: request.headers() };

    let placed = server.target.place(uri.path());
    let position = placed.as_ref().map(|placed| placed.application);
    // Where it stands: moving it would cost more than it does.
    let work = pin!(undergo_all(request, &mut payload, &server, &configuration, placed, at, &head));
    let (answered, deviations) = if configuration.may_deviate(position) && server.journal.is_heard() {
        acted::traced(work).await
    } else {
        (work.await, Vec::new())
    };
    let AnsweredRequest { application, body, mut answer, delivery } = answered;
    let application = application.map(|position| &*configuration.fronts[position].name);
    let span = Span::current();
    span.record("status", answer.status.as_u16());
    application.map(|application| span.record("application", application));
    let duration = begun.elapsed();
    server.metrics.count(head.method, answer.status, delivery, duration);
    server.journal.record(&ObservedExchange {
        at,
        duration,
        client: request.peer_addr(),
        application,
        method: head.method.as_str(),
        uri,
        request_headers: head.headers,
        request_body: &body,
        answer: &answer,
        delivery,
        deviations: &deviations,
    });
    if server.limits.compress {
        compress::compress(request, &mut answer).await;
    }
    respond(answer, delivery, *head.method == Method::CONNECT)
}

/// A request when its answer is ready.
struct AnsweredRequest {
    /// The position of the application that answered.
    application: Option<usize>,
    body: Bytes,
    answer: Answer,
    delivery: Delivery,
}

/// The way past the connection, through the application, and past the answer seam.
async fn undergo_all(
    request: &HttpRequest,
    payload: &mut Payload,
    server: &Server,
    configuration: &ActiveConfiguration,
    placed: Option<PathMatch<'_>>,
    at: Timestamp,
    head: &Head<'_>,
) -> AnsweredRequest {
    let seams = configuration.seams(placed.as_ref().map(|placed| placed.application));
    let mut delivery = Delivery::Sent;
    for seam in &seams.connection {
        let fate = seam.before(head);
        delivery = worse(delivery, undergo(server, fate).await);
    }
    if delivery == Delivery::Lost {
        // What never arrived is not answered; the journal needs a status all the same.
        let answer = Answer::empty(StatusCode::SERVICE_UNAVAILABLE);
        return AnsweredRequest { application: None, body: Bytes::new(), answer, delivery };
    }
    let mut work = pin!(admit(request, payload, server, configuration, placed, at));
    let in_time = match poll!(work.as_mut()) {
        // Most answers are there at once and need no timer.
        Poll::Ready(answered) => Ok(answered),
        Poll::Pending => tokio::time::timeout(server.limits.request_timeout, work).await,
    };
    let (application, body, mut answer) = in_time.unwrap_or_else(|_| {
        let detail = format!("this took longer than {} s; ask for less", server.limits.request_timeout.as_secs());
        let refusal = Refusal::new(ErrorKind::ServiceUnavailable, detail);
        (None, Bytes::new(), refusal.into_answer(SCIM_JSON))
    });
    for seam in &seams.answer {
        if seam.concerns(head, &answer) {
            seam.rewrite(head, &mut answer);
        }
    }
    for seam in &seams.connection {
        let fate = seam.after(head, &answer);
        delivery = worse(delivery, undergo(server, fate).await);
    }
    AnsweredRequest { application, body, answer, delivery }
}

async fn undergo(server: &Server, fate: Fate) -> Delivery {
    if let Some(delay) = fate.delay {
        server.clock.sleep(delay).await;
    }
    fate.delivery
}

/// Of two deviations at the connection the one that leaves less counts.
fn worse(one: Delivery, other: Delivery) -> Delivery {
    match (one, other) {
        (Delivery::Lost, _) | (_, Delivery::Lost) => Delivery::Lost,
        (Delivery::Cut(one), Delivery::Cut(other)) => Delivery::Cut(one.min(other)),
        (Delivery::Cut(after), Delivery::Sent) | (Delivery::Sent, Delivery::Cut(after)) => Delivery::Cut(after),
        (Delivery::Sent, Delivery::Sent) => Delivery::Sent,
    }
}

/// `is_endless` says that the request's body has no end that could be waited for.
fn respond(answer: Answer, delivery: Delivery, is_endless: bool) -> HttpResponse {
    if delivery == Delivery::Lost {
        return body::lost();
    }
    let mut response = HttpResponse::with_body(answer.status, BoxBody::new(()));
    for (name, value) in answer.headers {
        response.headers_mut().append(name, value);
    }
    match delivery {
        Delivery::Cut(after) => response.set_body(BoxBody::new(body::BrokenBody::after(&answer.body, after))),
        // The framework would wait for the rest of a chunked body before it closes, and the rest is what does not come.
        _ if is_endless || answer.status == StatusCode::REQUEST_TIMEOUT => {
            let all = answer.body.len();
            response.set_body(BoxBody::new(body::BrokenBody::after(&answer.body, all)))
        }
        _ => response.set_body(BoxBody::new(answer.body)),
    }
}
