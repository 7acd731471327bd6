//! What was looked at before: paths that the person gave once, written down so that one press opens
//! them again. Nothing but paths and times.

use std::path::{Path, PathBuf};

use model::Failure;
use serde::{Deserialize, Serialize};

use super::deliveries::seconds;
use super::shapes::{Dropped, Recent};
use super::{Desk, hold};
use crate::workplace::replace;

const MOST: usize = 12;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Kept {
    paths: Vec<PathBuf>,
    when: i64,
}

/// The newest first, each set of paths once.
fn noted(mut all: Vec<Kept>, paths: &[PathBuf], when: i64) -> Vec<Kept> {
    all.retain(|k| k.paths != paths);
    all.insert(0, Kept { paths: paths.to_vec(), when });
    all.truncate(MOST);
    all
}

fn name_of(paths: &[PathBuf]) -> String {
    let name = |p: &Path| p.file_name().map_or_else(|| p.display().to_string(), |n| n.to_string_lossy().into_owned());
    match paths {
        [] => String::new(),
        [one] => name(one),
        [first, rest @ ..] => format!("{} + {}", name(first), rest.len()),
    }
}

impl Desk {
    fn recent_file(&self) -> PathBuf {
        self.work.data.join("recent.json")
    }

    fn kept(&self) -> Vec<Kept> {
        serde_json::from_slice(&std::fs::read(self.recent_file()).unwrap_or_default()).unwrap_or_default()
    }

    pub(super) fn remember(&self, paths: &[PathBuf]) {
        let doing = ["Écriture des fichiers récents", "Writing the recent files"];
        let text = serde_json::to_vec(&noted(self.kept(), paths, seconds())).unwrap_or_default();
        if let Err(failure) = replace(&self.recent_file(), &text, doing) {
            tracing::warn!(%failure, "what was opened is not remembered");
        }
    }

    pub(super) fn recent(&self) -> Vec<Recent> {
        let shown = |k: Kept| Recent {
            name: name_of(&k.paths),
            found: k.paths.iter().all(|p| p.exists()),
            paths: k.paths.iter().map(|p| p.display().to_string()).collect(),
            when: k.when,
        };
        self.kept().into_iter().map(shown).collect()
    }

    /// Gives again what the person gave before.
    ///
    /// # Errors
    /// For paths that are not among those.
    pub(super) fn reopen(&self, paths: Vec<PathBuf>) -> Result<Dropped, Failure> {
        if self.kept().iter().any(|k| k.paths == paths) {
            return Ok(self.grant(paths));
        }
        hold(&self.grants).check(&paths).map(|()| self.grant(paths))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_opened_again_comes_first_and_is_there_once() {
        let paths = |name: &str| vec![PathBuf::from(name)];
        let all = noted(noted(noted(Vec::new(), &paths("/a"), 1), &paths("/b"), 2), &paths("/a"), 3);
        assert_eq!(all, [Kept { paths: paths("/a"), when: 3 }, Kept { paths: paths("/b"), when: 2 }]);
        let many = (0..40).fold(Vec::new(), |all, n| noted(all, &paths(&format!("/{n}")), n));
        assert_eq!(many.len(), MOST);
    }

    #[test]
    fn several_paths_are_named_after_the_first() {
        assert_eq!(name_of(&["/data/a.shp".into(), "/data/b.shp".into()]), "a.shp + 1");
        assert_eq!(name_of(&["/data/canton".into()]), "canton");
    }
}
