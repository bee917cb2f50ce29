//! Changes to one line: all of its value, a part of it, or the line itself.

use smallvec::SmallVec;

use super::overlay::{Change, Current, Key, Name, Overlay, Patch, Place, Src, State};
use crate::index::narrow;
use crate::start_line::Span;

impl Overlay<'_> {
    /// Replaces the whole value of a line, whose name stays as it came; says what is behind it.
    pub(super) fn replace(&mut self, current: Current, value: Span) -> Place {
        if current.state == State::New {
            if let Some(patch) = self.patches.get_mut(current.patch)
                && let Change::New { value: there, .. } = &mut patch.change
            {
                *there = Src::Text(value);
            }
            return current.behind();
        }
        let entry = &self.index[current.line];
        let name_end = entry.name as usize + usize::from(entry.name_len);
        let text_end = self.text_end(current.line);
        let between = &self.buffer[name_end..entry.value as usize];
        let (from, text) = if memchr::memchr2(b'\r', b'\n', between).is_none() {
            (entry.value as usize, value)
        } else {
            let start = self.text.push(b": ").start;
            let copy = SmallVec::<[u8; 64]>::from_slice(self.text.get(value));
            (name_end, Span { start, end: self.text.push(&copy).end })
        };
        self.patch_line(current, Change::Splice { out: Span::new(from, text_end), text })
    }

    /// Takes a line out; says what is behind it.
    pub(super) fn remove(&mut self, current: Current) -> Place {
        match current.state {
            State::New => {
                self.patches.remove(current.patch);
                current.before()
            }
            _ => self.patch_line(current, Change::Drop),
        }
    }

    /// Drops every line of a header.
    pub(crate) fn remove_all(&mut self, key: &Key<'_>) {
        self.touch(key);
        let mut from = Place::START;
        while let Some(line) = self.next_of(key, from) {
            from = self.remove(line);
        }
    }

    fn patch_line(&mut self, current: Current, change: Change) -> Place {
        match current.state {
            State::Original => {
                let patch = Patch { line: narrow(current.line), change };
                self.patches.insert(current.patch, patch);
            }
            _ => {
                if let Some(patch) = self.patches.get_mut(current.patch) {
                    patch.change = change;
                }
            }
        }
        Place { patch: current.patch + 1, line: current.line + 1 }
    }

    /// The value of a line, if it is in one piece.
    pub(super) fn value(&self, current: Current) -> &[u8] {
        match self.patches.get(current.patch).map(|patch| patch.change) {
            Some(Change::New { value, .. }) if current.state == State::New => self.get(value),
            _ => {
                let entry = &self.index[current.line];
                &self.buffer[entry.value as usize..entry.end as usize]
            }
        }
    }

    /// Makes a line whose value is in pieces a new line with the whole value, without folds.
    pub(super) fn settle(&mut self, current: Current) -> Current {
        let change = match (current.state, self.patches.get(current.patch)) {
            (State::Spliced, Some(patch)) => patch.change,
            _ => return current,
        };
        let Change::Splice { out, text } = change else { return current };
        let entry = &self.index[current.line];
        let text_end = self.text_end(current.line);
        let head = &self.buffer[entry.name as usize..out.start as usize];
        let tail = &self.buffer[out.end as usize..text_end];
        let line = [head, self.text.get(text), tail].concat();
        let colon = memchr::memchr(b':', &line).map_or(line.len(), |colon| colon + 1);
        let value = crate::input::skip_lws(&line, colon);
        let end = crate::input::trim_end(&line, value, line.len());
        let value = Src::Text(self.text.push(&crate::text::unfold(&line[value..end])));
        let name = match entry.id {
            0 => Name::Text(self.text.push(self.name(entry))),
            id => Name::Known(id),
        };
        let line = narrow(current.line);
        if let Some(patch) = self.patches.get_mut(current.patch) {
            patch.change = Change::Drop;
        }
        self.patches.insert(current.patch, Patch { line, change: Change::New { name, value } });
        Current { state: State::New, ..current }
    }

    /// Replaces a part of a value that is in one piece; the rest stays as it is. Says what is
    /// behind the line.
    pub(super) fn splice(&mut self, current: Current, part: Span, text: Span) -> Place {
        if current.state == State::New {
            if text.start == text.end && self.shorten(current, part) {
                return current.behind();
            }
            let value = self.value(current).to_vec();
            let (start, end) = (part.start as usize, part.end as usize);
            let text = self.text.get(text).to_vec();
            let whole = self.text.push(&[&value[..start], &text, &value[end..]].concat());
            return self.replace(current, whole);
        }
        let base = self.index[current.line].value;
        let out = Span { start: base + part.start, end: base + part.end };
        self.patch_line(current, Change::Splice { out, text })
    }

    /// Takes the front or the end of a new line's value out where it stands. Values are taken off a
    /// list one by one, and a copy of the rest each time would cost the square of the list.
    fn shorten(&mut self, current: Current, part: Span) -> bool {
        let Some(patch) = self.patches.get_mut(current.patch) else { return false };
        let Change::New { value: Src::Original(span) | Src::Text(span), .. } = &mut patch.change
        else {
            return false;
        };
        let len = span.end - span.start;
        if part.start == 0 {
            span.start += part.end;
        } else if part.end == len {
            span.end = span.start + part.start;
        } else {
            return false;
        }
        true
    }
}
