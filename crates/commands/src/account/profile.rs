//! Profiles: where a platform and its identity provider are, and by which client id one signs in.
//! Settings, all of them: what is known of each is in `docs/reference/profiles`. No secret here.

use std::path::{Path, PathBuf};

use model::Failure;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Workplace;
use crate::workplace::replace;

/// The redirect of RFC 8252: this machine, any port.
const ANY_PORT: &str = "http://127.0.0.1/callback";
/// The embedded sandbox's own name.
pub(crate) const SANDBOX: &str = "sandbox";

/// A platform, and the realm that one signs in to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Profile {
    /// `production`; letters, digits, `-`, `_`, `.`.
    pub name: String,
    /// French first.
    pub title: [String; 2],
    /// `https://data.geopf.fr/api`.
    pub api: String,
    /// Where the discovery document is, without `/.well-known/…`.
    #[serde(default)]
    pub issuer: Option<String>,
    /// For realms without a discovery document.
    #[serde(default)]
    pub token_url: Option<String>,
    /// Given by whoever runs the realm.
    #[serde(default)]
    pub client_id: Option<String>,
    /// `http://127.0.0.1/callback` for any port, else with the port that the realm knows.
    #[serde(default = "any_port")]
    pub redirect: String,
    /// Asked for beside `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
}

fn any_port() -> String {
    ANY_PORT.to_owned()
}

impl Profile {
    fn known(name: &str, title: [&str; 2], api: &str, issuer: &str) -> Self {
        Self {
            name: name.to_owned(),
            title: title.map(str::to_owned),
            api: api.to_owned(),
            issuer: Some(issuer.to_owned()),
            token_url: None,
            client_id: None,
            redirect: any_port(),
            scopes: Vec::new(),
        }
    }

    /// What is missing before one can sign in by the browser, French first.
    #[must_use]
    pub fn missing(&self) -> Option<[String; 2]> {
        let lacks = |fr: &str, en: &str| Some([fr.to_owned(), en.to_owned()]);
        if self.issuer.is_none() {
            return lacks("l’adresse du fournisseur d’identité (issuer)", "the identity provider's address (issuer)");
        }
        if self.client_id.is_none() {
            return lacks(
                "l’identifiant de client (client id) que donne l’exploitant de la plateforme",
                "the client id that whoever runs the platform gives",
            );
        }
        None
    }
}

/// Those that need not be written down.
fn known() -> Vec<Profile> {
    vec![
        Profile::known(
            "production",
            ["Géoplateforme", "Géoplateforme"],
            "https://data.geopf.fr/api",
            "https://sso.geopf.fr/realms/geoplateforme",
        ),
        Profile::known(
            "qualification",
            ["Géoplateforme, qualification", "Géoplateforme, qualification"],
            "https://data-qua.priv.geopf.fr/api",
            "https://sso-qua.priv.geopf.fr/realms/geoplateforme",
        ),
    ]
}

fn file(settings: &Path) -> PathBuf {
    settings.join("profiles.json")
}

fn written(settings: &Path) -> Result<Vec<Profile>, Failure> {
    let path = file(settings);
    let Ok(text) = std::fs::read(&path) else { return Ok(Vec::new()) };
    serde_json::from_slice(&text).map_err(|e| {
        Failure::new(
            "SETTINGS_UNREADABLE",
            format!("Le fichier des profils « {} » ne se lit pas : {e}", path.display()),
            format!("The file of profiles `{}` cannot be read: {e}", path.display()),
        )
        .hint("Corrigez-le, ou effacez-le.", "Mend it, or remove it.")
    })
}

fn write(settings: &Path, all: &[Profile]) -> Result<(), Failure> {
    let doing = ["Écriture des profils", "Writing the profiles"];
    let text = serde_json::to_vec_pretty(all).map_err(|e| crate::workplace::disk(doing, &e))?;
    replace(&file(settings), &text, doing)
}

/// Every profile, one's own in the place of a known one of the same name. The sandbox is last,
/// and its addresses are known while it runs.
///
/// # Errors
/// When the file of profiles cannot be read.
pub async fn profiles(work: &Workplace) -> Result<Vec<Profile>, Failure> {
    let mut all = known();
    for own in written(&work.settings)? {
        match all.iter_mut().find(|p| p.name == own.name) {
            Some(held) => *held = own,
            None => all.push(own),
        }
    }
    let ready = crate::alive_sandbox(work).await;
    all.push(sandbox(ready.as_ref()));
    Ok(all)
}

/// The sandbox's profile; without addresses while it is stopped.
pub(crate) fn sandbox(ready: Option<&sandbox::Ready>) -> Profile {
    let issuer = ready.and_then(|r| r.token_url.strip_suffix("/protocol/openid-connect/token")).map(str::to_owned);
    Profile {
        name: SANDBOX.to_owned(),
        title: ["Bac à sable de cette machine", "This machine's sandbox"].map(str::to_owned),
        api: ready.map(|r| r.api.clone()).unwrap_or_default(),
        issuer,
        token_url: ready.map(|r| r.token_url.clone()),
        client_id: ready.map(|r| r.client_id.clone()),
        redirect: any_port(),
        scopes: Vec::new(),
    }
}

/// One profile.
///
/// # Errors
/// When there is none of that name.
pub async fn profile(work: &Workplace, name: &str) -> Result<Profile, Failure> {
    let all = profiles(work).await?;
    let names: Vec<String> = all.iter().map(|p| p.name.clone()).collect();
    all.into_iter().find(|p| p.name == name).ok_or_else(|| {
        Failure::new(
            "PROFILE_UNKNOWN",
            format!("Aucun profil « {name} ». Connus : {}.", names.join(", ")),
            format!("There is no profile `{name}`. Known: {}.", names.join(", ")),
        )
        .hint(
            "Ajoutez-le : quai profiles set NOM --api-url … --issuer … --client-id …",
            "Add it: quai profiles set NAME --api-url … --issuer … --client-id …",
        )
    })
}

/// Keeps a profile of one's own, or changes a known one.
///
/// # Errors
/// When a value is none, or the settings cannot be written.
pub fn save_profile(work: &Workplace, profile: &Profile) -> Result<(), Failure> {
    let wrong = |fr: String, en: String| Err(Failure::new("PROFILE_WRONG", fr, en));
    let name = &profile.name;
    if name.is_empty() || name == SANDBOX || !name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)) {
        return wrong(
            format!("« {name} » ne peut pas nommer un profil : lettres, chiffres, « - », « _ », « . »."),
            format!("`{name}` cannot name a profile: letters, digits, `-`, `_`, `.`."),
        );
    }
    let addresses = [Some(&profile.api), profile.issuer.as_ref(), profile.token_url.as_ref()];
    for address in addresses.into_iter().flatten() {
        let url = url::Url::parse(address).ok();
        let near =
            url.as_ref().and_then(url::Url::host_str).is_some_and(|h| ["127.0.0.1", "localhost", "[::1]"].contains(&h));
        if !url.is_some_and(|u| u.scheme() == "https" || near && u.scheme() == "http") {
            return wrong(
                format!("« {address} » n’est pas une adresse en https://."),
                format!("`{address}` is not an https:// address."),
            );
        }
    }
    let back = url::Url::parse(&profile.redirect).ok();
    let host = back.as_ref().and_then(url::Url::host_str);
    if !host.is_some_and(|h| ["127.0.0.1", "localhost", "[::1]"].contains(&h)) {
        return wrong(
            format!("L’adresse de retour « {} » n’est pas de cette machine.", profile.redirect),
            format!("The redirect `{}` is not an address of this machine.", profile.redirect),
        );
    }
    let mut all = written(&work.settings)?;
    all.retain(|p| p.name != *name);
    all.push(profile.clone());
    write(&work.settings, &all)
}

/// Drops a profile of one's own; a known one is again as it was. True when there was one.
///
/// # Errors
/// When the settings cannot be written.
pub fn remove_profile(work: &Workplace, name: &str) -> Result<bool, Failure> {
    let mut all = written(&work.settings)?;
    let before = all.len();
    all.retain(|p| p.name != name);
    write(&work.settings, &all)?;
    Ok(all.len() < before)
}
