//! Change detection: which entries have to be read again. The other ones are only counted as still there.

use std::time::Duration;

use crate::entry::Entry;

/// *Changed Users Algorithm*
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeAlgorithm {
    /// Active Directory's update sequence number is larger than the last one
    ActiveDirectoryUsn,
    /// The time stamp is not older than the last check
    Timestamp,
    /// The time stamp is the last check's or newer, asked without negation
    TimestampNoNegation,
}

/// How changed entries are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeDetection {
    pub algorithm: ChangeAlgorithm,
    /// `uSNChanged`, `modifyTimestamp` and the like.
    pub attribute: String,
}

impl ChangeDetection {
    /// The filter for entries that changed since `since`, a value that [`Watermark`] gave.
    pub(super) fn filter(&self, since: &str) -> String {
        let (attribute, since) = (&self.attribute, ldap3::ldap_escape(since));
        match self.algorithm {
            // LDAP knows no "greater than": `since` is the first number that has not been read.
            ChangeAlgorithm::ActiveDirectoryUsn | ChangeAlgorithm::TimestampNoNegation => {
                format!("({attribute}>={since})")
            }
            // An entry without time stamp has changed, for all that is known.
            ChangeAlgorithm::Timestamp => format!("(!(&({attribute}<={since})(!({attribute}={since}))))"),
        }
    }
}

/// The greatest change that a pass has seen.
#[derive(Debug, Default)]
pub(super) struct Watermark {
    /// The server's own number before the pass began.
    committed: Option<u64>,
    greatest_number: u64,
    greatest_time: Option<jiff::Timestamp>,
    /// How the server writes times.
    has_fraction: bool,
}

impl Watermark {
    pub(super) fn new(committed: Option<u64>) -> Self {
        Self { committed, ..Self::default() }
    }

    pub(super) fn note(&mut self, detection: &ChangeDetection, entry: &Entry) {
        let Some(text) = entry.text(&detection.attribute) else { return };
        if detection.algorithm == ChangeAlgorithm::ActiveDirectoryUsn {
            self.greatest_number = self.greatest_number.max(text.parse().unwrap_or(0));
        } else {
            self.has_fraction |= text.contains('.');
            self.greatest_time = self.greatest_time.max(time(text));
        }
    }

    /// Where the next pass continues. What changed while this one ran is read again: an entry may have been read before
    /// its change, and another one after a later change.
    pub(super) fn next(&self, algorithm: ChangeAlgorithm, took: Duration) -> Option<String> {
        if algorithm == ChangeAlgorithm::ActiveDirectoryUsn {
            // Without a committed number the greatest seen has to do.
            let last = self.committed.unwrap_or(self.greatest_number);
            return (last > 0).then(|| (last + 1).to_string());
        }
        let took = i64::try_from(took.as_secs()).ok()?.saturating_add(1);
        let since = self.greatest_time?.checked_sub(jiff::SignedDuration::from_secs(took)).ok()?;
        let fraction = if self.has_fraction { ".0Z" } else { "Z" };
        Some(format!("{}{fraction}", since.strftime("%Y%m%d%H%M%S")))
    }
}

/// Generalized time (RFC 4517 section 3.3.13) in UTC; the fraction does not matter here.
fn time(text: &str) -> Option<jiff::Timestamp> {
    let digits = text.get(..14).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let part = |from: usize, to: usize| &digits[from..to];
    format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14))
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Dn;

    fn entry(attribute: &str, value: &str) -> Entry {
        let mut entry = Entry::new(Dn::parse("uid=ada,dc=x").unwrap());
        entry.push(attribute, value.as_bytes());
        entry
    }

    #[test]
    fn numbers_continue_behind_what_the_server_had_committed_before_the_pass() {
        let detection =
            ChangeDetection { algorithm: ChangeAlgorithm::ActiveDirectoryUsn, attribute: "uSNChanged".into() };
        let mut progress = Watermark::new(Some(90));
        progress.note(&detection, &entry("uSNChanged", "120"));
        let since = progress.next(detection.algorithm, Duration::ZERO).unwrap();
        assert_eq!(detection.filter(&since), "(uSNChanged>=91)");
        let mut progress = Watermark::new(None);
        progress.note(&detection, &entry("uSNChanged", "120"));
        assert_eq!(progress.next(detection.algorithm, Duration::ZERO).as_deref(), Some("121"));
        assert_eq!(Watermark::new(None).next(detection.algorithm, Duration::ZERO), None);
    }

    #[test]
    fn times_continue_as_much_earlier_as_the_pass_took_and_as_the_server_writes_them() {
        for (algorithm, value, filter) in [
            (ChangeAlgorithm::TimestampNoNegation, "20260131080000Z", "(modifyTimestamp>=20260131075956Z)"),
            (ChangeAlgorithm::TimestampNoNegation, "20260131080000.0Z", "(modifyTimestamp>=20260131075956.0Z)"),
            (
                ChangeAlgorithm::Timestamp,
                "20260131080000Z",
                "(!(&(modifyTimestamp<=20260131075956Z)(!(modifyTimestamp=20260131075956Z))))",
            ),
        ] {
            let detection = ChangeDetection { algorithm, attribute: "modifyTimestamp".into() };
            let mut progress = Watermark::default();
            progress.note(&detection, &entry("modifyTimestamp", value));
            progress.note(&detection, &entry("modifyTimestamp", "20250131080000Z"));
            progress.note(&detection, &entry("modifyTimestamp", "yesterday"));
            let since = progress.next(algorithm, Duration::from_secs(3)).unwrap();
            assert_eq!(detection.filter(&since), filter);
        }
    }
}
