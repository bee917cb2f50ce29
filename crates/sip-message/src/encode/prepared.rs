//! Values that are the same in many messages.

use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;

use super::{BuildError, Encode, EncodeError, Sort, ValueWriter};
use crate::Tolerances;
use crate::edit::{Key, Overlay};
use crate::header::Header;

/// A value of one header that was written and checked, for all the messages that it goes into: a
/// proxy's own Record-Route, a server's Server or Allow.
///
/// ```
/// use sip_message::encode::{NameAddrBuilder, Prepared};
/// use sip_message::{Message, header};
///
/// let record_route = Prepared::new(header::RecordRoute, NameAddrBuilder::new("sip:p1.example;lr")?)?;
/// assert_eq!(record_route.as_bytes(), b"<sip:p1.example;lr>");
/// assert!(Prepared::new(header::MaxForwards, "seventy").is_err());
///
/// let message = Message::parse(&b"OPTIONS sip:bob@biloxi.example SIP/2.0\r\nTo: <sip:b>\r\n\r\n"[..])?;
/// let request = message.as_request().unwrap();
/// let sent = request.edit().append(header::RecordRoute, &record_route).to_bytes()?;
/// assert!(sent.ends_with(b"To: <sip:b>\r\nRecord-Route: <sip:p1.example;lr>\r\n\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Prepared<H> {
    value: Box<[u8]>,
    header: PhantomData<fn() -> H>,
}

impl<H: Header> Prepared<H> {
    /// Writes a value, and sees that it is one of the header as RFCs have it, whatever the messages
    /// tolerate that it will go into.
    ///
    /// # Errors
    /// When it is none.
    pub fn new(_: H, value: impl Encode) -> Result<Self, BuildError> {
        let mut overlay = Overlay::empty(&[]);
        overlay.read_under(Tolerances::strict());
        let key = Key::of::<H>()?;
        let span = overlay.typed::<H>(&key, &value)?;
        Ok(Self { value: overlay.text.get(span).into(), header: PhantomData })
    }
}

impl<H> Prepared<H> {
    /// The value as it will be written.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.value
    }
}

impl<H> fmt::Debug for Prepared<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Prepared")
            .field(&alloc::string::String::from_utf8_lossy(&self.value))
            .finish()
    }
}

impl<H: Header> Encode for Prepared<H> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        // A NUL may stand behind the backslash of a quoted pair that came so.
        out.checked(&self.value);
        Ok(())
    }

    fn sort(&self) -> Sort {
        H::ROW.map_or(Sort::Any, |row| Sort::Row(row as u8))
    }
}
