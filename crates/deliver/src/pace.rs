//! How long to wait between two looks at the platform: quick at first, then the ten seconds that
//! its documentation asks for.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

const FIRST: Duration = Duration::from_millis(100);
const LAST: Duration = Duration::from_secs(10);

/// A schedule that slows down until something happens.
#[derive(Debug)]
pub(crate) struct Pace(Duration);

impl Pace {
    pub(crate) const fn new() -> Self {
        Self(FIRST)
    }

    /// Something happened: quick again.
    pub(crate) const fn reset(&mut self) {
        self.0 = FIRST;
    }

    /// Waits; false when it was cancelled.
    pub(crate) async fn rest(&mut self, cancel: &CancellationToken) -> bool {
        let pause = self.0;
        self.0 = self.next();
        tokio::select! {
            () = cancel.cancelled() => false,
            () = tokio::time::sleep(pause) => true,
        }
    }

    fn next(&self) -> Duration {
        (self.0 * 3 / 2).min(LAST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_slows_down_to_ten_seconds_and_no_further() {
        let mut pace = Pace::new();
        for _ in 0..20 {
            pace.0 = pace.next();
        }
        assert_eq!(pace.0, LAST);
        pace.reset();
        assert_eq!(pace.0, FIRST);
    }
}
