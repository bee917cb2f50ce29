//! What an observer has to say.

use std::fmt;
use std::time::Duration;

use sdp::Direction;
use sip_message::{HeaderName, Severity};

use crate::Carrier;

/// Something that went wrong, or is worth a look, with the message that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(super) kind: FindingKind,
    pub(super) at: Duration,
    pub(super) message: u64,
}

/// What it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingKind {
    /// A header without which the message belongs nowhere is missing or cannot be read.
    Unreadable(HeaderName<'static>),
    /// A request has no response at all.
    Unanswered {
        /// Its method.
        method: Box<str>,
        /// How often it was sent again.
        retransmissions: u32,
        /// How long there was nothing.
        waited: Duration,
    },
    /// A final response to INVITE has no ACK.
    NoAck {
        /// The response's status code.
        status: u16,
        /// How often it was sent again.
        retransmissions: u32,
        /// How long there was nothing.
        waited: Duration,
    },
    /// The 2xx to INVITE goes on being sent after its ACK: the ACK does not get there.
    AckNotHeard,
    /// The CSeq of an ACK is that of no INVITE in its dialog.
    StrayAck {
        /// The number it has.
        cseq: u32,
    },
    /// A reliable provisional response has no PRACK.
    NoPrack {
        /// Its RSeq.
        rseq: u32,
    },
    /// A 2xx came for an INVITE that was cancelled: the two have crossed.
    CancelRaced,
    /// Both sides have begun to change the session at once.
    Glare,
    /// An offer has no answer where it must have one.
    OfferWithoutAnswer(Carrier),
    /// The answer to an offer has another number of `m=` lines.
    SectionsDiffer {
        /// Those of the offer.
        offered: usize,
        /// Those of the answer.
        answered: usize,
    },
    /// The answer takes nothing of the offer, or a stream with no codec that was offered.
    NoCommonCodec {
        /// The number of the `m=` line from 0 on; `None` where every stream is refused.
        section: Option<usize>,
    },
    /// The session was refused for what it would carry.
    MediaRefused {
        /// The response's status code.
        status: u16,
    },
    /// The answer's direction does not fit that of the offer: one side believes that the other is
    /// on hold, or hears nothing.
    DirectionsDiffer {
        /// What was offered.
        offered: Direction,
        /// What was answered.
        answered: Direction,
    },
    /// The call has ended while one side was on hold.
    EndedOnHold,
    /// A request within a dialog goes elsewhere than to the Contact of the other side.
    WrongTarget {
        /// Its method.
        method: Box<str>,
        /// Its Request-URI.
        uri: Box<str>,
        /// The Contact that there was.
        target: Box<str>,
    },
    /// A request within a dialog does not follow the route set of its sender.
    RouteSetNotFollowed {
        /// Its method.
        method: Box<str>,
        /// How many values of Route it has.
        routes: usize,
        /// How many proxies have recorded themselves.
        recorded: usize,
    },
    /// The session was not refreshed in time.
    SessionExpired {
        /// The interval in seconds.
        interval: u32,
    },
    /// A tag is another than it was.
    TagChanged(HeaderName<'static>),
    /// The CSeq of a request within a dialog is below that of the one before.
    OutOfOrder {
        /// The number before.
        last: u32,
        /// The number that has come.
        came: u32,
    },
    /// Two requests have the same branch.
    BranchReused,
    /// The other side does not know the dialog, or the transaction that is to be cancelled.
    Unknown {
        /// The method of the request that was answered with 481.
        method: Box<str>,
    },
    /// A request went in circles, or through too many hands: 482, 483.
    Loop {
        /// The response's status code.
        status: u16,
    },
}

impl Finding {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> &FindingKind {
        &self.kind
    }

    /// When it was noticed: with the message, or when time had run out.
    #[must_use]
    pub fn at(&self) -> Duration {
        self.at
    }

    /// Which message shows it, of those that the observer was given, from 0 on.
    #[must_use]
    pub fn message(&self) -> u64 {
        self.message
    }

    /// A name in kebab-case, such as `no-ack`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.kind.row().0
    }

    /// How bad it is. What is an error here has cost the call, or will.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.kind.row().1
    }

    /// The section that says how it should be.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        self.kind.row().2
    }
}

impl FindingKind {
    fn row(&self) -> (&'static str, Severity, &'static str) {
        use Severity::{Error, Info, Warning};
        match self {
            Self::Unreadable(_) => ("unreadable", Error, "RFC 3261 §8.1.1"),
            Self::Unanswered { .. } => ("unanswered", Error, "RFC 3261 §17.1"),
            Self::NoAck { .. } => ("no-ack", Error, "RFC 3261 §13.3.1.4, §17.2.1"),
            Self::AckNotHeard => ("ack-not-heard", Warning, "RFC 3261 §13.3.1.4"),
            Self::StrayAck { .. } => ("stray-ack", Warning, "RFC 3261 §13.2.2.4"),
            Self::NoPrack { .. } => ("no-prack", Error, "RFC 3262 §3"),
            Self::CancelRaced => ("cancel-raced", Info, "RFC 3261 §9.1, RFC 5407 §3.1.2"),
            Self::Glare => ("glare", Info, "RFC 3261 §14.1, RFC 3311 §5.2"),
            Self::OfferWithoutAnswer(_) => {
                ("offer-without-answer", Error, "RFC 3261 §13.2.1, RFC 6337 §2")
            }
            Self::SectionsDiffer { .. } => ("sections-differ", Error, "RFC 3264 §6"),
            Self::NoCommonCodec { .. } => ("no-common-codec", Error, "RFC 3264 §6.1"),
            Self::MediaRefused { .. } => ("media-refused", Error, "RFC 3261 §21.4.13, §21.4.26"),
            Self::DirectionsDiffer { .. } => ("directions-differ", Warning, "RFC 3264 §6.1, §8.4"),
            Self::EndedOnHold => ("ended-on-hold", Info, "RFC 3264 §8.4"),
            Self::WrongTarget { .. } => ("wrong-target", Warning, "RFC 3261 §12.2.1.1"),
            Self::RouteSetNotFollowed { .. } => {
                ("route-set-not-followed", Warning, "RFC 3261 §12.2.1.1")
            }
            Self::SessionExpired { .. } => ("session-expired", Warning, "RFC 4028 §10"),
            Self::TagChanged(_) => ("tag-changed", Error, "RFC 3261 §12.2.1.1, §8.2.6.2"),
            Self::OutOfOrder { .. } => ("out-of-order", Warning, "RFC 3261 §12.2.2"),
            Self::BranchReused => ("branch-reused", Warning, "RFC 3261 §8.1.1.7"),
            Self::Unknown { .. } => ("unknown-dialog", Warning, "RFC 3261 §12.2.2, RFC 5057 §5.1"),
            Self::Loop { .. } => ("loop", Error, "RFC 3261 §16.3"),
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(name) => write!(f, "{} is missing or bad", name.as_str()),
            Self::Unanswered { method, retransmissions, waited } => {
                write!(f, "{method} has no response")?;
                waiting(f, *retransmissions, *waited)
            }
            Self::NoAck { status, retransmissions, waited } => {
                write!(f, "no ACK for {status}")?;
                waiting(f, *retransmissions, *waited)
            }
            Self::AckNotHeard => f.write_str("sent again after its ACK: the ACK gets lost"),
            Self::StrayAck { cseq } => write!(f, "ACK with CSeq {cseq}, which no INVITE has"),
            Self::NoPrack { rseq } => write!(f, "no PRACK for the response with RSeq {rseq}"),
            Self::CancelRaced => f.write_str("CANCEL and a 2xx have crossed"),
            Self::Glare => f.write_str("both sides change the session at once"),
            Self::OfferWithoutAnswer(carrier) => write!(f, "{carrier} has no answer in it"),
            Self::SectionsDiffer { offered, answered } => {
                write!(f, "{offered} m= lines offered, {answered} answered")
            }
            Self::NoCommonCodec { section: Some(section) } => {
                write!(f, "m= line {section}: no codec of the offer is in the answer")
            }
            Self::NoCommonCodec { section: None } => f.write_str("every stream is refused"),
            Self::MediaRefused { status } => write!(f, "refused for its media with {status}"),
            Self::DirectionsDiffer { offered, answered } => {
                write!(f, "{offered} was offered and {answered} answered")
            }
            Self::EndedOnHold => f.write_str("ended on hold"),
            Self::WrongTarget { method, uri, target } => {
                write!(f, "{method} goes to {uri}, where Contact was {target}")
            }
            Self::RouteSetNotFollowed { method, routes, recorded } => {
                write!(f, "{method} has {routes} of Route for a route set of {recorded}")
            }
            Self::SessionExpired { interval } => write!(f, "no refresh within {interval} s"),
            Self::TagChanged(name) => write!(f, "the tag in {} is another", name.as_str()),
            Self::OutOfOrder { last, came } => write!(f, "CSeq {came} comes after {last}"),
            Self::BranchReused => f.write_str("another request has this branch"),
            Self::Unknown { method } => {
                write!(f, "the other side does not know what {method} is for")
            }
            Self::Loop { status: 482 } => f.write_str("the request went in a circle"),
            Self::Loop { .. } => f.write_str("the request went over too many hops"),
        }
    }
}

fn waiting(f: &mut fmt::Formatter<'_>, times: u32, waited: Duration) -> fmt::Result {
    write!(f, " in {:.1} s", waited.as_secs_f64())?;
    match times {
        0 => Ok(()),
        1 => f.write_str(", sent again once"),
        times => write!(f, ", sent again {times} times"),
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.kind, self.rfc())
    }
}
