//! Accounts: what may be written down goes to the settings, the password to the system's keychain.

use model::Failure;
use platform::auth::Secret;

use crate::connection::{Given, Settings};
use crate::workplace::disk;
use crate::{Reach, Workplace};

/// Who is signed in, and where.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Who {
    pub api: String,
    pub datastore: String,
    pub email: Option<String>,
    /// Community and rights.
    pub communities: Vec<(String, Vec<String>)>,
}

/// # Errors
/// The platform's refusal.
pub async fn whoami(reach: &Reach) -> Result<Who, Failure> {
    let me = reach.client.me().await.map_err(|r| {
        Failure::new(
            "CONNECTION",
            format!("La plateforme n’a pas dit qui vous êtes : {r}"),
            format!("The platform did not say who you are: {r}"),
        )
        .hint("Vérifiez la connexion et le compte.", "Check the connection and the account.")
    })?;
    Ok(Who {
        api: reach.client.api().to_owned(),
        datastore: reach.datastore.clone(),
        email: me.email,
        communities: me.communities_member.into_iter().map(|m| (m.community.name, m.rights)).collect(),
    })
}

fn entry(api: &str, username: &str) -> Result<keyring::Entry, keyring::Error> {
    keyring::Entry::new("quai", &format!("{username}@{api}"))
}

pub(crate) fn stored_password(api: &str, username: &str) -> Option<Secret> {
    entry(api, username).ok()?.get_password().ok().map(Secret::new)
}

/// Keeps an account: its names in the settings, its password in the keychain.
///
/// # Errors
/// When a member is missing, or there is no keychain that opens.
pub fn sign_in(work: &Workplace, given: &Given) -> Result<(), Failure> {
    let (Some(api), Some(username), Some(password)) = (&given.api, &given.username, &given.password) else {
        return Err(Failure::new(
            "INCOMPLETE",
            "Il faut une adresse d’API, un nom et un mot de passe.",
            "An API address, a name and a password are needed.",
        ));
    };
    let kept = entry(api, username).and_then(|e| e.set_password(password.reveal()));
    kept.map_err(|fault| {
        Failure::new(
            "NO_KEYCHAIN",
            format!("Le trousseau du système ne s’ouvre pas : {fault}"),
            format!("The system's keychain does not open: {fault}"),
        )
        .hint(
            "Ouvrez-le, ou passez le mot de passe par QUAI_PASSWORD pour cette fois seulement.",
            "Unlock it, or give the password by QUAI_PASSWORD for this run only.",
        )
    })?;
    let settings = Settings {
        api: given.api.clone(),
        token_url: given.token_url.clone(),
        client_id: given.client_id.clone(),
        username: given.username.clone(),
        datastore: given.datastore.clone(),
    };
    let doing = ["Écriture des réglages", "Writing the settings"];
    std::fs::create_dir_all(&work.settings).map_err(|e| disk(doing, &e))?;
    let text = serde_json::to_vec_pretty(&settings).map_err(|e| disk(doing, &e))?;
    std::fs::write(work.settings.join("settings.json"), text).map_err(|e| disk(doing, &e))
}

/// Forgets the account: password and settings.
///
/// # Errors
/// When the settings cannot be removed.
pub fn sign_out(work: &Workplace) -> Result<(), Failure> {
    let settings = Settings::read(&work.settings);
    if let (Some(api), Some(username)) = (&settings.api, &settings.username) {
        if let Ok(entry) = entry(api, username) {
            let _ = entry.delete_credential();
        }
    }
    match std::fs::remove_file(work.settings.join("settings.json")) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
            Err(disk(["Effacement des réglages", "Removing the settings"], &fault))
        }
        _ => Ok(()),
    }
}
