//! Session timers (RFC 4028).

use std::time::Instant;

use sip_message::{Builder, Request, StatusCode, header};
use sip_transaction::ServerTransaction;

use super::alarm::Alarm;
use super::call::Phase;
use super::change::Wanted;
use super::event::Event;
use super::id::Call;
use super::{AgentError, Extra, UserAgent};
use crate::session_timer::{LEAST_INTERVAL, is_too_small};
use crate::{Sender, SessionTimer};

impl UserAgent {
    /// Writes Session-Expires and Min-SE into an INVITE or UPDATE (RFC 4028 §7.1, §7.4).
    pub(super) fn ask_for_timer(
        &self,
        builder: &mut Builder<'_, Request>,
        running: Option<SessionTimer>,
    ) {
        let Some(config) = &self.config.session_timer else { return };
        let least = config.min_se.max(LEAST_INTERVAL);
        let interval = running.map_or_else(|| config.interval.max(least), |timer| timer.interval);
        let refresher = match running.map(|timer| timer.refresher).or(config.refresher) {
            Some(Sender::Us) => ";refresher=uac",
            Some(Sender::Peer) => ";refresher=uas",
            None => "",
        };
        builder.header(header::SessionExpires, format_args!("{interval}{refresher}"));
        if config.min_se > LEAST_INTERVAL {
            builder.header(header::MinSE, least);
        }
    }

    /// Refuses an INVITE or UPDATE with 422 whose interval is less than what we take. Whether it
    /// was.
    pub(super) fn refuse_short_session(
        &mut self,
        now: Instant,
        transaction: ServerTransaction,
        request: &Request,
    ) -> bool {
        let Some(config) = self.config.session_timer else { return false };
        if !is_too_small(&config, request) {
            return false;
        }
        let least = config.min_se.max(LEAST_INTERVAL);
        let extra = Extra::new().header("Min-SE", &least.to_string());
        self.refuse(now, transaction, request, StatusCode::SESSION_INTERVAL_TOO_SMALL, &extra);
        true
    }

    /// Starts the clock anew, after a 2xx to INVITE or UPDATE.
    pub(super) fn start_session_timer(&mut self, now: Instant, call: Call) {
        let Some(data) = self.calls.get(call) else { return };
        let timer = data.timer;
        match timer.and_then(|timer| timer.refresh_after()) {
            Some(after) => self.alarms.set(Alarm::Refresh(call), now + after),
            None => self.alarms.clear(Alarm::Refresh(call)),
        }
        match timer {
            Some(timer) => self.alarms.set(Alarm::Expire(call), now + timer.expires_after()),
            None => self.alarms.clear(Alarm::Expire(call)),
        }
    }

    /// Refreshes the session: by UPDATE where the peer allows it, otherwise by a re-INVITE with a
    /// description (RFC 4028 §7.4).
    pub(super) fn refresh_session(&mut self, now: Instant, call: Call) {
        let Some(data) = self.calls.get(call) else { return };
        if data.phase == Phase::Ending {
            return;
        }
        let by_update = data.abilities.update;
        let negotiated = data.leg().is_some_and(|leg| leg.negotiator.is_some());
        let refreshed = match (by_update, negotiated) {
            (true, _) | (false, true) => {
                let wanted = Wanted { update: by_update, refresh: true, ..Wanted::default() };
                self.change(now, call, wanted)
            }
            (false, false) => {
                self.events.push_back(Event::RefreshDue { call });
                Ok(())
            }
        };
        if let Err(AgentError::State(_)) = refreshed {
            // Another change is under way, which refreshes too if it succeeds.
            self.try_refresh_again(now, call);
        }
    }

    /// A refresh has failed, or could not be made: it is tried again in the time that is left.
    pub(super) fn try_refresh_again(&mut self, now: Instant, call: Call) {
        let Some(timer) = self.calls.get(call).and_then(|data| data.timer) else { return };
        if let Some(after) = timer.refresh_after() {
            let soon = (after / 8).max(self.t1());
            self.alarms.set(Alarm::Refresh(call), now + soon);
        }
    }
}
