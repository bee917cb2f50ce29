//! httparse 1.10 on the HTTP shape of the head: context, not a peer. It finds the headers, checks
//! their bytes and classifies no name; HTTP has no typed SIP values, so there is neither L2 nor L3.

use std::mem::MaybeUninit;

use ::httparse::{ParserConfig, Request, Response, Status};

use super::{Outcome, Refused};
use crate::sample::Sample;

/// The deepest message of the corpus has 34 headers.
const MAX_HEADERS: usize = 64;

/// Start line and headers into an array on the stack that is not initialised first.
pub fn l1(sample: &Sample) -> Outcome {
    headers(sample).map(|count| count as u64)
}

/// The number of headers that httparse found.
pub fn headers(sample: &Sample) -> Result<usize, Refused> {
    let mut headers = [const { MaybeUninit::uninit() }; MAX_HEADERS];
    let config = ParserConfig::default();
    let (status, count) = if sample.http.starts_with(b"HTTP/") {
        let mut response = Response::new(&mut []);
        let status =
            config.parse_response_with_uninit_headers(&mut response, &sample.http, &mut headers)?;
        (status, std::hint::black_box(&response).headers.len())
    } else {
        let mut request = Request::new(&mut []);
        let status =
            config.parse_request_with_uninit_headers(&mut request, &sample.http, &mut headers)?;
        (status, std::hint::black_box(&request).headers.len())
    };
    if status == Status::Partial { Err(Refused) } else { Ok(count) }
}
