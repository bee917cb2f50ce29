//! SIP dialogs, calls and subscriptions without sockets, clocks or threads.
//!
//! | to | look at |
//! |---|---|
//! | make and take calls, subscribe, refer, send messages | [`UserAgent`] |
//! | know what has happened | [`Event`] |
//! | tell it who it is and what it may hold | [`AgentConfig`], [`AgentLimits`] |
//! | let offers and answers be made | [`Negotiator`] |
//! | keep a dialog alone, as a proxy or a test does | [`Dialog`] |
//! | know which message carries an offer | [`OfferAnswerState`] |
//! | know what a failure ends | [`failure_effect`] |
//! | know when a session expires | [`SessionTimer`] |
//! | say what went wrong between others | `observe`, with the feature `sdp` |
//! | send or acknowledge provisional responses reliably | [`ReliableServer`], [`ReliableClient`] |
#![forbid(unsafe_code)]

mod agent;
pub use agent::{
    AgentConfig, AgentCounts, AgentError, AgentLimits, Call, CallInfo, CallSnapshot, Challenge,
    EndCause, Event, Exchange, Extra, Incoming, InviteOptions, Notification, Numeric, Phase,
    Publication, ReferOptions, Reliability, Resolver, SubscribeOptions, Subscription,
    SubscriptionEnd, SubscriptionInfo, SubscriptionState, UserAgent, refer_status, replaces_value,
};

mod dialog;
pub use dialog::{Dialog, DialogError, DialogId, State};

mod failure;
pub use failure::{Effect, failure_effect};

mod negotiator;
pub use negotiator::{Body, Negotiator, Unacceptable};

#[cfg(feature = "sdp")]
pub mod observe;

mod offer_answer;
pub use offer_answer::{Carrier, Meaning, OfferAnswerError, OfferAnswerState, Sender};

mod reliable;
pub use reliable::{Arrival, ReliableClient, ReliableServer, TooManyWait, rseq_of};

mod session_timer;
pub use session_timer::{
    LEAST_INTERVAL, Refresher, SessionTimer, SessionTimerAnswer, SessionTimerConfig,
    SessionTimerHeaders, is_too_small,
};
