//! Pictures, documents and albums, in both directions.

use serde_json::json;

use crate::client::{TOKEN, scene};
use bote_world::telegram::Attachment;

/// The head of a PNG picture of some size, which is all the model reads of it.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes
}

#[tokio::test]
async fn a_file_of_a_person_is_fetched_by_its_path() {
    let scene = scene().await;
    scene.ana.sends(&scene.chat, &Attachment::photo(b"picture"), "olha /foto");
    let update = scene.client.updates().await.remove(0);
    let message = &update["message"];
    assert_eq!(message["caption"], "olha /foto");
    assert_eq!(message["caption_entities"][0]["type"], "bot_command");
    let photo = message["photo"].as_array().unwrap().last().unwrap().clone();
    let file = scene.client.call("getFile", json!({ "file_id": photo["file_id"] })).await.unwrap();
    let path = file["file_path"].as_str().unwrap();
    assert!(path.starts_with("photos/file_"));
    let encoded = format!("/file/bot{TOKEN}/{}", path.replace('/', "%2F"));
    let reply = scene.client.post(&encoded, "text/plain", b"").await.unwrap();
    assert_eq!((reply.status, reply.body.as_slice()), (200, b"picture".as_slice()));
    assert_eq!(scene.client.post("/file/bot7001:AAbote/x", "text/plain", b"").await.unwrap().status, 404);

    let big = Attachment::document("log.zip", "application/zip", b"z").of_size((20 << 20) + 1);
    scene.ana.sends(&scene.chat, &big, "");
    let update = scene.client.updates().await.remove(0);
    let document = &update["message"]["document"];
    assert_eq!(document["file_name"], "log.zip");
    assert_eq!(
        scene.client.call("getFile", json!({ "file_id": document["file_id"] })).await,
        Err("400 Bad Request: file is too big".to_owned())
    );
    assert_eq!(scene.chat.transcript(), "Ana: /start\nAna: [photo] olha /foto\nAna: [document log.zip]\n");
    scene.world.assert_fits();
}

#[tokio::test]
async fn an_album_comes_in_parts() {
    let scene = scene().await;
    let photos = [Attachment::photo(b"1"), Attachment::photo(b"2"), Attachment::video("v.mp4", b"3")];
    scene.ana.sends_album(&scene.chat, &photos, "três");
    let updates = scene.client.updates().await;
    assert_eq!(updates.len(), 3);
    let groups: Vec<_> = updates.iter().map(|update| &update["message"]["media_group_id"]).collect();
    assert!(groups.iter().all(|group| group.is_string() && *group == groups[0]));
    assert_eq!(updates[0]["message"]["caption"], "três");
    assert!(updates[1]["message"].get("caption").is_none());
    scene.ana.sends(&scene.chat, &Attachment::voice(b"v"), "");
    scene.ana.sends_location(&scene.chat, -23.5, -46.6);
    let updates = scene.client.updates().await;
    assert_eq!(updates[0]["message"]["voice"]["mime_type"], "audio/ogg");
    assert_eq!(updates[1]["message"]["location"]["latitude"], -23.5);
    assert_eq!(
        scene.chat.transcript(),
        "Ana: /start\nAna: [photo] três\n+ [photo]\n+ [video]\nAna: [voice]\nAna: [location]\n"
    );
}

#[tokio::test]
async fn a_bot_uploads_in_multipart() {
    let scene = scene().await;
    let id = scene.chat.id().to_string();
    let chat = ("chat_id", id.as_str());
    let picture = png(800, 600);
    let sent = scene
        .client
        .upload(
            "sendPhoto",
            &[chat, ("caption", "<b>uso</b>"), ("parse_mode", "HTML")],
            &[("photo", "a.png", &picture)],
        )
        .await
        .unwrap();
    assert_eq!(sent["photo"][0]["width"], 800);
    assert_eq!(scene.chat.last().photo.as_deref(), Some(picture.as_slice()));

    let media = json!({ "type": "photo", "media": "attach://new", "caption": "agora" }).to_string();
    let number = sent["message_id"].to_string();
    let texts = [chat, ("message_id", number.as_str()), ("media", media.as_str())];
    let other = png(10, 10);
    scene.client.upload("editMessageMedia", &texts, &[("new", "b.png", &other)]).await.unwrap();
    assert_eq!(scene.chat.last().photo, Some(other.clone()));
    let caption = json!({ "chat_id": id, "message_id": sent["message_id"], "caption": "depois" });
    scene.client.call("editMessageCaption", caption).await.unwrap();

    let album = json!([
        { "type": "document", "media": "attach://one", "caption": "dois" },
        { "type": "document", "media": "attach://two" }
    ]);
    let files: [(&str, &str, &[u8]); 2] = [("one", "a.pdf", b"1"), ("two", "b.pdf", b"2")];
    scene.client.upload("sendMediaGroup", &[chat, ("media", &album.to_string())], &files).await.unwrap();
    assert_eq!(
        scene.chat.transcript(),
        "Ana: /start\nbote: [photo] depois (edited)\nbote: [document a.pdf] dois\n+ [document b.pdf]\n"
    );
    scene.world.assert_fits();
}

#[tokio::test]
async fn uploads_have_limits() {
    let scene = scene().await;
    let id = scene.chat.id().to_string();
    let chat = ("chat_id", id.as_str());
    let photo = async |bytes: &[u8]| scene.client.upload("sendPhoto", &[chat], &[("photo", "a.png", bytes)]).await;
    assert_eq!(photo(b"no picture").await.unwrap_err(), "400 Bad Request: IMAGE_PROCESS_FAILED");
    assert_eq!(photo(&png(9000, 1001)).await.unwrap_err(), "400 Bad Request: PHOTO_INVALID_DIMENSIONS");
    assert_eq!(photo(&png(2100, 100)).await.unwrap_err(), "400 Bad Request: PHOTO_INVALID_DIMENSIONS");
    let mut heavy = png(100, 100);
    heavy.resize((10 << 20) + 1, 0);
    assert!(photo(&heavy).await.unwrap_err().contains("is too big for a photo"));
    let heavy = vec![0; (50 << 20) + 1];
    let document = scene.client.upload("sendDocument", &[chat], &[("document", "a.bin", &heavy)]).await;
    assert_eq!(document.unwrap_err(), "413 Request Entity Too Large");
    let long = "x".repeat(1025);
    let caption = scene.client.upload("sendDocument", &[chat, ("caption", &long)], &[("document", "a", b"1")]).await;
    assert_eq!(caption.unwrap_err(), "400 Bad Request: message caption is too long");

    let sent = scene.client.upload("sendDocument", &[chat], &[("document", "a.txt", b"1")]).await.unwrap();
    let file = &sent["document"]["file_id"];
    let edit = json!({ "chat_id": id, "message_id": sent["message_id"], "caption": long });
    assert_eq!(
        scene.client.call("editMessageCaption", edit).await,
        Err("400 Bad Request: MEDIA_CAPTION_TOO_LONG".to_owned())
    );
    let album = |kinds: &[&str]| {
        let items: Vec<_> = kinds.iter().map(|kind| json!({ "type": kind, "media": file })).collect();
        scene.client.call("sendMediaGroup", json!({ "chat_id": id, "media": items }))
    };
    album(&["photo", "video"]).await.unwrap();
    assert_eq!(
        album(&["photo", "document"]).await.unwrap_err(),
        "400 Bad Request: can't use the media of the specified type in the album"
    );
    assert_eq!(album(&["photo"]).await.unwrap_err(), "400 Bad Request: too few messages to send as an album");
    assert_eq!(album(&["photo"; 11]).await.unwrap_err(), "400 Bad Request: too many messages to send as an album");
}
