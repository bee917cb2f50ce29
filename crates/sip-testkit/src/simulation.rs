//! A network and a clock that are made of a seed, and elements that talk over it.
//!
//! [`World`] moves messages between [`Node`]s, each an [`Element`] such as a transaction layer with a
//! [`User`] on top, and moves the clock from one thing that happens to the next. Nothing waits, and the same seed always
//! gives the same run.
//!
//! | file | what it holds |
//! |---|---|
//! | `network` | loss, delay, duplication, reordering, partition |
//! | `agents` | a caller, a callee, a stateful proxy |
//! | `run` | whole scenarios made of a seed, and what must hold of each |

mod agents;
mod network;
mod run;
mod world;

pub(crate) use agents::flow;
pub use agents::{Callee, Caller, Conduct, Endings, Proxy};
pub use network::{Network, Random};
pub use run::{Outcome, Scenario};
pub use world::{Alarms, Element, Layered, Node, Sent, User, World, address, start};
