//! Session descriptions: reading, attributes and edits. Offers and answers are beside.

mod attributes;
mod description;
mod edit;
mod offer_answer;

pub use attributes::sdp_attributes;
pub use description::sdp;
pub use edit::sdp_edit;
pub use offer_answer::offer_answer;

use sdp::Tolerances;

/// From strict to lenient: what one accepts, the next ones accept.
const TOLERANCES: fn() -> [Tolerances; 3] =
    || [Tolerances::strict(), Tolerances::default(), Tolerances::lenient()];
