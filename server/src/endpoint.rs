//! A running endpoint: on a thread and actix System of its own, stopped at once when dropped.

use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;

use actix_web::web;
use arc_swap::ArcSwap;
use secrecy::SecretString;
use tokio::sync::oneshot;

use crate::access::{self, ApplicationAccess, Credentials};
use crate::app;
use crate::auth::{self, Gate, Grant};
use crate::behaviour::Behaviour;
use crate::config::Config;
use crate::cursor::Cursors;
use crate::http::Origin;
use crate::journal::Journal;
use crate::password::Passwords;
use crate::rate::RateLimit;
use crate::server::{self, Server};
use crate::target::deviations::Activation;
use crate::tls::TlsFiles;

/// Why an endpoint could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {source}; choose another address, or port 0 for a free one")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("cannot start the endpoint's thread: {0}")]
    Thread(std::io::Error),
    #[error("target {target}: {problem}")]
    Target { target: String, problem: String },
    #[error("deviations {deviations}: {problem}")]
    Deviations { deviations: String, problem: String },
    #[error("{0}; choose another")]
    PasswordCost(String),
    #[error("{0}")]
    Credentials(String),
    #[error("{0}")]
    Tls(#[from] crate::tls::TlsError),
    #[error("cannot fill the endpoint with invented people: {0}")]
    People(scim::Error),
}

/// A running endpoint. Dropping it stops it.
pub struct Endpoint {
    address: SocketAddr,
    server: web::Data<Server>,
    applications: Vec<ApplicationAccess>,
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
    let (applications, gate) = access::access(&config, &origin).map_err(StartError::Credentials)?;
    let target = Arc::new(config.target);
    let material = server::material(&target, &config.clock, config.seed)
        .map_err(|error| StartError::Target { target: target.name.clone(), problem: error.to_string() })?;
    let initial: Vec<Activation> = target.deviations.iter().chain(&config.deviations).cloned().collect();
    let behaviour =
        Behaviour::new(&material, initial.clone(), None).map_err(|problem| deviations(&initial, problem))?;
    let control_token = config.control_token.unwrap_or_else(|| auth::generated(config.seed, "control"));
    let server = web::Data::new(Server {
        subjects: applications.iter().map(|access| (access.name.clone(), Mutex::default())).collect(),
        cursors: Cursors::new(&auth::generated(config.seed, "cursor")),
        rate: RateLimit::new(config.limits.rate),
        gate,
        control: control_gate(&control_token),
        passwords: Passwords::new(config.password_cost, config.seed).map_err(StartError::PasswordCost)?,
        journal: Arc::new(Journal::new(config.journal, &config.limits)),
        behaviour: ArcSwap::from_pointee(behaviour),
        replacing: Mutex::new(()),
        clock: config.clock,
        limits: config.limits,
        target,
        origin,
        material,
        initial,
    });
    let (stop, stopped) = oneshot::channel();
    let work =
        Work { server: web::Data::clone(&server), listener, workers: config.workers, people: config.people, tls };
    let thread = run(work, stopped)?;
    Ok(Endpoint { address, server, applications, control_token, stop: Some(stop), thread: Some(thread) })
}

/// The control API is treated like an application of its own, at the only position there is.
fn control_gate(token: &SecretString) -> Gate {
    let mut gate = Gate::default();
    let credentials = Credentials { bearer: Some(token.clone()), ..Credentials::default() };
    gate.add(&credentials, &Grant { applications: [0].into(), writes: true });
    gate
}

/// What the endpoint's thread is given.
struct Work {
    server: web::Data<Server>,
    listener: TcpListener,
    workers: usize,
    people: usize,
    tls: Option<rustls::ServerConfig>,
}

/// The framework's server needs a System of its own, which must not depend on a runtime of the caller.
fn run(work: Work, stopped: oneshot::Receiver<()>) -> Result<JoinHandle<()>, StartError> {
    let (ready, is_ready) = mpsc::channel();
    let serve = async move {
        let running = match work.begin().await {
            Ok(running) => running,
            Err(error) => {
                // The receiver waits until it hears of one or the other.
                let _ = ready.send(Err(error));
                return;
            }
        };
        let handle = running.handle();
        let _ = ready.send(Ok(()));
        let until_stopped = async {
            // A sender that is gone means the same as one that has sent.
            let _ = stopped.await;
            handle.stop(false).await;
        };
        // The server ends when it is stopped; that it failed shows in its connections.
        let _ = futures_util::future::join(running, until_stopped).await;
    };
    let thread = std::thread::Builder::new()
        .name("weir-endpoint".into())
        .spawn(move || actix_web::rt::System::new().block_on(serve))
        .map_err(StartError::Thread)?;
    match is_ready.recv() {
        Ok(Ok(())) => Ok(thread),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(StartError::Thread(std::io::Error::other("it ended before it was ready"))),
    }
}

impl Work {
    async fn begin(self) -> Result<actix_web::dev::Server, StartError> {
        server::invent(&self.server, self.people).await.map_err(StartError::People)?;
        let address = self.listener.local_addr();
        app::serve(self.server, self.listener, self.workers, self.tls).map_err(|source| match address {
            Ok(address) => StartError::Listen { address, source },
            Err(_) => StartError::Thread(source),
        })
    }
}

fn deviations(activations: &[Activation], problem: String) -> StartError {
    let names: Vec<String> = activations.iter().map(ToString::to_string).collect();
    StartError::Deviations { deviations: names.join(", "), problem }
}

impl Endpoint {
    /// Where it listens, with the port that was found.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Scheme, host and port: `http://127.0.0.1:40123`, or the configured base URL.
    pub fn origin(&self) -> String {
        self.server.origin.own()
    }

    /// Every application with its base URLs and credentials, in the target's order.
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
        let done = self.server.reset();
        debug_assert!(done.is_ok(), "{done:?}");
    }

    /// Replaces the active deviations, those of the target included. One that changes what the store enforces empties it.
    pub fn set_deviations(&self, activations: &[Activation]) -> Result<(), StartError> {
        self.server.set_deviations(activations.to_vec()).map_err(|problem| deviations(activations, problem))
    }

    /// The active deviations.
    pub fn deviations(&self) -> Vec<Activation> {
        self.server.behaviour.load().activations.clone()
    }

    /// What was exchanged.
    pub fn journal(&self) -> &Arc<Journal> {
        &self.server.journal
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
