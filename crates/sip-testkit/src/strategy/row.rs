//! Header lines: RFC 3261 §7.3 names in every case and form, the colon, unknown headers, order.

use proptest::prelude::*;

use super::space::{lws, sws};
use super::text::{text_line, token};

/// One header line in the making.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The long name of a known header, or the name of an unknown one.
    pub(super) long: Vec<u8>,
    /// The compact name.
    pub(super) compact: Option<&'static str>,
    /// The value, without white space around it.
    pub(super) value: Vec<u8>,
    /// White space behind the value, where the grammar of the header allows some.
    pub(super) trailing: Vec<u8>,
}

impl Row {
    /// A line of a known header.
    pub(super) fn new(long: &str, compact: Option<&'static str>, value: &[u8]) -> Self {
        let (long, value) = (long.as_bytes().to_vec(), value.to_vec());
        Self { long, compact, value, trailing: Vec::new() }
    }
}

/// How a line is written, and where: nothing in it changes what the line means.
#[derive(Debug, Clone)]
pub(super) struct Style {
    /// How the name is written.
    form: NameForm,
    /// `HCOLON`
    pub(super) colon: Vec<u8>,
    /// Lines are ordered by this, but those of one name stay as they were.
    place: u16,
}

#[derive(Debug, Clone)]
enum NameForm {
    AsIs,
    Compact,
    CompactUpper,
    /// Bit by bit, the letters in upper or lower case.
    Odd(u32),
}

impl Style {
    /// The name of the row in this style.
    pub(super) fn name(&self, row: &Row) -> Vec<u8> {
        let compact = row.compact.map_or(&row.long[..], str::as_bytes);
        match self.form {
            NameForm::AsIs => row.long.clone(),
            NameForm::Compact => compact.to_vec(),
            NameForm::CompactUpper => compact.to_ascii_uppercase(),
            NameForm::Odd(bits) => odd_case(&row.long, bits),
        }
    }
}

fn odd_case(name: &[u8], bits: u32) -> Vec<u8> {
    let letters = name.iter().enumerate();
    let flip = |(at, byte): (usize, &u8)| match bits >> (at % 32) & 1 {
        0 => byte.to_ascii_lowercase(),
        _ => byte.to_ascii_uppercase(),
    };
    letters.map(flip).collect()
}

/// Any style.
pub(super) fn style() -> BoxedStrategy<Style> {
    let form = prop_oneof![
        5 => Just(NameForm::AsIs),
        2 => Just(NameForm::Compact),
        1 => Just(NameForm::CompactUpper),
        1 => any::<u32>().prop_map(NameForm::Odd),
    ];
    (form, hcolon(), any::<u16>())
        .prop_map(|(form, colon, place)| Style { form, colon, place })
        .boxed()
}

/// `HCOLON = *( SP / HTAB ) ":" SWS`
fn hcolon() -> BoxedStrategy<Vec<u8>> {
    let before = prop_oneof![6 => Just(&b""[..]), 1 => Just(&b" "[..]), 1 => Just(&b"\t  "[..])];
    let after = prop_oneof![5 => Just(b" ".to_vec()), 2 => sws(), 1 => lws()];
    (before, after).prop_map(|(before, after)| [before, b":", &after].concat()).boxed()
}

/// A known header's name: mostly as the RFC writes it, else compact or in odd case.
pub fn header_name(long: &'static str, compact: Option<&'static str>) -> BoxedStrategy<Vec<u8>> {
    style().prop_map(move |style| style.name(&Row::new(long, compact, b""))).boxed()
}

/// An unknown header, name and value: `extension-header`, whose value is any text.
pub fn unknown_header() -> BoxedStrategy<(Vec<u8>, Vec<u8>)> {
    let name = token().prop_map(|name| [b"X-", &name[..]].concat());
    let odd: Vec<&[u8]> = vec![b";;,,;;,;", b"\"", b"<", b"a: b", b"\\", b"\xFC", b"\x80", b""];
    let odd = prop::sample::select(odd).prop_map(<[u8]>::to_vec);
    (name, prop_oneof![3 => text_line(), 1 => odd]).boxed()
}

/// The line of an unknown header; it may end in white space.
pub(super) fn unknown_row() -> BoxedStrategy<Row> {
    let trailing = prop_oneof![4 => Just(Vec::new()), 1 => lws()];
    (unknown_header(), trailing)
        .prop_map(|((long, value), trailing)| {
            // After an empty value the white space is part of the colon's already.
            let trailing = if value.is_empty() { Vec::new() } else { trailing };
            Row { long, compact: None, value, trailing }
        })
        .boxed()
}

/// Orders the lines by their styles, but leaves lines of one name in their order: it means
/// something (§7.3.1). Too few styles are used again.
pub(super) fn arrange(rows: Vec<Row>, styles: &[Style]) -> Vec<(Row, &Style)> {
    let mut styled: Vec<(Row, &Style)> = rows.into_iter().zip(styles.iter().cycle()).collect();
    let mut places: Vec<u16> = styled.iter().map(|(_, style)| style.place).collect();
    // The lines of one name take the places of that name in ascending order.
    for at in 0..styled.len() {
        for later in at + 1..styled.len() {
            let same = styled[at].0.long.eq_ignore_ascii_case(&styled[later].0.long);
            if same && places[later] < places[at] {
                places.swap(at, later);
            }
        }
    }
    let mut placed: Vec<_> = places.into_iter().zip(styled.drain(..)).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, styled)| styled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_name_keep_their_order() {
        let rows =
            ["a1", "b1", "a2", "b2", "a3"].map(|text| Row::new(&text[..1], None, text.as_bytes()));
        let style = |place| Style { form: NameForm::AsIs, colon: b":".to_vec(), place };
        let styles = [5, 4, 3, 2, 1].map(style);
        let arranged = arrange(rows.to_vec(), &styles);
        let order: Vec<_> = arranged.iter().map(|(row, _)| row.value.clone()).collect();
        assert_eq!(order, [b"a1", b"b1", b"a2", b"b2", b"a3"]);
    }
}
