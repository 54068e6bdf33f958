//! The form of xsd:dateTime (RFC 7643 section 2.3.5), and the instant that a text names.

/// Whether a text has the form of xsd:dateTime: date, T, time, fraction, zone; not whether the day exists.
pub fn is_date_time(text: &str) -> bool {
    let digits = |text: &str, least: usize| text.len() >= least && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((date, time)) = text.split_once('T') else { return false };
    let mut date = date.strip_prefix('-').unwrap_or(date).split('-');
    let whole_date = matches!((date.next(), date.next(), date.next(), date.next()), (Some(year), Some(month), Some(day), None)
        if digits(year, 4) && month.len() == 2 && digits(month, 2) && day.len() == 2 && digits(day, 2));
    let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    let pair = |text: &str| text.len() == 2 && digits(text, 2);
    let mut parts = clock.split(':');
    let whole_clock = matches!((parts.next(), parts.next(), parts.next(), parts.next()), (Some(hour), Some(minute), Some(second), None)
        if pair(hour) && pair(minute) && pair(second));
    let whole_zone =
        matches!(zone, "" | "Z") || zone[1..].split_once(':').is_some_and(|(hour, minute)| pair(hour) && pair(minute));
    whole_date && whole_clock && fraction.is_none_or(|fraction| digits(fraction, 1)) && whole_zone
}

/// The instant that a text names; a time without zone is legal, and is read as UTC.
pub fn instant(text: &str) -> Option<jiff::Timestamp> {
    text.parse().ok().or_else(|| {
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_date_time() {
        for (text, expected) in [
            ("2008-01-23T04:56:22Z", true),
            ("2008-01-23T04:56:22.123456+02:00", true),
            ("2008-01-23T04:56:22", true),
            ("-0044-03-15T00:00:00Z", true),
            ("2008-01-23", false),
            ("2008-01-23 04:56:22Z", false),
            ("2008-01-23T04:56Z", false),
            ("2008-01-23T04:56:22.Z", false),
            ("2008-01-23T04:56:22+0200", false),
            ("1201064182", false),
            ("Wed, 23 Jan 2008T04:56:22", false),
        ] {
            assert_eq!(is_date_time(text), expected, "{text}");
        }
    }

    #[test]
    fn a_time_without_zone_is_read_as_utc() {
        assert_eq!(instant("2008-01-23T04:56:22"), instant("2008-01-23T05:56:22+01:00"));
        assert_eq!(instant("yesterday"), None);
    }
}
