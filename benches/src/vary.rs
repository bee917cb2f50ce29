//! VARY: 256 variants of the eight messages, 32 of each, in random order.
//!
//! A fixed message in a loop flatters a parser whose branches follow the bytes, because the branch
//! predictor learns the message. Here tokens (branch, tag, Call-ID, user, host, display name …) and
//! their lengths are random and so is the order of the headers, except that headers of one name keep
//! theirs. Every variant is a valid SIP message, and a seed names the same variants for ever.

mod rewrite;

use crate::{corpus::MESSAGES, random::Random, sample::Sample};

/// How many variants there are.
pub const COUNT: usize = 256;

/// The seed of the variants that the benches use.
pub const SEED: u64 = 0x7261_7065_7a6f_6964;

/// The variants that follow from `seed`.
pub fn variants(seed: u64) -> Vec<Sample> {
    let mut random = Random::new(seed);
    let mut samples: Vec<_> = MESSAGES
        .iter()
        .cycle()
        .take(COUNT)
        .map(|&(name, bytes)| Sample::new(name, variant(bytes, &mut random)))
        .collect();
    random.shuffle(&mut samples);
    samples
}

/// One variant of a message. The body stays, so the Content-Length stays right.
fn variant(message: &[u8], random: &mut Random) -> Vec<u8> {
    let message = String::from_utf8_lossy(message);
    let (head, body) = message.split_once("\r\n\r\n").unwrap_or((&message, ""));
    let mut lines = head.split("\r\n");
    let start_line = rewrite::start_line(lines.next().unwrap_or_default(), random);
    let headers: Vec<_> = lines.map(|line| rewrite::header(line, random)).collect();
    let headers = shuffled(headers, random);
    format!("{start_line}\r\n{}\r\n\r\n{body}", headers.join("\r\n")).into_bytes()
}

/// The headers in random order, those of one name in the order they had.
fn shuffled(headers: Vec<String>, random: &mut Random) -> Vec<String> {
    let mut order: Vec<_> = (0..headers.len()).collect();
    random.shuffle(&mut order);
    for slot in 0..order.len() {
        for later in slot + 1..order.len() {
            let same = name(&headers[order[slot]]) == name(&headers[order[later]]);
            if same && order[later] < order[slot] {
                order.swap(slot, later);
            }
        }
    }
    order.into_iter().map(|index| headers[index].clone()).collect()
}

/// The name of a header line. The corpus writes a name in one way only, within one message.
fn name(line: &str) -> &str {
    line.split(':').next().unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::{COUNT, SEED, name, shuffled, variants};
    use crate::{corpus, random::Random};

    #[test]
    fn a_seed_names_its_variants() {
        let (one, two, other) = (variants(7), variants(7), variants(8));
        assert_eq!(one.len(), COUNT);
        assert!(one.iter().zip(&two).all(|(one, two)| one.bytes == two.bytes));
        assert!(one.iter().zip(&other).any(|(one, other)| one.bytes != other.bytes));
    }

    #[test]
    fn the_variants_of_a_message_differ_in_bytes_and_length() {
        let samples = variants(SEED);
        for (message, _) in corpus::MESSAGES {
            let mut own: Vec<_> = samples.iter().filter(|sample| sample.name == message).collect();
            assert_eq!(own.len(), COUNT / corpus::MESSAGES.len());
            own.sort_by_key(|sample| sample.bytes.clone());
            own.dedup_by_key(|sample| sample.bytes.clone());
            assert_eq!(own.len(), COUNT / corpus::MESSAGES.len());
            own.dedup_by_key(|sample| sample.head_len);
            assert!(own.len() > 4, "{message}");
        }
    }

    #[test]
    fn content_length_is_the_length_of_the_body() {
        for sample in variants(SEED) {
            let field = format!("\r\nContent-Length: {}\r\n", sample.body().len());
            assert!(String::from_utf8_lossy(sample.head()).contains(&field), "{}", sample.name);
        }
    }

    #[test]
    fn headers_of_one_name_keep_their_order() {
        let headers: Vec<_> = ["a:1", "b:1", "a:2", "c:1", "b:2", "a:3"].map(String::from).into();
        for seed in 0..100 {
            let got = shuffled(headers.clone(), &mut Random::new(seed));
            let mut sorted = got.clone();
            sorted.sort_by(|one, two| name(one).cmp(name(two)));
            assert_eq!(sorted, ["a:1", "a:2", "a:3", "b:1", "b:2", "c:1"], "{got:?}");
        }
    }
}
