//! Where secrets are kept: the system's keychain; a file under a passphrase where there is none; or
//! the memory of this run. Nothing here is ever shown or logged.

mod encrypted;
mod keychain;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use model::Failure;
use platform::auth::Secret;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the secrets of an account are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum KeepIn {
    /// The system's: Secret Service, Windows' Credential Manager, macOS's Keychain.
    #[default]
    Keychain,
    /// A file, encrypted under a passphrase.
    File,
    /// Nowhere: signed in until the program ends.
    Run,
}

/// The secrets of one account, as they are kept.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Secrets {
    #[serde(with = "plain", skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Secret>,
    #[serde(with = "plain", skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// The seed of the second factor; digits are not worth keeping.
    #[serde(with = "plain", skip_serializing_if = "Option::is_none")]
    pub totp: Option<Secret>,
    #[serde(with = "plain", skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secrets)")
    }
}

/// A secret in the only JSON that holds one: what the keychain or the encrypted file is given.
mod plain {
    use super::Secret;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde's own signature")]
    pub(super) fn serialize<S: Serializer>(secret: &Option<Secret>, to: S) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(Secret::reveal).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(Secret::new))
    }
}

/// The three places, and what opens the file.
#[derive(Debug)]
pub struct Vault {
    file: encrypted::Encrypted,
    run: Mutex<BTreeMap<String, Secrets>>,
    /// Of the file, where the environment gives it.
    passphrase: Option<Secret>,
}

impl Vault {
    #[must_use]
    pub fn new(settings: PathBuf, passphrase: Option<Secret>) -> Self {
        Self { file: encrypted::Encrypted::new(settings), run: Mutex::default(), passphrase }
    }

    /// Makes sure that a place can be written before something is obtained to be kept there.
    ///
    /// # Errors
    /// `NO_KEYCHAIN`, `LOCKED`, `WRONG_PASSPHRASE`.
    pub fn ready(&self, keep: KeepIn) -> Result<(), Failure> {
        match keep {
            KeepIn::Keychain => Self::try_keychain().map_err(|e| no_keychain(&e)),
            KeepIn::File => self.open_file().and_then(|()| self.file.read().map(drop)),
            KeepIn::Run => Ok(()),
        }
    }

    fn open_file(&self) -> Result<(), Failure> {
        match &self.passphrase {
            Some(passphrase) if !self.file.is_unlocked() => self.file.unlock(passphrase),
            _ => Ok(()),
        }
    }

    /// Gives the passphrase of the encrypted file; makes the file when there is none.
    ///
    /// # Errors
    /// When it is not the right one.
    pub fn unlock(&self, passphrase: &Secret) -> Result<(), Failure> {
        self.file.unlock(passphrase)
    }

    /// Whether the encrypted file was opened in this run.
    #[must_use]
    pub fn is_unlocked(&self) -> bool {
        self.file.is_unlocked()
    }

    /// Whether the system's keychain keeps what it is given; why not, in its own words.
    ///
    /// # Errors
    /// What the keychain says.
    pub fn try_keychain() -> Result<(), String> {
        keychain::try_out()
    }

    /// # Errors
    /// When the place cannot be read.
    pub fn read(&self, keep: KeepIn, id: &str) -> Result<Option<Secrets>, Failure> {
        match keep {
            KeepIn::Keychain => {
                let text = keychain::read(id).map_err(|e| no_keychain(&e))?;
                Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
            }
            KeepIn::File => {
                self.open_file()?;
                Ok(self.file.read()?.remove(id))
            }
            KeepIn::Run => Ok(self.run.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()),
        }
    }

    /// # Errors
    /// When the place cannot be written.
    pub fn write(&self, keep: KeepIn, id: &str, secrets: &Secrets) -> Result<(), Failure> {
        match keep {
            KeepIn::Keychain => {
                let text = serde_json::to_string(secrets).unwrap_or_default();
                keychain::write(id, &text).map_err(|e| no_keychain(&e))
            }
            KeepIn::File => {
                self.open_file()?;
                self.file.change(|all| drop(all.insert(id.to_owned(), secrets.clone())))
            }
            KeepIn::Run => {
                let mut held = self.run.lock().unwrap_or_else(PoisonError::into_inner);
                held.insert(id.to_owned(), secrets.clone());
                Ok(())
            }
        }
    }

    /// # Errors
    /// When the place cannot be written.
    pub fn forget(&self, keep: KeepIn, id: &str) -> Result<(), Failure> {
        match keep {
            KeepIn::Keychain => keychain::forget(id).map_err(|e| no_keychain(&e)),
            KeepIn::File => {
                self.open_file()?;
                self.file.change(|all| drop(all.remove(id)))
            }
            KeepIn::Run => {
                self.run.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
                Ok(())
            }
        }
    }
}

fn no_keychain(says: &str) -> Failure {
    Failure::new(
        "NO_KEYCHAIN",
        format!("Le trousseau du système ne s’ouvre pas : {says}"),
        format!("The system's keychain does not open: {says}"),
    )
    .hint(
        "Ouvrez-le, ou gardez la connexion dans un fichier protégé par une phrase de passe (`--keep file`).",
        "Unlock it, or keep the sign-in in a file under a passphrase (`--keep file`).",
    )
}
