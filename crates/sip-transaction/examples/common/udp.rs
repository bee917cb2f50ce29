//! The socket of the examples: it waits for datagrams, but not for long, and takes many at once.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use bytes::Bytes;

/// How many datagrams are taken before the program does something else.
const BATCH: usize = 64;

/// The least that a socket can wait, and the most that it shall: signals want to be seen.
const WAIT: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(200)];

/// A datagram, and the address it came from or goes to.
pub(crate) type Datagram = (SocketAddr, Bytes);

/// A UDP socket that does not block, unless it is told to wait.
pub(crate) struct Socket {
    socket: UdpSocket,
    buffer: Vec<u8>,
    batch: Vec<Datagram>,
}

impl Socket {
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)
            .map_err(|error| io::Error::new(error.kind(), format!("{address}: {error}")))?;
        socket.set_nonblocking(true)?;
        let buffer = vec![0; usize::from(u16::MAX)];
        Ok(Self { socket, buffer, batch: Vec::with_capacity(BATCH) })
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Takes what is there. Only where nothing is, it waits for a first datagram: under load, no
    /// system call is made but those that receive.
    pub(crate) fn receive(
        &mut self,
        wait: Duration,
    ) -> io::Result<impl Iterator<Item = Datagram> + use<'_>> {
        self.take_batch()?;
        if self.batch.is_empty() {
            self.socket.set_read_timeout(Some(wait.clamp(WAIT[0], WAIT[1])))?;
            self.socket.set_nonblocking(false)?;
            let first = self.take_one();
            self.socket.set_nonblocking(true)?;
            self.batch.extend(first?);
            self.take_batch()?;
        }
        Ok(self.batch.drain(..))
    }

    fn take_batch(&mut self) -> io::Result<()> {
        while self.batch.len() < BATCH
            && let Some(datagram) = self.take_one()?
        {
            self.batch.push(datagram);
        }
        Ok(())
    }

    /// The next datagram, if one comes before the time is up or a signal comes.
    fn take_one(&mut self) -> io::Result<Option<Datagram>> {
        match self.socket.recv_from(&mut self.buffer) {
            Ok((length, from)) => Ok(Some((from, Bytes::copy_from_slice(&self.buffer[..length])))),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(None),
                // ICMP has brought back what was sent before. Nothing is wrong with the socket.
                ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Ok(None),
                _ => Err(error),
            },
        }
    }

    /// Sends a datagram; waits where the system's buffer is full.
    pub(crate) fn send(&self, bytes: &[u8], to: SocketAddr) -> io::Result<()> {
        match self.socket.send_to(bytes, to) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.socket.set_nonblocking(false)?;
                let sent = self.socket.send_to(bytes, to);
                self.socket.set_nonblocking(true)?;
                sent.map(drop)
            }
            sent => sent.map(drop),
        }
    }
}
