//! The API Entrepôt: its JSON (`wire`), its client, its refusals. Knows nothing of files on disk
//! beyond streaming one, nothing of deliveries, windows or keychains.

pub mod auth;
mod client;
mod error;
pub mod wire;

pub use client::{Client, Connection, Page, Progress};
pub use error::{Kind, Refusal, Retry};
