//! The outgoing side: messages, pictures, files, and the taking away of passwords.

use crate::api::{Api, ApiFault, TelegramOptions, Webhook, fault, was_done};
use crate::budget::Budgets;
use crate::text;
use async_trait::async_trait;
use bote_sdk::event::Place;
use bote_sdk::traits::{Delivery, DeliveryFault, Messenger};
use chrono::TimeDelta;
use std::time::{Duration, Instant};
use teloxide_core::payloads::{SendDocumentSetters as _, SendMessageSetters as _, SendPhotoSetters as _};
use teloxide_core::prelude::Requester as _;
use teloxide_core::types::{ChatId, InputFile, LinkPreviewOptions, MessageId, ParseMode, ThreadId};
use teloxide_core::{ApiError, RequestError};

/// A message waits so long for its place at most; a longer wait is a row's.
const PATIENCE: Duration = Duration::from_secs(2);

/// One bot on Telegram.
pub struct Telegram {
    pub(crate) api: Api,
    pub(crate) menus: Vec<(String, Vec<(String, String)>)>,
    pub(crate) webhook: Option<Webhook>,
    budgets: Budgets,
}

impl Telegram {
    /// The bot of these options. Nothing is asked yet, so that a start needs no network.
    pub fn new(options: &TelegramOptions) -> Result<Self, ApiFault> {
        Ok(Self {
            api: Api::new(options)?,
            menus: options.menus.clone(),
            webhook: options.webhook.clone(),
            budgets: Budgets::new(Instant::now()),
        })
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

/// The chat and the thread of a place.
fn destination(place: &Place) -> Result<(ChatId, Option<ThreadId>), DeliveryFault> {
    let unreadable = || DeliveryFault::Rejected("the place is no chat of Telegram".to_owned());
    let chat = place.chat.parse().map(ChatId).map_err(|_| unreadable())?;
    let thread = match place.thread.as_str() {
        "" => None,
        thread => Some(ThreadId(MessageId(thread.parse().map_err(|_| unreadable())?))),
    };
    Ok((chat, thread))
}

#[async_trait]
impl Messenger for Telegram {
    async fn deliver(&self, delivery: Delivery) -> Result<(), DeliveryFault> {
        let (chat, thread) = destination(&delivery.place)?;
        let rendering = delivery.rendering;
        let keyboard = text::keyboard(&rendering);
        let mut pages = text::messages(&rendering);
        if pages.is_empty() && keyboard.is_some() && rendering.pictures.is_empty() && rendering.documents.is_empty() {
            // Buttons need words to hang on.
            pages.push("⋯".to_owned());
        }
        let mut begun = false;
        let (all, pictures) = (pages.len(), rendering.pictures.len());
        for (page, html) in pages.into_iter().enumerate() {
            self.place(chat, begun).await?;
            let mut message = self.api.bot.send_message(chat, html).parse_mode(ParseMode::Html);
            message = message.link_preview_options(no_preview());
            message.message_thread_id = thread;
            if page + 1 == all && pictures == 0 {
                message.reply_markup = keyboard.clone().map(Into::into);
            }
            self.done(chat, message.await)?;
            begun = true;
        }
        for (number, picture) in rendering.pictures.into_iter().enumerate() {
            self.place(chat, begun).await?;
            let png = InputFile::memory(picture.png).file_name("grafico.png");
            let mut photo = self.api.files.send_photo(chat, png).caption(text::caption(&picture.alternative));
            photo.message_thread_id = thread;
            if number + 1 == pictures {
                photo.reply_markup = keyboard.clone().map(Into::into);
            }
            self.done(chat, photo.await)?;
            begun = true;
        }
        for document in rendering.documents {
            self.place(chat, begun).await?;
            let file = InputFile::memory(document.bytes).file_name(document.name);
            let mut sent = self.api.files.send_document(chat, file).disable_content_type_detection(true);
            sent.message_thread_id = thread;
            self.done(chat, sent.await)?;
            begun = true;
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
