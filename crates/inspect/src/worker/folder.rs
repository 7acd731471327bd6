//! The folder that a pool's workers may fill, a part each. It belongs to the asking side: a worker that
//! is ended in mid file tidies nothing. What a program that was ended leaves, the next one removes.

use std::io::Result;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use geodata::HeldFolder;

/// Made when the first worker starts, gone with the pool.
#[derive(Debug)]
pub(super) struct Folder {
    folder: HeldFolder,
    parts: AtomicUsize,
}

impl Folder {
    pub(super) fn new() -> Result<Self> {
        Self::within(&std::env::temp_dir())
    }

    fn within(parent: &Path) -> Result<Self> {
        Ok(Self { folder: HeldFolder::within(parent, "quai-workers-")?, parts: AtomicUsize::new(0) })
    }

    /// One worker's own; it makes it when it needs one.
    pub(super) fn part(&self) -> Part {
        Part(self.folder.path().join(self.parts.fetch_add(1, Ordering::Relaxed).to_string()))
    }
}

/// Goes with its worker, however that one ends.
#[derive(Debug)]
pub(super) struct Part(PathBuf);

impl Part {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(part: &Path) {
        std::fs::create_dir_all(part.join("0")).expect("a folder");
        std::fs::write(part.join("0/a.shx"), "").expect("a file");
    }

    #[test]
    fn what_a_worker_leaves_goes_with_it_and_all_goes_with_the_pool() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::within(place.path()).expect("a folder");
        let (killed, other) = (folder.part(), folder.part());
        fill(killed.path());
        fill(other.path());
        let path = killed.path().to_owned();
        drop(killed);
        assert!(!path.exists() && other.path().exists());
        drop(folder);
        assert_eq!(std::fs::read_dir(place.path()).expect("the folder").count(), 0);
    }
}
