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

fn main() -> std::io::Result<()> {
    let folders =
        ["torture/rfc4475", "torture/rfc5118", "torture/rfc5118-crlf", "messages", "peers"];
    let messages: Vec<Vec<u8>> =
        folders.into_iter().flat_map(corpus::files).map(|(_, bytes)| bytes).collect();
    let datagrams = messages.iter().filter(|bytes| bytes.len() < 4096);

    for target in ["message", "scanner_vs_oracle", "lint"] {
        write(target, datagrams.clone().cloned())?;
    }
    // The first byte says how many sizes of reads follow.
    let cut = |bytes: &Vec<u8>| [&[3, 1, 90, 200][..], bytes].concat();
    let pairs =
        messages.windows(2).map(|pair| [&[0][..], &pair[0], b"\r\n\r\n", &pair[1]].concat());
    write("stream", datagrams.map(cut).chain(pairs.filter(|bytes| bytes.len() < 4096).step_by(5)))?;

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

    let mut uris: BTreeSet<Vec<u8>> = URIS.iter().map(|uri| uri.as_bytes().to_vec()).collect();
    for message in messages.into_iter().filter_map(|bytes| Message::parse(bytes).ok()) {
        uris.extend(message.as_request().map(|request| request.uri_bytes().to_vec()));
        let contacts = message.headers().each(header::Contact).flatten();
        uris.extend(contacts.filter_map(|c| c.address()).map(|a| a.uri_bytes().to_vec()));
    }
    write("uri", uris)
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
