//! What GDAL says while it works: warnings and errors of one thread, in order.

use std::ffi::{CStr, c_char, c_int, c_void};

/// One thing that GDAL said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Whether it was an error, not a warning.
    pub error: bool,
    /// Lossily decoded: it may quote bytes of the file.
    pub text: String,
}

/// Runs `act` and gives what GDAL said meanwhile on this thread, instead of printing it.
pub fn listen<T>(act: impl FnOnce() -> T) -> (T, Vec<Said>) {
    let mut all = Vec::new();
    let outcome = attend(|heard| {
        let outcome = act();
        all = std::mem::take(heard);
        outcome
    });
    (outcome, all)
}

/// Runs `act`, which may look at what GDAL says meanwhile on this thread, and forget it.
pub(crate) fn attend<T>(act: impl FnOnce(&mut Vec<Said>) -> T) -> T {
    unsafe extern "C" fn hear(class: gdal_sys::CPLErr::Type, _number: c_int, text: *const c_char) {
        // SAFETY: the user data is the vector below, alive until the handler is popped, and the
        // handler is per thread, so nothing else touches it; `text` is NUL-terminated by GDAL.
        unsafe {
            let heard = gdal_sys::CPLGetErrorHandlerUserData().cast::<Vec<Said>>();
            if heard.is_null() || text.is_null() || class < gdal_sys::CPLErr::CE_Warning {
                return;
            }
            // a file with a million faults says a million things: the first thousand are enough
            if (*heard).len() < 1000 {
                (*heard).push(Said {
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
    let heard = Box::into_raw(Box::new(Vec::<Said>::new()));
    // SAFETY: `heard` outlives the handler: it is taken back only after `Popped` is dropped.
    unsafe { gdal_sys::CPLPushErrorHandlerEx(Some(hear), heard.cast::<c_void>()) };
    let popped = Popped;
    // SAFETY: GDAL writes to the vector only while one of its functions runs on this thread, and
    // `act` holds the reference between such calls; both go through the same pointer.
    let outcome = act(unsafe { &mut *heard });
    drop(popped);
    // SAFETY: made by `into_raw` above and no longer known to GDAL. (When `act` panics the vector
    // leaks, which is harmless.)
    drop(unsafe { Box::from_raw(heard) });
    outcome
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
