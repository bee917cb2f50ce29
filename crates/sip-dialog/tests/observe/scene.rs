//! Messages between Alice, a proxy and Bob, written down as they are seen.

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Duration;

use sip_dialog::observe::{Finding, Hop, Observer, Sighting};
use sip_message::Message;

pub(crate) const ALICE: &str = "192.0.2.1:5060";
pub(crate) const PROXY: &str = "192.0.2.9:5060";
pub(crate) const BOB: &str = "192.0.2.4:5060";

/// A message that is about to be seen.
#[derive(Clone)]
pub(crate) struct Draft {
    start: String,
    vias: Vec<String>,
    from: String,
    to: String,
    cseq: String,
    headers: Vec<String>,
    body: Option<String>,
}

/// A request of Alice's, with this CSeq number. Its branch is made of method and number.
pub(crate) fn request(method: &str, number: u32) -> Draft {
    Draft {
        start: format!("{method} sip:bob@192.0.2.4 SIP/2.0"),
        vias: vec![format!("SIP/2.0/UDP alice.invalid;branch=z9hG4bK-{method}-{number}")],
        from: "<sip:alice@atlanta.example>;tag=a".to_owned(),
        to: "<sip:bob@biloxi.example>".to_owned(),
        cseq: format!("{number} {method}"),
        headers: vec![],
        body: None,
    }
}

impl Draft {
    pub(crate) fn header(mut self, line: &str) -> Self {
        self.headers.push(line.to_owned());
        self
    }

    pub(crate) fn contact(self, uri: &str) -> Self {
        self.header(&format!("Contact: <{uri}>"))
    }

    /// In the dialog with this tag of Bob's.
    pub(crate) fn within(mut self, tag: &str) -> Self {
        self.to = format!("<sip:bob@biloxi.example>;tag={tag}");
        self
    }

    /// From Bob, in the dialog with this tag of his.
    pub(crate) fn of_bob(mut self, tag: &str) -> Self {
        self.from = format!("<sip:bob@biloxi.example>;tag={tag}");
        self.to = "<sip:alice@atlanta.example>;tag=a".to_owned();
        self.with_uri("sip:alice@192.0.2.1").branch("bob")
    }

    pub(crate) fn with_uri(mut self, uri: &str) -> Self {
        let method = self.start.split(' ').next().unwrap().to_owned();
        self.start = format!("{method} {uri} SIP/2.0");
        self
    }

    pub(crate) fn branch(mut self, branch: &str) -> Self {
        let via = self.vias[0].split("branch=").next().unwrap().to_owned();
        self.vias[0] = format!("{via}branch=z9hG4bK-{branch}-{}", self.cseq.replace(' ', "-"));
        self
    }

    /// With the Via of another request.
    pub(crate) fn via_of(mut self, other: &Self) -> Self {
        self.vias.clone_from(&other.vias);
        self
    }

    pub(crate) fn without_via(mut self) -> Self {
        self.vias.clear();
        self
    }

    /// As a proxy sends it on.
    pub(crate) fn forwarded(mut self) -> Self {
        let branch =
            format!("SIP/2.0/UDP proxy.invalid;branch=z9hG4bK-p-{}", self.cseq.replace(' ', "-"));
        self.vias.insert(0, branch);
        self
    }

    /// A response, with a To tag.
    pub(crate) fn answer(&self, status: u16, tag: &str) -> Self {
        let mut response = self.clone();
        response.start = format!("SIP/2.0 {status} x");
        response.headers.clear();
        response.body = None;
        if !tag.is_empty() && !response.to.contains("tag=") {
            response.to = format!("{};tag={tag}", response.to);
        }
        response
    }

    /// The ACK for a failure, or the CANCEL: of the same branch.
    pub(crate) fn same_branch(&self, method: &str) -> Self {
        let mut other = self.clone();
        let rest = self.start.split_once(' ').unwrap().1;
        other.start = format!("{method} {rest}");
        other.cseq = format!("{} {method}", self.cseq.split(' ').next().unwrap());
        other.body = None;
        other
    }

    pub(crate) fn tag(mut self, from: &str, to: &str) -> Self {
        self.from = format!("<sip:alice@atlanta.example>;tag={from}");
        self.to = format!("<sip:bob@biloxi.example>;tag={to}");
        self
    }

    /// With an audio stream of these codecs and attributes.
    pub(crate) fn sdp(mut self, codecs: &[&str], attributes: &[&str]) -> Self {
        let mut body =
            "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n".to_owned();
        body.push_str("m=audio 4000 RTP/AVP");
        for at in 0..codecs.len() {
            write!(body, " {}", 96 + at).unwrap();
        }
        body.push_str("\r\n");
        for (at, codec) in codecs.iter().enumerate() {
            write!(body, "a=rtpmap:{} {codec}/8000\r\n", 96 + at).unwrap();
        }
        for attribute in attributes {
            write!(body, "a={attribute}\r\n").unwrap();
        }
        self.body = Some(body);
        self
    }

    pub(crate) fn body(mut self, change: impl Fn(String) -> String) -> Self {
        self.body = self.body.map(change);
        self
    }

    fn message(&self) -> Message {
        let mut text = format!("{}\r\n", self.start);
        for via in &self.vias {
            write!(text, "Via: {via}\r\n").unwrap();
        }
        write!(
            text,
            "From: {}\r\nTo: {}\r\nCall-ID: c\r\nCSeq: {}\r\n",
            self.from, self.to, self.cseq
        )
        .unwrap();
        for header in &self.headers {
            write!(text, "{header}\r\n").unwrap();
        }
        if let Some(body) = &self.body {
            write!(
                text,
                "Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
        } else {
            text.push_str("Content-Length: 0\r\n\r\n");
        }
        Message::parse(text.into_bytes()).unwrap()
    }
}

/// One observer, and a clock that runs on by 20 ms with each message.
pub(crate) struct Scene {
    pub(crate) observer: Observer,
    now: Duration,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self { observer: Observer::default(), now: Duration::from_secs(1_000) }
    }

    pub(crate) fn seen(&mut self, source: &str, destination: &str, draft: &Draft) -> Sighting {
        self.now += Duration::from_millis(20);
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let hop = Hop { source: address(source), destination: address(destination) };
        self.observer.handle_message(self.now, hop, &draft.message())
    }

    /// From Alice to Bob.
    pub(crate) fn out(&mut self, draft: &Draft) -> Sighting {
        self.seen(ALICE, BOB, draft)
    }

    /// From Bob to Alice.
    pub(crate) fn back(&mut self, draft: &Draft) -> Sighting {
        self.seen(BOB, ALICE, draft)
    }

    pub(crate) fn wait(&mut self, seconds: f64) {
        self.now += Duration::from_secs_f64(seconds);
        self.observer.handle_timeout(self.now);
    }

    /// A call of Alice's to Bob, whose tag is `b`, with PCMU.
    pub(crate) fn call(&mut self) {
        let invite = invite();
        self.out(&invite);
        self.back(&invite.answer(180, "b").contact("sip:bob@192.0.2.4"));
        self.back(&invite.answer(200, "b").contact("sip:bob@192.0.2.4").sdp(&["PCMU"], &[]));
        self.out(&request("ACK", 1).within("b"));
    }

    /// All that was found.
    pub(crate) fn all(&mut self) -> Vec<Finding> {
        std::iter::from_fn(|| self.observer.poll_finding()).collect()
    }

    /// What was found, as `name: text`.
    pub(crate) fn found(&mut self) -> Vec<String> {
        self.all().iter().map(|it| format!("{}: {}", it.name(), it.kind())).collect()
    }

    /// The same, when forty seconds have gone by.
    pub(crate) fn found_at_the_end(&mut self) -> Vec<String> {
        self.observer.finish(self.now + Duration::from_secs(40));
        self.found()
    }
}

pub(crate) fn invite() -> Draft {
    request("INVITE", 1).contact("sip:alice@192.0.2.1").sdp(&["PCMU"], &[])
}
