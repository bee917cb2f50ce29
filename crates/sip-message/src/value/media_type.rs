//! Content-Type (RFC 3261 §20.15) and Accept (§20.1).

use super::HeaderValue;
use crate::{Input, Param, Params, ValueError};

/// `media-type = m-type SLASH m-subtype *(SEMI m-parameter)`.
///
/// ```
/// use sip_message::value::{HeaderValue, MediaType};
/// let media = MediaType::decode(b"multipart/mixed;boundary=\"a b\"").unwrap();
/// assert!(media.is("Multipart", "Mixed"));
/// assert_eq!(media.params().get("boundary").unwrap().value().unwrap(), &b"a b"[..]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MediaType<'a> {
    kind: &'a str,
    subtype: &'a str,
    params: Params<'a>,
}

impl<'a> MediaType<'a> {
    /// The type, `application` of `application/sdp`.
    #[must_use]
    pub fn type_(&self) -> &'a str {
        self.kind
    }

    /// The subtype, `sdp` of `application/sdp`.
    #[must_use]
    pub fn subtype(&self) -> &'a str {
        self.subtype
    }

    /// Whether it is this type and subtype; case does not matter (RFC 2045 §5.1).
    #[must_use]
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype)
    }

    /// The parameters, such as `boundary` and `charset`.
    #[must_use]
    pub fn params(&self) -> Params<'a> {
        self.params
    }
}

impl<'a> HeaderValue<'a> for MediaType<'a> {
    #[inline]
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        // m-parameter = m-attribute EQUAL m-value
        Self::parse_each(input, |input, param| param.require_value(input))
    }
}

impl<'a> MediaType<'a> {
    /// `accept-range = media-range *( SEMI accept-param )`: types may be `*`, and a parameter need
    /// not have a value.
    pub(crate) fn parse_range(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        Self::parse_each(input, |_, _| Ok(()))
    }

    fn parse_each<'s>(
        input: &mut Input<'a, 's>,
        see: impl FnMut(&mut Input<'a, 's>, Param<'a>) -> Result<(), ValueError>,
    ) -> Result<Self, ValueError> {
        let kind = input.token("a media type")?;
        // SLASH = SWS "/" SWS
        input.skip_lws();
        if !input.eat(b'/') {
            return Err(input.unexpected("`/`"));
        }
        input.skip_lws();
        let subtype = input.token("a media subtype")?;
        let params = Params::parse_each(input, see)?;
        Ok(Self { kind, subtype, params })
    }
}
