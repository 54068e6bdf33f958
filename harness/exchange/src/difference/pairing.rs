//! Pairs the values of two lists that have no order.

use serde_json::Value;

use super::is_unassigned;

/// Up to how many values a pair is taken apart again to find a better one; behind that, the first partner that fits stays.
const MOST_REARRANGED: usize = 64;

/// Which values of two lists have no partner.
pub(super) struct ElementPairs {
    /// Of the first list.
    pub alone: Vec<usize>,
    /// Of the second.
    pub left_over: Vec<usize>,
}

impl ElementPairs {
    pub(super) const fn is_complete(&self) -> bool {
        self.alone.is_empty() && self.left_over.is_empty()
    }
}

/// Gives as many values of `left` as possible a partner that `fits`; the one at the same place comes first.
pub(super) fn of(left: &[Value], right: &[Value], fits: impl Fn(&Value, &Value) -> bool) -> ElementPairs {
    let mut matching = PairSearch { left, right, fits, partner: vec![None; right.len()] };
    let mut alone = Vec::new();
    for place in (0..left.len()).filter(|place| !is_unassigned(&left[*place])) {
        if !matching.pair(place) {
            alone.push(place);
        }
    }
    let is_free = |place: &usize| matching.partner[*place].is_none() && !is_unassigned(&right[*place]);
    let left_over = (0..right.len()).filter(is_free).collect();
    ElementPairs { alone, left_over }
}

struct PairSearch<'v, F> {
    left: &'v [Value],
    right: &'v [Value],
    fits: F,
    /// The place in `left` that each of `right` is paired with.
    partner: Vec<Option<usize>>,
}

impl<F: Fn(&Value, &Value) -> bool> PairSearch<'_, F> {
    fn pair(&mut self, own: usize) -> bool {
        let same_place = std::iter::once(own).filter(|place| *place < self.right.len());
        let free = same_place.chain(0..self.right.len()).find(|place| self.is_free_for(own, *place));
        if let Some(place) = free {
            self.partner[place] = Some(own);
            return true;
        }
        let can_rearrange = self.right.len() <= MOST_REARRANGED;
        can_rearrange && self.rearrange(own, &mut vec![false; self.right.len()])
    }

    fn is_free_for(&self, own: usize, place: usize) -> bool {
        self.partner[place].is_none() && self.fit(own, place)
    }

    fn fit(&self, own: usize, place: usize) -> bool {
        (self.fits)(&self.left[own], &self.right[place])
    }

    /// Finds a partner whose own partner finds another one.
    fn rearrange(&mut self, own: usize, seen: &mut [bool]) -> bool {
        for place in 0..self.right.len() {
            if seen[place] || !self.fit(own, place) {
                continue;
            }
            seen[place] = true;
            let is_open = match self.partner[place] {
                None => true,
                Some(other) => self.rearrange(other, seen),
            };
            if is_open {
                self.partner[place] = Some(own);
                return true;
            }
        }
        false
    }
}
