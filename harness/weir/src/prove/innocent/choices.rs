//! A sequence of choices, from which a description is drawn: the same numbers draw the same description, zero is always the
//! simplest choice, and behind the end of the sequence there are only zeros. So a shorter sequence, or one with smaller
//! numbers, draws a simpler description, and a failure is cut down without knowledge of what the numbers mean.

use weir_catalog::scramble;

/// What the state of `SplitMix64` moves on by.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Where the numbers come from.
enum Source {
    /// Made from a seed.
    Random(u64),
    /// Given, and zeros behind them.
    Given(Vec<u32>),
}

/// Draws numbers, and remembers them.
pub(super) struct Choices {
    source: Source,
    drawn: Vec<u32>,
}

impl Choices {
    /// Choices that follow from a seed.
    pub(super) const fn of_seed(seed: u64) -> Self {
        Self { source: Source::Random(seed), drawn: Vec::new() }
    }

    /// Choices that were drawn before, or a part of them.
    pub(super) const fn replay(numbers: Vec<u32>) -> Self {
        Self { source: Source::Given(numbers), drawn: Vec::new() }
    }

    /// A number from 0 to `most`.
    pub(super) fn up_to(&mut self, most: u32) -> u32 {
        let number = match &mut self.source {
            Source::Random(state) => {
                let (value, range) = (scramble(*state) >> 32, u64::from(most) + 1);
                *state = state.wrapping_add(STEP);
                // The remainder is at most `most`.
                u32::try_from(value % range).unwrap_or(0)
            }
            Source::Given(numbers) => numbers.get(self.drawn.len()).copied().unwrap_or(0).min(most),
        };
        self.drawn.push(number);
        number
    }

    /// True once in `times`.
    pub(super) fn once_in(&mut self, times: u32) -> bool {
        // The last number is true, so that zero is false.
        let most = times.saturating_sub(1);
        self.up_to(most) == most && most > 0
    }

    /// One of a list that is not empty; the first is the simplest.
    pub(super) fn pick<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        let most = u32::try_from(list.len().saturating_sub(1)).unwrap_or(u32::MAX);
        &list[usize::try_from(self.up_to(most)).unwrap_or(0)]
    }

    /// What was drawn.
    pub(super) fn into_drawn(self) -> Vec<u32> {
        self.drawn
    }
}

/// Sequences that are simpler than `numbers`, the boldest first: spans taken out, spans set to zero, numbers made smaller.
pub(super) fn simpler(numbers: &[u32]) -> Vec<Vec<u32>> {
    let mut all = Vec::new();
    let mut span = numbers.len();
    while span > 0 {
        for start in (0..numbers.len()).step_by(span) {
            let end = (start + span).min(numbers.len());
            all.push([&numbers[..start], &numbers[end..]].concat());
            if numbers[start..end].iter().any(|number| *number > 0) {
                let mut zeros = numbers.to_vec();
                zeros[start..end].fill(0);
                all.push(zeros);
            }
        }
        span /= 2;
    }
    for (position, number) in numbers.iter().enumerate().filter(|(_, number)| **number > 1) {
        for smaller in [1, number / 2, number - 1] {
            let mut less = numbers.to_vec();
            less[position] = smaller;
            all.push(less);
        }
    }
    all.retain(|candidate| candidate != numbers);
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(mut choices: Choices) -> (Vec<u32>, Vec<u32>) {
        let seen = [9, 0, 3, 100].map(|most| choices.up_to(most)).to_vec();
        (seen, choices.into_drawn())
    }

    #[test]
    fn a_replay_draws_the_same() {
        let (seen, drawn) = draw(Choices::of_seed(7));
        assert_eq!(draw(Choices::replay(drawn.clone())), (seen, drawn));
    }

    #[test]
    fn behind_the_end_everything_is_simplest() {
        assert_eq!(draw(Choices::replay(vec![5])).0, [5, 0, 0, 0]);
        let mut choices = Choices::replay(Vec::new());
        assert!(!choices.once_in(3));
        assert_eq!(choices.pick(&["simple", "other"]), &"simple");
    }

    #[test]
    fn what_is_simpler_is_shorter_or_smaller_and_ends() {
        let mut numbers = vec![4, 0, 7];
        let mut steps = 0;
        while let Some(next) = simpler(&numbers).pop() {
            let weight = |numbers: &[u32]| (numbers.len(), numbers.iter().sum::<u32>());
            assert!(weight(&next) < weight(&numbers), "{next:?} is not simpler than {numbers:?}");
            numbers = next;
            steps += 1;
            assert!(steps < 100);
        }
    }
}
