//! The order in which operations are carried out: that of the request, except that an operation waits for those that it
//! depends on. Operations that depend on each other in a circle are carried out as one step.
//!
//! Waiting, and not fetching what is needed ahead of its turn, keeps every other pair of operations in the client's order
//! (RFC 7644 section 3.7): a DELETE that frees a userName still comes before the POST that takes it.

use std::collections::BTreeSet;

/// The steps, each with its operations in the order of the request. `dependencies` says for each operation on which others
/// it depends, itself included where it does.
pub fn steps(dependencies: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let components = components(dependencies);
    let mut component_of = vec![0; dependencies.len()];
    for (index, members) in components.iter().enumerate() {
        for &member in members {
            component_of[member] = index;
        }
    }
    let mut dependents: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); components.len()];
    let mut awaited = vec![0_usize; components.len()];
    for (operation, needed) in dependencies.iter().enumerate() {
        let own = component_of[operation];
        for &needed in needed {
            let other = component_of[needed];
            if other != own && dependents[other].insert(own) {
                awaited[own] += 1;
            }
        }
    }
    let mut order = Vec::with_capacity(components.len());
    for (position, &turn) in component_of.iter().enumerate() {
        // A circle's turn is that of its last operation.
        if components[turn].last() != Some(&position) || awaited[turn] > 0 {
            continue;
        }
        let mut ready = BTreeSet::from([(position, turn)]);
        while let Some((_, step)) = ready.pop_first() {
            order.push(step);
            for &dependent in &dependents[step] {
                awaited[dependent] -= 1;
                let place = components[dependent].last().copied().unwrap_or(position);
                if awaited[dependent] == 0 && place < position {
                    ready.insert((place, dependent));
                }
            }
        }
    }
    order.into_iter().map(|step| components[step].clone()).collect()
}

/// The strongly connected components (Tarjan, 1972), each sorted. The walk keeps a stack of its own, since a chain of
/// references may be as long as a job.
fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let count = edges.len();
    let (mut number, mut low) = (vec![UNSEEN; count], vec![0; count]);
    let (mut open, mut is_open) = (Vec::new(), vec![false; count]);
    let (mut components, mut next) = (Vec::new(), 0);
    for root in 0..count {
        if number[root] != UNSEEN {
            continue;
        }
        // Each entry: a node, and how many of its edges have been followed.
        let mut walk = vec![(root, 0)];
        while let Some(&mut (node, ref mut followed)) = walk.last_mut() {
            if *followed == 0 {
                number[node] = next;
                low[node] = next;
                next += 1;
                open.push(node);
                is_open[node] = true;
            }
            if let Some(&target) = edges[node].get(*followed) {
                *followed += 1;
                if number[target] == UNSEEN {
                    walk.push((target, 0));
                } else if is_open[target] {
                    low[node] = low[node].min(number[target]);
                }
                continue;
            }
            walk.pop();
            if let Some(&(parent, _)) = walk.last() {
                low[parent] = low[parent].min(low[node]);
            }
            if low[node] == number[node] {
                let mut component = Vec::new();
                while let Some(member) = open.pop() {
                    is_open[member] = false;
                    component.push(member);
                    if member == node {
                        break;
                    }
                }
                component.sort_unstable();
                components.push(component);
            }
        }
    }
    components
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_operation_waits_for_what_it_needs_and_nothing_else_moves() {
        for (dependencies, expected) in [
            (vec![], vec![]),
            (vec![vec![], vec![0], vec![]], vec![vec![0], vec![1], vec![2]]),
            // 0 refers forward to 2; 1 keeps its place.
            (vec![vec![2], vec![], vec![], vec![]], vec![vec![1], vec![2], vec![0], vec![3]]),
            // A chain forward is untied backward.
            (vec![vec![1], vec![2], vec![]], vec![vec![2], vec![1], vec![0]]),
            // Two that need the same come in their own order.
            (vec![vec![2], vec![2], vec![]], vec![vec![2], vec![0], vec![1]]),
            // A circle, one operation beside it, and one that needs the circle.
            (vec![vec![2], vec![0], vec![0], vec![]], vec![vec![0, 2], vec![1], vec![3]]),
            (vec![vec![0]], vec![vec![0]]),
            (vec![vec![1], vec![0], vec![3], vec![2, 1]], vec![vec![0, 1], vec![2, 3]]),
        ] {
            assert_eq!(steps(&dependencies), expected, "{dependencies:?}");
        }
    }

    #[test]
    fn a_chain_as_long_as_a_job_needs_no_deep_stack() {
        let dependencies: Vec<Vec<usize>> =
            (1..=100_000).map(|next| if next < 100_000 { vec![next] } else { vec![] }).collect();
        let steps = steps(&dependencies);
        assert_eq!((steps.len(), steps[0][0], steps[99_999][0]), (100_000, 99_999, 0));
    }

    proptest! {
        #[test]
        fn everything_is_done_once_and_after_what_it_needs(
            dependencies in (1_usize..12).prop_flat_map(|count| vec(vec(0..count, 0..4), count))
        ) {
            let steps = steps(&dependencies);
            let mut place = vec![usize::MAX; dependencies.len()];
            for (index, operation) in steps.iter().enumerate().flat_map(|(index, step)| step.iter().map(move |&operation| (index, operation))) {
                prop_assert_eq!(place[operation], usize::MAX);
                place[operation] = index;
            }
            for (operation, needed) in dependencies.iter().enumerate() {
                prop_assert!(place[operation] < steps.len());
                for &needed in needed {
                    prop_assert!(place[needed] <= place[operation]);
                }
            }
        }

        #[test]
        fn without_references_forward_the_order_is_the_requests(
            dependencies in vec(vec(any::<prop::sample::Index>(), 0..3), 1..20)
        ) {
            let backward: Vec<Vec<usize>> = dependencies.iter().enumerate()
                .map(|(own, needed)| needed.iter().filter(|_| own > 0).map(|index| index.index(own)).collect())
                .collect();
            let expected: Vec<Vec<usize>> = (0..backward.len()).map(|index| vec![index]).collect();
            prop_assert_eq!(steps(&backward), expected);
        }
    }
}
