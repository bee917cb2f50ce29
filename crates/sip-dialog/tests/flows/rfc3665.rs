//! The call flows of RFC 3665 §3. That of §3.9 is not printed whole: the refusal is missing.

use super::replay::play;

macro_rules! flows {
    ($($name:ident $section:literal $us:literal;)+) => {$(
        #[test]
        fn $name() {
            assert!(play(concat!("rfc3665/", $section), $us) > 0);
        }
    )+};
}

flows! {
    section_3_1_as_alice "3.1" "alice";
    section_3_1_as_bob "3.1" "bob";
    section_3_2_as_alice "3.2" "alice";
    section_3_2_as_bob "3.2" "bob";
    section_3_3_as_alice "3.3" "alice";
    section_3_3_as_bob "3.3" "bob";
    section_3_4_as_alice "3.4" "alice";
    section_3_4_as_bob "3.4" "bob";
    section_3_5_as_alice "3.5" "alice";
    section_3_5_as_bob "3.5" "bob";
    section_3_6_as_alice "3.6" "alice";
    section_3_6_as_bob "3.6" "bob";
    section_3_7_as_alice "3.7" "alice";
    section_3_7_as_bob "3.7" "bob";
    section_3_8_as_alice "3.8" "alice";
    section_3_8_as_bob "3.8" "bob";
    section_3_10_as_alice "3.10" "alice";
    section_3_11_as_alice "3.11" "alice";
    section_3_11_as_bob "3.11" "bob";
}
