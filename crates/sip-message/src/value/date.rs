//! Date (RFC 3261 §20.17) and Timestamp (§20.38).

use core::fmt;

use super::HeaderValue;
use crate::class::{self, run};
use crate::{Input, Rule, ValueError};

/// `SIP-date = rfc1123-date`: a moment in GMT, to the second.
///
/// ```
/// use sip_message::value::{Date, HeaderValue};
/// let date = Date::decode(b"Sat, 13 Nov 2010 23:29:00 GMT").unwrap();
/// assert_eq!(date.unix_seconds(), 1_289_690_940);
/// assert_eq!(date.to_string(), "Sat, 13 Nov 2010 23:29:00 GMT");
/// assert!(Date::decode(b"Sat, 13 Nov 2010 23:29:00 EST").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// The year, 0 to 9999.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
    /// The second, 0 to 60 (a leap second).
    pub second: u8,
}

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Date {
    /// Seconds since the start of 1970.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        let clock = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60;
        self.days() * 86_400 + clock + i64::from(self.second)
    }

    /// Days since the start of 1970, in the Gregorian calendar.
    fn days(&self) -> i64 {
        // Years from March on, so that the leap day is the last of its year.
        let month = i64::from(self.month);
        let year = i64::from(self.year) - i64::from(month <= 2);
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weekday = usize::try_from(self.days().rem_euclid(7)).unwrap_or(0);
        let month = MONTHS.get(usize::from(self.month).wrapping_sub(1)).unwrap_or(&"Jan");
        let Self { year, day, hour, minute, second, .. } = self;
        let weekday = DAYS[weekday];
        write!(f, "{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
    }
}

impl<'a> HeaderValue<'a> for Date {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        // rfc1123-date = wkday "," SP date1 SP time SP "GMT"
        one_of(input, &DAYS, "a day of the week, such as `Sat`")?;
        literal(input, b',', "`,`")?;
        literal(input, b' ', "a space")?;
        let day = number(input, 2, 1..=31, "a day of two digits")?;
        literal(input, b' ', "a space")?;
        let month = one_of(input, &MONTHS, "a month, such as `Nov`")?;
        literal(input, b' ', "a space")?;
        let year = number(input, 4, 0..=9999, "a year of four digits")?;
        literal(input, b' ', "a space")?;
        let hour = number(input, 2, 0..=23, "an hour of two digits")?;
        literal(input, b':', "`:`")?;
        let minute = number(input, 2, 0..=59, "a minute of two digits")?;
        literal(input, b':', "`:`")?;
        let second = number(input, 2, 0..=60, "a second of two digits")?;
        literal(input, b' ', "a space")?;
        zone(input)?;
        let small = |n: u16| u8::try_from(n).unwrap_or(u8::MAX);
        let month = u8::try_from(month + 1).unwrap_or(u8::MAX);
        let (day, hour) = (small(day), small(hour));
        Ok(Self { year, month, day, hour, minute: small(minute), second: small(second) })
    }
}

/// `"GMT"`; other names of the same zone are a tolerance, other zones an error (RFC 3261 §20.17).
fn zone(input: &mut Input<'_, '_>) -> Result<(), ValueError> {
    let start = input.at;
    let end = run(input.bytes, start, class::TOKEN);
    match &input.bytes[start..end] {
        b"GMT" => {}
        b"UT" | b"UTC" | b"Z" | b"+0000" => input.deviate(Rule::DateZone, start, end, "`GMT`")?,
        _ => return Err(input.unexpected("`GMT`")),
    }
    input.at = end;
    Ok(())
}

fn one_of(
    input: &mut Input<'_, '_>,
    names: &[&str],
    expected: &'static str,
) -> Result<usize, ValueError> {
    let rest = input.rest();
    let found = names.iter().position(|name| rest.starts_with(name.as_bytes()));
    let place = found.ok_or_else(|| input.unexpected(expected))?;
    input.at += 3;
    Ok(place)
}

fn literal(input: &mut Input<'_, '_>, byte: u8, expected: &'static str) -> Result<(), ValueError> {
    if input.eat(byte) { Ok(()) } else { Err(input.unexpected(expected)) }
}

fn number(
    input: &mut Input<'_, '_>,
    digits: usize,
    range: core::ops::RangeInclusive<u16>,
    expected: &'static str,
) -> Result<u16, ValueError> {
    let text = input.rest().get(..digits).filter(|text| text.iter().all(u8::is_ascii_digit));
    let value = text.map(|text| text.iter().fold(0, |n, b| n * 10 + u16::from(b - b'0')));
    match value.filter(|value| range.contains(value)) {
        Some(value) => {
            input.at += digits;
            Ok(value)
        }
        None => Err(input.unexpected(expected)),
    }
}

/// `Timestamp = 1*DIGIT [ "." *DIGIT ] [ LWS delay ]`: when a request was sent, and how long its
/// answer took, both in seconds as the client counts them.
///
/// ```
/// use sip_message::value::{HeaderValue, Timestamp};
/// let timestamp = Timestamp::decode(b"54.25 0.5").unwrap();
/// assert_eq!((timestamp.time(), timestamp.delay()), ("54.25", Some("0.5")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timestamp<'a> {
    time: &'a [u8],
    delay: Option<&'a [u8]>,
}

impl<'a> Timestamp<'a> {
    /// The time as it came: digits, and perhaps a point and more digits.
    #[must_use]
    pub fn time(&self) -> &'a str {
        crate::text::token_str(self.time)
    }

    /// The delay as it came.
    #[must_use]
    pub fn delay(&self) -> Option<&'a str> {
        self.delay.map(crate::text::token_str)
    }
}

impl<'a> HeaderValue<'a> for Timestamp<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        if !input.peek().is_some_and(|b| b.is_ascii_digit()) {
            return Err(input.unexpected("a time in seconds"));
        }
        let time = decimal(input);
        input.skip_lws();
        // delay = *(DIGIT) [ "." *(DIGIT) ]
        let delay =
            input.peek().filter(|b| b.is_ascii_digit() || *b == b'.').map(|_| decimal(input));
        Ok(Self { time, delay })
    }
}

/// `*DIGIT [ "." *DIGIT ]`.
fn decimal<'a>(input: &mut Input<'a, '_>) -> &'a [u8] {
    let start = input.at;
    while input.peek().is_some_and(|b| b.is_ascii_digit()) {
        input.at += 1;
    }
    if input.eat(b'.') {
        while input.peek().is_some_and(|b| b.is_ascii_digit()) {
            input.at += 1;
        }
    }
    &input.bytes[start..input.at]
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn days_count_from_1970() {
        let at = |text: &str| Date::decode(text.as_bytes()).map(|date| date.unix_seconds());
        assert_eq!(at("Thu, 01 Jan 1970 00:00:00 GMT"), Ok(0));
        assert_eq!(at("Tue, 29 Feb 2000 12:00:00 GMT"), Ok(951_825_600));
        assert_eq!(at("Thu, 21 Feb 2002 13:02:03 GMT"), Ok(1_014_296_523));
        assert_eq!(at("Wed, 31 Dec 1969 23:59:59 GMT"), Ok(-1));
        let text = "Tue, 29 Feb 2000 12:00:00 GMT";
        assert_eq!(Date::decode(text.as_bytes()).map(|date| date.to_string()), Ok(text.into()));
    }
}
