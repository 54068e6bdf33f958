//! A running endpoint: on a thread and actix System of its own, stopped at once when dropped.

use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::web;
use secrecy::SecretString;
use tokio::sync::oneshot;
use tracing::{Instrument as _, Span};

use crate::access::ApplicationAccess;
use crate::clock::Clock;
use crate::config::Config;
use crate::deviations::Activation;
use crate::journal::Journal;
use crate::message::Origin;
use crate::server::{self, AcrossTargets, CurrentServer, Server};
use crate::start_error::StartError;
use crate::targets::Target;
use crate::tls::TlsFiles;
use crate::{app, control, span};

/// Why resources could not be stored in an endpoint.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// What the control API would answer.
    #[error("{0}")]
    Refused(String),
    #[error("cannot start a runtime to store the resources with: {0}")]
    Runtime(std::io::Error),
    #[error("storing the resources broke down; please report it")]
    Panic,
}

/// A running endpoint. Dropping it stops it.
pub struct Endpoint {
    address: SocketAddr,
    current: web::Data<CurrentServer>,
    applications: Vec<ApplicationAccess>,
    journal: Arc<Journal>,
    control_token: SecretString,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Starts an endpoint and returns when it accepts connections.
pub fn start(config: Config) -> Result<Endpoint, StartError> {
    let listen = config.listen;
    let tls = config.tls.as_ref().map(TlsFiles::read).transpose()?;
    let listen_error = |source| StartError::Listen { address: listen, source };
    let listener = TcpListener::bind(listen).map_err(listen_error)?;
    let address = listener.local_addr().map_err(listen_error)?;
    let origin = Origin::new(config.base_url.as_ref(), config.trust_proxy, config.scheme(), address.to_string());
    let server = Server::new(&config, origin, AcrossTargets::new(&config))?;
    let (applications, journal) = (server.applications.clone(), Arc::clone(&server.journal));
    let control_token = config.control_token();
    let (workers, people) = (config.workers, config.people);
    let span = span::endpoint(address, &config.target.name);
    let current = web::Data::new(CurrentServer::new(config, server));
    let (stop, stopped) = oneshot::channel();
    let work = Work { current: web::Data::clone(&current), listener, workers, people, tls, span };
    let thread = run(work, stopped)?;
    Ok(Endpoint { address, current, applications, journal, control_token, stop: Some(stop), thread: Some(thread) })
}

/// What the endpoint's thread is given.
struct Work {
    current: web::Data<CurrentServer>,
    listener: TcpListener,
    workers: usize,
    people: usize,
    tls: Option<rustls::ServerConfig>,
    span: Span,
}

/// The framework's server needs a System of its own, which must not depend on a runtime of the caller.
fn run(work: Work, stopped: oneshot::Receiver<()>) -> Result<JoinHandle<()>, StartError> {
    let (ready, is_ready) = mpsc::channel();
    let span = work.span.clone();
    let serve = async move {
        let listening = match work.begin().await {
            Ok(listening) => listening,
            Err(error) => {
                // The receiver waits until it hears of one or the other.
                let _ = ready.send(Err(error));
                return;
            }
        };
        let handle = listening.handle();
        tracing::info!("the endpoint has started");
        let _ = ready.send(Ok(()));
        let until_stopped = async {
            // A sender that is gone means the same as one that has sent.
            let _ = stopped.await;
            handle.stop(false).await;
        };
        // The server ends when it is stopped; that it failed shows in its connections.
        let _ = futures_util::future::join(listening, until_stopped).await;
        tracing::info!("the endpoint has stopped");
    };
    let thread = std::thread::Builder::new()
        .name("weir-endpoint".into())
        .spawn(move || actix_web::rt::System::new().block_on(serve.instrument(span)))
        .map_err(StartError::Thread)?;
    match is_ready.recv() {
        Ok(Ok(())) => Ok(thread),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(StartError::Thread(std::io::Error::other("it ended before it was ready"))),
    }
}

impl Work {
    async fn begin(self) -> Result<actix_web::dev::Server, StartError> {
        server::invent(&self.current.server(), self.people).await.map_err(StartError::People)?;
        let address = self.listener.local_addr();
        app::serve(self.current, self.listener, self.workers, self.tls, &self.span).map_err(|source| match address {
            Ok(address) => StartError::Listen { address, source },
            Err(_) => StartError::Thread(source),
        })
    }
}

impl Endpoint {
    /// Where it listens, with the port that was found.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Scheme, host and port: `http://127.0.0.1:40123`, or the configured base URL.
    pub fn origin(&self) -> String {
        self.current.server().origin.own()
    }

    /// Every application of the target that it was started with, with its base URLs and credentials, in the target's order.
    pub fn applications(&self) -> &[ApplicationAccess] {
        &self.applications
    }

    /// The token of the control API under `/_weir/`.
    pub const fn control_token(&self) -> &SecretString {
        &self.control_token
    }

    /// Removes every resource and account, forgets every exchange, and returns to the deviations of the start. Requests that
    /// are being answered may still see what was.
    pub fn reset(&self) {
        // The deviations of the start have been made once, so they can be made again.
        let done = self.current.server().reset();
        debug_assert!(done.is_ok(), "{done:?}");
    }

    /// Replaces the active deviations, those of the target included. One that changes what the store enforces empties it.
    pub fn set_deviations(&self, activations: &[Activation]) -> Result<(), StartError> {
        let server = self.current.server();
        server.set_deviations(activations.to_vec()).map_err(|problem| StartError::deviations(activations, problem))
    }

    /// The active deviations.
    pub fn deviations(&self) -> Vec<Activation> {
        self.current.server().configuration.load().activations.clone()
    }

    /// What was exchanged.
    pub fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// The clock that it goes by.
    pub fn clock(&self) -> Clock {
        self.current.server().clock.clone()
    }

    /// Behaves as another target from now on: resources and deviations go, journal and given credentials stay. The new
    /// applications are those that the control API names.
    pub fn switch(&self, target: Target) -> Result<(), StartError> {
        self.current.switch(target)
    }

    /// Stores resources, given as SCIM JSON, in an application, the first unless one is named; see the control API's `data`.
    /// Returns how many.
    ///
    /// # Errors
    /// One that names the resource; those before it have been stored.
    pub fn load(&self, application: Option<&str>, resources: &[u8]) -> Result<usize, LoadError> {
        let current = web::Data::clone(&self.current);
        let (application, resources) = (application.map(str::to_owned), resources.to_vec());
        // The store wants a runtime, and the caller may be inside one that must not be blocked by another.
        let work = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(LoadError::Runtime)?;
            runtime.block_on(async {
                let server = current.server();
                let loaded = control::load(&server, application.as_deref(), &resources).await;
                loaded.map_err(|refusal| LoadError::Refused(refusal.error.detail().to_owned()))
            })
        });
        work.join().unwrap_or(Err(LoadError::Panic))
    }

    /// Stops at once: open connections are cut.
    pub fn stop(self) {
        drop(self);
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // A server that has ended already needs no telling.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // A panic of the endpoint's thread has been reported by then.
            let _ = thread.join();
        }
    }
}
