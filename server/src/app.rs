//! The application that the web framework serves, made from the shared state and a listener.

use std::net::TcpListener;

use actix_web::dev::Server as Listening;
use actix_web::{App, HttpServer, web};
use rustls::ServerConfig;

use crate::http;
use crate::server::Running;

/// Serves every path by [`http::handle`], without signal handlers: whoever started the endpoint stops it.
pub(crate) fn serve(
    running: web::Data<Running>,
    listener: TcpListener,
    workers: usize,
    tls: Option<ServerConfig>,
) -> std::io::Result<Listening> {
    let limits = running.server().limits.clone();
    let server =
        HttpServer::new(move || App::new().app_data(web::Data::clone(&running)).default_service(web::to(http::handle)))
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
