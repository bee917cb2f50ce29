//! A user agent on a UDP socket: what both examples have in common.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sip_dialog::{AgentConfig, Negotiator, SessionTimerConfig, UserAgent};
use sip_transaction::{Flow, Timers, TransportFailure};

use crate::udp::Socket;

/// A user agent, its socket, and the address of that.
pub(crate) struct Telephone {
    pub(crate) agent: UserAgent,
    socket: Socket,
    pub(crate) local: SocketAddr,
    serial: u64,
}

impl Telephone {
    /// A telephone at an address. `t1` is the round-trip time in milliseconds, where it is known.
    pub(crate) fn new(
        name: &str,
        listen: SocketAddr,
        t1: Option<u64>,
        change: impl FnOnce(&mut AgentConfig),
    ) -> io::Result<Self> {
        let socket = Socket::bind(listen)?;
        let local = socket.local_addr()?;
        // Tags, Call-IDs and branches are made of the seed: nobody may be able to guess it.
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        let mut config = AgentConfig::new(&format!("<sip:{name}@{local}>"));
        config.user_agent = Some(format!("trapezoid-{name}/{}", env!("CARGO_PKG_VERSION")));
        config.event_packages = vec!["presence".into()];
        config.session_timer = Some(SessionTimerConfig::default());
        if let Some(t1) = t1 {
            let t1 = Duration::from_millis(t1);
            config.endpoint.timers = Timers::derived(t1, t1 * 8, t1 * 10);
        }
        change(&mut config);
        let agent = UserAgent::new(config, seed);
        Ok(Self { agent, socket, local, serial: 0 })
    }

    /// Waits for messages, at most until `until` or the next timer, and gives them to the agent.
    pub(crate) fn receive(&mut self, until: Option<Instant>) -> io::Result<Instant> {
        let next = [self.agent.poll_timeout(), until].into_iter().flatten().min();
        let wait =
            next.map_or(Duration::MAX, |time| time.saturating_duration_since(Instant::now()));
        let datagrams = self.socket.receive(wait)?;
        let now = Instant::now();
        for (remote, datagram) in datagrams {
            self.agent.handle_datagram(now, Flow::udp(self.local, remote), datagram);
        }
        self.agent.handle_timeout(now);
        Ok(now)
    }

    /// Sends what the agent has to send.
    pub(crate) fn send(&mut self, now: Instant) {
        while let Some(transmit) = self.agent.poll_transmit() {
            let sent = self.socket.send(&transmit.bytes, transmit.flow.remote);
            if sent.is_err()
                && let Some(transaction) = transmit.transaction
            {
                let failure = TransportFailure::Transaction(transaction);
                self.agent.handle_transport_error(now, failure);
            }
        }
    }

    /// The flow to the host of a URI, which must be an address: this program asks no DNS.
    pub(crate) fn flow_to(&self, uri: &str) -> Option<Flow> {
        let uri = sip_uri::UriRef::parse(uri).ok()?;
        let host = uri.host_str()?.trim_matches(['[', ']']).parse().ok()?;
        Some(Flow::udp(self.local, SocketAddr::new(host, uri.port().unwrap_or(5060))))
    }

    /// What makes the offers and answers of a call. No media is sent: this is about signalling.
    pub(crate) fn media(&mut self) -> impl Negotiator + use<> {
        self.serial += 1;
        media(self.serial, self.local)
    }

    /// What is left: calls, dialogs, transactions.
    pub(crate) fn left(&self) -> [(&'static str, u64); 3] {
        let counts = self.agent.counts();
        let wide = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        [
            ("calls", wide(counts.calls)),
            ("dialogs", wide(counts.dialogs)),
            ("transactions", wide(counts.transactions)),
        ]
    }
}

/// With the feature `sdp`: audio with the codecs that everybody has.
#[cfg(feature = "sdp")]
fn media(id: u64, local: SocketAddr) -> impl Negotiator + use<> {
    use sdp::CodecSpec;
    use sdp::offer_answer::{MediaCapability, OfferAnswer, Session};

    let audio = MediaCapability::audio(49_170)
        .codec(0, CodecSpec::new("PCMU", 8_000))
        .codec(8, CodecSpec::new("PCMA", 8_000))
        .codec(101, CodecSpec::new("telephone-event", 8_000).with_fmtp("0-15"));
    OfferAnswer::new(Session::new(id, local.ip()), [audio])
}

/// Without it: one description for all offers and answers.
#[cfg(not(feature = "sdp"))]
fn media(id: u64, local: SocketAddr) -> impl Negotiator + use<> {
    use sip_dialog::{Body, Unacceptable};

    #[derive(Clone, Debug)]
    struct Fixed(Body);

    impl Negotiator for Fixed {
        fn fork(&self) -> Box<dyn Negotiator> {
            Box::new(self.clone())
        }
        fn offer(&mut self) -> Result<Body, Unacceptable> {
            Ok(self.0.clone())
        }
        fn answer(&mut self, _: &Body) -> Result<Body, Unacceptable> {
            Ok(self.0.clone())
        }
        fn take_answer(&mut self, _: &Body) -> Result<(), Unacceptable> {
            Ok(())
        }
        fn cancel_offer(&mut self) {}
        fn hold(&mut self, _: bool) {}
    }

    let (version, ip) = (if local.is_ipv4() { 4 } else { 6 }, local.ip());
    Fixed(Body::sdp(format!(
        "v=0\r\no=- {id} 1 IN IP{version} {ip}\r\ns=-\r\nc=IN IP{version} {ip}\r\nt=0 0\r\n\
         m=audio 49170 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
    )))
}
