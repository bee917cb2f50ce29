//! The arguments of an example that listens.

use std::ffi::OsString;
use std::net::SocketAddr;

/// What the arguments say.
pub(crate) struct Options {
    /// The address to listen on.
    pub(crate) listen: SocketAddr,
    /// Whether the counts are printed every second.
    pub(crate) stats: bool,
}

impl Options {
    /// `None` where help is asked for.
    pub(crate) fn read(arguments: &[OsString]) -> Result<Option<Self>, String> {
        let (mut listen, mut stats) = (None, false);
        for argument in arguments {
            match argument.to_str() {
                Some("-h" | "--help") => return Ok(None),
                Some("--stats") => stats = true,
                Some(text) if !text.starts_with('-') && listen.is_none() => {
                    let address = text.parse::<SocketAddr>().map_err(|_| {
                        format!("`{text}` is no address and port, such as 127.0.0.1:5060")
                    })?;
                    listen = Some(address);
                }
                _ => return Err(format!("unexpected argument `{}`", argument.to_string_lossy())),
            }
        }
        let listen = listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 5060)));
        Ok(Some(Self { listen, stats }))
    }
}
