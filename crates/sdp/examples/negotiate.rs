//! Two sides of a session in one program: a call, a hold, and the end of a stream.
//!
//! ```text
//! cargo run --manifest-path crates/sdp/Cargo.toml --example negotiate
//! ```

use sdp::offer_answer::{MediaCapability, NegotiationError, OfferAnswer, Session, StreamState};
use sdp::{CodecSpec, diff};
use std::net::Ipv4Addr;

fn side(id: u64, host: u8, port: u16) -> OfferAnswer {
    let audio = MediaCapability::audio(port)
        .codec(111, CodecSpec::new("opus", 48_000).with_channels(2))
        .codec(8, CodecSpec::new("PCMA", 8000))
        .codec(101, CodecSpec::new("telephone-event", 8000).with_fmtp("0-15"));
    let video = MediaCapability::video(port + 2)
        .codec(96, CodecSpec::new("H264", 90_000).with_fmtp("profile-level-id=42e01f"));
    OfferAnswer::new(Session::new(id, Ipv4Addr::new(192, 0, 2, host)), [audio, video])
}

/// One exchange, as SIP carries it: the offer in an INVITE, the answer in its 200.
fn exchange(
    what: &str,
    offerer: &mut OfferAnswer,
    answerer: &mut OfferAnswer,
) -> Result<(), NegotiationError> {
    let before = answerer.remote().cloned();
    let offer = offerer.create_offer()?;
    println!("{what}");
    if let Some(before) = before {
        for change in diff(&before, &offer) {
            println!("  changed: {change}");
        }
    }
    answerer.receive_offer(offer)?;
    let answer = answerer.create_answer()?;
    offerer.receive_answer(answer)?;
    for stream in answerer.streams() {
        let codecs: Vec<_> =
            stream.codecs().iter().map(|codec| codec.ours.encoding.as_str()).collect();
        let state = match stream.state() {
            StreamState::Active => stream.direction().name(),
            _ => "no media",
        };
        println!("  {}: {state} {}", stream.media_type(), codecs.join(" "));
    }
    Ok(())
}

fn main() -> Result<(), NegotiationError> {
    let (mut alice, mut bob) = (side(1, 1, 5000), side(2, 2, 6000));
    exchange("Alice calls", &mut alice, &mut bob)?;

    alice.hold(0)?;
    exchange("Alice holds", &mut alice, &mut bob)?;

    alice.resume(0)?;
    exchange("Alice takes him from hold", &mut alice, &mut bob)?;

    bob.remove_media(1)?;
    exchange("Bob ends the video", &mut bob, &mut alice)
}
