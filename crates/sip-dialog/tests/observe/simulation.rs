//! Telephones that do as the RFCs say give an observer nothing to complain about.

use std::collections::HashMap;
use std::time::Duration;

use sip_dialog::observe::{Hop, Observer};
use sip_message::{Message, Severity, header};
use sip_testkit::simulation::Network;
use sip_testkit::telephony::Story;

/// A message, and where and when it was seen.
struct Seen {
    text: String,
    message: Message,
}

/// Whether what is found is so: looked for in the messages, without knowing what they mean.
fn is_so(name: &str, shown_by: usize, seen: &[Seen]) -> bool {
    let headers = seen[shown_by].message.headers();
    let cseq = headers.require(header::CSeq).unwrap().number();
    let status = seen[shown_by].message.as_response().map(|it| it.status().code());
    let later = |method: &str, wanted: &dyn Fn(&Message) -> bool| {
        seen[shown_by..].iter().any(|it| {
            let request = it.message.as_request();
            request.is_some_and(|it| it.method() == method) && wanted(&it.message)
        })
    };
    match name {
        "no-ack" => {
            let to =
                |it: &Message| it.headers().require(header::To).unwrap().tag().map(str::to_owned);
            !later("ACK", &|ack| {
                let number = ack.headers().require(header::CSeq).unwrap().number();
                number == cseq && to(ack) == to(&seen[shown_by].message)
            })
        }
        "no-prack" => {
            let rseq = headers.require(header::RSeq).unwrap().get();
            !later("PRACK", &|prack| prack.headers().require(header::RAck).unwrap().rseq() == rseq)
        }
        // Whoever hangs up before it has answered the offer in the 2xx.
        "offer-without-answer" => {
            let mut earlier = seen[..shown_by].iter().map(|it| &it.message);
            let is_ack = seen[shown_by].message.as_request().is_some_and(|it| it.method() == "ACK");
            let offers = |it: &Message| {
                let number = it.headers().require(header::CSeq).unwrap().number();
                it.as_response().is_some_and(|it| it.status().is_success())
                    && number == cseq
                    && !it.body().is_empty()
            };
            is_ack && seen[shown_by].message.body().is_empty() && earlier.any(offers)
        }
        // They know nothing of what a request is for, or do not like its session.
        "unknown-dialog" => status == Some(481),
        "media-refused" => status == Some(488),
        _ => false,
    }
}

/// Plays a story of this seed in fine weather. What is found that is a warning or an error must be
/// so; how much that is.
fn observe(seed: u64) -> usize {
    let mut story = Story::of(seed);
    story.network = Network::perfect(Duration::from_millis(20));
    let mut calls: HashMap<Vec<u8>, (Observer, Vec<Seen>)> = HashMap::new();
    let mut end = Duration::ZERO;
    for sent in story.messages() {
        let message = Message::parse(sent.bytes).unwrap();
        let call_id = message.headers().require(header::CallId).unwrap().as_bytes().to_vec();
        let hop = Hop { source: sent.from, destination: sent.to };
        let (observer, seen) = calls.entry(call_id).or_default();
        observer.handle_message(sent.at, hop, &message);
        let text = String::from_utf8_lossy(message.as_bytes());
        let text = format!("{:?} {} -> {}\n{text}", sent.at, sent.from, sent.to);
        seen.push(Seen { text, message });
        end = sent.at;
    }
    let mut count = 0;
    for (observer, seen) in calls.values_mut() {
        observer.finish(end + Duration::from_secs(100));
        let tell = || seen.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join("\n");
        assert!(observer.is_over(), "seed {seed}: {observer:#?}\n{}", tell());
        while let Some(finding) = observer.poll_finding() {
            if finding.severity() > Severity::Info {
                count += 1;
                let shown_by = usize::try_from(finding.message()).unwrap();
                let so = is_so(finding.name(), shown_by, seen);
                assert!(so, "seed {seed}: {finding} at {shown_by}\n{}", tell());
            }
        }
    }
    count
}

#[test]
fn what_is_found_is_so_and_nothing_else_is_found() {
    let found: usize = (0..600).map(observe).sum();
    // People who forget to acknowledge, and sessions that are not liked, are in some stories.
    assert!(found > 100, "{found}");
}
