//! Deletes what a run created, and says what remains.

use futures_util::future::join_all;
use reqwest::Method;
use tokio::sync::watch;
use url::Url;
use weir_exchange::{Client, CreatedResource, CreatedResources, EndpointErrorKind, Request};
use weir_judge::{Event, Events};

use crate::interruption;

/// Something that could not be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remainder {
    pub url: Url,
    pub reason: String,
    /// The endpoint did not answer in time.
    is_for_want_of_time: bool,
}

impl Remainder {
    /// The event that reports it.
    pub fn event(&self) -> Event {
        Event::Leftover { url: self.url.to_string(), reason: self.reason.clone() }
    }
}

/// Deletes everything on the list, the newest first and `at_once` of one collection side by side, and reports what remains. What is
/// already gone counts as deleted.
pub async fn delete_created(created: &CreatedResources, client: &Client, events: &Events, at_once: usize) {
    loop {
        let newest = created.newest(at_once);
        if newest.is_empty() {
            return;
        }
        let remainders = delete_newest(&newest, created, client).await;
        for remainder in &remainders {
            events.emit(&remainder.event());
        }
        if let Some(late) = remainders.into_iter().find(|remainder| remainder.is_for_want_of_time) {
            // Waiting for each of the others would take as long, one after the other.
            leave(created, events, &late.reason);
            return;
        }
    }
}

/// Deletes the newest on the list and forgets them; what remains of them.
async fn delete_newest(newest: &[CreatedResource], created: &CreatedResources, client: &Client) -> Vec<Remainder> {
    let deletions = newest.iter().map(|own| async move {
        // As the client that created it, which may be another tenant's.
        delete_wherever(&client.with_access(own.access()), own.places()).await
    });
    let remainders = join_all(deletions).await;
    created.forget_newest(newest.len());
    remainders.into_iter().flatten().collect()
}

/// Deletes everything on the list; what remains.
pub(crate) async fn delete_all(created: &CreatedResources, client: &Client) -> Vec<Remainder> {
    let mut remainders = Vec::new();
    loop {
        let newest = created.newest(1);
        if newest.is_empty() {
            return remainders;
        }
        remainders.extend(delete_newest(&newest, created, client).await);
    }
}

/// Reports everything on the list as left behind.
pub fn leave_created(created: &CreatedResources, events: &Events) {
    leave(created, events, "the run was interrupted, and the time to clean up was over");
}

fn leave(created: &CreatedResources, events: &Events, reason: &str) {
    for own in created.take() {
        let reason = reason.to_owned();
        let url = own.places().first().map(Url::to_string).unwrap_or_default();
        events.emit(&Event::Leftover { url, reason });
    }
}

/// Reports everything on the list as kept.
pub(crate) fn keep_created(created: &CreatedResources, events: &Events) {
    leave(created, events, "kept, as --keep asks");
}

/// As [`delete_created`]; names what is left when the run has been interrupted and the time to clean up is over.
pub async fn clean_up(
    created: &CreatedResources,
    client: &Client,
    events: &Events,
    interrupted: &watch::Receiver<bool>,
    at_once: usize,
) {
    let deleted = delete_created(created, client, events, at_once);
    if interruption::unless_over(interrupted, interruption::CLEAN_UP, deleted).await.is_none() {
        leave_created(created, events);
    }
}

/// Deletes one resource and reports if that fails.
pub async fn delete(client: &Client, url: Url, events: &Events) {
    if let Some(remainder) = delete_wherever(client, &[url]).await {
        events.emit(&remainder.event());
    }
}

/// Deletes one resource that was found by reading, and reads once more: an endpoint that says it is deleted may be wrong.
pub async fn delete_for_good(client: &Client, url: Url, events: &Events) {
    client.claim(&url);
    let remainder = match delete_wherever(client, std::slice::from_ref(&url)).await {
        None if is_there(client, &url).await => {
            let reason = "DELETE was answered as done, and it is still there".to_owned();
            Some(Remainder { url, reason, is_for_want_of_time: false })
        }
        other => other,
    };
    if let Some(remainder) = remainder {
        events.emit(&remainder.event());
    }
}

/// Deletes one resource that is at one of these places; what remains.
async fn delete_wherever(client: &Client, places: &[Url]) -> Option<Remainder> {
    let (mut reason, mut is_for_want_of_time) = (None, false);
    let client = client.meeting_preconditions();
    for place in places {
        match client.send(Request::absolute(Method::DELETE, place.clone())).await {
            Ok(exchange) if exchange.is_success() => return None,
            Ok(exchange) if matches!(exchange.status, 404 | 410) => {}
            Ok(exchange) => {
                reason.get_or_insert_with(|| (place, format!("DELETE was answered with {}", exchange.outcome())));
            }
            Err(error) => {
                is_for_want_of_time = error.kind == EndpointErrorKind::Timeout;
                reason.get_or_insert((place, error.sentence));
            }
        }
    }
    // What a check has deleted itself is gone. What no request was meant to create may be at a place that takes no DELETE.
    if reason.is_none() && places.len() > 1 {
        for place in places {
            if is_there(&client, place).await {
                reason = Some((place, "DELETE was answered with 404, and it is there".to_owned()));
                break;
            }
        }
    }
    reason.map(|(place, reason)| Remainder { url: place.clone(), reason, is_for_want_of_time })
}

async fn is_there(client: &Client, place: &Url) -> bool {
    client.send(Request::absolute(Method::GET, place.clone())).await.is_ok_and(|answer| answer.status == 200)
}
