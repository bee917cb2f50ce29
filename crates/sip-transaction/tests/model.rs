//! Every state that a client and a server machine can get into together, over a channel that loses,
//! duplicates and reorders.
//!
//! Time is left out: a timer that runs may fire at any moment, so whatever the clocks do is among
//! what is explored. The channel holds at most [`IN_FLIGHT`] different messages in each direction,
//! each any number of times; what does not fit is lost. The server may forget a request and take
//! a late copy of it for a new one, at most [`LIVES`] times. Within these bounds the exploration is
//! complete: it ends when no state is new.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::Hash;
use std::time::Duration;

use sip_transaction::machine::{
    Change, InviteClient, InviteServer, NonInviteClient, NonInviteServer, Refusal, Send, Step,
    Surroundings, Tell,
};
use sip_transaction::{Timer, Timers};

const IN_FLIGHT: usize = 6;
const LIVES: u8 = 2;

/// What is on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Packet {
    Request,
    Ack,
    Cancel,
    Response(u16),
}

/// The client machine of a model.
trait Client: Copy + Eq + Hash + std::fmt::Debug {
    const STATUSES: &'static [u16];
    fn start(around: Surroundings<'_>) -> (Self, Step);
    fn response(&mut self, status: u16, around: Surroundings<'_>) -> Step;
    fn cancel(&mut self, around: Surroundings<'_>) -> Step;
    fn timer(&mut self, timer: Timer, around: Surroundings<'_>) -> Step;
}

/// The server machine of a model.
trait Server: Copy + Eq + Hash + std::fmt::Debug {
    fn start(around: Surroundings<'_>) -> (Self, Step);
    fn request(&mut self) -> Step;
    fn ack(&mut self, around: Surroundings<'_>) -> Step;
    fn respond(&mut self, status: u16, around: Surroundings<'_>) -> Result<Step, Refusal>;
    fn timer(&mut self, timer: Timer, around: Surroundings<'_>) -> Step;
}

/// What all machines of a side have in common, and what one of them does otherwise.
macro_rules! client {
    ($machine:ident, $statuses:expr, |$it:ident, $around:ident| $cancel:expr) => {
        impl Client for $machine {
            const STATUSES: &'static [u16] = &$statuses;
            fn start(around: Surroundings<'_>) -> (Self, Step) {
                Self::start(around)
            }
            fn response(&mut self, status: u16, around: Surroundings<'_>) -> Step {
                self.response(status, around)
            }
            fn cancel(&mut self, $around: Surroundings<'_>) -> Step {
                let $it = self;
                $cancel
            }
            fn timer(&mut self, timer: Timer, around: Surroundings<'_>) -> Step {
                self.timer(timer, around)
            }
        }
    };
}

macro_rules! server {
    ($machine:ident, |$it:ident, $around:ident| $ack:expr) => {
        impl Server for $machine {
            fn start(around: Surroundings<'_>) -> (Self, Step) {
                Self::start(around)
            }
            fn request(&mut self) -> Step {
                self.request()
            }
            fn ack(&mut self, $around: Surroundings<'_>) -> Step {
                let $it = self;
                $ack
            }
            fn respond(&mut self, status: u16, around: Surroundings<'_>) -> Result<Step, Refusal> {
                self.respond(status, around)
            }
            fn timer(&mut self, timer: Timer, around: Surroundings<'_>) -> Step {
                self.timer(timer, around)
            }
        }
    };
}

client!(InviteClient, [180, 200, 486], |it, around| it.cancel(around));
client!(NonInviteClient, [100, 200, 404], |_it, _around| Step::NOTHING);
server!(InviteServer, |it, around| it.ack(around));
server!(NonInviteServer, |_it, _around| Step::NOTHING);

/// A machine, and its timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Side<M> {
    machine: M,
    repeat: Option<Timer>,
    end: Option<Timer>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State<C, S> {
    client: Option<Side<C>>,
    server: Option<Side<S>>,
    lives: u8,
    /// The last response of the server, and the final ones of all its lives.
    last: Option<u16>,
    given: BTreeSet<u16>,
    cancelled: bool,
    to_server: BTreeSet<Packet>,
    to_client: BTreeSet<Packet>,
    /// How the request has ended at the client: a status, or 0 for a timeout.
    ending: Option<u16>,
}

fn change<M>(side: &mut Side<M>, step: &Step) {
    for (slot, change) in [(&mut side.repeat, step.repeat), (&mut side.end, step.end)] {
        match change {
            Change::Keep => {}
            Change::Stop => *slot = None,
            Change::Start(timer, _) => *slot = Some(timer),
        }
    }
}

fn put(channel: &mut BTreeSet<Packet>, packet: Packet) {
    if channel.len() < IN_FLIGHT {
        channel.insert(packet);
    }
}

impl<C: Client, S: Server> State<C, S> {
    fn start(around: Surroundings<'_>) -> Self {
        let (machine, step) = C::start(around);
        let mut state = Self {
            client: Some(Side { machine, repeat: None, end: None }),
            server: None,
            lives: 0,
            last: None,
            given: BTreeSet::new(),
            cancelled: false,
            to_server: BTreeSet::new(),
            to_client: BTreeSet::new(),
            ending: None,
        };
        state.client_step(step, None);
        state
    }

    /// Nothing is left but messages that nobody waits for.
    fn is_over(&self) -> bool {
        self.client.is_none() && self.server.is_none()
    }

    fn client_step(&mut self, step: Step, status: Option<u16>) {
        // A message causes one message at most, and an ACK only a final response.
        match step.send {
            Some(Send::Ack) => {
                assert!(status.is_some_and(|status| status >= 300), "ACK without a refusal");
                put(&mut self.to_server, Packet::Ack);
            }
            Some(Send::Request) => {
                assert_eq!(status, None, "a response makes no request");
                put(&mut self.to_server, Packet::Request);
            }
            Some(Send::Cancel) => put(&mut self.to_server, Packet::Cancel),
            Some(other) => panic!("a client does not send {other:?}"),
            None => {}
        }
        match (step.tell, status) {
            (Some(Tell::Message), Some(100..200)) => {
                assert_eq!(self.ending, None, "provisional after {:?}", self.ending);
            }
            (Some(Tell::Message), Some(status)) => {
                assert!(self.given.contains(&status), "nobody has given {status}");
                // Only a 2xx may come again.
                let again = (200..300).contains(&status) && self.ending == Some(status);
                assert!(self.ending.is_none() || again, "{status} after {:?}", self.ending);
                self.ending = Some(status);
            }
            (Some(Tell::Timeout(_)), _) => {
                assert_eq!(self.ending, None, "timeout after {:?}", self.ending);
                self.ending = Some(0);
            }
            _ => {}
        }
        let Some(side) = &mut self.client else { return };
        change(side, &step);
        if step.terminated {
            assert!(self.ending.is_some(), "it is over, and nobody knows how");
            self.client = None;
        } else {
            let waits = side.repeat.is_some() || side.end.is_some();
            assert!(waits, "{:?} waits for nothing", side.machine);
        }
    }

    fn server_step(&mut self, step: Step, response: Option<u16>) {
        if let Some(send) = step.send {
            self.last = match send {
                Send::Response => response,
                Send::Trying => Some(100),
                Send::LastResponse => self.last,
                other => panic!("a server does not send {other:?}"),
            };
            let last = self.last.expect("a response to send again");
            if last >= 200 {
                self.given.insert(last);
            }
            put(&mut self.to_client, Packet::Response(last));
        }
        let Some(side) = &mut self.server else { return };
        change(side, &step);
        if step.terminated {
            self.server = None;
            self.last = None;
        }
    }

    fn fire(&mut self, client: bool, timer: Timer, around: Surroundings<'_>) {
        fn take<M>(side: &mut Side<M>, timer: Timer) {
            for slot in [&mut side.repeat, &mut side.end] {
                slot.take_if(|it| *it == timer);
            }
        }
        if client {
            let Some(side) = &mut self.client else { return };
            take(side, timer);
            let step = side.machine.timer(timer, around);
            self.client_step(step, None);
        } else {
            let Some(side) = &mut self.server else { return };
            take(side, timer);
            let step = side.machine.timer(timer, around);
            self.server_step(step, None);
        }
    }

    fn arrive_at_server(&mut self, packet: Packet, around: Surroundings<'_>) {
        match (packet, &mut self.server) {
            (Packet::Request, Some(side)) => {
                let step = side.machine.request();
                self.server_step(step, None);
            }
            (Packet::Request, None) if self.lives < LIVES => {
                self.lives += 1;
                let (machine, step) = S::start(around);
                self.server = Some(Side { machine, repeat: None, end: None });
                self.server_step(step, None);
            }
            (Packet::Ack, Some(side)) => {
                let step = side.machine.ack(around);
                assert_eq!(step.send, None, "an ACK is not answered");
                self.server_step(step, None);
            }
            (Packet::Cancel, Some(_)) => self.cancelled = true,
            _ => {}
        }
    }

    /// Every state that can come next.
    fn next(&self, around: Surroundings<'_>) -> Vec<Self> {
        let mut next = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut state = self.clone();
            change(&mut state);
            if state != *self {
                next.push(state);
            }
        };
        for packet in &self.to_server {
            with(&|it| {
                it.to_server.remove(packet);
            });
            // Delivered, and a copy stays on the way.
            with(&|it| it.arrive_at_server(*packet, around));
        }
        for packet in &self.to_client {
            with(&|it| {
                it.to_client.remove(packet);
            });
            let Packet::Response(status) = *packet else { continue };
            with(&|it| {
                let Some(side) = &mut it.client else { return };
                let step = side.machine.response(status, around);
                it.client_step(step, Some(status));
            });
        }
        for (client, timers) in [
            (true, self.client.map(|side| [side.repeat, side.end])),
            (false, self.server.map(|side| [side.repeat, side.end])),
        ] {
            for timer in timers.into_iter().flatten().flatten() {
                with(&|it| it.fire(client, timer, around));
            }
        }
        with(&|it| {
            let Some(side) = &mut it.client else { return };
            let step = side.machine.cancel(around);
            it.client_step(step, None);
        });
        if self.server.is_some() {
            let cancelled = self.cancelled.then_some(487);
            for status in C::STATUSES.iter().copied().chain(cancelled) {
                with(&|it| {
                    let Some(side) = &mut it.server else { return };
                    let before = side.machine;
                    match side.machine.respond(status, around) {
                        Ok(step) => it.server_step(step, Some(status)),
                        Err(_) => assert_eq!(side.machine, before, "a refusal changes nothing"),
                    }
                });
            }
        }
        next
    }
}

/// Explores all states. From each of them the end must be within reach.
fn explore<C: Client, S: Server>(reliable: bool) -> usize {
    // Intervals that do not grow: how long a timer takes makes no difference here. What is not
    // waited for on reliable transports is nothing there.
    let long = Duration::MAX;
    let timers = Timers { trying: Some(long), ..Timers::derived(long, long, long) };
    let around = Surroundings { timers: &timers, reliable };
    let first = State::<C, S>::start(around);
    let mut numbers = HashMap::from([(first.clone(), 0usize)]);
    let mut before: Vec<Vec<usize>> = vec![Vec::new()];
    let mut over = Vec::new();
    let mut queue = VecDeque::from([first]);
    while let Some(state) = queue.pop_front() {
        let number = numbers[&state];
        if state.is_over() {
            over.push(number);
        }
        let next = state.next(around);
        assert!(state.is_over() || !next.is_empty(), "a dead state: {state:?}");
        for following in next {
            let count = numbers.len();
            let place = *numbers.entry(following.clone()).or_insert(count);
            if place == count {
                before.push(Vec::new());
                queue.push_back(following);
            }
            before[place].push(number);
        }
    }
    // Backwards from the ends.
    let mut ends = vec![false; before.len()];
    let mut queue = over;
    while let Some(number) = queue.pop() {
        if !std::mem::replace(&mut ends[number], true) {
            queue.extend(&before[number]);
        }
    }
    assert!(ends.iter().all(|ends| *ends), "a state from which there is no end");
    before.len()
}

#[test]
fn invite_machines_have_no_dead_state_no_double_final_and_no_storm() {
    for reliable in [false, true] {
        let states = explore::<InviteClient, InviteServer>(reliable);
        println!("{states} states");
        assert!(states > 1_000, "{states}");
    }
}

#[test]
fn non_invite_machines_have_no_dead_state_no_double_final_and_no_storm() {
    for reliable in [false, true] {
        let states = explore::<NonInviteClient, NonInviteServer>(reliable);
        println!("{states} states");
        assert!(states > 100, "{states}");
    }
}
