//! Content of files by hash, on an object store: a local folder today.

use async_trait::async_trait;
use bote_sdk::id::ContentHash;
use bote_sdk::traits::{Fault, Files};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use std::path::PathBuf;

/// A local folder.
#[derive(Debug)]
pub struct LocalFiles {
    objects: LocalFileSystem,
    root: PathBuf,
}

/// Why a folder of files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FilesFault {
    /// It could not be made.
    #[error("the folder {} could not be made", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The object store refused.
    #[error("the store of files failed")]
    Objects(#[from] object_store::Error),
    /// The bytes could not be forced to the disk.
    #[error("a file could not be written through to the disk")]
    Sync(#[from] std::io::Error),
}

impl From<FilesFault> for Fault {
    fn from(fault: FilesFault) -> Self {
        Self::Unreachable { what: "the store of files", source: Box::new(fault) }
    }
}

impl LocalFiles {
    /// A folder, made when it is missing.
    pub fn open(root: PathBuf) -> Result<Self, FilesFault> {
        std::fs::create_dir_all(&root).map_err(|source| FilesFault::Folder { path: root.clone(), source })?;
        Ok(Self { objects: LocalFileSystem::new_with_prefix(&root)?, root })
    }

    /// Two levels of folders, so that none grows large.
    fn key(hash: &ContentHash) -> String {
        let name = hash.0.as_str();
        format!("{}/{name}", name.get(..2).unwrap_or("00"))
    }

    async fn keep(&self, hash: &ContentHash, bytes: Vec<u8>) -> Result<(), FilesFault> {
        let key = Self::key(hash);
        let path = Path::parse(&key).map_err(object_store::Error::from)?;
        self.objects.put(&path, PutPayload::from(bytes)).await?;
        // The object store renames into place but leaves the bytes to the operating system; the row that names them is
        // durable, so they must be first.
        let file = self.root.join(key);
        let synced = tokio::task::spawn_blocking(move || {
            std::fs::File::open(&file)?.sync_all()?;
            match file.parent() {
                Some(folder) => std::fs::File::open(folder)?.sync_all(),
                None => Ok(()),
            }
        });
        Ok(synced.await.map_err(std::io::Error::other)??)
    }

    async fn read(&self, hash: &ContentHash) -> Result<Option<Vec<u8>>, FilesFault> {
        let path = Path::parse(Self::key(hash)).map_err(object_store::Error::from)?;
        match self.objects.get(&path).await {
            Ok(found) => Ok(Some(found.bytes().await?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[async_trait]
impl Files for LocalFiles {
    async fn put(&self, hash: &ContentHash, bytes: Vec<u8>) -> Result<(), Fault> {
        Ok(self.keep(hash, bytes).await?)
    }

    async fn get(&self, hash: &ContentHash) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.read(hash).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_come_back_by_their_hash_and_others_are_absent() {
        let folder = std::env::temp_dir().join(format!("bote-files-{}", uuid::Uuid::now_v7()));
        let files = LocalFiles::open(folder.clone()).expect("a temporary folder");
        let hash = ContentHash("ab12".into());
        files.put(&hash, vec![1, 2, 3]).await.expect("stored");
        files.put(&hash, vec![1, 2, 3]).await.expect("twice is once");
        assert_eq!(files.get(&hash).await.expect("read"), Some(vec![1, 2, 3]));
        assert_eq!(files.get(&ContentHash("ff00".into())).await.expect("read"), None);
        std::fs::remove_dir_all(folder).expect("our own folder");
    }
}
