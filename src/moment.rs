//! Moments as servers and certificates write them, in seconds since 1970, and as people read them. Pure: knows no clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// The names of the months in HTTP dates.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const DAY: i64 = 86_400;

/// The moment of an HTTP header such as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn of_http_date(text: &str) -> Option<i64> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [_, day, month, year, time, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    let clock: Vec<i64> = time.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [hour, minute, second] = clock[..] else { return None };
    moment(&[year.parse().ok()?, month, day.parse().ok()?, hour, minute, second])
}

/// The moment of an ASN.1 time: `YYMMDDHHMMSSZ`, or with four digits of the year.
pub(crate) fn of_asn1(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let (year, rest) = match digits.len() {
        12 => {
            let (year, rest) = digits.split_at(2);
            let year: i64 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        14 => (digits[..4].parse().ok()?, &digits[4..]),
        _ => return None,
    };
    let mut parts = vec![year];
    for at in (0..10).step_by(2) {
        parts.push(rest[at..at + 2].parse().ok()?);
    }
    moment(&parts)
}

/// A time of this machine's.
pub(crate) fn of_system(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// `2026-11-30 12:00 UTC`
pub(crate) fn shown(moment: i64) -> String {
    let (days, seconds) = (moment.div_euclid(DAY), moment.rem_euclid(DAY));
    let (year, month, day) = date(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", seconds / 3600, seconds % 3600 / 60)
}

/// A time of this machine's as RFC 3339 has it, in UTC: `2026-11-30T12:00:00.000Z`.
pub(crate) fn precise(time: SystemTime) -> String {
    let (moment, since) = (of_system(time), time.duration_since(UNIX_EPOCH).unwrap_or_default());
    let (days, seconds) = (moment.div_euclid(DAY), moment.rem_euclid(DAY));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (seconds / 3600, seconds % 3600 / 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", since.subsec_millis())
}

/// A moment in UTC as ISO 8601's basic format has it: `20261130T200000Z`.
pub(crate) fn compact(moment: i64) -> String {
    let (days, seconds) = (moment.div_euclid(DAY), moment.rem_euclid(DAY));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (seconds / 3600, seconds % 3600 / 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// A length of time in the two largest units that it has: `1 day 3 h`, `5 min 2 s`.
pub(crate) fn length(seconds: i64) -> String {
    let seconds = seconds.unsigned_abs();
    let units = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let first = units.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    let shown = units[first..].iter().take(2).filter(|(count, _)| *count > 0);
    let shown: Vec<String> = shown.map(|(count, unit)| format!("{count} {unit}")).collect();
    if shown.is_empty() { "0 s".to_owned() } else { shown.join(" ") }
}

/// The moment of a year, month, day, hour, minute and second.
fn moment(parts: &[i64]) -> Option<i64> {
    let [year, month @ 1..=12, day @ 1..=31, hour @ 0..=23, minute @ 0..=59, second @ 0..=60] = *parts else {
        return None;
    };
    (1970..=9999).contains(&year).then(|| days(year, month, day) * DAY + hour * 3600 + minute * 60 + second)
}

/// The days from 1970 to a date of the Gregorian calendar. Years begin in March, so that a leap day is their last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The year, month and day that lie so many days after 1970 began.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn moments_are_read_in_both_forms() {
        for (text, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Thu, 29 Feb 2024 23:59:59 GMT", Some(1_709_251_199)),
            ("Sun, 06 Nov 1994 08:49 GMT", None),
            ("Sunday", None),
            ("", None),
        ] {
            assert_eq!(of_http_date(text), expected, "{text}");
        }
        for (text, expected) in [
            ("941106084937Z", Some(784_111_777)),
            ("19941106084937Z", Some(784_111_777)),
            ("20240229235959Z", Some(1_709_251_199)),
            ("20241329235959Z", None),
            ("9411060849Z", None),
            ("x", None),
        ] {
            assert_eq!(of_asn1(text), expected, "{text}");
        }
    }

    #[test]
    fn moments_and_lengths_are_shown() {
        assert_eq!(shown(784_111_777), "1994-11-06 08:49 UTC");
        assert_eq!(shown(1_709_251_199), "2024-02-29 23:59 UTC");
        let lengths = [0, 59, -62, 3600, 90_061].map(length);
        assert_eq!(lengths, ["0 s", "59 s", "1 min 2 s", "1 h", "1 d 1 h"]);
    }

    proptest::proptest! {
        #[test]
        fn days_and_dates_are_each_others_inverse(day in 0i64..2_000_000) {
            let (year, month, of_month) = date(day);
            assert_eq!(days(year, month, of_month), day);
        }
    }

    #[test]
    fn a_precise_time_has_milliseconds() {
        for (milliseconds, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_007, "2000-02-29T00:00:00.007Z"),
            (1_796_040_000_999, "2026-11-30T12:00:00.999Z"),
        ] {
            assert_eq!(precise(UNIX_EPOCH + Duration::from_millis(milliseconds)), expected);
        }
    }
}
