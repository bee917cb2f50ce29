//! What a new description changes.

#![allow(clippy::unwrap_used)]

use sdp::{At, Change, Direction, Edit, SessionDescription, attribute, diff};

const OLD: &str = "v=0\r\no=- 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
    m=audio 49170 RTP/AVP 0 97\r\na=rtpmap:97 iLBC/8000\r\na=ice-ufrag:aaaa\r\na=ice-pwd:aaaaaaaaaaaaaaaaaaaaaa\r\n\
    m=video 49174 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\na=recvonly\r\n\
    m=text 0 RTP/AVP 98\r\n";

fn after(edit: impl for<'e, 'o> Fn(&'e mut Edit<'o>) -> &'e mut Edit<'o>) -> Vec<String> {
    let old = SessionDescription::parse(OLD).unwrap();
    let mut changes = old.edit();
    edit(&mut changes);
    let new = changes.bump_version().finish().unwrap();
    let told: Vec<_> = diff(&old, &new).iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "version +1");
    told[1..].to_vec()
}

#[test]
fn nothing_but_the_version_is_told_when_nothing_else_changes() {
    assert_eq!(after(|edit| edit), [""; 0]);
    let old = SessionDescription::parse(OLD).unwrap();
    assert_eq!(diff(&old, &old), []);
}

#[test]
fn hold_and_resume_are_told_as_such() {
    assert_eq!(after(|edit| edit.hold(0)), ["section 0: hold"]);
    assert_eq!(
        after(|edit| edit.resume(1).set_direction(At::Media(1), Direction::SendRecv)),
        ["section 1: recvonly to sendrecv"]
    );
    let by_address = after(|edit| {
        edit.set_connection(At::Media(0), &std::net::Ipv4Addr::UNSPECIFIED.into())
            .remove_ice(At::Media(0))
    });
    assert_eq!(by_address, ["section 0: hold"]);
}

#[test]
fn addresses_ports_and_sections_are_told() {
    assert_eq!(after(|edit| edit.set_port(0, 5000)), ["section 0: address or port"]);
    assert_eq!(
        after(|edit| edit.set_connection(At::Session, &std::net::Ipv4Addr::LOCALHOST.into())),
        ["section 0: address or port", "section 1: address or port"]
    );
    assert_eq!(after(|edit| edit.reject(1)), ["section 1 ended"]);
    assert_eq!(after(|edit| edit.set_port(2, 4000)), ["section 2 added"]);
    assert_eq!(after(|edit| edit.set_protocol(0, "RTP/SAVP")), ["section 0: another medium"]);
}

#[test]
fn codecs_are_told_by_name() {
    assert_eq!(
        after(|edit| edit.retain_formats(0, |f| f == b"0")),
        ["section 0: without iLBC/8000"]
    );
    assert_eq!(after(|edit| edit.reorder_formats(0, &["97"])), ["section 0: order of formats"]);
    let other = after(|edit| edit.set(At::Media(1), attribute::Rtpmap, "96 VP9/90000"));
    assert_eq!(
        other,
        [
            "section 1: with VP9/90000",
            "section 1: without VP8/90000",
            "section 1: payload type 96 stands for another codec",
        ]
    );
}

#[test]
fn ice_and_keys_are_told() {
    let restart = after(|edit| {
        edit.set(At::Media(0), attribute::IceUfrag, "bbbb").set(
            At::Media(0),
            attribute::IcePwd,
            "bbbbbbbbbbbbbbbbbbbbbb",
        )
    });
    assert_eq!(restart, ["section 0: restart of ICE"]);
    let candidate = "1 1 UDP 1 192.0.2.1 9 typ host";
    assert_eq!(
        after(|edit| edit.append(At::Media(0), attribute::Candidate, candidate)),
        ["section 0: candidates"]
    );
    assert_eq!(
        after(|edit| edit.append(At::Media(0), attribute::Setup, "active")),
        ["section 0: keys or role"]
    );
    assert_eq!(
        after(|edit| edit.append(At::Media(0), attribute::Ptime, "20")),
        ["section 0: ptime"]
    );
    assert_eq!(after(|edit| edit.set_session_name("x")), ["session: s="]);
}

#[test]
fn versions_that_do_not_go_up_are_told() {
    let read = |text: String| SessionDescription::parse(text).unwrap();
    let old = read(OLD.to_owned());
    let same = read(OLD.replace("49170", "49172"));
    assert_eq!(diff(&old, &same), [Change::Version(0), Change::Address(0)]);
    let lower = read(OLD.replace("o=- 7 1", "o=- 7 0"));
    assert_eq!(diff(&old, &lower), [Change::Version(-1)]);
    let other = read(OLD.replace("o=- 7 1", "o=- 8 1"));
    assert_eq!(diff(&old, &other), [Change::Version(0), Change::Session]);
    let fewer = read(OLD.split("m=video").next().unwrap().to_owned());
    assert_eq!(diff(&old, &fewer), [Change::Version(0), Change::Removed(1)]);
}
