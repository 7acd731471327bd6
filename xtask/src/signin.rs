//! What the tests of sign-in need beside Debian's packages: a provider and a browser's driver, from
//! the npm registry, at the versions of their lock file.

use anyhow::Result;

use crate::{call, root};

pub(crate) fn install() -> Result<()> {
    let folder = root().join("tests/signin/provider");
    let modified = |path: &str| std::fs::metadata(folder.join(path)).and_then(|m| m.modified()).ok();
    // npm writes this file last
    if modified("node_modules/.package-lock.json") >= modified("package-lock.json") {
        return Ok(());
    }
    let folder = folder.display().to_string();
    call("npm", &["ci", "--no-audit", "--no-fund", "--prefix", &folder])
}
