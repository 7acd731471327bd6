//! What a file would make its reader reach for: other files, the network. Found before GDAL opens
//! it, since GDAL follows without asking.

use std::path::Path;

use geodata::formats::{extension, head};
use model::{Code, Problem};
use quick_xml::Reader;
use quick_xml::events::Event;

const MOST_BYTES: u64 = 16_000_000;

/// A reason not to open the file, and what will be left aside when it is opened.
pub(crate) fn check_references(path: &Path) -> (Option<Problem>, Vec<Problem>) {
    match extension(path).as_str() {
        "vrt" => (vrt(path), Vec::new()),
        "gml" | "kml" | "xml" | "gpx" => xml(path),
        _ if head(path, 64).starts_with(b"<VRTDataset") || head(path, 64).starts_with(b"<OGRVRT") => {
            (vrt(path), Vec::new())
        }
        _ => (None, Vec::new()),
    }
}

fn told(code: Code, message: String, file: Option<String>) -> Problem {
    Problem { code, values: vec![("says".to_owned(), message.clone())], message, file }
}

fn vrt(path: &Path) -> Option<Problem> {
    let text = String::from_utf8_lossy(&head(path, MOST_BYTES)).into_owned();
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut reader = Reader::from_str(&text);
    let mut inside = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let element = start.local_name().as_ref().to_owned();
                inside = ["SourceFilename", "SourceDataset", "SrcDataSource", "SrcSQL", "PixelFunctionCode"]
                    .contains(&element.as_str());
                if element == "PixelFunctionCode" {
                    return Some(told(Code::ReferenceOutside, "the file holds a program".to_owned(), Some(name)));
                }
            }
            Ok(Event::Text(words)) if inside => {
                let target = words.trim().to_owned();
                if leads_out(&target, &name) {
                    return Some(told(Code::ReferenceOutside, format!("it refers to `{target}`"), Some(target)));
                }
            }
            Ok(Event::End(_)) => inside = false,
            Ok(Event::Eof) => return None,
            Ok(_) => {}
            Err(fault) => return Some(told(Code::FileTruncated, fault.to_string(), Some(name))),
        }
    }
}

/// Whether what a file names is anywhere but beside or below it, or is itself.
fn leads_out(target: &str, own: &str) -> bool {
    let plain = target.replace('\\', "/");
    plain.starts_with('/')
        || plain.contains("://")
        || plain.contains("/vsi")
        || plain.starts_with("vsi")
        || plain.contains(':')
        || plain.split('/').any(|part| part == "..")
        || plain == own
        || plain.strip_prefix("./") == Some(own)
}

fn xml(path: &Path) -> (Option<Problem>, Vec<Problem>) {
    let bytes = head(path, MOST_BYTES);
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(65_536)]).into_owned();
    if start.contains("<!ENTITY") {
        let message = "it defines XML entities, which can read other files or fill the memory".to_owned();
        return (Some(told(Code::ReferenceOutside, message, None)), Vec::new());
    }
    let mut notes = Vec::new();
    let whole = String::from_utf8_lossy(&bytes);
    if whole.contains("<NetworkLink") {
        notes.push(told(Code::ReferenceIgnored, "a NetworkLink is not followed".to_owned(), None));
    }
    if let Some(schema) = remote_schema(&start) {
        notes.push(told(Code::ReferenceIgnored, format!("the schema `{schema}` is not fetched"), Some(schema)));
    }
    (None, notes)
}

/// A schema over the network, other than those of the standards that every GML names.
fn remote_schema(start: &str) -> Option<String> {
    let (_, after) = start.split_once("schemaLocation=")?;
    let quoted = after.split(['"', '\'']).nth(1)?;
    quoted
        .split_whitespace()
        .skip(1)
        .step_by(2)
        .find(|place| {
            place.contains("://")
                && !["opengis.net", "inspire.ec.europa.eu", "isotc211"].iter().any(|known| place.contains(known))
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::leads_out;

    #[test]
    fn only_what_lies_beside_or_below_is_followed() {
        for target in
            ["/etc/passwd", "../a.tif", "/vsicurl/http://x/y", "http://x/y.tif", "C:\\a.tif", "self.vrt", "./self.vrt"]
        {
            assert!(leads_out(target, "self.vrt"), "{target}");
        }
        for target in ["a.tif", "tiles/b.tif", "./tiles/c.tif"] {
            assert!(!leads_out(target, "self.vrt"), "{target}");
        }
    }
}
