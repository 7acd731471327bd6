//! The network as it is in offices: which proxy, which certificates; read from what was set, the
//! environment and the system. The proxy's password is in the keychain or the environment.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use model::Failure;
use platform::auth::Secret;
use platform::network::{Network, Pac, ProxyChoice, SystemProxy, proxy_in_environment, system_proxy};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Workplace;
use crate::account::{KeepIn, Secrets};
use crate::workplace::{disk, replace};

/// What was set of the network. Never a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct NetworkSettings {
    /// `direct`, or `http://proxy.example.org:3128`; nothing for the environment's or the system's.
    pub proxy: Option<String>,
    /// Address or path of a proxy auto-configuration script.
    pub pac: Option<String>,
    /// For a proxy that asks; its password is in the keychain.
    pub proxy_username: Option<String>,
    /// Certificate authorities to trust beside the system's, in PEM.
    pub ca_file: Option<PathBuf>,
}

/// The proxy's entry in the keychain.
const PROXY: &str = "proxy";

fn file(settings: &Path) -> PathBuf {
    settings.join("network.json")
}

/// What was set; nothing where nothing was.
#[must_use]
pub fn network_settings(settings: &Path) -> NetworkSettings {
    let text = std::fs::read(file(settings)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Whether the keychain holds a password for the proxy that asks for this name.
pub(crate) fn proxy_password_kept(work: &Workplace, set: &NetworkSettings) -> bool {
    let kept = || work.vault.read(KeepIn::Keychain, PROXY).ok().flatten();
    set.proxy_username.is_some() && kept().is_some_and(|s| s.password.is_some())
}

/// Sets the network; a password goes to the keychain, and leaves it with the name it belongs to.
///
/// # Errors
/// When a value is none, or it cannot be kept.
pub fn set_network(work: &Workplace, wanted: &NetworkSettings, password: Option<Secret>) -> Result<(), Failure> {
    if let Some(proxy) = wanted.proxy.as_deref().filter(|p| *p != "direct") {
        let url = url::Url::parse(proxy).ok().filter(url::Url::has_host);
        match url {
            None => {
                return Err(Failure::new(
                    "PROXY_WRONG",
                    format!("« {proxy} » n’est pas l’adresse d’un proxy, comme http://proxy.exemple.fr:3128."),
                    format!("`{proxy}` is not the address of a proxy, as http://proxy.example.org:3128."),
                ));
            }
            Some(url) if url.password().is_some() => {
                return Err(Failure::new(
                    "PROXY_WRONG",
                    "L’adresse du proxy contient un mot de passe, qui serait écrit en clair.",
                    "The proxy's address holds a password, which would be written in clear.",
                )
                .hint(
                    "Donnez le nom avec --proxy-user ; le mot de passe est demandé, ou lu dans QUAI_PROXY_PASSWORD.",
                    "Give the name by --proxy-user; the password is asked for, or read from QUAI_PROXY_PASSWORD.",
                ));
            }
            Some(_) => {}
        }
    }
    let before = network_settings(&work.settings);
    // one that was taken and is gone since stands in the way of nothing else that is set
    if let Some(path) = wanted.ca_file.as_ref().filter(|path| before.ca_file.as_ref() != Some(*path)) {
        authorities_in(path)?;
    }
    if wanted.proxy_username != before.proxy_username && before.proxy_username.is_some() {
        // never offered in another one's name; without a keychain there is none to forget
        let _ = work.vault.forget(KeepIn::Keychain, PROXY);
    }
    if let Some(password) = password.filter(|_| wanted.proxy_username.is_some()) {
        let secrets = Secrets { password: Some(password), ..Secrets::default() };
        work.vault.write(KeepIn::Keychain, PROXY, &secrets)?;
    }
    let doing = ["Écriture des réglages du réseau", "Writing the network settings"];
    let text = serde_json::to_vec_pretty(wanted).map_err(|e| disk(doing, &e))?;
    replace(&file(&work.settings), &text, doing)
}

fn authorities(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = std::fs::read(path).map_err(|e| {
        Failure::new(
            "CA_FILE",
            format!("Le certificat « {} » ne se lit pas : {e}", path.display()),
            format!("The certificate `{}` cannot be read: {e}", path.display()),
        )
        .hint(
            "Redonnez le fichier, ou retirez-le : Réglages › Réseau, ou quai network --trust none.",
            "Give the file again, or remove it: Settings › Network, or quai network --trust none.",
        )
    })?;
    // bare DER, as Windows exports it, begins a sequence
    if read.first() != Some(&0x30) {
        return Ok(read);
    }
    let text = base64::engine::general_purpose::STANDARD.encode(&read);
    Ok(format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n").into_bytes())
}

/// How many certificates a file holds.
///
/// # Errors
/// `CA_FILE` when it holds none, or one that cannot be used.
pub(crate) fn authorities_in(path: &Path) -> Result<usize, Failure> {
    let alone = Network { proxy: ProxyChoice::Direct, extra_ca_pem: Some(authorities(path)?), ..Network::default() };
    let counted = alone.authorities().and_then(|all| alone.client().map(|_| all.len()));
    counted.map_err(|refusal| {
        Failure::new(
            "CA_FILE",
            format!("« {} » n’est pas un certificat d’autorité : {}", path.display(), refusal.says),
            format!("`{}` is not a certificate of an authority: {}", path.display(), refusal.says),
        )
        .hint(
            "Demandez à votre service informatique le certificat racine, en PEM (.pem, .crt) ou en DER (.cer).",
            "Ask your IT department for the root certificate, in PEM (.pem, .crt) or DER (.cer).",
        )
    })
}

/// The file of authorities that no setting changes: the command line's, or the environment's.
pub(crate) fn named_authorities(given: Option<&Path>) -> Option<PathBuf> {
    let named = || std::env::var_os("QUAI_CA_FILE").filter(|v| !v.is_empty()).map(PathBuf::from);
    given.map(Path::to_owned).or_else(named)
}

/// The network to use; `ca_file` comes before what was set.
///
/// # Errors
/// `CA_FILE`, or `PAC` when a proxy script cannot be had or read.
pub(crate) async fn network_of(work: &Workplace, ca_file: Option<&Path>) -> Result<Network, Failure> {
    let set = network_settings(&work.settings);
    let ca = named_authorities(ca_file).or(set.ca_file);
    let extra_ca_pem = ca.as_deref().map(authorities).transpose()?;
    let environment = proxy_in_environment();
    let script = set.pac.or_else(|| std::env::var("QUAI_PAC_URL").ok().filter(|v| !v.is_empty()));
    let proxy = match (set.proxy.as_deref(), script) {
        (Some("direct"), _) => ProxyChoice::Direct,
        (Some(url), _) => ProxyChoice::Fixed(url.to_owned()),
        (None, Some(script)) => ProxyChoice::Pac(pac(&script).await?),
        (None, None) => match system_proxy() {
            SystemProxy::Automatic(script) if !environment => ProxyChoice::Pac(pac(&script).await?),
            _ => ProxyChoice::System,
        },
    };
    let username = std::env::var("QUAI_PROXY_USERNAME").ok().filter(|v| !v.is_empty()).or(set.proxy_username);
    let proxy_login = match username {
        None => None,
        Some(name) => match std::env::var("QUAI_PROXY_PASSWORD") {
            Ok(password) => Some((name, Secret::new(password))),
            Err(_) => {
                let vault = Arc::clone(&work.vault);
                let kept = tokio::task::spawn_blocking(move || vault.read(KeepIn::Keychain, PROXY)).await;
                let kept = kept.ok().and_then(Result::ok).flatten();
                kept.and_then(|s| s.password).map(|password| (name, password))
            }
        },
    };
    Ok(Network { proxy, proxy_login, extra_ca_pem, pace: Some(Arc::clone(&work.pace)) })
}

/// Fetches and reads a proxy script: from a file or, directly, from an address.
async fn pac(script: &str) -> Result<Arc<Pac>, Failure> {
    let fault = |says: String| {
        Failure::new(
            "PAC",
            format!("Le script de configuration du proxy « {script} » ne peut pas servir : {says}"),
            format!("The proxy configuration script `{script}` cannot be used: {says}"),
        )
        .hint(
            "Vérifiez son adresse, ou indiquez le proxy lui-même : quai network --proxy …",
            "Check its address, or name the proxy itself: quai network --proxy …",
        )
    };
    let path = script.strip_prefix("file://").unwrap_or(script);
    let text = if script.starts_with("http://") || script.starts_with("https://") {
        let direct = Network { proxy: ProxyChoice::Direct, ..Network::default() };
        let client = direct.client().map_err(|r| fault(r.says))?;
        let answer = client.get(script).timeout(Duration::from_secs(10)).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status).map_err(|e| fault(e.to_string()))?;
        answer.text().await.map_err(|e| fault(e.to_string()))?
    } else {
        tokio::fs::read_to_string(path).await.map_err(|e| fault(e.to_string()))?
    };
    let read = tokio::task::spawn_blocking(move || Pac::new(&text)).await.map_err(|e| fault(e.to_string()))?;
    read.map(Arc::new).map_err(fault)
}
