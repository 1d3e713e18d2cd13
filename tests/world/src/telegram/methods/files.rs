//! Where a bot finds the bytes of a file: a path that is good for some time.

use serde_json::json;

use crate::telegram::limits;
use crate::telegram::media::unique;
use crate::telegram::params::Params;
use crate::telegram::refusal::{Answer, Refusal};
use crate::telegram::state::State;

pub(super) fn get_file(state: &mut State, _: i64, params: &Params) -> Answer {
    let id = params.text("file_id").ok_or_else(|| Refusal::bad("file_id not specified"))?;
    let file = state.file(&id).ok_or_else(|| Refusal::bad("invalid file_id"))?;
    if file.size > limits::DOWNLOAD_BYTES {
        return Err(Refusal::bad("file is too big"));
    }
    Ok(json!({ "file_id": id, "file_unique_id": unique(&id), "file_size": file.size, "file_path": file.path }))
}
