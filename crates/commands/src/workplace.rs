//! Where this machine keeps Quai's things, and how it reads strangers' files.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use inspect::worker::{Limits, Pool, WorkerCommand};
use model::Failure;
use platform::auth::Secret;
use validate::Language;

use crate::account::Vault;

/// What a front door answers for the commands.
#[derive(Debug)]
pub struct Workplace {
    /// Packages, the sandbox, the journal.
    pub data: PathBuf,
    pub settings: PathBuf,
    pub language: Language,
    pub worker: WorkerCommand,
    pub limits: Limits,
    /// What keeps the accounts' secrets.
    pub vault: Arc<Vault>,
    /// How fast files are sent, whoever sends them.
    pub(crate) pace: Arc<platform::Pace>,
    pool: OnceLock<Arc<Pool>>,
    eyes: OnceLock<Arc<Pool>>,
}

impl Workplace {
    /// The usual folders, those that `QUAI_DATA_DIR` and `QUAI_CONFIG_DIR` name, or the data folder
    /// that the person chose, where it is there.
    ///
    /// # Errors
    /// When the system names no home folder, or not this program.
    pub fn usual(language: Language, limits: Limits) -> Result<Self, Failure> {
        let nowhere = || {
            Failure::new("NO_HOME", "Le système n’indique aucun dossier personnel.", "The system names no home folder.")
                .hint("Indiquez QUAI_DATA_DIR et QUAI_CONFIG_DIR.", "Set QUAI_DATA_DIR and QUAI_CONFIG_DIR.")
        };
        let own = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let usual = directories::ProjectDirs::from("fr", "quai", "quai");
        let settings =
            own("QUAI_CONFIG_DIR").or_else(|| usual.as_ref().map(|d| d.config_dir().to_owned())).ok_or_else(nowhere)?;
        let preferences = crate::desk::preferences::read(&settings);
        let data = own("QUAI_DATA_DIR")
            .or_else(|| preferences.data_folder.filter(|folder| folder.is_dir()))
            .or_else(|| usual.as_ref().map(|d| d.data_dir().to_owned()))
            .ok_or_else(nowhere)?;
        let program = command_line().ok_or_else(nowhere)?;
        let passphrase = own("QUAI_PASSPHRASE").map(|p| Secret::new(p.to_string_lossy()));
        Ok(Self {
            vault: Arc::new(Vault::new(settings.clone(), passphrase)),
            pace: Arc::new(platform::Pace::new(preferences.upload_bytes_per_second)),
            data,
            settings,
            language,
            worker: WorkerCommand { program, args: vec!["worker".into()] },
            limits,
            pool: OnceLock::new(),
            eyes: OnceLock::new(),
        })
    }

    /// Folders and a program of the caller's choice.
    #[must_use]
    pub fn at(data: PathBuf, settings: PathBuf, worker: WorkerCommand, limits: Limits) -> Self {
        let vault = Arc::new(Vault::new(settings.clone(), None));
        let (pool, eyes) = (OnceLock::new(), OnceLock::new());
        let pace = Arc::new(platform::Pace::new(crate::desk::preferences::read(&settings).upload_bytes_per_second));
        Self { data, settings, language: Language::default(), worker, limits, vault, pace, pool, eyes }
    }

    /// The workers, started when first asked.
    pub fn pool(&self) -> Arc<Pool> {
        Arc::clone(self.pool.get_or_init(|| Arc::new(Pool::new(self.worker.clone(), self.limits))))
    }

    /// Workers for what a person looks at now, who does not wait until everything else is read.
    pub(crate) fn eyes(&self) -> Arc<Pool> {
        let limits = Limits { yields: true, ..self.limits };
        Arc::clone(self.eyes.get_or_init(|| Arc::new(Pool::new(self.worker.clone(), limits))))
    }
}

/// The program whose workers and sandbox serve this one: `quai` beside it, or itself.
fn command_line() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let beside = own.with_file_name(format!("quai{}", std::env::consts::EXE_SUFFIX));
    let desktop = own.file_stem().is_some_and(|stem| stem == "quai-desktop");
    Some(if desktop && beside.is_file() { beside } else { own })
}

/// A failure of the disk, told.
pub(crate) fn disk(doing: [&str; 2], fault: &dyn std::fmt::Display) -> Failure {
    Failure::new("DISK", format!("{} : {fault}", doing[0]), format!("{}: {fault}", doing[1]))
        .hint("Vérifiez la place et les droits sur le disque.", "Check the disk's space and permissions.")
}

/// Writes a file of Quai's own whole, or leaves the one before.
pub(crate) fn replace(path: &std::path::Path, bytes: &[u8], doing: [&str; 2]) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(std::path::Path::new("."));
    std::fs::create_dir_all(folder).map_err(|e| disk(doing, &e))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|e| disk(doing, &e))?;
    std::io::Write::write_all(&mut file, bytes).map_err(|e| disk(doing, &e))?;
    file.persist(path).map(drop).map_err(|e| disk(doing, &e))
}
