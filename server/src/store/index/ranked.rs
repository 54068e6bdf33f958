//! An ordered set of row numbers that knows the rank of each: a B+-tree whose branches count what is below them.
//!
//! The tree does not know the order: the caller compares a row number in it with what is sought. Finding by rank, finding by
//! key, inserting and removing take logarithmic time, so that the last page of a list costs what the first does.

use std::cmp::Ordering;

const LEAF: usize = 128;
const BRANCH: usize = 64;

/// See the [module documentation](self). Rows are in it at most once.
#[derive(Clone, Debug)]
pub struct RankedRows {
    root: Node,
    len: usize,
}

#[derive(Clone, Debug)]
enum Node {
    Leaf(Vec<u32>),
    Branch(Vec<Child>),
}

#[derive(Clone, Debug)]
struct Child {
    /// Rows below.
    len: usize,
    /// The first row below.
    first: u32,
    node: Node,
}

impl Default for RankedRows {
    fn default() -> Self {
        Self { root: Node::Leaf(Vec::new()), len: 0 }
    }
}

impl RankedRows {
    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Inserts `row` where `compare`, given a row of the set, says how that row stands to the new one.
    pub fn insert(&mut self, row: u32, compare: impl Fn(u32) -> Ordering) {
        if let Some(right) = self.root.insert(row, &compare) {
            let left = std::mem::replace(&mut self.root, Node::Leaf(Vec::new()));
            self.root = Node::Branch(vec![Child::new(left), Child::new(right)]);
        }
        self.len += 1;
    }

    /// Removes the row for which `compare` says `Equal`; says whether there was one.
    pub fn remove(&mut self, compare: impl Fn(u32) -> Ordering) -> bool {
        let removed = self.root.remove(&compare);
        if removed {
            self.len -= 1;
            while let Node::Branch(children) = &mut self.root
                && children.len() <= 1
            {
                self.root = children.pop().map_or(Node::Leaf(Vec::new()), |child| child.node);
            }
        }
        removed
    }

    /// How many rows `before` is true for; it must be true for a beginning of the order.
    pub fn count_while(&self, before: impl Fn(u32) -> bool) -> usize {
        let mut rank = 0;
        let mut node = &self.root;
        loop {
            match node {
                Node::Leaf(rows) => return rank + rows.partition_point(|&row| before(row)),
                Node::Branch(children) => {
                    let at = children.partition_point(|child| before(child.first)).saturating_sub(1);
                    rank += children[..at].iter().map(|child| child.len).sum::<usize>();
                    node = &children[at].node;
                }
            }
        }
    }

    /// The rows from `rank` on, counted from 0.
    pub fn iter_from(&self, rank: usize) -> impl Iterator<Item = u32> + '_ {
        let mut rank = rank;
        let mut run = [].iter();
        std::iter::from_fn(move || {
            if let Some(&row) = run.next() {
                return Some(row);
            }
            let rows = self.run(rank);
            rank += rows.len();
            run = rows.iter();
            run.next().copied()
        })
    }

    /// The rows from `rank` to the end of their leaf; empty beyond the end.
    fn run(&self, rank: usize) -> &[u32] {
        let mut rank = rank;
        let mut node = &self.root;
        loop {
            match node {
                Node::Leaf(rows) => return rows.get(rank..).unwrap_or_default(),
                Node::Branch(children) => {
                    let Some(child) = children.iter().find(|child| {
                        let here = rank < child.len;
                        if !here {
                            rank -= child.len;
                        }
                        here
                    }) else {
                        return &[];
                    };
                    node = &child.node;
                }
            }
        }
    }
}

impl Child {
    fn new(node: Node) -> Self {
        Self { len: node.len(), first: node.first(), node }
    }

    /// After a change below.
    fn refresh(&mut self) {
        self.len = self.node.len();
        self.first = self.node.first();
    }
}

impl Node {
    fn len(&self) -> usize {
        match self {
            Self::Leaf(rows) => rows.len(),
            Self::Branch(children) => children.iter().map(|child| child.len).sum(),
        }
    }

    /// Only the root may be empty, and nobody asks it.
    fn first(&self) -> u32 {
        match self {
            Self::Leaf(rows) => rows.first().copied().unwrap_or_default(),
            Self::Branch(children) => children.first().map_or(0, |child| child.first),
        }
    }

    /// Inserts, and returns the right half when the node had to be split.
    fn insert(&mut self, row: u32, compare: &impl Fn(u32) -> Ordering) -> Option<Self> {
        match self {
            Self::Leaf(rows) => {
                let at = rows.partition_point(|&other| compare(other).is_lt());
                if rows.len() < LEAF {
                    rows.insert(at, row);
                    return None;
                }
                // Rows that come in order fill their leaves; halves would stay half empty for ever.
                let middle = if at == LEAF { LEAF } else { LEAF / 2 };
                let mut right = Vec::with_capacity(LEAF);
                right.extend(rows.drain(middle..));
                if at >= middle {
                    right.insert(at - middle, row);
                } else {
                    rows.insert(at, row);
                }
                Some(Self::Leaf(right))
            }
            Self::Branch(children) => {
                let at = children.partition_point(|child| compare(child.first).is_lt()).saturating_sub(1);
                let child = &mut children[at];
                let split = child.node.insert(row, compare);
                child.refresh();
                let right = split?;
                children.insert(at + 1, Child::new(right));
                if children.len() <= BRANCH {
                    return None;
                }
                let middle = if at + 2 == children.len() { children.len() - 1 } else { children.len() / 2 };
                Some(Self::Branch(children.split_off(middle)))
            }
        }
    }

    fn remove(&mut self, compare: &impl Fn(u32) -> Ordering) -> bool {
        match self {
            Self::Leaf(rows) => rows.binary_search_by(|&row| compare(row)).map(|at| rows.remove(at)).is_ok(),
            Self::Branch(children) => {
                let at = children.partition_point(|child| compare(child.first).is_le()).saturating_sub(1);
                let removed = children[at].node.remove(compare);
                if removed {
                    children[at].len -= 1;
                    if children[at].len == 0 {
                        children.remove(at);
                    } else {
                        children[at].first = children[at].node.first();
                        merge_small(children, at);
                    }
                }
                removed
            }
        }
    }

    fn size(&self) -> (usize, usize) {
        match self {
            Self::Leaf(rows) => (rows.len(), LEAF),
            Self::Branch(children) => (children.len(), BRANCH),
        }
    }
}

/// Joins a node that is less than a quarter full with a neighbour, when both fit well into one.
fn merge_small(children: &mut Vec<Child>, at: usize) {
    let (size, capacity) = children[at].node.size();
    if size * 4 >= capacity || children.len() < 2 {
        return;
    }
    let left = if at + 1 < children.len() { at } else { at - 1 };
    if (children[left].node.size().0 + children[left + 1].node.size().0) * 4 > capacity * 3 {
        return;
    }
    let right = children.remove(left + 1);
    match (&mut children[left].node, right.node) {
        (Node::Leaf(rows), Node::Leaf(more)) => rows.extend(more),
        (Node::Branch(nodes), Node::Branch(more)) => nodes.extend(more),
        // All leaves are at one depth, because nodes are split and joined with their like.
        _ => unreachable!("neighbours are of one kind"),
    }
    children[left].refresh();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u32),
        Remove(u32),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            3 => (0_u32..4_000).prop_map(Step::Insert),
            2 => (0_u32..4_000).prop_map(Step::Remove),
        ];
        prop::collection::vec(step, 0..3_000)
    }

    fn check(tree: &RankedRows, model: &[u32]) {
        assert_eq!(tree.len(), model.len());
        assert_eq!(tree.iter_from(0).collect::<Vec<_>>(), model);
        for rank in [1, model.len() / 3, model.len().saturating_sub(1), model.len(), model.len() + 5] {
            assert_eq!(
                tree.iter_from(rank).take(3).collect::<Vec<_>>(),
                model.iter().copied().skip(rank).take(3).collect::<Vec<_>>()
            );
        }
        for key in [0, 17, 2_000, 4_001] {
            assert_eq!(tree.count_while(|row| row < key), model.partition_point(|&row| row < key));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_behaves_as_a_sorted_vector(steps in steps()) {
            let mut tree = RankedRows::default();
            let mut model: Vec<u32> = Vec::new();
            for step in steps {
                match step {
                    Step::Insert(row) => if let Err(at) = model.binary_search(&row) {
                        model.insert(at, row);
                        tree.insert(row, |other| other.cmp(&row));
                    },
                    Step::Remove(row) => {
                        let found = model.binary_search(&row);
                        prop_assert_eq!(tree.remove(|other| other.cmp(&row)), found.is_ok());
                        if let Ok(at) = found {
                            model.remove(at);
                        }
                    }
                }
            }
            check(&tree, &model);
        }
    }

    #[test]
    fn three_levels_fill_up_and_empty_again() {
        let mut tree = RankedRows::default();
        let model: Vec<u32> = (0..20_000).collect();
        for &row in &model {
            tree.insert(row, |other| other.cmp(&row));
        }
        check(&tree, &model);
        // In an order that hits every leaf again and again: 7,919 has no factor in common with 20,000.
        for step in 0..20_000_u32 {
            let row = step * 7_919 % 20_000;
            assert!(tree.remove(|other| other.cmp(&row)));
            if step % 1_000 == 0 {
                let gone: std::collections::BTreeSet<u32> = (0..=step).map(|step| step * 7_919 % 20_000).collect();
                check(&tree, &model.iter().copied().filter(|row| !gone.contains(row)).collect::<Vec<_>>());
            }
        }
        check(&tree, &[]);
        assert!(!tree.remove(|other| other.cmp(&5)));
    }
}
