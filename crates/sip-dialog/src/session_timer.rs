//! Session timers (RFC 4028): how both sides notice that the other is gone.

use std::time::Duration;

use sip_message::{Method, Parts, Request, Response, header};

use crate::Sender;

/// Who refreshes the session: the `refresher` parameter of Session-Expires, which counts from the
/// transaction that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Refresher {
    /// Whoever has sent the request.
    Uac,
    /// Whoever has answered it.
    Uas,
}

impl Refresher {
    /// The parameter's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uac => "uac",
            Self::Uas => "uas",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Uac, Self::Uas].into_iter().find(|it| it.as_str().eq_ignore_ascii_case(text))
    }
}

/// The least that Min-SE may be, in seconds (RFC 4028 §5).
pub const LEAST_INTERVAL: u32 = 90;

/// What one side wants of session timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionTimerConfig {
    /// The interval that we ask for, in seconds. 1,800.
    pub interval: u32,
    /// The least that we take, in seconds; 90 is the least that there is. 90.
    pub min_se: u32,
    /// Who shall refresh, where it is for us to say. `None` leaves it to the other side.
    pub refresher: Option<Sender>,
}

impl Default for SessionTimerConfig {
    fn default() -> Self {
        Self { interval: 1_800, min_se: LEAST_INTERVAL, refresher: None }
    }
}

/// What a message says of session timers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionTimerHeaders {
    /// Session-Expires, in seconds.
    pub interval: Option<u32>,
    /// Its `refresher`.
    pub refresher: Option<Refresher>,
    /// Min-SE, in seconds.
    pub min_se: Option<u32>,
    /// Whether `timer` is in Supported or Require.
    pub supported: bool,
}

impl SessionTimerHeaders {
    /// Reads them. What cannot be read is as if it were not there.
    #[must_use]
    pub fn of(message: &Parts) -> Self {
        let headers = message.headers();
        let expires = headers.find(header::SessionExpires).ok().flatten();
        let min_se = headers.find(header::MinSE).ok().flatten();
        let refresher = expires.and_then(|it| it.params().get("refresher")?.value_str());
        let names = |tag: &str| tag.eq_ignore_ascii_case("timer");
        Self {
            interval: expires.and_then(|it| it.number()),
            refresher: refresher.and_then(Refresher::parse),
            min_se: min_se.and_then(|it| it.number()),
            supported: headers.each(header::Supported).flatten().any(|tag| names(&tag))
                || headers.each(header::Require).flatten().any(|tag| names(&tag)),
        }
    }
}

/// The session timer of an established call.
///
/// ```
/// use std::time::Duration;
/// use sip_dialog::{Sender, SessionTimer};
///
/// let timer = SessionTimer { interval: 1_800, refresher: Sender::Us };
/// assert_eq!(timer.refresh_after(), Some(Duration::from_secs(900)));
/// assert_eq!(timer.expires_after(), Duration::from_secs(1_768));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SessionTimer {
    /// The interval in seconds.
    pub interval: u32,
    /// Who refreshes.
    pub refresher: Sender,
}

impl SessionTimer {
    /// When we refresh, from the last refresh on: after half the interval (RFC 4028 §10); `None`
    /// when the peer does.
    #[must_use]
    pub fn refresh_after(&self) -> Option<Duration> {
        let half = Duration::from_secs(u64::from(self.interval)) / 2;
        (self.refresher == Sender::Us).then_some(half)
    }

    /// When we give the session up and send BYE, from the last refresh on: 32 seconds, or a third
    /// of the interval where that is less, before it expires (RFC 4028 §10).
    #[must_use]
    pub fn expires_after(&self) -> Duration {
        let interval = Duration::from_secs(u64::from(self.interval));
        interval.saturating_sub((interval / 3).min(Duration::from_secs(32)))
    }

    /// What the server's 2xx to a request says (RFC 4028 §9, table 2). `running` is the timer that
    /// the session has.
    #[must_use]
    pub fn answer(
        config: &SessionTimerConfig,
        request: SessionTimerHeaders,
        running: Option<Self>,
    ) -> (Self, SessionTimerAnswer) {
        let least = config.min_se.max(request.min_se.unwrap_or_default()).max(LEAST_INTERVAL);
        let interval = match request.interval {
            // It may be made less, but not less than Min-SE.
            Some(asked) => asked.min(config.interval.max(least)),
            None => config.interval.max(least),
        };
        let refresher = match (request.supported, request.refresher) {
            (false, _) => Refresher::Uas,
            (true, Some(refresher)) => refresher,
            (true, None) => match (config.refresher, running.map(|it| it.refresher)) {
                (Some(Sender::Us), _) | (None, Some(Sender::Us)) => Refresher::Uas,
                _ => Refresher::Uac,
            },
        };
        let us = match refresher {
            Refresher::Uas => Sender::Us,
            Refresher::Uac => Sender::Peer,
        };
        let timer = Self { interval, refresher: us };
        (timer, SessionTimerAnswer { timer, refresher, required: request.supported })
    }

    /// What the client learns from a 2xx (RFC 4028 §7.2): without a Session-Expires in it the
    /// session does not expire, unless we keep to what we asked for and refresh ourselves.
    #[must_use]
    pub fn learn(response: &Response, asked: Option<u32>) -> Option<Self> {
        let headers = SessionTimerHeaders::of(response);
        match headers.interval {
            Some(interval) => {
                let refresher = match headers.refresher {
                    Some(Refresher::Uas) => Sender::Peer,
                    Some(Refresher::Uac) | None => Sender::Us,
                };
                Some(Self { interval: interval.max(LEAST_INTERVAL), refresher })
            }
            // The server knows no session timers: we refresh, for the proxies' sake.
            None => asked.map(|interval| Self { interval, refresher: Sender::Us }),
        }
    }
}

/// What the server writes in its 2xx.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimerAnswer {
    timer: SessionTimer,
    refresher: Refresher,
    /// Whether the client knows session timers.
    required: bool,
}

impl SessionTimerAnswer {
    /// The value of Session-Expires.
    #[must_use]
    pub fn session_expires(&self) -> String {
        format!("{};refresher={}", self.timer.interval, self.refresher.as_str())
    }

    /// Whether `timer` goes into Require: when the client refreshes, it must know that it does.
    #[must_use]
    pub fn requires(&self) -> bool {
        self.required && self.refresher == Refresher::Uac
    }
}

/// Whether a request is to be refused with 422 and this Min-SE, because its Session-Expires is
/// less than what we take (RFC 4028 §6). Only INVITE and UPDATE are.
#[must_use]
pub fn is_too_small(config: &SessionTimerConfig, request: &Request) -> bool {
    let headers = SessionTimerHeaders::of(request);
    let method = request.method();
    (method == Method::INVITE || method == Method::UPDATE)
        && headers.supported
        && headers.interval.is_some_and(|asked| asked < config.min_se.max(LEAST_INTERVAL))
}
