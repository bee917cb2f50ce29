//! The eight fixed messages: real-shaped SIP, CRLF line ends, exact Content-Length.

use crate::sample::Sample;

/// Name and bytes of each message, smallest job first.
pub const MESSAGES: [(&str, &[u8]); 8] = [
    ("options-ping", include_bytes!("../corpus/options-ping.sip")),
    ("ringing-compact", include_bytes!("../corpus/ringing-compact.sip")),
    ("invite-small", include_bytes!("../corpus/invite-small.sip")),
    ("ok-three-vias", include_bytes!("../corpus/ok-three-vias.sip")),
    ("register-digest", include_bytes!("../corpus/register-digest.sip")),
    ("invite-carrier", include_bytes!("../corpus/invite-carrier.sip")),
    ("bye-deep-route", include_bytes!("../corpus/bye-deep-route.sip")),
    ("invite-webrtc", include_bytes!("../corpus/invite-webrtc.sip")),
];

/// The eight messages as samples.
pub fn samples() -> Vec<Sample> {
    MESSAGES.iter().map(|&(name, bytes)| Sample::new(name, bytes.to_vec())).collect()
}

#[cfg(test)]
mod tests {
    use super::{MESSAGES, samples};

    #[test]
    fn lengths_are_those_of_the_shared_corpus() {
        let lengths: Vec<_> = MESSAGES.iter().map(|(name, bytes)| (*name, bytes.len())).collect();
        let expected = [
            ("options-ping", 256),
            ("ringing-compact", 382),
            ("invite-small", 528),
            ("ok-three-vias", 680),
            ("register-digest", 863),
            ("invite-carrier", 1674),
            ("bye-deep-route", 1953),
            ("invite-webrtc", 3986),
        ];
        assert_eq!(lengths, expected);
    }

    #[test]
    fn content_length_is_the_length_of_the_body() {
        for sample in samples() {
            let field = format!("Content-Length: {}\r\n", sample.body().len());
            assert!(String::from_utf8_lossy(sample.head()).contains(&field), "{}", sample.name);
        }
    }
}
