//! Whether an endpoint still answers at all. One that hangs, or closes every connection, has no answer to any question: what is asked
//! of it after that says nothing about the questions, and waiting for each would take hours.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use reqwest::Method;
use tokio::sync::Mutex;
use weir_exchange::exchange::Authentication;
use weir_exchange::{Client, EndpointError, EndpointErrorKind, Exchange, Request};

/// How often an endpoint that gave no answer is asked again before it is given up.
const MOST_CONTROLS: usize = 3;

/// What is known of an endpoint that a check got no answer from. Clones share it.
#[derive(Clone, Default)]
pub struct Liveness(Arc<State>);

#[derive(Default)]
struct State {
    /// How many controls in a row got no answer.
    silent: AtomicUsize,
    /// How the first of them ended, in a sentence.
    reason: OnceLock<String>,
    /// Checks that run side by side wait for one control.
    control: Mutex<()>,
}

impl Liveness {
    /// Whether the last control got no answer.
    pub fn is_silent(&self) -> bool {
        self.0.silent.load(Ordering::Relaxed) > 0
    }

    /// Why nothing can be asked of the endpoint, once a check got no answer and a control did not either.
    pub async fn silence(&self, client: &Client) -> Option<String> {
        if !self.is_silent() {
            return None;
        }
        let before = self.0.silent.load(Ordering::Relaxed);
        let _turn = self.0.control.lock().await;
        self.look(client, before).await
    }

    /// As [`Self::silence`], after a check got no answer.
    pub async fn silence_after_loss(&self, client: &Client) -> Option<String> {
        let before = self.0.silent.load(Ordering::Relaxed);
        let _turn = self.0.control.lock().await;
        self.look(client, before).await
    }

    /// Gives the endpoint up: it was said, or seen, that nothing can be asked of it any more.
    pub fn give_up(&self, reason: &str) -> String {
        self.0.silent.store(MOST_CONTROLS, Ordering::Relaxed);
        self.0.reason.get_or_init(|| reason.to_owned()).clone()
    }

    /// Why nothing can be asked of the endpoint, after it refused credentials: it refuses those of the run now, with which `accepted`
    /// was answered. A second control shows that it is not chance.
    pub async fn refusal(&self, client: &Client, accepted: &[Arc<Exchange>]) -> Option<String> {
        let accepted = accepted.iter().find(|exchange| {
            exchange.status == 200
                && exchange.method == Method::GET
                && exchange.authentication != Authentication::None
                && !exchange.url.path().ends_with("/ServiceProviderConfig")
        })?;
        let _turn = self.0.control.lock().await;
        if self.0.silent.load(Ordering::Relaxed) >= MOST_CONTROLS {
            return self.0.reason.get().cloned();
        }
        for _ in 0..2 {
            let again = Request::absolute(Method::GET, accepted.url.clone());
            match client.send_at_once(&again).await {
                Ok(answer) if answer.status == 401 => {}
                _ => return None,
            }
        }
        let path = accepted.url.path();
        Some(
            self.give_up(&format!(
                "the endpoint refuses the credentials that it took before: GET {path} is answered 401"
            )),
        )
    }

    /// Asks for what every endpoint answers somehow, unless another check has just done so, or it was asked often enough.
    async fn look(&self, client: &Client, before: usize) -> Option<String> {
        let now = self.0.silent.load(Ordering::Relaxed);
        if now > before || now >= MOST_CONTROLS {
            return self.0.reason.get().cloned();
        }
        match client.send_at_once(&Request::get("/ServiceProviderConfig")).await {
            Err(error) if is_no_answer(&error) => {
                self.0.silent.store(now + 1, Ordering::Relaxed);
                Some(self.0.reason.get_or_init(|| reason(&error)).clone())
            }
            _ => {
                self.0.silent.store(0, Ordering::Relaxed);
                None
            }
        }
    }
}

/// Why nothing can be said about an endpoint that does not answer any more.
pub fn reason(error: &EndpointError) -> String {
    let what = if error.is_unreachable() { "cannot be reached" } else { "gives no answer" };
    format!("the endpoint {what} any more ({})", error.sentence)
}

/// Whether nothing came that could be an answer.
pub fn is_no_answer(error: &EndpointError) -> bool {
    use EndpointErrorKind as Kind;
    matches!(
        error.kind,
        Kind::Refused | Kind::Dns | Kind::Tls | Kind::Timeout | Kind::CutShort | Kind::NotHttp | Kind::Other
    )
}
