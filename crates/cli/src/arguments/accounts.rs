//! What can be typed about accounts, profiles and the network. No secret is ever an argument.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use commands::KeepIn;

use super::ConnectionArguments;

/// How to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// In the system's browser.
    Browser,
    /// By name and password, for realms that allow it.
    Password,
    /// As a service account, by its client id and QUAI_CLIENT_SECRET.
    Client,
}

/// Where what keeps one signed in is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Keeping {
    /// The system's keychain.
    Keychain,
    /// A file under a passphrase, asked for or read from QUAI_PASSPHRASE.
    File,
}

impl From<Keeping> for KeepIn {
    fn from(keeping: Keeping) -> Self {
        match keeping {
            Keeping::Keychain => Self::Keychain,
            Keeping::File => Self::File,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct LoginArguments {
    /// The browser; by password when a name is given.
    #[arg(long, value_enum)]
    pub(crate) by: Option<By>,
    #[arg(long, value_enum, default_value = "keychain")]
    pub(crate) keep: Keeping,
    /// Do not open a browser: show the address, to be opened by hand.
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// How long the browser may take.
    #[arg(long, default_value_t = 300, value_name = "SECONDS")]
    pub(crate) wait: u64,
    /// Address of the identity provider, with --api-url.
    #[arg(long, env = "QUAI_ISSUER", value_name = "URL")]
    pub(crate) issuer: Option<String>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

#[derive(Debug, Args)]
pub(crate) struct LogoutArguments {
    /// The current account by default.
    pub(crate) account: Option<String>,
    /// Every account of this machine's user.
    #[arg(long, conflicts_with = "account")]
    pub(crate) all: bool,
    /// End the browser's own session too.
    #[arg(long)]
    pub(crate) browser: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfilesAct {
    /// Make an account the current one: `production/camille`, or what only one has.
    Use {
        /// An account, or `sandbox`.
        account: String,
        /// One of the account's datastores, by name or id.
        #[arg(long, value_name = "NAME|ID")]
        datastore: Option<String>,
    },
    /// Add a profile, or change one.
    Set {
        /// Its name.
        name: String,
        /// What people see; the name by default.
        #[arg(long)]
        title: Option<String>,
        #[arg(long, value_name = "URL")]
        api_url: Option<String>,
        /// Address of the identity provider.
        #[arg(long, value_name = "URL")]
        issuer: Option<String>,
        /// For identity providers without a discovery document.
        #[arg(long, value_name = "URL")]
        token_url: Option<String>,
        #[arg(long, value_name = "ID")]
        client_id: Option<String>,
        /// `http://127.0.0.1/callback` for any port, or the port and path that the realm knows.
        #[arg(long, value_name = "URL")]
        redirect: Option<String>,
        /// Asked for beside `openid`; may be repeated.
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
    },
    /// Drop a profile of your own; a known one is again as it was.
    Remove { name: String },
}

#[derive(Debug, Args)]
pub(crate) struct NetworkArguments {
    /// `system`, `direct`, or an address as http://proxy.example.org:3128.
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// Address or path of a proxy auto-configuration script; `none` for none.
    #[arg(long, value_name = "URL")]
    pub(crate) pac: Option<String>,
    /// Name for a proxy that asks; its password is asked for, or read from QUAI_PROXY_PASSWORD.
    #[arg(long, value_name = "NAME")]
    pub(crate) proxy_user: Option<String>,
    /// Certificate authorities to trust beside the system's, in PEM; `none` for none.
    #[arg(long = "trust", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
}
