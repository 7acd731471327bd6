//! Rule: texts are UTF-8, or we know what they are.

use model::{Code, Finding, Inventory};

use super::{at_file, file_name};
use crate::Expectations;
use crate::catalogue::find;

pub(crate) fn check(inventory: &Inventory, _: &Expectations) -> Vec<Finding> {
    // the encoding is that of the source's text file, the same for all its layers
    let Some(encoding) = inventory.layers.iter().find_map(|l| l.encoding.as_ref()) else { return Vec::new() };
    let Some(name) = encoding.name.as_ref().filter(|n| *n != "utf-8") else { return Vec::new() };
    let words = encoding.candidates.iter().find(|c| c.name == *name).map(|c| c.words.join(", ")).unwrap_or_default();
    let declared = encoding.declared.clone().unwrap_or_default();
    let lies = !declared.is_empty() && declared != *name;
    let code = if lies { Code::EncodingLies } else { Code::EncodingNotUtf8 };
    let values =
        [("layer", file_name(&inventory.path)), ("encoding", name.clone()), ("words", words), ("declared", declared)];
    vec![find(code, at_file(inventory), &values)]
}
