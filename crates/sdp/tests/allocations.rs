//! How often memory is asked for.

use mockalloc::Mockalloc;
use sdp::{Parser, SessionDescription, attribute};

#[global_allocator]
static ALLOCATOR: Mockalloc<std::alloc::System> = Mockalloc(std::alloc::System);

const OFFER: &str = include_str!("../../../testdata/sdp/webrtc.sdp");

fn allocations<T>(work: impl FnOnce() -> T) -> u64 {
    mockalloc::record_allocs(|| drop(work())).num_allocs()
}

fn read(description: &SessionDescription) -> usize {
    description
        .media()
        .map(|media| {
            let attributes = media.attributes();
            attributes.each(attribute::Rtpmap).filter_map(Result::ok).count()
                + attributes.each(attribute::Candidate).filter_map(Result::ok).count()
                + attributes.each(attribute::Ssrc).filter_map(Result::ok).count()
        })
        .sum()
}

#[test]
fn a_description_costs_its_index_and_a_handle_to_its_bytes() {
    let bytes = bytes::Bytes::from_static(OFFER.as_bytes());
    assert_eq!(allocations(|| SessionDescription::parse(bytes.clone())), 1);
    assert_eq!(allocations(|| SessionDescription::parse(OFFER.as_bytes().to_vec())), 2);
}

#[test]
fn reading_values_costs_nothing() {
    let description = SessionDescription::parse(OFFER).unwrap();
    assert_eq!(allocations(|| read(&description)), 0);
    assert_eq!(read(&description), 33);
}

#[test]
fn a_parser_that_is_kept_needs_no_memory_of_its_own() {
    let mut parser = Parser::new();
    let first = parser.parse(OFFER).unwrap();
    parser.recycle(first);
    let again = || {
        let description = parser.parse(OFFER).unwrap();
        parser.recycle(description);
    };
    assert_eq!(allocations(again), 0);
}
