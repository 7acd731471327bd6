//! What GDAL says while it works: warnings and errors of one thread, in order.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int, c_void};

/// One thing that GDAL said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Whether it was an error, not a warning.
    pub error: bool,
    /// Lossily decoded: it may quote bytes of the file.
    pub text: String,
}

/// What was heard so far. A cell, since GDAL adds to it while the act holds it.
pub(crate) struct Heard(RefCell<Vec<Said>>);

impl Heard {
    /// Forgets.
    pub(crate) fn clear(&self) {
        if let Ok(mut said) = self.0.try_borrow_mut() {
            said.clear();
        }
    }

    /// What was said since the last [`Heard::clear`], taken out.
    pub(crate) fn take(&self) -> Vec<Said> {
        self.0.try_borrow_mut().map(|mut said| std::mem::take(&mut *said)).unwrap_or_default()
    }
}

/// Runs `act` and gives what GDAL said meanwhile on this thread, instead of printing it.
pub fn listen<T>(act: impl FnOnce() -> T) -> (T, Vec<Said>) {
    attend(|heard| {
        let outcome = act();
        (outcome, heard.take())
    })
}

/// Runs `act`, which may look at what GDAL says meanwhile on this thread, and forget it.
pub(crate) fn attend<T>(act: impl FnOnce(&Heard) -> T) -> T {
    unsafe extern "C" fn hear(class: gdal_sys::CPLErr::Type, _number: c_int, text: *const c_char) {
        // SAFETY: the user data is the `Heard` below, alive until the handler is popped; the handler
        // is per thread, so nothing else touches it; `text` is NUL-terminated by GDAL.
        unsafe {
            let heard = gdal_sys::CPLGetErrorHandlerUserData().cast::<Heard>();
            if heard.is_null() || text.is_null() || class < gdal_sys::CPLErr::CE_Warning {
                return;
            }
            let Ok(mut said) = (*heard).0.try_borrow_mut() else { return };
            // a file with a million faults says a million things: the first thousand are enough
            if said.len() < 1000 {
                said.push(Said {
                    error: class >= gdal_sys::CPLErr::CE_Failure,
                    text: CStr::from_ptr(text).to_string_lossy().into_owned(),
                });
            }
        }
    }

    struct Popped;
    impl Drop for Popped {
        fn drop(&mut self) {
            // SAFETY: pairs with the push below, on the same thread.
            unsafe { gdal_sys::CPLPopErrorHandler() };
        }
    }

    crate::start();
    let heard = Heard(RefCell::new(Vec::new()));
    // SAFETY: `heard` outlives the handler, which `Popped` removes first, in a panic too (locals are
    // dropped in reverse order).
    unsafe { gdal_sys::CPLPushErrorHandlerEx(Some(hear), (&raw const heard).cast_mut().cast::<c_void>()) };
    let _popped = Popped;
    act(&heard)
}

/// The last error in what was heard, or its last warning, or nothing.
pub(crate) fn last(heard: &[Said]) -> String {
    heard
        .iter()
        .rev()
        .find(|said| said.error)
        .or(heard.last())
        .map_or_else(|| "GDAL gave no reason".to_owned(), |said| said.text.clone())
}
