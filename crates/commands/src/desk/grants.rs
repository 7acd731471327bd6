//! Which paths the page may speak of: those that a dialog, a drop or an earlier delivery gave.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use model::Failure;

/// What only the host of the page can do.
#[async_trait::async_trait]
pub trait Host: Send + Sync {
    /// Lets the person choose: a native dialog in the window.
    async fn choose_files(&self) -> Vec<PathBuf>;
    async fn choose_folder(&self) -> Vec<PathBuf>;
    /// Data to try with, where the program brings some.
    fn sample(&self) -> Option<PathBuf> {
        None
    }
    /// Where the program notes what happens to it.
    fn log(&self) -> Option<PathBuf> {
        None
    }
    /// A delivery ended, well or not.
    fn ended(&self, delivery: &super::Delivery, french: bool);
}

#[derive(Debug, Default)]
pub(super) struct Grants {
    paths: BTreeSet<PathBuf>,
    /// Given by the command line or the file manager, not yet asked for.
    opened: Vec<PathBuf>,
}

impl Grants {
    pub(super) fn add(&mut self, paths: &[PathBuf]) {
        self.paths.extend(paths.iter().cloned());
    }

    pub(super) fn open(&mut self, paths: Vec<PathBuf>) {
        self.add(&paths);
        self.opened.extend(paths);
    }

    pub(super) fn take_opened(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.opened)
    }

    /// # Errors
    /// For a path that nobody gave.
    pub(super) fn check(&self, paths: &[PathBuf]) -> Result<(), Failure> {
        let given = |path: &Path| {
            let climbs = path.components().any(|c| matches!(c, std::path::Component::ParentDir));
            !climbs && path.ancestors().any(|above| self.paths.contains(above))
        };
        match paths.iter().find(|p| !given(p)) {
            None => Ok(()),
            Some(path) => Err(Failure::new(
                "PATH_NOT_GIVEN",
                format!("« {} » n’a été ni déposé ni choisi.", path.display()),
                format!("`{}` was neither dropped nor chosen.", path.display()),
            )
            .hint("Déposez le fichier dans la fenêtre.", "Drop the file in the window.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_given_and_what_is_below_may_be_asked_for() {
        let mut grants = Grants::default();
        grants.add(&["/data/canton".into(), "/data/one.gpkg".into()]);
        for (path, allowed) in [
            ("/data/one.gpkg", true),
            ("/data/canton/CANTON.shp", true),
            ("/data/canton", true),
            ("/data/canton/../secret.gpkg", false),
            ("/data/other.gpkg", false),
            ("/data", false),
            ("/etc/passwd", false),
        ] {
            assert_eq!(grants.check(&[path.into()]).is_ok(), allowed, "{path}");
        }
    }
}
