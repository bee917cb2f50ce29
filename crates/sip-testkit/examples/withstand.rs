//! Runs an attack of a size without limits, to be counted by a profiler:
//!
//! ```text
//! withstand                the names of all attacks
//! withstand NAME N         runs one
//! ```

use sip_testkit::attacks::{ATTACKS, Attack};

fn main() {
    let args: Vec<_> = std::env::args().skip(1).collect();
    match &*args {
        [] => ATTACKS.iter().for_each(|attack| println!("{}", attack.name)),
        [name, n] => {
            let attack = Attack::find(name).expect("the name of an attack");
            let bytes = attack.bytes(n.parse().expect("a number"));
            println!("{} octets, {}", bytes.len(), attack.run(&bytes, false));
        }
        _ => panic!("usage: withstand [NAME N]"),
    }
}
