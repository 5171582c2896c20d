//! Compiled plugins on disk: compiling takes a hundred times as long as loading what was compiled before.
//!
//! An entry is named by the digest of the component and by all that the compiled code depends on (engine
//! version, processor, settings). It begins with the digest of the code, so that a damaged entry is noticed
//! and compiled anew. Deliberately absent: protection from somebody who can write into the folder. Whoever
//! can do that can replace the host itself; the folder is readable and writable by its owner only.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

const DIGEST_BYTES: usize = 32;

pub(super) struct ArtifactCache {
    folder: Option<PathBuf>,
}

impl ArtifactCache {
    /// Without a folder everything is compiled in memory.
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        ArtifactCache { folder }
    }

    /// The component, from the cache where it is there. A cache that does not work costs time and nothing else.
    pub(super) fn component(&self, engine: &Engine, bytes: &[u8]) -> wasmtime::Result<Component> {
        let Some(folder) = &self.folder else {
            return Component::from_binary(engine, bytes);
        };
        let path = folder.join(entry_name(engine, bytes));
        if let Some(component) = read_entry(&path).and_then(|code| load(engine, &code)) {
            return Ok(component);
        }
        let component = Component::from_binary(engine, bytes)?;
        let written = component.serialize().map(|code| write_entry(folder, &path, &code));
        if let Err(error) | Ok(Err(error)) = written.map(|result| result.map_err(wasmtime::Error::from)) {
            tracing::warn!(path = %path.display(), "the compiled plugin could not be kept: {error}");
        }
        Ok(component)
    }
}

fn entry_name(engine: &Engine, bytes: &[u8]) -> String {
    let mut compatibility = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut compatibility);
    let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digest}-{:016x}.cwasm", compatibility.finish())
}

/// The code of an entry that is whole.
fn read_entry(path: &Path) -> Option<Vec<u8>> {
    let mut entry = std::fs::read(path).ok()?;
    let code = entry.split_off(DIGEST_BYTES.min(entry.len()));
    if Sha256::digest(&code).as_slice() == entry {
        return Some(code);
    }
    tracing::warn!(path = %path.display(), "a compiled plugin in the cache is damaged; it is compiled anew");
    None
}

#[expect(
    unsafe_code,
    reason = "wasmtime cannot verify compiled code; the digest and the folder's owner vouch for it"
)]
fn load(engine: &Engine, code: &[u8]) -> Option<Component> {
    // SAFETY: the code came from `serialize` of an engine with the same compatibility hash and is unchanged
    // since, by its digest, or somebody who may replace this very program wrote it.
    unsafe { Component::deserialize(engine, code) }.ok()
}

/// Writes beside the entry first: a reader never sees half of one.
fn write_entry(folder: &Path, path: &Path, code: &[u8]) -> io::Result<()> {
    create_private_folder(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&Sha256::digest(code))?;
    file.write_all(code)?;
    file.persist(path)?;
    Ok(())
}

fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest component there is: magic, version and layer, and nothing else.
    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn an_entry_is_used_again_and_a_damaged_one_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("cache");
        let cache = ArtifactCache::new(Some(inner.clone()));
        let engine = Engine::default();
        cache.component(&engine, EMPTY).unwrap();
        let entry = inner.join(entry_name(&engine, EMPTY));
        let whole = std::fs::read(&entry).unwrap();
        assert!(read_entry(&entry).and_then(|code| load(&engine, &code)).is_some());

        let mut damaged = whole.clone();
        *damaged.last_mut().unwrap() ^= 1;
        for content in [damaged, whole[..10].to_vec(), Vec::new()] {
            std::fs::write(&entry, content).unwrap();
            assert_eq!(read_entry(&entry), None);
            cache.component(&engine, EMPTY).unwrap();
            assert_eq!(std::fs::read(&entry).unwrap(), whole);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_only_costs_time() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let cache = ArtifactCache::new(Some(file.path().to_owned()));
        cache.component(&Engine::default(), EMPTY).unwrap();
    }

    #[test]
    fn what_is_no_component_is_refused_with_or_without_a_cache() {
        let folder = tempfile::tempdir().unwrap();
        for folder in [None, Some(folder.path().to_owned())] {
            assert!(ArtifactCache::new(folder).component(&Engine::default(), b"not wasm").is_err());
        }
    }
}
