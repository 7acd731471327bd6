//! Rule: a style is SLD 1.0.0, over fields that the table will have. Text in, findings out.

use model::{Code, Finding, Level, Place, conforming_name};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::Language;
use crate::catalogue::find;

/// A table that a style draws, with the names it will have on the platform.
#[derive(Debug, Clone, Default)]
pub struct StyledTable {
    pub table: String,
    pub columns: Vec<String>,
}

/// Every finding about one style; `file` is how a person knows it.
#[must_use]
pub fn check_style(file: &str, sld: &[u8], table: &StyledTable, language: Language) -> Vec<Finding> {
    let mut findings = judge(file, sld, table);
    findings.iter_mut().for_each(|finding| say(finding, language));
    findings
}

fn attribute(element: &BytesStart<'_>, wanted: &str) -> Option<String> {
    element.attributes().flatten().find_map(|a| {
        let own = a.key.local_name().as_ref() == wanted;
        own.then(|| a.value.to_string())
    })
}

fn judge(file: &str, sld: &[u8], table: &StyledTable) -> Vec<Finding> {
    let place = || Place { file: Some(file.to_owned()), layer: Some(table.table.clone()), ..Place::default() };
    let unreadable =
        |says: String| vec![find(Code::StyleUnreadable, place(), &[("file", file.to_owned()), ("says", says)])];
    let text = String::from_utf8_lossy(sld);
    let mut reader = Reader::from_str(&text);
    let (mut root, mut inside) = (None, Vec::<String>::new());
    let (mut fields, mut pictures) = (Vec::<String>::new(), Vec::<String>::new());
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                let name = element.local_name().as_ref().to_owned();
                note(&element, &name, &mut root, &mut pictures);
                inside.push(name);
            }
            Ok(Event::Empty(element)) => {
                let name = element.local_name().as_ref().to_owned();
                note(&element, &name, &mut root, &mut pictures);
            }
            Ok(Event::Text(text)) if inside.last().is_some_and(|n| n == "PropertyName") => {
                let field = text.as_ref().trim().to_owned();
                if !field.is_empty() && !fields.contains(&field) {
                    fields.push(field);
                }
            }
            Ok(Event::End(_)) => drop(inside.pop()),
            Ok(Event::Eof) => break,
            Err(fault) => return unreadable(fault.to_string()),
            Ok(_) => {}
        }
    }
    if !inside.is_empty() {
        return unreadable(format!("<{}> is not closed", inside.join("> <")));
    }
    let Some((name, version)) = root else { return unreadable("it holds no element".to_owned()) };
    let mut findings = Vec::new();
    if name != "StyledLayerDescriptor" || version.as_deref() != Some("1.0.0") {
        let found = match (name.as_str(), version) {
            ("StyledLayerDescriptor", Some(version)) => format!("SLD {version}"),
            ("StyledLayerDescriptor", None) => "SLD".to_owned(),
            ("qgis", _) => "QML (QGIS)".to_owned(),
            (other, _) => format!("<{other}>"),
        };
        findings.push(find(Code::StyleVersionRefused, place(), &[("file", file.to_owned()), ("found", found)]));
    }
    for field in fields.iter().filter(|f| !table.columns.is_empty() && !table.columns.contains(f)) {
        let near = conforming_name(field);
        let (fr, en) = if table.columns.contains(&near) {
            (format!(" : écrivez « {near} »"), format!(": write `{near}`"))
        } else {
            (String::new(), String::new())
        };
        let values = [
            ("file", file.to_owned()),
            ("field", field.clone()),
            ("table", table.table.clone()),
            ("hint_fr", fr),
            ("hint_en", en),
        ];
        let place = Place { field: Some(field.clone()), ..place() };
        findings.push(find(Code::StyleFieldUnknown, place, &values));
    }
    for picture in pictures.iter().filter(|p| !p.starts_with("http://") && !p.starts_with("https://")) {
        let values = [("file", file.to_owned()), ("picture", picture.clone())];
        findings.push(find(Code::StylePictureLocal, place(), &values));
    }
    findings.sort_by_key(|f: &Finding| std::cmp::Reverse(f.level == Level::Blocks));
    findings
}

fn note(element: &BytesStart<'_>, name: &str, root: &mut Option<(String, Option<String>)>, pictures: &mut Vec<String>) {
    if root.is_none() {
        *root = Some((name.to_owned(), attribute(element, "version")));
    }
    if name == "OnlineResource"
        && let Some(picture) = attribute(element, "href")
    {
        pictures.push(picture);
    }
}

/// Styles given for tables that are not delivered.
#[must_use]
pub fn check_styled_tables(styled: &[String], tables: &[String], language: Language) -> Vec<Finding> {
    let unknown = styled.iter().filter(|table| !tables.contains(table));
    let mut findings: Vec<Finding> = unknown
        .map(|table| {
            let place = Place { layer: Some(table.clone()), ..Place::default() };
            find(Code::StyleTableUnknown, place, &[("table", table.clone()), ("tables", tables.join(", "))])
        })
        .collect();
    findings.iter_mut().for_each(|finding| say(finding, language));
    findings
}

fn say(finding: &mut Finding, language: Language) {
    if let Some([fr, en]) = &finding.sentences {
        finding.message = if language == Language::Fr { fr.clone() } else { en.clone() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(sld: &str) -> Vec<Code> {
        let columns = ["nom", "population"].map(str::to_owned).to_vec();
        let table = StyledTable { table: "communes".to_owned(), columns };
        check_style("a.sld", sld.as_bytes(), &table, Language::Fr).into_iter().map(|f| f.code).collect()
    }

    fn sld(version: &str, inside: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><StyledLayerDescriptor version=\"{version}\" xmlns:ogc=\"x\" xmlns:xlink=\"y\">{inside}</StyledLayerDescriptor>"
        )
    }

    #[test]
    fn a_style_is_sld_1_0_0_over_fields_that_the_table_has() {
        let field = |name: &str| format!("<Rule><ogc:PropertyName>{name}</ogc:PropertyName></Rule>");
        let picture = |at: &str| format!("<OnlineResource xlink:href=\"{at}\"/>");
        assert_eq!(codes(&sld("1.0.0", &field("nom"))), []);
        assert_eq!(codes(&sld("1.1.0", "")), [Code::StyleVersionRefused]);
        assert_eq!(codes("<qgis version=\"3.28\"></qgis>"), [Code::StyleVersionRefused]);
        assert_eq!(codes(&sld("1.0.0", &field("Population"))), [Code::StyleFieldUnknown]);
        assert_eq!(codes(&sld("1.0.0", &picture("/home/moi/point.svg"))), [Code::StylePictureLocal]);
        assert_eq!(codes(&sld("1.0.0", &picture("https://data.geopf.fr/annexes/x/point.svg"))), []);
        for broken in ["", "not xml", "<a><b></a>", "<a>", "\0\0"] {
            assert_eq!(codes(broken), [Code::StyleUnreadable], "{broken}");
        }
        let table = StyledTable { table: "t".into(), columns: vec!["population".into()] };
        let found = check_style("a.sld", sld("1.0.0", &field("Population")).as_bytes(), &table, Language::En);
        assert!(found[0].message.contains("write `population`"), "{}", found[0].message);
    }

    #[test]
    fn a_style_for_a_table_that_is_not_delivered_is_told() {
        let tables = ["communes".to_owned()];
        let found = check_styled_tables(&["communes".to_owned(), "comunes".to_owned()], &tables, Language::Fr);
        assert_eq!(found.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::StyleTableUnknown]);
    }
}
