//! Calls that outlive the program, or move to another.

use std::time::Instant;

use sip_transaction::Flow;

use super::call::{Leg, Phase};
use super::id::Call;
use super::message::Abilities;
use super::{AgentError, UserAgent};
use crate::reliable::ReliableClient;
use crate::{Dialog, SessionTimer, State};

/// An established call, to be written out and read back: after a restart, or by another program that
/// takes it over. What it is made of is small; with the feature `serde` it can be serialized.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CallSnapshot {
    /// Whether we have called.
    pub ours: bool,
    /// The dialog.
    pub dialog: Dialog,
    /// The session timer. Its clock starts anew when the call is restored.
    pub session_timer: Option<SessionTimer>,
    /// Whether the peer allows UPDATE.
    pub allows_update: bool,
}

impl UserAgent {
    /// Writes a call out. It must be established, with nothing under way in it.
    ///
    /// # Errors
    /// When it is over, or something is under way in it.
    pub fn snapshot(&self, call: Call) -> Result<CallSnapshot, AgentError> {
        let data = self.data(call)?;
        let busy = data.phase != Phase::Established
            || data.change.is_some()
            || data.serving.is_some()
            || data.asked.is_some()
            || data.leg().is_none_or(|leg| leg.state.is_open());
        if busy {
            return Err(AgentError::State("something is under way in the call"));
        }
        Ok(CallSnapshot {
            ours: data.ours,
            dialog: self.dialog(call)?.clone(),
            session_timer: data.timer,
            allows_update: data.abilities.update,
        })
    }

    /// Reads a call back, which goes on over this flow.
    ///
    /// # Errors
    /// When there are as many calls as there may be, the dialog is there already or is not confirmed.
    pub fn restore(
        &mut self,
        now: Instant,
        flow: Flow,
        snapshot: CallSnapshot,
    ) -> Result<Call, AgentError> {
        if !self.has_room_for_call(flow.remote.ip()) {
            return Err(AgentError::Full);
        }
        let CallSnapshot { ours, dialog, session_timer, allows_update } = snapshot;
        if dialog.state() != State::Confirmed || self.dialogs.find(dialog.id()).is_some() {
            return Err(AgentError::State("the dialog is not confirmed, or is there already"));
        }
        let call = self.insert_call(ours, Phase::Established, flow);
        let key = self.dialogs.insert(dialog, Some(call));
        let data = self.data_mut(call)?;
        data.timer = session_timer;
        data.abilities = Abilities { update: allows_update, ..Abilities::default() };
        let (state, reliable) = (Default::default(), ReliableClient::default());
        data.legs.push(Leg { key, state, reliable, owed: None, negotiator: None });
        self.start_session_timer(now, call);
        Ok(call)
    }
}
