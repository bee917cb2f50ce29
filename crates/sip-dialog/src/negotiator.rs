//! What makes the offers and answers of a call.

use std::any::Any;
use std::fmt;

use bytes::Bytes;

/// A description of a session: the body of a message, and its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Content-Type, such as `application/sdp`.
    pub content_type: Box<str>,
    /// What it says.
    pub bytes: Bytes,
}

impl Body {
    /// A body.
    #[must_use]
    pub fn new(content_type: &str, bytes: impl Into<Bytes>) -> Self {
        Self { content_type: content_type.into(), bytes: bytes.into() }
    }

    /// A body of the type `application/sdp`.
    #[must_use]
    pub fn sdp(bytes: impl Into<Bytes>) -> Self {
        Self::new("application/sdp", bytes)
    }
}

/// Why a description is refused: SIP answers the offer with 488 and this as the text of a Warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unacceptable(pub String);

impl fmt::Display for Unacceptable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unacceptable {}

/// What makes the offers and answers of one call, if the program does not want to: the user agent
/// asks it when a message needs a description, and tells it what has come (RFC 3264).
///
/// With the feature `sdp`, `sdp::offer_answer::OfferAnswer` is one.
pub trait Negotiator: Any + fmt::Debug + Send {
    /// A negotiator in the same state, for one more early dialog of a forked INVITE.
    fn fork(&self) -> Box<dyn Negotiator>;

    /// Makes an offer.
    ///
    /// # Errors
    /// When none can be made.
    fn offer(&mut self) -> Result<Body, Unacceptable>;

    /// Takes an offer that has come and makes its answer.
    ///
    /// # Errors
    /// When it is refused. It is as if it had not come then.
    fn answer(&mut self, offer: &Body) -> Result<Body, Unacceptable>;

    /// Takes the answer to the last offer.
    ///
    /// # Errors
    /// When it is no answer to it.
    fn take_answer(&mut self, answer: &Body) -> Result<(), Unacceptable>;

    /// The last offer was refused: it is as if it had not been made.
    fn cancel_offer(&mut self);

    /// Puts the other side on hold, or takes it from hold, with the next offer (RFC 3264 §8.4).
    fn hold(&mut self, held: bool);
}

#[cfg(feature = "sdp")]
mod of_sdp {
    use sdp::SessionDescription;
    use sdp::codec::CodecPolicy;
    use sdp::offer_answer::{NegotiationError, OfferAnswer, State};

    use super::{Body, Negotiator, Unacceptable};

    impl From<NegotiationError> for Unacceptable {
        fn from(error: NegotiationError) -> Self {
            Self(error.to_string())
        }
    }

    fn described(body: &Body) -> Result<SessionDescription, Unacceptable> {
        SessionDescription::parse(body.bytes.clone())
            .map_err(|error| Unacceptable(error.to_string()))
    }

    fn body(description: &SessionDescription) -> Body {
        Body::sdp(description.to_bytes())
    }

    impl<P> Negotiator for OfferAnswer<P>
    where
        P: CodecPolicy + Clone + std::fmt::Debug + Send + 'static,
    {
        fn fork(&self) -> Box<dyn Negotiator> {
            Box::new(self.clone())
        }

        fn offer(&mut self) -> Result<Body, Unacceptable> {
            Ok(body(&self.create_offer()?))
        }

        fn answer(&mut self, offer: &Body) -> Result<Body, Unacceptable> {
            self.receive_offer(described(offer)?)?;
            if self.is_unacceptable() {
                self.reject_offer()?;
                return Err(Unacceptable("nothing of the offer can be taken".into()));
            }
            match self.create_answer() {
                Ok(answer) => Ok(body(&answer)),
                Err(error) => {
                    self.reject_offer()?;
                    Err(error.into())
                }
            }
        }

        fn take_answer(&mut self, answer: &Body) -> Result<(), Unacceptable> {
            Ok(self.receive_answer(described(answer)?)?)
        }

        fn cancel_offer(&mut self) {
            if self.state() == State::OfferSent {
                let cancelled = self.offer_rejected();
                debug_assert!(cancelled.is_ok(), "an offer that was sent can be cancelled");
            }
        }

        fn hold(&mut self, held: bool) {
            for section in 0..self.streams().len() {
                let changed = match held {
                    true => Self::hold(self, section),
                    false => self.resume(section),
                };
                debug_assert!(changed.is_ok(), "a stream that there is has a section");
            }
        }
    }
}
