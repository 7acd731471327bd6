//! Plain styles for what was given none: SLD 1.0.0 for a table, which the platform's map server reads;
//! ROK4's JSON for terrain, which its raster server does.

/// One colour and one line for a geometry type by its OGC name (`MultiPolygon`, `Point`…).
#[must_use]
pub fn default_style(table: &str, geometry: &str) -> String {
    let geometry = geometry.to_ascii_lowercase();
    let fill = "<Fill><CssParameter name=\"fill\">#3b8ea5</CssParameter><CssParameter name=\"fill-opacity\">0.6</CssParameter></Fill>";
    let stroke = "<Stroke><CssParameter name=\"stroke\">#1b4b5a</CssParameter><CssParameter name=\"stroke-width\">1</CssParameter></Stroke>";
    let polygon = format!("<PolygonSymbolizer>{fill}{stroke}</PolygonSymbolizer>");
    let line = "<LineSymbolizer><Stroke><CssParameter name=\"stroke\">#1b4b5a</CssParameter><CssParameter name=\"stroke-width\">1.5</CssParameter></Stroke></LineSymbolizer>";
    let point = format!(
        "<PointSymbolizer><Graphic><Mark><WellKnownName>circle</WellKnownName>{fill}{stroke}</Mark><Size>8</Size></Graphic></PointSymbolizer>"
    );
    let symbolizer = if geometry.contains("polygon") || geometry.contains("surface") {
        polygon
    } else if geometry.contains("line") || geometry.contains("curve") {
        line.to_owned()
    } else if geometry.contains("point") {
        point
    } else {
        format!("{polygon}{line}{point}")
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <StyledLayerDescriptor version=\"1.0.0\" xmlns=\"http://www.opengis.net/sld\" xmlns:ogc=\"http://www.opengis.net/ogc\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://www.opengis.net/sld http://schemas.opengis.net/sld/1.0.0/StyledLayerDescriptor.xsd\">\n\
         <NamedLayer><Name>{table}</Name><UserStyle><Name>{table}</Name><FeatureTypeStyle><Rule>{symbolizer}</Rule></FeatureTypeStyle></UserStyle></NamedLayer>\n\
         </StyledLayerDescriptor>\n"
    )
}

/// Relief lit from the north-west, then tints of height.
pub(crate) fn terrain_styles() -> Vec<Vec<u8>> {
    let relief = serde_json::json!({
        "identifier": "estompage", "title": "Estompage", "abstract": "Relief éclairé du nord-ouest", "keywords": ["MNT"],
        "estompage": { "zenith": 45, "azimuth": 315, "z_factor": 1, "interpolation": "linear" }
    });
    // metres; from the sea to the snow
    let tints: [(f64, [u8; 3]); 8] = [
        (-100.0, [67, 105, 227]),
        (0.0, [86, 153, 112]),
        (100.0, [145, 186, 116]),
        (300.0, [228, 226, 139]),
        (800.0, [214, 176, 104]),
        (1800.0, [160, 104, 60]),
        (2800.0, [190, 180, 175]),
        (4800.0, [255, 255, 255]),
    ];
    let colours: Vec<serde_json::Value> = tints
        .iter()
        .map(|(value, [red, green, blue])| serde_json::json!({ "value": value, "red": red, "green": green, "blue": blue, "alpha": 255 }))
        .collect();
    let heights = serde_json::json!({
        "identifier": "hypsometrie", "title": "Teintes hypsométriques", "abstract": "Une teinte par altitude, en mètres",
        "keywords": ["MNT"],
        "palette": { "no_alpha": false, "rgb_continuous": true, "alpha_continuous": true, "colours": colours }
    });
    [relief, heights].iter().map(|style| style.to_string().into_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_geometry_gets_the_symbol_that_draws_it() {
        for (geometry, wanted, unwanted) in [
            ("MultiPolygon", "<PolygonSymbolizer>", "<LineSymbolizer>"),
            ("LineString", "<LineSymbolizer>", "<PolygonSymbolizer>"),
            ("Point", "<PointSymbolizer>", "<LineSymbolizer>"),
        ] {
            let sld = default_style("t", geometry);
            assert!(sld.contains(wanted) && !sld.contains(unwanted), "{geometry}");
        }
        let any = default_style("t", "Geometry");
        assert!(any.contains("<PolygonSymbolizer>") && any.contains("<PointSymbolizer>"));
    }
}
