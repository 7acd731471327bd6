//! One zip of untouched files, the same bytes each time: names sorted, times fixed.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;

/// Writes `files` flat into `target`.
pub(crate) fn write_zip(
    files: &[PathBuf],
    target: &Path,
    progress: &mut dyn FnMut(u64) -> bool,
) -> std::io::Result<bool> {
    let mut sorted: Vec<(String, &PathBuf)> = files
        .iter()
        .map(|f| (f.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(), f))
        .collect();
    sorted.sort();
    let mut zip = zip::ZipWriter::new(File::create_new(target)?);
    let mut done = 0;
    let mut buffer = vec![0; 256 * 1024];
    for (name, file) in sorted {
        let bytes = std::fs::metadata(file)?.len();
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644)
            .large_file(bytes >= u64::from(u32::MAX));
        zip.start_file(name, options)?;
        let mut input = File::open(file)?;
        loop {
            let read = input.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            zip.write_all(&buffer[..read])?;
            done += read as u64;
            if !progress(done) {
                return Ok(false);
            }
        }
    }
    zip.finish()?.sync_all()?;
    Ok(true)
}
