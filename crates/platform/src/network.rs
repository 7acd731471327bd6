//! How this machine reaches others: which proxy for which address, which certificates. One answer
//! for the API, the identity provider and the services. Knows nothing of accounts.

mod pac;
mod system;

use std::sync::Arc;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use crate::auth::Secret;
use crate::error::{Kind, Refusal, Retry};

pub use pac::Pac;
pub use system::{SystemProxy, system_proxy};

/// Which proxy is taken.
#[derive(Debug, Clone, Default)]
pub enum ProxyChoice {
    /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, then the system's settings.
    #[default]
    System,
    Direct,
    /// `http://proxy.example.org:3128`, for every address but those of this machine.
    Fixed(String),
    /// As a proxy auto-configuration script says.
    Pac(Arc<Pac>),
}

/// How to reach others.
#[derive(Debug, Clone, Default)]
pub struct Network {
    pub proxy: ProxyChoice,
    /// Name and password for the proxy, where its address does not hold them.
    pub proxy_login: Option<(String, Secret)>,
    /// Certificate authorities to trust beside the system's, in PEM.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// How fast files are sent; as fast as they go where absent.
    pub pace: Option<Arc<crate::Pace>>,
}

/// The proxy that an address is reached through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Through {
    /// With name and password where there are: not to be shown.
    url: Url,
}

impl Through {
    /// `proxy.example.org:3128`, to be shown.
    #[must_use]
    pub fn shown(&self) -> String {
        let port = self.url.port_or_known_default().unwrap_or(1080);
        format!("{}:{port}", self.url.host_str().unwrap_or_default())
    }

    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(1080)
    }

    #[must_use]
    pub fn scheme(&self) -> &str {
        self.url.scheme()
    }

    #[must_use]
    pub fn has_login(&self) -> bool {
        !self.url.username().is_empty()
    }

    /// Name and password, to be sent.
    #[must_use]
    pub fn login(&self) -> Option<(String, Secret)> {
        let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        self.has_login()
            .then(|| (plain(self.url.username()), Secret::new(plain(self.url.password().unwrap_or_default()))))
    }
}

/// Decides the proxy of an address.
#[derive(Clone)]
struct Router {
    choice: Choice,
    login: Option<(String, Secret)>,
}

#[derive(Clone)]
enum Choice {
    Matcher(Arc<Matcher>),
    Direct,
    Pac(Arc<Pac>),
}

impl Router {
    fn through(&self, url: &Url) -> Option<Url> {
        let mut proxy = match &self.choice {
            Choice::Direct => return None,
            Choice::Matcher(matcher) => {
                let found = matcher.intercept(&url.as_str().parse().ok()?)?;
                let mut proxy = Url::parse(&found.uri().to_string()).ok()?;
                let basic = found.basic_auth().and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
                let raw = found.raw_auth().map(|(name, password)| (name.to_owned(), password.to_owned()));
                if let Some((name, password)) = raw.or_else(|| basic.and_then(unpack)) {
                    let _ = proxy.set_username(&name);
                    let _ = proxy.set_password(Some(&password));
                }
                proxy
            }
            Choice::Pac(pac) => pac.find(url)?,
        };
        if let (true, Some((name, password))) = (proxy.username().is_empty(), &self.login) {
            let _ = proxy.set_username(name);
            let _ = proxy.set_password(Some(password.reveal()));
        }
        Some(proxy)
    }
}

fn unpack(basic: &str) -> Option<(String, String)> {
    use base64::Engine;
    let text = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(basic).ok()?).ok()?;
    text.split_once(':').map(|(name, password)| (name.to_owned(), password.to_owned()))
}

impl Network {
    fn router(&self) -> Result<Router, Refusal> {
        let choice = match &self.proxy {
            ProxyChoice::System => match system_proxy() {
                // the environment comes first, then what the desktop was set to
                SystemProxy::Fixed { url, no_proxy } if !proxy_in_environment() => {
                    Choice::Matcher(Arc::new(Matcher::builder().all(url).no(no_proxy).build()))
                }
                _ => Choice::Matcher(Arc::new(Matcher::from_system())),
            },
            ProxyChoice::Direct => Choice::Direct,
            ProxyChoice::Fixed(url) => {
                let proxy = Url::parse(url).ok().filter(|u| u.has_host());
                if proxy.is_none() {
                    return Err(unusable(format!("`{}` is not the address of a proxy", without_login(url))));
                }
                let no = std::env::var("NO_PROXY").or_else(|_| std::env::var("no_proxy")).unwrap_or_default();
                Choice::Matcher(Arc::new(Matcher::builder().all(url.clone()).no(no).build()))
            }
            ProxyChoice::Pac(pac) => Choice::Pac(Arc::clone(pac)),
        };
        Ok(Router { choice, login: self.proxy_login.clone() })
    }

    /// The proxy that an address is reached through; nothing when it is reached directly.
    ///
    /// # Errors
    /// When the proxy's own address is none.
    pub fn through(&self, url: &str) -> Result<Option<Through>, Refusal> {
        let url = Url::parse(url).map_err(|e| unusable(e.to_string()))?;
        Ok(self.router()?.through(&url).map(|url| Through { url }))
    }

    /// The certificate authorities to trust beside the system's.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn authorities(&self) -> Result<Vec<reqwest::Certificate>, Refusal> {
        let Some(pem) = &self.extra_ca_pem else { return Ok(Vec::new()) };
        let read = reqwest::Certificate::from_pem_bundle(pem).map_err(|e| unusable(crate::error::innermost(&e)))?;
        if read.is_empty() {
            return Err(unusable("there is no certificate in the file of authorities".to_owned()));
        }
        Ok(read)
    }

    /// # Errors
    /// When the certificate or the proxy given cannot be read.
    pub fn builder(&self) -> Result<reqwest::ClientBuilder, Refusal> {
        // the first of the process wins; whoever was first chose ring too
        let _ = rustls::crypto::ring::default_provider().install_default();
        let router = self.router()?;
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("quai/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(std::time::Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .proxy(reqwest::Proxy::custom(move |url| router.through(url)));
        let authorities = self.authorities()?;
        if !authorities.is_empty() {
            builder = builder.tls_certs_merge(authorities);
        }
        Ok(builder)
    }

    /// A client of this network.
    ///
    /// # Errors
    /// When the certificate or the proxy given cannot be read.
    pub fn client(&self) -> Result<reqwest::Client, Refusal> {
        self.builder()?.build().map_err(|e| unusable(crate::error::innermost(&e)))
    }
}

/// Whether the environment names a proxy.
#[must_use]
pub fn proxy_in_environment() -> bool {
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()))
}

fn without_login(url: &str) -> String {
    url.rsplit_once('@').map_or(url, |(_, rest)| rest).to_owned()
}

fn unusable(says: String) -> Refusal {
    let operation = "preparing the connection".to_owned();
    Refusal { kind: Kind::Unexpected, retry: Retry::Never, operation, says, status: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_proxy_takes_the_login_given_beside_it_and_never_shows_it() {
        let network = Network {
            proxy: ProxyChoice::Fixed("http://proxy.example.org:3128".to_owned()),
            proxy_login: Some(("camille".to_owned(), Secret::new("p@ss:word"))),
            extra_ca_pem: None,
            ..Network::default()
        };
        let through = network.through("https://data.geopf.fr/api").unwrap().unwrap();
        assert_eq!(through.shown(), "proxy.example.org:3128");
        let (name, password) = through.login().unwrap();
        assert_eq!((name.as_str(), password.reveal()), ("camille", "p@ss:word"));
        assert!(!format!("{network:?}").contains("p@ss"));
        let direct = Network { proxy: ProxyChoice::Direct, ..network };
        assert_eq!(direct.through("https://data.geopf.fr/api").unwrap(), None);
        let wrong = Network { proxy: ProxyChoice::Fixed("nothing".to_owned()), ..Network::default() };
        assert!(wrong.client().is_err());
    }
}
