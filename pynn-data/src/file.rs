//! Files that cannot be written, in the user's words.

use std::fs::File;
use std::io;
use std::path::Path;

use pynn_core::{Error, ErrorKind, Result};

/// Makes the file at `path`, over one that is there.
pub(crate) fn create(path: &Path) -> Result<File> {
    File::create(path).map_err(|error| failure(path, &error))
}

/// The error for a file at `path` that could not be written, with what to do about it.
pub(crate) fn failure(path: &Path, error: &io::Error) -> Error {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let remedy = match error.kind() {
        _ if path.is_dir() => "it is a folder; give the name of a file in it".to_string(),
        _ if !folder.is_dir() => format!("there is no folder `{}`; create it first", folder.display()),
        io::ErrorKind::PermissionDenied => {
            format!("writing there is not permitted; choose another folder than `{}`", folder.display())
        }
        io::ErrorKind::StorageFull => "the disk is full; free some space or choose another disk".to_string(),
        _ => format!("{error}; choose another file or folder"),
    };
    Error::new(ErrorKind::File, format!("cannot write `{}`: {remedy}", path.display()))
}
