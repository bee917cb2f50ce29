//! Changing `m=` lines: ports, protocols and formats.

use super::*;

/// The media type, port, protocol and formats of an `m=` line.
fn words(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty())
}

impl Edit<'_> {
    /// The value of the `m=` line of a section.
    fn media_line(&self, section: usize) -> Result<&[u8], BuildError> {
        let first = self.range(At::Media(section))?.start;
        Ok(self.value(self.pieces[first]))
    }

    /// Writes an `m=` line anew.
    fn set_media_line(&mut self, section: usize, value: &[u8]) -> Result<(), BuildError> {
        let first = self.range(At::Media(section))?.start;
        // What is written must be read again.
        let mut input = Input::new(value, self.original.tolerances());
        crate::index::media_field(&mut input, 0)
            .map_err(|error| BuildError::line(b'm', error.into()))?;
        let new = self.write(b'm', &value);
        self.pieces[first].new = Some(new.map_err(|error| BuildError::line(b'm', error))?);
        Ok(())
    }

    /// Writes one word of an `m=` line anew; `change` gets the word and what comes before it.
    fn set_word(
        &mut self,
        section: usize,
        place: usize,
        change: impl FnOnce(&[u8], &mut Vec<u8>),
    ) -> Result<(), BuildError> {
        let value = self.media_line(section)?;
        let mut line = Vec::with_capacity(value.len() + 16);
        let mut change = Some(change);
        for (at, word) in words(value).enumerate() {
            if at > 0 {
                line.push(b' ');
            }
            match change.take_if(|_| at == place) {
                Some(change) => change(word, &mut line),
                None => line.extend_from_slice(word),
            }
        }
        self.set_media_line(section, &line)
    }

    /// Writes the formats of an `m=` line anew.
    fn set_formats(&mut self, section: usize, formats: &[Vec<u8>]) -> Result<(), BuildError> {
        let mut line = Vec::new();
        for word in words(self.media_line(section)?).take(3) {
            line.extend_from_slice(word);
            line.push(b' ');
        }
        line.extend_from_slice(&formats.join(&b' '));
        self.set_media_line(section, &line)
    }

    /// The formats of an `m=` line.
    fn formats(&self, section: usize) -> Result<Vec<Vec<u8>>, BuildError> {
        Ok(words(self.media_line(section)?).skip(3).map(<[u8]>::to_vec).collect())
    }

    /// Sets the port of a section; a number of ports behind it stays.
    pub fn set_port(&mut self, section: usize, port: u16) -> &mut Self {
        self.attempt(|edit| {
            edit.set_word(section, 1, |word, line| {
                let _ = ValueWriter::new(line).display(port);
                let count = word.iter().position(|byte| *byte == b'/');
                line.extend_from_slice(count.map_or(b"", |count| &word[count..]));
            })
        })
    }

    /// Sets the protocol of a section.
    pub fn set_protocol(&mut self, section: usize, protocol: &str) -> &mut Self {
        self.attempt(|edit| {
            // `token *("/" token)` (RFC 8866 §9).
            let mut checked = Vec::new();
            let mut out = ValueWriter::new(&mut checked);
            for part in protocol.split('/') {
                out.token(part).map_err(|error| BuildError::line(b'm', error))?;
            }
            edit.set_word(section, 2, |_, line| line.extend_from_slice(protocol.as_bytes()))
        })
    }

    /// Puts the formats of a section into another order: those of `order` first, as far as they
    /// are there, then the others as they were. No format is added, and none is lost.
    pub fn reorder_formats(&mut self, section: usize, order: &[&str]) -> &mut Self {
        self.attempt(|edit| {
            let rank = |format: &Vec<u8>| {
                let place = order.iter().position(|wanted| wanted.as_bytes() == format);
                place.unwrap_or(order.len())
            };
            let mut formats = edit.formats(section)?;
            formats.sort_by_cached_key(rank);
            edit.set_formats(section, &formats)
        })
    }

    /// Drops the formats of a section for which `keep` does not hold, and with them their
    /// `a=rtpmap`, `a=fmtp`, `a=rtcp-fb` and `a=imageattr` lines, and what repairs them alone (`rtx`
    /// by its `apt`, `red` by its list).
    ///
    /// # Errors
    /// One format must stay (RFC 8866 §5.14): [`reject`](Self::reject) refuses the section as a
    /// whole.
    pub fn retain_formats(
        &mut self,
        section: usize,
        mut keep: impl FnMut(&[u8]) -> bool,
    ) -> &mut Self {
        self.attempt(|edit| {
            let range = edit.range(At::Media(section))?;
            let mut kept = edit.formats(section)?;
            kept.retain(|format| keep(format));
            let protocol = words(edit.media_line(section)?).nth(2).unwrap_or_default();
            if core::str::from_utf8(protocol).is_ok_and(crate::lint::is_rtp) {
                edit.drop_repairs(range, &mut kept);
            }
            if kept.is_empty() {
                return Err(BuildError::section(BuildErrorKind::NoFormat, section));
            }
            edit.set_formats(section, &kept)?;
            edit.retain(At::Media(section), |edit, piece| {
                let (name, Some(value)) = name_of(edit.value(piece)) else { return true };
                let of_format = ["rtpmap", "fmtp", "rtcp-fb", "imageattr"]
                    .iter()
                    .any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
                let format = first_word(value);
                piece.letter != b'a'
                    || !of_format
                    || format == b"*"
                    || kept.iter().any(|kept| kept == format)
            })
        })
    }

    /// Takes the formats out that repair others which are not there.
    fn drop_repairs(&self, range: core::ops::Range<usize>, kept: &mut Vec<Vec<u8>>) {
        let attributes = |wanted: &'static [u8]| {
            self.pieces[range.clone()].iter().filter_map(move |piece| {
                let (name, value) = name_of(self.value(*piece));
                (piece.letter == b'a' && name.eq_ignore_ascii_case(wanted)).then_some(value?)
            })
        };
        let mut repairs: Vec<(&[u8], crate::CodecSpec)> = Vec::new();
        for value in attributes(b"rtpmap") {
            let format = first_word(value);
            let rest = value.trim_ascii_start()[format.len()..].trim_ascii();
            let encoding = rest.split(|byte| *byte == b'/').next().unwrap_or_default();
            if encoding.eq_ignore_ascii_case(b"rtx") || encoding.eq_ignore_ascii_case(b"red") {
                let encoding = String::from_utf8_lossy(encoding).into_owned();
                repairs.push((format, crate::CodecSpec::new(encoding, 0)));
            }
        }
        repairs.sort_by_key(|(format, _)| *format);
        for value in attributes(b"fmtp") {
            let format = first_word(value);
            if let Ok(at) = repairs.binary_search_by_key(&format, |(format, _)| format) {
                let rest = value.trim_ascii_start()[format.len()..].trim_ascii();
                repairs[at].1.fmtp = Some(String::from_utf8_lossy(rest).into_owned());
            }
        }
        loop {
            let numbers: Vec<u8> = kept.iter().filter_map(|format| payload_type(format)).collect();
            let before = kept.len();
            kept.retain(|format| {
                let repair = repairs.binary_search_by_key(&format.as_slice(), |(format, _)| format);
                repair.is_err() || {
                    let spec = &repairs[repair.unwrap_or_default()].1;
                    spec.references().iter().all(|number| numbers.contains(number))
                }
            });
            if kept.len() == before {
                return;
            }
        }
    }

    /// Puts the other side on hold (RFC 3264 §8.4): what was sent and received is sent only, what
    /// was received only is inactive.
    pub fn hold(&mut self, section: usize) -> &mut Self {
        let direction = self.direction(section).held();
        self.set_direction(At::Media(section), direction)
    }

    /// Takes the other side from hold: media are received again.
    pub fn resume(&mut self, section: usize) -> &mut Self {
        let direction = Direction::new(self.direction(section).sends(), true);
        self.set_direction(At::Media(section), direction)
    }

    /// The direction in force for a section.
    fn direction(&self, section: usize) -> Direction {
        let of = |at: At| {
            let range = self.range(at).ok()?;
            self.pieces[range]
                .iter()
                .filter(|piece| piece.letter == b'a')
                .find_map(|piece| Direction::of_name(name_of(self.value(*piece)).0))
        };
        of(At::Media(section)).or_else(|| of(At::Session)).unwrap_or_default()
    }

    /// Refuses or ends a section (RFC 3264 §6, §8.2): its port is 0, and it is no part of a bundle
    /// any more. What else it says stays.
    pub fn reject(&mut self, section: usize) -> &mut Self {
        self.set_port(section, 0);
        let mid = self.range(At::Media(section)).ok().and_then(|range| {
            self.pieces[range].iter().find_map(|piece| {
                let (name, value) = name_of(self.value(*piece));
                (piece.letter == b'a' && name.eq_ignore_ascii_case(b"mid"))
                    .then(|| value.unwrap_or_default().trim_ascii().to_vec())
            })
        });
        self.remove_all_raw(At::Media(section), "bundle-only");
        if let Some(mid) = mid {
            self.leave_bundles(&mid);
        }
        self
    }

    /// Takes a section out of the lists of `a=group:BUNDLE` (RFC 9143 §7.5.3).
    fn leave_bundles(&mut self, mid: &[u8]) {
        let Ok(range) = self.range(At::Session) else { return };
        for place in range {
            let piece = self.pieces[place];
            if piece.letter != b'a' {
                continue;
            }
            let (b"group", Some(value)) = name_of(self.value(piece)) else { continue };
            let words: Vec<_> =
                value.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty()).collect();
            if words.first() != Some(&&b"BUNDLE"[..]) || !words.contains(&mid) {
                continue;
            }
            let kept: Vec<_> = words.into_iter().filter(|word| *word != mid).collect();
            let line = [b"group:", kept.join(&b' ').as_slice()].concat();
            self.attempt(|edit| {
                let new = edit.write(b'a', &line.as_slice());
                edit.pieces[place].new = Some(new.map_err(|e| BuildError::line(b'a', e))?);
                Ok(())
            });
        }
    }

    /// What a border element does to take media itself: sets address and port of a section, and
    /// `a=rtcp` where it is there, to the port above. Candidates of ICE stay; see
    /// [`remove_ice`](Self::remove_ice).
    pub fn set_media_address(&mut self, section: usize, address: &Address, port: u16) -> &mut Self {
        self.set_connection(At::Media(section), address).set_port(section, port);
        let at = At::Media(section);
        let range = self.range(at).unwrap_or_default();
        let has = |name: &[u8]| {
            self.pieces[range.clone()].iter().any(|piece| {
                piece.letter == b'a' && name_of(self.value(*piece)).0.eq_ignore_ascii_case(name)
            })
        };
        let (rtcp, mux) = (has(b"rtcp"), has(b"rtcp-mux"));
        if rtcp {
            let port = if mux { port } else { port.saturating_add(1) };
            self.set(at, crate::attribute::Rtcp, format_args!("{port} {}", address.connection()));
        }
        self
    }

    /// Takes all that ICE has said of a level out: candidates, credentials, options.
    pub fn remove_ice(&mut self, at: At) -> &mut Self {
        const ICE: &[&str] = &[
            "candidate",
            "remote-candidates",
            "ice-lite",
            "ice-mismatch",
            "ice-ufrag",
            "ice-pwd",
            "ice-pacing",
            "ice-options",
            "end-of-candidates",
        ];
        self.remove_where(at, |name, _| {
            ICE.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        })
    }
}

/// The first word of a value.
fn first_word(value: &[u8]) -> &[u8] {
    let value = value.trim_ascii_start();
    value.split(|byte| is_blank(*byte)).next().unwrap_or_default()
}
