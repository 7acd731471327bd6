//! The search for secrets in what a run leaves and shows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Reads, again and again, what every program of the machine may read of ours: their arguments.
#[derive(Debug)]
pub struct Watcher {
    on: Arc<AtomicBool>,
    seen: JoinHandle<Vec<u8>>,
}

impl Watcher {
    #[must_use]
    pub fn begin() -> Self {
        let on = Arc::new(AtomicBool::new(true));
        let watched = Arc::clone(&on);
        let seen = std::thread::spawn(move || {
            let mut seen = crate::process_lines();
            while watched.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(50));
                seen.extend(crate::process_lines());
            }
            seen
        });
        Self { on, seen }
    }

    /// What was seen.
    #[must_use]
    pub fn end(self) -> Vec<u8> {
        self.on.store(false, Ordering::SeqCst);
        self.seen.join().expect("an end")
    }
}

/// Fails where a text of a name holds a secret; which one it is is told by its number only.
pub fn holds_none(shown: &[(String, Vec<u8>)], secrets: &[String]) {
    assert!(secrets.iter().all(|s| s.len() >= 12), "too short to be found by chance only");
    for (name, bytes) in shown {
        for (number, secret) in secrets.iter().enumerate() {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{name} holds secret {number}");
        }
    }
}
