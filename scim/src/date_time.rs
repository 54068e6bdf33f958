//! The `dateTime` of RFC 7643 section 2.3.5: the text form of XML Schema, and the instant that it names.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

/// The instant that `text` names, or `None` when it is no `xsd:dateTime` with a year of four digits.
///
/// Accepted as in XML Schema Part 2 section 3.2.7: any number of fractional digits (nine count), an offset of up to 14
/// hours, and `24:00:00` for the end of a day. A value without time zone is legal but names no instant by itself; it is
/// read as UTC, so that comparison is total.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once('T')?;
    let (year, month, day) = parse_date(date)?;
    let (time, offset) = split_offset(time)?;
    let (whole, fraction) = match time.split_once('.') {
        Some((whole, fraction)) => (whole, parse_fraction(fraction)?),
        None => (time, 0),
    };
    let [hour, minute, second] = three_parts(whole, ':')?;
    let (hour, minute, second) = (two_digits(hour)?, two_digits(minute)?, two_digits(second)?);
    let end_of_day = hour == 24 && minute == 0 && second == 0 && fraction == 0;
    let hour = if end_of_day { 0 } else { hour };
    let mut local = DateTime::new(year, month, day, hour, minute, second, fraction).ok()?;
    if end_of_day {
        local = local.checked_add(1.day()).ok()?;
    }
    offset.to_timestamp(local).ok()
}

/// The text of an instant that the endpoint made itself: UTC, with milliseconds.
#[must_use]
pub fn format(instant: Timestamp) -> String {
    let mut out = Vec::with_capacity(24);
    write(&mut out, instant);
    // Only ASCII is written.
    String::from_utf8(out).unwrap_or_default()
}

/// Writes what [`format()`] gives. Every answer has two instants, and the formatting machinery is ten times as slow.
pub fn write(out: &mut Vec<u8>, instant: Timestamp) {
    let local = Offset::UTC.to_datetime(instant);
    let Ok(year @ 0..=9999) = u16::try_from(local.year()) else {
        out.extend_from_slice(format!("{instant:.3}").as_bytes());
        return;
    };
    let digit = |value: u16| b'0' + u8::try_from(value % 10).unwrap_or_default();
    let two = |value: i8| {
        let value = value.unsigned_abs().into();
        [digit(value / 10), digit(value)]
    };
    let millisecond = local.millisecond().unsigned_abs();
    out.extend_from_slice(&[digit(year / 1000), digit(year / 100), digit(year / 10), digit(year)]);
    for (mark, part) in [
        (b'-', local.month()),
        (b'-', local.day()),
        (b'T', local.hour()),
        (b':', local.minute()),
        (b':', local.second()),
    ] {
        let [tens, ones] = two(part);
        out.extend_from_slice(&[mark, tens, ones]);
    }
    out.extend_from_slice(&[b'.', digit(millisecond / 100), digit(millisecond / 10), digit(millisecond), b'Z']);
}

/// The instant that [`format()`] writes. Comparison must see no more of a time than the client was shown, or
/// `meta.lastModified gt` the time just read would match the same resource again.
#[must_use]
pub fn as_written(instant: Timestamp) -> Timestamp {
    // Only an instant before the year -9999 could fail, and none is earlier.
    Timestamp::from_millisecond(instant.as_millisecond()).unwrap_or(instant)
}

fn parse_date(date: &str) -> Option<(i16, i8, i8)> {
    // Before the common era.
    let (sign, date) = date.strip_prefix('-').map_or((1, date), |date| (-1, date));
    let [year, month, day] = three_parts(date, '-')?;
    let year = (year.len() == 4).then(|| digits(year)).flatten()?;
    // There is no year 0.
    let year = i16::try_from(year).ok().filter(|&year| year > 0)?;
    Some((sign * year, two_digits(month)?, two_digits(day)?))
}

/// Splits `12:00:00+02:00` before the offset.
fn split_offset(time: &str) -> Option<(&str, Offset)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, Offset::UTC));
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, Offset::UTC));
    };
    let (hours, minutes) = time[at + 1..].split_once(':')?;
    let (hours, minutes) = (i32::from(two_digits(hours)?), i32::from(two_digits(minutes)?));
    if minutes > 59 || hours * 60 + minutes > 14 * 60 {
        return None;
    }
    let sign = if time.as_bytes()[at] == b'-' { -1 } else { 1 };
    Some((&time[..at], Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()?))
}

/// Nanoseconds; what lies below them is cut off.
fn parse_fraction(fraction: &str) -> Option<i32> {
    let whole = fraction.get(..9).unwrap_or(fraction);
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scale = 10_u32.pow(9 - u32::try_from(whole.len()).ok()?);
    i32::try_from(digits(whole)? * scale).ok()
}

fn three_parts(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut parts = text.split(separator);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(three)
}

fn two_digits(text: &str) -> Option<i8> {
    (text.len() == 2).then(|| digits(text)).flatten().and_then(|value| i8::try_from(value).ok())
}

/// Digits only, which `str::parse` does not insist on.
fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{as_written, format, parse};

    #[test]
    fn forms_of_one_instant_are_equal() {
        let instant = parse("2011-05-13T04:42:34Z").unwrap();
        for same in [
            "2011-05-13T04:42:34",
            "2011-05-13T04:42:34.000Z",
            "2011-05-13T04:42:34.0000000000009Z",
            "2011-05-13T06:42:34+02:00",
            "2011-05-12T23:12:34-05:30",
        ] {
            assert_eq!(parse(same), Some(instant), "{same}");
        }
        assert_eq!(parse("2011-05-13T24:00:00Z"), parse("2011-05-14T00:00:00Z"));
        assert_eq!(parse("2011-12-31T24:00:00.0Z"), parse("2012-01-01T00:00:00Z"));
        assert!(parse("-0044-03-15T12:00:00Z") < parse("0001-01-01T00:00:00Z"));
        assert!(parse("2011-05-13T04:42:34.5Z") > Some(instant));
        assert!(parse("2011-05-13T04:42:34.05Z") < parse("2011-05-13T04:42:34.5Z"));
    }

    #[test]
    fn what_is_compared_is_what_was_written() {
        for nanoseconds in [0, 1, 999_999, 1_000_000, 123_456_789, 999_999_999] {
            let instant = jiff::Timestamp::new(1_305_261_754, nanoseconds).unwrap();
            assert_eq!(parse(&format(instant)), Some(as_written(instant)), "{instant}");
        }
        assert_eq!(format(parse("2011-05-13T06:42:34+02:00").unwrap()), "2011-05-13T04:42:34.000Z");
    }

    #[test]
    fn instants_are_written_as_the_formatter_writes_them() {
        for seconds in (-62_000_000_000_i64..250_000_000_000).step_by(1_234_567_891) {
            for nanoseconds in [0, 1_000_000, 45_678_901, 999_999_999] {
                let instant = jiff::Timestamp::new(seconds, nanoseconds).unwrap();
                assert_eq!(format(instant), format!("{instant:.3}"));
            }
        }
        for instant in [jiff::Timestamp::MIN, jiff::Timestamp::MAX] {
            assert_eq!(format(instant), format!("{instant:.3}"));
        }
    }

    #[test]
    fn what_is_no_date_time_is_refused() {
        for text in [
            "",
            "T",
            "2011-05-13",
            "2011-05-13 04:42:34Z",
            "2011-05-13t04:42:34z",
            "2011-05-13T04:42Z",
            "2011-05-13T04:42:34.Z",
            "2011-05-13T04:42:60Z",
            "2011-05-13T24:00:01Z",
            "2011-05-13T24:00:00.1Z",
            "2011-02-29T00:00:00Z",
            "2011-5-13T04:42:34Z",
            "11-05-13T04:42:34Z",
            "0000-05-13T04:42:34Z",
            "--2011-05-13T04:42:34Z",
            "12011-05-13T04:42:34Z",
            "2011-05-13T04:42:34+0200",
            "2011-05-13T04:42:34+14:01",
            "2011-05-13T04:42:34+02:60",
            "2011-05-13T+4:42:34Z",
            "2011-05-13T04:42:34Z[UTC]",
            "2011-05-13T04:42:34.１Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
