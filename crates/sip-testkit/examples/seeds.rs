//! Writes the seed corpora of the fuzz targets from the test data:
//!
//! ```text
//! cargo run -p sip-testkit --example seeds
//! ```
//!
//! A file is named by its content's checksum, so that running it again changes nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use sdp::{SessionDescription, attribute};
use sip_message::{HeaderName, Message, header};
use sip_testkit::corpus;

/// URIs of RFC 3261 §19.1, RFC 3966 §6 and RFC 5954, and forms that only tolerances take.
const URIS: &[&str] = &[
    "sip:alice@atlanta.com",
    "sip:alice:secretword@atlanta.com;transport=tcp",
    "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
    "sip:+1-212-555-1212:1234@gateway.com;user=phone",
    "sips:1212@gateway.com",
    "sip:alice@192.0.2.4",
    "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
    "sip:alice;day=tuesday@atlanta.com",
    "sip:%61lice@atlanta.com;transport=TCP",
    "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
    "sip:[2001:db8::10]:5070;maddr=[::ffff:192.0.2.1];ttl=15;lr",
    "sip:user@[2001:db8:::192.0.2.1]",
    "sip:2001:db8::1",
    "sip:a#b@host_name.example;thinfo=\"..=\";;lr=on;a;a",
    "sip:alice@example.com;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6;ob;cause=486;target=x",
    "sip:a@b;pn-provider=acme;pn-param=acme-param;pn-prid=ZTY4ZDJlMzODE1NmUgKi0K",
    "tel:+1-201-555-0123",
    "tel:7042;phone-context=example.com",
    "tel:863-1234;phone-context=+1-914-555;ext=22",
    "urn:service:sos",
    "mailto:a@b.example",
    "soap.beep://192.0.2.103:3002",
];

/// Multipart bodies as RFC 2046, 3204, 4475 and 5621 have them, and what attackers make of them:
/// a Content-Type, a line feed, and a body.
const MULTIPARTS: &[&str] = &[
    "multipart/mixed; boundary=\"simple boundary\"\npreamble\r\n--simple boundary\r\n\r\nno line \
     end\r\n--simple boundary\r\nContent-type: text/plain; charset=us-ascii\r\n\r\nline end\r\n\
     \r\n--simple boundary--\r\nepilogue",
    "multipart/mixed;boundary=b\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b\r\n\
     Content-Type: application/ISUP; version=nxv3;\r\n base=etsi121\r\nContent-Disposition: signal; \
     handling=optional\r\n\r\n\x01\0I\0\r\n--b--\r\n",
    "multipart/mixed;boundary=a\n--a\r\nc: multipart/alternative;boundary=b\r\n\r\n--b\r\n\r\n1\r\n\
     --b\r\n\r\n2\r\n--b--\r\n--a\r\nContent-ID: <x@y>\r\n\r\n3\r\n--a--",
    "multipart/related;boundary=b;start=\"<x@y>\"\n--b\r\n\r\n1\r\n--b\r\nContent-ID: <x@y>\r\n\r\n2\
     \r\n--b--",
    "multipart/mixed;boundary=b\n--b\nContent-Type: a/b\n\nx\n--b\n\n\n--b--\n",
    "multipart/mixed;boundary=b\n--b\r\n\r\n<a/>\n--b--\r\n",
    "multipart/mixed;boundary=b\n--b \t\r\n\r\nx\r\n--bb\r\n--b--x\r\n--b--  \r\n",
    "multipart/mixed;boundary=b\n--b\r\n--b--",
    "multipart/mixed;boundary=b\n--b--",
    "multipart/mixed;boundary=b\n--b\r\nX: --b--\r\n --b--\r\nY: y\r\n--b\r\n\r\nnever closed",
    "multipart/mixed;boundary=\"\n--\"\r\n\r\n",
    "multipart/mixed;boundary=b;boundary=c\n--b\r\n\r\n\r\n--b--",
    "multipart/mixed;boundary=\"-*\"\n---*\r\n\r\n--\r\n---*--",
    "message/sipfrag\nSIP/2.0 200 OK",
    "message/sipfrag\nSIP/2.0 400 Bad Request\r\nWarning: 399 a \"b\"\r\n",
    "message/sipfrag\nINVITE sip:alice@atlanta.com SIP/2.0\r\nl: 2\r\n\r\nab",
    "message/sipfrag\nFrom: Alice <sip:alice@atlanta.com>\r\nCseq: 314159 INVITE",
];

fn main() -> std::io::Result<()> {
    let folders =
        ["torture/rfc4475", "torture/rfc5118", "torture/rfc5118-crlf", "messages", "peers"];
    let messages: Vec<Vec<u8>> =
        folders.into_iter().flat_map(corpus::files).map(|(_, bytes)| bytes).collect();
    let datagrams = messages.iter().filter(|bytes| bytes.len() < 4096);

    for target in ["message", "scanner_vs_oracle", "lint", "differential"] {
        write(target, datagrams.clone().cloned())?;
    }
    // The first byte says how many sizes of reads follow.
    let cut = |bytes: &Vec<u8>| [&[3, 1, 90, 200][..], bytes].concat();
    let pairs =
        messages.windows(2).map(|pair| [&[0][..], &pair[0], b"\r\n\r\n", &pair[1]].concat());
    write("stream", datagrams.map(cut).chain(pairs.filter(|bytes| bytes.len() < 4096).step_by(5)))?;

    // The first byte says how many operations of four bytes come before the message.
    let with_operations = |(place, bytes): (usize, &Vec<u8>)| {
        let at = u8::try_from(place % 251).expect("below 251");
        [&[2, at, at / 2, 1, 2, at / 3, at / 5, 3, 4][..], bytes].concat()
    };
    let requests = messages.iter().filter(|bytes| bytes.len() < 4096 && !bytes.starts_with(b"SIP"));
    write("edit", requests.clone().enumerate().map(with_operations))?;
    let fields =
        [&b"X-A\xffvalue\xffx-b\xff a b "[..], b"X\xffa\r\nY: b", b"A B\xffx", b"X\xff\xc3\xa9"];
    write("builder", requests.cloned().chain(fields.map(<[u8]>::to_vec)))?;

    // The first byte says which header the rest is a value of.
    let mut values: BTreeSet<Vec<u8>> = BTreeSet::new();
    for message in messages.iter().filter_map(|bytes| Message::parse(bytes.clone()).ok()) {
        for line in message.headers().iter() {
            let place = HeaderName::known_names().position(|name| name == line.name());
            if let Some(place) = place.and_then(|place| u8::try_from(place).ok()) {
                values.insert([&[place], line.value()].concat());
            }
        }
    }
    write("headers", values)?;

    sdp()?;

    // The first line is the Content-Type.
    let of_messages = messages.iter().filter_map(|bytes| {
        let message = Message::parse(bytes.clone()).ok()?;
        let media =
            message.headers().raw("Content-Type").filter(|media| !media.contains(&b'\n'))?;
        Some([media, b"\n", message.body()].concat())
    });
    let bodies: Vec<_> =
        of_messages.chain(MULTIPARTS.iter().map(|text| text.as_bytes().to_vec())).collect();
    write("multipart", bodies)?;

    let mut uris: BTreeSet<Vec<u8>> = URIS.iter().map(|uri| uri.as_bytes().to_vec()).collect();
    for message in messages.into_iter().filter_map(|bytes| Message::parse(bytes).ok()) {
        uris.extend(message.as_request().map(|request| request.uri_bytes().to_vec()));
        let contacts = message.headers().each(header::Contact).flatten();
        uris.extend(contacts.filter_map(|c| c.address()).map(|a| a.uri_bytes().to_vec()));
    }
    write("uri", uris)
}

/// Descriptions, their attributes, and what two sides may do with them.
fn sdp() -> std::io::Result<()> {
    let descriptions: Vec<Vec<u8>> =
        ["sdp", "sdp/rfc"].into_iter().flat_map(corpus::files).map(|(_, bytes)| bytes).collect();
    write("sdp", descriptions.iter().cloned())?;

    // The first byte says how many operations of four bytes come before the description.
    let with_operations = |(place, bytes): (usize, &Vec<u8>)| {
        let at = u8::try_from(place % 251).expect("below 251");
        [&[3, at, 0, at, 2, at / 3, at, 3, 4, at / 7, 1, 98, 5][..], bytes].concat()
    };
    write("sdp_edit", descriptions.iter().enumerate().map(with_operations))?;

    // The first byte says which attribute the rest is a value of.
    let mut values: BTreeSet<Vec<u8>> = BTreeSet::new();
    for description in
        descriptions.iter().filter_map(|bytes| SessionDescription::parse(bytes.clone()).ok())
    {
        for line in description.lines() {
            let row = line.attribute_row().map(|row| row.name);
            let place = attribute::all().iter().position(|known| Some(known.name) == row);
            if let (Some(place), Some((_, value))) = (place, line.attribute()) {
                let place = u8::try_from(place).expect("fewer than 256 rows");
                values.insert([&[place], value.unwrap_or_default()].concat());
            }
        }
    }
    write("sdp_attributes", values)?;

    // An even byte: what two sides can do and then do. An odd one: an offer and what follows.
    let games = (0..64u32).map(|game| {
        let mut state = game.wrapping_mul(0x9e37_79b9) | 1;
        let bytes = (0..40 + 4 * game).map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()[1]
        });
        [0].into_iter().chain(bytes).collect()
    });
    let pairs =
        descriptions.windows(2).map(|pair| [&[1], &pair[0][..], &[0xff], &pair[1]].concat());
    write("offer_answer", games.chain(pairs))
}

fn write(target: &str, seeds: impl IntoIterator<Item = Vec<u8>>) -> std::io::Result<()> {
    let folder =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus")).join(target);
    fs::create_dir_all(&folder)?;
    for seed in seeds {
        // FNV-1a: any name that follows from the content will do.
        let name = seed.iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        fs::write(folder.join(format!("{name:016x}")), seed)?;
    }
    Ok(())
}
