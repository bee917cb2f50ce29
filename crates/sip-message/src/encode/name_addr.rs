//! Addresses to be written (RFC 3261 §25.1): From, To, Contact, Route and their kin.

use sip_uri::UriRef;

use super::params::{NewParams, NewValue};
use super::{Encode, EncodeError, EncodeErrorKind, Sort, ValueWriter, check_uri};
use crate::class;

/// Builds an address: a display name, a URI in angle brackets, and parameters of the header.
///
/// It borrows its parts and allocates nothing for the usual ones. Each part is checked when it is
/// given. A parameter that is set again is replaced in its place.
///
/// ```
/// use sip_message::encode::{Encode, NameAddrBuilder};
/// let from = NameAddrBuilder::new("sip:alice@atlanta.example;transport=tcp")?
///     .display_name("Alice \"A\" Liddell")?
///     .tag("1928301774")?;
/// assert_eq!(
///     from.to_value()?,
///     br#""Alice \"A\" Liddell" <sip:alice@atlanta.example;transport=tcp>;tag=1928301774"#,
/// );
/// let contact = NameAddrBuilder::new("sip:alice@192.0.2.1")?.display_name("Alice")?.param("q", "0.7")?;
/// assert_eq!(contact.to_value()?, b"Alice <sip:alice@192.0.2.1>;q=0.7");
/// # Ok::<(), sip_message::encode::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct NameAddrBuilder<'a> {
    display: Option<&'a str>,
    uri: UriRef<'a>,
    params: NewParams<'a>,
}

impl<'a> NameAddrBuilder<'a> {
    /// An address of this URI: a `&Uri`, a `UriRef` or text.
    ///
    /// # Errors
    /// When it is no URI, or cannot stand in angle brackets.
    pub fn new(
        uri: impl TryInto<UriRef<'a>, Error: Into<EncodeError>>,
    ) -> Result<Self, EncodeError> {
        let uri = uri.try_into().map_err(Into::into)?;
        check_uri(uri.as_bytes())?;
        Ok(Self { display: None, uri, params: NewParams::default() })
    }

    /// The display name as a person reads it: it is quoted where it has to be, and an empty one is
    /// `""`.
    ///
    /// # Errors
    /// When there is a CR, LF or NUL in it.
    pub fn display_name(mut self, name: &'a str) -> Result<Self, EncodeError> {
        if let Some(at) = memchr::memchr3(b'\r', b'\n', 0, name.as_bytes()) {
            let kind = EncodeErrorKind::of_byte(name.as_bytes()[at]);
            return Err(EncodeError::new(kind, at));
        }
        self.display = Some(name);
        Ok(self)
    }

    /// The `tag` parameter (RFC 3261 §19.3).
    ///
    /// # Errors
    /// When it is no token.
    pub fn tag(mut self, tag: &'a str) -> Result<Self, EncodeError> {
        self.params.token("tag", tag)?;
        Ok(self)
    }

    /// Another parameter of the header. What is neither a token nor a host is quoted.
    ///
    /// # Errors
    /// When the name is no token, or there is a CR, LF or NUL in the value.
    pub fn param(mut self, name: &'a str, value: &'a str) -> Result<Self, EncodeError> {
        self.params.text(name, value)?;
        Ok(self)
    }

    /// A parameter with a number, such as Contact's `expires`.
    ///
    /// # Errors
    /// When the name is no token.
    pub fn number(mut self, name: &'a str, value: u32) -> Result<Self, EncodeError> {
        self.params.set(name, NewValue::Number(value))?;
        Ok(self)
    }

    /// A parameter without a value.
    ///
    /// # Errors
    /// When the name is no token.
    pub fn flag(mut self, name: &'a str) -> Result<Self, EncodeError> {
        self.params.set(name, NewValue::Flag)?;
        Ok(self)
    }
}

impl Encode for NameAddrBuilder<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        match self.display {
            Some(name) if is_words(name) => {
                out.plain(name.as_bytes());
                out.plain(b" ");
            }
            Some(name) => {
                out.quoted(name)?;
                out.plain(b" ");
            }
            None => {}
        }
        out.plain(b"<");
        out.plain(self.uri.as_bytes());
        out.plain(b">");
        self.params.write(out)
    }

    fn sort(&self) -> Sort {
        Sort::Address
    }
}

/// Whether a display name needs no quotes: tokens with one space between them.
fn is_words(name: &str) -> bool {
    name.split(' ').all(|word| class::all(word.as_bytes(), class::TOKEN))
}
