//! Accounts: in which realm (`profile`), who (`book`), what keeps them signed in (`vault`), how one
//! signs in and out. Names may be written down; secrets go to the keychain, or a file under a
//! passphrase, or stay in memory.

mod book;
mod profile;
mod sign_in;
mod told;
mod vault;
mod who;

pub use book::{Account, Book, Method};
pub use profile::{Profile, profile, profiles, remove_profile, save_profile};
pub use sign_in::{BrowserWish, Opened, sign_in_by_browser, sign_in_by_secret, sign_out};
pub use vault::{KeepIn, Secrets, Vault};
pub use who::{DatastoreShown, Who, datastores, use_account, whoami};

pub(crate) use profile::SANDBOX;
pub(crate) use sign_in::credentials_of;
pub(crate) use told::{refused, told};
