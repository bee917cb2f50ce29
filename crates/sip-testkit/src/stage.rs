//! User agents on a stage: one with a peer that says what the test wants, or two with each other.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sip_dialog::{AgentConfig, Call, Event, UserAgent};
use sip_message::{HeaderName, Message, Method, Parts, Request, Response, StatusCode, header};
use sip_transaction::Flow;

/// The address of the agent that is tested.
pub const AGENT: &str = "192.0.2.4:5060";
/// The address of its peer.
pub const PEER: &str = "192.0.2.1:5060";

/// A user agent with a peer that is played by the test.
#[derive(Debug)]
pub struct Stage {
    /// The agent.
    pub agent: UserAgent,
    /// What time it is.
    pub now: Instant,
    /// When it began.
    pub start: Instant,
    /// The flow, as the agent sees it.
    pub flow: Flow,
    /// What the agent has sent and the test has not looked at, with the time since the start.
    pub sent: VecDeque<(Duration, Message)>,
    /// What the agent has told and the test has not looked at.
    pub events: VecDeque<Event>,
}

/// The configuration of an agent with this identity, at [`AGENT`].
#[must_use]
pub fn config() -> AgentConfig {
    AgentConfig::new("Bob <sip:bob@biloxi.example>")
}

impl Stage {
    /// A stage over UDP.
    #[must_use]
    pub fn new(config: AgentConfig) -> Self {
        let address = |text: &str| -> SocketAddr { text.parse().expect("an address") };
        Self::over(config, Flow::udp(address(AGENT), address(PEER)))
    }

    /// A stage over a flow.
    #[must_use]
    pub fn over(config: AgentConfig, flow: Flow) -> Self {
        let start = super::simulation::start();
        Self {
            agent: UserAgent::new(config, [7; 32]),
            now: start,
            start,
            flow,
            sent: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Takes what the agent has sent and told.
    pub fn settle(&mut self) {
        let since = self.now - self.start;
        while let Some(transmit) = self.agent.poll_transmit() {
            let message = Message::parse(transmit.bytes).expect("the agent sends messages");
            self.sent.push_back((since, message));
        }
        while let Some(event) = self.agent.poll_event() {
            self.events.push_back(event);
        }
    }

    /// The agent gets a message from its peer.
    pub fn receive(&mut self, message: impl Into<Message>) {
        self.agent.handle_message(self.now, self.flow, message.into());
        self.settle();
    }

    /// The agent gets a text from its peer: lines end as Rust's strings have them, and are sent
    /// with CR LF. Content-Length is added.
    pub fn receive_text(&mut self, text: &str) {
        self.receive(message(text));
    }

    /// Lets time pass, with every timer at its time.
    pub fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(next) = self.agent.poll_timeout().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.agent.handle_timeout(self.now);
            self.settle();
        }
        self.now = end;
    }

    /// Lets time pass until nothing is to be done any more, at most so long.
    pub fn pass_all(&mut self, at_most: Duration) {
        let end = self.now + at_most;
        while let Some(next) = self.agent.poll_timeout().filter(|next| *next <= end) {
            self.pass(next.saturating_duration_since(self.now));
        }
    }

    /// The next message that the agent has sent.
    ///
    /// # Panics
    /// When there is none.
    pub fn next_sent(&mut self) -> Message {
        self.settle();
        self.sent.pop_front().expect("the agent has sent something").1
    }

    /// The next request that the agent has sent.
    ///
    /// # Panics
    /// When there is none, or it is a response or has another method.
    pub fn next_request(&mut self, method: Method<'_>) -> Request {
        match self.next_sent() {
            Message::Request(request) => {
                assert_eq!(request.method(), method, "{request:?}");
                request
            }
            Message::Response(response) => panic!("{method} was to be sent, not {response:?}"),
        }
    }

    /// The next response that the agent has sent.
    ///
    /// # Panics
    /// When there is none, or it is a request or has another status.
    pub fn next_response(&mut self, status: u16) -> Response {
        match self.next_sent() {
            Message::Response(response) => {
                assert_eq!(response.status().code(), status, "{response:?}");
                response
            }
            Message::Request(request) => panic!("{status} was to be sent, not {request:?}"),
        }
    }

    /// Nothing has been sent that the test has not looked at.
    ///
    /// # Panics
    /// When something has.
    pub fn nothing_sent(&mut self) {
        self.settle();
        assert!(self.sent.is_empty(), "sent: {:?}", self.sent);
    }

    /// The next event.
    ///
    /// # Panics
    /// When there is none.
    pub fn next_event(&mut self) -> Event {
        self.settle();
        self.events.pop_front().expect("the agent has told something")
    }

    /// Nothing has been told that the test has not looked at.
    ///
    /// # Panics
    /// When something has.
    pub fn nothing_told(&mut self) {
        self.settle();
        assert!(self.events.is_empty(), "told: {:?}", self.events);
    }

    /// The call of the next event, which is an incoming one.
    ///
    /// # Panics
    /// When it is another.
    pub fn next_incoming(&mut self) -> Call {
        match self.next_event() {
            Event::Incoming { call, .. } => call,
            other => panic!("a call was to come, not {other:?}"),
        }
    }

    /// The peer answers a request of the agent, with more header lines and a body (of a
    /// description, if it has one).
    ///
    /// # Panics
    /// When the response cannot be built.
    pub fn answer(
        &mut self,
        request: &Request,
        status: u16,
        tag: &str,
        lines: &[&str],
        body: &str,
    ) {
        let response = respond(request, status, tag, lines, body);
        self.receive(response);
    }

    /// Nothing is left: no call, dialog, subscription, transaction or timer.
    ///
    /// # Panics
    /// When something is.
    pub fn nothing_left(&mut self) {
        self.pass_all(Duration::from_secs(400));
        let counts = self.agent.counts();
        assert_eq!(counts, sip_dialog::AgentCounts::default());
        assert_eq!(self.agent.endpoint().metrics().timers, 0);
    }
}

/// A message of a text: see [`Stage::receive_text`].
///
/// # Panics
/// When it is none.
#[must_use]
pub fn message(text: &str) -> Message {
    let text = text.trim_start_matches('\n');
    let (head, body) = text.split_once("\n\n").unwrap_or_else(|| (text.trim_end(), ""));
    let head: String = head.lines().map(|line| format!("{}\r\n", line.trim_start())).collect();
    let body: String = body.lines().map(|line| format!("{}\r\n", line.trim_start())).collect();
    let text = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    Message::parse(text.into_bytes()).expect("a message")
}

/// The response of a peer, with a tag in To, more header lines and a body.
///
/// # Panics
/// When the response cannot be built.
#[must_use]
pub fn respond(request: &Request, status: u16, tag: &str, lines: &[&str], body: &str) -> Response {
    let mut builder = request.respond(StatusCode::new(status).expect("a status"));
    if !tag.is_empty() {
        builder.to_tag(tag);
    }
    for line in lines {
        let (name, value) = line.split_once(':').expect("a header line");
        builder.header_raw(name, value.trim());
    }
    if !body.is_empty() {
        builder.body("application/sdp", body);
    }
    builder.build().expect("a response")
}

/// The first value of a header, as it stands.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn raw<'m>(message: &'m Parts, name: &str) -> &'m str {
    let value = message.headers().raw(name);
    let value = value.unwrap_or_else(|| panic!("no {name} in {message:?}"));
    str::from_utf8(value).expect("text")
}

/// The tag of To.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn to_tag(message: &Parts) -> String {
    let to = message.headers().require(header::To).expect("a To");
    to.tag().expect("a tag").to_owned()
}

/// The tag of From.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn from_tag(message: &Parts) -> String {
    let from = message.headers().require(header::From).expect("a From");
    from.tag().expect("a tag").to_owned()
}

/// The number of CSeq.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn cseq(message: &Parts) -> u32 {
    message.headers().require(header::CSeq).expect("a CSeq").number()
}

/// Whether a header has a token in its list.
#[must_use]
pub fn lists(message: &Parts, name: &HeaderName<'_>, token: &str) -> bool {
    message.headers().lines(name.as_str()).any(|line| {
        let text = String::from_utf8_lossy(line.value()).into_owned();
        text.split(',').any(|it| it.trim().eq_ignore_ascii_case(token))
    })
}

/// Two user agents and a network that loses nothing and takes no time.
#[derive(Debug)]
pub struct Pair {
    /// The agents.
    pub agents: [UserAgent; 2],
    /// What each has told and the test has not looked at.
    pub events: [VecDeque<Event>; 2],
    /// What has been sent: by whom, and when.
    pub sent: Vec<(usize, Duration, Message)>,
    /// What time it is.
    pub now: Instant,
    /// When it began.
    pub start: Instant,
    addresses: [SocketAddr; 2],
}

impl Pair {
    /// Two agents with these configurations.
    ///
    /// # Panics
    /// Never: the addresses are addresses.
    #[must_use]
    pub fn new(configs: [AgentConfig; 2]) -> Self {
        let [first, second] = configs;
        let start = super::simulation::start();
        Self {
            agents: [UserAgent::new(first, [1; 32]), UserAgent::new(second, [2; 32])],
            events: Default::default(),
            sent: Vec::new(),
            now: start,
            start,
            addresses: [PEER, AGENT].map(|text| text.parse().expect("an address")),
        }
    }

    /// The flow from one to the other.
    #[must_use]
    pub fn flow(&self, from: usize) -> Flow {
        Flow::udp(self.addresses[from], self.addresses[1 - from])
    }

    /// Carries what is sent until nothing is, and takes what is told.
    pub fn settle(&mut self) {
        let since = self.now - self.start;
        loop {
            let mut quiet = true;
            for from in 0..2 {
                while let Some(transmit) = self.agents[from].poll_transmit() {
                    quiet = false;
                    let message = Message::parse(transmit.bytes).expect("agents send messages");
                    self.sent.push((from, since, message.clone()));
                    let flow = self.flow(1 - from);
                    self.agents[1 - from].handle_message(self.now, flow, message);
                }
            }
            for (agent, events) in self.agents.iter_mut().zip(&mut self.events) {
                while let Some(event) = agent.poll_event() {
                    quiet = false;
                    events.push_back(event);
                }
            }
            if quiet {
                return;
            }
        }
    }

    /// Lets time pass, with every timer at its time.
    pub fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.settle();
            let next = self.agents.iter().filter_map(UserAgent::poll_timeout).min();
            let Some(next) = next.filter(|next| *next <= end) else { break };
            self.now = self.now.max(next);
            for agent in &mut self.agents {
                agent.handle_timeout(self.now);
            }
        }
        self.now = end;
    }

    /// The next event of one of them.
    ///
    /// # Panics
    /// When there is none.
    pub fn next_event(&mut self, of: usize) -> Event {
        self.settle();
        self.events[of].pop_front().expect("the agent has told something")
    }

    /// Nothing is left at either.
    ///
    /// # Panics
    /// When something is.
    pub fn nothing_left(&mut self) {
        self.pass(Duration::from_secs(400));
        for agent in &self.agents {
            assert_eq!(agent.counts(), sip_dialog::AgentCounts::default());
        }
    }
}
