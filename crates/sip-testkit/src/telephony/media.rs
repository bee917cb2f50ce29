//! Offers and answers that are as small as they can be, and remember what was agreed on.

use sip_dialog::{Body, Negotiator, Unacceptable};

use crate::simulation::Random;

/// One side of a session. A description is a number of its own, and each change another one.
#[derive(Clone, Debug)]
pub struct Media {
    name: String,
    version: u32,
    /// What both sides have said when they last agreed: we, and the other side.
    pub agreed: Option<(Body, Body)>,
    offered: Option<Body>,
    /// How many offers of a hundred are refused.
    refuses: u64,
    random: Random,
}

impl Media {
    /// A side with a name, that refuses so many offers of a hundred.
    #[must_use]
    pub fn new(name: &str, refuses: u64, random: Random) -> Self {
        Self { name: name.to_owned(), version: 0, agreed: None, offered: None, refuses, random }
    }

    fn describe(&mut self) -> Body {
        self.version += 1;
        body(&self.name, self.version)
    }
}

/// A description.
#[must_use]
pub(super) fn body(name: &str, version: u32) -> Body {
    Body::sdp(format!("v=0\r\no={name} 1 {version} IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"))
}

impl Negotiator for Media {
    fn fork(&self) -> Box<dyn Negotiator> {
        Box::new(self.clone())
    }

    fn offer(&mut self) -> Result<Body, Unacceptable> {
        assert!(self.offered.is_none(), "an offer is open");
        let offer = self.describe();
        self.offered = Some(offer.clone());
        Ok(offer)
    }

    fn answer(&mut self, offer: &Body) -> Result<Body, Unacceptable> {
        assert!(self.offered.is_none(), "an offer of ours is open");
        if self.random.percent(self.refuses) {
            return Err(Unacceptable("not \"today\"".into()));
        }
        let answer = self.describe();
        self.agreed = Some((answer.clone(), offer.clone()));
        Ok(answer)
    }

    fn take_answer(&mut self, answer: &Body) -> Result<(), Unacceptable> {
        let offer = self.offered.take().expect("an offer of ours is open");
        self.agreed = Some((offer, answer.clone()));
        Ok(())
    }

    fn cancel_offer(&mut self) {
        self.offered = None;
    }

    fn hold(&mut self, _: bool) {}
}
