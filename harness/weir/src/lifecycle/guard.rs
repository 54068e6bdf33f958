//! The wire to somebody's endpoint: it lets nothing through that would touch a resource which the run did not create,
//! and lives through what a network or an endpoint might do.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use weir_exchange::Client;
use weir_provision::client::Description;
use weir_provision::client::wire::{Call, Method, NoAnswer, Reply, Sender, Wire};

use super::observation::id_of;

/// A [`Wire`] with guest manners.
pub(super) struct Guard {
    sender: Mutex<Sender>,
    group_path: String,
    /// Path and id of what this run created.
    own: Mutex<BTreeSet<(String, String)>>,
    lose_next_create: AtomicBool,
    lost: AtomicBool,
    skip_group_filter: AtomicBool,
}

impl Guard {
    pub(super) fn new(client: Client, description: &Description) -> Self {
        Self {
            sender: Mutex::new(Sender::new(client, description)),
            group_path: description.group.as_ref().map(|group| group.path.clone()).unwrap_or_default(),
            own: Mutex::default(),
            lose_next_create: AtomicBool::new(false),
            lost: AtomicBool::new(false),
            skip_group_filter: AtomicBool::new(false),
        }
    }

    /// From now on calls travel with this client.
    pub(super) fn set_client(&self, client: Client) {
        let mut sender = lock(&self.sender);
        *sender = sender.over(client);
    }

    /// The answer to the next creation is thrown away after the endpoint has given it.
    pub(super) fn lose_next_create(&self) {
        self.lost.store(false, Ordering::Release);
        self.lose_next_create.store(true, Ordering::Release);
    }

    /// Whether an answer was thrown away since [`Self::lose_next_create`].
    pub(super) fn has_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    /// While set, a search for a group by filter is answered here, as an endpoint without group filter answers it.
    pub(super) fn skip_group_filter(&self, skip: bool) {
        self.skip_group_filter.store(skip, Ordering::Release);
    }

    /// The ids below `path` that this run created.
    pub(super) fn own_ids(&self, path: &str) -> Vec<String> {
        lock(&self.own).iter().filter(|(own, _)| own == path).map(|(_, id)| id.clone()).collect()
    }

    fn refusal(&self, call: &Call) -> Option<NoAnswer> {
        let id = call.id.as_ref().filter(|_| call.is_write())?;
        let is_own = lock(&self.own).contains(&(call.path.clone(), id.clone()));
        (!is_own).then(|| {
            NoAnswer(
                "weir did not send it, because this run did not create that resource; use another --seed".to_owned(),
            )
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change is one assignment or insertion, so a panic elsewhere leaves the value whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Wire for Guard {
    fn send(&self, call: Call) -> BoxFuture<'_, Result<Reply, NoAnswer>> {
        Box::pin(async move {
            if let Some(refusal) = self.refusal(&call) {
                return Err(refusal);
            }
            let is_filter = call.query.iter().any(|(name, _)| *name == "filter");
            if self.skip_group_filter.load(Ordering::Acquire) && is_filter && call.path == self.group_path {
                let body = json!({ "detail": "answered by weir, as an endpoint without group filter would" });
                return Ok(Reply { status: 501, json: Ok(body), exchange: None });
            }
            let is_create = call.method == Method::Post;
            let path = call.path.clone();
            let sender = lock(&self.sender).clone();
            let reply = sender.send(call).await?;
            if is_create && reply.is_success() {
                let id = reply.json.as_ref().map_or("", |body: &Value| id_of(body));
                if !id.is_empty() {
                    lock(&self.own).insert((path, id.to_owned()));
                }
                if self.lose_next_create.swap(false, Ordering::AcqRel) {
                    self.lost.store(true, Ordering::Release);
                    return Err(NoAnswer(
                        "weir threw the answer away on purpose, after the endpoint had given it".into(),
                    ));
                }
            }
            Ok(reply)
        })
    }
}
