//! What becomes of a message on its way.

use std::time::Duration;

/// A generator of numbers (SplitMix64): good enough for weather, and the same everywhere.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The generator of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.number() % bound.max(1)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of a list.
    pub fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        let place = self.below(list.len() as u64);
        list[usize::try_from(place).unwrap_or_default()]
    }

    /// A time up to a bound, in milliseconds.
    pub fn time(&mut self, bound: Duration) -> Duration {
        let bound = u64::try_from(bound.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.below(bound.saturating_add(1)))
    }
}

/// What a network does to datagrams. On a connection it only delays, and keeps the order.
#[derive(Clone, Debug)]
pub struct Network {
    /// How many of a hundred are lost.
    pub loss: u64,
    /// How many of a hundred come twice.
    pub duplication: u64,
    /// The shortest way.
    pub latency: Duration,
    /// How much longer it may be: messages overtake each other.
    pub jitter: Duration,
    /// From when to when nothing comes through, counted from the start.
    pub partition: Option<(Duration, Duration)>,
}

impl Network {
    /// A network that loses nothing, with one delay.
    #[must_use]
    pub fn perfect(latency: Duration) -> Self {
        Self { loss: 0, duplication: 0, latency, jitter: Duration::ZERO, partition: None }
    }

    /// The weather of a seed: from calm to hardly anything coming through.
    pub fn of(random: &mut Random) -> Self {
        let start = random.time(Duration::from_secs(40));
        let length = random.time(Duration::from_secs(50));
        Self {
            loss: random.one_of(&[0, 0, 5, 20, 50, 90]),
            duplication: random.one_of(&[0, 0, 10, 40]),
            latency: Duration::from_millis(random.one_of(&[0, 1, 20, 150, 700])),
            jitter: Duration::from_millis(random.one_of(&[0, 5, 100, 2_000])),
            partition: random.percent(25).then(|| (start, start + length)),
        }
    }

    /// After what times a datagram that is sent now arrives: none, once or twice.
    pub fn deliveries(&self, since_start: Duration, random: &mut Random) -> Vec<Duration> {
        if self.partition.is_some_and(|(from, to)| (from..to).contains(&since_start)) {
            return Vec::new();
        }
        let copies = 1 + usize::from(random.percent(self.duplication));
        let arrives = |random: &mut Random| {
            (!random.percent(self.loss)).then(|| self.latency + random.time(self.jitter))
        };
        (0..copies).filter_map(|_| arrives(random)).collect()
    }
}
