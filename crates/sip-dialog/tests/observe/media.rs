//! What is seen of offers and answers.

use crate::scene::{Draft, Scene, invite, request};

const NONE: [String; 0] = [];

/// An INVITE with the first session, answered with the second, or with none.
fn answered(offer: (&[&str], &[&str]), answer: Option<(&[&str], &[&str])>) -> Vec<String> {
    let mut scene = Scene::new();
    let invite = request("INVITE", 1).sdp(offer.0, offer.1);
    scene.out(&invite);
    let ok = invite.answer(200, "b");
    scene.back(&match answer {
        Some((codecs, attributes)) => ok.sdp(codecs, attributes),
        None => ok,
    });
    scene.out(&request("ACK", 1).within("b"));
    scene.found()
}

#[test]
fn an_answer_with_a_codec_of_the_offer_is_right() {
    let offer: (&[&str], &[&str]) = (&["opus", "PCMU", "telephone-event"], &[]);
    assert_eq!(answered(offer, Some((&["pcmu", "telephone-event"], &[]))), NONE);
}

#[test]
fn an_answer_without_a_codec_of_the_offer_is_said() {
    let offer: (&[&str], &[&str]) = (&["PCMU", "telephone-event"], &[]);
    assert_eq!(
        answered(offer, Some((&["G729", "telephone-event"], &[]))),
        ["no-common-codec: m= line 0: no codec of the offer is in the answer"]
    );
}

#[test]
fn an_answer_that_refuses_every_stream_is_said() {
    let mut scene = Scene::new();
    let refused = |it: Draft| it.body(|body| body.replace("m=audio 4000", "m=audio 0"));
    scene.out(&invite());
    scene.back(&refused(invite().answer(200, "b").sdp(&["PCMU"], &[])));
    assert_eq!(scene.found(), ["no-common-codec: every stream is refused"]);
}

#[test]
fn an_answer_with_another_number_of_streams_is_said() {
    let mut scene = Scene::new();
    let more = |it: Draft| it.body(|body| body + "m=video 5000 RTP/AVP 31\r\n");
    scene.out(&more(invite()));
    scene.back(&invite().answer(200, "b").sdp(&["PCMU"], &[]));
    assert_eq!(scene.found(), ["sections-differ: 2 m= lines offered, 1 answered"]);
}

#[test]
fn a_2xx_without_the_answer_is_said() {
    assert_eq!(
        answered((&["PCMU"], &[]), None),
        ["offer-without-answer: the 2xx to INVITE has no answer in it"]
    );
}

#[test]
fn an_ack_without_the_answer_is_said() {
    let mut scene = Scene::new();
    scene.out(&request("INVITE", 1));
    scene.back(&request("INVITE", 1).answer(200, "b").sdp(&["PCMU"], &[]));
    scene.out(&request("ACK", 1).within("b"));
    assert_eq!(scene.found(), ["offer-without-answer: ACK has no answer in it"]);
}

#[test]
fn the_answer_in_an_ack_is_compared_as_well() {
    let mut scene = Scene::new();
    scene.out(&request("INVITE", 1));
    scene.back(&request("INVITE", 1).answer(200, "b").sdp(&["PCMU"], &[]));
    scene.out(&request("ACK", 1).within("b").sdp(&["G729"], &[]));
    let text = "no-common-codec: m= line 0: no codec of the offer is in the answer";
    assert_eq!(scene.found(), [text]);
}

#[test]
fn an_answer_in_a_reliable_provisional_response_is_one() {
    let mut scene = Scene::new();
    scene.out(&invite());
    let progress = invite().answer(183, "b").header("Require: 100rel").header("RSeq: 1");
    scene.back(&progress.sdp(&["PCMU"], &[]));
    let prack = request("PRACK", 2).within("b").header("RAck: 1 1 INVITE");
    scene.out(&prack);
    scene.back(&prack.answer(200, "b"));
    // The 2xx needs none any more.
    scene.back(&invite().answer(200, "b"));
    scene.out(&request("ACK", 1).within("b"));
    assert_eq!(scene.found(), NONE);
}

#[test]
fn early_media_without_100rel_is_no_answer() {
    let mut scene = Scene::new();
    scene.out(&invite());
    scene.back(&invite().answer(183, "b").sdp(&["PCMU"], &[]));
    scene.back(&invite().answer(200, "b"));
    assert_eq!(scene.found(), ["offer-without-answer: the 2xx to INVITE has no answer in it"]);
}

#[test]
fn hold_that_only_one_side_knows_of_is_said() {
    for (offered, answered_, fits) in [
        ("sendonly", "recvonly", true),
        ("sendonly", "inactive", true),
        ("sendonly", "sendrecv", false),
        ("sendonly", "sendonly", false),
        ("inactive", "inactive", true),
        ("inactive", "sendrecv", false),
        ("sendrecv", "sendonly", true),
        ("recvonly", "sendonly", true),
    ] {
        let found = answered((&["PCMU"], &[offered]), Some((&["PCMU"], &[answered_])));
        let text = format!("directions-differ: {offered} was offered and {answered_} answered");
        assert_eq!(found, if fits { vec![] } else { vec![text] });
    }
}

#[test]
fn a_call_that_ends_on_hold_is_said_and_one_that_was_resumed_is_not() {
    for resumed in [false, true] {
        let mut scene = Scene::new();
        scene.call();
        let mut change = |number, ours: &str, theirs: &str| {
            let invite = request("INVITE", number).within("b").sdp(&["PCMU"], &[ours]);
            scene.out(&invite);
            scene.back(&invite.answer(200, "b").sdp(&["PCMU"], &[theirs]));
            scene.out(&request("ACK", number).within("b"));
        };
        change(2, "sendonly", "recvonly");
        if resumed {
            change(3, "sendrecv", "sendrecv");
        }
        scene.out(&request("BYE", 9).within("b"));
        let found = scene.found();
        assert_eq!(found.len(), usize::from(!resumed), "{found:?}");
    }
}

#[test]
fn a_session_that_is_refused_for_its_media_is_said() {
    let mut scene = Scene::new();
    scene.out(&invite());
    scene.back(&invite().answer(488, "b"));
    scene.out(&invite().same_branch("ACK"));
    assert_eq!(scene.found(), ["media-refused: refused for its media with 488"]);
}

#[test]
fn a_refused_reinvite_leaves_the_session_as_it_was() {
    let mut scene = Scene::new();
    scene.call();
    let change = |number| request("INVITE", number).within("b").sdp(&["PCMU"], &[]);
    scene.out(&change(2));
    scene.back(&change(2).answer(500, "b"));
    scene.out(&change(2).same_branch("ACK"));
    scene.out(&change(3));
    scene.back(&change(3).answer(200, "b").sdp(&["PCMU"], &[]));
    scene.out(&request("ACK", 3).within("b"));
    assert_eq!(scene.found(), NONE);
}

#[test]
fn a_body_that_cannot_be_read_is_an_answer_that_says_nothing() {
    let mut scene = Scene::new();
    scene.out(&invite());
    scene.back(&invite().answer(200, "b").sdp(&["PCMU"], &[]).body(|_| "???".to_owned()));
    scene.out(&request("ACK", 1).within("b"));
    assert_eq!(scene.found(), NONE);
}

#[test]
fn regression_an_update_that_is_refused_leaves_no_offer_open() {
    let mut scene = Scene::new();
    scene.call();
    let refused = request("UPDATE", 2).within("b").sdp(&["PCMU"], &[]);
    scene.out(&refused);
    scene.back(&refused.answer(500, "b"));
    let refresh = request("UPDATE", 3).within("b");
    scene.out(&refresh);
    scene.back(&refresh.answer(200, "b"));
    assert_eq!(scene.found(), NONE);
}
