//! The transactions that live, by number.

use std::net::IpAddr;

use bytes::Bytes;
use sip_message::{Request, Tolerances};

use crate::id::Id;
use crate::key::Key;
use crate::machine::{InviteClient, InviteServer, NonInviteClient, NonInviteServer};
use crate::queue::{Armed, Entry, Time};
use crate::{ClientTransaction, Flow, ServerTransaction, Timer, Timers, Transaction};

/// One transaction.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) machine: Machine,
    pub(crate) flow: Flow,
    /// Timers of its own.
    pub(crate) timers: Option<Box<Timers>>,
    /// The timer that sends again.
    pub(crate) repeat: Option<(Timer, Armed)>,
    /// The timer that ends the state.
    pub(crate) end: Option<(Timer, Armed)>,
    pub(crate) started: Time,
    /// Nobody is told of it: it was made by the endpoint itself.
    pub(crate) silent: bool,
    /// Its neighbours among the transactions of its source.
    pub(crate) links: [u32; 2],
    pub(crate) side: Side,
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
    /// The request, until a response has been given: a 100 may be due.
    pub(crate) request: Bytes,
    pub(crate) tolerances: Tolerances,
    /// The last response.
    pub(crate) response: Bytes,
    /// The tag that the To of responses has.
    pub(crate) to_tag: Option<Box<str>>,
    /// Whether it is among those that may be displaced.
    pub(crate) lingers: bool,
    /// Where responses go, if it is not where the request came from.
    pub(crate) elsewhere: Option<Box<crate::transport::ResponseTarget>>,
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
struct Slot {
    generation: u32,
    live: Option<Live>,
}

/// The transactions, each in a slot that is used again.
#[derive(Debug, Default)]
pub(crate) struct Table {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

impl Table {
    /// The number that the next transaction gets.
    pub(crate) fn next(&mut self) -> Id {
        let slot = match self.free.last() {
            Some(slot) => *slot,
            None => {
                // There are never more than a limit allows.
                let slot = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
                self.slots.push(Slot { generation: 0, live: None });
                self.free.push(slot);
                slot
            }
        };
        Id { slot, generation: self.slots[slot as usize].generation }
    }

    /// Fills the slot that [`next`](Self::next) has told.
    pub(crate) fn insert(&mut self, live: Live) {
        let Id { slot, .. } = self.next();
        self.free.pop();
        self.slots[slot as usize].live = Some(live);
    }

    pub(crate) fn remove(&mut self, slot: u32) -> Option<Live> {
        let place = self.slots.get_mut(slot as usize)?;
        let live = place.live.take()?;
        place.generation = place.generation.wrapping_add(1);
        self.free.push(slot);
        Some(live)
    }

    pub(crate) fn at(&self, slot: u32) -> Option<&Live> {
        self.slots.get(slot as usize)?.live.as_ref()
    }

    pub(crate) fn at_mut(&mut self, slot: u32) -> Option<&mut Live> {
        self.slots.get_mut(slot as usize)?.live.as_mut()
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Live> {
        let slot = self.slots.get(id.slot as usize).filter(|it| it.generation == id.generation)?;
        slot.live.as_ref()
    }

    /// The handle of what is in a slot.
    pub(crate) fn handle(&self, slot: u32) -> Transaction {
        let place = &self.slots[slot as usize];
        let id = Id { slot, generation: place.generation };
        match place.live.as_ref().and_then(Live::client) {
            Some(_) => Transaction::Client(ClientTransaction(id)),
            None => Transaction::Server(ServerTransaction(id)),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Live)> {
        let numbered = (0u32..).zip(&self.slots);
        numbered.filter_map(|(slot, place)| Some((slot, place.live.as_ref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_small() {
        assert!(size_of::<Slot>() <= 352, "{}", size_of::<Slot>());
        assert!(size_of::<Entry>() == 16);
        assert!(size_of::<Machine>() <= 24);
    }
}
