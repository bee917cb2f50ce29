//! What operators and programs can look at.

use std::any::Any;

use sip_transaction::Flow;

use super::call::{CallData, Phase};
use super::id::{Call, Notification, Subscription};
use super::{AgentError, UserAgent};
use crate::{Dialog, Negotiator, OfferAnswerState, SessionTimer, State};

/// What is known of a call.
#[derive(Clone, Copy, Debug)]
pub struct CallInfo<'a> {
    /// Whether we have called.
    pub ours: bool,
    /// How far it is.
    pub phase: Phase,
    /// The flow that its first message took.
    pub flow: Flow,
    /// Its dialog: with a forked INVITE, the first.
    pub dialog: Option<&'a Dialog>,
    /// How many dialogs it has.
    pub dialogs: usize,
    /// Its session timer, if it has one.
    pub session_timer: Option<SessionTimer>,
    /// How far offers and answers are.
    pub offer_answer: Option<OfferAnswerState>,
    /// Whether a re-INVITE or UPDATE of ours is under way or waits to be tried again.
    pub changing: bool,
}

/// What is known of a subscription, in either direction.
#[derive(Clone, Copy, Debug)]
pub struct SubscriptionInfo<'a> {
    /// Its dialog.
    pub dialog: Option<&'a Dialog>,
    /// The flow that its first message took.
    pub flow: Flow,
}

/// How much a user agent holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgentCounts {
    /// Calls.
    pub calls: usize,
    /// Dialogs, early ones too.
    pub dialogs: usize,
    /// Subscriptions of ours.
    pub subscriptions: usize,
    /// Subscriptions of peers.
    pub notifications: usize,
    /// Publications.
    pub publications: usize,
    /// Requests of ours that stand alone and have no final response.
    pub exchanges: usize,
    /// Requests of ours that wait for credentials.
    pub challenges: usize,
    /// Requests of peers that wait for the program.
    pub waiting: usize,
    /// Timers, without those of the transaction layer.
    pub timers: usize,
    /// Source addresses that have something.
    pub sources: usize,
    /// Transactions.
    pub transactions: usize,
}

impl UserAgent {
    /// How much it holds.
    #[must_use]
    pub fn counts(&self) -> AgentCounts {
        AgentCounts {
            calls: self.calls.len(),
            dialogs: self.dialogs.len(),
            subscriptions: self.subscribers.len(),
            notifications: self.notifiers.len(),
            publications: self.publishers.len(),
            exchanges: self.exchanges.len(),
            challenges: self.challenges.len(),
            waiting: self.servers.len(),
            timers: self.alarms.len(),
            sources: self.sources.len(),
            transactions: self.endpoint.len(),
        }
    }

    /// What is known of a call; `None` when it is over.
    #[must_use]
    pub fn call(&self, call: Call) -> Option<CallInfo<'_>> {
        self.calls.get(call).map(|data| self.call_info(data))
    }

    /// All calls.
    pub fn calls(&self) -> impl Iterator<Item = (Call, CallInfo<'_>)> {
        self.calls.iter().map(|(call, data)| (call, self.call_info(data)))
    }

    fn call_info<'a>(&'a self, data: &CallData) -> CallInfo<'a> {
        let leg = data.leg();
        CallInfo {
            ours: data.ours,
            phase: data.phase,
            flow: data.flow,
            dialog: leg.and_then(|leg| self.dialogs.get(leg.key)).map(|entry| &entry.dialog),
            dialogs: data.legs.len(),
            session_timer: data.timer,
            offer_answer: leg.map(|leg| leg.state),
            changing: data.change.is_some(),
        }
    }

    /// What makes the offers and answers of a call, if it is of this type: to see what was agreed
    /// on.
    #[must_use]
    pub fn negotiator<T: Negotiator>(&self, call: Call) -> Option<&T> {
        let negotiator = self.calls.get(call)?.leg()?.negotiator.as_deref()?;
        (negotiator as &dyn Any).downcast_ref()
    }

    /// What makes the offers and answers of a call, if it is of this type: to change what the next
    /// offer says.
    pub fn negotiator_mut<T: Negotiator>(&mut self, call: Call) -> Option<&mut T> {
        let negotiator = self.calls.get_mut(call)?.leg_mut()?.negotiator.as_deref_mut()?;
        (negotiator as &mut dyn Any).downcast_mut()
    }

    /// The early dialogs of a call of ours.
    ///
    /// # Errors
    /// When the call is over.
    pub fn early_dialogs(&self, call: Call) -> Result<impl Iterator<Item = &Dialog>, AgentError> {
        let legs = self.data(call)?.legs.iter();
        let dialogs = legs.filter_map(|leg| self.dialogs.get(leg.key)).map(|entry| &entry.dialog);
        Ok(dialogs.filter(|dialog| dialog.state() == State::Early))
    }

    /// All dialogs.
    pub fn dialogs(&self) -> impl Iterator<Item = &Dialog> {
        self.dialogs.iter().map(|(_, entry)| &entry.dialog)
    }

    /// What is known of a subscription of ours; `None` when it is over.
    #[must_use]
    pub fn subscription(&self, subscription: Subscription) -> Option<SubscriptionInfo<'_>> {
        let subscriber = self.subscribers.get(subscription)?;
        let entry = subscriber.key.and_then(|key| self.dialogs.get(key));
        Some(SubscriptionInfo { dialog: entry.map(|it| &it.dialog), flow: subscriber.flow })
    }

    /// What is known of a subscription of a peer; `None` when it is over.
    #[must_use]
    pub fn notification(&self, notification: Notification) -> Option<SubscriptionInfo<'_>> {
        let notifier = self.notifiers.get(notification)?;
        let entry = self.dialogs.get(notifier.key);
        Some(SubscriptionInfo { dialog: entry.map(|it| &it.dialog), flow: notifier.flow })
    }
}
