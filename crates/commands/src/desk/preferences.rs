//! What the person set, kept beside the other settings. Never a secret.

use std::path::{Path, PathBuf};

use model::Failure;

use super::Desk;
use super::shapes::Preferences;
use crate::workplace::disk;

fn file(settings: &Path) -> PathBuf {
    settings.join("preferences.json")
}

/// What was set, or what is usual where nothing was, or where it cannot be read.
pub(crate) fn read(settings: &Path) -> Preferences {
    let text = std::fs::read(file(settings)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// # Errors
/// When the settings cannot be written.
pub(super) fn write(settings: &Path, preferences: &Preferences) -> Result<(), Failure> {
    let doing = ["Écriture des préférences", "Writing the preferences"];
    let text = serde_json::to_vec_pretty(preferences).map_err(|e| disk(doing, &e))?;
    crate::workplace::replace(&file(settings), &text, doing)
}

impl Desk {
    /// Sets what the page asks; a folder is never the page's to name: it may only give it up.
    pub(super) fn set_preferences(&self, wanted: Preferences) -> Result<Preferences, Failure> {
        let kept = read(&self.work.settings).data_folder;
        let wanted = Preferences { data_folder: wanted.data_folder.and(kept), ..wanted };
        write(&self.work.settings, &wanted)?;
        self.work.pace.set(wanted.upload_bytes_per_second);
        Ok(wanted)
    }

    /// Lets the person choose where things are kept from the next start on.
    pub(super) async fn choose_data_folder(&self) -> Result<Preferences, Failure> {
        let set = read(&self.work.settings);
        let Some(folder) = self.host.choose_folder().await.into_iter().next() else { return Ok(set) };
        let refused = |fault: std::io::Error| {
            Failure::new(
                "DATA_FOLDER",
                format!("Quai ne peut rien écrire dans « {} » : {fault}", folder.display()),
                format!("Quai cannot write in `{}`: {fault}", folder.display()),
            )
            .hint("Choisissez un dossier à vous.", "Choose a folder of yours.")
        };
        tempfile::tempfile_in(&folder).map_err(refused)?;
        let wanted = Preferences { data_folder: Some(folder), ..set };
        write(&self.work.settings, &wanted)?;
        Ok(wanted)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::worker::WorkerCommand;
    use crate::{Given, Limits, Workplace};

    struct Chooser(PathBuf);

    #[async_trait::async_trait]
    impl super::super::Host for Chooser {
        async fn choose_files(&self) -> Vec<PathBuf> {
            Vec::new()
        }

        async fn choose_folder(&self) -> Vec<PathBuf> {
            vec![self.0.clone()]
        }

        fn ended(&self, _: &super::super::Delivery, _: bool) {}
    }

    fn desk(folder: &Path, chosen: &Path) -> Arc<Desk> {
        let worker = WorkerCommand { program: "nothing".into(), args: Vec::new() };
        let work = Workplace::at(folder.join("data"), folder.join("settings"), worker, Limits::default());
        Desk::new(Arc::new(work), Given::default(), Box::new(Chooser(chosen.to_owned())))
    }

    #[tokio::test]
    async fn a_cap_holds_at_once_and_at_the_next_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = desk(folder.path(), folder.path());
        assert_eq!(first.work.pace.rate(), None);
        let wanted = Preferences { upload_bytes_per_second: Some(250_000), ..Preferences::default() };
        first.set_preferences(wanted).expect("kept");
        assert_eq!(first.work.pace.rate(), Some(250_000));
        assert_eq!(desk(folder.path(), folder.path()).work.pace.rate(), Some(250_000));
        first.set_preferences(Preferences::default()).expect("kept");
        assert_eq!(first.work.pace.rate(), None);
    }

    #[tokio::test]
    async fn a_data_folder_comes_from_a_dialog_and_never_from_the_page() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = desk(folder.path(), folder.path());
        let said = Preferences { data_folder: Some("/etc".into()), ..Preferences::default() };
        assert_eq!(own.set_preferences(said.clone()).expect("kept").data_folder, None);
        let chosen = own.choose_data_folder().await.expect("chosen").data_folder;
        assert_eq!(chosen.as_deref(), Some(folder.path()));
        assert_eq!(own.set_preferences(said).expect("kept").data_folder, chosen);
        assert_eq!(own.set_preferences(Preferences::default()).expect("kept").data_folder, None);
        let absent = desk(folder.path(), &folder.path().join("absent"));
        assert_eq!(absent.choose_data_folder().await.expect_err("nowhere").code, "DATA_FOLDER");
    }

    #[test]
    fn readers_are_as_many_and_as_patient_as_was_set() {
        let folder = tempfile::tempdir().expect("a folder");
        let usual = Limits { workers: 4, seconds: 30, ..Limits::default() };
        let now = |set: Preferences| {
            write(folder.path(), &set).expect("kept");
            let limits = super::super::preferred_limits(folder.path(), usual);
            (limits.workers, limits.seconds)
        };
        assert_eq!(now(Preferences::default()), (4, 30));
        assert_eq!(now(Preferences { workers: Some(2), ..Preferences::default() }), (2, 30));
        assert_eq!(now(Preferences { workers: Some(0), reader_seconds: Some(90), ..Preferences::default() }), (4, 90));
    }
}
