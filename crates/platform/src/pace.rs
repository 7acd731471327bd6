//! A cap on the bytes sent a second, shared by all that is sent at once. Knows nothing of what they are.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::io::AsyncRead;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::io::ReaderStream;

const LARGEST_CHUNK: u64 = 256 << 10;
const SMALLEST_CHUNK: u64 = 4 << 10;

/// How fast one may send. A cap that changes holds at once for what is on its way.
#[derive(Debug)]
pub struct Pace {
    rate: watch::Sender<Option<u64>>,
    /// When what was let through so far has had its time.
    free: Mutex<Option<Instant>>,
}

impl Pace {
    /// `rate` in bytes a second; nothing, or nought, for no cap.
    #[must_use]
    pub fn new(rate: Option<u64>) -> Self {
        Self { rate: watch::Sender::new(rate.filter(|r| *r > 0)), free: Mutex::default() }
    }

    pub fn set(&self, rate: Option<u64>) {
        let rate = rate.filter(|r| *r > 0);
        self.rate.send_if_modified(|now| {
            if *now == rate {
                return false;
            }
            *self.free.lock().unwrap_or_else(PoisonError::into_inner) = None;
            *now = rate;
            true
        });
    }

    /// In bytes a second.
    #[must_use]
    pub fn rate(&self) -> Option<u64> {
        *self.rate.borrow()
    }

    /// Waits until these bytes may go.
    pub async fn take(&self, bytes: u64) {
        let mut rates = self.rate.subscribe();
        loop {
            let Some(rate) = *rates.borrow_and_update() else { return };
            let begins = {
                let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
                let now = Instant::now();
                let begins = free.map_or(now, |free| free.max(now));
                #[expect(clippy::cast_precision_loss, reason = "a length of time")]
                let lasts = Duration::from_secs_f64(bytes as f64 / rate as f64);
                *free = Some(begins + lasts);
                begins
            };
            tokio::select! {
                () = sleep_until(begins) => return,
                changed = rates.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Chunks small enough that several go in a second.
    fn chunk(&self) -> usize {
        let bytes = self.rate().map_or(LARGEST_CHUNK, |rate| (rate / 8).clamp(SMALLEST_CHUNK, LARGEST_CHUNK));
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    /// What `from` holds, no faster than the cap.
    pub(crate) fn through<R>(
        self: std::sync::Arc<Self>,
        from: R,
    ) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static
    where
        R: AsyncRead + Send + 'static,
    {
        ReaderStream::with_capacity(from, self.chunk()).then(move |chunk| {
            let pace = std::sync::Arc::clone(&self);
            async move {
                if let Ok(chunk) = &chunk {
                    pace.take(chunk.len() as u64).await;
                }
                chunk
            }
        })
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::new(None)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// Bytes read, and how long that took by the runtime's own clock.
    async fn send(pace: &Arc<Pace>, bytes: usize) -> (usize, Duration) {
        let begun = Instant::now();
        let chunks = Arc::clone(pace).through(std::io::Cursor::new(vec![7_u8; bytes]));
        let sent = chunks.fold(0, |sum, chunk| async move { sum + chunk.map_or(0, |c| c.len()) }).await;
        (sent, begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_cap_holds_and_nothing_is_lost() {
        let (sent, took) = send(&Arc::new(Pace::new(Some(100_000))), 1_000_000).await;
        assert_eq!(sent, 1_000_000);
        assert!((9.0..=10.1).contains(&took.as_secs_f64()), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn several_files_share_one_cap() {
        let pace = Arc::new(Pace::new(Some(100_000)));
        let begun = Instant::now();
        let both = tokio::join!(send(&pace, 400_000), send(&pace, 400_000));
        assert_eq!((both.0.0, both.1.0), (400_000, 400_000));
        let took = begun.elapsed().as_secs_f64();
        assert!((7.0..=8.1).contains(&took), "{took}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_cap_nothing_waits_and_one_that_is_lifted_lets_go_at_once() {
        assert_eq!(send(&Arc::new(Pace::default()), 5_000_000).await.1, Duration::ZERO);
        assert_eq!(Pace::new(Some(0)).rate(), None);
        let pace = Arc::new(Pace::new(Some(10)));
        let begun = Instant::now();
        let lift = async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            pace.set(None);
        };
        let (sent, ()) = tokio::join!(send(&pace, 100_000), lift);
        assert_eq!((sent.0, begun.elapsed()), (100_000, Duration::from_secs(3)));
    }
}
