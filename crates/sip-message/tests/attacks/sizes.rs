//! Sizes: a limit that says which, and nothing that is cut.

use sip_message::{Edit, Request, StatusCode};

use super::*;

/// What is wrong with a message of these lines, and where behind the lines that all have.
fn beyond(lines: &str) -> Option<(Limit, usize)> {
    let bytes = request(lines);
    let start = request("").len() - 2;
    let error = Message::parse(bytes).err()?;
    let K::LimitExceeded(limit) = error.kind() else { panic!("{error}") };
    assert_eq!((error.rfc(), error.status().unwrap().code()), ("RFC 3261 §21.5.7", 513));
    Some((limit, error.offset() - start))
}

#[test]
fn a_method_of_ten_thousand_letters() {
    let limits = Limits::default();
    let cseq = |len| format!("CSeq: 1 {}\r\n", "M".repeat(len));
    let line = |len| {
        let text = format!("SIP/2.0 200 OK\r\n{}\r\n", cseq(len));
        Message::parse(text.into_bytes())
    };
    let message = line(10_000).unwrap();
    assert_eq!(message.headers().require(header::CSeq).unwrap().method().as_str().len(), 10_000);
    sound(&message);
    let error = line(20_000).unwrap_err();
    assert_eq!(error.kind(), K::LimitExceeded(Limit::HeaderLine));
    assert_eq!(error.offset(), 16 + limits.header_line);
    // The same method in the start line, where a long one is said to be a long URI.
    let text = format!("{} sip:b SIP/2.0\r\n\r\n", "M".repeat(10_000));
    let error = Message::parse(text.into_bytes()).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (K::LimitExceeded(Limit::StartLine), 8192));
}

#[test]
fn fifty_and_fifty_thousand_accept_headers() {
    let accepts = |n| "Accept: application/sdp\r\n".repeat(n);
    let message = parse(&request(&accepts(50))).unwrap();
    let types = message.headers().each(header::Accept);
    assert_eq!(types.filter(Result::is_ok).count(), 50);
    let limit = Limits::default().headers - 7;
    assert_eq!(beyond(&accepts(limit)), None);
    assert_eq!(beyond(&accepts(40_000)), Some((Limit::Headers, limit * 25)));
    // 50,000 are more than a message may have octets.
    let error = parse(&request(&accepts(50_000))).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (K::LimitExceeded(Limit::Message), 1 << 20));
    // The same in one line.
    let list = |n| format!("Accept: {}\r\n", vec!["a/b"; n].join(","));
    let message = parse(&request(&list(4_000))).unwrap();
    assert_eq!(message.headers().each(header::Accept).filter(Result::is_ok).count(), 4_000);
    assert_eq!(beyond(&list(50_000)), Some((Limit::HeaderLine, 16 << 10)));
}

#[test]
fn a_long_request_uri() {
    let options = |len| format!("OPTIONS sip:{} SIP/2.0\r\n\r\n", "x".repeat(len)).into_bytes();
    let message = parse(&options(8000)).unwrap();
    assert_eq!(message.as_request().unwrap().uri().unwrap().host_str().unwrap().len(), 8000);
    let error = parse(&options(1 << 17)).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (K::LimitExceeded(Limit::StartLine), 8192));
    assert_eq!(error.status().unwrap().code(), 414);
}

#[test]
fn long_words_are_whole_or_refused() {
    let long = "z".repeat(16_000);
    let via = format!("SIP/2.0/UDP h;branch={long}");
    let message = with_line("Via", via.as_bytes(), Tolerances::strict());
    assert_eq!(message.headers().require(header::Via).unwrap().branch(), Some(&long[..]));
    let message = with_line("To", format!("<sip:b>;tag={long}").as_bytes(), Tolerances::strict());
    assert_eq!(message.headers().require(header::To).unwrap().tag(), Some(&long[..]));
    let call_id = &long[..4096];
    let message = with_line("Call-ID", call_id.as_bytes(), Tolerances::strict());
    assert_eq!(message.headers().require(header::CallId).unwrap().as_bytes(), call_id.as_bytes());
    let uri = format!("<sip:{long}@h>");
    let message = with_line("Contact", uri.as_bytes(), Tolerances::strict());
    let contact = message.headers().require(header::Contact).unwrap();
    assert_eq!(contact.address().unwrap().uri().unwrap().user(), Some(&long[..]));
    for line in [
        format!("Via: SIP/2.0/UDP h;branch={long}{long}\r\n"),
        format!("Call-ID: {long}{long}\r\n"),
        format!("X: a{}\r\n", "\r\n b".repeat(10_000)),
    ] {
        assert_eq!(beyond(&line), Some((Limit::HeaderLine, 16 << 10)));
    }
    let name = format!("{long}: v\r\n");
    assert_eq!(beyond(&name), Some((Limit::HeaderName, 256)));
}

#[test]
fn many_service_routes() {
    let lines = |n| "Service-Route: <sip:p.example;lr>\r\n".repeat(n);
    let message = parse(&request(&lines(500))).unwrap();
    assert_eq!(message.headers().each(header::ServiceRoute).filter(Result::is_ok).count(), 500);
    assert_eq!(beyond(&lines(5_000)).unwrap().0, Limit::Headers);
}

/// Regression: lint looked for the line of each bad value from the first line on, an answer looked
/// through all Vias for each further To, and an edit moved all changes behind its place for each
/// line that it took out. Here each of them would cost some ten thousand million steps.
#[test]
fn lines_by_the_ten_thousand() {
    const MANY: usize = 50_000;
    let parse = |bytes: Vec<u8>| Parser::new().limits(Limits::none()).parse(bytes);
    let message = parse(request(&"Expires: x\r\n".repeat(MANY))).unwrap();
    let bad = |finding: &&Finding<'_>| matches!(finding.kind(), FindingKind::Value(_));
    assert_eq!(lint(&message).iter().filter(bad).count(), MANY);

    let vias = "v: SIP/2.0/UDP h\r\n".repeat(MANY);
    let tos = "t: <sip:b>\r\n".repeat(MANY);
    let text = format!("OPTIONS sip:b SIP/2.0\r\n{vias}{tos}\r\n");
    let message = parse(text.into_bytes()).unwrap();
    let answer = message.as_request().unwrap().respond(StatusCode::OK).to_tag("1").build();
    assert_eq!(answer.unwrap().headers().len(), MANY + 2);

    let message = parse(request(&"A: 1\r\nB: 2\r\nC: 3\r\n".repeat(MANY))).unwrap();
    let mut edit = message.as_request().unwrap().edit();
    let edited = edit.remove_all_raw("C").remove_all_raw("A").finish().unwrap();
    assert_eq!(edited.as_bytes(), request(&"B: 2\r\n".repeat(MANY)));
}

/// An answer to what cannot be read is made of no more than 64 KiB, and each header that may be
/// there once is there once.
#[test]
fn a_malformed_flood_is_answered_once() {
    let attack = sip_testkit::attacks::find("malformed-core-lines").unwrap();
    let bytes = (attack.make)(1_000);
    let mut limits = Limits::default();
    limits.headers = 1 << 20;
    let error = Parser::new().limits(limits).parse(bytes.clone()).unwrap_err();
    assert_eq!(error.kind(), K::MissingColon);
    let answer = sip_message::respond_to_malformed(&bytes, &error).unwrap().build().unwrap();
    let count = |name| answer.headers().lines(name).count();
    assert_eq!(["Via", "To", "From", "Call-ID", "CSeq"].map(count), [1000, 1, 1, 1, 0]);
    assert!(answer.as_bytes().len() < bytes.len());
}

/// Regression: an edit that took the values of a list off one by one kept a copy of the rest for
/// each, 10 MB for a line of 16 KiB.
#[test]
fn values_taken_off_a_list_one_by_one() {
    let uri = |at: usize| format!("sip:p{at}.example;lr");
    let uris = |from: usize, to: usize| (from..to).map(uri).collect::<Vec<_>>();
    let left = |edit: &Edit<'_, Request>| -> Vec<String> {
        let edited = edit.finish().unwrap();
        let routes = edited.headers().each(header::Route);
        routes.map(|route| route.unwrap().uri().unwrap().to_string()).collect()
    };
    for (count, comma) in [(5, ","), (5, " ,\r\n\t"), (600, ", ")] {
        let list: Vec<_> = uris(0, count).iter().map(|uri| format!("<{uri}>")).collect();
        let message = parse(&request(&format!("Route: {}\r\n", list.join(comma)))).unwrap();
        let message = message.as_request().unwrap();
        // From the front, from the end, and one after the other.
        let (mut front, mut end, mut both) = (message.edit(), message.edit(), message.edit());
        let remove = |edit: &mut Edit<'_, Request>, at: usize| {
            edit.remove_where(header::Route, |route| route.uri_bytes() == uri(at).as_bytes());
        };
        for gone in 1..count {
            front.remove_first(header::Route);
            remove(&mut end, count - gone);
            if count < 10 {
                assert_eq!(left(&front), uris(gone, count), "{comma:?}");
                assert_eq!(left(&end), uris(0, count - gone), "{comma:?}");
            }
        }
        assert_eq!(left(&front), uris(count - 1, count));
        assert_eq!(left(&end), uris(0, 1));
        both.remove_first(header::Route).remove_first(header::Route);
        remove(&mut both, count - 1);
        assert_eq!(left(&both), uris(2, count - 1));
        front.remove_first(header::Route);
        assert!(left(&front).is_empty());
    }
}
