//! The small values: RFC 3261 §25.1 `callid`, `CSeq`, `media-type`, numbers and token lists.

use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::combinator::{map, opt, recognize};
use nom::multi::{many0, separated_list1};
use nom::sequence::{preceded, separated_pair};

use crate::value::{CSeq, MediaType, Number, Param, ParamValue};

use super::Parsed;
use super::basic::{digits, quoted_string, token, word};
use super::line::{lws, separator};

/// `callid = word [ "@" word ]`
pub fn call_id(value: &[u8]) -> Option<Vec<u8>> {
    let callid = recognize((word, opt((tag(&b"@"[..]), word))));
    super::whole(callid, value).map(<[u8]>::to_vec)
}

/// The value of a CSeq: `1*DIGIT LWS Method`.
pub fn cseq(value: &[u8]) -> Option<CSeq> {
    let (number, method) = super::whole(separated_pair(digits, lws, token), value)?;
    Some(CSeq { number: Number { digits: number.to_vec() }, method: method.to_vec() })
}

/// `delta-seconds` and the other values that are `1*DIGIT`: Content-Length, Max-Forwards, ….
pub fn number(value: &[u8]) -> Option<Number> {
    super::whole(digits, value).map(|digits| Number { digits: digits.to_vec() })
}

/// `token *(COMMA token)`, the value of Require, Proxy-Require, Unsupported, ….
pub fn token_list(value: &[u8]) -> Option<Vec<Vec<u8>>> {
    super::whole(separated_list1(separator(b","), map(token, <[u8]>::to_vec)), value)
}

/// `[token *(COMMA token)]`, the value of Allow and Supported, which may be empty.
pub fn token_list_or_empty(value: &[u8]) -> Option<Vec<Vec<u8>>> {
    if value.is_empty() { Some(Vec::new()) } else { token_list(value) }
}

/// `media-type = m-type SLASH m-subtype *(SEMI m-parameter)`
pub fn media_type(value: &[u8]) -> Option<MediaType> {
    let types = separated_pair(token, separator(b"/"), token);
    let rule = map((types, many0(preceded(separator(b";"), m_parameter))), |parts| {
        let ((kind, subtype), params) = parts;
        MediaType { kind: kind.to_vec(), subtype: subtype.to_vec(), params }
    });
    super::whole(rule, value)
}

/// `m-parameter = m-attribute EQUAL m-value`: here the value is no choice.
fn m_parameter(input: &[u8]) -> Parsed<'_, Param> {
    let m_value = alt((
        map(token, |token: &[u8]| ParamValue::Token(token.to_vec())),
        map(quoted_string, ParamValue::Quoted),
    ));
    map(separated_pair(token, separator(b"="), m_value), |(name, value)| Param {
        name: name.to_vec(),
        value: Some(value),
    })
    .parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_ids() {
        for good in [&b"a84b4c76e66710@pc33"[..], br#"word%ZK-!.*_+'@word`~)(><:\/"][?}{"#, b"a"] {
            assert_eq!(call_id(good).as_deref(), Some(good));
        }
        for bad in [&b""[..], b"a@", b"@a", b"a@b@c", b"a b", b"a;b", b"a,b", b"a=b", b"a\xFF"] {
            assert_eq!(call_id(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn numbers_and_cseqs() {
        assert_eq!(number(b"0068").unwrap().value(), Some(68));
        for bad in [&b""[..], b"-1", b"+5", b"5 5", b"0x5", b"5.0", b" 5"] {
            assert_eq!(number(bad), None, "{bad:?}");
        }
        assert_eq!(cseq(b"0009\r\n  INVITE").unwrap().method, b"INVITE");
        assert_eq!(cseq(b"99999999999999999999 A").unwrap().number.value(), None);
        for bad in [&b"1"[..], b"INVITE", b"1INVITE", b"1 ", b"1 INVITE x", b"1 IN(VITE"] {
            assert_eq!(cseq(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn lists_and_media_types() {
        assert_eq!(token_list(b"a , b,\r\n c").unwrap(), [b"a", b"b", b"c"]);
        for bad in [&b""[..], b"a,", b",a", b"a,,b", b"a b", b"a;b"] {
            assert_eq!(token_list(bad), None, "{bad:?}");
        }
        assert_eq!(token_list_or_empty(b""), Some(vec![]));
        let found = media_type(b"multipart / mixed ; boundary = \"a;b\";x=y").unwrap();
        assert_eq!(found.params[0].value.as_ref().unwrap().text(), b"a;b");
        for bad in [&b"text"[..], b"text/", b"/plain", b"text/plain;x", b"text/plain;", b"a/b/c"] {
            assert_eq!(media_type(bad), None, "{bad:?}");
        }
    }
}
