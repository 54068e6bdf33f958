//! Answering queries: from an index or the order of creation under one short lock, or by a scan that lets others in.

use std::collections::VecDeque;

use super::perspective::Perspective;
use super::search::Search;
use super::state::{ResourceSnapshot, Row, TenantState};
use super::tenant::{PORTION, Tenant};
use super::{Mark, Page, Query, StoredResource, Window};

/// What is done at once, on the thread that serves requests: it takes less than a millisecond.
const SHORT: usize = 1_000;

impl Tenant {
    /// The answer, when it takes one short look; otherwise [`Self::query`] is for a thread that may work long.
    pub fn query_at_once(&self, query: &Query) -> Option<Page> {
        let perspective = Perspective::new(&self.layout, &query.base_url);
        let search = Search::new(query, perspective, &self.indexed);
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
        let room = if search.sort.is_none() { page_size(&query.window).min(rows.len()) } else { 0 };
        let mut found = WalkResult::with_room(room);
        for number in rows {
            found.look_at(&search, &state, number);
        }
        Some(self.take_window(&search, found, Some(&state)).into_page(|snapshot| snapshot.stored))
    }

    /// The answer, however long it takes; the lock is given up after every portion of rows.
    pub fn query(&self, query: &Query) -> Page {
        let perspective = Perspective::new(&self.layout, &query.base_url);
        let search = Search::new(query, perspective, &self.indexed);
        let answer = if !search.has_filter() && search.sort.is_none() {
            Self::unfiltered(&search, &self.read())
        } else {
            let mut found = WalkResult::new();
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
            self.take_window(&search, found, None)
        };
        answer.into_page(|snapshot| self.complete(snapshot))
    }

    /// A page in the order of creation, found by rank.
    fn unfiltered(search: &Search<'_>, state: &TenantState) -> PageInProgress {
        let resource_type = search.query.resource_type;
        let order = state.created(resource_type);
        let (rank, count) = match &search.query.window {
            Window::Index { start, count } => ((*start).max(1) - 1, *count),
            Window::After { mark, count } => {
                (mark.as_ref().map_or(0, |mark| state.rank_after(resource_type, mark.place)), *count)
            }
            Window::Before { mark, count } => {
                let end = state.rank_after(resource_type, mark.place.saturating_sub(1));
                (end.saturating_sub(*count), (*count).min(end))
            }
        };
        let mut ends = Ends::default();
        let snapshots: Vec<ResourceSnapshot> = order
            .iter_from(rank)
            .take(count)
            .filter_map(|number| {
                let row = state.row(number)?;
                ends.add(&Mark { place: row.place, key: None });
                Some(search.snapshot(state, number, row))
            })
            .collect();
        let more = rank + snapshots.len() < order.len();
        ends.answer(search, order.len(), snapshots, (rank > 0, more))
    }

    /// Shows every resource of a type in the order of creation. What is created meanwhile may be shown too, what is deleted may
    /// not; nothing is shown twice.
    fn scan(&self, resource_type: scim::schema::ResourceTypeId, mut visit: impl FnMut(&TenantState, u32, &Row)) {
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
    fn take_window(&self, search: &Search<'_>, found: WalkResult, held: Option<&TenantState>) -> PageInProgress {
        let Some(sort) = search.sort else { return found.into_answer(search) };
        let WalkResult { mut matches, .. } = found;
        let compare = |left: &Mark, right: &Mark| {
            sort.compare(left.key.as_ref(), right.key.as_ref()).then(left.place.cmp(&right.place))
        };
        matches.sort_unstable_by(|left, right| compare(&left.mark, &right.mark));
        let (first, count) = match &search.query.window {
            Window::Index { start, count } => ((*start).max(1) - 1, *count),
            Window::After { mark: None, count } => (0, *count),
            // By what the mark was sorted by then, so that the walk goes on where it stood when the resource is gone since.
            Window::After { mark: Some(mark), count } => {
                (matches.partition_point(|found| compare(&found.mark, mark).is_le()), *count)
            }
            Window::Before { mark, count } => {
                let end = matches.partition_point(|found| compare(&found.mark, mark).is_lt());
                (end.saturating_sub(*count), (*count).min(end))
            }
        };
        let page = matches.get(first..).unwrap_or_default();
        let page = &page[..count.min(page.len())];
        let more = first + page.len() < matches.len();
        let mut ends = Ends::default();
        for found in page {
            ends.add(&found.mark);
        }
        let read = |state: &TenantState| {
            page.iter()
                .filter_map(|found| {
                    // The row may have been deleted since, and its number given to another.
                    let row = state.row(found.number).filter(|row| row.place == found.mark.place)?;
                    Some(search.snapshot(state, found.number, row))
                })
                .collect()
        };
        let snapshots = match held {
            Some(state) => read(state),
            None => read(&self.read()),
        };
        ends.answer(search, matches.len(), snapshots, (first > 0, more))
    }
}

const fn page_size(window: &Window) -> usize {
    match *window {
        Window::Index { count, .. } | Window::After { count, .. } | Window::Before { count, .. } => count,
    }
}

/// A page, some of whose groups may still lack members.
struct PageInProgress {
    total: usize,
    next: Option<Mark>,
    previous: Option<Mark>,
    snapshots: Vec<ResourceSnapshot>,
}

impl PageInProgress {
    fn into_page(self, complete: impl Fn(ResourceSnapshot) -> StoredResource) -> Page {
        let Self { total, next, previous, snapshots } = self;
        Page { total, next, previous, resources: snapshots.into_iter().map(complete).collect() }
    }
}

/// The first and the last resource of a page.
#[derive(Default)]
struct Ends {
    first: Option<Mark>,
    last: Option<Mark>,
}

impl Ends {
    fn add(&mut self, mark: &Mark) {
        if self.first.is_none() {
            self.first = Some(mark.clone());
        }
        self.last = Some(mark.clone());
    }

    /// `around` says whether there is something before the page, and behind it; only walks need to know.
    fn answer(
        self,
        search: &Search<'_>,
        total: usize,
        snapshots: Vec<ResourceSnapshot>,
        around: (bool, bool),
    ) -> PageInProgress {
        let walks = !matches!(search.query.window, Window::Index { .. });
        PageInProgress {
            total,
            next: self.last.filter(|_| walks && around.1),
            previous: self.first.filter(|_| walks && around.0),
            snapshots,
        }
    }
}

/// A resource that matches, to be sorted.
struct Match {
    mark: Mark,
    number: u32,
}

/// What a walk over rows has found so far: in the order of creation only what the window shows, to be sorted everything.
struct WalkResult {
    total: usize,
    /// To be sorted.
    matches: Vec<Match>,
    /// With their places.
    shown: VecDeque<(u64, ResourceSnapshot)>,
    /// There is a resource before the window, and one behind it.
    around: (bool, bool),
}

impl WalkResult {
    const fn new() -> Self {
        Self { total: 0, matches: Vec::new(), shown: VecDeque::new(), around: (false, false) }
    }

    fn with_room(resources: usize) -> Self {
        Self { shown: VecDeque::with_capacity(resources), ..Self::new() }
    }

    fn into_answer(self, search: &Search<'_>) -> PageInProgress {
        let mut ends = Ends::default();
        for (place, _) in &self.shown {
            ends.add(&Mark { place: *place, key: None });
        }
        let snapshots = self.shown.into_iter().map(|(_, snapshot)| snapshot).collect();
        ends.answer(search, self.total, snapshots, self.around)
    }

    /// As [`Self::look_at_row`], for a row that may be gone or of another type.
    fn look_at(&mut self, search: &Search<'_>, state: &TenantState, number: u32) {
        let row = state.row(number).filter(|row| row.stored.resource_type == search.query.resource_type);
        if let Some(row) = row {
            self.look_at_row(search, state, number, row);
        }
    }

    fn look_at_row(&mut self, search: &Search<'_>, state: &TenantState, number: u32, row: &Row) {
        if !search.matches(state, number, row) {
            return;
        }
        self.total += 1;
        if search.sort.is_some() {
            let mark = Mark { place: row.place, key: search.sort_key(state, number, row) };
            self.matches.push(Match { mark, number });
            return;
        }
        let full = |count: usize| self.shown.len() >= count;
        let shown = match &search.query.window {
            Window::Index { start, count } => self.total >= (*start).max(1) && !full(*count),
            Window::After { mark, count } => {
                let behind = mark.as_ref().is_none_or(|mark| row.place > mark.place);
                self.around.0 |= !behind;
                self.around.1 |= behind && full(*count);
                behind && !full(*count)
            }
            Window::Before { mark, count } => {
                let before = row.place < mark.place && *count > 0;
                self.around.1 |= !before;
                if before && full(*count) {
                    self.shown.pop_front();
                    self.around.0 = true;
                }
                before
            }
        };
        if shown {
            self.shown.push_back((row.place, search.snapshot(state, number, row)));
        }
    }
}
