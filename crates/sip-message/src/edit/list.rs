//! Changes inside lists with commas: one value goes or is replaced, the others stay as they came.

use smallvec::SmallVec;

use super::overlay::{Current, Key, Overlay, Place};
use crate::encode::BuildError;
use crate::header::{ALL, Header, ListKind};
use crate::headers::{Split, comma_behind};
use crate::start_line::Span;
use crate::{HeaderName, Input, Tolerances, ValueError};

/// One value of a line.
#[derive(Clone, Copy, Debug)]
struct Element {
    span: Span,
    picked: bool,
}

type Elements = SmallVec<[Element; 8]>;

/// The values of `value`; `parse` reads one and says whether it is picked. What cannot be read is
/// a value all the same, up to the next comma, and not picked. No more than `most` are read.
fn elements<'v>(
    value: &'v [u8],
    list: ListKind,
    tolerances: Tolerances,
    most: usize,
    mut parse: impl FnMut(&mut Input<'v, '_>) -> Result<bool, ValueError>,
) -> Elements {
    let mut split = Split::new(Input::new(value, tolerances), list);
    let mut elements = Elements::new();
    while elements.len() < most {
        let (mut start, mut end) = (None, 0);
        let Some(item) = split.next(|input| {
            start = Some(input.offset());
            let picked = parse(input)?;
            end = input.offset();
            Ok(picked)
        }) else {
            break;
        };
        // Without a start it is an empty element that is not tolerated.
        let Some(start) = start else { continue };
        if item.is_err() {
            let comma = comma_behind(value, start).filter(|_| list.has_commas());
            end = crate::input::trim_end(value, start, comma.unwrap_or(value.len()));
        }
        elements.push(Element { span: Span::new(start, end), picked: item.unwrap_or(false) });
    }
    elements
}

/// The part of the line that its first value is, good or bad.
pub(crate) fn first_value<H: Header>(value: &[u8], tolerances: Tolerances) -> Option<&[u8]> {
    let elements = elements(value, H::LIST, tolerances, 1, |input| H::parse(input).map(|_| true));
    elements.first().map(|element| element.span.of(value))
}

/// What must go for the picked elements to be gone: each with the comma that it would leave
/// behind. `None` when nothing is left of the line.
fn cuts(elements: &[Element]) -> Option<SmallVec<[Span; 8]>> {
    let mut cuts = SmallVec::<[Span; 8]>::new();
    let mut kept = None;
    let last_kept = elements.iter().rposition(|element| !element.picked)?;
    for (at, element) in elements.iter().enumerate() {
        if !element.picked {
            kept = Some(element.span.end);
            continue;
        }
        let cut = match elements.get(at + 1) {
            Some(next) if at < last_kept => {
                Span { start: element.span.start, end: next.span.start }
            }
            _ => Span { start: kept?, end: element.span.end },
        };
        match cuts.last_mut() {
            Some(last) if cut.start <= last.end => last.end = cut.end,
            _ => cuts.push(cut),
        }
    }
    Some(cuts)
}

impl Overlay<'_> {
    /// Takes the first value of a header out.
    pub(super) fn remove_first<H: Header>(&mut self, key: &Key<'_>) {
        self.take_first(key, H::LIST, |input| H::parse(input).map(|_| false));
    }

    /// The same for a header by its name: one value if the table knows it as a list, else a line.
    pub(super) fn remove_first_named(&mut self, key: &Key<'_>, name: HeaderName<'_>) {
        match name.known().and_then(|known| ALL[known as usize].row()) {
            Some(row) => {
                self.take_first(key, row.list, |input| (row.parse)(input).map(|_| false));
            }
            None => {
                if let Some(line) = self.first_of_key(key) {
                    self.remove(line);
                }
            }
        }
    }

    fn take_first(
        &mut self,
        key: &Key<'_>,
        list: ListKind,
        parse: impl FnMut(&mut Input<'_, '_>) -> Result<bool, ValueError> + Copy,
    ) {
        let mut from = Place::START;
        while let Some(line) = self.next_of(key, from) {
            let line = self.settle(line);
            from = line.behind();
            let mut elements = elements(self.value(line), list, self.tolerances, 2, parse);
            // A line may be an empty list.
            if let Some(first) = elements.first_mut() {
                first.picked = true;
                self.cut(line, &elements);
                return;
            }
        }
    }

    /// Takes the values that `pick` wants out of every line.
    pub(super) fn remove_where<H: Header>(
        &mut self,
        key: &Key<'_>,
        mut pick: impl FnMut(&H::Value<'_>) -> bool,
    ) {
        let mut from = Place::START;
        while let Some(line) = self.next_of(key, from) {
            let line = self.settle(line);
            let all = usize::MAX;
            let elements = elements(self.value(line), H::LIST, self.tolerances, all, |input| {
                H::parse(input).map(|value| pick(&value))
            });
            from = match elements.iter().any(|element| element.picked) {
                true => self.cut(line, &elements),
                false => line.behind(),
            };
        }
    }

    /// Cuts the picked elements out of a line; says what is behind it.
    fn cut(&mut self, line: Current, elements: &[Element]) -> Place {
        let Some(cuts) = cuts(elements) else { return self.remove(line) };
        match cuts[..] {
            [] => line.behind(),
            [cut] => self.splice(line, cut, Span::new(0, 0)),
            [first, .., last] => {
                let value = self.value(line).to_vec();
                let part = Span { start: first.start, end: last.end };
                let kept = cuts
                    .windows(2)
                    .map(|pair| &value[pair[0].end as usize..pair[1].start as usize]);
                let text = self.text.join(&kept.collect::<SmallVec<[&[u8]; 8]>>());
                self.splice(line, part, text)
            }
        }
    }

    /// Replaces the first value that `pick` wants; it is told which one of all it is.
    pub(super) fn replace_first<H: Header>(
        &mut self,
        key: &Key<'_>,
        text: Span,
        mut pick: impl FnMut(usize, &H::Value<'_>) -> bool,
    ) {
        self.touch(key);
        let mut number = 0;
        let mut found = false;
        let mut from = Place::START;
        while let Some(line) = self.next_of(key, from) {
            let line = self.settle(line);
            from = line.behind();
            let elements =
                elements(self.value(line), H::LIST, self.tolerances, usize::MAX, |input| {
                    let at = number;
                    number += 1;
                    let value = H::parse(input)?;
                    let picked = !found && pick(at, &value);
                    found |= picked;
                    Ok(picked)
                });
            if let Some(element) = elements.iter().find(|element| element.picked) {
                self.splice(line, element.span, text);
                return;
            }
        }
    }
}

/// A value that takes the place of one in a list must be one itself.
pub(super) fn check_one<H: Header>(
    overlay: &Overlay<'_>,
    key: &Key<'_>,
    text: Span,
) -> Result<(), BuildError> {
    let mut input = Input::new(overlay.text.get(text), overlay.tolerances);
    H::parse(&mut input).map_err(|error| key.refused(error.into()))?;
    input.skip_lws();
    match input.peek() {
        None => Ok(()),
        Some(_) => Err(key.refused(input.unexpected("the end of the value").into())),
    }
}
