//! Telephones that call each other over a network of a seed, with a proxy that forks in between or
//! without.
//!
//! | file | what it holds |
//! |---|---|
//! | `media` | offers and answers that are as small as they can be |
//! | `phone` | a user agent, and somebody who does with it whatever comes to mind |
//! | `switch` | a stateful proxy that record-routes and forks |
//! | `story` | whole runs made of a seed, and what must hold of each |

mod media;
mod phone;
mod story;
mod switch;

pub use media::Media;
pub use phone::{Habits, Phone};
pub use story::{Ends, Story};
pub use switch::Switch;
