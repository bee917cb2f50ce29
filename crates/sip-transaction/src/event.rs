//! What an endpoint tells its user, and what it gives to the transport.

use std::net::SocketAddr;

use bytes::Bytes;
use sip_message::{HeaderName, Message, ParseError, Request, Response};

use crate::{ClientTransaction, Flow, ServerTransaction, Timer, Transaction};

/// Bytes for the transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// Where they go. Over UDP they are sent from `flow.local` to `flow.remote`. Elsewhere they go
    /// over the connection; where that is `None` or closed, over one that is opened.
    pub flow: Flow,
    /// One message.
    pub bytes: Bytes,
    /// The transaction that sends it, for
    /// [`handle_transport_error`](crate::Endpoint::handle_transport_error); `None` for what is sent
    /// without one.
    pub transaction: Option<Transaction>,
    /// For a response: where to open a connection to when that of the request is closed (RFC 3261
    /// §18.2.2).
    pub fallback: Option<SocketAddr>,
    /// The time-to-live of a datagram to a multicast address.
    pub ttl: Option<u8>,
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A request that is new. It must be answered by
    /// [`send_response`](crate::Endpoint::send_response). Its top Via says where it came from
    /// (RFC 3261 §18.2.1, RFC 3581 §4).
    Request {
        /// What answers it.
        transaction: ServerTransaction,
        /// Where it came from.
        flow: Flow,
        /// The request.
        request: Request,
    },
    /// An ACK for a 2xx, or for nothing that is known here. The ACK for another final response is
    /// absorbed.
    Ack {
        /// The INVITE's transaction, where the ACK has its branch. The ACK for a 2xx has one of
        /// its own, and is matched by its dialog.
        transaction: Option<ServerTransaction>,
        /// Where it came from.
        flow: Flow,
        /// The ACK.
        request: Request,
    },
    /// The peer takes an INVITE back that was not answered. The CANCEL has been answered with 200;
    /// the INVITE is to be answered with 487 (RFC 3261 §9.2), or cancelled further on by a proxy.
    Cancelled {
        /// The transaction of the INVITE.
        transaction: ServerTransaction,
        /// The tag that To had in the answer to the CANCEL. The answer to the INVITE should have it
        /// too.
        to_tag: String,
        /// The CANCEL, for its Reason (RFC 3326).
        cancel: Request,
    },
    /// A CANCEL that matches nothing, at a proxy: it is to be forwarded statelessly (RFC 3261
    /// §16.10).
    UnmatchedCancel {
        /// Where it came from.
        flow: Flow,
        /// The CANCEL.
        request: Request,
    },
    /// A response to a request of ours.
    Response {
        /// What sent the request.
        transaction: ClientTransaction,
        /// Where it came from.
        flow: Flow,
        /// The response, as it came.
        response: Response,
    },
    /// A timer has ended the transaction. For a client no final response has come: it is as if a
    /// 408 had (RFC 3261 §8.1.3.1). For a server it is [`Timer::H`], no ACK, or
    /// [`Timer::Unanswered`].
    Timeout {
        /// What is over.
        transaction: Transaction,
        /// Which timer.
        timer: Timer,
    },
    /// The transport could not send. A client transaction is over, as if a 503 had come (RFC 3261
    /// §8.1.3.1); so is a server transaction, but for that of an INVITE (RFC 6026 §7.1).
    TransportFailed {
        /// What could not send.
        transaction: Transaction,
    },
    /// A request over UDP is longer than it should be: it ought to go over a transport with
    /// congestion control (RFC 3261 §18.1.1). It was sent all the same.
    TooLarge {
        /// What sent it.
        transaction: ClientTransaction,
        /// How long it is.
        length: usize,
        /// How long it may be.
        limit: usize,
    },
    /// The transaction is no more, and neither is its handle.
    Terminated {
        /// What was.
        transaction: Transaction,
        /// Why.
        cause: Cause,
    },
    /// A message that nothing here is waiting for. It must not be forwarded (RFC 6026 §7.3).
    Stray {
        /// Where it came from.
        flow: Flow,
        /// The message.
        message: Message,
        /// Why.
        reason: StrayReason,
    },
    /// Bytes that are no SIP message, given to
    /// [`handle_datagram`](crate::Endpoint::handle_datagram).
    NotAMessage {
        /// Where they came from.
        flow: Flow,
        /// The bytes.
        bytes: Bytes,
        /// What they are.
        kind: NotAMessage,
    },
}

/// Why a transaction is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It has run to its end.
    Finished,
    /// A timer has ended it before: an [`Event::Timeout`] came first.
    Timeout,
    /// The transport could not send: an [`Event::TransportFailed`] came first.
    TransportFailed,
    /// It had been answered and only waited for retransmissions or an ACK, and its place was needed.
    Displaced,
}

/// Why a message is a stray.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrayReason {
    /// A response to no request of ours, or to one that is over.
    NoTransaction,
    /// A response whose top Via names another element (RFC 3261 §18.1.2).
    SentBy,
    /// A response with more than one Via, at a user agent (RFC 3261 §8.1.3.3).
    ManyVias,
    /// A header that matching needs is missing or cannot be read. A request was answered with 400,
    /// if it had a Via and was no ACK.
    Unreadable(HeaderName<'static>),
}

/// What a datagram is that is no message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAMessage {
    /// A keep-alive of line ends (RFC 5626 §3.5.1, RFC 6223).
    KeepAlive,
    /// STUN (RFC 5389), for keep-alive over UDP (RFC 5626 §3.5.2) or whatever shares the port.
    Stun,
    /// Something that the parser refuses. It was answered with 400 or 505 where it was a request
    /// that can be answered.
    Malformed(ParseError),
}

/// What the transport could not send on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportFailure {
    /// A message of this transaction could not be sent.
    Transaction(Transaction),
    /// Nothing can be sent on this flow: its connection is closed, or its peer unreachable.
    Flow(Flow),
}
