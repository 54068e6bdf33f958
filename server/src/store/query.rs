//! Answering queries: from an index or the order of creation under one short lock, or by a scan that lets others in.

use scim::{Error, ErrorKind, Result};

use super::search::Search;
use super::sort::SortKey;
use super::state::{Row, Snapshot, State};
use super::tenant::{PORTION, Tenant};
use super::{Page, Query, Stored, Window};

/// What is done at once, on the thread that serves requests: it takes less than a millisecond.
const SHORT: usize = 1_000;

impl Tenant {
    /// The answer, when it takes one short look; otherwise [`Self::query`] is for a thread that may work long.
    pub fn query_at_once(&self, query: &Query) -> Option<Page> {
        let perspective = self.perspective.rebased(query.base_url.clone());
        let search = Search::new(query, &perspective, &self.indexed);
        let state = self.read();
        let long_members = query.wanted.members
            && perspective.layout().of(query.resource_type).has_members
            && state.membership.len() > PORTION;
        if long_members || page_size(&query.window).min(state.created(query.resource_type).len()) > SHORT {
            return None;
        }
        if !search.has_filter() && search.sort.is_none() {
            return Some(Self::unfiltered(&search, &state).into_page(|snapshot| snapshot.stored));
        }
        let rows = match search.candidates(&state, SHORT) {
            Some(rows) => rows,
            None if state.created(query.resource_type).len() <= SHORT => {
                state.created(query.resource_type).iter_from(0).collect()
            }
            None => return None,
        };
        let mut found = Found::new();
        for number in rows {
            found.look_at(&search, &state, number);
        }
        // An order that cannot be gone on with is an error, which the long way tells.
        Some(self.take_window(&search, found, Some(&state)).ok()?.into_page(|snapshot| snapshot.stored))
    }

    /// The answer, however long it takes; the lock is given up after every portion of rows.
    pub fn query(&self, query: &Query) -> Result<Page> {
        let perspective = self.perspective.rebased(query.base_url.clone());
        let search = Search::new(query, &perspective, &self.indexed);
        let answer = if !search.has_filter() && search.sort.is_none() {
            Self::unfiltered(&search, &self.read())
        } else {
            let mut found = Found::new();
            let candidates = search.candidates(&self.read(), PORTION);
            match candidates {
                // A portion at most, so it takes one lock; rows deleted in between are passed over.
                Some(rows) => {
                    let state = self.read();
                    for number in rows {
                        found.look_at(&search, &state, number);
                    }
                }
                None => self.scan(query.resource_type, |state, number, row| {
                    found.look_at_row(&search, state, number, row);
                }),
            }
            self.take_window(&search, found, None)?
        };
        Ok(answer.into_page(|snapshot| self.complete(snapshot)))
    }

    /// A page in the order of creation, found by rank.
    fn unfiltered(search: &Search<'_>, state: &State) -> Answered {
        let resource_type = search.query.resource_type;
        let order = state.created(resource_type);
        let (rank, count) = match search.query.window {
            Window::Index { start, count } => (start.max(1) - 1, count),
            Window::After { place, count } => (place.map_or(0, |place| state.rank_after(resource_type, place)), count),
        };
        let mut last = None;
        let snapshots: Vec<Snapshot> = order
            .iter_from(rank)
            .take(count)
            .filter_map(|number| {
                let row = state.row(number)?;
                last = Some(row.place);
                Some(search.snapshot(state, number, row))
            })
            .collect();
        let more = rank + snapshots.len() < order.len() && matches!(search.query.window, Window::After { .. });
        Answered { total: order.len(), next: last.filter(|_| more), snapshots }
    }

    /// Shows every resource of a type in the order of creation. What is created meanwhile may be shown too, what is deleted may
    /// not; nothing is shown twice.
    fn scan(&self, resource_type: scim::schema::ResourceTypeId, mut visit: impl FnMut(&State, u32, &Row)) {
        let mut place = 0;
        loop {
            let state = self.read();
            let rank = state.rank_after(resource_type, place);
            let mut seen = 0;
            for number in state.created(resource_type).iter_from(rank).take(PORTION) {
                if let Some(row) = state.row(number) {
                    visit(&state, number, row);
                    place = row.place;
                }
                seen += 1;
            }
            if seen < PORTION {
                return;
            }
        }
    }

    /// The part of what was found that the window shows. `held` is the state when it is locked already.
    fn take_window(&self, search: &Search<'_>, found: Found, held: Option<&State>) -> Result<Answered> {
        let Some(sort) = search.sort else {
            return Ok(Answered { total: found.total, next: found.next(), snapshots: found.snapshots });
        };
        let mut matches = found.matches;
        let compare = |left: &Match, right: &Match| {
            sort.compare(left.key.as_ref(), right.key.as_ref()).then(left.place.cmp(&right.place))
        };
        matches.sort_unstable_by(compare);
        let (first, count) = match search.query.window {
            Window::Index { start, count } => (start.max(1) - 1, count),
            Window::After { place: None, count } => (0, count),
            Window::After { place: Some(place), count } => {
                let last = matches.iter().position(|found| found.place == place);
                let last = last.ok_or_else(|| {
                    Error::new(
                        ErrorKind::ExpiredCursor,
                        "the resource that this sorted page comes after is gone; start the walk anew",
                    )
                })?;
                (last + 1, count)
            }
        };
        let page = matches.get(first..).unwrap_or_default();
        let page = &page[..count.min(page.len())];
        let more = matches!(search.query.window, Window::After { .. }) && first + page.len() < matches.len();
        let read = |state: &State| {
            page.iter()
                .filter_map(|found| {
                    // The row may have been deleted since, and its number given to another.
                    let row = state.row(found.number).filter(|row| row.place == found.place)?;
                    Some(search.snapshot(state, found.number, row))
                })
                .collect()
        };
        let snapshots = match held {
            Some(state) => read(state),
            None => read(&self.read()),
        };
        Ok(Answered { total: matches.len(), next: page.last().filter(|_| more).map(|last| last.place), snapshots })
    }
}

const fn page_size(window: &Window) -> usize {
    match *window {
        Window::Index { count, .. } | Window::After { count, .. } => count,
    }
}

/// A page, some of whose groups may still lack members.
struct Answered {
    total: usize,
    next: Option<u64>,
    snapshots: Vec<Snapshot>,
}

impl Answered {
    fn into_page(self, complete: impl Fn(Snapshot) -> Stored) -> Page {
        let Self { total, next, snapshots } = self;
        Page { total, next, resources: snapshots.into_iter().map(complete).collect() }
    }
}

/// A resource that matches, to be sorted.
struct Match {
    key: Option<SortKey>,
    place: u64,
    number: u32,
}

/// What a walk over rows has found so far: in the order of creation only what the window shows, to be sorted everything.
struct Found {
    total: usize,
    /// To be sorted.
    matches: Vec<Match>,
    snapshots: Vec<Snapshot>,
    /// The place of the last resource in `snapshots`.
    last: Option<u64>,
    /// There is a resource behind the window.
    more: bool,
}

impl Found {
    const fn new() -> Self {
        Self { total: 0, matches: Vec::new(), snapshots: Vec::new(), last: None, more: false }
    }

    fn next(&self) -> Option<u64> {
        self.last.filter(|_| self.more)
    }

    /// As [`Self::look_at_row`], for a row that may be gone or of another type.
    fn look_at(&mut self, search: &Search<'_>, state: &State, number: u32) {
        let row = state.row(number).filter(|row| row.stored.resource_type == search.query.resource_type);
        if let Some(row) = row {
            self.look_at_row(search, state, number, row);
        }
    }

    fn look_at_row(&mut self, search: &Search<'_>, state: &State, number: u32, row: &Row) {
        if !search.matches(state, number, row) {
            return;
        }
        self.total += 1;
        if search.sort.is_some() {
            self.matches.push(Match { key: search.sort_key(state, number, row), place: row.place, number });
            return;
        }
        let shown = match search.query.window {
            Window::Index { start, count } => self.total >= start.max(1) && self.snapshots.len() < count,
            Window::After { place, count } => {
                let behind = place.is_none_or(|place| row.place > place);
                self.more |= behind && self.snapshots.len() == count;
                behind && self.snapshots.len() < count
            }
        };
        if shown {
            self.last = Some(row.place);
            self.snapshots.push(search.snapshot(state, number, row));
        }
    }
}
