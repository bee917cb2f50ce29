//! `tracing` under its feature, nothing without.

macro_rules! trace {
    ($($what:tt)+) => {
        #[cfg(feature = "tracing")]
        tracing::trace!(target: "sip_transaction", $($what)+)
    };
}

macro_rules! debug {
    ($($what:tt)+) => {
        #[cfg(feature = "tracing")]
        tracing::debug!(target: "sip_transaction", $($what)+)
    };
}

pub(crate) use {debug, trace};
