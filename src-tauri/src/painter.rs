//! How WebKitGTK paints: it reads that from the environment once, before anything else runs.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

const SHARED_BUFFERS: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Begins this program again with shared graphics buffers off where no graphics card is there to share
/// them: painted by the processor, they cost a page a second and a third of its memory. What a person
/// set stays.
pub(crate) fn choose() {
    if std::env::var_os(SHARED_BUFFERS).is_some() || !is_processor() {
        return;
    }
    let mut words = std::env::args_os();
    let (Ok(program), Some(name)) = (std::env::current_exe(), words.next()) else { return };
    // comes back only when it could not; the window then opens as it is
    let _ = Command::new(program).arg0(name).args(words).env(SHARED_BUFFERS, "1").exec();
}

/// Whether no graphics card is there to draw.
pub(crate) fn is_processor() -> bool {
    !has_card(Path::new("/dev/dri"))
}

fn has_card(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("render"))
}

#[cfg(test)]
mod tests {
    use super::has_card;

    #[test]
    fn a_card_is_one_that_renders() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!has_card(&folder.path().join("none")));
        std::fs::write(folder.path().join("card0"), "").expect("written");
        assert!(!has_card(folder.path()), "a card that only shows");
        std::fs::write(folder.path().join("renderD128"), "").expect("written");
        assert!(has_card(folder.path()));
    }
}
