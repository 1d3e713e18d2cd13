//! Inline mode: what a technician types behind the bot's name is answered while it is typed, and what is chosen goes on as if
//! it had been written.

use std::fs;

use bote_world::telegram::{Chat, Person};

use crate::served::{Deed::*, Served, does, hears, plays};

/// A technician of the second company alone.
const BIA: i64 = 3;
/// Another one of both.
const CAIO: i64 = 4;
/// What is offered to open a search.
const SEARCH: &str = "🔎 Buscar cliente";

/// The bot with inline mode, as BotFather's `/setinline` leaves it; nothing runs yet.
async fn set_up() -> Served {
    let served = Served::set_up().await;
    served.bot.clone().inline(true);
    served
}

/// What somebody is offered for what they type in a chat.
async fn titles(served: &Served, person: &Person, chat: &Chat, text: &str) -> Vec<String> {
    person.types_inline(chat, &served.bot, text).titles().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_found_while_typed_and_chosen_and_the_opening_goes_on() {
    let mut served = set_up().await;
    served.serve();
    let (teo, chat) = served.teo().await;
    let asked = does(&teo, &chat, &Says("/abrir"), "Qual é o cliente?").await;
    assert!(asked.has_button(SEARCH), "{:?}", asked.keyboard);
    let button = &asked.raw["reply_markup"]["inline_keyboard"][0][0];
    assert_eq!(button["switch_inline_query_current_chat"], "", "{button}");

    let many = teo.types_inline(&chat, &served.bot, "zilda").titles().await;
    assert!(many.len() > 1 && many.iter().all(|title| title.starts_with("Zilda ")), "{many:?}");
    let offer = teo.types_inline(&chat, &served.bot, "zilda ficticia");
    assert_eq!(offer.titles().await, ["Zilda Fictícia · 1001"]);
    let before = chat.messages().len();
    let chosen = offer.choose("Zilda Fictícia · 1001").await;
    let asked = hears(&chat, before, "Qual conexão?").await;
    assert!(asked.text.contains("Zilda Fictícia · 1001"), "{}", asked.text);
    let messages = chat.messages();
    let posted = messages.iter().find(|message| message.id == chosen).expect("it was posted");
    assert_eq!((posted.text.as_str(), posted.via.as_deref()), ("1001", Some("bote")));
    plays(&teo, &chat, &[(Presses("Sem conexão"), "Qual contrato?"), (Says("cancelar"), "")]).await;

    let protocol = served.ticket();
    let title = format!("{protocol} · Zilda Fictícia");
    for typed in ["", &protocol] {
        let offer = teo.types_inline(&chat, &served.bot, typed);
        assert_eq!(offer.titles().await, [title.as_str()], "{typed:?}");
        let before = chat.messages().len();
        offer.choose(&title).await;
        hears(&chat, before, &format!("🎫 {protocol}")).await;
    }
    for call in served.world.calls_of("answerInlineQuery") {
        assert_eq!((&call.parameters["cache_time"], &call.parameters["is_personal"]), (&0.into(), &true.into()));
    }
    served.bot.caught_up().await;
    assert!(served.stop(), "{}", served.logged());
    served.world.assert_fits();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_chat_of_others_nothing_personal_is_posted_and_the_bot_stays_silent() {
    let mut served = set_up().await;
    served.serve();
    let (teo, chat) = served.teo().await;
    let neighbour = served.world.person("Zé", "pt-br");
    let group = served.world.supergroup("Condomínio", &[&neighbour, &teo]);
    group.adds(&served.bot);
    let title = "Zilda Fictícia · 1001";
    let offer = teo.types_inline(&group, &served.bot, "zilda ficticia");
    assert_eq!(offer.titles().await, [title]);
    let before = group.messages().len();
    offer.choose(title).await;
    let theirs = neighbour.types_inline(&group, &served.bot, "zilda ficticia");
    assert!(theirs.titles().await.is_empty(), "whoever reads along finds nothing");
    served.bot.caught_up().await;
    plays(&teo, &chat, &[(Says("/meus"), "")]).await;
    let read: Vec<_> = group.messages().into_iter().skip(before).map(|message| message.text).collect();
    assert_eq!(read, ["1001"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_gets_a_way_in_and_a_colleague_of_another_company_nothing_of_this_one() {
    let mut served = set_up().await;
    let protocol = served.ticket();
    served.serve();
    let (bia, hers) = served.bound(BIA, "Bia").await;
    for typed in ["zilda ficticia", "1001", &protocol, ""] {
        assert_eq!(titles(&served, &bia, &hers, typed).await, Vec::<String>::new(), "{typed:?}");
    }
    assert!(!titles(&served, &bia, &hers, "adamastor").await.is_empty(), "but those of her own");

    let stranger = served.world.person("Zé", "en");
    let chat = stranger.chat(&served.bot);
    for typed in ["zilda ficticia", "1001", &protocol, "", "nobody"] {
        assert_eq!(titles(&served, &stranger, &chat, typed).await, Vec::<String>::new(), "{typed:?}");
        let answer = served.world.calls_of("answerInlineQuery").pop().expect("it was answered").parameters;
        assert_eq!(answer["button"]["text"], "Link your account to search", "{answer}");
        // The button opens the bot's chat with this.
        assert_eq!(answer["button"]["start_parameter"], "search");
    }
    plays(&stranger, &chat, &[(Says("/start search"), "ask an administrator for a code")]).await;
    let code = served.code(CAIO);
    plays(&stranger, &chat, &[(Says(&format!("/link {code}")), "Sou o bote")]).await;
    assert!(!titles(&served, &stranger, &chat, "zilda").await.is_empty(), "bound, and not before");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_kept_nowhere_and_the_newest_letter_is_answered() {
    let mut served = set_up().await;
    served.serve();
    let (teo, chat) = served.teo().await;
    let mut typed = String::new();
    let mut last = None;
    for letter in "qwxyzvk zilda".chars() {
        typed.push(letter);
        last = Some(teo.types_inline(&chat, &served.bot, &typed));
    }
    assert!(last.expect("the last").titles().await.is_empty());
    served.bot.caught_up().await;
    assert!(served.stop(), "{}", served.logged());
    let files = fs::read_dir(served.folder.path()).expect("the folder is there");
    let files = files.map(|file| file.expect("a file").path()).filter(|path| path.is_file());
    let kept: Vec<u8> = files.flat_map(|path| fs::read(path).expect("it can be read")).collect();
    let has = |words: &[u8]| kept.windows(words.len()).any(|part| part == words);
    assert!(has(b"inline_query") && !has(b"qwxyzvk"), "that something was typed, and not what");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_inline_mode_no_search_is_offered_and_the_check_says_where_to_turn_it_on() {
    let mut served = Served::set_up().await;
    let checked = |served: &Served| served.run(&["telegram", "check"]).join("\n");
    assert!(checked(&served).contains("/setinline"), "{}", checked(&served));
    served.serve();
    let (teo, chat) = served.teo().await;
    let asked = does(&teo, &chat, &Says("/abrir"), "Qual é o cliente?").await;
    assert_eq!(asked.keyboard, [["Cancelar"]]);
    served.bot.clone().inline(true);
    assert!(checked(&served).contains("inline mode: on"), "{}", checked(&served));
}
