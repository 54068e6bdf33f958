//! Minimum, median and maximum, and percentiles, of samples.

/// `min / median / max` with so many digits.
pub fn spread(samples: &mut [f64], digits: usize) -> String {
    samples.sort_by(f64::total_cmp);
    let at = |index: usize| samples.get(index).copied().unwrap_or(f64::NAN);
    format!(
        "{:.digits$} / {:.digits$} / {:.digits$}",
        at(0),
        at(samples.len() / 2),
        at(samples.len().saturating_sub(1))
    )
}

/// The median.
pub fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The value that so many of a thousand do not exceed; `samples` is sorted.
pub fn of_thousand(samples: &[u32], thousandths: usize) -> u32 {
    let at = (samples.len() * thousandths).div_ceil(1_000).saturating_sub(1);
    samples.get(at).copied().unwrap_or(0)
}
