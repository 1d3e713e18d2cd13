//! What people complain of with other bots that keep tickets, each as a test of what they meet here. Those that concern
//! groups stand in `groups.rs`; that technicians want the whole work in a chat is what `flow.rs` shows.

use std::fmt::Write as _;
use std::time::Duration;

use bote_world::telegram::{Attachment, Chat, Effect, Failure, Message, Pace, Person};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::flow::{UNTIL_CLAIMED, picture, pictures};
use crate::served::{Deed::*, SOON, Served, does, hears, plays, reads};

/// What a button says that answers nothing any more.
const STALE: &str = "pergunta anterior";

/// A ticket that Téo holds and looks at; its card.
async fn held(served: &Served, teo: &Person, chat: &Chat) -> Message {
    does(teo, chat, &Says(&format!("/ver {}", served.ticket())), "🎫").await
}

/// The first label under a message that begins so.
pub(crate) fn label(message: &Message, beginning: &str) -> String {
    let found = message.keyboard.iter().flatten().find(|label| label.starts_with(beginning));
    found.unwrap_or_else(|| panic!("no button {beginning:?}: {:?}", message.keyboard)).clone()
}

/// Replies are not delivered after a restart, and buttons are dead until somebody sets them up anew.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_the_dialog_goes_on_and_old_buttons_answer() {
    let mut served = Served::start().await;
    let (teo, chat) = served.teo().await;
    let card = held(&served, &teo, &chat).await;
    let closing = does(&teo, &chat, &Says("/finalizar"), "classificação de encerramento").await;
    plays(&teo, &chat, &[(Presses("★ Resolvido no local"), "avalie")]).await;
    assert!(served.stop());
    served.serve();
    plays(&teo, &chat, &[(Presses("Não"), "último comentário")]).await;
    served.kill();
    served.serve();
    // A button of an answered question answers no other one; the question of now is asked again.
    let before = chat.messages().len();
    teo.presses_on(&chat, closing.id, "★ Resolvido no local");
    hears(&chat, before, STALE).await;
    hears(&chat, before, "último comentário").await;
    plays(&teo, &chat, &[(Says("Tudo em ordem."), "Finalizar este"), (Presses("Confirmar"), "finalizado")]).await;
    let before = chat.messages().len();
    teo.presses_on(&chat, card.id, "🕘 Histórico");
    hears(&chat, before, "Histórico ·").await;
}

/// A message is confirmed before it was dealt with, and lost in a crash.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_confirmed_outlives_a_kill_before_its_turn_is_over() {
    let mut served = Served::start().await;
    let (teo, chat) = served.teo().await;
    held(&served, &teo, &chat).await;
    plays(&teo, &chat, &[(Says("/anexar"), "Mande")]).await;
    let before = chat.messages().len();
    served.world.fail("file", 1, Failure::Delay(Duration::from_secs(600)), Effect::Undone);
    teo.sends(&chat, &Attachment::photo(&picture()), "poste");
    teo.says(&chat, "/fila");
    chat.wait_for(|_| !served.world.calls_of("file").is_empty()).await;
    served.bot.caught_up().await;
    served.kill();
    assert_eq!(chat.messages().len(), before + 2, "nothing is answered yet: {}", chat.transcript());
    served.serve();
    hears(&chat, before, "Anexado em").await;
    hears(&chat, before, "A fila está vazia").await;
    assert!(served.stop());
    assert_eq!(chat.messages().len(), before + 4, "each is answered once: {}", chat.transcript());
}

/// Presses a button twice, as an impatient thumb does.
async fn taps_twice(person: &Person, chat: &Chat, label: &str, answer: &str) {
    let before = chat.messages().len();
    person.presses(chat, label);
    person.presses(chat, label);
    hears(chat, before, answer).await;
    hears(chat, before, STALE).await;
}

/// A double tap, or an update that comes twice, makes two tickets.
#[tokio::test(flavor = "multi_thread")]
async fn double_taps_and_repeated_updates_make_one_ticket() {
    let mut served = Served::start().await;
    let (teo, chat) = served.teo().await;
    plays(&teo, &chat, &UNTIL_CLAIMED[..7]).await;
    taps_twice(&teo, &chat, "✔ Salvar e gerar protocolo", "Consulta expressa").await;
    plays(&teo, &chat, &UNTIL_CLAIMED[8..13]).await;
    taps_twice(&teo, &chat, "▶ Iniciar atendimento", "Atendimento iniciado").await;
    served.bot.caught_up().await;
    served.bot.delivers_again(12);
    served.kill();
    served.serve();
    let queue = does(&teo, &chat, &Says("/fila"), "Sem resgate").await;
    assert_eq!(queue.keyboard.len(), 1, "{:?}", queue.keyboard);
    assert!(queue.keyboard[0][0].contains("Zilda Fictícia"), "{:?}", queue.keyboard);
}

/// Transcripts hold links to the platform's files, and those end.
#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_of_an_attachment_are_kept_by_their_hash_when_the_platform_has_them_no_more() {
    let mut served = Served::start().await;
    let (teo, chat) = served.teo().await;
    held(&served, &teo, &chat).await;
    plays(&teo, &chat, &[(Says("/anexar"), "Mande")]).await;
    let before = chat.messages().len();
    teo.sends(&chat, &Attachment::photo(&picture()), "poste");
    hears(&chat, before, "Anexado em").await;
    assert!(served.stop());
    served.world.fail("getFile", 1_000, Failure::InternalError, Effect::Undone);
    served.serve();
    let card = does(&teo, &chat, &Says("/ver"), "🎫").await;
    assert!(card.text.contains("Anexos: 1 arquivo"), "{}", card.text);
    let hash = Sha256::digest(picture()).iter().fold(String::new(), |mut hash, byte| {
        write!(hash, "{byte:02x}").expect("a string takes all");
        hash
    });
    let files = walkdir::WalkDir::new(served.folder.path()).into_iter().filter_map(Result::ok);
    let kept: Vec<_> = files.filter(|file| *file.file_name() == *hash).collect();
    assert_eq!(kept.len(), 1, "{hash}");
    assert_eq!(std::fs::read(kept[0].path()).expect("it can be read"), picture());
    assert_eq!(served.world.calls_of("getFile").len(), 1, "the platform is asked once");
}

/// Albums fall apart or lose parts, and a photo without words is passed over.
#[tokio::test(flavor = "multi_thread")]
async fn an_album_is_taken_whole_and_a_photo_needs_no_words() {
    let served = Served::start().await;
    let (teo, chat) = served.teo().await;
    held(&served, &teo, &chat).await;
    plays(&teo, &chat, &[(Says("/anexar"), "Mande")]).await;
    let before = chat.messages().len();
    let film = Attachment::video("poste.mp4", b"a film");
    let album = [pictures(9), vec![film]].concat();
    teo.sends_album(&chat, &album, "");
    let attached = hears(&chat, before, "10 arquivos anexados em").await;
    let named = |name: &str| attached.text.matches(name).count();
    assert_eq!((named("foto.jpg"), named("poste.mp4")), (9, 1), "{}", attached.text);
    teo.sends(&chat, &Attachment::photo(&picture()), "");
    hears(&chat, before, "Anexado em").await;
    let answers = chat.messages().iter().skip(before).filter(|message| message.from_bot).count();
    assert_eq!(answers, 2, "{}", chat.transcript());
    let card = does(&teo, &chat, &Says("/ver"), "🎫").await;
    assert!(card.text.contains("Anexos: 11 arquivos"), "{}", card.text);
}

/// That a file is too large is said late, or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_too_large_is_refused_before_anything_is_fetched() {
    let served = Served::start().await;
    let (teo, chat) = served.teo().await;
    held(&served, &teo, &chat).await;
    plays(&teo, &chat, &[(Says("/anexar"), "Mande")]).await;
    let before = chat.messages().len();
    teo.sends(&chat, &Attachment::video("poste.mp4", b"a film").of_size(21 << 20), "poste");
    hears(&chat, before, "passa do limite de 20 MiB").await;
    assert!(served.world.calls_of("getFile").is_empty() && served.world.calls_of("file").is_empty());
    teo.sends(&chat, &Attachment::photo(&picture()), "poste");
    hears(&chat, before, "Anexado em").await;
}

/// Where Telegram wants one chat left alone, everybody waits.
#[tokio::test(flavor = "multi_thread")]
async fn a_pause_for_one_chat_holds_up_no_other() {
    let served = Served::start().await;
    let (teo, chat) = served.teo().await;
    let (ana, hers) = served.bound(1, "Ana").await;
    served.world.set_patience(SOON);
    let (before, sent) = (chat.messages().len(), served.world.calls_of("sendMessage").len());
    served.world.fail("sendMessage", 1, Failure::TooManyRequests(10), Effect::Undone);
    teo.says(&chat, "/ajuda");
    chat.wait_for(|_| served.world.calls_of("sendMessage").len() > sent).await;
    plays(&ana, &hers, &[(Says("/ajuda"), "abrir"), (Says("/fila"), "A fila está vazia")]).await;
    assert_eq!(chat.messages().len(), before + 1, "his waits: {}", chat.transcript());
    hears(&chat, before, "abrir").await;
}

/// Answers leave faster than Telegram takes them, and the bot is shut out.
#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_answers_keeps_to_what_telegram_takes() {
    const BURST: [(&str, &str); 5] = [
        ("/meus", "Você não tem atendimentos"),
        ("/fila", "A fila está vazia"),
        ("/ajuda", "Escreva uma destas"),
        ("/continuar", "Não há rascunho"),
        ("/cancelar", "Não há nada em andamento"),
    ];
    let served = Served::start().await;
    let technicians = [served.teo().await, served.bound(4, "Caio").await];
    served.world.set_patience(SOON);
    served.world.set_pace(Pace::real());
    let sent = served.world.calls_of("sendMessage").len();
    for (person, chat) in &technicians {
        for (words, _) in BURST {
            person.says(chat, words);
        }
    }
    for (_, chat) in &technicians {
        hears(chat, 0, BURST[4].1).await;
        let messages = chat.messages();
        let answers: Vec<_> = messages.iter().filter(|message| message.from_bot).skip(1).collect();
        assert_eq!(answers.len(), BURST.len(), "{}", chat.transcript());
        for (answer, (_, words)) in answers.iter().zip(BURST) {
            assert!(answer.text.starts_with(words), "in order: {}", chat.transcript());
        }
    }
    let sent = served.world.calls_of("sendMessage").len() - sent;
    assert_eq!(sent, technicians.len() * BURST.len(), "none is refused and sent again");
}

/// "This interaction failed": who presses late, on a pole without signal, presses in vain.
#[tokio::test(flavor = "multi_thread")]
async fn a_press_that_is_too_late_to_be_answered_still_acts() {
    let mut served = Served::start().await;
    let (teo, chat) = served.teo().await;
    held(&served, &teo, &chat).await;
    plays(&teo, &chat, &[(Says("/devolver"), "Devolvido")]).await;
    served.bot.caught_up().await;
    served.kill();
    let (before, answered) = (chat.messages(), served.world.calls_of("answerCallbackQuery").len());
    teo.presses(&chat, "🛟 Resgatar");
    served.world.forward(Duration::from_secs(20 * 60));
    served.serve();
    reads(&chat, &before, "agora é com você").await;
    chat.wait_for(|_| served.world.calls_of("answerCallbackQuery").len() > answered).await;
    plays(&teo, &chat, &[(Presses("💬 Comentar"), "Quem pode ler")]).await;
    assert!(served.stop());
    assert!(!served.log_says("too old"), "that is nobody's trouble: {}", served.logged());
}

/// Names stand in the payload of buttons, and those with accents break it.
#[tokio::test(flavor = "multi_thread")]
async fn names_of_any_length_with_accents_fit_their_buttons() {
    const LONG: &str = "Conceição Antônia Gonçalves Brandão de Araújo e Assunção Fictícia (manutenção)";
    let mut served = Served::set_up().await;
    served.run(&["operator", "add", "31", LONG, "--may", "all"]);
    served.serve();
    let (teo, chat) = served.teo().await;
    plays(&teo, &chat, &UNTIL_CLAIMED[..1]).await;
    let found = does(&teo, &chat, &Says("quitéria fict"), "Qual destes?").await;
    let lines = does(&teo, &chat, &Presses(&label(&found, "1005 · Quitéria")), "Qual conexão?").await;
    let line = lines.keyboard[0][0].clone();
    plays(&teo, &chat, &[(Presses(&line), "Como o cliente"), (Presses("★ Através de um técnico"), "Quem é o")]).await;
    let long = label(&chat.last(), "Conceição");
    assert!(long.ends_with('…'), "{long}");
    plays(&teo, &chat, &[(Presses(&long), "Escreva o relato")]).await;
    let summary = does(&teo, &chat, &Says("Não há sinal na televisão."), "Confira a primeira etapa").await;
    assert!(summary.text.contains(LONG), "{}", summary.text);
    for call in served.world.calls_of("sendMessage") {
        let rows = call.parameters["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default();
        for button in rows.iter().filter_map(Value::as_array).flatten() {
            let payload = button["callback_data"].as_str().expect("each asks the bot");
            assert!(payload.len() <= 64 && payload.is_ascii(), "{payload}");
        }
    }
    served.world.assert_fits();
}

/// One conversation for ever, numbers that are used again, tickets that open again, and drafts that are gone.
#[tokio::test(flavor = "multi_thread")]
async fn each_opening_is_a_ticket_of_its_own_and_no_draft_is_dropped_silently() {
    let served = Served::start().await;
    let (teo, chat) = served.teo().await;
    let first = served.ticket();
    plays(&teo, &chat, &UNTIL_CLAIMED[..4]).await;
    plays(
        &teo,
        &chat,
        &[
            (Says("/abrir"), "Retomar, ou descartar?"),
            (Presses("Retomar rascunho"), "Como o cliente entrou em contato?"),
            (Says("/ver"), "Guardei o rascunho"),
            (Says("/continuar"), "Como o cliente entrou em contato?"),
        ],
    )
    .await;
    plays(&teo, &chat, &UNTIL_CLAIMED[4..]).await;
    let mine = does(&teo, &chat, &Says("/meus"), "Seus atendimentos").await;
    let numbers: Vec<_> =
        mine.keyboard.iter().flatten().map(|label| label.split(' ').next().expect("a word")).collect();
    assert_eq!(numbers.len(), 2, "{numbers:?}");
    assert!(numbers.contains(&&*first) && numbers[0] != numbers[1], "{first}: {numbers:?}");
    let end = format!("/finalizar {first}");
    plays(
        &teo,
        &chat,
        &[
            (Says(&end), "classificação de encerramento"),
            (Presses("★ Resolvido no local"), "avalie"),
            (Presses("Não"), "último comentário"),
            (Presses("Sem comentário"), "Finalizar este atendimento?"),
            (Presses("Confirmar"), "finalizado"),
        ],
    )
    .await;
    let late = format!("/comentar {first} Voltou a cair.");
    plays(&teo, &chat, &[(Says(&late), "está finalizado")]).await;
}

/// What somebody changes in a message stays as it was for everybody else.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_message_changes_the_comment_it_became() {
    let mut served = Served::start().await;
    let (teo, chat) = served.teo().await;
    held(&served, &teo, &chat).await;
    plays(&teo, &chat, &[(Says("/comentar"), "Quem pode ler"), (Presses("🔴 Privado"), "Escreva o comentário")]).await;
    let before = chat.messages().len();
    let comment = teo.says(&chat, "Poste trocado.");
    hears(&chat, before, "Comentário gravado").await;
    let before = chat.messages().len();
    teo.edits(&chat, comment, "Poste e caixa trocados.");
    hears(&chat, before, "Comentário editado").await;
    served.kill();
    let before = chat.messages().len();
    teo.edits(&chat, comment, "Poste, caixa e cabo trocados.");
    served.serve();
    hears(&chat, before, "Comentário editado").await;
    let history = does(&teo, &chat, &Says("/historico"), "Histórico ·").await;
    assert!(history.text.contains("[PRIVADO] Poste, caixa e cabo trocados. (editado"), "{}", history.text);
    assert!(!history.text.contains("Poste trocado."), "{}", history.text);
    // What became nothing changes nothing, and the person is told.
    let before = chat.messages().len();
    let asked = teo.says(&chat, "/fila");
    hears(&chat, before, "A fila está vazia").await;
    teo.edits(&chat, asked, "/meus");
    hears(&chat, before, "não muda nada").await;
}
