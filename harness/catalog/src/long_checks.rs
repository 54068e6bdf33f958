//! In which order the checks of a run begin, where several run side by side: one that sends fifty requests in a row and begins last
//! would leave the other connections idle until it is done.

/// The checks that send the most requests one after another, the longest first; counted at the target `rfc`.
const LONG: [&str; 16] = [
    "patch.path-expressions",
    "patch.matrix-replace",
    "patch.matrix-add",
    "stateful.group",
    "stateful.user",
    "schema.type-enforced",
    "filter.every-attribute",
    "patch.matrix-remove",
    "schema.case-exact",
    "search.root-expressions",
    "schema.multi-valued",
    "groups.many-members",
    "filter.expressions",
    "filter.value-path-expressions",
    "search.expressions",
    "internationalization.text",
];

/// How many other checks begin between two long ones: the first findings are not to wait until all the long ones are done.
const BETWEEN: usize = 4;

/// The same checks, the long ones among the first of the others.
pub fn long_checks_early<T>(checks: Vec<T>, id: impl Fn(&T) -> &str) -> Vec<T> {
    let place = |check: &T| LONG.iter().position(|long| *long == id(check));
    let (mut long, others): (Vec<T>, Vec<T>) = checks.into_iter().partition(|check| place(check).is_some());
    long.sort_by_key(place);
    let mut long = long.into_iter();
    let mut ordered = Vec::with_capacity(long.len() + others.len());
    for (index, check) in others.into_iter().enumerate() {
        if index.is_multiple_of(BETWEEN) {
            ordered.extend(long.next());
        }
        ordered.push(check);
    }
    ordered.extend(long);
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_long_check_is_one_of_the_catalogue() {
        for id in LONG {
            assert!(crate::checks::find(id).is_some(), "{id}");
        }
    }

    #[test]
    fn long_checks_begin_among_the_first_and_nothing_is_lost() {
        let checks = vec!["a", "b", "c", "d", "e", "stateful.user", "patch.matrix-add", "f", "schema.multi-valued"];
        let ordered = long_checks_early(checks, |id| id);
        let expected = ["patch.matrix-add", "a", "b", "c", "d", "stateful.user", "e", "f", "schema.multi-valued"];
        assert_eq!(ordered, expected);
    }
}
