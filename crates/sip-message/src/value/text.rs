//! Text: Subject (RFC 3261 §20.36), and Server and User-Agent (§20.35, §20.41), which are
//! products and comments.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use super::HeaderValue;
use crate::class::{self, run};
use crate::input::trim_end;
use crate::text::{unfold, unquote};
use crate::{Input, Rule, Tolerances, ValueError};

/// `TEXT-UTF8-TRIM`: the rest of the line. It may hold bytes that are not UTF-8.
///
/// ```
/// use sip_message::value::{HeaderValue, Text};
/// let text = Text::decode(b"Need more boxes").unwrap();
/// assert_eq!(text.to_str(), Ok("Need more boxes"));
/// assert_eq!(Text::decode(b"caf\xe9").unwrap().to_str_lossy(), "caf\u{fffd}");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// The text as it came, folds included.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The text with each fold made a single space (RFC 3261 §7.3.1).
    #[must_use]
    pub fn unfolded(&self) -> Cow<'a, [u8]> {
        unfold(self.0)
    }

    /// The text as it came.
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub fn to_str(&self) -> Result<&'a str, core::str::Utf8Error> {
        core::str::from_utf8(self.0)
    }

    /// The text as it came, U+FFFD standing for what is not UTF-8.
    #[must_use]
    pub fn to_str_lossy(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.0)
    }

    /// The products and comments of a Server or User-Agent value.
    ///
    /// ```
    /// use sip_message::value::{HeaderValue, Product, Text};
    /// let text = Text::decode(b"CarrierSBC/9.4 (build 7)").unwrap();
    /// let parts: Vec<_> = text.products().map(|part| part.unwrap()).collect();
    /// assert_eq!(parts, [
    ///     Product::Product { name: "CarrierSBC", version: Some("9.4") },
    ///     Product::Comment(b"build 7"),
    /// ]);
    /// ```
    #[must_use]
    pub fn products(&self) -> Products<'a> {
        Products { input: Input::new(self.0, Tolerances::lenient()), failed: false }
    }

    /// Text that is a list of products and comments.
    pub(crate) fn parse_products(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.at;
        let text = Self::parse(input)?;
        let mut products = Products { input: Input::new(text.0, input.tolerances), failed: false };
        if text.0.is_empty() {
            return Err(input.unexpected("a product or a comment"));
        }
        if let Some(error) = products.find_map(Result::err) {
            let (from, to) = (start + error.offset(), start + text.0.len());
            input.deviate(Rule::LooseProduct, from, to, "a product or a comment")?;
        }
        Ok(text)
    }
}

impl<'a> HeaderValue<'a> for Text<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let (bytes, start) = (input.bytes, input.at);
        let end = trim_end(bytes, start, bytes.len());
        let mut at = start;
        loop {
            at = run(&bytes[..end], at, class::TEXT);
            match bytes[..end].get(at) {
                None => break,
                Some(b'\r' | b'\n') => {}
                Some(_) => {
                    input.deviate(Rule::ControlInText, at, at + 1, "no control character")?;
                }
            }
            at += 1;
        }
        let text = &bytes[start..end];
        if input.looks_for(Rule::NonUtf8Text) {
            input.check_utf8(start, end)?;
        }
        input.at = end;
        Ok(Self(text))
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({})", self.0.escape_ascii())
    }
}

/// One `server-val` (RFC 3261 §25.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Product<'a> {
    /// `product = token [SLASH product-version]`.
    Product {
        /// The name.
        name: &'a str,
        /// The version, if there is one.
        version: Option<&'a str>,
    },
    /// What stands in the parentheses of a comment.
    Comment(&'a [u8]),
}

impl Product<'_> {
    /// The text of a comment with backslashes and folds resolved; `None` for a product.
    #[must_use]
    pub fn comment(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::Comment(text) => Some(unquote(text)),
            Self::Product { .. } => None,
        }
    }
}

/// The iterator of [`Text::products`]; it ends behind the first error.
#[derive(Debug)]
pub struct Products<'a> {
    input: Input<'a, 'static>,
    failed: bool,
}

impl<'a> Products<'a> {
    /// `server-val = product / comment`, and LWS before every one but the first.
    fn server_val(&mut self) -> Result<Product<'a>, ValueError> {
        let input = &mut self.input;
        let gap = input.at;
        input.skip_lws();
        if gap > 0 && input.at == gap {
            return Err(input.unexpected("white space"));
        }
        if input.peek() == Some(b'(') {
            return input.comment().map(Product::Comment);
        }
        let name = input.token("a product or a comment")?;
        let behind = input.at;
        input.skip_lws();
        if !input.eat(b'/') {
            input.at = behind;
            return Ok(Product::Product { name, version: None });
        }
        input.skip_lws();
        Ok(Product::Product { name, version: Some(input.token("a product version")?) })
    }
}

impl<'a> Iterator for Products<'a> {
    type Item = Result<Product<'a>, ValueError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.input.rest().is_empty() {
            return None;
        }
        let item = self.server_val();
        self.failed = item.is_err();
        Some(item)
    }
}
