//! What a failure response inside a dialog ends (RFC 5057 §5.1).

use sip_message::StatusCode;

/// What a failure ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// The request has failed, and nothing else.
    Transaction,
    /// The usage is over: the call, or the subscription.
    Usage,
    /// The dialog is over, with all its usages.
    Dialog,
}

/// The codes of RFC 5057, table 1, that end more than their transaction.
const EFFECTS: &[(u16, Effect)] = &[
    (404, Effect::Dialog),
    (405, Effect::Usage),
    (410, Effect::Dialog),
    (416, Effect::Dialog),
    (480, Effect::Usage),
    (481, Effect::Usage),
    (482, Effect::Dialog),
    (483, Effect::Dialog),
    (484, Effect::Dialog),
    (485, Effect::Dialog),
    (489, Effect::Usage),
    (501, Effect::Usage),
    (502, Effect::Dialog),
    (604, Effect::Dialog),
];

/// What a response from 300 to 699 to a request in a dialog ends. A 408 is a timeout, which ends the
/// usage (RFC 5057 §5.2, RFC 3261 §12.2.1.2). A method or an event that the peer does not know (405,
/// 489, 501) ends a usage only if that cannot do without: `integral` says so.
///
/// ```
/// use sip_dialog::{failure_effect, Effect};
/// use sip_message::StatusCode;
///
/// assert_eq!(failure_effect(StatusCode::CALL_DOES_NOT_EXIST, true), Effect::Usage);
/// assert_eq!(failure_effect(StatusCode::METHOD_NOT_ALLOWED, false), Effect::Transaction);
/// assert_eq!(failure_effect(StatusCode::GONE, false), Effect::Dialog);
/// ```
#[must_use]
pub fn failure_effect(status: StatusCode, integral: bool) -> Effect {
    match status.code() {
        408 => Effect::Usage,
        405 | 489 | 501 if !integral => Effect::Transaction,
        code => EFFECTS.iter().find(|row| row.0 == code).map_or(Effect::Transaction, |row| row.1),
    }
}
