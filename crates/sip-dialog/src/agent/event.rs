//! What a user agent tells its program.

use bytes::Bytes;
use sip_message::{Message, Request, Response, StatusCode};
use sip_transaction::{Flow, NotAMessage};

use super::id::{Call, Challenge, Exchange, Incoming, Notification, Publication, Subscription};

/// What has happened, in the words of whoever uses the telephone, with the message at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Somebody calls. It is to be answered with [`ring`](crate::UserAgent::ring),
    /// [`accept`](crate::UserAgent::accept), [`reject`](crate::UserAgent::reject) or
    /// [`redirect`](crate::UserAgent::redirect).
    Incoming {
        /// The call.
        call: Call,
        /// Where it comes from.
        flow: Flow,
        /// The INVITE.
        request: Request,
        /// The call that it takes the place of (RFC 3891): when it is accepted, that one ends.
        replaces: Option<Call>,
        /// The call that it wants to be joined with (RFC 3911).
        joins: Option<Call>,
    },
    /// A call of ours goes on: a provisional response other than 100.
    Progress {
        /// The call.
        call: Call,
        /// The response; it may have a description for early media.
        response: Response,
        /// Whether [`acknowledge`](crate::UserAgent::acknowledge) must be called for it: it has
        /// an offer, or the PRACK was left to the program.
        acknowledge: bool,
    },
    /// The callee has taken the call.
    Answered {
        /// The call.
        call: Call,
        /// The 2xx.
        response: Response,
        /// Whether [`acknowledge`](crate::UserAgent::acknowledge) must be called for it: it has an
        /// offer, and the ACK must have the answer. Otherwise the ACK was sent.
        acknowledge: bool,
    },
    /// Our 2xx to an INVITE was acknowledged. With the first one the call is established.
    Confirmed {
        /// The call.
        call: Call,
        /// The ACK; it has the answer when the 2xx had the offer.
        ack: Request,
    },
    /// A reliable provisional response of ours was acknowledged.
    Acknowledged {
        /// The call.
        call: Call,
        /// The PRACK.
        prack: Request,
    },
    /// The peer has sent an INVITE within the call. It is to be answered with
    /// [`accept`](crate::UserAgent::accept) or [`reject`](crate::UserAgent::reject).
    Reinvited {
        /// The call.
        call: Call,
        /// The INVITE; when it has no offer, the 2xx must have one.
        request: Request,
    },
    /// The peer has made an offer in an UPDATE or a PRACK. It is to be answered with
    /// [`accept_offer`](crate::UserAgent::accept_offer) or
    /// [`reject_offer`](crate::UserAgent::reject_offer).
    Offered {
        /// The call.
        call: Call,
        /// The request.
        request: Request,
    },
    /// An INVITE or UPDATE within the call has been successful, from whichever side.
    Changed {
        /// The call.
        call: Call,
        /// The peer's request, or the peer's response to ours.
        message: Message,
    },
    /// An INVITE, UPDATE or PRACK of ours within the call has failed. The session is as it was
    /// (RFC 3261 §14.1).
    ChangeFailed {
        /// The call.
        call: Call,
        /// What it was answered with; 408 for no answer, 503 where it could not be sent.
        status: StatusCode,
        /// The answer.
        response: Option<Response>,
        /// Whether it was glare, and is tried again in a while.
        retried: bool,
        /// Whether offers were answered before it failed, so that both sides may have different
        /// views of the session, and a new offer is due (RFC 6141 §3.4).
        executed: bool,
    },
    /// The session must be refreshed now with a description, and there is no negotiator that could
    /// make it: [`reinvite`](crate::UserAgent::reinvite) is to be called (RFC 4028 §7.4).
    RefreshDue {
        /// The call.
        call: Call,
    },
    /// One of the early dialogs of a call of ours is over: a branch of a fork that rings no more
    /// (RFC 6228), or that another was faster than.
    EarlyDialogEnded {
        /// The call.
        call: Call,
        /// The tag of the side that rings no more.
        remote_tag: String,
    },
    /// A call of ours is to be tried elsewhere. [`follow`](crate::UserAgent::follow) does so;
    /// [`hang_up`](crate::UserAgent::hang_up) gives up.
    Redirected {
        /// The call.
        call: Call,
        /// The 3xx; its Contact says where to.
        response: Response,
    },
    /// A call is over, and its handle fits nothing any more.
    Ended {
        /// The call.
        call: Call,
        /// Why.
        cause: EndCause,
        /// The message that says so, if the peer has sent one.
        message: Option<Message>,
    },
    /// A request that the program must answer with [`respond`](crate::UserAgent::respond): MESSAGE,
    /// INFO, one that the configuration allows, or any that the program has taken over.
    Request {
        /// What answers it.
        incoming: Incoming,
        /// The call that it is in.
        call: Option<Call>,
        /// Where it comes from.
        flow: Flow,
        /// The request.
        request: Request,
    },
    /// A request that was waiting for an answer of the program needs none any more: it has come
    /// too late.
    RequestGone {
        /// Its handle.
        incoming: Incoming,
    },
    /// A response to a request that stands alone. After a final one the exchange is over.
    Response {
        /// The request.
        exchange: Exchange,
        /// The response.
        response: Response,
    },
    /// A request that stands alone has no answer: 408 for a timeout, 503 where it could not be
    /// sent.
    NoResponse {
        /// The request.
        exchange: Exchange,
        /// As what it counts.
        status: StatusCode,
    },
    /// A server wants credentials: [`resend`](crate::UserAgent::resend) sends the request again
    /// with more headers, [`abandon`](crate::UserAgent::abandon) lets it fail. So does time.
    Challenged {
        /// The handle of the request.
        challenge: Challenge,
        /// The request, as it was sent but for Via.
        request: Request,
        /// The 401 or 407.
        response: Response,
    },
    /// A SUBSCRIBE or a REFER of ours was accepted.
    Subscribed {
        /// The subscription.
        subscription: Subscription,
        /// The 2xx.
        response: Response,
    },
    /// A SUBSCRIBE was forked: here is one more subscription.
    SubscriptionForked {
        /// The new one.
        subscription: Subscription,
        /// The one that was asked for.
        of: Subscription,
    },
    /// A notifier tells its state. The NOTIFY was answered with 200.
    Notified {
        /// The subscription.
        subscription: Subscription,
        /// The NOTIFY.
        request: Request,
    },
    /// A subscription of ours is over.
    Unsubscribed {
        /// The subscription.
        subscription: Subscription,
        /// Why.
        cause: SubscriptionEnd,
        /// When it may be tried again, in seconds.
        retry_after: Option<u32>,
        /// The NOTIFY or the response that says so.
        message: Option<Message>,
    },
    /// Somebody subscribes. To be answered with
    /// [`accept_subscription`](crate::UserAgent::accept_subscription) or
    /// [`reject_subscription`](crate::UserAgent::reject_subscription).
    SubscriptionAsked {
        /// The subscription.
        notification: Notification,
        /// The call whose dialog it is in, or that Target-Dialog names (RFC 4538).
        call: Option<Call>,
        /// Where it comes from.
        flow: Flow,
        /// The SUBSCRIBE.
        request: Request,
    },
    /// Somebody refers us to another. To be answered with
    /// [`accept_subscription`](crate::UserAgent::accept_subscription) or
    /// [`reject_subscription`](crate::UserAgent::reject_subscription).
    ReferAsked {
        /// The subscription that comes with it.
        notification: Notification,
        /// The call whose dialog it is in, or that Target-Dialog names (RFC 4538).
        call: Option<Call>,
        /// Where it comes from.
        flow: Flow,
        /// The REFER.
        request: Request,
    },
    /// A subscription of a peer was refreshed: the state is to be told with
    /// [`notify`](crate::UserAgent::notify) (RFC 6665 §4.2.1.4).
    SubscriptionRefreshed {
        /// The subscription.
        notification: Notification,
        /// The SUBSCRIBE.
        request: Request,
    },
    /// A subscription of a peer is over.
    NotificationEnded {
        /// The subscription.
        notification: Notification,
        /// Why.
        cause: SubscriptionEnd,
    },
    /// A state was published, or published again.
    Published {
        /// The publication.
        publication: Publication,
        /// The 2xx.
        response: Response,
    },
    /// A publication is over, or has failed.
    PublicationEnded {
        /// The publication.
        publication: Publication,
        /// What it has failed with; `None` where it was taken back.
        status: Option<StatusCode>,
        /// The response.
        response: Option<Response>,
    },
    /// A request over UDP is longer than it should be (RFC 3261 §18.1.1). It was sent all the same.
    TooLarge {
        /// How long it is.
        length: usize,
        /// How long it may be.
        limit: usize,
    },
    /// A message that nothing here is waiting for.
    Stray {
        /// Where it came from.
        flow: Flow,
        /// The message.
        message: Message,
    },
    /// Bytes that are no SIP message.
    NotAMessage {
        /// Where they came from.
        flow: Flow,
        /// The bytes.
        bytes: Bytes,
        /// What they are.
        kind: NotAMessage,
    },
}

/// Why a call is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndCause {
    /// The program has hung up.
    HungUp,
    /// The peer has.
    PeerHungUp,
    /// The program has taken its INVITE back.
    Cancelled,
    /// The peer has taken its INVITE back.
    PeerCancelled,
    /// Our INVITE was refused with this status, or has failed as if it had been: 408 for no answer,
    /// 503 where it could not be sent.
    Rejected(StatusCode),
    /// The program has refused the peer's INVITE.
    Declined(StatusCode),
    /// Our 2xx was never acknowledged (RFC 3261 §13.3.1.4).
    NoAck,
    /// A reliable provisional response was never acknowledged (RFC 3262 §3).
    NoPrack,
    /// The message that had to have an offer or an answer had none that can be used.
    NoDescription,
    /// The session was not refreshed (RFC 4028 §10).
    Expired,
    /// A request within the call has failed so that the call is over (RFC 5057).
    Failed(StatusCode),
    /// Another call has taken its place (RFC 3891).
    Replaced,
}

/// Why a subscription is over (RFC 6665 §4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubscriptionEnd {
    /// The subscriber has ended it.
    Unsubscribed,
    /// `deactivated`: to be tried again at once.
    Deactivated,
    /// `probation`: to be tried again later.
    Probation,
    /// `rejected`: not to be tried again.
    Rejected,
    /// `timeout`: it was not refreshed; to be tried again at once.
    Timeout,
    /// `giveup`: no authorization in time; may be tried again.
    GiveUp,
    /// `noresource`: there is nothing to be told of; not to be tried again.
    NoResource,
    /// `invariant`: the state will not change any more; not to be tried again.
    Invariant,
    /// Terminated without a reason that is known: may be tried again.
    Unknown,
    /// The request was refused with this status, or has failed as if it had been.
    Failed(StatusCode),
    /// The REFER was accepted without a subscription (RFC 4488).
    NoSubscription,
    /// No NOTIFY has come in time: Timer N (RFC 6665 §4.1.2).
    NoNotify,
    /// The dialog that it was in is over.
    DialogEnded,
}

impl SubscriptionEnd {
    /// The reason in Subscription-State; `None` for those that are not told.
    #[must_use]
    pub fn reason(self) -> Option<&'static str> {
        REASONS.iter().find(|row| row.0 == self).map(|row| row.1)
    }

    /// The end that a reason says.
    #[must_use]
    pub fn from_reason(reason: &str) -> Self {
        let row = REASONS.iter().find(|row| row.1.eq_ignore_ascii_case(reason));
        row.map_or(Self::Unknown, |row| row.0)
    }

    /// Whether and when a subscription may be tried again (RFC 6665 §4.1.3): after so many
    /// seconds, where `told` is the `retry-after` that came with the reason.
    #[must_use]
    pub fn retry_after(self, told: Option<u32>) -> Option<u32> {
        match self {
            Self::Deactivated | Self::Timeout => Some(0),
            Self::Probation | Self::GiveUp | Self::Unknown => Some(told.unwrap_or_default()),
            _ => None,
        }
    }
}

const REASONS: &[(SubscriptionEnd, &str)] = &[
    (SubscriptionEnd::Deactivated, "deactivated"),
    (SubscriptionEnd::Probation, "probation"),
    (SubscriptionEnd::Rejected, "rejected"),
    (SubscriptionEnd::Timeout, "timeout"),
    (SubscriptionEnd::GiveUp, "giveup"),
    (SubscriptionEnd::NoResource, "noresource"),
    (SubscriptionEnd::Invariant, "invariant"),
];
