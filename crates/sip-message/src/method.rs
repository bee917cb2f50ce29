//! Methods (RFC 3261 §7.1): the registered ones as constants, any other token as it came.

use core::fmt;

use crate::class;
use crate::text::token_str;

macro_rules! methods {
    ($($(#[doc = $doc:literal])+ $konst:ident = $name:literal;)+) => {
        impl Method<'static> {
            $($(#[doc = $doc])+ pub const $konst: Self = Self($name.as_bytes());)+

            /// The methods in the IANA registry.
            pub const REGISTERED: &'static [Self] = &[$(Self::$konst),+];
        }
    };
}

/// A request method: case matters (RFC 3261 §7.1), and any token is one.
///
/// ```
/// use sip_message::Method;
/// assert_eq!(Method::new("INVITE"), Some(Method::INVITE));
/// assert_ne!(Method::new("invite"), Some(Method::INVITE));
/// assert_eq!(Method::new("two words"), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Method<'a>(&'a [u8]);

methods! {
    /// Starts a session (RFC 3261 §13).
    INVITE = "INVITE";
    /// Confirms a final response to INVITE (RFC 3261 §13, §17).
    ACK = "ACK";
    /// Ends a session (RFC 3261 §15).
    BYE = "BYE";
    /// Takes a pending request back (RFC 3261 §9).
    CANCEL = "CANCEL";
    /// Binds an address of record to contacts (RFC 3261 §10).
    REGISTER = "REGISTER";
    /// Asks what a party can do (RFC 3261 §11).
    OPTIONS = "OPTIONS";
    /// Confirms a reliable provisional response (RFC 3262).
    PRACK = "PRACK";
    /// Asks for notifications (RFC 6665).
    SUBSCRIBE = "SUBSCRIBE";
    /// Notifies a subscriber (RFC 6665).
    NOTIFY = "NOTIFY";
    /// Publishes event state (RFC 3903).
    PUBLISH = "PUBLISH";
    /// Carries information inside a session (RFC 6086).
    INFO = "INFO";
    /// Asks the recipient to contact a third party (RFC 3515).
    REFER = "REFER";
    /// An instant message (RFC 3428).
    MESSAGE = "MESSAGE";
    /// Changes a session before it is confirmed, and after (RFC 3311).
    UPDATE = "UPDATE";
}

impl<'a> Method<'a> {
    /// A method from its name; `None` when it is no token.
    #[must_use]
    pub fn new(name: &'a str) -> Option<Self> {
        class::all(name.as_bytes(), class::TOKEN).then_some(Self(name.as_bytes()))
    }

    /// A method whose bytes were checked to be a token.
    #[inline]
    pub(crate) fn from_token(token: &'a [u8]) -> Self {
        Self(token)
    }

    /// The name as it stands in a message.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        token_str(self.0)
    }

    /// Whether it is one of [`Method::REGISTERED`].
    #[must_use]
    pub fn is_registered(self) -> bool {
        Method::REGISTERED.contains(&self)
    }
}

impl fmt::Display for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Method({self})")
    }
}

impl PartialEq<str> for Method<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Method<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}
