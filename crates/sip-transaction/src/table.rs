//! The transactions that live, by number.

use std::hint::black_box;
use std::net::IpAddr;

use bytes::Bytes;
use sip_message::{Request, Tolerances};

use crate::id::Id;
use crate::key::{Key, MethodKey};
use crate::machine::{InviteClient, InviteServer, NonInviteClient, NonInviteServer};
use crate::queue::{Armed, Entry, Time};
use crate::{ClientTransaction, Flow, ServerTransaction, Timer, Timers, Transaction};

/// One transaction, in four cache lines. In the first two is what tells whether an event is for it,
/// and what it sends; in the others where that goes, and what only its start and its end need.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Live {
    pub(crate) machine: Machine,
    /// The timer that sends again.
    pub(crate) repeat: Option<Armed>,
    /// The timer that ends the state.
    pub(crate) end: Option<Armed>,
    /// Which tenant of its slot it is; the table knows.
    pub(crate) generation: u32,
    /// Nobody is told of it: it was made by the endpoint itself.
    pub(crate) silent: bool,
    /// Whether it is in the table of merged requests.
    pub(crate) merged: bool,
    /// Whether it is among those that may be displaced.
    pub(crate) noted: bool,
    pub(crate) side: Side,
    pub(crate) flow: Flow,
    pub(crate) started: Time,
}

/// The four machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    InviteClient(InviteClient),
    NonInviteClient(NonInviteClient),
    InviteServer(InviteServer),
    NonInviteServer(NonInviteServer),
}

#[derive(Debug)]
pub(crate) enum Side {
    Client(Client),
    Server(Server),
}

#[derive(Debug)]
#[repr(C)]
pub(crate) struct Client {
    /// The request as it is sent.
    pub(crate) request: Bytes,
    /// What its branch says behind the slot.
    pub(crate) nonce: u64,
    /// Its method: to look into the request would cost a cache miss.
    pub(crate) method: MethodKey,
    /// Timers of its own.
    pub(crate) timers: Option<Box<Timers>>,
    /// The INVITE, for its ACK and its CANCEL; the CANCEL that waits for a provisional response.
    pub(crate) invite: Option<Box<Invite>>,
}

#[derive(Debug)]
pub(crate) struct Invite {
    pub(crate) request: Request,
    /// A CANCEL that is to be sent, or was sent.
    pub(crate) cancel: Option<Request>,
}

#[derive(Debug)]
#[repr(C)]
pub(crate) struct Server {
    pub(crate) kept: Kept,
    pub(crate) key: Key,
    /// Where responses go, if it is not where the request came from.
    pub(crate) elsewhere: Option<Box<crate::transport::ResponseTarget>>,
    /// The tag that the To of responses has.
    pub(crate) to_tag: Option<Box<str>>,
}

/// The message that a server transaction keeps.
#[derive(Debug)]
pub(crate) enum Kept {
    /// The request, until a response has been given: a 100 may be due.
    Request(Bytes, Tolerances),
    /// The last response.
    Response(Bytes),
    /// None that is sent again.
    Nothing,
}

impl Side {
    /// Timers of its own.
    pub(crate) fn timers(&self) -> Option<&Timers> {
        match self {
            Self::Client(client) => client.timers.as_deref(),
            Self::Server(_) => None,
        }
    }

    /// What it sends again.
    fn message(&self) -> Option<&Bytes> {
        match self {
            Self::Client(client) => Some(&client.request),
            Self::Server(server) => match &server.kept {
                Kept::Request(message, _) | Kept::Response(message) => Some(message),
                Kept::Nothing => None,
            },
        }
    }
}

impl Live {
    /// A transaction that starts now, without timers.
    pub(crate) fn new(machine: Machine, side: Side, flow: Flow, now: Time) -> Self {
        Self {
            machine,
            repeat: None,
            end: None,
            generation: 0,
            silent: false,
            merged: false,
            noted: false,
            side,
            flow,
            started: now,
        }
    }

    fn runs(&self, entry: &Entry) -> Option<Timer> {
        let armed = [self.repeat, self.end].into_iter().flatten();
        armed.into_iter().find(|armed| armed.serial == entry.serial).map(|armed| armed.timer)
    }

    pub(crate) fn source(&self) -> IpAddr {
        self.flow.remote.ip()
    }

    /// Where it sends: over UDP, a response may go elsewhere than its request came from.
    pub(crate) fn sends_on(&self) -> Flow {
        let elsewhere = self.server().and_then(|server| server.elsewhere.as_deref());
        let remote = elsewhere.filter(|_| !self.flow.transport.is_reliable());
        Flow { remote: remote.map_or(self.flow.remote, |target| target.address), ..self.flow }
    }

    pub(crate) fn server(&self) -> Option<&Server> {
        match &self.side {
            Side::Server(server) => Some(server),
            Side::Client(_) => None,
        }
    }

    pub(crate) fn server_mut(&mut self) -> Option<&mut Server> {
        match &mut self.side {
            Side::Server(server) => Some(server),
            Side::Client(_) => None,
        }
    }

    pub(crate) fn client(&self) -> Option<&Client> {
        match &self.side {
            Side::Client(client) => Some(client),
            Side::Server(_) => None,
        }
    }

    pub(crate) fn client_mut(&mut self) -> Option<&mut Client> {
        match &mut self.side {
            Side::Client(client) => Some(client),
            Side::Server(_) => None,
        }
    }

    /// Whether it was answered and only waits for retransmissions or an ACK.
    pub(crate) fn lingers(&self) -> bool {
        matches!(
            self.machine,
            Machine::InviteServer(InviteServer::Completed { .. } | InviteServer::Confirmed)
                | Machine::NonInviteServer(NonInviteServer::Completed)
        )
    }
}

impl Machine {
    pub(crate) fn state(self) -> &'static str {
        match self {
            Self::InviteClient(machine) => machine.name(),
            Self::NonInviteClient(machine) => machine.name(),
            Self::InviteServer(machine) => machine.name(),
            Self::NonInviteServer(machine) => machine.name(),
        }
    }
}

#[derive(Debug)]
#[repr(align(128))]
struct Slot(Tenant);

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "a slot without a tenant gets one soon")]
enum Tenant {
    /// None; the next one has this generation.
    Nobody(u32),
    One(Live),
}

/// The transactions, each in a slot that is used again.
///
/// Slots are in chunks, so that none is moved when there are more, and few are empty.
#[derive(Debug, Default)]
pub(crate) struct Table {
    chunks: Vec<Vec<Slot>>,
    free: Vec<u32>,
}

/// How many slots a chunk has: so many that where a million are is known from 24 kB.
const CHUNK: usize = 1024;

impl Table {
    fn place(&self, slot: u32) -> Option<&Tenant> {
        let slot = slot as usize;
        Some(&self.chunks.get(slot / CHUNK)?.get(slot % CHUNK)?.0)
    }

    fn place_mut(&mut self, slot: u32) -> Option<&mut Tenant> {
        let slot = slot as usize;
        Some(&mut self.chunks.get_mut(slot / CHUNK)?.get_mut(slot % CHUNK)?.0)
    }

    /// The handle that the next transaction gets.
    pub(crate) fn next(&mut self) -> Id {
        let slot = match self.free.last() {
            Some(slot) => *slot,
            None => {
                let slot = self.add();
                self.free.push(slot);
                slot
            }
        };
        Id { slot, generation: self.place(slot).map_or(0, Tenant::generation) }
    }

    /// One more slot.
    fn add(&mut self) -> u32 {
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let before = (self.chunks.len() - 1) * CHUNK;
        let chunk = self.chunks.last_mut().expect("a chunk with room");
        // There are never more than a limit allows.
        let slot = u32::try_from(before + chunk.len()).unwrap_or(u32::MAX);
        chunk.push(Slot(Tenant::Nobody(0)));
        slot
    }

    /// Fills the slot that [`next`](Self::next) has told.
    pub(crate) fn insert(&mut self, live: Live) {
        let Id { slot, generation } = self.next();
        self.free.pop();
        if let Some(place) = self.place_mut(slot) {
            *place = Tenant::One(Live { generation, ..live });
        }
    }

    pub(crate) fn remove(&mut self, slot: u32) -> Option<Live> {
        let place = self.place_mut(slot)?;
        let next = place.live()?.generation.wrapping_add(1);
        let Tenant::One(live) = std::mem::replace(place, Tenant::Nobody(next)) else { return None };
        self.free.push(slot);
        Some(live)
    }

    pub(crate) fn at(&self, slot: u32) -> Option<&Live> {
        self.place(slot)?.live()
    }

    pub(crate) fn at_mut(&mut self, slot: u32) -> Option<&mut Live> {
        match self.place_mut(slot)? {
            Tenant::One(live) => Some(live),
            Tenant::Nobody(_) => None,
        }
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Live> {
        self.at(id.slot).filter(|live| live.generation == id.generation)
    }

    /// The handle of what is in a slot.
    pub(crate) fn handle(&self, slot: u32) -> Transaction {
        let place = self.place(slot);
        let id = Id { slot, generation: place.map_or(0, Tenant::generation) };
        match place.and_then(Tenant::live).and_then(Live::client) {
            Some(_) => Transaction::Client(ClientTransaction(id)),
            None => Transaction::Server(ServerTransaction(id)),
        }
    }

    /// The timer of an entry, if it still runs.
    pub(crate) fn runs(&self, entry: &Entry) -> Option<Timer> {
        self.at(entry.slot)?.runs(entry)
    }

    /// Reads a little of every cache line that transactions will need when their timers come, for
    /// several of them at once. A processor waits for many such reads as long as for one; when each
    /// transaction is read in its turn, it waits for each.
    pub(crate) fn fetch(&self, slots: impl Iterator<Item = u32> + Clone) {
        let all = slots.filter_map(|slot| self.at(slot));
        let lines = all.clone().map(|live| {
            let connected = u64::from(live.flow.connection.is_some());
            u64::from(live.generation) ^ connected ^ live.started.0
        });
        black_box(lines.fold(0, |one, other| one ^ other));
        // The message is shared with whoever has yet to send it, and the count of those is elsewhere.
        let messages = all.filter_map(|live| live.side.message());
        black_box(messages.filter(|message| message.is_unique()).count());
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Live)> {
        let numbered = (0u32..).zip(self.chunks.iter().flatten());
        numbered.filter_map(|(slot, place)| Some((slot, place.0.live()?)))
    }
}

impl Tenant {
    fn live(&self) -> Option<&Live> {
        match self {
            Self::One(live) => Some(live),
            Self::Nobody(_) => None,
        }
    }

    fn generation(&self) -> u32 {
        match self {
            Self::One(live) => live.generation,
            Self::Nobody(next) => *next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_small() {
        assert_eq!(size_of::<Slot>(), 256);
        assert!(size_of::<Entry>() == 16);
        assert!(size_of::<Machine>() <= 24);
    }
}
