//! The service examples of RFC 5359, as far as two parties and their proxies can play
//! them. Left out is what is not printed so that it can be played:
//!
//! - §2.2 as Carol: her responses have the Call-ID of another call;
//! - §2.6: Replaces has the tags the wrong way round, and the MESSAGE is no message;
//! - §2.10 as Carol: a 200 without the answer to an INVITE without an offer;
//! - §2.13 as Alice: her INVITEs are calls and retries at once;
//! - §2.16 as Alice: Replaces has a tag that nobody has;
//! - §2.17: the Request-URI within a dialog is not the Contact that was given.

use super::replay::play;

macro_rules! flows {
    ($($name:ident $section:literal $us:literal;)+) => {$(
        #[test]
        fn $name() {
            assert!(play(concat!("rfc5359/", $section), $us) > 0);
        }
    )+};
}

flows! {
    section_2_1_as_alice "2.1" "alice";
    section_2_1_as_bob "2.1" "bob";
    section_2_2_as_alice "2.2" "alice";
    section_2_2_as_bob "2.2" "bob";
    section_2_3_as_alice "2.3" "alice";
    section_2_3_as_bob "2.3" "bob";
    section_2_4_as_alice "2.4" "alice";
    section_2_4_as_bob "2.4" "bob";
    section_2_4_as_carol "2.4" "carol";
    section_2_5_as_alice "2.5" "alice";
    section_2_5_as_bob "2.5" "bob";
    section_2_5_as_carol "2.5" "carol";
    section_2_7_as_alice "2.7" "alice";
    section_2_8_as_alice "2.8" "alice";
    section_2_8_as_b1 "2.8" "b1";
    section_2_8_as_b2 "2.8" "b2";
    section_2_9_as_alice "2.9" "alice";
    section_2_9_as_b1 "2.9" "b1";
    section_2_9_as_b2 "2.9" "b2";
    section_2_10_as_alice "2.10" "alice";
    section_2_10_as_bob "2.10" "bob";
    section_2_11_as_alice "2.11" "alice";
    section_2_11_as_bob "2.11" "bob";
    section_2_11_as_carol "2.11" "carol";
    section_2_12_as_alice "2.12" "alice";
    section_2_12_as_b1 "2.12" "b1";
    section_2_12_as_b2 "2.12" "b2";
    section_2_13_as_bob "2.13" "bob";
    section_2_14_as_alice "2.14" "alice";
    section_2_15_as_alice "2.15" "alice";
    section_2_15_as_bob "2.15" "bob";
    section_2_15_as_carol "2.15" "carol";
    section_2_16_as_bill "2.16" "bill";
    section_2_16_as_bob "2.16" "bob";
    section_2_18_as_bob "2.18" "bob";
    section_2_18_as_carol "2.18" "carol";
    section_2_18_as_pc "2.18" "pc";
}
