//! The transactions that live, by number.

use std::net::IpAddr;

use bytes::Bytes;
use sip_message::{Request, Tolerances};

use crate::id::Id;
use crate::key::{Key, MethodKey};
use crate::machine::{InviteClient, InviteServer, NonInviteClient, NonInviteServer};
use crate::queue::{Armed, Entry, Time};
use crate::{ClientTransaction, Flow, ServerTransaction, Timer, Timers, Transaction};

/// One transaction. What every event looks at is together, so that it takes few cache lines.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Live {
    pub(crate) machine: Machine,
    /// The timer that sends again.
    pub(crate) repeat: Option<(Timer, Armed)>,
    /// The timer that ends the state.
    pub(crate) end: Option<(Timer, Armed)>,
    /// Timers of its own.
    pub(crate) timers: Option<Box<Timers>>,
    pub(crate) side: Side,
    pub(crate) flow: Flow,
    pub(crate) started: Time,
    /// Nobody is told of it: it was made by the endpoint itself.
    pub(crate) silent: bool,
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
pub(crate) struct Client {
    /// What its branch says behind the slot.
    pub(crate) nonce: u64,
    /// Its method: to look into the request would cost a cache miss.
    pub(crate) method: MethodKey,
    /// The request as it is sent.
    pub(crate) request: Bytes,
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
pub(crate) struct Server {
    pub(crate) key: Key,
    /// Whether it is in the table of merged requests.
    pub(crate) merged: bool,
    pub(crate) kept: Kept,
    /// The tag that the To of responses has.
    pub(crate) to_tag: Option<Box<str>>,
    /// Whether it is among those that may be displaced.
    pub(crate) lingers: bool,
    /// Where responses go, if it is not where the request came from.
    pub(crate) elsewhere: Option<Box<crate::transport::ResponseTarget>>,
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

impl Live {
    pub(crate) fn runs(&self, entry: &Entry) -> Option<Timer> {
        let is = |armed: &&(Timer, Armed)| armed.1.serial == entry.serial;
        self.repeat
            .as_ref()
            .filter(is)
            .or_else(|| self.end.as_ref().filter(is))
            .map(|armed| armed.0)
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

    /// Whether that was noted.
    pub(crate) fn is_noted(&self) -> bool {
        self.server().is_some_and(|server| server.lingers)
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
#[repr(align(64))]
struct Slot {
    generation: u32,
    live: Option<Live>,
}

/// The transactions, each in a slot that is used again.
///
/// Slots are in chunks, so that none is moved when there are more, and few are empty.
#[derive(Debug, Default)]
pub(crate) struct Table {
    chunks: Vec<Vec<Slot>>,
    free: Vec<u32>,
}

/// How many slots a chunk has.
const CHUNK: usize = 256;

impl Table {
    fn place(&self, slot: u32) -> Option<&Slot> {
        let slot = slot as usize;
        self.chunks.get(slot / CHUNK)?.get(slot % CHUNK)
    }

    fn place_mut(&mut self, slot: u32) -> Option<&mut Slot> {
        let slot = slot as usize;
        self.chunks.get_mut(slot / CHUNK)?.get_mut(slot % CHUNK)
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
        let generation = self.place(slot).map_or(0, |place| place.generation);
        Id { slot, generation }
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
        chunk.push(Slot { generation: 0, live: None });
        slot
    }

    /// Fills the slot that [`next`](Self::next) has told.
    pub(crate) fn insert(&mut self, live: Live) {
        let Id { slot, .. } = self.next();
        self.free.pop();
        if let Some(place) = self.place_mut(slot) {
            place.live = Some(live);
        }
    }

    pub(crate) fn remove(&mut self, slot: u32) -> Option<Live> {
        let place = self.place_mut(slot)?;
        let live = place.live.take()?;
        place.generation = place.generation.wrapping_add(1);
        self.free.push(slot);
        Some(live)
    }

    pub(crate) fn at(&self, slot: u32) -> Option<&Live> {
        self.place(slot)?.live.as_ref()
    }

    pub(crate) fn at_mut(&mut self, slot: u32) -> Option<&mut Live> {
        self.place_mut(slot)?.live.as_mut()
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Live> {
        let place = self.place(id.slot).filter(|it| it.generation == id.generation)?;
        place.live.as_ref()
    }

    /// The handle of what is in a slot.
    pub(crate) fn handle(&self, slot: u32) -> Transaction {
        let place = self.place(slot);
        let id = Id { slot, generation: place.map_or(0, |place| place.generation) };
        match place.and_then(|place| place.live.as_ref()).and_then(Live::client) {
            Some(_) => Transaction::Client(ClientTransaction(id)),
            None => Transaction::Server(ServerTransaction(id)),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Live)> {
        let numbered = (0u32..).zip(self.chunks.iter().flatten());
        numbered.filter_map(|(slot, place)| Some((slot, place.live.as_ref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_small() {
        assert!(size_of::<Slot>() <= 320, "{}", size_of::<Slot>());
        assert!(size_of::<Entry>() == 16);
        assert!(size_of::<Machine>() <= 24);
    }
}
