//! The sizes of what exists in thousands.

use sip_transaction::machine::{
    InviteClient, InviteServer, NonInviteClient, NonInviteServer, Step,
};
use sip_transaction::{ClientTransaction, Event, Flow, ServerTransaction, Transaction, Transmit};

#[test]
fn states_handles_and_events_are_small() {
    assert!(size_of::<InviteClient>() <= 16);
    assert!(size_of::<NonInviteClient>() <= 16);
    assert!(size_of::<InviteServer>() <= 16);
    assert_eq!(size_of::<NonInviteServer>(), 1);
    assert!(size_of::<Step>() <= 64, "{}", size_of::<Step>());
    assert_eq!(size_of::<ClientTransaction>(), 8);
    assert_eq!(size_of::<ServerTransaction>(), 8);
    assert_eq!(size_of::<Transaction>(), 12);
    assert!(size_of::<Flow>() <= 88, "{}", size_of::<Flow>());
    assert!(size_of::<Transmit>() <= 176, "{}", size_of::<Transmit>());
    assert!(size_of::<Event>() <= 320, "{}", size_of::<Event>());
}
