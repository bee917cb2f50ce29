//! A header of your own, in your own crate: the trait, a value type, and what you get for them.
//!
//! ```text
//! cargo run -p sip-message --example own_header
//! ```

use sip_message::header::{Header, ListKind};
use sip_message::value::{HeaderValue, Parameterized};
use sip_message::{Input, Message, ValueError};

/// `X-Trunk-Group: tg-eu-17;carrier=acme`: the family of values with parameters fits as it is.
struct XTrunkGroup;

impl Header for XTrunkGroup {
    const NAME: &'static str = "X-Trunk-Group";
    const LIST: ListKind = ListKind::Single;
    const RFC: &'static str = "our interconnect agreement §3";
    type Value<'a> = Parameterized<'a>;
}

/// `X-Rate: 120/60, 10/1`: a list whose values no family has, so it brings its own.
struct XRate;

/// So many calls in so many seconds.
#[derive(Debug, PartialEq)]
struct Rate {
    calls: u32,
    seconds: u32,
}

impl Header for XRate {
    const NAME: &'static str = "X-Rate";
    const LIST: ListKind = ListKind::List;
    const RFC: &'static str = "our interconnect agreement §4";
    type Value<'a> = Rate;
}

impl<'a> HeaderValue<'a> for Rate {
    /// `rate = 1*DIGIT "/" 1*DIGIT`. What comes behind a value, a comma or the end, is not its
    /// business.
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let calls = input.number(100_000, "a number of calls up to 100000")?;
        if !input.eat(b'/') {
            return Err(input.unexpected("`/`"));
        }
        let seconds = input.number(86_400, "a number of seconds up to 86400")?;
        Ok(Self { calls, seconds })
    }
}

fn main() -> Result<(), sip_message::ParseError> {
    let message = Message::parse(
        &b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
          x-trunk-group: tg-eu-17;carrier=acme\r\n\
          X-Rate: 120/60, 10 per 1\r\n\
          x-rate: 5/1\r\n\r\n"[..],
    )?;
    let headers = message.headers();

    match headers.require(XTrunkGroup) {
        Ok(group) => println!("trunk group {}", group.value_str().unwrap_or("?")),
        Err(error) => println!("{error}"),
    }
    // A bad value is an error in its place, and those behind it are read all the same.
    for rate in headers.each(XRate) {
        match rate {
            Ok(Rate { calls, seconds }) => println!("{calls} calls in {seconds} s"),
            Err(error) => println!("{error}"),
        }
    }
    Ok(())
}
