//! Operations on whole lines, and on what is not a header line.

use sip_uri::UriRef;

use super::overlay::Current;
use super::{Key, Overlay, Src};
use crate::encode::{BuildError, BuildErrorKind, Encode, EncodeError};
use crate::header::{self, Known};

impl<'a> Overlay<'a> {
    pub(super) fn prepend(&mut self, key: &Key<'_>, value: Src) -> Result<(), BuildError> {
        self.check_single(key)?;
        let first = self.first_of_key(key).or_else(|| self.first_line());
        self.insert(first.map(Current::before), key, value);
        Ok(())
    }

    pub(super) fn insert_before(
        &mut self,
        anchor: &Key<'_>,
        key: &Key<'_>,
        value: Src,
    ) -> Result<(), BuildError> {
        self.check_single(key)?;
        let first = self.first_of_key(anchor).map(Current::before);
        self.insert(first, key, value);
        Ok(())
    }

    pub(super) fn append(
        &mut self,
        anchor: &Key<'_>,
        key: &Key<'_>,
        value: Src,
    ) -> Result<(), BuildError> {
        self.check_single(key)?;
        let last = self.lines_of(*anchor).last().map(Current::behind);
        self.insert(last, key, value);
        Ok(())
    }

    /// The text of a Request-URI.
    pub(crate) fn request_uri<'u>(
        &mut self,
        uri: impl TryInto<UriRef<'u>, Error: Into<EncodeError>>,
    ) -> Result<Src, BuildError> {
        let refused = |error| BuildError::new(BuildErrorKind::RequestUri(error));
        let uri = uri.try_into().map_err(|error| refused(error.into()))?;
        crate::encode::check_uri(uri.as_bytes()).map_err(refused)?;
        Ok(Src::Text(self.text.push(uri.as_bytes())))
    }

    /// The text of a reason phrase.
    pub(crate) fn reason(&mut self, phrase: &str) -> Result<Src, BuildError> {
        let text = self.text.value(phrase);
        text.map(Src::Text).map_err(|error| BuildError::new(BuildErrorKind::Reason(error)))
    }

    pub(crate) fn set_body(
        &mut self,
        content_type: &(impl Encode + ?Sized),
        body: &'a [u8],
    ) -> Result<(), BuildError> {
        let key = Key::of::<header::ContentType>()?;
        let value = self.typed::<header::ContentType>(&key, content_type)?;
        self.set(&key, value);
        self.replace_body(body);
        Ok(())
    }

    /// Takes a body whose headers are seen to elsewhere.
    pub(crate) fn take_body(&mut self, body: &'a [u8]) {
        self.body = body;
    }

    pub(super) fn replace_body(&mut self, body: &'a [u8]) {
        self.remove_all(&Key::known(Known::ContentEncoding));
        self.body = body;
        self.write_length();
    }

    /// Sets Content-Length to what it must be.
    pub(crate) fn write_length(&mut self) {
        // A longer message is refused in the end.
        let value = self.text.number(u32::try_from(self.body.len()).unwrap_or(u32::MAX));
        self.set(&Key::known(Known::ContentLength), value);
    }
}
