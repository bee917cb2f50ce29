//! Two user agents with any number of standing calls, in memory: no socket, and a clock that is
//! moved by hand.
//!
//! They are in a steady state: where one call begins, another ends, and which one that is has
//! nothing to do with where it is in memory.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_dialog::{
    AgentConfig, Body, Call, Event, Extra, InviteOptions, SessionTimerConfig, UserAgent,
};
use sip_message::StatusCode;
use sip_transaction::Flow;

use crate::random::Random;
use crate::transactions::start;

/// The description of both sides.
const SDP: &[u8] = b"v=0\r\n\
    o=alice 2890844526 2890844526 IN IP4 192.0.2.101\r\n\
    s=-\r\n\
    c=IN IP4 192.0.2.101\r\n\
    t=0 0\r\n\
    m=audio 49172 RTP/AVP 0 8 101\r\n\
    a=rtpmap:0 PCMU/8000\r\n\
    a=rtpmap:8 PCMA/8000\r\n\
    a=rtpmap:101 telephone-event/8000\r\n";

/// So many peers the caller's calls go to, by address.
const PEERS: u64 = 50_000;

/// A caller and a callee, and the calls that stand between them.
#[derive(Debug)]
pub struct Calls {
    /// Who calls.
    pub caller: UserAgent,
    /// Who is called.
    pub callee: UserAgent,
    now: Instant,
    tick: Duration,
    serial: u64,
    random: Random,
    /// The handles of each call at both sides, and its flow.
    standing: Vec<(Call, Call, u64)>,
}

fn body() -> Extra {
    Extra::new().body(Body::sdp(Bytes::from_static(SDP)))
}

fn flow_to(number: u64) -> Flow {
    let host = u32::try_from(number % PEERS).unwrap_or_default();
    let remote = SocketAddr::from((Ipv4Addr::from(0x0a00_0000 + host), 5060));
    Flow::udp(SocketAddr::from(([192, 0, 2, 4], 5060)), remote)
}

fn agent(identity: &str, seed: u8) -> UserAgent {
    let mut config = AgentConfig::new(identity);
    let mut timer = SessionTimerConfig::default();
    // A day: no refresh falls into what is measured.
    timer.interval = 86_400;
    config.session_timer = Some(timer);
    UserAgent::new(config, [seed; 32])
}

impl Calls {
    /// So many calls stand, and nothing of how they were made lives any more. They were made at a
    /// hundred a second: what tables keep of room for a burst counts for no call.
    #[must_use]
    pub fn new(standing: u32) -> Self {
        let mut calls = Self {
            caller: agent("Alice <sip:alice@atlanta.example>", 1),
            callee: agent("Bob <sip:bob@biloxi.example>", 2),
            now: start(),
            // A thousand calls a second: transactions linger for 32 s.
            tick: Duration::from_millis(1),
            serial: 0,
            random: Random::new(3),
            standing: Vec::new(),
        };
        for _ in 0..standing {
            calls.wait(Duration::from_millis(10));
            let call = calls.begin();
            calls.standing.push(call);
        }
        calls.wait(Duration::from_secs(40));
        calls
    }

    /// Lets time pass.
    fn wait(&mut self, time: Duration) {
        self.now += time;
        self.caller.handle_timeout(self.now);
        self.callee.handle_timeout(self.now);
    }

    fn tick(&mut self) {
        self.wait(self.tick);
    }

    /// Carries messages until none is under way, and shows the events of both.
    fn carry(&mut self, number: u64, see: &mut impl FnMut(&mut Self, Seen)) {
        let to = flow_to(number);
        let back = Flow::udp(to.remote, to.local);
        loop {
            let mut quiet = true;
            while let Some(transmit) = self.caller.poll_transmit() {
                quiet = false;
                self.callee.handle_datagram(self.now, back, transmit.bytes);
            }
            while let Some(event) = self.callee.poll_event() {
                see(self, Seen::Callee(event));
            }
            while let Some(transmit) = self.callee.poll_transmit() {
                quiet = false;
                self.caller.handle_datagram(self.now, to, transmit.bytes);
            }
            while let Some(event) = self.caller.poll_event() {
                see(self, Seen::Caller(event));
            }
            if quiet {
                return;
            }
        }
    }

    /// A call from INVITE to ACK: INVITE, 180, 200, ACK.
    fn begin(&mut self) -> (Call, Call, u64) {
        self.serial += 1;
        let number = self.serial;
        let flow = flow_to(number);
        let now = self.now;
        let target = "sip:bob@biloxi.example";
        let ours = self.caller.invite(now, flow, target, InviteOptions::new(body()));
        let ours = ours.expect("there is room");
        let mut theirs = None;
        self.carry(number, &mut |calls, seen| {
            if let Seen::Callee(Event::Incoming { call, .. }) = seen {
                theirs = Some(call);
                let rung = calls.callee.ring(now, call, StatusCode::RINGING, Extra::new());
                rung.expect("it rings");
                calls.callee.accept(now, call, body()).expect("it is accepted");
            }
        });
        (ours, theirs.expect("the call has come"), number)
    }

    /// The end of a call: BYE, 200.
    fn end(&mut self, (ours, theirs, number): (Call, Call, u64)) {
        let mut ended = 0;
        let hung_up = match number % 2 {
            0 => self.caller.hang_up(self.now, ours),
            _ => self.callee.hang_up(self.now, theirs),
        };
        hung_up.expect("it stands");
        self.carry(number, &mut |_, seen| {
            if let Seen::Caller(Event::Ended { .. }) | Seen::Callee(Event::Ended { .. }) = seen {
                ended += 1;
            }
        });
        assert_eq!(ended, 2, "both sides have seen the end");
    }

    /// One call begins, and one of those that stand ends: all six messages of a call.
    pub fn one(&mut self) {
        self.tick();
        let call = self.begin();
        let call = match self.standing.len() {
            0 => call,
            count => {
                let place = self.random.between(0, count as u64 - 1);
                let place = usize::try_from(place).unwrap_or_default();
                std::mem::replace(&mut self.standing[place], call)
            }
        };
        self.end(call);
    }

    /// A request within any of the calls that stand: UPDATE and its 200, which refreshes the
    /// session.
    ///
    /// # Panics
    /// When no call stands.
    pub fn request(&mut self) {
        self.tick();
        let place = self.random.between(0, self.standing.len() as u64 - 1);
        let (ours, _, number) = self.standing[usize::try_from(place).unwrap_or_default()];
        self.caller.update(self.now, ours, Extra::new()).expect("nothing is under way");
        let mut changed = 0;
        self.carry(number, &mut |_, seen| {
            if let Seen::Caller(Event::Changed { .. }) | Seen::Callee(Event::Changed { .. }) = seen
            {
                changed += 1;
            }
        });
        assert_eq!(changed, 2, "both sides have seen it");
    }
}

/// An event, and whose.
enum Seen {
    Caller(Event),
    Callee(Event),
}
