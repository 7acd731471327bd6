//! Sign-in against real parts: a certified provider that is not ours and the sandbox's own realm, a
//! real browser, a real Secret Service, a real proxy.

mod browser;
mod doctor;
mod expiry;
mod place;
mod secrets;
mod sides;
