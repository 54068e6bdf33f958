//! The application that the web framework serves, made from the shared state and a listener.

use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_http::HttpService;
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, map_config};
use actix_web::dev::{AppConfig, Payload, Server as Listening, ServiceRequest, ServiceResponse, fn_service};
use actix_web::{App, HttpRequest, HttpResponse, web};
use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;
use tracing::{Instrument as _, Span};

use crate::connection::{PatientStream, WaitingTimes};
use crate::server::CurrentServer;
use crate::{control, http, span};

/// How long the two sides may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(5);

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
    let idle = limits.keep_alive.max(limits.request_timeout + limits.body_timeout);
    let patience = WaitingTimes { head: limits.head_timeout, write: limits.write_timeout, idle };
    let tls = tls.map(|mut config| {
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    });
    let endpoint = endpoint.clone();
    let connections = move || {
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
        let app = App::new().default_service(service).into_factory().map_err(|error| error.error_response());
        let http = HttpService::build()
            .keep_alive(limits.keep_alive)
            .client_request_timeout(limits.head_timeout)
            // So that a client which still sends a body gets the answer that refuses it.
            .client_disconnect_timeout(Duration::from_secs(1))
            .h1(map_config(app, |()| AppConfig::default()));
        let tls = tls.clone();
        fn_service(move |stream| accept(stream, tls.clone(), patience)).and_then(http.map_err(|_| ()))
    };
    let server = actix_server::Server::build()
        .workers(workers.max(1))
        .max_concurrent_connections(limits.connections)
        .shutdown_timeout(0)
        .disable_signals()
        .listen("weir", listener, connections)?;
    Ok(server.run())
}

type Connection = PatientStream<Either<TcpStream, TlsStream<TcpStream>>>;

/// Makes a connection ready for HTTP. One that fails on the way is dropped.
async fn accept(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    patience: WaitingTimes,
) -> Result<(Connection, Option<SocketAddr>), ()> {
    let peer = stream.peer_addr().ok();
    // Without it answers wait for each other.
    let _ = stream.set_nodelay(true);
    let stream = match tls {
        None => Either::Left(stream),
        Some(tls) => match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
            Ok(Ok(stream)) => Either::Right(stream),
            Ok(Err(_)) | Err(_) => return Err(()),
        },
    };
    Ok((PatientStream::new(stream, patience), peer))
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
