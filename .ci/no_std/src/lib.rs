//! Links the crates into a program that has no standard library.
#![no_std]

extern crate alloc;

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

struct NoMemory;

// SAFETY: handing out no memory at all is sound.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: NoMemory = NoMemory;

/// A second panic handler, std's, would be an error: that is the check.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Uses all crates, so that they are linked.
pub fn parse(datagram: &'static [u8]) -> bool {
    sip_message::Message::parse(datagram).is_ok()
        && sip_uri::UriRef::parse("sip:a@b").is_ok()
        && sdp::SessionDescription::parse(datagram).is_ok()
}
