//! `t=`, `r=` and `z=` (RFC 8866 §5.9 to §5.11).

use core::fmt;

use crate::input::is_blank;
use crate::value::{Input, ValueError};
use crate::{Line, LineError, Rule, SessionDescription};

/// `t=<start-time> <stop-time>` and the `r=` lines behind it (RFC 8866 §5.9).
///
/// Times are seconds since 1900 (NTP); 0 stands for no bound.
#[derive(Clone, Copy, Debug)]
pub struct Time<'a> {
    start: u64,
    stop: u64,
    /// The line, for the `r=` lines behind it.
    line: Option<Line<'a>>,
}

impl<'a> Time<'a> {
    /// When the session starts, in seconds since 1900; 0 when it is permanent.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.start
    }

    /// When the session stops, in seconds since 1900; 0 when it is not bounded.
    #[must_use]
    pub fn stop(&self) -> u64 {
        self.stop
    }

    /// The start in seconds since 1970; `None` when there is none or it is before 1970.
    #[must_use]
    pub fn start_unix(&self) -> Option<u64> {
        self.start.checked_sub(Self::UNIX_EPOCH)
    }

    /// The stop in seconds since 1970; `None` when there is none or it is before 1970.
    #[must_use]
    pub fn stop_unix(&self) -> Option<u64> {
        self.stop.checked_sub(Self::UNIX_EPOCH)
    }

    /// The start of 1970 in seconds since 1900 (RFC 8866 §5.9).
    pub const UNIX_EPOCH: u64 = 2_208_988_800;

    /// `r=`: the times that the session is repeated (RFC 8866 §5.10).
    pub fn repeats(&self) -> impl Iterator<Item = Result<Repeat<'a>, LineError>> + use<'a> {
        let behind = self.line.map(|time| time.description().time_lines(time.place() + 1));
        behind
            .into_iter()
            .flatten()
            .take_while(|line| line.letter() == Some(b'r'))
            .map(|line| line.field())
    }

    pub(super) fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = Self::time(input, "a start time")?;
        input.space()?;
        let stop = Self::time(input, "a stop time")?;
        Ok(Self { start, stop, line: None })
    }

    /// `time / "0"`: at least ten digits, the first of them not 0.
    fn time(input: &mut Input<'a, '_>, expected: &'static str) -> Result<u64, ValueError> {
        let start = input.offset();
        let time = input.number(u64::MAX, expected)?;
        let digits = input.since(start);
        if digits != b"0" && (digits.len() < 10 || digits.starts_with(b"0")) {
            input.deviate(Rule::LooseValue, start, input.offset(), expected)?;
        }
        Ok(time)
    }
}

impl PartialEq for Time<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.start, self.stop) == (other.start, other.stop)
    }
}

impl fmt::Display for Time<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.start, self.stop)
    }
}

/// The iterator of [`SessionDescription::times`].
#[derive(Clone, Debug)]
pub struct Times<'a> {
    description: &'a SessionDescription,
    next: usize,
}

impl<'a> Times<'a> {
    pub(crate) fn new(description: &'a SessionDescription) -> Self {
        Self { description, next: 0 }
    }
}

impl<'a> Iterator for Times<'a> {
    type Item = Result<Time<'a>, LineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut lines = self.description.time_lines(self.next);
        let line = lines.find(|line| line.letter() == Some(b't'))?;
        self.next = line.place() + 1;
        Some(line.field().map(|time: Time<'a>| Time { line: Some(line), ..time }))
    }
}

/// `r=<repeat interval> <active duration> <offsets from start-time>` (RFC 8866 §5.10), in seconds.
///
/// ```
/// use sdp::SessionDescription;
/// let description = SessionDescription::parse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n\
///     t=3724394400 3724398000\r\nr=7d 1h 0 25h\r\n")?;
/// let time = description.times().next().unwrap().unwrap();
/// let repeat = time.repeats().next().unwrap().unwrap();
/// assert_eq!((repeat.interval(), repeat.duration()), (604800, 3600));
/// assert_eq!(repeat.offsets().collect::<Vec<_>>(), [0, 90000]);
/// # Ok::<(), sdp::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat<'a> {
    interval: u64,
    duration: u64,
    offsets: &'a [u8],
}

impl<'a> Repeat<'a> {
    /// After how many seconds the session takes place again.
    #[must_use]
    pub fn interval(&self) -> u64 {
        self.interval
    }

    /// How many seconds it lasts.
    #[must_use]
    pub fn duration(&self) -> u64 {
        self.duration
    }

    /// How many seconds after the start time it takes place.
    #[must_use]
    pub fn offsets(&self) -> TypedTimes<'a> {
        TypedTimes { rest: self.offsets }
    }

    pub(super) fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let interval = typed_time(input, "a repeat interval")?;
        input.space()?;
        let duration = typed_time(input, "an active duration")?;
        input.space()?;
        let start = input.offset();
        typed_time(input, "an offset")?;
        let mut end = input.offset();
        while input.more()? {
            typed_time(input, "an offset")?;
            end = input.offset();
        }
        Ok(Self { interval, duration, offsets: &input.since(start)[..end - start] })
    }
}

impl fmt::Display for Repeat<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.interval, self.duration)?;
        self.offsets().try_for_each(|offset| write!(f, " {offset}"))
    }
}

/// The offsets of a [`Repeat`], in seconds.
#[derive(Clone, Debug)]
pub struct TypedTimes<'a> {
    rest: &'a [u8],
}

impl Iterator for TypedTimes<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let mut input = Input::new(self.rest, crate::Tolerances::lenient());
        input.take_while(is_blank);
        let time = typed_time(&mut input, "a time").ok()?;
        self.rest = input.rest();
        Some(time)
    }
}

/// `typed-time` (RFC 8866 §9) in seconds.
fn typed_time(input: &mut Input<'_, '_>, expected: &'static str) -> Result<u64, ValueError> {
    let number = input.number(u64::MAX, expected)?;
    let unit = match input.peek() {
        Some(b'd') => 86_400,
        Some(b'h') => 3600,
        Some(b'm') => 60,
        Some(b's') => 1,
        _ => return Ok(number),
    };
    input.take_bytes(1);
    Ok(number.saturating_mul(unit))
}

/// `z=<adjustment time> <offset> …` (RFC 8866 §5.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneAdjustments<'a> {
    text: &'a [u8],
}

/// One shift of a [`ZoneAdjustments`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneAdjustment {
    /// When the base time shifts, in seconds since 1900.
    pub time: u64,
    /// By how many seconds, counted from the start time of the session.
    pub offset: i64,
}

impl ZoneAdjustments<'_> {
    /// The shifts in order.
    pub fn iter(&self) -> impl Iterator<Item = ZoneAdjustment> + Clone {
        let mut rest = self.text;
        core::iter::from_fn(move || {
            let mut input = Input::new(rest, crate::Tolerances::lenient());
            input.take_while(is_blank);
            let adjustment = Self::adjustment(&mut input).ok()?;
            rest = input.rest();
            Some(adjustment)
        })
    }

    fn adjustment(input: &mut Input<'_, '_>) -> Result<ZoneAdjustment, ValueError> {
        let time = input.number(u64::MAX, "an adjustment time")?;
        input.space()?;
        let negative = input.eat(b'-');
        let seconds = i64::try_from(typed_time(input, "an offset")?).unwrap_or(i64::MAX);
        Ok(ZoneAdjustment { time, offset: if negative { -seconds } else { seconds } })
    }
}

impl<'a> ZoneAdjustments<'a> {
    pub(super) fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        Self::adjustment(input)?;
        let mut end = input.offset();
        while input.more()? {
            Self::adjustment(input)?;
            end = input.offset();
        }
        Ok(Self { text: &input.since(start)[..end - start] })
    }
}

impl fmt::Display for ZoneAdjustments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, ZoneAdjustment { time, offset }) in self.iter().enumerate() {
            write!(f, "{}{time} {offset}", if place == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}
