//! Rule: texts are UTF-8, or we know what they are.

use model::{Code, Encoding, Finding, Inventory, undone};

use super::{at_file, file_name};
use crate::Expectations;
use crate::catalogue::find;

pub(crate) fn check(inventory: &Inventory, _: &Expectations) -> Vec<Finding> {
    // the encoding is that of the source's text file, the same for all its layers
    let Some(encoding) = inventory.layers.iter().find_map(|l| l.encoding.as_ref()) else { return Vec::new() };
    let Some(name) = encoding.name.as_ref().filter(|n| *n != "utf-8") else {
        return twice(inventory, encoding).into_iter().collect();
    };
    let words = encoding.candidates.iter().find(|c| c.name == *name).map(|c| c.words.join(", ")).unwrap_or_default();
    let declared = encoding.declared.clone().unwrap_or_default();
    let lies = !declared.is_empty() && declared != *name;
    let code = if lies { Code::EncodingLies } else { Code::EncodingNotUtf8 };
    let values =
        [("layer", file_name(&inventory.path)), ("encoding", name.clone()), ("words", words), ("declared", declared)];
    vec![find(code, at_file(inventory), &values)]
}

/// Words of UTF-8 text that were encoded twice: most of those seen, or it is chance.
fn twice(inventory: &Inventory, encoding: &Encoding) -> Option<Finding> {
    let words = &encoding.candidates.iter().find(|c| c.name == "utf-8")?.words;
    let mended: Vec<(&String, String)> = words.iter().filter_map(|w| Some((w, undone(w)?))).collect();
    if mended.is_empty() || mended.len() * 2 < words.len() {
        return None;
    }
    let join = |all: Vec<&str>| all.into_iter().take(3).collect::<Vec<_>>().join(", ");
    let values = [
        ("layer", file_name(&inventory.path)),
        ("words", join(mended.iter().map(|(word, _)| word.as_str()).collect())),
        ("mended", join(mended.iter().map(|(_, mended)| mended.as_str()).collect())),
    ];
    Some(find(Code::EncodingTwice, at_file(inventory), &values))
}
