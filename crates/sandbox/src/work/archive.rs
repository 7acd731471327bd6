//! Copy of an archive: files by name, those of the same name replaced, none deleted.

use serde_json::json;

use super::{Job, Log, Made, files_below, size_of};

pub(super) fn copy(job: &Job, log: &mut Log) -> Result<Made, String> {
    let files = job.target.join("files");
    std::fs::create_dir_all(&files).map_err(|e| e.to_string())?;
    for file in job.uploads.iter().flat_map(|u| files_below(u)) {
        let Some(name) = file.file_name() else { continue };
        if !job.goes_on() {
            return Err("Le traitement a été interrompu.".to_owned());
        }
        let temporary = job.target.join(".copying");
        std::fs::copy(&file, &temporary).map_err(|e| e.to_string())?;
        std::fs::rename(&temporary, files.join(name)).map_err(|e| e.to_string())?;
        log.info("archive", &format!("Fichier copié : {}", name.to_string_lossy()));
    }
    let number = files_below(&files).len();
    Ok(Made { type_infos: json!({ "files_number": number }), extent: None, srs: None, bytes: size_of(&files) })
}
