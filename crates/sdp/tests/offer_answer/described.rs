//! Capabilities that are read from a description.

use sdp::offer_answer::{Formats, MediaCapability, OfferAnswer, RtcpMux, Session, Setup};
use sdp::{Direction, SessionDescription};

fn described(text: &str) -> OfferAnswer {
    let description = SessionDescription::parse(text.to_owned()).unwrap();
    let sections = description.media().map(|media| MediaCapability::described(&media));
    let sections: Vec<_> = sections.collect::<Result<_, _>>().unwrap();
    OfferAnswer::new(Session::described(&description).unwrap(), sections)
}

/// An offer in the order that ours have.
const OFFER: &str = "v=0\r\no=alice 7 9 IN IP6 2001:db8::1\r\ns=a call\r\nc=IN IP6 2001:db8::1\r\n\
    t=0 0\r\na=ice-options:trickle\r\na=x-session\r\na=group:BUNDLE a v d\r\n\
    m=audio 5000 UDP/TLS/RTP/SAVPF 111 101\r\nb=AS:64\r\na=mid:a\r\na=sendonly\r\n\
    a=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\na=rtpmap:101 telephone-event/8000\r\n\
    a=fmtp:101 0-15\r\na=ptime:20\r\na=maxptime:60\r\n\
    a=extmap:1/recvonly urn:ietf:params:rtp-hdrext:sdes:mid\r\na=msid:s t\r\na=ice-ufrag:abcd\r\n\
    a=ice-pwd:0123456789abcdef012345\r\na=fingerprint:sha-256 AA:BB\r\na=tls-id:0123456789abcdef0123\r\n\
    a=setup:actpass\r\na=rtcp-mux\r\na=rtcp-mux-only\r\na=rtcp-rsize\r\n\
    a=candidate:1 1 udp 1 2001:db8::1 5000 typ host generation 0\r\na=end-of-candidates\r\n\
    a=x-audio:1\r\n\
    m=video 5002 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 192.0.2.1\r\na=mid:v\r\na=recvonly\r\n\
    a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n\
    a=rid:hi send max-width=640\r\na=simulcast:send hi\r\na=ice-ufrag:abcd\r\n\
    a=ice-pwd:0123456789abcdef012345\r\na=fingerprint:sha-256 AA:BB\r\na=setup:actpass\r\na=rtcp-mux\r\n\
    m=application 5004 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\na=sctp-port:5000\r\n\
    a=max-message-size:100\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef012345\r\n\
    a=fingerprint:sha-256 AA:BB\r\na=setup:actpass\r\n";

fn lines(description: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(description).into_owned();
    let sections = text.split("\r\nm=").map(|section| {
        let mut lines: Vec<_> = section.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    });
    sections.collect()
}

#[test]
fn an_offer_that_is_described_is_offered_again() {
    let offer = described(OFFER).create_offer().unwrap();
    let again = String::from_utf8_lossy(offer.as_bytes()).into_owned();
    assert_eq!(lines(again.as_bytes()), lines(OFFER.as_bytes()), "{again}");
}

#[test]
fn what_a_section_says_is_what_its_side_can_do() {
    let description = SessionDescription::parse(OFFER).unwrap();
    let audio = MediaCapability::described(&description.media_at(0).unwrap()).unwrap();
    assert_eq!((audio.ptime, audio.maxptime), (Some(20), Some(60)));
    assert_eq!((audio.direction, audio.rtcp_mux), (Direction::SendOnly, RtcpMux::Require));
    let dtls = audio.dtls.unwrap();
    assert_eq!((dtls.fingerprints.len(), dtls.answers), (1, Setup::Active));
    assert_eq!(audio.attributes, [("x-audio".to_owned(), Some("1".to_owned()))]);
    let data = MediaCapability::described(&description.media_at(2).unwrap()).unwrap();
    assert!(matches!(data.formats, Formats::Other(formats) if formats == ["webrtc-datachannel"]));
}

#[test]
fn keys_of_sdes_and_ports_that_are_not_known() {
    let text = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 0 RTP/SAVP 0\r\na=rtcp:53020\r\na=setup:passive\r\n\
        a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20 FEC_ORDER=FEC_SRTP\r\n";
    let description = SessionDescription::parse(text).unwrap();
    let audio = MediaCapability::described(&description.media_at(0).unwrap()).unwrap();
    assert_eq!((audio.port, audio.rtcp.as_deref()), (9, Some("53020")));
    assert_eq!(audio.sdes[0].suite, "AES_CM_128_HMAC_SHA1_32");
    let parameters = "inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20 FEC_ORDER=FEC_SRTP";
    assert_eq!(audio.sdes[0].parameters, parameters);
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    let text = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 9 RTP/AVP 97\r\na=rtpmap:97 /8000\r\n";
    let description = SessionDescription::parse(text).unwrap();
    let error = MediaCapability::described(&description.media_at(0).unwrap()).unwrap_err();
    assert_eq!((error.line(), error.column()), (7, 13));
}
