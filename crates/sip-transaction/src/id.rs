//! The handles of transactions. A handle of a transaction that is over fits no other.

use std::fmt;

/// A slot of the table, and which of its tenants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Id {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
}

/// No slot.
pub(crate) const NONE: u32 = u32::MAX;

macro_rules! handles {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(crate) Id);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({}.{})"), self.0.slot, self.0.generation)
            }
        }
    )+};
}

handles! {
    /// A client transaction of an [`Endpoint`](crate::Endpoint).
    ClientTransaction;
    /// A server transaction of an [`Endpoint`](crate::Endpoint).
    ServerTransaction;
}

/// A transaction of either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transaction {
    /// One that has sent a request.
    Client(ClientTransaction),
    /// One that has received a request.
    Server(ServerTransaction),
}

impl From<ClientTransaction> for Transaction {
    fn from(transaction: ClientTransaction) -> Self {
        Self::Client(transaction)
    }
}

impl From<ServerTransaction> for Transaction {
    fn from(transaction: ServerTransaction) -> Self {
        Self::Server(transaction)
    }
}

impl Transaction {
    pub(crate) fn id(self) -> Id {
        match self {
            Self::Client(ClientTransaction(id)) | Self::Server(ServerTransaction(id)) => id,
        }
    }
}
