//! An owned URI.

use alloc::borrow::Cow;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use bytes::Bytes;

use crate::error::UriError;
use crate::headers::UriHeaders;
use crate::host::Host;
use crate::keys::{AorKey, BindingKey};
use crate::known::MaybeValue;
use crate::layout::Layout;
use crate::params::{Param, Params};
use crate::scheme::Scheme;
use crate::telephone::Telephone;
use crate::tolerance::{Deviation, Tolerances};
use crate::uri_ref::UriRef;

/// A URI that owns its text, or shares it: a [`Bytes`] and where the components are.
///
/// It has the getters of [`UriRef`], which [`Uri::as_uri_ref`] gives for nothing. A clone costs a
/// reference count. `Eq` and `Hash` are structural; [`Uri::equivalent`] is the comparison of the
/// RFCs.
///
/// ```
/// use sip_uri::Uri;
///
/// let uri: Uri = "sips:bob@biloxi.example".parse()?;
/// assert!(uri.scheme().is_sips());
/// assert_eq!(uri.to_string(), "sips:bob@biloxi.example");
/// # Ok::<(), sip_uri::UriError>(())
/// ```
#[derive(Clone)]
pub struct Uri {
    bytes: Bytes,
    layout: Layout,
}

impl Uri {
    /// Reads a whole text as one URI, with the default tolerances.
    ///
    /// # Errors
    ///
    /// As [`UriRef::parse`].
    pub fn parse(bytes: impl Into<Bytes>) -> Result<Self, UriError> {
        Self::parse_with(bytes, Tolerances::default(), &mut |_| {})
    }

    /// Reads a whole text as one URI and keeps it without a copy.
    ///
    /// # Errors
    ///
    /// As [`UriRef::parse_with`].
    pub fn parse_with(
        bytes: impl Into<Bytes>,
        tolerances: Tolerances,
        deviations: &mut dyn FnMut(Deviation),
    ) -> Result<Self, UriError> {
        let bytes = bytes.into();
        let uri = UriRef::parse_with(&bytes, tolerances, deviations)?;
        Ok(Self::from_ref_in(&bytes, uri))
    }

    /// The URI that `uri` borrows from `buffer`, sharing the buffer: no copy. The whole buffer lives
    /// as long as the URI does; what must outlive a message copies with [`UriRef::to_uri`].
    ///
    /// A `uri` that borrows from elsewhere is copied.
    #[must_use]
    pub fn from_ref_in(buffer: &Bytes, uri: UriRef<'_>) -> Self {
        let piece = uri.as_bytes();
        // Addresses are compared, not followed: `slice_ref` panics on a foreign slice.
        let within = buffer.as_ptr_range();
        let pointers = piece.as_ptr_range();
        if within.start <= pointers.start && pointers.end <= within.end {
            Self { bytes: buffer.slice_ref(piece), layout: uri.layout() }
        } else {
            uri.to_uri()
        }
    }

    /// The borrowed view.
    #[must_use]
    pub fn as_uri_ref(&self) -> UriRef<'_> {
        UriRef::from_parts(&self.bytes, self.layout)
    }

    /// The text, shared.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }
}

impl UriRef<'_> {
    /// An owned copy of the text.
    #[must_use]
    pub fn to_uri(&self) -> Uri {
        Uri { bytes: Bytes::copy_from_slice(self.as_bytes()), layout: self.layout() }
    }
}

/// The getters of [`UriRef`] on [`Uri`]: each row calls its namesake.
macro_rules! getters {
    ($( $name:ident($($arg:ident: $type:ty),*) -> $result:ty; )*) => {
        impl Uri {
            $(
                #[doc = concat!("See [`UriRef::", stringify!($name), "`].")]
                #[must_use]
                pub fn $name(&self, $($arg: $type),*) -> $result {
                    self.as_uri_ref().$name($($arg),*)
                }
            )*
        }
    };
}

/// The same for the getters that may fail.
macro_rules! fallible_getters {
    ($( $name:ident -> $result:ty; )*) => {
        impl Uri {
            $(
                #[doc = concat!("See [`UriRef::", stringify!($name), "`].")]
                ///
                /// # Errors
                ///
                /// As there.
                pub fn $name(&self) -> Result<Option<$result>, UriError> {
                    self.as_uri_ref().$name()
                }
            )*
        }
    };
}

getters! {
    as_bytes() -> &[u8];
    as_str() -> &str;
    scheme() -> Scheme<'_>;
    is_sip() -> bool;
    is_sips() -> bool;
    is_tel() -> bool;
    user() -> Option<&str>;
    user_decoded() -> Option<Cow<'_, [u8]>>;
    password() -> Option<&str>;
    password_decoded() -> Option<Cow<'_, [u8]>>;
    host() -> Option<Host<'_>>;
    host_str() -> Option<&str>;
    port() -> Option<u16>;
    params() -> Params<'_>;
    param(name: &str) -> Option<Param<'_>>;
    headers() -> UriHeaders<'_>;
    opaque() -> Option<&str>;
    lr() -> bool;
    ob() -> bool;
    equivalent(other: &UriRef<'_>) -> bool;
    aor_key() -> AorKey;
    binding_key() -> BindingKey;
}

fallible_getters! {
    telephone -> Telephone<'_>;
    transport -> Cow<'_, str>;
    user_param -> Cow<'_, str>;
    method -> Cow<'_, str>;
    ttl -> u8;
    maddr -> Host<'_>;
    gr -> MaybeValue<'_>;
    comp -> Cow<'_, str>;
    sigcomp_id -> Cow<'_, str>;
    cause -> u16;
    target -> Cow<'_, str>;
    pn_provider -> MaybeValue<'_>;
    pn_prid -> Cow<'_, str>;
    pn_param -> Cow<'_, str>;
    pn_purr -> Cow<'_, str>;
}

impl PartialEq for Uri {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Uri {}

impl PartialEq<UriRef<'_>> for Uri {
    fn eq(&self, other: &UriRef<'_>) -> bool {
        self.as_uri_ref() == *other
    }
}

impl PartialEq<Uri> for UriRef<'_> {
    fn eq(&self, other: &Uri) -> bool {
        *self == other.as_uri_ref()
    }
}

impl Hash for Uri {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_uri_ref().hash(state);
    }
}

impl fmt::Debug for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Uri").field(&self.as_str()).finish()
    }
}

/// The text as it came, byte for byte.
impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Uri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        UriRef::parse(text).map(|uri| uri.to_uri())
    }
}

impl TryFrom<&str> for Uri {
    type Error = UriError;

    fn try_from(text: &str) -> Result<Self, UriError> {
        text.parse()
    }
}

impl From<UriRef<'_>> for Uri {
    fn from(uri: UriRef<'_>) -> Self {
        uri.to_uri()
    }
}

impl<'a> From<&'a Uri> for UriRef<'a> {
    fn from(uri: &'a Uri) -> Self {
        uri.as_uri_ref()
    }
}
