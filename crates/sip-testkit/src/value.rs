//! Plain owned structures of header values: what the oracle returns and the strategies promise.
//!
//! They are data without behaviour, so that a test of any layer can compare its own view with
//! them field by field. Bytes are kept as they came; where a decoded form means something
//! (a quoted string), both are there.

/// A quoted string, RFC 3261 §25.1 `quoted-string`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The bytes between the quotes, as on the wire.
    pub raw: Vec<u8>,
    /// The bytes that are meant: a quoted pair stands for its second byte, and a fold (the line
    /// break and the blanks that open the next line, §7.3.1) for one space.
    pub text: Vec<u8>,
}

/// A display name, RFC 3261 §25.1 `display-name` with erratum 5598.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Display {
    /// Tokens with white space between them.
    Tokens(Vec<Vec<u8>>),
    /// A quoted string.
    Quoted(Quoted),
}

impl Display {
    /// The name that is meant: the text of the quoted string, or the tokens with one space between.
    pub fn text(&self) -> Vec<u8> {
        match self {
            Self::Tokens(tokens) => tokens.join(&b' '),
            Self::Quoted(quoted) => quoted.text.clone(),
        }
    }
}

/// The value of a parameter, RFC 3261 §25.1 `gen-value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamValue {
    /// A token. Host names and IPv4 addresses are tokens too and come as this.
    Token(Vec<u8>),
    /// An IPv6 address: in brackets (`host`), or bare in the `received` parameter of a Via.
    Host(Vec<u8>),
    /// A quoted string.
    Quoted(Quoted),
}

impl ParamValue {
    /// The bytes that are meant: without quotes and quoted pairs.
    pub fn text(&self) -> &[u8] {
        match self {
            Self::Token(bytes) | Self::Host(bytes) => bytes,
            Self::Quoted(quoted) => &quoted.text,
        }
    }
}

/// A parameter, RFC 3261 §25.1 `generic-param`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// The name as it came; names are compared without regard to case.
    pub name: Vec<u8>,
    /// The value, if there is an equals sign.
    pub value: Option<ParamValue>,
}

/// The first parameter of that name, whatever its case.
pub fn param<'a>(params: &'a [Param], name: &[u8]) -> Option<&'a Param> {
    params.iter().find(|param| param.name.eq_ignore_ascii_case(name))
}

/// A name-addr or an addr-spec with the parameters of the header: From, To, Contact, Route, ….
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The display name, if any. An empty quoted string is a name of no bytes.
    pub display: Option<Display>,
    /// The URI without angle brackets; it is delimited, not parsed.
    pub uri: Vec<u8>,
    /// Whether the URI stood in angle brackets (`name-addr`) or bare (`addr-spec`).
    pub bracketed: bool,
    /// The parameters of the header, not of the URI.
    pub params: Vec<Param>,
}

/// The value of a Contact line, RFC 3261 §20.10.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contacts {
    /// `*`: all bindings.
    Star,
    /// One or more addresses.
    List(Vec<Address>),
}

/// One value of a Via list, RFC 3261 §25.1 `via-parm`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// The protocol name, `SIP` as a rule.
    pub protocol: Vec<u8>,
    /// The protocol version, `2.0` as a rule.
    pub version: Vec<u8>,
    /// The transport: `UDP`, `TLS-SCTP`, or any other token.
    pub transport: Vec<u8>,
    /// The host of sent-by; an IPv6 address keeps its brackets.
    pub host: Vec<u8>,
    /// The digits of the port, if there are any.
    pub port: Option<Vec<u8>>,
    /// The parameters.
    pub params: Vec<Param>,
}

/// A CSeq, RFC 3261 §20.16.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CSeq {
    /// The digits of the number.
    pub number: Number,
    /// The method.
    pub method: Vec<u8>,
}

/// A number as its digits: `1*DIGIT` knows no limit, the header that holds it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The digits, with leading zeros if there were any.
    pub digits: Vec<u8>,
}

impl Number {
    /// The value, if it fits 64 bits.
    pub fn value(&self) -> Option<u64> {
        std::str::from_utf8(&self.digits).ok()?.parse().ok()
    }
}

/// A media type with its parameters, RFC 3261 §25.1 `media-type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType {
    /// The type before the slash.
    pub kind: Vec<u8>,
    /// The subtype after it.
    pub subtype: Vec<u8>,
    /// The parameters; here each has a value.
    pub params: Vec<Param>,
}

/// The parts of a SIP or SIPS URI, RFC 3261 §19.1.1, all in their raw (escaped) form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UriParts {
    /// The scheme as written.
    pub scheme: Vec<u8>,
    /// The user part.
    pub user: Option<Vec<u8>>,
    /// The password; an empty one is there if its colon is.
    pub password: Option<Vec<u8>>,
    /// The host; an IPv6 address keeps its brackets.
    pub host: Vec<u8>,
    /// The port.
    pub port: Option<u16>,
    /// The URI parameters in order.
    pub params: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// The headers after the question mark in order.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_beyond_64_bits_has_digits_but_no_value() {
        assert_eq!(Number { digits: b"0068".to_vec() }.value(), Some(68));
        assert_eq!(Number { digits: b"18446744073709551616".to_vec() }.value(), None);
    }
}
