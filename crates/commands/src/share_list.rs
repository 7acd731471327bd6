//! The list of a datasheet's downloads, as a file that a portal or a map reads.

use model::{Failure, ListedDownload};
use serde_json::{Value, json};

use crate::Reach;

/// How the list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListForm {
    /// A line a file, with the box of its part in degrees.
    Csv,
    /// A feature a part, with its outline.
    GeoJson,
}

/// What a datasheet lets one download.
///
/// # Errors
/// The platform's refusal, or that it lets one download nothing.
pub async fn download_list(reach: &Reach, datasheet: &str, form: ListForm) -> Result<String, Failure> {
    let listed = deliver::downloads(&reach.client, &reach.datastore, datasheet).await?;
    if listed.is_empty() {
        return Err(Failure::new(
            "NOTHING_PUBLISHED",
            format!("La fiche « {datasheet} » ne propose aucun téléchargement dans cet entrepôt."),
            format!("The datasheet `{datasheet}` offers no download in this datastore."),
        )
        .hint("Publiez-la avec --as download.", "Publish it with --as download."));
    }
    Ok(match form {
        ListForm::Csv => csv_of(&listed),
        ListForm::GeoJson => geojson_of(&listed),
    })
}

const COLUMNS: [&str; 12] = [
    "layer_name",
    "sub_name",
    "title",
    "zone",
    "format",
    "resolution",
    "url",
    "file",
    "west",
    "south",
    "east",
    "north",
];

fn csv_of(listed: &[ListedDownload]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let _ = writer.write_record(COLUMNS);
    for part in listed {
        let or = |text: &Option<String>| text.clone().unwrap_or_default();
        let bounds = bounds(part.footprint.as_ref()).map_or([const { String::new() }; 4], |b| b.map(|v| v.to_string()));
        // a part whose files are not told is a line all the same
        let files: Vec<&str> = match part.files.as_slice() {
            [] => vec![""],
            files => files.iter().map(|f| f.url.as_str()).collect(),
        };
        for file in files {
            let mut line = vec![part.layer_name.clone(), part.sub_name.clone(), part.title.clone()];
            line.extend([or(&part.zone), or(&part.format), or(&part.resolution), part.url.clone(), file.to_owned()]);
            line.extend(bounds.clone());
            let _ = writer.write_record(&line);
        }
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn geojson_of(listed: &[ListedDownload]) -> String {
    let features = listed.iter().map(|part| {
        let mut properties = serde_json::to_value(part).unwrap_or_default();
        if let Some(members) = properties.as_object_mut() {
            members.remove("footprint");
            // software that knows no lists takes the first file
            members.insert("file".to_owned(), json!(part.files.first().map(|f| &f.url)));
        }
        json!({ "type": "Feature", "id": part.sub_name, "geometry": part.footprint, "properties": properties })
    });
    let features: Vec<Value> = features.collect();
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

/// West, south, east, north of a GeoJSON geometry.
fn bounds(geometry: Option<&Value>) -> Option<[f64; 4]> {
    fn walk(value: &Value, all: &mut Option<[f64; 4]>) {
        let Some(list) = value.as_array() else { return };
        match list.as_slice() {
            [x, y, ..] if x.is_number() && y.is_number() => {
                let (x, y) = (x.as_f64().unwrap_or(0.0), y.as_f64().unwrap_or(0.0));
                let [a, b, c, d] = all.unwrap_or([x, y, x, y]);
                *all = Some([a.min(x), b.min(y), c.max(x), d.max(y)]);
            }
            _ => list.iter().for_each(|inner| walk(inner, all)),
        }
    }
    let mut all = None;
    walk(geometry?.get("coordinates")?, &mut all);
    all
}

#[cfg(test)]
mod tests {
    use model::DownloadFile;

    use super::*;

    #[test]
    fn a_list_has_a_line_a_file_and_a_feature_a_part() {
        let file = |name: &str| DownloadFile { name: name.to_owned(), url: format!("https://x/download/{name}") };
        let part = |name: &str, files: Vec<DownloadFile>| ListedDownload {
            layer_name: "ortho".to_owned(),
            sub_name: name.to_owned(),
            title: format!("Zone, {name}"),
            format: Some("JP2".to_owned()),
            zone: Some(name.to_owned()),
            resolution: Some("5 cm".to_owned()),
            url: format!("https://x/resource/ortho/{name}"),
            files,
            footprint: Some(json!({"type": "MultiPolygon", "coordinates": [[[[2, 48], [3.5, 48], [3, 49], [2, 48]]]]})),
        };
        let listed = [part("nord", vec![file("a.jp2"), file("a.j2w")]), part("sud", Vec::new())];
        let lines: Vec<String> = csv_of(&listed).lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(
            lines[1],
            "ortho,nord,\"Zone, nord\",nord,JP2,5 cm,https://x/resource/ortho/nord,https://x/download/a.jp2,2,48,3.5,49"
        );
        let drawn: Value = serde_json::from_str(&geojson_of(&listed)).expect("JSON");
        assert_eq!(drawn["features"].as_array().map(Vec::len), Some(2));
        assert_eq!(drawn["features"][0]["properties"]["file"], "https://x/download/a.jp2");
        assert_eq!(drawn["features"][1]["geometry"]["type"], "MultiPolygon");
    }
}
