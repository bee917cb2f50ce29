//! An attribute of your own, in your own crate: the trait, a value type, and what you get for them.
//!
//! ```text
//! cargo run --manifest-path crates/sdp/Cargo.toml --example own_attribute
//! ```

use sdp::attribute::{Attribute, AttributeValue, Level, MuxCategory, Occurs};
use sdp::encode::{Encode, EncodeError, ValueWriter};
use sdp::value::Token;
use sdp::{At, Input, SessionDescription, ValueError};

/// `a=x-trunk:tg-eu-17`: a family that is there fits as it is.
struct XTrunk;

impl Attribute for XTrunk {
    const NAME: &'static str = "x-trunk";
    const LEVEL: Level = Level::SESSION;
    const OCCURS: Occurs = Occurs::Once;
    const MUX: MuxCategory = MuxCategory::Normal;
    const RFC: &'static str = "our interconnect agreement §3";
    type Value<'a> = Token<'a>;
}

/// `a=x-loudness:-23/7`: a value that no family has brings its own.
struct XLoudness;

/// Loudness and its range.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Loudness {
    below_full_scale: u8,
    range: u8,
}

impl Attribute for XLoudness {
    const NAME: &'static str = "x-loudness";
    const LEVEL: Level = Level::MEDIA;
    const OCCURS: Occurs = Occurs::Many;
    const MUX: MuxCategory = MuxCategory::Normal;
    const RFC: &'static str = "our interconnect agreement §4";
    type Value<'a> = Loudness;
}

impl<'a> AttributeValue<'a> for Loudness {
    /// `loudness = "-" 1*DIGIT "/" 1*DIGIT`. What stands around it is not its business.
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        input.byte(b'-', "a minus sign")?;
        let below_full_scale = input.u8("a loudness")?;
        input.byte(b'/', "a slash")?;
        Ok(Self { below_full_scale, range: input.u8("a range")? })
    }
}

impl Encode for Loudness {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.display(format_args!("-{}/{}", self.below_full_scale, self.range))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let description = SessionDescription::parse(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
         a=x-trunk:tg-eu-17\r\nm=audio 5000 RTP/AVP 0\r\na=x-loudness:-23/7\r\n\
         a=x-loudness:-23 LU\r\n",
    )?;
    println!("trunk {}", description.attributes().require(XTrunk)?.as_str());
    for media in description.media() {
        for loudness in media.attributes().each(XLoudness) {
            match loudness {
                Ok(Loudness { below_full_scale, range }) => {
                    println!("{below_full_scale} LU below full scale, range {range}");
                }
                Err(error) => println!("{error}"),
            }
        }
    }
    let quieter = Loudness { below_full_scale: 30, range: 5 };
    let edited = description.edit().set(At::Media(0), XLoudness, quieter).finish()?;
    let media = edited.media_at(0).expect("the section");
    println!("now {:?}", media.attributes().find(XLoudness)?);
    Ok(())
}
