//! `sip sdp --answer`: the answer of a side whose capabilities are in a file.

use std::io;
use std::path::Path;

use sdp::offer_answer::{MediaCapability, NegotiationError, OfferAnswer, Session, StreamState};
use sdp::{LineError, SessionDescription};

use super::json::description_json;
use crate::args::Reading;
use crate::diagnostics::Diagnosis;
use crate::input::Source;
use crate::output::Output;
use crate::position::Cursor;
use crate::run::{Outcome, Task, complain, name};

pub(crate) struct Answer<'a> {
    options: &'a Reading,
    side: OfferAnswer,
}

impl<'a> Answer<'a> {
    /// A side that can do what the file says.
    ///
    /// # Errors
    /// What is wrong with the file, for people.
    pub(crate) fn new(options: &'a Reading, capabilities: &Path) -> Result<Self, String> {
        let file = name(capabilities);
        let source = Source::read(capabilities);
        let source = source.map_err(|error| format!("cannot read {file}: {error}"))?;
        let description = source
            .description(options.tolerances().sdp)
            .map_err(|error| format!("{file}: {error}"))?;
        let side = side(&description).map_err(|error| format!("{file}: {error}"))?;
        Ok(Self { options, side })
    }
}

fn side(description: &SessionDescription) -> Result<OfferAnswer, LineError> {
    let session = Session::described(description)?;
    let sections = description.media().map(|media| MediaCapability::described(&media));
    Ok(OfferAnswer::new(session, sections.collect::<Result<Vec<_>, _>>()?))
}

/// The answer to an offer, and whether it takes any section.
fn answer(
    mut side: OfferAnswer,
    offer: SessionDescription,
) -> Result<(SessionDescription, bool), NegotiationError> {
    side.receive_offer(offer)?;
    let is_unacceptable = side.is_unacceptable();
    let answer = side.create_answer()?;
    for (section, stream) in side.streams().iter().enumerate() {
        if let StreamState::Rejected(reason) = stream.state() {
            let media_type = stream.media_type();
            complain(&format!("section {section} ({media_type}) is refused: {reason}"));
        }
    }
    Ok((answer, !is_unacceptable))
}

impl Task for Answer<'_> {
    fn source(&mut self, source: &Source, output: &mut Output) -> io::Result<Outcome> {
        let offer = match source.description(self.options.tolerances().sdp) {
            Ok(offer) => offer,
            Err(error) => {
                let refusal = Diagnosis::of_refused_sdp(&error, 0, &source.bytes);
                let mut cursor = Cursor::new(&source.bytes);
                let text = refusal.render(source.shown_name(), &mut cursor);
                anstream::eprintln!("{}", text.trim_end());
                return Ok(Outcome::Bad);
            }
        };
        let (answer, is_acceptable) = match answer(self.side.clone(), offer) {
            Ok(answered) => answered,
            Err(error) => {
                complain(&format!("{}: {error} ({})", source.shown_name(), error.rfc()));
                return Ok(Outcome::Bad);
            }
        };
        if self.options.json {
            let mut cursor = Cursor::new(answer.as_bytes());
            output.json(&description_json(&answer, 0, &mut cursor))?;
        } else {
            output.bytes(answer.as_bytes())?;
        }
        if !is_acceptable {
            complain("no section is taken: SIP refuses such an offer with 488 (RFC 3264 §6)");
            return Ok(Outcome::Bad);
        }
        Ok(Outcome::Fine)
    }

    fn end(&mut self, _: &mut Output) -> io::Result<()> {
        Ok(())
    }
}
