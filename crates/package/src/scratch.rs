//! The folder that a package is made in, beside its target so that the end is a rename. It belongs to
//! whoever asked, not to the worker that writes: a worker that is ended in mid file tidies nothing.

use std::io::Result;
use std::path::{Path, PathBuf};

use geodata::HeldFolder;

/// A folder that goes when this is dropped, whatever is in it; and when the whole program was ended,
/// the next time that something is written beside it.
#[derive(Debug)]
pub struct Scratch {
    folder: HeldFolder,
    /// Folders on the way to the target that were not there before, the deepest first.
    made: Vec<PathBuf>,
}

impl Scratch {
    /// Makes one beside `target`, and removes those that nobody holds any more.
    ///
    /// # Errors
    /// The disk's.
    pub fn beside(target: &Path) -> Result<Self> {
        let parent = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let made = parent.ancestors().take_while(|p| !p.as_os_str().is_empty() && !p.exists()).map(Path::to_owned);
        let made = made.collect();
        std::fs::create_dir_all(parent)?;
        Ok(Self { folder: HeldFolder::within(parent, ".quai-writing-")?, made })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Removes it, and the empty folders that were made for a target that did not come.
    pub fn give_up(self) {
        let Self { folder, made } = self;
        drop(folder);
        for folder in made {
            // one that holds something stays
            let _ = std::fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_holds_is_swept_and_what_somebody_holds_is_not() {
        let place = tempfile::tempdir().expect("a folder");
        let target = place.path().join("a/b/vector");
        let held = Scratch::beside(&target).expect("a folder");
        let abandoned = target.with_file_name(".quai-writing-abandoned");
        std::fs::create_dir(&abandoned).expect("a folder");
        std::fs::write(abandoned.join("lock"), "").expect("a file");
        let other = Scratch::beside(&target).expect("a folder");
        assert!(held.path().exists() && other.path().exists() && !abandoned.exists());
        drop(other);
        held.give_up();
        assert_eq!(std::fs::read_dir(place.path()).expect("the folder").count(), 0, "no empty folder stays");
    }
}
