//! Edits of a request or a response: what is theirs alone, the start line.

use sip_uri::UriRef;

use super::{Edit, NewLine, Overlay, Src, digits};
use crate::encode::{BuildError, EncodeError};
use crate::{Message, Request, Response, StatusCode};

impl Request {
    /// Starts an edit; see [`Edit`].
    pub fn edit(&self) -> Edit<'_, Self> {
        Edit::new(Overlay::over(self), NewLine::of_request(self))
    }
}

impl Response {
    /// Starts an edit; see [`Edit`].
    pub fn edit(&self) -> Edit<'_, Self> {
        Edit::new(Overlay::over(self), NewLine::of_response(self))
    }
}

impl Edit<'_, Request> {
    /// Sets the Request-URI: a `&Uri`, a `UriRef` or text.
    pub fn set_uri<'u>(
        &mut self,
        uri: impl TryInto<UriRef<'u>, Error: Into<EncodeError>>,
    ) -> &mut Self {
        let line = &mut self.line;
        match self.overlay.request_uri(uri) {
            Ok(text) => {
                if let NewLine::Request { uri, .. } = line {
                    *uri = text;
                }
            }
            Err(error) => {
                self.error.get_or_insert(error);
            }
        }
        self
    }

    /// The request, in one new buffer that was written in one pass.
    ///
    /// # Errors
    /// The first value that was refused; a Content-Length set by hand that is wrong.
    pub fn finish(&self) -> Result<Request, BuildError> {
        match self.message()? {
            Message::Request(request) => Ok(request),
            Message::Response(_) => unreachable!("a request line was written"),
        }
    }
}

impl Edit<'_, Response> {
    /// Sets the status code, and the reason phrase that is registered for it (none for another).
    pub fn set_status(&mut self, code: StatusCode) -> &mut Self {
        let phrase = code.reason().unwrap_or_default();
        let text = Src::Text(self.overlay.text.push(phrase.as_bytes()));
        if let NewLine::Status { status, digits: written, reason, .. } = &mut self.line {
            (*status, *written, *reason) = (code, digits(code), text);
        }
        self
    }

    /// Sets the reason phrase.
    pub fn set_reason(&mut self, phrase: &str) -> &mut Self {
        match self.overlay.reason(phrase) {
            Ok(text) => {
                if let NewLine::Status { reason, .. } = &mut self.line {
                    *reason = text;
                }
            }
            Err(error) => {
                self.error.get_or_insert(error);
            }
        }
        self
    }

    /// The response, in one new buffer that was written in one pass.
    ///
    /// # Errors
    /// The first value that was refused; a Content-Length set by hand that is wrong.
    pub fn finish(&self) -> Result<Response, BuildError> {
        match self.message()? {
            Message::Response(response) => Ok(response),
            Message::Request(_) => unreachable!("a status line was written"),
        }
    }
}
