//! The call flows that RFCs print are as they should be, and the observer finds nothing in them but
//! what is printed wrong.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use sip_dialog::observe::{Hop, Observer};
use sip_message::{Message, header};

/// What is found in the flows of a folder, as `flow: finding at file`.
fn findings(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/flows").join(folder);
    let mut found = Vec::new();
    let mut flows: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    flows.sort();
    for flow in flows {
        let mut files: Vec<_> = fs::read_dir(&flow).unwrap().map(|it| it.unwrap().path()).collect();
        files.sort();
        let mut observers: BTreeMap<Vec<u8>, (Observer, Vec<String>)> = BTreeMap::new();
        let mut addresses: HashMap<String, SocketAddr> = HashMap::new();
        for (number, file) in files.iter().enumerate() {
            let name = file.file_stem().unwrap().to_str().unwrap();
            let mut parties = name.split('-').skip(1);
            let mut address = || {
                let next = u8::try_from(addresses.len() + 1).unwrap();
                let party = parties.next().unwrap().to_owned();
                *addresses
                    .entry(party)
                    .or_insert_with(|| SocketAddr::from(([192, 0, 2, next], 5060)))
            };
            let hop = Hop { source: address(), destination: address() };
            let message = Message::parse(fs::read(file).unwrap()).unwrap();
            let call_id = message.headers().require(header::CallId).unwrap().as_bytes().to_vec();
            let (observer, names) = observers.entry(call_id).or_default();
            names.push(name.to_owned());
            observer.handle_message(Duration::from_millis(100 * number as u64), hop, &message);
        }
        for (observer, names) in observers.values_mut() {
            observer.finish(Duration::from_secs(100));
            let flow = flow.file_name().unwrap().to_str().unwrap();
            while let Some(finding) = observer.poll_finding() {
                let name = &names[usize::try_from(finding.message()).unwrap()];
                found.push(format!("{flow}: {finding} at {name}"));
            }
        }
    }
    found
}

#[test]
fn what_is_found_in_the_flows_of_rfc_3665_is_what_they_are_about_and_two_mistakes() {
    let expected = [
        // Bob does not answer, and a proxy is down: that is what they show.
        "3.10: INVITE has no response in 99.7 s (RFC 3261 §17.1) at F04-proxy2-bob",
        "3.4: INVITE has no response in 100.0 s (RFC 3261 §17.1) at F01-alice-proxy1",
        // The ACK for the 407 has the branch of the hop before, and the next INVITE that of the
        // last one.
        "3.3: another request has this branch (RFC 3261 §8.1.1.7) at F13-proxy1-proxy2",
        "3.3: no ACK for 407 in 99.4 s (RFC 3261 §13.3.1.4, §17.2.1) at F07-proxy2-proxy1",
        // The ACK for the 487 has the branch of the hop before.
        "3.8: ACK with CSeq 1, which no INVITE has (RFC 3261 §13.2.2.4) at F18-proxy1-proxy2",
        "3.8: no ACK for 487 in 98.4 s (RFC 3261 §13.3.1.4, §17.2.1) at F17-proxy2-proxy1",
    ];
    assert_same(findings("rfc3665"), &expected);
}

#[test]
fn what_is_found_in_the_flows_of_rfc_5359_is_printed_wrong_or_ends_on_hold() {
    let expected = [
        // The 200 has a branch of its own, and the transfer target's 200 is printed twice, once
        // without a session.
        "2.10: ACK with CSeq 1024, which no INVITE has (RFC 3261 §13.2.2.4) at F07-bob-alice",
        "2.10: INVITE has no response in 99.6 s (RFC 3261 §17.1) at F05-bob-alice",
        "2.10: the 2xx to INVITE has no answer in it (RFC 3261 §13.2.1, RFC 6337 §2) at F09-carol-bob",
        // What stands in `received` is no address.
        "2.11: Via is missing or bad (RFC 3261 §8.1.1) at F06-bob-carol",
        "2.11: Via is missing or bad (RFC 3261 §8.1.1) at F10-bob-carol",
        "2.11: INVITE has no response in 99.6 s (RFC 3261 §17.1) at F05-carol-bob",
        "2.2: Via is missing or bad (RFC 3261 §8.1.1) at F20-proxy1-bob",
        // Another host than in Contact.
        "2.15: NOTIFY goes to sips:carol@client.example.com, where Contact was \
         sips:carol@client.chicago.example.com (RFC 3261 §12.2.1.1) at F18-parkserver-carol",
        // The ACK for the 487 has a branch of its own.
        "2.16: ACK with CSeq 1, which no INVITE has (RFC 3261 §13.2.2.4) at F12-alice-bob",
        "2.16: no ACK for 487 in 99.0 s (RFC 3261 §13.3.1.4, §17.2.1) at F11-bob-alice",
        "2.2: another request has this branch (RFC 3261 §8.1.1.7) at F34-proxy1-alice",
        // The 200s have other branches than the NOTIFYs.
        "2.4: NOTIFY has no response in 98.6 s (RFC 3261 §17.1) at F15-bob-alice",
        "2.5: NOTIFY has no response in 97.7 s (RFC 3261 §17.1) at F24-alice-bob",
        // These are about calls on hold.
        "2.3: ended on hold (RFC 3264 §8.4) at F15-alice-bob",
        "2.3: ended on hold (RFC 3264 §8.4) at F22-alice-musicserver",
        "2.5: ended on hold (RFC 3264 §8.4) at F26-bob-alice",
        "2.5: ended on hold (RFC 3264 §8.4) at F22-carol-bob",
    ];
    assert_same(findings("rfc5359"), &expected);
}

fn assert_same(mut found: Vec<String>, expected: &[&str]) {
    let mut expected: Vec<String> = expected.iter().map(|&it| it.to_owned()).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}
