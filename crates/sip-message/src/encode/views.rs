//! The views of headers as values to be written: as they came, without their folds.

use sip_uri::{Uri, UriRef};

use super::{Encode, EncodeError, ValueWriter};
use crate::Method;
use crate::value::{
    AuthenticationInfo, CSeq, CallId, Challenge, Contact, Credentials, Date, DisplayName,
    MediaType, NameAddr, Number, ParamList, Parameterized, RAck, RetryAfter, Text, Timestamp,
    Token, Value, Via, Warning,
};

impl Encode for Number {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.number(self.get());
        Ok(())
    }
}

impl Encode for Method<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.plain(self.as_str().as_bytes());
        Ok(())
    }
}

impl Encode for UriRef<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.text(self.as_bytes())
    }
}

impl Encode for Uri {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.text(self.as_bytes())
    }
}

impl Encode for Token<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.plain(self.as_str().as_bytes());
        Ok(())
    }
}

impl Encode for CSeq<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.number(self.number());
        out.plain(b" ");
        self.method().encode(out)
    }
}

impl Encode for CallId<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.view(self.as_bytes())
    }
}

impl Encode for Text<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.view(self.as_bytes())
    }
}

impl Encode for MediaType<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.plain(self.type_().as_bytes());
        out.plain(b"/");
        out.plain(self.subtype().as_bytes());
        out.view(self.params().as_bytes())
    }
}

impl Encode for DisplayName<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.view(self.as_bytes())
    }
}

impl Encode for NameAddr<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        if let Some(name) = self.display_name() {
            name.encode(out)?;
            out.plain(b" ");
        }
        if self.has_brackets() {
            out.plain(b"<");
            out.view(self.uri_bytes())?;
            out.plain(b">");
        } else {
            out.view(self.uri_bytes())?;
        }
        out.view(self.params().as_bytes())
    }
}

impl Encode for Contact<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        match self {
            Self::Star => {
                out.plain(b"*");
                Ok(())
            }
            Self::Address(address) => address.encode(out),
        }
    }
}

impl Encode for Via<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.view(self.protocol_bytes())?;
        for part in ["/", self.transport(), " ", self.host_str()] {
            out.plain(part.as_bytes());
        }
        if let Some(port) = self.port() {
            out.plain(b":");
            out.number(port.into());
        }
        out.view(self.params().as_bytes())
    }
}

impl Encode for RAck<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.number(self.rseq());
        out.plain(b" ");
        CSeq::new(self.cseq(), self.method()).encode(out)
    }
}

impl Encode for Parameterized<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.view(self.as_bytes())?;
        out.view(self.params().as_bytes())
    }
}

impl Encode for ParamList<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.view(self.params().as_bytes())
    }
}

macro_rules! schemes {
    ($($view:ident)+) => {
        $(impl Encode for $view<'_> {
            fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
                out.plain(self.scheme().as_bytes());
                let rest = self.token68().map_or(self.params().as_bytes(), str::as_bytes);
                if !rest.is_empty() {
                    out.plain(b" ");
                }
                out.view(rest)
            }
        })+
    };
}

schemes!(Challenge Credentials);

impl Encode for AuthenticationInfo<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.view(self.params().as_bytes())
    }
}

impl Encode for Date {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        format_args!("{self}").encode(out)
    }
}

impl Encode for Timestamp<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.plain(self.time().as_bytes());
        if let Some(delay) = self.delay() {
            out.plain(b" ");
            out.plain(delay.as_bytes());
        }
        Ok(())
    }
}

impl Encode for RetryAfter<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.number(self.seconds());
        if let Some(comment) = self.comment_bytes() {
            out.plain(b" (");
            out.view(comment)?;
            out.plain(b")");
        }
        out.view(self.params().as_bytes())
    }
}

impl Encode for Warning<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        format_args!("{:03} {} \"", self.code(), self.agent()).encode(out)?;
        out.view(self.text_bytes())?;
        out.plain(b"\"");
        Ok(())
    }
}

/// A value of any family is written as that family is.
impl Encode for Value<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        match self {
            Self::NameAddr(value) => value.encode(out),
            Self::Contact(value) => value.encode(out),
            Self::Via(value) => value.encode(out),
            Self::CSeq(value) => value.encode(out),
            Self::RAck(value) => value.encode(out),
            Self::CallId(value) => value.encode(out),
            Self::Token(value) => value.encode(out),
            Self::Method(value) => value.encode(out),
            Self::MediaType(value) => value.encode(out),
            Self::Parameterized(value) => value.encode(out),
            Self::ParamList(value) => value.encode(out),
            Self::Challenge(value) => value.encode(out),
            Self::Credentials(value) => value.encode(out),
            Self::AuthenticationInfo(value) => value.encode(out),
            Self::Date(value) => value.encode(out),
            Self::Timestamp(value) => value.encode(out),
            Self::RetryAfter(value) => value.encode(out),
            Self::Warning(value) => value.encode(out),
            Self::Number(value) => value.encode(out),
            Self::Text(value) => value.encode(out),
        }
    }
}
