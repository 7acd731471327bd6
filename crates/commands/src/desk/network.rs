//! The network for a page: what is set of it, the file of authorities, and the doctor. The proxy's
//! password passes through once, towards the keychain; a file comes from a dialog, never from the page.

use model::Failure;
use platform::auth::Secret;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Desk, Tell};
use crate::network::{
    NetworkSettings, authorities_in, named_authorities, network_settings, proxy_password_kept, set_network,
};
use crate::{Hop, doctor};

/// What is set of the network, as a page may see it.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct NetworkShown {
    #[serde(flatten)]
    pub settings: NetworkSettings,
    /// Whether the keychain holds the proxy's password, which is never shown.
    pub proxy_password_kept: bool,
    /// Nothing where only the system's are trusted.
    pub authorities: Option<AuthoritiesShown>,
}

/// The file of certificate authorities in force.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct AuthoritiesShown {
    pub file: String,
    /// How many certificates are in it.
    pub certificates: usize,
    /// Why it cannot be used: nothing is reached then.
    pub fault: Option<Failure>,
    /// The environment or the command line names it: no setting changes it.
    pub fixed: bool,
}

/// What to set of the network.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct NetworkWish {
    #[serde(flatten)]
    pub settings: NetworkSettings,
    /// Of the proxy: passes once, towards the keychain. Where it is absent, the one kept stays.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub proxy_password: Option<Secret>,
}

impl Desk {
    pub(super) fn network(&self) -> NetworkShown {
        let settings = network_settings(&self.work.settings);
        let named = named_authorities(self.given.ca_file.as_deref());
        let fixed = named.is_some();
        let authorities = named.or_else(|| settings.ca_file.clone()).map(|file| {
            let (certificates, fault) = match authorities_in(&file) {
                Ok(many) => (many, None),
                Err(failure) => (0, Some(failure)),
            };
            AuthoritiesShown { file: file.display().to_string(), certificates, fault, fixed }
        });
        NetworkShown { proxy_password_kept: proxy_password_kept(&self.work, &settings), settings, authorities }
    }

    /// Sets what the page asks; a file of authorities is never the page's to name: it may only give
    /// it up.
    pub(super) async fn set_network(&self, wanted: NetworkWish) -> Result<NetworkShown, Failure> {
        let kept = network_settings(&self.work.settings).ca_file;
        let settings = NetworkSettings { ca_file: wanted.settings.ca_file.clone().and(kept), ..wanted.settings };
        set_network(&self.work, &settings, wanted.proxy_password)?;
        self.forget_reaches().await;
        Ok(self.network())
    }

    /// Lets the person choose whom to trust beside the system's authorities.
    pub(super) async fn choose_authorities(&self) -> Result<NetworkShown, Failure> {
        if let Some(file) = self.host.choose_files().await.into_iter().next() {
            let wanted = NetworkSettings { ca_file: Some(file), ..network_settings(&self.work.settings) };
            set_network(&self.work, &wanted, None)?;
            self.forget_reaches().await;
        }
        Ok(self.network())
    }

    /// Tries each hop, and tells it as it was tried.
    pub(super) async fn doctor(&self, call: Option<&str>, tell: Tell<'_>) -> Result<Vec<Hop>, Failure> {
        let (cancel, _end) = self.cancellable(call);
        let told = |hop: &Hop| tell(serde_json::to_value(hop).unwrap_or_default());
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Failure::new("CANCELLED", "Interrompu à votre demande.", "Stopped, as you asked.")),
            hops = doctor(&self.work, &self.given, &told) => hops,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use super::*;
    use crate::worker::WorkerCommand;
    use crate::{Given, Limits, Workplace};

    struct Chooser(Vec<PathBuf>);

    #[async_trait::async_trait]
    impl super::super::Host for Chooser {
        async fn choose_files(&self) -> Vec<PathBuf> {
            self.0.clone()
        }

        async fn choose_folder(&self) -> Vec<PathBuf> {
            Vec::new()
        }

        fn ended(&self, _: &super::super::Delivery, _: bool) {}
    }

    fn desk(folder: &Path, chosen: &[PathBuf]) -> Arc<Desk> {
        let worker = WorkerCommand { program: "nothing".into(), args: Vec::new() };
        let work = Workplace::at(folder.join("data"), folder.join("settings"), worker, Limits::default());
        Desk::new(Arc::new(work), Given::default(), Box::new(Chooser(chosen.to_owned())))
    }

    fn wish(settings: NetworkSettings) -> NetworkWish {
        NetworkWish { settings, proxy_password: None }
    }

    #[tokio::test]
    async fn whom_to_trust_comes_from_a_dialog_and_never_from_the_page() {
        let folder = tempfile::tempdir().expect("a folder");
        let (pem, der) = (folder.path().join("mairie.pem"), folder.path().join("mairie.cer"));
        std::fs::write(&pem, ROOT.repeat(2)).expect("a file");
        let body: String = ROOT.lines().filter(|l| !l.starts_with("-----")).collect();
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body).expect("base64");
        std::fs::write(&der, bytes).expect("a file");
        for (file, certificates) in [(&pem, 2), (&der, 1)] {
            let own = desk(folder.path(), std::slice::from_ref(file));
            let said = NetworkSettings { ca_file: Some("/etc/passwd".into()), ..NetworkSettings::default() };
            assert!(own.set_network(wish(said.clone())).await.expect("kept").authorities.is_none());
            let shown = own.choose_authorities().await.expect("chosen").authorities.expect("shown");
            assert_eq!((shown.certificates, shown.fault, shown.fixed), (certificates, None, false));
            let named = own.set_network(wish(said)).await.expect("kept").settings.ca_file;
            assert_eq!(named.as_ref(), Some(file), "the page may keep it, not name another");
            assert!(own.set_network(wish(NetworkSettings::default())).await.expect("kept").authorities.is_none());
        }
    }

    #[tokio::test]
    async fn a_file_that_holds_no_certificate_is_refused_and_one_that_is_gone_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let (text, pem) = (folder.path().join("note.txt"), folder.path().join("mairie.pem"));
        std::fs::write(&text, "bonjour").expect("a file");
        let own = desk(folder.path(), std::slice::from_ref(&text));
        assert_eq!(own.choose_authorities().await.expect_err("no certificate").code, "CA_FILE");
        assert!(own.network().authorities.is_none(), "nothing was kept");
        assert!(desk(folder.path(), &[]).choose_authorities().await.expect("given up").authorities.is_none());
        std::fs::write(&pem, ROOT).expect("a file");
        let own = desk(folder.path(), std::slice::from_ref(&pem));
        own.choose_authorities().await.expect("chosen");
        std::fs::remove_file(&pem).expect("removed");
        let fault = own.network().authorities.expect("shown").fault.expect("told");
        assert_eq!(fault.code, "CA_FILE");
    }

    #[tokio::test]
    async fn a_doctor_that_is_stopped_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = desk(folder.path(), &[]);
        let at_once = Arc::clone(&own);
        let stop = move |_: serde_json::Value| at_once.cancel("examination");
        let failure = own.doctor(Some("examination"), &stop).await.expect_err("stopped");
        assert_eq!(failure.code, "CANCELLED");
    }

    /// An authority made for this test alone.
    const ROOT: &str = include_str!("network/authority.pem");
}
