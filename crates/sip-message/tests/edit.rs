//! Edits: what is named changes as it says, and nothing else does.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use bytes::BytesMut;
use proptest::prelude::*;
use sip_message::encode::{BuildErrorKind, Encode, NameAddrBuilder, Prepared, ViaBuilder};
use sip_message::header::{self, Header};
use sip_message::{
    Edit, HeaderName, Message, Parser, Request, Response, Rule, StatusCode, Tolerances,
};
use sip_testkit::{corpus, strategy};

fn request(bytes: &[u8]) -> Request {
    Message::parse(bytes.to_vec()).expect("a message").as_request().expect("a request").clone()
}

fn response(bytes: &[u8]) -> Response {
    Message::parse(bytes.to_vec()).expect("a message").as_response().expect("a response").clone()
}

/// A request with these header lines, and the lines of an edit of it.
fn edited(lines: &str, edit: impl Fn(&mut Edit<'_, Request>)) -> String {
    let request = request(format!("OPTIONS sip:b SIP/2.0\r\n{lines}\r\n").as_bytes());
    let mut under_way = request.edit();
    edit(&mut under_way);
    let result = Message::from(under_way.finish().expect("an edit that is right"));
    check(&result);
    let text = String::from_utf8(result.as_bytes().to_vec()).unwrap();
    let text = text.strip_prefix("OPTIONS sip:b SIP/2.0\r\n").unwrap();
    text.strip_suffix("\r\n").unwrap().to_owned()
}

/// The index of an edited message is the one that the parser finds.
fn check(message: &Message) {
    let again = Parser::new().tolerances(message.tolerances()).parse(message.to_bytes()).unwrap();
    assert_eq!(&again, message);
    let places = |message: &Message| -> Vec<_> {
        let lines = message.headers();
        let places = lines.iter().map(|line| {
            let name = (line.name().to_string(), line.name_str().to_owned());
            (line.range(), line.value_range(), name, line.is_folded())
        });
        places.collect()
    };
    assert_eq!(places(&again), places(message));
    assert_eq!(again.start_line(), message.start_line());
    assert_eq!(again.version_offset(), message.version_offset());
    assert_eq!(again.version(), message.version());
    assert_eq!(again.body_range(), message.body_range());
    assert_eq!(again.empty_line_offset(), message.empty_line_offset());
    assert_eq!(again.deviations(), message.deviations());
    match (&again, message) {
        (Message::Request(a), Message::Request(b)) => {
            assert_eq!((a.method(), a.uri_bytes()), (b.method(), b.uri_bytes()));
            assert_eq!(a.uri_offset(), b.uri_offset());
        }
        (Message::Response(a), Message::Response(b)) => {
            assert_eq!((a.status(), a.reason()), (b.status(), b.reason()));
        }
        _ => panic!("a request became a response"),
    }
}

#[test]
fn set_replaces_the_first_and_drops_the_others() {
    let expires = |lines: &str| {
        edited(lines, |edit| {
            edit.set(header::Expires, 60);
        })
    };
    assert_eq!(expires("P: 1\r\nExpires: 7\r\nQ: 2\r\n"), "P: 1\r\nExpires: 60\r\nQ: 2\r\n");
    assert_eq!(expires("P: 1\r\n"), "P: 1\r\nExpires: 60\r\n");
    assert_eq!(expires(""), "Expires: 60\r\n");
    // The name stays as it came, and the white space behind it unless it is folded.
    assert_eq!(expires("eXPIRES \t:7  \r\n"), "eXPIRES \t:60\r\n");
    assert_eq!(expires("Expires:\r\n 7\r\n \r\nP: 1\r\n"), "Expires: 60\r\nP: 1\r\n");
    assert_eq!(expires("Expires:\r\nP: 1\r\n"), "Expires:60\r\nP: 1\r\n");
    let tags = |edit: &mut Edit<'_, Request>| {
        edit.set(header::Supported, ["x", "y"]);
    };
    assert_eq!(edited("k: a, b\r\nP: 1\r\nSupported: c\r\nK: d\r\n", tags), "k: x, y\r\nP: 1\r\n");
    let empty = |edit: &mut Edit<'_, Request>| {
        edit.set(header::Supported, "");
    };
    assert_eq!(edited("k: a, b  \r\n", empty), "k: \r\n");
    let raw = |edit: &mut Edit<'_, Request>| {
        edit.set_raw("x-a", "\t new ").set_raw("z", "");
    };
    assert_eq!(edited("X-A: 1\r\nX-B: 2\r\nx-A: 3\r\n", raw), "X-A: new\r\nX-B: 2\r\nz: \r\n");
}

#[test]
fn lines_are_put_where_they_are_asked_for() {
    let lines = "P: 1\r\nv: SIP/2.0/UDP a\r\nVia: SIP/2.0/UDP b\r\nQ: 2\r\n";
    assert_eq!(
        edited(lines, |edit| {
            edit.prepend(header::Via, "SIP/2.0/UDP y")
                .append(header::Via, "SIP/2.0/UDP z")
                .prepend(header::Route, "<sip:p>")
                .append_raw("W", "3")
                .insert_before(header::Via, header::Subject, "s")
                .insert_after(header::Via, header::Server, "t")
                .insert_before_raw("q", "q0", "")
                .insert_after_raw("none", "G", "4")
                .prepend_raw("P", "0");
        }),
        "Route: <sip:p>\r\nP: 0\r\nP: 1\r\nSubject: s\r\nVia: SIP/2.0/UDP y\r\nv: SIP/2.0/UDP a\r\n\
        Via: SIP/2.0/UDP b\r\nVia: SIP/2.0/UDP z\r\nServer: t\r\nq0: \r\nQ: 2\r\nW: 3\r\nG: 4\r\n",
    );
}

#[test]
fn the_first_value_goes_and_the_rest_of_its_line_stays_as_it_came() {
    let pop = |lines: &str| {
        edited(lines, |edit| {
            edit.remove_first(header::Route);
        })
    };
    assert_eq!(pop("Route: <sip:a>\r\nRoute: <sip:b>\r\n"), "Route: <sip:b>\r\n");
    assert_eq!(pop("Route: <sip:a>,<sip:b>  ,\t<sip:c> \r\n"), "Route: <sip:b>  ,\t<sip:c> \r\n");
    assert_eq!(
        pop("Route:\r\n <sip:a>\r\n ,\r\n <sip:b>,\r\n <sip:c>\r\n"),
        "Route:\r\n <sip:b>,\r\n <sip:c>\r\n",
    );
    assert_eq!(pop("Route: <sip:a;x=\",\">;y=\",\\\",\",<sip:b>\r\n"), "Route: <sip:b>\r\n");
    assert_eq!(pop("Route: , <sip:a>,, <sip:b>,\r\n"), "Route: , <sip:b>,\r\n");
    assert_eq!(pop("Route: <sip:a>,\r\nP: 1\r\n"), "P: 1\r\n");
    // What cannot be read goes as well, up to the next comma.
    assert_eq!(pop("Route: nonsense here, <sip:b>\r\n"), "Route: <sip:b>\r\n");
    assert_eq!(pop("Route: <sip:a> x\r\nRoute: <sip:b>\r\n"), "Route: <sip:b>\r\n");
    assert_eq!(pop("P: 1\r\n"), "P: 1\r\n");
    assert_eq!(
        edited("Route: <sip:a>, <sip:b>\r\nRoute: <sip:c>, <sip:d>\r\n", |edit| {
            edit.remove_first(header::Route)
                .remove_first(header::Route)
                .remove_first(header::Route);
        }),
        "Route: <sip:d>\r\n",
    );
    let tags = |edit: &mut Edit<'_, Request>| {
        edit.remove_first(header::Supported);
    };
    assert_eq!(edited("Supported:\r\nSupported: a, b\r\n", tags), "Supported:\r\nSupported: b\r\n");
    let raw = |edit: &mut Edit<'_, Request>| {
        edit.remove_first_raw("z").remove_first_raw("ROUTE").remove_first_raw("date");
    };
    assert_eq!(
        edited("Route: <sip:a>, <sip:b>\r\nZ: 1, 2\r\nZ: 3\r\nDate: Sat, 13 Nov 2010\r\n", raw),
        "Route: <sip:b>\r\nZ: 3\r\n",
    );
}

#[test]
fn values_are_taken_out_and_replaced_inside_lists() {
    let without = |lines: &str, gone: &[&str]| {
        edited(lines, |edit| {
            edit.remove_where(header::Supported, |tag| gone.contains(&tag.as_str()));
        })
    };
    let lines = "Supported: a ,b,  c\r\nk: d\r\nP: 1\r\nk: e,\r\n f\r\n";
    assert_eq!(without(lines, &[]), lines);
    assert_eq!(without(lines, &["a"]), lines.replace("a ,", ""));
    assert_eq!(without(lines, &["b"]), lines.replace("b,  ", ""));
    assert_eq!(without(lines, &["c"]), lines.replace(",  c", ""));
    assert_eq!(without(lines, &["b", "c"]), lines.replace(" ,b,  c", ""));
    assert_eq!(without(lines, &["a", "c"]), lines.replace("a ,b,  c", "b"));
    assert_eq!(without(lines, &["d"]), lines.replace("k: d\r\n", ""));
    assert_eq!(without(lines, &["f"]), lines.replace(",\r\n f", ""));
    assert_eq!(without(lines, &["a", "b", "c", "d", "e", "f"]), "P: 1\r\n");
    assert_eq!(without("k: a, b, c, d, e\r\n", &["a", "c", "e"]), "k: b, d\r\n");
    let replaced = |n: usize| {
        edited(lines, |edit| {
            edit.replace_nth(header::Supported, n, "new");
        })
    };
    for (n, tag) in ["a ", "b", "  c", " d", "e", "\n f"].iter().enumerate() {
        let new = tag.replace(tag.trim(), "new");
        let places: Vec<_> = lines.match_indices(tag).collect();
        let at = places.last().unwrap().0;
        let expected = format!("{}{new}{}", &lines[..at], &lines[at + tag.len()..]);
        assert_eq!(replaced(n), expected);
    }
    assert_eq!(replaced(6), lines);
    assert_eq!(
        edited(lines, |edit| {
            edit.replace_where(header::Supported, |tag| tag.as_str() > "b", "x")
                .replace_nth(header::Supported, 2, "y")
                .remove_first(header::Supported)
                .replace_where(header::Supported, |tag| tag.as_str() == "e", "z");
        }),
        "Supported: b,  y\r\nk: d\r\nP: 1\r\nk: z,\r\n f\r\n",
    );
}

#[test]
fn each_operation_sees_what_the_ones_before_have_left() {
    assert_eq!(
        edited("Subject: a\r\n", |edit| {
            edit.set(header::Subject, "b")
                .remove_all(header::Subject)
                .set(header::Subject, "c")
                .append_raw("Z", "1")
                .prepend_raw("Z", "0")
                .remove_first_raw("z")
                .set_raw("z", "2")
                .insert_before(header::Subject, header::Supported, ["a", "b", "c"])
                .remove_first(header::Supported)
                .replace_nth(header::Supported, 1, "d");
        }),
        "Supported: b, d\r\nSubject: c\r\nZ: 2\r\n",
    );
    assert_eq!(
        edited("P: 1\r\nQ: 2\r\n", |edit| {
            edit.remove_all_raw("p").remove_all_raw("Q").prepend_raw("W", "3").append_raw("G", "4");
        }),
        "W: 3\r\nG: 4\r\n"
    );
}

#[test]
fn one_original_serves_many_edits() {
    let original = request(&corpus::read("messages/invite.sip"));
    let copy = original.as_bytes().to_vec();
    let branches: Vec<_> = (0..5u32)
        .map(|n| {
            let uri = format!("sip:bob@192.0.2.{n}");
            original.edit().set_uri(uri.as_str()).set(header::MaxForwards, n).finish().unwrap()
        })
        .collect();
    for (n, branch) in branches.iter().enumerate() {
        assert_eq!(branch.uri().unwrap().as_str(), format!("sip:bob@192.0.2.{n}"));
        assert_eq!(branch.headers().require(header::MaxForwards).unwrap().get() as usize, n);
    }
    assert_eq!(original.as_bytes(), copy);
    let edit = original.edit();
    assert_eq!(edit.finish().unwrap(), edit.finish().unwrap());
}

#[test]
fn a_start_line_is_sent_with_single_spaces() {
    // RFC 4475 §3.1.2.9, §3.1.2.10.
    let odd = request(b"INVITE   sip:user@example.com  SIP/2.0  \r\nP: 1\r\n\r\n");
    let sent = odd.edit().finish().unwrap();
    assert_eq!(sent.as_bytes(), b"INVITE sip:user@example.com SIP/2.0\r\nP: 1\r\n\r\n");
    assert!(sent.deviations().is_empty());
    let sent = odd.edit().set_uri("tel:+15550100").finish().unwrap();
    assert_eq!(sent.start_line(), b"INVITE tel:+15550100 SIP/2.0\r\n");
    let odd = response(b"\r\n\r\nsip/2.0  404  Not\xe9 Found \r\nP: 1\r\n\r\n");
    let sent = odd.edit().finish().unwrap();
    assert_eq!(sent.as_bytes(), b"sip/2.0 404  Not\xe9 Found \r\nP: 1\r\n\r\n");
    let bare = response(b"SIP/2.0 200\r\nP: 1\r\n\r\n");
    assert_eq!(bare.edit().finish().unwrap().start_line(), b"SIP/2.0 200 \r\n");
    for row in corpus::torture() {
        let Ok(Message::Request(request)) = Message::parse(row.bytes) else { continue };
        let sent = request.edit().finish().unwrap();
        assert_eq!(sent.start_line().windows(2).filter(|pair| pair == b"  ").count(), 0);
        let lines = |request: &Request| {
            request.head()[request.start_line().len()..request.empty_line_offset()].to_vec()
        };
        if sent.source().len() == sent.as_bytes().len() && request.as_bytes() == request.source() {
            assert_eq!(lines(&sent), lines(&request));
        }
    }
}

#[test]
fn status_and_reason() {
    let ok = response(b"SIP/2.0 200 OK\r\nP: 1\r\n\r\n");
    let line = |edit: &Edit<'_, Response>| {
        let message = edit.finish().unwrap();
        check(&message.clone().into());
        message.start_line().to_vec()
    };
    assert_eq!(line(ok.edit().set_status(StatusCode::RINGING)), b"SIP/2.0 180 Ringing\r\n");
    assert_eq!(line(ok.edit().set_status(StatusCode::new(499).unwrap())), b"SIP/2.0 499 \r\n");
    assert_eq!(line(ok.edit().set_reason("Gut")), b"SIP/2.0 200 Gut\r\n");
}

#[test]
fn a_body_comes_with_its_type_and_length() {
    let original = request(
        b"MESSAGE sip:b SIP/2.0\r\nl: 5\r\nContent-Encoding: gzip\r\nc: text/plain\r\nP: 1\r\n\r\nhello, and more",
    );
    let sent = original.edit().set_body("application/sdp", "v=0\r\n\r\nx").finish().unwrap();
    assert_eq!(
        sent.as_bytes(),
        b"MESSAGE sip:b SIP/2.0\r\nl: 8\r\nc: application/sdp\r\nP: 1\r\n\r\nv=0\r\n\r\nx",
    );
    check(&sent.into());
    let sent = original.edit().remove_body().finish().unwrap();
    assert_eq!(sent.as_bytes(), b"MESSAGE sip:b SIP/2.0\r\nl: 0\r\nP: 1\r\n\r\n");
    let bare = request(b"MESSAGE sip:b SIP/2.0\r\n\r\n");
    let sent = bare.edit().set_body("text/plain", &[0u8, 255]).finish().unwrap();
    assert_eq!(
        sent.as_bytes(),
        b"MESSAGE sip:b SIP/2.0\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n\0\xff",
    );
    // What was behind the body in the datagram is not sent.
    assert!(original.edit().finish().unwrap().as_bytes().ends_with(b"\r\n\r\nhello"));
}

#[test]
fn a_content_length_that_is_wrong_is_refused() {
    let original = request(b"MESSAGE sip:b SIP/2.0\r\nl: 5\r\nP: 1\r\n\r\nhello");
    let kind = |edit: &Edit<'_, Request>| edit.finish().map_err(|error| error.kind());
    let wrong = Err(BuildErrorKind::ContentLength);
    assert_eq!(kind(original.edit().set(header::ContentLength, 4)), wrong);
    assert_eq!(kind(original.edit().set_raw("L", "5x")), wrong);
    assert_eq!(kind(original.edit().replace_nth(header::ContentLength, 0, 6)), wrong);
    assert!(original.edit().set(header::ContentLength, 4).write_to(&mut BytesMut::new()).is_err());
    assert!(kind(original.edit().set(header::ContentLength, 5)).is_ok());
    assert!(kind(original.edit().remove_all(header::ContentLength)).is_ok());
    let twice = original.edit().append_raw("Content-Length", "5").finish().unwrap_err();
    assert_eq!(twice.kind(), BuildErrorKind::Duplicate);
}

#[test]
fn a_refused_value_changes_nothing_and_is_remembered() {
    let original = request(b"OPTIONS sip:b SIP/2.0\r\nSubject: a\r\n\r\n");
    let mut edit = original.edit();
    edit.set(header::Expires, 1);
    let before = edit.encoded_len();
    edit.set(header::MaxForwards, 1000);
    assert_eq!(edit.encoded_len(), before);
    edit.append(header::Subject, "b").set_uri("nothing").set_raw("a b", "c");
    let error = edit.error().unwrap();
    assert!(matches!(error.kind(), BuildErrorKind::Value(_)));
    assert_eq!(error.header(), Some(HeaderName::MAX_FORWARDS));
    assert_eq!(edit.finish().unwrap_err(), error);
    assert_eq!(edit.write_to(&mut BytesMut::new()).unwrap_err(), error);
    let kind = |edit: &Edit<'_, Request>| edit.error().unwrap().kind();
    assert_eq!(kind(original.edit().append(header::Subject, "b")), BuildErrorKind::Duplicate);
    assert_eq!(kind(original.edit().set_raw("a b", "c")), BuildErrorKind::HeaderName);
    assert_eq!(kind(original.edit().set_raw("", "c")), BuildErrorKind::HeaderName);
    assert!(matches!(kind(original.edit().set_uri("nothing")), BuildErrorKind::RequestUri(_)));
    assert!(matches!(kind(original.edit().set_uri("sip:a b@c")), BuildErrorKind::RequestUri(_)));
    let two = "SIP/2.0/UDP a, SIP/2.0/UDP b";
    assert!(matches!(
        kind(original.edit().replace_nth(header::Via, 0, two)),
        BuildErrorKind::Value(_)
    ));
}

#[test]
fn write_to_copies_into_the_callers_buffer() {
    let original = request(&corpus::read("messages/invite.sip"));
    let mut edit = original.edit();
    edit.set(header::MaxForwards, 3).remove_first(header::Via).append_raw("Z", "y");
    let finished = edit.finish().unwrap();
    assert_eq!(edit.encoded_len(), finished.as_bytes().len());
    let mut out = BytesMut::from(&b"before "[..]);
    edit.write_to(&mut out).unwrap();
    assert_eq!(out, [b"before ", finished.as_bytes()].concat());
    let mut room = vec![0; finished.as_bytes().len()];
    edit.write_to(&mut &mut room[..]).unwrap();
    assert_eq!(room, finished.as_bytes());
    let error = edit.write_to(&mut &mut room[1..]).unwrap_err();
    assert_eq!(error.kind(), BuildErrorKind::NoRoom);
}

#[test]
fn line_ends_are_those_of_the_message_and_the_empty_line_is_there() {
    let bare = request(b"OPTIONS sip:b SIP/2.0\nP: 1\nQ: 2\n\nhello");
    let sent = bare.edit().set_raw("p", "3").append_raw("W", "4").finish().unwrap();
    assert_eq!(sent.as_bytes(), b"OPTIONS sip:b SIP/2.0\nP: 3\nQ: 2\nW: 4\n\nhello");
    assert!(sent.deviations().iter().any(|deviation| deviation.rule == Rule::BareLf));
    check(&sent.into());
    let cut = request(b"OPTIONS sip:b SIP/2.0\r\nP: 1\r\n");
    assert!(!cut.deviations().is_empty());
    let sent = cut.edit().set_raw("p", "3").finish().unwrap();
    assert_eq!(sent.as_bytes(), b"OPTIONS sip:b SIP/2.0\r\nP: 3\r\n\r\n");
    assert!(sent.deviations().is_empty());
    let mixed = Parser::new()
        .tolerances(Tolerances::lenient())
        .parse(&b"OPTIONS sip:b SIP/2.0\r\nP: 1\nQ: 2\r\nW: 3\n\r\n"[..])
        .unwrap();
    let mixed = mixed.as_request().unwrap();
    let sent =
        mixed.edit().set_raw("p", "4").remove_all_raw("Q").append_raw("G", "5").finish().unwrap();
    assert_eq!(sent.as_bytes(), b"OPTIONS sip:b SIP/2.0\r\nP: 4\nW: 3\nG: 5\r\n\r\n");
    check(&sent.into());
}

#[test]
fn every_message_of_the_corpora_makes_a_proxy_hop() {
    let folders = std::fs::read_dir(corpus::testdata().join("rfc-messages")).unwrap();
    let mut messages: Vec<_> = folders
        .flat_map(|folder| {
            let name = folder.unwrap().file_name().into_string().unwrap();
            corpus::files(&format!("rfc-messages/{name}")).into_iter().map(|(_, bytes)| bytes)
        })
        .collect();
    messages.extend(corpus::torture().into_iter().map(|row| row.bytes));
    let mut hops = 0;
    for bytes in messages {
        let Ok(Message::Request(request)) = Message::parse(bytes) else { continue };
        let via = ViaBuilder::new("UDP", "p.example").unwrap().branch("z9hG4bKp").unwrap();
        let route = NameAddrBuilder::new("sip:p.example;lr").unwrap();
        let mut edit = request.edit();
        edit.set_uri("sip:bob@192.0.2.4")
            .set(header::MaxForwards, 42)
            .prepend(header::Via, &via)
            .remove_first(header::Route)
            .prepend(header::RecordRoute, &route);
        let sent = edit.finish().unwrap();
        check(&sent.clone().into());
        let named = ["Max-Forwards", "Via", "Route", "Record-Route"];
        let others = |request: &Request| -> Vec<_> {
            let headers = request.headers();
            let named = |line: &sip_message::HeaderLine<'_>| !named.contains(&line.name().as_str());
            headers.iter().filter(named).map(|line| line.as_bytes().to_vec()).collect()
        };
        assert_eq!(others(&sent), others(&request));
        assert_eq!(sent.body(), request.body());
        let vias = |request: &Request| {
            request.headers().lines("Via").map(|line| line.as_bytes().to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(vias(&sent)[1..], vias(&request));
        hops += 1;
    }
    assert!(hops > 200, "{hops}");
}

/// An operation on one header.
#[derive(Clone, Debug)]
enum Op {
    Set,
    Prepend,
    Append,
    RemoveFirst,
    RemoveAll,
    RemoveWhere(u8),
    ReplaceWhere(u8),
    ReplaceNth(usize),
}

fn op() -> BoxedStrategy<Op> {
    prop_oneof![
        1 => Just(Op::Set),
        1 => Just(Op::Prepend),
        1 => Just(Op::Append),
        3 => Just(Op::RemoveFirst),
        1 => Just(Op::RemoveAll),
        3 => any::<u8>().prop_map(Op::RemoveWhere),
        2 => any::<u8>().prop_map(Op::ReplaceWhere),
        2 => (0..6usize).prop_map(Op::ReplaceNth),
    ]
    .boxed()
}

/// Whether a value is picked, for no good reason.
fn picked(value: &[u8], salt: u8) -> bool {
    value.iter().fold(salt, |sum, b| sum.wrapping_mul(31).wrapping_add(*b)).is_multiple_of(3)
}

/// The same operation on the values of a header, kept plainly.
fn on_values(values: &mut Vec<Vec<u8>>, op: &Op, new: &str) {
    let new = new.as_bytes().to_vec();
    match *op {
        Op::Set => *values = vec![new],
        Op::Prepend => values.insert(0, new),
        Op::Append => values.push(new),
        Op::RemoveFirst => drop((!values.is_empty()).then(|| values.remove(0))),
        Op::RemoveAll => values.clear(),
        Op::RemoveWhere(salt) => values.retain(|value| !picked(value, salt)),
        Op::ReplaceWhere(salt) => {
            values
                .iter_mut()
                .find(|value| picked(value, salt))
                .into_iter()
                .for_each(|v| *v = new.clone());
        }
        Op::ReplaceNth(n) => values.get_mut(n).into_iter().for_each(|value| *value = new.clone()),
    }
}

fn on_edit<H: Header>(edit: &mut Edit<'_, Request>, header: H, op: &Op, new: &str)
where
    for<'v> H::Value<'v>: Encode,
{
    // What a lenient parser lets in, a NUL say, may be more than can be written: it is not picked.
    let is_picked = |value: &H::Value<'_>, salt| value.to_value().is_ok_and(|v| picked(&v, salt));
    match *op {
        Op::Set => edit.set(header, new),
        Op::Prepend => edit.prepend(header, new),
        Op::Append => edit.append(header, new),
        Op::RemoveFirst => edit.remove_first(header),
        Op::RemoveAll => edit.remove_all(header),
        Op::RemoveWhere(salt) => edit.remove_where(header, |value| is_picked(value, salt)),
        Op::ReplaceWhere(salt) => edit.replace_where(header, |value| is_picked(value, salt), new),
        Op::ReplaceNth(n) => edit.replace_nth(header, n, new),
    };
}

fn values<H: Header>(request: &Request, header: H) -> Vec<Vec<u8>>
where
    for<'v> H::Value<'v>: Encode,
{
    request.headers().each(header).map(|value| value.unwrap().to_value().unwrap()).collect()
}

proptest! {
    #[test]
    fn edits_do_what_they_say_and_nothing_else(
        message in strategy::request(),
        ops in prop::collection::vec((0..5u8, op()), 0..12),
        body in prop::option::of(prop::collection::vec(any::<u8>(), 0..20)),
    ) {
        let original = request(&message.bytes);
        let mut edit = original.edit();
        let mut vias = values(&original, header::Via);
        let mut routes = values(&original, header::Route);
        let mut record_routes = values(&original, header::RecordRoute);
        let mut tags = values(&original, header::Supported);
        let mut named = Vec::new();
        for (n, (which, op)) in ops.iter().enumerate() {
            let route = format!("<sip:p{n}.example;lr>");
            match which {
                0 => {
                    let via = format!("SIP/2.0/UDP p{n}.example;branch=z9hG4bK{n}");
                    on_edit(&mut edit, header::Via, op, &via);
                    on_values(&mut vias, op, &via);
                    named.push("Via");
                }
                1 => {
                    on_edit(&mut edit, header::Route, op, &route);
                    on_values(&mut routes, op, &route);
                    named.push("Route");
                }
                2 => {
                    on_edit(&mut edit, header::RecordRoute, op, &route);
                    on_values(&mut record_routes, op, &route);
                    named.push("Record-Route");
                }
                3 => {
                    let tag = format!("tag{n}");
                    on_edit(&mut edit, header::Supported, op, &tag);
                    on_values(&mut tags, op, &tag);
                    named.push("Supported");
                }
                _ => {
                    edit.set(header::MaxForwards, 7).set_raw("X-New", "x").set_uri("sip:x@y");
                    named.extend(["Max-Forwards", "X-New"]);
                }
            }
        }
        if let Some(body) = &body {
            edit.set_body("text/plain", body);
            named.extend(["Content-Type", "Content-Length", "Content-Encoding"]);
        }
        let sent = edit.finish().unwrap();
        check(&sent.clone().into());
        prop_assert_eq!(values(&sent, header::Via), vias);
        prop_assert_eq!(values(&sent, header::Route), routes);
        prop_assert_eq!(values(&sent, header::RecordRoute), record_routes);
        prop_assert_eq!(values(&sent, header::Supported), tags);
        prop_assert_eq!(sent.body(), body.as_deref().unwrap_or_else(|| original.body()));
        let others = |request: &Request| -> Vec<_> {
            let headers = request.headers();
            let lines = headers.iter().filter(|line| !named.contains(&line.name().as_str()));
            lines.map(|line| line.as_bytes().to_vec()).collect()
        };
        prop_assert_eq!(others(&sent), others(&original));
        let mut out = Vec::new();
        edit.write_to(&mut out).unwrap();
        prop_assert_eq!(&edit.to_bytes().unwrap()[..], &out[..]);
        prop_assert_eq!(edit.encoded_len(), out.len());
        prop_assert_eq!(&out[..], sent.as_bytes());
        prop_assert_eq!(edit.encoded_len(), out.len());
    }

    #[test]
    fn an_edit_of_anything_that_parses_can_be_read_again(
        message in strategy::mutated(), lenient in any::<bool>(),
        ops in prop::collection::vec((0..4u8, op()), 0..6),
    ) {
        let tolerances = if lenient { Tolerances::lenient() } else { Tolerances::default() };
        let parsed = Parser::new().tolerances(tolerances).parse(message);
        if let Ok(Message::Request(original)) = parsed {
            let mut edit = original.edit();
            for (which, op) in &ops {
                match which {
                    0 => on_edit(&mut edit, header::Via, op, "SIP/2.0/UDP p.example"),
                    1 => on_edit(&mut edit, header::Route, op, "<sip:p.example;lr>"),
                    2 => on_edit_raw(&mut edit, "X-New", op),
                    _ => on_edit(&mut edit, header::Supported, op, "x"),
                }
            }
            check(&edit.finish().unwrap().into());
        }
    }
}

fn on_edit_raw(edit: &mut Edit<'_, Request>, name: &str, op: &Op) {
    match op {
        Op::Set => edit.set_raw(name, "x"),
        Op::Prepend => edit.prepend_raw(name, "x"),
        Op::Append => edit.append_raw(name, "x"),
        Op::RemoveFirst => edit.remove_first_raw(name),
        _ => edit.remove_all_raw(name),
    };
}

#[test]
fn prepared_values_are_those_that_would_be_written_anew() {
    let request = request(b"OPTIONS sip:b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n\r\n");
    let via = || ViaBuilder::new("TCP", "p.example").unwrap().port(5061);
    let with_branch = via().branch("z9hG4bK2").unwrap().rport().param("x", "a b").unwrap();
    // The branch stands where it was set, or last.
    let first = with_branch.prepare().unwrap();
    let last = via().rport().prepare().unwrap();
    let route =
        Prepared::new(header::RecordRoute, "<sip:p.example;lr>, <sip:q.example;lr>").unwrap();
    let server = Prepared::new(header::Server, "Trapezoid/0.1").unwrap();
    let anew = request
        .edit()
        .prepend(header::Via, with_branch.branch("z9hG4bK3").unwrap())
        .prepend(header::Via, via().rport().branch("z9hG4bK4").unwrap())
        .append(header::RecordRoute, "<sip:p.example;lr>, <sip:q.example;lr>")
        .append(header::Server, "Trapezoid/0.1")
        .to_bytes()
        .unwrap();
    let prepared = request
        .edit()
        .prepend(header::Via, first.branch("z9hG4bK3").unwrap())
        .prepend(header::Via, last.branch("z9hG4bK4").unwrap())
        .append(header::RecordRoute, &route)
        .append(header::Server, &server)
        .to_bytes()
        .unwrap();
    assert_eq!(anew, prepared);
    check(&Message::parse(prepared).unwrap());
}

#[test]
fn prepared_values_are_checked_once_and_for_their_header() {
    assert!(Prepared::new(header::RecordRoute, "<sip:p.example").is_err());
    assert!(Prepared::new(header::Server, "a\r\nEvil: yes").is_err());
    // What default tolerance lets through is not prepared: the next message may be read strictly.
    assert!(Prepared::new(header::RecordRoute, "<sip:p.example;lr>,,<sip:q.example>").is_err());
    let via = ViaBuilder::new("UDP", "p.example").unwrap().prepare().unwrap();
    for bad in ["", "z9hG4bK 1", "z9hG4bK\r\nEvil: yes", "z9hG4bK;x=1", "z9hG4bK\0"] {
        assert!(via.branch(bad).is_err(), "{bad:?}");
    }
    // For another header it is read like any text.
    let request = request(b"OPTIONS sip:b SIP/2.0\r\nTo: <sip:b>\r\n\r\n");
    let server = Prepared::new(header::Server, "Trapezoid/0.1").unwrap();
    let mut edit = request.edit();
    edit.set(header::MaxForwards, &server);
    assert_eq!(edit.error().unwrap().header(), Some(HeaderName::MAX_FORWARDS));
}
