//! The outgoing side: messages, pictures, files, and the taking away of passwords.

use crate::api::{Api, ApiFault, TelegramOptions, Webhook, fault, was_done};
use crate::budget::Budgets;
use crate::button::Marks;
use crate::measure;
use crate::pause::Pauses;
use crate::text;
use async_trait::async_trait;
use bote_sdk::actor::ChannelClass;
use bote_sdk::event::Place;
use bote_sdk::rendering::Document;
use bote_sdk::traits::{Delivery, DeliveryFault, Messenger};
use chrono::TimeDelta;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use teloxide_core::payloads::{
    EditMessageTextSetters as _, SendDocumentSetters as _, SendMessageSetters as _, SendPhotoSetters as _,
};
use teloxide_core::prelude::Requester as _;
use teloxide_core::types::{
    ChatId, ForceReply, InlineKeyboardMarkup, InputFile, InputMedia, InputMediaPhoto, LinkPreviewOptions, MessageId,
    ParseMode, ReplyMarkup, ThreadId,
};
use teloxide_core::{ApiError, RequestError};

/// A message waits so long for its place at most; a longer wait is a row's.
const PATIENCE: Duration = Duration::from_secs(2);

/// One bot on Telegram.
pub struct Telegram {
    pub(crate) api: Api,
    pub(crate) menus: Vec<(String, Vec<(String, String)>)>,
    pub(crate) webhook: Option<Webhook>,
    pub(crate) marks: Marks,
    budgets: Budgets,
    /// Whether the bot is sent what people type behind its name; not known before Telegram has said it.
    searches: AtomicBool,
}

impl Telegram {
    /// The bot of these options, whose buttons bear these marks. Nothing is asked yet, so that a start needs no network.
    pub fn new(options: &TelegramOptions, marks: Marks) -> Result<Self, ApiFault> {
        Ok(Self {
            marks,
            api: Api::new(options)?,
            menus: options.menus.clone(),
            webhook: options.webhook.clone(),
            budgets: Budgets::new(options.paced, Instant::now()),
            searches: AtomicBool::new(false),
        })
    }

    /// From now on buttons that search are shown, or not.
    pub(crate) fn show_searches(&self, shown: bool) {
        self.searches.store(shown, Ordering::Relaxed);
    }

    /// A place for one message to a chat. What was begun is not broken off: `begun` waits however long it takes.
    async fn place(&self, chat: ChatId, begun: bool) -> Result<(), DeliveryFault> {
        while let Err(wait) = self.budgets.take(chat.0, Instant::now()) {
            if !begun && wait > PATIENCE {
                return Err(DeliveryFault::Wait(TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX)));
            }
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    /// What became of a message.
    fn done<T>(&self, chat: ChatId, sent: Result<T, RequestError>) -> Result<(), DeliveryFault> {
        match sent {
            Ok(_) => Ok(()),
            Err(error) if was_done(&error) => Ok(()),
            Err(error) => {
                if let RequestError::RetryAfter(pause) = &error {
                    self.budgets.pause(chat.0, pause.duration(), Instant::now());
                }
                Err(fault(&error))
            }
        }
    }
}

type Destination = (ChatId, Option<ThreadId>);

/// The chat and the thread of a place.
fn destination(place: &Place) -> Result<Destination, DeliveryFault> {
    let unreadable = || DeliveryFault::Rejected("the place is no chat of Telegram".to_owned());
    let chat = place.chat.parse().map(ChatId).map_err(|_| unreadable())?;
    let thread = match place.thread.as_str() {
        "" => None,
        thread => Some(ThreadId(MessageId(thread.parse().map_err(|_| unreadable())?))),
    };
    Ok((chat, thread))
}

/// One call that sends a part of a message.
enum Part {
    Words(String),
    Picture { file: InputFile, caption: String },
    Document(InputFile),
}

impl Part {
    fn kind(&self) -> &'static str {
        match self {
            Self::Words(_) => "words",
            Self::Picture { .. } => "picture",
            Self::Document(_) => "document",
        }
    }
}

/// A rendering as calls. The buttons hang on the last picture, or else on the last words.
fn parts(delivery: Delivery, marks: &Marks) -> (Vec<Part>, Option<(usize, ReplyMarkup)>) {
    let Delivery { place, to, rendering, instead_of: _ } = delivery;
    let in_group = place.class != ChannelClass::Private;
    let keyboard = if in_group && rendering.awaits_words {
        // In a group a bot is sent answers to its messages only, so the person is led to answer.
        Some(ReplyMarkup::ForceReply(ForceReply::new().selective()))
    } else {
        text::keyboard(&rendering, marks).map(ReplyMarkup::from)
    };
    let to = to.as_deref().map(|name| text::mention(&place.account, name));
    // One picture and what is said of it are one message, which can be shown anew as a whole.
    let under = text::under_picture(&rendering, to.as_ref());
    let words = if under.is_some() { Vec::new() } else { text::messages(&rendering, to.as_ref()) };
    let mut parts: Vec<_> = words.into_iter().map(Part::Words).collect();
    if parts.is_empty() && keyboard.is_some() && rendering.pictures.is_empty() {
        // Buttons need something to hang on.
        parts.push(Part::Words("⋯".to_owned()));
    }
    parts.extend(rendering.pictures.into_iter().map(|picture| Part::Picture {
        file: InputFile::memory(picture.png).file_name("grafico.png"),
        caption: under.clone().unwrap_or_else(|| text::caption(&picture.alternative)),
    }));
    let last = parts.len().checked_sub(1);
    let named = |document: Document| Part::Document(InputFile::memory(document.bytes).file_name(document.name));
    parts.extend(rendering.documents.into_iter().map(named));
    (parts, last.zip(keyboard))
}

impl Telegram {
    async fn send(&self, to: Destination, part: &Part, buttons: Option<&ReplyMarkup>) -> Result<(), DeliveryFault> {
        let (chat, thread) = to;
        let buttons = buttons.cloned();
        match part {
            Part::Words(html) => {
                let mut message = self.api.bot.send_message(chat, html).parse_mode(ParseMode::Html);
                message = message.link_preview_options(no_preview());
                message.message_thread_id = thread;
                message.reply_markup = buttons;
                self.done(chat, message.await)
            }
            Part::Picture { file, caption } => {
                let mut photo =
                    self.api.files.send_photo(chat, file.clone()).caption(caption).parse_mode(ParseMode::Html);
                photo.message_thread_id = thread;
                photo.reply_markup = buttons;
                self.done(chat, photo.await)
            }
            Part::Document(file) => {
                let mut sent = self.api.files.send_document(chat, file.clone()).disable_content_type_detection(true);
                sent.message_thread_id = thread;
                self.done(chat, sent.await)
            }
        }
    }
}

impl Telegram {
    /// Shows a message in the place of another; `false` where that cannot be, and it must be sent.
    async fn rewrite(
        &self,
        chat: ChatId,
        message: MessageId,
        part: &Part,
        buttons: Option<InlineKeyboardMarkup>,
    ) -> Result<bool, DeliveryFault> {
        self.place(chat, false).await?;
        let shown = match part {
            Part::Words(html) => {
                let mut words = self.api.bot.edit_message_text(chat, message, html).parse_mode(ParseMode::Html);
                words = words.link_preview_options(no_preview());
                words.reply_markup = buttons;
                self.done(chat, words.await)
            }
            Part::Picture { file, caption } => {
                let photo = InputMediaPhoto::new(file.clone()).caption(caption).parse_mode(ParseMode::Html);
                let mut media = self.api.files.edit_message_media(chat, message, InputMedia::Photo(photo));
                media.reply_markup = buttons;
                self.done(chat, media.await)
            }
            Part::Document(_) => return Ok(false),
        };
        measure::sent("edit", &shown);
        match shown {
            Ok(()) => Ok(true),
            // It was deleted, is of another kind, or stands too far back.
            Err(DeliveryFault::Rejected(why)) => {
                tracing::debug!(why, "a message could not be shown anew and is sent");
                Ok(false)
            }
            Err(fault) => Err(fault),
        }
    }
}

#[async_trait]
impl Messenger for Telegram {
    async fn deliver(&self, mut delivery: Delivery) -> Result<(), DeliveryFault> {
        if !self.searches.load(Ordering::Relaxed) {
            delivery.rendering = delivery.rendering.without_search();
        }
        let to = destination(&delivery.place)?;
        let instead_of = delivery.instead_of.as_deref().and_then(|message| message.parse().ok()).map(MessageId);
        let (parts, buttons) = parts(delivery, &self.marks);
        if let (Some(message), [part]) = (instead_of, parts.as_slice()) {
            let inline = match &buttons {
                None => Some(None),
                Some((_, ReplyMarkup::InlineKeyboard(keyboard))) => Some(Some(keyboard.clone())),
                // Only a new message can lead a person to answer it.
                Some(_) => None,
            };
            if let Some(inline) = inline
                && self.rewrite(to.0, message, part, inline).await?
            {
                return Ok(());
            }
        }
        for (number, part) in parts.iter().enumerate() {
            let buttons = buttons.as_ref().filter(|(on, _)| *on == number).map(|(_, keyboard)| keyboard);
            let begun = number > 0;
            let mut pauses = Pauses::default();
            loop {
                self.place(to.0, begun).await?;
                let sent = self.send(to, part, buttons).await;
                measure::sent(part.kind(), &sent);
                match sent {
                    Ok(()) => break,
                    // What was begun goes on where it was: begun anew, its first parts would be seen twice.
                    Err(DeliveryFault::Wait(_)) if begun => {}
                    Err(DeliveryFault::Later(error)) if begun => {
                        tracing::warn!(error = &*error as &dyn std::error::Error, "a part of a message is sent again");
                        tokio::time::sleep(pauses.next()).await;
                    }
                    Err(fault) => return Err(fault),
                }
            }
        }
        Ok(())
    }

    async fn download(&self, source: &str, limit: u64) -> Result<Vec<u8>, DeliveryFault> {
        self.api.download(source, limit).await
    }

    async fn take_away(&self, place: &Place, message: &str) -> Result<(), DeliveryFault> {
        let (chat, _) = destination(place)?;
        let message = message.parse().map_err(|_| DeliveryFault::Rejected("no message has this number".to_owned()))?;
        match self.api.bot.delete_message(chat, MessageId(message)).await {
            Err(RequestError::Api(ApiError::MessageToDeleteNotFound | ApiError::MessageIdInvalid)) => Ok(()),
            ended => self.done(chat, ended),
        }
    }
}

/// Addresses in people's words are not fetched and shown.
fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}
