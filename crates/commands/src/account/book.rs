//! The book of accounts: who may sign in where, and which one is current. Shared by the command
//! line and the window. Never a secret.

use std::path::{Path, PathBuf};

use model::Failure;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::vault::KeepIn;
use crate::workplace::{disk, replace};

/// How an account proves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Method {
    /// In the browser; a refresh token is kept.
    Browser,
    /// Name and password (and second factor); they are kept.
    Password,
    /// A service account; its secret is kept.
    Client,
}

/// An account as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Account {
    /// `production/camille`: what one types, and what the keychain shows.
    pub id: String,
    pub profile: String,
    pub method: Method,
    /// The realm's own name for the person.
    #[serde(default)]
    pub subject: Option<String>,
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    /// The datastore in use.
    #[serde(default)]
    pub datastore: Option<String>,
    #[serde(default)]
    pub datastore_name: Option<String>,
    /// From 0: tells accounts apart at a glance, beside their names.
    #[serde(default)]
    pub colour: u8,
    pub keep: KeepIn,
}

impl Account {
    /// Who, in a line: `camille (production)`.
    #[must_use]
    pub fn shown(&self) -> String {
        let who = self.username.as_ref().or(self.email.as_ref()).unwrap_or(&self.id);
        format!("{who} ({})", self.profile)
    }
}

/// The accounts of this machine's user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Book {
    /// `sandbox`, or an account's id; nothing before anybody signed in.
    pub current: Option<String>,
    pub accounts: Vec<Account>,
}

fn file(settings: &Path) -> PathBuf {
    settings.join("accounts.json")
}

impl Book {
    /// # Errors
    /// When it is there and cannot be read: it is not written over.
    pub fn read(settings: &Path) -> Result<Self, Failure> {
        let path = file(settings);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(fault) => return Err(disk(["Lecture des comptes", "Reading the accounts"], &fault)),
        };
        serde_json::from_slice(&text).map_err(|e| {
            Failure::new(
                "SETTINGS_UNREADABLE",
                format!("Le fichier des comptes « {} » ne se lit pas : {e}", path.display()),
                format!("The file of accounts `{}` cannot be read: {e}", path.display()),
            )
            .hint("Corrigez-le, ou effacez-le et reconnectez-vous.", "Mend it, or remove it and sign in again.")
        })
    }

    /// Reads, changes and writes, alone: two programs may do so at the same time.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn change<T>(settings: &Path, how: impl FnOnce(&mut Self) -> T) -> Result<T, Failure> {
        let doing = ["Écriture des comptes", "Writing the accounts"];
        std::fs::create_dir_all(settings).map_err(|e| disk(doing, &e))?;
        let lock = std::fs::File::create(settings.join("accounts.lock")).map_err(|e| disk(doing, &e))?;
        lock.lock().map_err(|e| disk(doing, &e))?;
        let mut book = Self::read(settings)?;
        let done = how(&mut book);
        let text = serde_json::to_vec_pretty(&book).map_err(|e| disk(doing, &e))?;
        replace(&file(settings), &text, doing)?;
        Ok(done)
    }

    /// An account by its id, or by the part of it that only one has.
    ///
    /// # Errors
    /// When none or several answer to the name.
    pub fn named(&self, name: &str) -> Result<&Account, Failure> {
        if let Some(account) = self.accounts.iter().find(|a| a.id == name) {
            return Ok(account);
        }
        let fits =
            |a: &&Account| a.profile == name || a.username.as_deref() == Some(name) || a.email.as_deref() == Some(name);
        let mut fitting = self.accounts.iter().filter(fits);
        let ids = || self.accounts.iter().map(|a| a.id.as_str()).collect::<Vec<_>>().join(", ");
        match (fitting.next(), fitting.next()) {
            (Some(account), None) => Ok(account),
            (Some(_), Some(_)) => Err(Failure::new(
                "ACCOUNT_AMBIGUOUS",
                format!("Plusieurs comptes répondent à « {name} » : {}.", ids()),
                format!("Several accounts answer to `{name}`: {}.", ids()),
            )
            .hint("Donnez le nom entier.", "Give the whole name.")),
            _ => Err(Failure::new(
                "ACCOUNT_UNKNOWN",
                format!(
                    "Aucun compte « {name} ». Connus : {}.",
                    if self.accounts.is_empty() { "aucun".to_owned() } else { ids() }
                ),
                format!(
                    "There is no account `{name}`. Known: {}.",
                    if self.accounts.is_empty() { "none".to_owned() } else { ids() }
                ),
            )
            .hint(
                "`quai profiles` les montre ; `quai login` en ajoute un.",
                "`quai profiles` shows them; `quai login` adds one.",
            )),
        }
    }

    /// Adds an account, or puts it in the place of the same one; it becomes the current one.
    pub(super) fn add(&mut self, mut account: Account) -> Account {
        match self.accounts.iter_mut().find(|a| a.id == account.id) {
            Some(held) => {
                account.colour = held.colour;
                if account.datastore.is_none() {
                    account.datastore.clone_from(&held.datastore);
                    account.datastore_name.clone_from(&held.datastore_name);
                }
                *held = account.clone();
            }
            None => {
                let taken: Vec<u8> = self.accounts.iter().map(|a| a.colour).collect();
                account.colour = (0..=u8::MAX).find(|c| !taken.contains(c)).unwrap_or_default();
                self.accounts.push(account.clone());
            }
        }
        self.current = Some(account.id.clone());
        account
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str, username: &str) -> Account {
        Account {
            id: id.to_owned(),
            profile: id.split('/').next().unwrap_or_default().to_owned(),
            method: Method::Browser,
            subject: None,
            username: Some(username.to_owned()),
            email: None,
            datastore: Some("d".to_owned()),
            datastore_name: None,
            colour: 0,
            keep: KeepIn::Keychain,
        }
    }

    #[test]
    fn accounts_are_told_apart_and_found_by_what_only_one_has() {
        let folder = tempfile::tempdir().unwrap();
        Book::change(folder.path(), |book| {
            book.add(account("production/camille", "camille"));
            book.add(account("qualification/camille", "camille"));
            book.add(account("production/dominique", "dominique"));
        })
        .unwrap();
        let book = Book::read(folder.path()).unwrap();
        assert_eq!(book.current.as_deref(), Some("production/dominique"));
        assert_eq!(book.accounts.iter().map(|a| a.colour).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(book.named("qualification").unwrap().id, "qualification/camille");
        assert_eq!(book.named("dominique").unwrap().id, "production/dominique");
        assert_eq!(book.named("camille").unwrap_err().code, "ACCOUNT_AMBIGUOUS");
        assert_eq!(book.named("personne").unwrap_err().code, "ACCOUNT_UNKNOWN");
    }

    #[test]
    fn a_book_that_cannot_be_read_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("accounts.json"), "{").unwrap();
        assert_eq!(Book::change(folder.path(), |_| ()).unwrap_err().code, "SETTINGS_UNREADABLE");
        assert_eq!(std::fs::read(folder.path().join("accounts.json")).unwrap(), b"{");
    }
}
