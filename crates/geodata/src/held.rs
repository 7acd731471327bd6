//! A folder that is somebody's while they live: it goes when they let go of it, and when their program
//! was ended, the next one that makes such a folder in the same place removes it. Knows nothing of what
//! is in it.

use std::fs::{File, TryLockError};
use std::io::Result;
use std::path::Path;

use tempfile::TempDir;

const LOCK: &str = "lock";

/// Held by a lock in it, which no end of a program leaves behind.
#[derive(Debug)]
pub struct HeldFolder {
    // closed before the folder goes
    _lock: File,
    folder: TempDir,
}

impl HeldFolder {
    /// Makes one in `parent`, its name beginning with `prefix`, and removes those of that prefix which
    /// nobody holds any more.
    ///
    /// # Errors
    /// The disk's.
    pub fn within(parent: &Path, prefix: &str) -> Result<Self> {
        sweep(parent, prefix);
        let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(parent)?;
        // it is held before it has the name by which others would take it for abandoned
        let unnamed = folder.path().join("lock-to-be");
        let lock = File::create(&unnamed)?;
        lock.lock()?;
        std::fs::rename(unnamed, folder.path().join(LOCK))?;
        Ok(Self { _lock: lock, folder })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders of programs that were ended before they could.
fn sweep(parent: &Path, prefix: &str) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with(prefix) {
            continue;
        }
        let Ok(lock) = File::options().read(true).write(true).open(entry.path().join(LOCK)) else { continue };
        if !matches!(lock.try_lock(), Err(TryLockError::WouldBlock | TryLockError::Error(_))) {
            drop(lock);
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_holds_is_swept_and_what_somebody_holds_is_not() {
        let place = tempfile::tempdir().expect("a folder");
        let held = HeldFolder::within(place.path(), "ours-").expect("a folder");
        let abandoned = ["ours-abandoned", "theirs-abandoned"].map(|name| place.path().join(name));
        for folder in &abandoned {
            std::fs::create_dir_all(folder.join("3")).expect("a folder");
            std::fs::write(folder.join("3/a.shx"), "").expect("a file");
            std::fs::write(folder.join(LOCK), "").expect("a file");
        }
        let other = HeldFolder::within(place.path(), "ours-").expect("a folder");
        assert!(held.path().exists() && other.path().exists());
        assert_eq!(abandoned.each_ref().map(|folder| folder.exists()), [false, true]);
        let gone = held.path().to_owned();
        drop(held);
        assert!(!gone.exists());
    }
}
