//! Replaces, Join and Target-Dialog (RFC 3891, RFC 3911, RFC 4538).

use std::time::Instant;

use sip_message::value::Parameterized;
use sip_message::{Request, StatusCode, header};

use super::call::Phase;
use super::event::EndCause;
use super::id::{Call, DialogKey};
use super::{AgentError, UserAgent};
use crate::{Dialog, DialogId, State};

/// What an INVITE wants of the calls that there are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Replacement {
    pub(crate) replaces: Option<Call>,
    pub(crate) joins: Option<Call>,
}

/// The value of Replaces or Join that names a dialog, for whoever is the other side of it: their
/// tags are ours the other way round (RFC 3891 §6.1).
///
/// ```
/// # use sip_dialog::{replaces_value, DialogId};
/// let id = DialogId { call_id: "98732@sip.example.com", local_tag: "r33th4x0r", remote_tag: "ff87ff" };
/// assert_eq!(replaces_value(id), "98732@sip.example.com;to-tag=ff87ff;from-tag=r33th4x0r");
/// ```
#[must_use]
pub fn replaces_value(id: DialogId<'_>) -> String {
    let tag = |tag: &str| if tag.is_empty() { "0".to_owned() } else { tag.to_owned() };
    let (to, from) = (tag(id.remote_tag), tag(id.local_tag));
    format!("{};to-tag={to};from-tag={from}", id.call_id)
}

impl UserAgent {
    /// What Replaces and Join of an INVITE name; the status that it is refused with otherwise
    /// (RFC 3891 §3, RFC 3911 §4).
    pub(super) fn replacement(&self, request: &Request) -> Result<Replacement, StatusCode> {
        let headers = request.headers();
        let lines = |name| headers.lines(name).count();
        let count = lines("Replaces") + lines("Join");
        if count == 0 {
            return Ok(Replacement::default());
        }
        // More than one, or both, makes no sense.
        if count > 1 {
            return Err(StatusCode::BAD_REQUEST);
        }
        let bad = |_| StatusCode::BAD_REQUEST;
        if let Some(replaces) = headers.find(header::Replaces).map_err(bad)? {
            let call = self.replaced(&replaces)?;
            return Ok(Replacement { replaces: Some(call), joins: None });
        }
        let join = headers.find(header::Join).map_err(bad)?.ok_or(StatusCode::BAD_REQUEST)?;
        let (_, call) = self.named(&join).ok_or(StatusCode::CALL_DOES_NOT_EXIST)?;
        let data = self.calls.get(call).ok_or(StatusCode::CALL_DOES_NOT_EXIST)?;
        match data.phase {
            Phase::Ending => Err(StatusCode::DECLINE),
            // RFC 3911 §4: an early dialog that we have not begun cannot be joined.
            Phase::Ringing => Err(StatusCode::CALL_DOES_NOT_EXIST),
            _ => Ok(Replacement { replaces: None, joins: Some(call) }),
        }
    }

    fn replaced(&self, replaces: &Parameterized<'_>) -> Result<Call, StatusCode> {
        let (key, call) = self.named(replaces).ok_or(StatusCode::CALL_DOES_NOT_EXIST)?;
        let data = self.calls.get(call).ok_or(StatusCode::CALL_DOES_NOT_EXIST)?;
        let early_only = replaces.params().get("early-only").is_some();
        let early = self.dialogs.get(key).is_some_and(|entry| entry.dialog.state() == State::Early);
        match (data.phase, early) {
            (Phase::Ending, _) => Err(StatusCode::DECLINE),
            (_, false) if early_only => Err(StatusCode::BUSY_HERE),
            // RFC 3891 §3: an early dialog that we have not begun cannot be replaced.
            (_, true) if !data.ours => Err(StatusCode::CALL_DOES_NOT_EXIST),
            _ => Ok(call),
        }
    }

    /// The call of the dialog that such a value names: to-tag is our tag (RFC 3891 §3). A tag of
    /// `0` is that of an RFC 2543 peer too.
    fn named(&self, value: &Parameterized<'_>) -> Option<(DialogKey, Call)> {
        let call_id = value.value_str()?;
        let params = value.params();
        let local_tag = params.get("to-tag")?.value_str()?;
        let remote_tag = params.get("from-tag")?.value_str()?;
        let found = self.dialogs.find(DialogId { call_id, local_tag, remote_tag });
        let without = || {
            let remote_tag = "";
            (params.get("from-tag")?.value_str()? == "0")
                .then(|| self.dialogs.find(DialogId { call_id, local_tag, remote_tag }))?
        };
        let key = found.or_else(without)?;
        Some((key, self.dialogs.get(key)?.call?))
    }

    /// The call that Target-Dialog names (RFC 4538 §4): `local-tag` is that of the sender.
    pub(super) fn target_call(&self, request: &Request) -> Option<Call> {
        let target = request.headers().find(header::TargetDialog).ok()??;
        let params = target.params();
        let id = DialogId {
            call_id: target.value_str()?,
            local_tag: params.get("remote-tag")?.value_str()?,
            remote_tag: params.get("local-tag")?.value_str()?,
        };
        self.dialogs.get(self.dialogs.find(id)?)?.call
    }

    /// Ends the call that another takes the place of: by BYE, or by CANCEL while it is early.
    pub(super) fn replace(&mut self, now: Instant, replaced: Call) {
        let Some(data) = self.calls.get_mut(replaced) else { return };
        match data.phase {
            Phase::Calling | Phase::Redirected => {
                data.cause.get_or_insert(EndCause::Replaced);
                self.cancel_setup(now, replaced, None);
            }
            _ => self.end_with_bye(now, replaced, EndCause::Replaced),
        }
    }

    /// The value of Replaces that names a call to the other side of it, for an attended transfer:
    /// it goes into the Refer-To of another call.
    ///
    /// # Errors
    /// When the call is over or has no dialog.
    pub fn replaces(&self, call: Call) -> Result<String, AgentError> {
        Ok(replaces_value(self.dialog(call)?.id()))
    }

    /// The dialog of a call.
    ///
    /// # Errors
    /// When the call is over or has no dialog yet.
    pub fn dialog(&self, call: Call) -> Result<&Dialog, AgentError> {
        let key = self.key_of(call)?;
        self.dialogs.get(key).map(|entry| &entry.dialog).ok_or(AgentError::Gone)
    }
}
