//! Text, numbers and lists as values to be written.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use bytes::Bytes;

use super::{Encode, EncodeError, EncodeErrorKind, Sort, ValueWriter};

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        (**self).encode(out)
    }

    fn sort(&self) -> Sort {
        (**self).sort()
    }
}

impl<T: Encode + ?Sized> Encode for Box<T> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        (**self).encode(out)
    }
}

impl Encode for str {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.text(self.as_bytes())
    }
}

impl Encode for String {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.text(self.as_bytes())
    }
}

impl Encode for [u8] {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.text(self)
    }
}

impl<const N: usize> Encode for [u8; N] {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.text(self)
    }
}

impl Encode for Vec<u8> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.text(self)
    }
}

impl Encode for Bytes {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.text(self)
    }
}

/// `format_args!("{number} INVITE")`, without a `String` in between.
impl Encode for fmt::Arguments<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        struct Checked<'w, 'o>(&'w mut ValueWriter<'o>, Option<EncodeError>);
        impl Write for Checked<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0.text(text.as_bytes()).map_err(|error| {
                    self.1 = Some(error);
                    fmt::Error
                })
            }
        }
        let mut checked = Checked(out, None);
        let written = checked.write_fmt(*self);
        match (checked.1, written) {
            (Some(error), _) => Err(error),
            (None, Ok(())) => Ok(()),
            (None, Err(_)) => Err(EncodeError::new(EncodeErrorKind::Format, 0)),
        }
    }
}

/// A list: the values with commas between them.
impl<T: Encode> Encode for [T] {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        for (at, value) in self.iter().enumerate() {
            if at > 0 {
                out.plain(b", ");
            }
            value.encode(out)?;
        }
        Ok(())
    }
}

impl<T: Encode, const N: usize> Encode for [T; N] {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        self[..].encode(out)
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        self[..].encode(out)
    }
}

impl Encode for u32 {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.number(*self);
        Ok(())
    }
}
