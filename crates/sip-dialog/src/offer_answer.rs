//! Which message carries an offer, and which its answer (RFC 3264, RFC 3261 §13.2.1, RFC 3262 §5,
//! RFC 3311 §5, RFC 6337).
//!
//! | pattern (RFC 6337, table 1) | offer | answer |
//! |---|---|---|
//! | 1 | INVITE | 2xx to it |
//! | 2 | 2xx to INVITE | ACK |
//! | 3 | INVITE | reliable 1xx to it |
//! | 4 | reliable 1xx to INVITE | PRACK |
//! | 5 | PRACK | 200 to it |
//! | 6 | UPDATE | 2xx to it |
//!
//! What a description says does not matter here, only whether there is one.

use std::fmt;

/// The messages that can carry an offer or an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Carrier {
    /// An INVITE, the first or one within the dialog.
    Invite,
    /// A provisional response to INVITE that is sent reliably (RFC 3262).
    Reliable,
    /// A 2xx to INVITE.
    Success,
    /// The ACK for a 2xx.
    Ack,
    /// A PRACK.
    Prack,
    /// The 200 to a PRACK.
    PrackResponse,
    /// An UPDATE.
    Update,
    /// The 200 to an UPDATE.
    UpdateResponse,
}

/// Who sends a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Sender {
    /// We do.
    Us,
    /// The other side does.
    Peer,
}

impl Sender {
    fn other(self) -> Self {
        match self {
            Self::Us => Self::Peer,
            Self::Peer => Self::Us,
        }
    }
}

/// What the description in a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// There is none, and none is needed.
    Nothing,
    /// An offer.
    Offer,
    /// The answer to the open offer.
    Answer,
    /// One more copy of what was agreed on, to be ignored (RFC 6337 §2.2).
    Repeated,
}

/// Why a message cannot carry what it carries. `{:#}` prints it without the section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OfferAnswerError {
    /// We have made an offer that has no answer yet: glare. A request is answered with 491.
    OfferSent,
    /// The peer has made an offer that has no answer yet. A request is answered with 500 and a
    /// Retry-After.
    OfferReceived,
    /// The message must have a description, and has none: the answer to an open offer, or the offer
    /// where the INVITE had none.
    Missing(Carrier),
    /// The message can carry no offer.
    NoOffer(Carrier),
}

impl OfferAnswerError {
    /// The section that says so.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        match self {
            Self::OfferSent | Self::OfferReceived => "RFC 3261 §14.2, RFC 3311 §5.2",
            Self::Missing(_) | Self::NoOffer(_) => "RFC 3261 §13.2.1, RFC 6337 §2",
        }
    }
}

impl fmt::Display for OfferAnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfferSent => f.write_str("our offer is not answered")?,
            Self::OfferReceived => f.write_str("the peer's offer is not answered")?,
            Self::Missing(carrier) => write!(f, "no description in {carrier}")?,
            Self::NoOffer(carrier) => write!(f, "no offer can be in {carrier}")?,
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " ({})", self.rfc())
    }
}

impl std::error::Error for OfferAnswerError {}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invite => "INVITE",
            Self::Reliable => "a reliable provisional response",
            Self::Success => "the 2xx to INVITE",
            Self::Ack => "ACK",
            Self::Prack => "PRACK",
            Self::PrackResponse => "the 200 to PRACK",
            Self::Update => "UPDATE",
            Self::UpdateResponse => "the 200 to UPDATE",
        })
    }
}

/// An offer without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Open {
    by: Sender,
    carrier: Carrier,
}

/// How far offers and answers are in one dialog.
///
/// ```
/// use sip_dialog::{Carrier, Meaning, OfferAnswerError, OfferAnswerState, Sender};
///
/// let mut state = OfferAnswerState::default();
/// assert_eq!(state.take(Sender::Us, Carrier::Invite, true), Ok(Meaning::Offer));
/// // Glare.
/// assert_eq!(state.take(Sender::Peer, Carrier::Update, true), Err(OfferAnswerError::OfferSent));
/// assert_eq!(state.take(Sender::Peer, Carrier::Reliable, true), Ok(Meaning::Answer));
/// // Many peers write the answer once more.
/// assert_eq!(state.take(Sender::Peer, Carrier::Success, true), Ok(Meaning::Repeated));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct OfferAnswerState {
    open: Option<Open>,
    /// Who has sent an INVITE without an offer, so that the other side owes one.
    asked: Option<Sender>,
    /// Whether an exchange was completed within the INVITE that is going on.
    done: bool,
}

impl OfferAnswerState {
    /// Whether an offer has no answer.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Who has made the offer that has no answer.
    #[must_use]
    pub fn offerer(&self) -> Option<Sender> {
        self.open.map(|open| open.by)
    }

    /// Which message has brought the offer that has no answer.
    #[must_use]
    pub fn carrier(&self) -> Option<Carrier> {
        self.open.map(|open| open.carrier)
    }

    /// Whether we must answer the offer that has come in this message.
    #[must_use]
    pub fn owes_answer(&self, carrier: Carrier) -> bool {
        self.open == Some(Open { by: Sender::Peer, carrier })
    }

    /// Whether a message of the INVITE that is going on must bring the offer, and we send it.
    #[must_use]
    pub fn owes_offer(&self) -> bool {
        self.asked == Some(Sender::Peer) && !self.done && self.open.is_none()
    }

    /// Whether an offer can be made in a new request: an INVITE, a PRACK or an UPDATE. While an
    /// INVITE without an offer waits for its own, there can be no other.
    #[must_use]
    pub fn may_offer(&self, carrier: Carrier) -> bool {
        let within = carrier != Carrier::Invite && self.done;
        self.open.is_none() && (self.asked.is_none() || within)
    }

    /// Whether an offer was answered since the INVITE that is going on has begun.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Takes a message that is sent or has come, and says what its description is.
    ///
    /// # Errors
    /// When there may be no such description here, or there must be one. Nothing has changed then.
    pub fn take(
        &mut self,
        by: Sender,
        carrier: Carrier,
        described: bool,
    ) -> Result<Meaning, OfferAnswerError> {
        match carrier {
            Carrier::Invite => {
                self.check_free()?;
                self.done = false;
                if !described {
                    self.asked = Some(by);
                    return Ok(Meaning::Nothing);
                }
                Ok(self.offer(by, carrier))
            }
            Carrier::Reliable | Carrier::Success => {
                let must = carrier == Carrier::Success;
                let answers = self.open == Some(Open { by: by.other(), carrier: Carrier::Invite });
                let offers = self.asked == Some(by.other()) && !self.done && self.open.is_none();
                match (described, answers, offers) {
                    (true, true, _) => Ok(self.answer()),
                    (true, _, true) => Ok(self.offer(by, carrier)),
                    // RFC 3261 §13.2.1: the description of a later response is ignored.
                    (true, false, false) => Ok(Meaning::Repeated),
                    (false, true, _) | (false, _, true) if must => {
                        Err(OfferAnswerError::Missing(carrier))
                    }
                    (false, ..) => Ok(Meaning::Nothing),
                }
                .inspect(|meaning| {
                    if must && *meaning != Meaning::Offer {
                        self.asked = None;
                    }
                })
            }
            Carrier::Ack => self.take_answer(by, carrier, Carrier::Success, described),
            Carrier::Prack => {
                let reliable = Open { by: by.other(), carrier: Carrier::Reliable };
                if self.open == Some(reliable) {
                    self.take_answer(by, carrier, Carrier::Reliable, described)
                } else {
                    self.take_offer(by, carrier, described)
                }
            }
            Carrier::Update => self.take_offer(by, carrier, described),
            Carrier::PrackResponse => self.take_answer(by, carrier, Carrier::Prack, described),
            Carrier::UpdateResponse => self.take_answer(by, carrier, Carrier::Update, described),
        }
    }

    fn check_free(&self) -> Result<(), OfferAnswerError> {
        match self.offerer() {
            None => Ok(()),
            Some(Sender::Us) => Err(OfferAnswerError::OfferSent),
            Some(Sender::Peer) => Err(OfferAnswerError::OfferReceived),
        }
    }

    fn take_offer(
        &mut self,
        by: Sender,
        carrier: Carrier,
        described: bool,
    ) -> Result<Meaning, OfferAnswerError> {
        if !described {
            return Ok(Meaning::Nothing);
        }
        self.check_free()?;
        if self.asked.is_some() && !self.done {
            // RFC 6337 §4.3: the offer is to come in a response to the INVITE.
            return Err(OfferAnswerError::NoOffer(carrier));
        }
        Ok(self.offer(by, carrier))
    }

    fn take_answer(
        &mut self,
        by: Sender,
        carrier: Carrier,
        offered_in: Carrier,
        described: bool,
    ) -> Result<Meaning, OfferAnswerError> {
        let answers = self.open == Some(Open { by: by.other(), carrier: offered_in });
        if offered_in == Carrier::Success && (answers || self.open.is_none()) {
            // The INVITE is over with its ACK.
            self.asked = None;
        }
        match (answers, described) {
            (true, true) => Ok(self.answer()),
            (true, false) => Err(OfferAnswerError::Missing(carrier)),
            (false, true) => Ok(Meaning::Repeated),
            (false, false) => Ok(Meaning::Nothing),
        }
    }

    fn offer(&mut self, by: Sender, carrier: Carrier) -> Meaning {
        self.open = Some(Open { by, carrier });
        Meaning::Offer
    }

    fn answer(&mut self) -> Meaning {
        self.open = None;
        self.done = true;
        Meaning::Answer
    }

    /// The message with the offer was refused, or will never be answered: it is as if the offer had
    /// not been made. Whether there was one in that message.
    pub fn fail(&mut self, carrier: Carrier) -> bool {
        if carrier == Carrier::Invite {
            self.asked = None;
        }
        let failed = self.open.is_some_and(|open| open.carrier == carrier);
        if failed {
            self.open = None;
        }
        failed
    }

    /// An INVITE within the dialog has failed: what it had left open is as if it had not been.
    pub fn fail_invite(&mut self) -> bool {
        self.asked = None;
        let carriers = [Carrier::Invite, Carrier::Reliable, Carrier::Success];
        let failed = self.open.is_some_and(|open| carriers.contains(&open.carrier));
        if failed {
            self.open = None;
        }
        failed
    }
}
