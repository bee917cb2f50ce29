//! One endpoint, a clock that is moved by hand, and a record of what was sent when.

use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_message::{Message, Method, Request, Response, StatusCode, header};
use sip_transaction::{
    ClientTransaction, Config, ConnectionId, Endpoint, Event, Flow, ServerTransaction, Transaction,
    Transmit, Transport, TransportFailure,
};

/// The peer of most tests.
pub(crate) const PEER: &str = "192.0.2.1:5060";
/// Ourselves.
pub(crate) const LOCAL: &str = "192.0.2.4:5060";

pub(crate) fn udp() -> Flow {
    Flow::udp(LOCAL.parse().unwrap(), PEER.parse().unwrap())
}

pub(crate) fn tcp() -> Flow {
    let (local, remote) = (LOCAL.parse().unwrap(), PEER.parse().unwrap());
    Flow::connection(Transport::Tcp, local, remote, ConnectionId(7))
}

pub(crate) struct Rig {
    pub(crate) endpoint: Endpoint,
    start: Instant,
    pub(crate) now: Instant,
    pub(crate) flow: Flow,
}

impl Rig {
    pub(crate) fn new(flow: Flow) -> Self {
        Self::with(flow, Config::default())
    }

    #[expect(clippy::disallowed_methods, reason = "there is no other way to make an Instant")]
    pub(crate) fn with(flow: Flow, config: Config) -> Self {
        let start = Instant::now();
        Self { endpoint: Endpoint::new(config, [7; 32]), start, now: start, flow }
    }

    /// Milliseconds since the start.
    pub(crate) fn millis(&self) -> u128 {
        (self.now - self.start).as_millis()
    }

    /// Sends a request of this method.
    pub(crate) fn send(&mut self, method: Method<'_>) -> ClientTransaction {
        let request = request(method);
        self.endpoint.send_request(self.now, self.flow, &request).unwrap()
    }

    /// Lets a message come.
    pub(crate) fn receive(&mut self, message: impl Into<Message>) {
        self.endpoint.handle_message(self.now, self.flow, message.into());
    }

    pub(crate) fn receive_bytes(&mut self, text: &str) {
        self.receive(Message::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap());
    }

    /// Answers a request by the given transaction.
    pub(crate) fn respond(
        &mut self,
        transaction: ServerTransaction,
        request: &Request,
        status: u16,
    ) {
        self.try_respond(transaction, request, status).unwrap();
    }

    pub(crate) fn try_respond(
        &mut self,
        transaction: ServerTransaction,
        request: &Request,
        status: u16,
    ) -> Result<(), sip_transaction::SendError> {
        let response = response(request, status, "callee");
        self.endpoint.send_response(self.now, transaction, &response)
    }

    pub(crate) fn fail(&mut self, transaction: impl Into<Transaction>) {
        let failure = TransportFailure::Transaction(transaction.into());
        self.endpoint.handle_transport_error(self.now, failure);
    }

    /// Moves the clock to so many milliseconds after the start, and tells when what was sent.
    pub(crate) fn run_to(&mut self, millis: u64) -> Vec<(u128, String)> {
        let end = self.start + Duration::from_millis(millis);
        let mut sent = Vec::new();
        loop {
            let next = self.endpoint.poll_timeout().filter(|at| *at <= end);
            self.now = next.unwrap_or(end);
            self.endpoint.handle_timeout(self.now);
            let at = self.millis();
            sent.extend(self.sent().iter().map(|it| (at, start_line(it))));
            if next.is_none() {
                return sent;
            }
        }
    }

    pub(crate) fn sent(&mut self) -> Vec<Transmit> {
        std::iter::from_fn(|| self.endpoint.poll_transmit()).collect()
    }

    /// The only message that was sent.
    pub(crate) fn sent_one(&mut self) -> Message {
        let sent = self.sent();
        assert_eq!(sent.len(), 1, "{:?}", sent.iter().map(start_line).collect::<Vec<_>>());
        Message::parse(sent[0].bytes.clone()).unwrap()
    }

    pub(crate) fn sent_lines(&mut self) -> Vec<String> {
        self.sent().iter().map(start_line).collect()
    }

    pub(crate) fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.endpoint.poll_event()).collect()
    }

    /// The statuses of the responses that were passed up; nothing else may have happened.
    pub(crate) fn statuses(&mut self) -> Vec<u16> {
        let status = |event: Event| match event {
            Event::Response { response, .. } => response.status().code(),
            other => panic!("{other:?}"),
        };
        self.events().into_iter().map(status).collect()
    }

    /// The one request that was passed up.
    pub(crate) fn request(&mut self) -> (ServerTransaction, Request) {
        match <[Event; 1]>::try_from(self.events()) {
            Ok([Event::Request { transaction, request, .. }]) => (transaction, request),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn state(&self, transaction: impl Into<Transaction>) -> &'static str {
        self.endpoint.state(transaction).unwrap_or("Terminated")
    }
}

pub(crate) fn start_line(transmit: &Transmit) -> String {
    let line = transmit.bytes.split(|byte| *byte == b'\r').next().unwrap();
    String::from_utf8(line.to_vec()).unwrap()
}

pub(crate) fn request(method: Method<'_>) -> Request {
    Request::builder(method, "sip:bob@biloxi.example")
        .header(header::To, "Bob <sip:bob@biloxi.example>")
        .header(header::From, "Alice <sip:alice@atlanta.example>;tag=1928301774")
        .header(header::CallId, "a84b4c76e66710")
        .cseq(314_159)
        .header(header::Contact, "<sip:alice@192.0.2.4>")
        .header(header::Route, "<sip:p1.example;lr>")
        .header(header::Route, "<sip:p2.example;lr>")
        .without_via()
        .build()
        .unwrap()
}

/// A response of the peer to a request that was sent.
pub(crate) fn response(request: &Request, status: u16, tag: &str) -> Response {
    request.respond(StatusCode::new(status).unwrap()).to_tag(tag).build().unwrap()
}

/// A request of the peer.
pub(crate) fn incoming(method: &str, branch: &str) -> String {
    format!(
        "{method} sip:bob@192.0.2.4 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.1:5060;branch={branch}\r\n\
         Max-Forwards: 70\r\n\
         To: <sip:bob@192.0.2.4>\r\n\
         From: <sip:alice@192.0.2.1>;tag=1928301774\r\n\
         Call-ID: a84b4c76e66710\r\n\
         CSeq: 1 {method}\r\n\
         Contact: <sip:alice@192.0.2.1>\r\n\r\n"
    )
}

/// The ACK of the peer for a response other than 2xx.
pub(crate) fn incoming_ack(branch: &str, to_tag: &str) -> String {
    incoming("ACK", branch)
        .replace("To: <sip:bob@192.0.2.4>", &format!("To: <sip:bob@192.0.2.4>;tag={to_tag}"))
}
