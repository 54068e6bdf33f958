//! The application that the web framework serves, made from the shared state and a listener.

use std::net::TcpListener;
use std::rc::Rc;

use actix_web::dev::{Payload, Server as Listening, ServiceRequest, ServiceResponse, fn_service};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use rustls::ServerConfig;
use tracing::{Instrument as _, Span};

use crate::server::CurrentServer;
use crate::{control, http, span};

/// Serves `/_weir/` by [`control::handle`] and every other path by [`http::handle`], without signal handlers: whoever
/// started the endpoint stops it. Requests are spans inside of `endpoint`.
pub(crate) fn serve(
    current: web::Data<CurrentServer>,
    listener: TcpListener,
    workers: usize,
    tls: Option<ServerConfig>,
    endpoint: &Span,
) -> std::io::Result<Listening> {
    let limits = current.server().limits.clone();
    let endpoint = endpoint.clone();
    let app = move || {
        // Each worker counts its own references: a counter that all of them write costs more than most of an answer's work.
        let current = Rc::new(web::Data::clone(&current));
        let endpoint = endpoint.clone();
        // Not as a handler with extractors, of which there would be nothing to extract.
        let service = fn_service(move |request: ServiceRequest| {
            let current = Rc::clone(&current);
            let (request, payload) = request.into_parts();
            let span = span::request(&endpoint, &request);
            async move {
                let response = answer(&request, payload, &current).await;
                Ok::<_, actix_web::Error>(ServiceResponse::new(request, response))
            }
            .instrument(span)
        });
        App::new().default_service(service)
    };
    let server = HttpServer::new(app)
        .workers(workers.max(1))
        .max_connections(limits.connections)
        .keep_alive(limits.keep_alive)
        .client_request_timeout(limits.head_timeout)
        .tcp_nodelay(true)
        .shutdown_timeout(0)
        .disable_signals();
    let server = match tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls)?,
        None => server.listen(listener)?,
    };
    Ok(server.run())
}

async fn answer(request: &HttpRequest, mut payload: Payload, current: &web::Data<CurrentServer>) -> HttpResponse {
    let Some(rest) = control_path(request.path()) else { return http::handle(request, payload, current).await };
    let response = control::handle(request, rest, &mut payload, current).await;
    Span::current().record("status", response.status().as_u16());
    response
}

/// What follows `/_weir/`, when the path lies there.
fn control_path(path: &str) -> Option<&str> {
    path.strip_prefix("/_weir").and_then(|rest| rest.strip_prefix('/').or_else(|| rest.is_empty().then_some("")))
}
