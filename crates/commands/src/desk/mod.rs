//! The desk.
mod shapes;
pub use shapes::*;
