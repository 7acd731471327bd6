//! A file under a passphrase, for machines without a keychain. The `age` format: an identity of its
//! own is under the passphrase (slow on purpose, once a run), the secrets are under the identity.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use age::secrecy::{ExposeSecret, SecretString};
use age::{scrypt, x25519};
use model::Failure;
use platform::auth::Secret;

use super::Secrets;
use crate::workplace::{disk, replace};

/// Tries at a passphrase cost about half a second and 128 MiB each.
const WORK: u8 = 17;
const DOING: [&str; 2] = ["Fichier protégé des comptes", "Protected file of accounts"];

pub(super) struct Encrypted {
    settings: PathBuf,
    open: Mutex<Option<x25519::Identity>>,
}

impl std::fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(encrypted file)")
    }
}

fn wrong() -> Failure {
    Failure::new(
        "WRONG_PASSPHRASE",
        "La phrase de passe n’ouvre pas le fichier protégé des comptes.",
        "The passphrase does not open the protected file of accounts.",
    )
    .hint(
        "Vérifiez-la. Si elle est perdue, effacez les fichiers secrets.key.age et secrets.age, puis reconnectez-vous.",
        "Check it. If it is lost, remove the files secrets.key.age and secrets.age, then sign in again.",
    )
}

fn locked() -> Failure {
    Failure::new(
        "LOCKED",
        "Ce compte est gardé dans un fichier protégé, qui n’a pas été ouvert.",
        "This account is kept in a protected file, which was not opened.",
    )
    .hint("Donnez la phrase de passe (QUAI_PASSPHRASE).", "Give the passphrase (QUAI_PASSPHRASE).")
}

fn seal(recipient: &dyn age::Recipient, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let fault = |e: &dyn std::fmt::Display| disk(DOING, e);
    let encryptor = age::Encryptor::with_recipients(std::iter::once(recipient)).map_err(|e| fault(&e))?;
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed).map_err(|e| fault(&e))?;
    writer.write_all(bytes).map_err(|e| fault(&e))?;
    writer.finish().map_err(|e| fault(&e))?;
    Ok(sealed)
}

fn unseal(identity: &dyn age::Identity, sealed: &[u8]) -> Result<Vec<u8>, Failure> {
    let decryptor = age::Decryptor::new(sealed).map_err(|e| disk(DOING, &e))?;
    let mut reader = decryptor.decrypt(std::iter::once(identity)).map_err(|_| wrong())?;
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(|e| disk(DOING, &e))?;
    Ok(bytes)
}

impl Encrypted {
    pub(super) fn new(settings: PathBuf) -> Self {
        Self { settings, open: Mutex::default() }
    }

    pub(super) fn is_unlocked(&self) -> bool {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(super) fn unlock(&self, passphrase: &Secret) -> Result<(), Failure> {
        let path = self.settings.join("secrets.key.age");
        let phrase = SecretString::from(passphrase.reveal().to_owned());
        let identity = match std::fs::read(&path) {
            Ok(sealed) => {
                let text = unseal(&scrypt::Identity::new(phrase), &sealed)?;
                let text = String::from_utf8(text).map_err(|e| disk(DOING, &e))?;
                x25519::Identity::from_str(text.trim()).map_err(|e| disk(DOING, &e))?
            }
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {
                if passphrase.reveal().chars().count() < 8 {
                    return Err(Failure::new(
                        "WRONG_PASSPHRASE",
                        "La phrase de passe est trop courte : huit caractères au moins.",
                        "The passphrase is too short: eight characters at least.",
                    ));
                }
                let identity = x25519::Identity::generate();
                let mut recipient = scrypt::Recipient::new(phrase);
                recipient.set_work_factor(WORK);
                replace(&path, &seal(&recipient, identity.to_string().expose_secret().as_bytes())?, DOING)?;
                identity
            }
            Err(fault) => return Err(disk(DOING, &fault)),
        };
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(identity);
        Ok(())
    }

    pub(super) fn read(&self) -> Result<BTreeMap<String, Secrets>, Failure> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let identity = open.as_ref().ok_or_else(locked)?;
        match std::fs::read(self.settings.join("secrets.age")) {
            Ok(sealed) => serde_json::from_slice(&unseal(identity, &sealed)?).map_err(|e| disk(DOING, &e)),
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(fault) => Err(disk(DOING, &fault)),
        }
    }

    pub(super) fn change(&self, how: impl FnOnce(&mut BTreeMap<String, Secrets>)) -> Result<(), Failure> {
        if !self.is_unlocked() {
            return Err(locked());
        }
        std::fs::create_dir_all(&self.settings).map_err(|e| disk(DOING, &e))?;
        let lock = std::fs::File::create(self.settings.join("secrets.lock")).map_err(|e| disk(DOING, &e))?;
        lock.lock().map_err(|e| disk(DOING, &e))?;
        let mut all = self.read()?;
        how(&mut all);
        let text = serde_json::to_vec(&all).map_err(|e| disk(DOING, &e))?;
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let identity = open.as_ref().ok_or_else(locked)?;
        replace(&self.settings.join("secrets.age"), &seal(&identity.to_public(), &text)?, DOING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back_with_the_passphrase_only_and_is_nowhere_in_clear() {
        let folder = tempfile::tempdir().unwrap();
        let file = Encrypted::new(folder.path().to_owned());
        assert_eq!(file.read().unwrap_err().code, "LOCKED");
        assert_eq!(file.unlock(&Secret::new("court")).unwrap_err().code, "WRONG_PASSPHRASE");
        let phrase = Secret::new("une phrase de passe");
        file.unlock(&phrase).unwrap();
        let kept = Secrets { refresh: Some(Secret::new("jeton-tres-secret")), ..Secrets::default() };
        file.change(|all| drop(all.insert("a/b".to_owned(), kept.clone()))).unwrap();
        let later = Encrypted::new(folder.path().to_owned());
        assert_eq!(later.unlock(&Secret::new("une autre phrase")).unwrap_err().code, "WRONG_PASSPHRASE");
        later.unlock(&phrase).unwrap();
        assert_eq!(later.read().unwrap().get("a/b"), Some(&kept));
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(5).any(|w| w == b"jeton"));
        }
    }
}
