//! The system's keychain. Windows keeps no more than 2,560 bytes an entry, in UTF-16: a long secret
//! is split over several, each under the limit, and only seen once all of them are there.

use keyring::{Entry, Error};
use serde::{Deserialize, Serialize};

const SERVICE: &str = "quai";
/// UTF-16 units an entry may hold: 2,560 bytes are 1,280 of them.
const MOST_UNITS: usize = 1200;

/// What stands in the place of a secret that was split.
#[derive(Serialize, Deserialize)]
struct Split {
    parts: usize,
    /// Of this writing: the parts of the one before stay whole until the end.
    writing: String,
}

fn entry(user: &str) -> Result<Entry, Error> {
    Entry::new(SERVICE, user)
}

fn part(user: &str, writing: &str, number: usize) -> Result<Entry, Error> {
    entry(&format!("{user} ({writing} {number})"))
}

fn get(entry: &Entry) -> Result<Option<String>, Error> {
    match entry.get_password() {
        Ok(text) => Ok(Some(text)),
        Err(Error::NoEntry) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn split_of(text: &str) -> Option<Split> {
    text.starts_with("{\"parts\":").then(|| serde_json::from_str(text).ok()).flatten()
}

/// Cuts a text in pieces of at most `most` UTF-16 units, between characters.
fn pieces(text: &str, most: usize) -> Vec<&str> {
    let (mut all, mut from, mut units) = (Vec::new(), 0, 0);
    for (at, character) in text.char_indices() {
        if units + character.len_utf16() > most {
            all.push(&text[from..at]);
            (from, units) = (at, 0);
        }
        units += character.len_utf16();
    }
    all.push(&text[from..]);
    all
}

fn told(fault: Error) -> String {
    // its words may quote what was stored
    match fault {
        Error::BadEncoding(_) => "what is stored is not text".to_owned(),
        other => other.to_string(),
    }
}

pub(super) fn read(user: &str) -> Result<Option<String>, String> {
    let look = || -> Result<Option<String>, Error> {
        let Some(text) = get(&entry(user)?)? else { return Ok(None) };
        let Some(split) = split_of(&text) else { return Ok(Some(text)) };
        let mut whole = String::new();
        for number in 0..split.parts {
            match get(&part(user, &split.writing, number)?)? {
                Some(piece) => whole.push_str(&piece),
                None => return Ok(None),
            }
        }
        Ok(Some(whole))
    };
    look().map_err(told)
}

pub(super) fn write(user: &str, text: &str) -> Result<(), String> {
    let store = || -> Result<(), Error> {
        let head = entry(user)?;
        let before = get(&head)?.as_deref().and_then(split_of);
        let pieces = pieces(text, MOST_UNITS);
        if pieces.len() == 1 {
            head.set_password(text)?;
        } else {
            let writing = uuid::Uuid::new_v4().simple().to_string();
            for (number, piece) in pieces.iter().enumerate() {
                part(user, &writing, number)?.set_password(piece)?;
            }
            let split = Split { parts: pieces.len(), writing };
            head.set_password(&serde_json::to_string(&split).unwrap_or_default())?;
        }
        if let Some(before) = before {
            drop_parts(user, &before);
        }
        Ok(())
    };
    store().map_err(told)
}

fn drop_parts(user: &str, split: &Split) {
    for number in 0..split.parts {
        if let Ok(part) = part(user, &split.writing, number) {
            let _ = part.delete_credential();
        }
    }
}

pub(super) fn forget(user: &str) -> Result<(), String> {
    let drop_all = || -> Result<(), Error> {
        let head = entry(user)?;
        if let Some(split) = get(&head)?.as_deref().and_then(split_of) {
            drop_parts(user, &split);
        }
        match head.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(fault) => Err(fault),
        }
    };
    drop_all().map_err(told)
}

/// Stores, reads back and removes something that is no secret.
pub(super) fn try_out() -> Result<(), String> {
    let user = format!("doctor {}", uuid::Uuid::new_v4().simple());
    write(&user, "quai doctor")?;
    let back = read(&user);
    forget(&user)?;
    match back? {
        Some(text) if text == "quai doctor" => Ok(()),
        _ => Err("it does not give back what it was given".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_secret_is_cut_below_what_windows_keeps() {
        let long = "é𝕢a".repeat(1500);
        let cut = pieces(&long, MOST_UNITS);
        assert!(cut.len() > 4 && cut.iter().all(|p| p.encode_utf16().count() <= MOST_UNITS));
        assert!(cut.iter().all(|p| p.encode_utf16().count() * 2 <= 2560));
        assert_eq!(cut.concat(), long);
        assert_eq!(pieces("", MOST_UNITS), [""]);
    }
}
