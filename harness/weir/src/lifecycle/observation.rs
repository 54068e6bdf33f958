//! What is there: users and groups read back from the front, and from the service behind an embedded application.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde_json::Value;
use weir_exchange::difference::at;
use weir_exchange::{Client, EndpointError, Exchange, Request};

/// Users and groups as JSON, with the exchanges that brought them.
#[derive(Clone, Debug, Default)]
pub(super) struct Observation {
    pub users: Vec<Value>,
    pub groups: Vec<Value>,
    pub exchanges: Vec<Arc<Exchange>>,
}

/// Why reading back failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadBackError {
    #[error("reading back got no answer: {0}")]
    NoAnswer(#[from] EndpointError),
    #[error("reading back by {request} was answered with {came}")]
    Unusable { request: String, came: String, exchange: Arc<Exchange> },
}

/// Pages that bring nothing new end a list; so do this many.
const MOST_PAGES: usize = 1000;
/// Users of one name that are read by their ids; a second one is a fault already.
const MOST_ALIKE: usize = 10;
/// Walks through a list whose order changes.
const MOST_WALKS: usize = 8;

/// The resources of a list, each once.
#[derive(Default)]
struct ReadList {
    resources: Vec<Value>,
    ids: HashSet<String>,
    /// What the last page said.
    total: u64,
}

impl ReadList {
    fn add(&mut self, page: &[Value], total: u64) {
        self.total = total;
        let ids = &mut self.ids;
        self.resources.extend(page.iter().filter(|resource| ids.insert(id_of(resource).to_owned())).cloned());
    }

    const fn is_whole(&self) -> bool {
        self.resources.len() as u64 >= self.total
    }
}

impl Observation {
    /// Everything that the endpoint lists. Only for an endpoint of our own: a stranger's directory is not ours to read.
    pub(super) async fn everything(client: &Client) -> Result<Self, ReadBackError> {
        let mut observation = Self::default();
        observation.users = observation.list(client, "/Users").await?;
        observation.groups = observation.list(client, "/Groups").await?;
        Ok(observation)
    }

    async fn list(&mut self, client: &Client, path: &str) -> Result<Vec<Value>, ReadBackError> {
        let mut list = ReadList::default();
        self.walk(client, path, None, &mut list).await?;
        // The order of a list that is not sorted may change between two pages (RFC 7644 section 3.4.2.4).
        for _ in 0..MOST_WALKS {
            let before = list.resources.len();
            if list.is_whole() {
                break;
            }
            // An endpoint that does not sort answers as before, or refuses.
            let sorted = self.walk(client, path, Some("id"), &mut list).await;
            if sorted.is_err() {
                self.walk(client, path, None, &mut list).await?;
            }
            if list.resources.len() == before {
                break;
            }
        }
        Ok(list.resources)
    }

    /// Reads every page once. The endpoint chooses how long a page is: it may refuse a count that it does not serve.
    async fn walk(
        &mut self,
        client: &Client,
        path: &str,
        sort: Option<&str>,
        list: &mut ReadList,
    ) -> Result<(), ReadBackError> {
        let mut position = 1;
        for _ in 0..MOST_PAGES {
            let mut request = Request::get(path).query("startIndex", &position.to_string());
            if let Some(attribute) = sort {
                request = request.query("sortBy", attribute);
            }
            let exchange = client.send(request).await?;
            let body = usable(&exchange)?;
            let total = at(body, "totalResults").and_then(Value::as_u64).unwrap_or(0);
            let page = at(body, "Resources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            list.add(page, total);
            position += page.len();
            let is_last = page.is_empty() || position as u64 > total;
            self.exchanges.push(Arc::new(exchange.unparsed()));
            if is_last {
                break;
            }
        }
        Ok(())
    }

    /// The named users and groups, each found by its name and then read by its id.
    pub(super) async fn of_names(
        client: &Client,
        user_names: &[String],
        group_ids: &[String],
    ) -> Result<Self, ReadBackError> {
        let mut observation = Self::default();
        for name in user_names {
            let filter = format!("userName eq {}", Value::from(name.as_str()));
            let exchange = client.send(Request::get("/Users").query("filter", &filter)).await?;
            let body = usable(&exchange)?;
            let is_asked = |resource: &&Value| {
                at(resource, "userName").and_then(Value::as_str).is_some_and(|own| same_name(own, name))
            };
            let found = at(body, "Resources").and_then(Value::as_array).into_iter().flatten().filter(is_asked);
            let ids: Vec<String> = found.map(|resource| id_of(resource).to_owned()).take(MOST_ALIKE).collect();
            observation.exchanges.push(Arc::new(exchange.unparsed()));
            for id in ids {
                observation.by_id(client, "/Users", &id).await?;
            }
        }
        for id in group_ids {
            observation.by_id(client, "/Groups", id).await?;
        }
        Ok(observation)
    }

    /// Reads one resource; one that is not there leaves no trace.
    async fn by_id(&mut self, client: &Client, path: &str, id: &str) -> Result<(), ReadBackError> {
        let exchange = client.send(Request::get(path).segment(id)).await?;
        self.exchanges.push(Arc::new(exchange.unparsed()));
        if matches!(exchange.status, 404 | 410) {
            return Ok(());
        }
        let resource = usable(&exchange)?.clone();
        if path == "/Users" { &mut self.users } else { &mut self.groups }.push(resource);
        Ok(())
    }

    /// What the service behind an embedded application holds, from the control API's answer.
    pub(super) fn of_service(exchange: Arc<Exchange>) -> Result<Self, ReadBackError> {
        let body = usable(&exchange)?;
        let list = |key: &str| body[key].as_array().cloned().unwrap_or_default();
        let (users, groups) = (list("accounts"), list("groups"));
        Ok(Self { users, groups, exchanges: vec![exchange] })
    }

    /// Names by id, for members.
    pub(super) fn names(&self) -> BTreeMap<&str, &str> {
        let users = self.users.iter().map(|user| (id_of(user), name_of(user, "userName")));
        users.chain(self.groups.iter().map(|group| (id_of(group), name_of(group, "displayName")))).collect()
    }
}

/// Whether two names are the same to a directory: letter case does not count.
pub(super) fn same_name(left: &str, right: &str) -> bool {
    left == right || scim::text::fold(left) == scim::text::fold(right)
}

pub(super) fn id_of(resource: &Value) -> &str {
    at(resource, "id").and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn name_of<'a>(resource: &'a Value, attribute: &str) -> &'a str {
    at(resource, attribute).and_then(Value::as_str).unwrap_or_default()
}

fn usable(exchange: &Arc<Exchange>) -> Result<&Value, ReadBackError> {
    let unusable = |came: String| ReadBackError::Unusable {
        request: format!("{} {}", exchange.method, exchange.target()),
        came,
        exchange: Arc::clone(exchange),
    };
    if exchange.status != 200 {
        return Err(unusable(format!("status {}", exchange.status)));
    }
    exchange.json().map_err(|why| unusable(format!("status 200, but {why}")))
}
