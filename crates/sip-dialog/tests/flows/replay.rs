//! A printed call flow, in which our agent takes the place of one of the parties.
//!
//! Tags, Call-IDs, branches and CSeq numbers of our messages are our agent's own: what is printed
//! for them is remembered with what the agent has chosen, and replaced in what the others say.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use sip_dialog::{
    Body, Call, Challenge, Event, Extra, Incoming, InviteOptions, Notification, ReferOptions,
    SubscribeOptions, Subscription, SubscriptionState,
};
use sip_message::{Message, Method, Parts, Request, StatusCode, header};
use sip_testkit::stage::{Stage, config};

/// One printed message, and who sends it to whom.
#[derive(Clone, Debug)]
struct Printed {
    name: String,
    from: String,
    to: String,
    message: Message,
}

/// The messages of a flow, in order.
fn printed(flow: &str) -> Vec<Printed> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/flows").join(flow);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let read = |file: &PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let mut parts = name.split('-').skip(1);
        let (from, to) = (parts.next().unwrap().to_owned(), parts.next().unwrap().to_owned());
        let text = fs::read_to_string(file).unwrap();
        let message = with_length(&text);
        Printed { name, from, to, message }
    };
    files.iter().map(read).collect()
}

/// The message of a text, with the Content-Length that its body has.
fn with_length(text: &str) -> Message {
    let text = text.replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n").unwrap_or_else(|| (text.trim_end(), ""));
    let body = body.trim_end_matches('\n').replace('\n', "\r\n");
    let body = if body.is_empty() { body } else { body + "\r\n" };
    let mut lines: Vec<String> = head
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("content-length"))
        .map(str::to_owned)
        .collect();
    lines.push(format!("Content-Length: {}", body.len()));
    Message::parse(format!("{}\r\n\r\n{body}", lines.join("\r\n")).into_bytes()).unwrap()
}

fn parts(message: &Message) -> &Parts {
    match message {
        Message::Request(request) => request,
        Message::Response(response) => response,
    }
}

/// A value, without folds.
fn text(value: Option<&[u8]>) -> String {
    let value = String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
    value.split("\r\n").map(str::trim).collect::<Vec<_>>().join(" ")
}

fn raw(message: &Message, name: &str) -> String {
    text(parts(message).headers().raw(name))
}

fn call_id(message: &Message) -> String {
    raw(message, "Call-ID")
}

fn from_tag(message: &Message) -> Option<String> {
    let from = parts(message).headers().find(header::From).ok()??;
    from.tag().map(str::to_owned)
}

fn to_tag(message: &Message) -> Option<String> {
    let to = parts(message).headers().find(header::To).ok()??;
    to.tag().map(str::to_owned)
}

fn method_of(message: &Message) -> String {
    let cseq = parts(message).headers().require(header::CSeq).unwrap();
    cseq.method().as_str().to_owned()
}

fn number_of(message: &Message) -> u32 {
    parts(message).headers().require(header::CSeq).unwrap().number()
}

fn body(message: &Message) -> Option<Body> {
    let parts = parts(message);
    (!parts.body().is_empty())
        .then(|| Body::new(&raw(message, "Content-Type"), parts.body().to_vec()))
}

/// A flow that is being played.
pub(crate) struct Replay {
    stage: Stage,
    /// What is printed, and what our agent has chosen for it.
    bound: BTreeMap<String, String>,
    /// Our requests: by printed Call-ID, method and printed CSeq number.
    ours: BTreeMap<(String, String, u32), Request>,
    /// Calls by printed Call-ID.
    calls: BTreeMap<String, Call>,
    subscriptions: BTreeMap<String, Subscription>,
    notifications: BTreeMap<String, Notification>,
    waiting: VecDeque<Incoming>,
    challenges: VecDeque<Challenge>,
    /// How many of our messages were compared.
    compared: usize,
}

/// Plays a flow with our agent as one of the parties. How many of our messages were compared.
pub(crate) fn play(flow: &str, us: &str) -> usize {
    let mut config = config();
    config.event_packages = vec!["dialog".into(), "presence".into(), "refer".into()];
    config.content_types = Vec::new();
    let mut replay = Replay {
        stage: Stage::new(config),
        bound: BTreeMap::new(),
        ours: BTreeMap::new(),
        calls: BTreeMap::new(),
        subscriptions: BTreeMap::new(),
        notifications: BTreeMap::new(),
        waiting: VecDeque::new(),
        challenges: VecDeque::new(),
        compared: 0,
    };
    let messages = printed(flow);
    assert!(!messages.is_empty());
    for printed in messages {
        if printed.to == us {
            replay.comes(&printed);
        } else if printed.from == us {
            replay.goes(&printed);
        }
    }
    replay.compared
}

impl Replay {
    /// A text with all that is printed for our choices replaced by them.
    fn translated(&self, printed: &str) -> String {
        let mut text = printed.to_owned();
        for (from, to) in &self.bound {
            text = text.replace(from, to);
        }
        text
    }

    fn bind(&mut self, printed: Option<String>, real: Option<String>) {
        if let (Some(printed), Some(real)) = (printed, real) {
            self.bound.entry(printed).or_insert(real);
        }
    }

    /// One of the others says something to us.
    fn comes(&mut self, printed: &Printed) {
        let text = String::from_utf8_lossy(parts(&printed.message).as_bytes()).into_owned();
        let text = self.translated(&text);
        let message = match &printed.message {
            Message::Request(_) => with_length(&text),
            Message::Response(_) => {
                let key = (
                    call_id(&printed.message),
                    method_of(&printed.message),
                    number_of(&printed.message),
                );
                let Some(request) = self.ours.get(&key) else {
                    panic!("{}: {key:?} is no request of ours", printed.name);
                };
                with_length(&as_response_to(&text, request))
            }
        };
        self.stage.receive(message);
        self.happened(&call_id(&printed.message));
    }

    fn happened(&mut self, printed_call: &str) {
        while let Some(event) = self.stage.events.pop_front() {
            match event {
                Event::Incoming { call, .. } => {
                    self.calls.insert(printed_call.to_owned(), call);
                }
                Event::Request { incoming, .. } => self.waiting.push_back(incoming),
                Event::Challenged { challenge, .. } => self.challenges.push_back(challenge),
                Event::SubscriptionAsked { notification, .. }
                | Event::ReferAsked { notification, .. } => {
                    self.notifications.insert(printed_call.to_owned(), notification);
                }
                _ => {}
            }
        }
    }

    /// We are to say something: if the agent has not said it by itself, its user has it said.
    fn goes(&mut self, printed: &Printed) {
        if let Message::Response(response) = &printed.message
            && response.status() == StatusCode::TRYING
        {
            return;
        }
        if !self.is_said(printed) {
            self.act(printed);
            self.happened(&call_id(&printed.message));
        }
        self.stage.settle();
        let place = self.stage.sent.iter().position(|(_, sent)| self.is_it(printed, sent));
        let Some((_, sent)) = place.and_then(|place| self.stage.sent.remove(place)) else {
            panic!("{}: not said, but {:?}", printed.name, self.stage.sent);
        };
        self.compare(printed, &sent);
        self.compared += 1;
    }

    fn is_said(&mut self, printed: &Printed) -> bool {
        self.stage.settle();
        // What is said after 200 ms is said by the agent too.
        if method_of(&printed.message) == "ACK" {
            self.stage.pass(Duration::from_millis(1));
        }
        self.stage.sent.iter().any(|(_, sent)| self.is_it(printed, sent))
    }

    /// Whether something that was said is what is printed: by method, status, and the call.
    fn is_it(&self, printed: &Printed, sent: &Message) -> bool {
        let same_call = match self.bound.get(&call_id(&printed.message)) {
            Some(bound) => *bound == call_id(sent),
            None => true,
        };
        same_call
            && match (&printed.message, sent) {
                (Message::Request(printed), Message::Request(sent)) => {
                    printed.method() == sent.method()
                }
                (Message::Response(wanted), Message::Response(response)) => {
                    wanted.status() == response.status()
                        && method_of(&printed.message) == method_of(sent)
                }
                _ => false,
            }
    }

    /// The user of our agent does what makes the agent say what is printed.
    fn act(&mut self, printed: &Printed) {
        let known = call_id(&printed.message);
        let call = self.calls.get(&known).copied();
        let mut extra = Extra::new();
        extra = match body(&printed.message) {
            Some(body) => extra.body(body),
            None => extra,
        };
        let (now, flow) = (self.stage.now, self.stage.flow);
        let agent = &mut self.stage.agent;
        let name = &printed.name;
        match &printed.message {
            Message::Request(request) => {
                let target = String::from_utf8_lossy(request.uri_bytes()).into_owned();
                let within = to_tag(&printed.message).is_some();
                match (request.method().as_str(), within) {
                    ("INVITE", false) if !self.challenges.is_empty() => {
                        let challenge = self.challenges.pop_front().unwrap();
                        let mut extra = Extra::new();
                        for header in ["Authorization", "Proxy-Authorization"] {
                            for line in request.headers().lines(header) {
                                extra = extra.header(header, &text(Some(line.value())));
                            }
                        }
                        agent.resend(now, challenge, extra).unwrap();
                    }
                    ("INVITE", false) if call.is_some() => {
                        agent.follow(now, call.unwrap(), flow, &target).unwrap();
                    }
                    ("INVITE", false) => {
                        for header in ["Route", "Replaces", "Join", "Referred-By", "Require"] {
                            for line in request.headers().lines(header) {
                                let value = text(Some(line.value()));
                                let mut value = value;
                                for (from, to) in &self.bound {
                                    value = value.replace(from, to);
                                }
                                extra = extra.header(header, &value);
                            }
                        }
                        let options = InviteOptions::new(extra);
                        let call = agent.invite(now, flow, &target, options).unwrap();
                        self.calls.insert(known, call);
                    }
                    ("INVITE", true) => agent.reinvite(now, call.unwrap(), extra).unwrap(),
                    ("ACK", _) => agent.acknowledge(now, call.unwrap(), extra).unwrap(),
                    ("CANCEL", _) => agent.cancel(now, call.unwrap(), None).unwrap(),
                    ("BYE", _) => agent.hang_up(now, call.unwrap()).unwrap(),
                    ("REFER", _) => {
                        let refer_to = request.headers().require(header::ReferTo).unwrap();
                        let mut uri = String::from_utf8_lossy(refer_to.uri_bytes()).into_owned();
                        for (from, to) in &self.bound {
                            uri = uri.replace(from, to);
                        }
                        let mut options = ReferOptions::default();
                        options.call = call.filter(|_| within);
                        let it = agent.refer(now, flow, &target, &uri, options).unwrap();
                        self.subscriptions.insert(known, it);
                    }
                    ("SUBSCRIBE", false) => {
                        let event = request.headers().require(header::Event).unwrap();
                        let package = event.value_str().unwrap().to_owned();
                        let options = SubscribeOptions::default();
                        let it = agent.subscribe(now, flow, &target, &package, options).unwrap();
                        self.subscriptions.insert(known, it);
                    }
                    ("NOTIFY", _) => {
                        let notification = self.notifications[&known];
                        let status = sip_dialog::refer_status(request);
                        match status {
                            Some(status) => agent.notify_refer(now, notification, status).unwrap(),
                            None => {
                                let state = SubscriptionState::Active;
                                agent.notify(now, notification, state, extra).unwrap();
                            }
                        }
                    }
                    ("MESSAGE", false) => {
                        agent.message(now, flow, &target, extra).unwrap();
                    }
                    (method, _) => panic!("{name}: nobody says {method} here"),
                }
            }
            Message::Response(response) => {
                let status = response.status();
                match method_of(&printed.message).as_str() {
                    "INVITE" if status.is_provisional() => {
                        agent.ring(now, call.unwrap(), status, extra).unwrap();
                    }
                    "INVITE" if status.is_success() => {
                        agent.accept(now, call.unwrap(), extra).unwrap();
                    }
                    "INVITE" => {
                        for line in response.headers().lines("Contact") {
                            extra = extra.header("Contact", &text(Some(line.value())));
                        }
                        agent.reject(now, call.unwrap(), status, extra).unwrap();
                    }
                    "REFER" | "SUBSCRIBE" => {
                        let notification = self.notifications[&known];
                        agent.accept_subscription(now, notification, Extra::new()).unwrap();
                    }
                    method => {
                        let Some(incoming) = self.waiting.pop_front() else {
                            panic!("{name}: nobody answers {method} here")
                        };
                        agent.respond(now, incoming, status, extra).unwrap();
                    }
                }
            }
        }
    }

    /// What the agent has said is what is printed, in what matters.
    fn compare(&mut self, printed: &Printed, sent: &Message) {
        let name = &printed.name;
        let wanted = &printed.message;
        // What is printed for a choice of ours is bound to it once, and always the same.
        match wanted {
            Message::Request(request) if to_tag_of(request).is_none() => {
                // A new request has a new Call-ID and a new tag, even where the same are printed.
                self.bound.insert(call_id(wanted), call_id(sent));
                if let (Some(printed), Some(real)) = (from_tag(wanted), from_tag(sent)) {
                    self.bound.insert(printed, real);
                }
            }
            Message::Request(_) => self.bind(from_tag(wanted), from_tag(sent)),
            Message::Response(_) => self.bind(to_tag(wanted), to_tag(sent)),
        }
        for tag in [from_tag, to_tag] {
            let wanted = tag(wanted).map(|tag| self.translated(&tag));
            let sent = tag(sent);
            // A 100 has no tag; some of the printed responses have none either.
            if wanted.is_some() {
                assert_eq!(wanted, sent, "{name}: tags");
            }
        }
        if let (Message::Request(wanted), Message::Request(request)) = (wanted, sent) {
            if wanted.method() != Method::CANCEL {
                // What is printed leaves parameters of Contact out here and there.
                let uri = |request: &Request| {
                    let uri = String::from_utf8_lossy(request.uri_bytes()).to_ascii_lowercase();
                    uri.split(';').next().unwrap_or_default().to_owned()
                };
                assert_eq!(uri(wanted), uri(request), "{name}: Request-URI");
            }
            let routes = |request: &Request| -> Vec<String> {
                let routes = request.headers().each(header::Route).flatten();
                routes.map(|it| String::from_utf8_lossy(it.uri_bytes()).into_owned()).collect()
            };
            // The ACK for a refusal and CANCEL have the Route of their INVITE (RFC 3261
            // §17.1.1.3, §9.1), which what is printed leaves out.
            // An INVITE that is sent again with credentials has the Route that it had.
            let again = request.headers().raw("Proxy-Authorization").is_some();
            if !self.is_hop_by_hop(request) && !again {
                assert_eq!(routes(wanted), routes(request), "{name}: Route");
            }
            let key = (
                call_id(&printed.message),
                wanted.method().as_str().to_owned(),
                number_of(&printed.message),
            );
            if ["ACK", "CANCEL"].contains(&wanted.method().as_str()) {
                let invite = (key.0.clone(), "INVITE".to_owned(), key.2);
                if let Some(invite) = self.ours.get(&invite) {
                    let number = invite.headers().require(header::CSeq).unwrap().number();
                    assert_eq!(number_of(sent), number, "{name}: CSeq");
                }
            }
            self.ours.insert(key, request.clone());
        }
        let bodies = [wanted, sent].map(|it| !parts(it).body().is_empty());
        assert_eq!(bodies[0], bodies[1], "{name}: body");
        if bodies[0] {
            let kind = |it: &Message| raw(it, "Content-Type").split(';').next().map(str::to_owned);
            assert_eq!(kind(wanted), kind(sent), "{name}: Content-Type");
        }
    }

    /// Whether a request has the branch of an INVITE of ours.
    fn is_hop_by_hop(&self, request: &Request) -> bool {
        let branch = |request: &Request| {
            let via = request.headers().find(header::Via).ok().flatten();
            via.and_then(|via| via.branch().map(str::to_owned))
        };
        request.method() != Method::INVITE
            && self.ours.values().any(|invite| branch(invite) == branch(request))
    }
}

fn to_tag_of(request: &Request) -> Option<&str> {
    request.headers().find(header::To).ok()??.tag()
}

/// A printed response as the answer to a request of ours: with our Via, From, Call-ID and CSeq.
fn as_response_to(printed: &str, request: &Request) -> String {
    let (head, body) = printed.split_once("\r\n\r\n").unwrap_or((printed, ""));
    let message = with_length(printed);
    let tag = to_tag(&message);
    let mut out = Vec::new();
    for line in request.headers().iter() {
        let name = line.name_str();
        if !["Via", "From", "To", "Call-ID", "CSeq"].contains(&name) {
            continue;
        }
        let value = text(Some(line.value()));
        let value = match (&tag, name) {
            (Some(tag), "To") if !value.contains(";tag=") => format!("{value};tag={tag}"),
            _ => value,
        };
        out.push(format!("{name}: {value}"));
    }
    let mut lines = head.split("\r\n");
    let start = lines.next().unwrap_or_default();
    let copied = ["via", "from", "to", "call-id", "cseq"];
    let mut skipping = false;
    for line in lines {
        let folded = line.starts_with([' ', '\t']);
        let name = line.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
        skipping = if folded { skipping } else { copied.contains(&name.as_str()) };
        if !skipping {
            out.push(line.to_owned());
        }
    }
    format!("{start}\r\n{}\r\n\r\n{body}", out.join("\r\n"))
}
