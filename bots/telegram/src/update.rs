//! Updates as Telegram sends them, read tolerantly: what is not known is passed over, and no text is lost because of what
//! stands beside it.

use bote_sdk::actor::ChannelClass;
use bote_sdk::binding::Account;
use bote_sdk::event::{Event, EventId, IncomingFile, Origin, Place, What};
use bote_sdk::search::TypedSearch;
use serde_json::Value;

/// What a private chat may send without words, with the name its file gets where Telegram gives none.
const MEDIA: [(&str, &str); 7] = [
    ("document", "documento"),
    ("video", "video.mp4"),
    ("voice", "voz.ogg"),
    ("audio", "audio.mp3"),
    ("animation", "animacao.mp4"),
    ("video_note", "video.mp4"),
    ("sticker", "figurinha.webp"),
];

/// What `/start` brings along where an account that is bound to nobody was searching. No code is so short.
pub(crate) const FROM_SEARCH: &str = "search";

/// Who the bot is, as Telegram says it.
#[derive(Clone, Debug)]
pub(crate) struct Me {
    pub(crate) id: i64,
    pub(crate) username: String,
    /// Whether it is sent what people type behind its name.
    pub(crate) searches: bool,
}

impl Me {
    pub(crate) fn of(me: &Value) -> Self {
        Self {
            id: me["id"].as_i64().unwrap_or_default(),
            username: me["username"].as_str().unwrap_or_default().to_owned(),
            searches: me["supports_inline_queries"] == true,
        }
    }
}

/// What Telegram says, read. Half a character, which JSON can spell and no text can hold, is replaced: nothing is lost because
/// of what stands beside it.
pub(crate) fn read(body: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(body).or_else(|error| {
        let whole = whole_characters(body);
        if whole == body { Err(error) } else { serde_json::from_slice(&whole) }
    })
}

/// JSON in which every spelled half of a character without its other half is spelled as the sign for what cannot be read.
fn whole_characters(json: &[u8]) -> Vec<u8> {
    let unit = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let mut whole = Vec::with_capacity(json.len());
    let mut at = 0;
    while at < json.len() {
        let (written, length): (&[u8], usize) = match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (&json[at..at + 12], 12),
            (Some(0xd800..=0xdfff), _) => (b"\\ufffd", 6),
            // What is behind a backslash begins nothing.
            _ if json[at] == b'\\' && at + 1 < json.len() => (&json[at..at + 2], 2),
            _ => (&json[at..=at], 1),
        };
        whole.extend_from_slice(written);
        at += length;
    }
    whole
}

/// The number that confirms an update to Telegram; `None` for what is no update.
pub(crate) fn number(update: &Value) -> Option<i64> {
    update["update_id"].as_i64()
}

/// The button press that waits for an answer, by its id.
pub(crate) fn pressed(update: &Value) -> Option<&str> {
    update["callback_query"]["id"].as_str()
}

/// What is typed behind the bot's name, and the id that its answer wants. It is nobody's event: the update is a row by its
/// number alone, and the words, which are a customer's name, are kept nowhere.
pub(crate) fn typed(update: &Value) -> Option<(&str, TypedSearch)> {
    let query = if kind(update) == "inline_query" { &update["inline_query"] } else { return None };
    let account = Account { platform: crate::platform(), account: text_of_id(&query["from"]["id"]) };
    let typed = TypedSearch {
        account,
        language: query["from"]["language_code"].as_str().map(ToOwned::to_owned),
        text: query["query"].as_str()?.to_owned(),
        after: query["offset"].as_str().filter(|offset| !offset.is_empty()).map(ToOwned::to_owned),
    };
    Some((query["id"].as_str()?, typed))
}

/// The update as an event. Every update is one, so that every one is a row; those that mean nothing here say so.
pub(crate) fn event(update: &Value, me: &Me) -> Option<Event> {
    let number = number(update)?;
    let kind = kind(update);
    let body = &update[kind];
    // Of a pressed button, the message is the one that had it.
    let message = if kind == "callback_query" { &body["message"] } else { body };
    let chat = &message["chat"];
    let is_private = chat["type"] == "private";
    let place = Place {
        platform: crate::platform(),
        chat: text_of_id(&chat["id"]),
        thread: if message["is_topic_message"] == true {
            text_of_id(&message["message_thread_id"])
        } else {
            String::new()
        },
        account: text_of_id(&body["from"]["id"]),
        // What a group is, an administrator says (R-195).
        class: if is_private { ChannelClass::Private } else { ChannelClass::Customer },
    };
    // Numbers of updates begin anew, at random, after a week without any; with the time of the message none comes twice.
    let date = if kind == "callback_query" { None } else { message["date"].as_i64() };
    let id = EventId { platform: crate::platform(), id: format!("{number}.{}", date.unwrap_or_default()) };
    let what = match (kind, body["data"].as_str()) {
        ("callback_query", Some(data)) => What::Button(data.to_owned()),
        ("message", _) => match message["migrate_to_chat_id"].as_i64().filter(|_| !is_private) {
            Some(to) => What::Moved(to.to_string()),
            None if is_private || is_for(me, message) => said(message, &me.username),
            // What people say to each other is not for us, and not kept.
            None => return Some(unheard(id, place, kind)),
        },
        ("edited_message", _) if is_private || is_for(me, message) => edited(message, &me.username),
        _ if !is_private => return Some(unheard(id, place, kind)),
        _ => What::Notice(kind.to_owned()),
    };
    let is_file = matches!(what, What::Files { .. });
    let origin = Origin {
        message: text_of_id(&message["message_id"]),
        // Words that stood in an album of files would go under in it.
        album: message["media_group_id"].as_str().filter(|_| is_file).map(ToOwned::to_owned),
        language: body["from"]["language_code"].as_str().map(ToOwned::to_owned),
        raw: raw(update, kind),
    };
    Some(Event { id, place, what, origin: Some(origin) })
}

/// A number of Telegram's as it is kept; empty where there is none.
fn text_of_id(id: &Value) -> String {
    id.as_i64().map(|id| id.to_string()).unwrap_or_default()
}

/// An update of a group that is not for the bot: it is confirmed by its number alone.
fn unheard(id: EventId, place: Place, kind: &str) -> Event {
    Event::new(id, place, What::Notice(kind.to_owned()))
}

/// Whether a message of a group is for the bot: a command, an answer to one of its messages, or one that begins with its
/// name. A bot that administers a group is sent everything else too.
fn is_for(me: &Me, message: &Value) -> bool {
    let text = message["text"].as_str().or(message["caption"].as_str()).unwrap_or_default();
    let command = text.split_whitespace().next().unwrap_or_default();
    let named = command.split_once('@').map(|(_, of)| of.eq_ignore_ascii_case(&me.username));
    (command.starts_with('/') && named != Some(false))
        || named == Some(true)
        || message["reply_to_message"]["from"]["id"].as_i64() == Some(me.id)
}

/// What a changed message says now. A file keeps its bytes; only words can be changed in an answer.
fn edited(message: &Value, bot: &str) -> What {
    let text = message["text"].as_str().or(message["caption"].as_str());
    match text {
        Some(text) => What::Edited { message: text_of_id(&message["message_id"]), text: without_our_name(text, bot) },
        None => What::Notice("edited_message".to_owned()),
    }
}

/// The update as it is kept. What was said elsewhere is not said again here: a message that is quoted or was changed may
/// have held a password, and its own row knows (R-199).
fn raw(update: &Value, kind: &str) -> String {
    const ELSEWHERE: [&str; 4] = ["reply_to_message", "quote", "external_reply", "pinned_message"];
    const WORDS: [&str; 4] = ["text", "entities", "caption", "caption_entities"];
    let mut kept = update.clone();
    for message in [kind, "message"] {
        let body = kept.get_mut(kind);
        let body = if message == kind { body } else { body.and_then(|body| body.get_mut(message)) };
        let Some(fields) = body.and_then(Value::as_object_mut) else { continue };
        let is_first = kind == "message" && message == kind;
        fields.retain(|name, _| !ELSEWHERE.contains(&&**name) && (is_first || !WORDS.contains(&&**name)));
    }
    kept.to_string()
}

/// The name of what an update carries: its one key beside its number.
fn kind(update: &Value) -> &str {
    if let Some(known) = crate::api::WANTED.into_iter().find(|known| update[*known].is_object()) {
        return known;
    }
    let keys = update.as_object().into_iter().flat_map(|fields| fields.keys());
    keys.map(String::as_str).find(|key| *key != "update_id").unwrap_or_default()
}

/// What a person sent.
fn said(message: &Value, bot: &str) -> What {
    if let Some(text) = message["text"].as_str() {
        return written(text, bot);
    }
    let caption = message["caption"].as_str().unwrap_or_default();
    match file(message) {
        Some(file) => What::Files { files: vec![file], caption: without_our_name(caption, bot) },
        None if !caption.is_empty() => written(caption, bot),
        None => What::Other(content(message).to_owned()),
    }
}

fn written(text: &str, bot: &str) -> What {
    let words = without_our_name(text, bot);
    let mut parts = words.split_whitespace().map(ToOwned::to_owned);
    match (parts.next().as_deref(), parts.next()) {
        (Some("/start"), None) => What::Arrived,
        (Some("/start"), Some(from)) if from == FROM_SEARCH => What::Arrived,
        (Some("/start" | "/vincular" | "/link"), Some(code)) => What::Code(code),
        _ => What::Text(words),
    }
}

/// `/abrir@bote_bot texto` is `/abrir texto`, and `@bote_bot abrir` is `abrir`. A command for another bot stays as it is.
fn without_our_name(text: &str, bot: &str) -> String {
    if let Some((first, rest)) =
        text.strip_prefix('@').map(|text| text.split_once(char::is_whitespace).unwrap_or((text, "")))
        && first.eq_ignore_ascii_case(bot)
    {
        return rest.trim_start().to_owned();
    }
    let Some(command) = text.strip_prefix('/') else { return text.to_owned() };
    let end = command.find(char::is_whitespace).unwrap_or(command.len());
    let (name, rest) = command.split_at(end);
    match name.split_once('@') {
        Some((name, of)) if of.eq_ignore_ascii_case(bot) => format!("/{name}{rest}"),
        Some(_) | None => text.to_owned(),
    }
}

/// The file of a message: of a photo the largest size.
fn file(message: &Value) -> Option<IncomingFile> {
    let photo = message["photo"].as_array().and_then(|sizes| sizes.last()).map(|size| (size, "foto.jpg"));
    // An animation stands there as a document too; one of them is enough.
    let media = MEDIA.into_iter().find_map(|(kind, name)| message.get(kind).map(|found| (found, name)));
    let (found, name) = photo.or(media)?;
    Some(IncomingFile {
        name: found["file_name"].as_str().unwrap_or(name).to_owned(),
        size: found["file_size"].as_u64(),
        source: found["file_id"].as_str()?.to_owned(),
    })
}

/// What a message holds that is neither words nor a file.
fn content(message: &Value) -> &str {
    const FRAME: [&str; 12] = [
        "message_id",
        "message_thread_id",
        "is_topic_message",
        "from",
        "sender_chat",
        "chat",
        "date",
        "edit_date",
        "reply_to_message",
        "forward_origin",
        "media_group_id",
        "via_bot",
    ];
    let keys = message.as_object().into_iter().flat_map(|fields| fields.keys());
    keys.map(String::as_str).find(|key| !FRAME.contains(key)).unwrap_or("message")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn me() -> Me {
        Me { id: 99, username: "bote_bot".to_owned(), searches: false }
    }

    fn message(more: Value) -> Value {
        let mut message = json!({
            "message_id": 5, "date": 1_790_000_000, "chat": { "id": 77, "type": "private", "first_name": "Ana" },
            "from": { "id": 77, "is_bot": false, "first_name": "Ana", "language_code": "pt-br" }
        });
        for (name, value) in more.as_object().expect("fields") {
            message[name] = value.clone();
        }
        json!({ "update_id": 9, "message": message })
    }

    fn heard(more: Value) -> What {
        event(&message(more), &me()).expect("an update").what
    }

    #[test]
    fn text_with_unknown_neighbours_is_text() {
        let what = heard(json!({
            "text": "Sem conexão", "entities": [{ "type": "sparkle", "offset": 0, "length": 3 }],
            "external_reply": { "origin": { "type": "moon" } }, "news": [1]
        }));
        assert_eq!(what, What::Text("Sem conexão".into()));
    }

    #[test]
    fn commands_lose_our_name_and_codes_are_known() {
        assert_eq!(heard(json!({ "text": "/abrir 1001" })), What::Text("/abrir 1001".into()));
        assert_eq!(heard(json!({ "text": "/abrir@Bote_Bot 1001" })), What::Text("/abrir 1001".into()));
        assert_eq!(heard(json!({ "text": "/abrir@other_bot" })), What::Text("/abrir@other_bot".into()));
        assert_eq!(heard(json!({ "text": "/start" })), What::Arrived);
        assert_eq!(heard(json!({ "text": "/start search" })), What::Arrived);
        assert_eq!(heard(json!({ "text": "/start AbC_9" })), What::Code("AbC_9".into()));
        assert_eq!(heard(json!({ "text": "/vincular AbC_9" })), What::Code("AbC_9".into()));
        assert_eq!(heard(json!({ "text": "start AbC_9" })), What::Text("start AbC_9".into()));
    }

    #[test]
    fn a_photo_is_its_largest_size_with_its_album() {
        let update = message(json!({
            "caption": "poste", "media_group_id": "g1",
            "photo": [{ "file_id": "small", "file_size": 10 }, { "file_id": "large", "file_size": 900 }]
        }));
        let event = event(&update, &me()).expect("an update");
        let file = IncomingFile { name: "foto.jpg".into(), size: Some(900), source: "large".into() };
        assert_eq!(event.what, What::Files { files: vec![file], caption: "poste".into() });
        let origin = event.origin.expect("it came from a message");
        assert_eq!((origin.album.as_deref(), origin.message.as_str()), (Some("g1"), "5"));
        assert_eq!((event.id.id.as_str(), event.place.account.as_str()), ("9.1790000000", "77"));
        let event = super::event(&message(json!({ "text": "oi", "media_group_id": "g1" })), &me());
        assert_eq!(event.expect("an update").album(), None, "words are a turn of their own");
    }

    #[test]
    fn what_was_said_elsewhere_is_not_kept_again() {
        let quoting = message(
            json!({ "text": "obrigado", "reply_to_message": { "text": "s3gr3d0" }, "quote": { "text": "s3gr3d0" } }),
        );
        let mut changed = message(json!({ "text": "s3gr3d0", "caption": "s3gr3d0" }));
        changed["edited_message"] = changed["message"].take();
        changed.as_object_mut().expect("an update").remove("message");
        let pressed =
            json!({ "update_id": 1, "callback_query": { "id": "1", "data": "x", "message": { "text": "s3gr3d0" } } });
        for update in [quoting, changed, pressed] {
            let raw = event(&update, &me()).expect("an update").origin.expect("it is kept").raw;
            assert!(!raw.contains("s3gr3d0"), "{raw}");
        }
        let kept = event(&message(json!({ "text": "obrigado" })), &me()).expect("an update");
        assert!(kept.origin.expect("it is kept").raw.contains("obrigado"));
    }

    #[test]
    fn half_a_character_costs_no_more_than_itself() {
        for (spelled, read_as) in [
            (r#""\ud83d sem sinal""#, "\u{fffd} sem sinal"),
            (r#""a\udedf\ud83d\ud83d\udedf""#, "a\u{fffd}\u{fffd}🛟"),
            (r#""\ud83d\n\\ud83d \u00e9""#, "\u{fffd}\n\\ud83d é"),
        ] {
            assert_eq!(read(spelled.as_bytes()).expect("it is read"), json!(read_as));
        }
        for broken in [&br#"{"text":"\ud83d"#[..], br#""\ud8"#, b"\"\\", b"", b"\xff"] {
            assert!(read(broken).is_err());
        }
    }

    #[test]
    fn what_is_not_known_is_an_event_all_the_same() {
        assert_eq!(heard(json!({ "dice": { "value": 3 } })), What::Other("dice".into()));
        let later = json!({ "update_id": 10, "moon_phase": { "from": { "id": 1 } } });
        assert_eq!(event(&later, &me()).expect("an update").what, What::Notice("moon_phase".into()));
        assert_eq!(event(&json!({ "update_id": 11 }), &me()).expect("an update").what, What::Notice(String::new()));
        assert!(event(&json!([1, 2]), &me()).is_none());
        let scalar = json!({ "update_id": 12, "delivery": 5, "message": message(json!({ "text": "oi" }))["message"] });
        assert_eq!(event(&scalar, &me()).expect("an update").what, What::Text("oi".into()));
        for odd in [json!(5), json!("x"), json!([1]), json!(null), json!({ "message": 7 })] {
            let odd = json!({ "update_id": 13, "odd": odd });
            assert_eq!(event(&odd, &me()).expect("an update").what, What::Notice("odd".into()));
        }
    }

    #[test]
    fn what_is_typed_to_search_is_read_once_and_kept_by_its_number_alone() {
        let update = json!({ "update_id": 4, "inline_query": {
            "id": "44", "from": { "id": 8, "language_code": "en" }, "query": "zilda fict", "offset": "", "chat_type": "sender" } });
        let (id, typed) = super::typed(&update).expect("a query");
        assert_eq!((id, &*typed.account.account, &*typed.text), ("44", "8", "zilda fict"));
        assert_eq!((typed.language.as_deref(), typed.after), (Some("en"), None));
        let event = event(&update, &me()).expect("an update");
        assert_eq!((event.what, event.origin), (What::Notice("inline_query".into()), None));
        let mut further = update;
        further["inline_query"]["offset"] = json!("1|mp|7");
        assert_eq!(super::typed(&further).expect("a query").1.after.as_deref(), Some("1|mp|7"));
        for odd in [json!(7), json!({}), json!({ "id": 44, "query": "x" }), json!({ "id": "44", "query": null })] {
            assert!(super::typed(&json!({ "update_id": 5, "inline_query": odd })).is_none());
        }
        assert!(super::typed(&message(json!({ "text": "oi" }))).is_none());
    }

    #[test]
    fn a_pressed_button_is_of_who_pressed_and_where_it_stands() {
        let update = json!({ "update_id": 3, "callback_query": {
            "id": "55", "from": { "id": 8 }, "data": "xyz", "chat_instance": "1",
            "message": { "message_id": 4, "date": 1, "chat": { "id": -100, "type": "supergroup" },
                "is_topic_message": true, "message_thread_id": 12, "from": { "id": 99, "is_bot": true } } } });
        let event = event(&update, &me()).expect("an update");
        assert_eq!(event.what, What::Button("xyz".into()));
        let Place { chat, thread, account, class, .. } = event.place;
        assert_eq!((&*chat, &*thread, &*account, class), ("-100", "12", "8", ChannelClass::Customer));
        assert_eq!(pressed(&update), Some("55"));
    }

    #[test]
    fn of_a_group_only_what_is_for_the_bot_is_heard_and_kept() {
        let group = |mut more: Value| {
            more["chat"] = json!({ "id": -100, "type": "supergroup" });
            event(&message(more), &me()).expect("an update")
        };
        let ours = json!({ "from": { "id": 99, "is_bot": true }, "text": "Qual é o relato?" });
        for (more, heard) in [
            (json!({ "text": "/fila" }), "/fila"),
            (json!({ "text": "/fila@bote_bot" }), "/fila"),
            (json!({ "text": "@bote_bot fila" }), "fila"),
            (json!({ "text": "Sem conexão", "reply_to_message": ours }), "Sem conexão"),
        ] {
            assert_eq!(group(more).what, What::Text(heard.into()));
        }
        let theirs = json!({ "from": { "id": 5 }, "text": "oi" });
        for more in [
            json!({ "text": "bom dia" }),
            json!({ "text": "/fila@other_bot" }),
            json!({ "text": "@ana fila" }),
            json!({ "text": "oi", "reply_to_message": theirs }),
        ] {
            let unheard = group(more);
            assert_eq!((unheard.what, unheard.origin), (What::Notice("message".into()), None));
        }
        assert_eq!(group(json!({ "migrate_to_chat_id": -1007 })).what, What::Moved("-1007".into()));
    }

    #[test]
    fn a_changed_message_says_which_and_what() {
        let mut update = message(json!({ "text": "sem conexão desde ontem", "edit_date": 1 }));
        update["edited_message"] = update["message"].take();
        update.as_object_mut().expect("an update").remove("message");
        let what = event(&update, &me()).expect("an update").what;
        assert_eq!(what, What::Edited { message: "5".into(), text: "sem conexão desde ontem".into() });
    }
}
