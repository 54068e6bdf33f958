//! The application that the web framework serves, made from the shared state and a listener.

use std::net::TcpListener;
use std::rc::Rc;

use actix_web::dev::{Server as Listening, ServiceRequest, ServiceResponse, fn_service};
use actix_web::{App, HttpServer, web};
use rustls::ServerConfig;

use crate::server::Running;
use crate::{control, http};

/// Serves `/_weir/` by [`control::handle`] and every other path by [`http::handle`], without signal handlers: whoever started the endpoint stops it.
pub(crate) fn serve(
    running: web::Data<Running>,
    listener: TcpListener,
    workers: usize,
    tls: Option<ServerConfig>,
) -> std::io::Result<Listening> {
    let limits = running.server().limits.clone();
    let app = move || {
        // Each worker counts its own references: a counter that all of them write costs more than most of an answer's work.
        let running = Rc::new(web::Data::clone(&running));
        // Not as a handler with extractors, of which there would be nothing to extract.
        let service = fn_service(move |request: ServiceRequest| {
            let running = Rc::clone(&running);
            async move {
                let (request, mut payload) = request.into_parts();
                let response = match control_path(request.path()) {
                    Some(rest) => control::handle(&request, rest, &mut payload, &running).await,
                    None => http::handle(&request, payload, &running).await,
                };
                Ok::<_, actix_web::Error>(ServiceResponse::new(request, response))
            }
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

/// What follows `/_weir/`, when the path lies there.
fn control_path(path: &str) -> Option<&str> {
    path.strip_prefix("/_weir").and_then(|rest| rest.strip_prefix('/').or_else(|| rest.is_empty().then_some("")))
}
