//! Which calls are shown.

use sip_capture::Timestamp;
use sip_message::Message;

use super::call::Call;

/// From when on calls are shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Since {
    /// A moment.
    At(Timestamp),
    /// So many seconds after the first packet.
    After(f64),
    /// A time of the day of the first packet, in seconds from midnight.
    TimeOfDay(u64),
}

impl Since {
    /// `+SECONDS`, `HH:MM[:SS]`, or `YYYY-MM-DDTHH:MM:SS[.fraction]Z`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text}: expected +SECONDS, HH:MM[:SS] or YYYY-MM-DDTHH:MM:SSZ");
        if let Some(seconds) = text.strip_prefix('+') {
            let seconds: f64 = seconds.parse().map_err(|_| wrong())?;
            return if seconds.is_finite() { Ok(Self::After(seconds)) } else { Err(wrong()) };
        }
        if let Some((date, time)) = text.split_once(['T', ' ']) {
            let time = time.strip_suffix('Z').unwrap_or(time);
            let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
            let days = days(date).ok_or_else(wrong)?;
            let seconds = days * 86_400 + time_of_day(whole).ok_or_else(wrong)?;
            let digits: String = format!("{fraction:0<9}").chars().take(9).collect();
            let nanos: u64 = digits.parse().map_err(|_| wrong())?;
            return Ok(Self::At(Timestamp::from_nanos(seconds * 1_000_000_000 + nanos)));
        }
        time_of_day(text).map(Self::TimeOfDay).ok_or_else(wrong)
    }

    /// The moment, in a capture that starts at this one.
    pub(crate) fn moment(&self, first: Timestamp) -> Timestamp {
        const DAY: u64 = 86_400 * 1_000_000_000;
        match self {
            Self::At(at) => *at,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "saturates"
            )]
            Self::After(seconds) => {
                Timestamp::from_nanos(first.as_nanos().saturating_add((seconds * 1e9) as u64))
            }
            Self::TimeOfDay(seconds) => {
                let midnight = first.as_nanos() / DAY * DAY;
                Timestamp::from_nanos(midnight.saturating_add(seconds * 1_000_000_000))
            }
        }
    }
}

/// Days since the epoch.
fn days(date: &str) -> Option<u64> {
    let mut parts = date.split('-').map(|it| it.parse::<u64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = (1970..2500).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !fits || parts.next().is_some() {
        return None;
    }
    // Counted from March, so that the leap day is the last of a year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day = (153 * month + 2) / 5 + day - 1;
    (365 * year + year / 4 - year / 100 + year / 400 + day).checked_sub(719_468)
}

/// Seconds since midnight.
fn time_of_day(text: &str) -> Option<u64> {
    let mut parts = text.split(':').map(|it| it.parse::<u64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let fits = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    fits.then_some(hour * 3_600 + minute * 60 + second)
}

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) call: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) since: Option<Since>,
    pub(crate) only_problems: bool,
}

impl Filter {
    /// Whether a message selects its call, as far as messages do.
    pub(crate) fn selects(&self, message: &Message) -> bool {
        let headers = message.headers();
        let has = |name: &str, wanted: &Option<String>| {
            let Some(wanted) = wanted else { return true };
            let value = headers.raw(name).map(String::from_utf8_lossy).unwrap_or_default();
            value.to_lowercase().contains(&wanted.to_lowercase())
        };
        let method = self.method.as_ref().is_none_or(|wanted| {
            let cseq = headers.find(sip_message::header::CSeq).ok().flatten();
            cseq.is_some_and(|it| it.method().as_str().eq_ignore_ascii_case(wanted))
        });
        method && has("Call-ID", &self.call) && has("From", &self.from) && has("To", &self.to)
    }

    /// Whether a call that is done is shown.
    pub(crate) fn shows(&self, call: &Call, first: Timestamp) -> bool {
        // What cannot be read has no headers to be selected by.
        let by_header = self.call.is_some()
            || self.from.is_some()
            || self.to.is_some()
            || self.method.is_some();
        let selected = call.is_selected || (!by_header && call.account().is_none());
        let since = self.since.as_ref().is_none_or(|it| call.started() >= it.moment(first));
        selected && since && (!self.only_problems || call.has_problems())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_captures_show_them() {
        for nanos in
            [0, 951_782_400_000_000_000, 1_767_225_599_000_001_000, 1_709_164_800_000_000_000]
        {
            let time = Timestamp::from_nanos(nanos);
            assert_eq!(Since::parse(&time.to_string()), Ok(Since::At(time)), "{time}");
        }
        assert_eq!(Since::parse("12:30"), Ok(Since::TimeOfDay(45_000)));
        assert_eq!(Since::parse("12:30:01"), Ok(Since::TimeOfDay(45_001)));
        assert_eq!(Since::parse("+1.5"), Ok(Since::After(1.5)));
        for wrong in [
            "",
            "12",
            "24:00",
            "12:60",
            "+x",
            "+inf",
            "2026-13-01T00:00:00Z",
            "2026-01-01T00:00:00.xZ",
        ] {
            assert!(Since::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_of_day_is_one_of_the_first_packet_s() {
        let first = Timestamp::from_nanos(1_767_225_599_000_000_000);
        let moment = Since::parse("01:00").unwrap().moment(first);
        assert_eq!(moment.to_string(), "2025-12-31T01:00:00.000000Z");
        let moment = Since::parse("+2").unwrap().moment(first);
        assert_eq!(moment.to_string(), "2026-01-01T00:00:01.000000Z");
    }
}
