//! What people complain of with other bots where several people read one chat, or none can read it any more. Each test is
//! a complaint, as in `complaints.rs`.

use bote_world::telegram::{Chat, Effect, Failure, Message, Person};

use crate::served::{Deed::*, SOON, Served, does, hears, plays, reads};

/// The supervisor of the stories, who may do everything.
const ANA: i64 = 1;
/// Another technician.
const CAIO: i64 = 4;

/// The group is the staff's from now on, and the bot in it.
async fn team(served: &Served, ana: &Person, group: &Chat) {
    group.adds(&served.bot);
    plays(ana, group, &[(Says("/canal equipe"), "Este grupo é da equipe")]).await;
}

/// Answers a message of the bot, as groups want it; the answer to that.
async fn answers(person: &Person, group: &Chat, to: &Message, words: &str, answer: &str) -> Message {
    let before = group.messages();
    person.replies(group, to.id, words);
    reads(group, &before, answer).await
}

/// Presses a button of a certain message; the answer.
async fn presses_on(person: &Person, group: &Chat, of: &Message, label: &str, answer: &str) -> Message {
    let before = group.messages();
    person.presses_on(group, of.id, label);
    reads(group, &before, answer).await
}

/// How often a message to a chat was tried.
fn tried(served: &Served, chat: &Chat) -> usize {
    let calls = served.world.calls_of("sendMessage");
    calls.iter().filter(|call| call.parameters["chat_id"] == chat.id()).count()
}

/// Says something whose answer Telegram holds back once, for a second; returns when it has.
async fn is_held_up(served: &Served, person: &Person, group: &Chat, words: &str) {
    let before = tried(served, group);
    served.world.fail("sendMessage", 1, Failure::TooManyRequests(1), Effect::Undone);
    person.says(group, words);
    group.wait_for(|_| tried(served, group) > before).await;
}

/// A ticket is stuck because its channel was deleted, or its customer blocked the bot.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_goes_on_when_the_bot_is_blocked_or_removed_or_a_topic_is_gone() {
    let served = Served::start().await;
    let (teo, chat) = served.teo().await;
    let (ana, hers) = served.bound(ANA, "Ana").await;
    let forum = served.world.forum("Campo", &[&ana, &teo]);
    team(&served, &ana, &forum).await;
    let show = format!("/ver {}", served.ticket());

    // Who blocks the bot is told of nothing; the colleague who takes over is.
    let before = tried(&served, &chat);
    teo.blocks(&served.bot);
    plays(&ana, &hers, &[(Says(&show), "Téo Exemplo"), (Presses("🛟 Assumir"), "agora é com você")]).await;
    chat.wait_for(|_| tried(&served, &chat) > before).await;
    // The topic in which something was asked is deleted, and then the bot removed from the group.
    let topic = forum.topic("Poste 7");
    for gone in [&topic, &forum] {
        is_held_up(&served, &ana, gone, "/fila").await;
        let before = tried(&served, &forum);
        match gone.thread() {
            Some(_) => gone.delete_topic(),
            None => gone.removes(&served.bot),
        }
        gone.wait_for(|_| tried(&served, &forum) > before).await;
        plays(&ana, &hers, &[(Says("/meus"), "Seus atendimentos")]).await;
    }
    forum.adds(&served.bot);
    plays(&ana, &forum, &[(Says("/fila"), "A fila está vazia")]).await;
    teo.unblocks(&served.bot);
    let card = does(&teo, &chat, &Says(&show), "🎫").await;
    assert!(card.text.contains("Ana Exemplo"), "{}", card.text);
    plays(&ana, &hers, &[(Says("comentar Poste trocado."), "Quem pode ler")]).await;
    plays(&ana, &hers, &[(Presses("🔵 Público"), "Comentário gravado")]).await;
}

/// Anybody acts, colleagues answer for each other, and notes of the staff stand where customers read them.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_refused_and_private_comments_stay_out_of_groups() {
    let mut served = Served::set_up().await;
    served.run(&["operator", "add", "30", "Nilo Exemplo (estágio)", "--may", "ticket.read,customer.read"]);
    served.serve();
    let (teo, chat) = served.teo().await;
    let (ana, _) = served.bound(ANA, "Ana").await;
    let (nilo, _) = served.bound(30, "Nilo").await;
    let neighbour = served.world.person("Zé", "pt-br");
    let staff = served.world.supergroup("Campo", &[&ana, &teo, &nilo]);
    team(&served, &ana, &staff).await;
    let others = served.world.supergroup("Condomínio", &[&neighbour, &teo]);
    others.adds(&served.bot);
    let protocol = served.ticket();
    let [show, history] = ["/ver", "/historico"].map(|word| format!("{word} {protocol}"));

    plays(&teo, &chat, &[(Says(&show), "Zilda Fictícia"), (Says("comentar Ir em dupla."), "Quem pode ler")]).await;
    plays(&teo, &chat, &[(Presses("🔴 Privado"), "Comentário gravado")]).await;
    for words in [&show, &history] {
        let read = does(&teo, &staff, &Says(words), &protocol).await;
        assert!(read.text.contains("[PRIVADO]"), "that there is one is said: {}", read.text);
    }
    let claim = format!("/resgatar {protocol}");
    plays(&nilo, &staff, &[(Says(&claim), "Você não tem a permissão ticket.claim")]).await;
    // A button answers for whom it was asked, whoever presses it.
    let comment = format!("/comentar {protocol} Chave com o vizinho.");
    let asked = does(&teo, &staff, &Says(&comment), "Quem pode ler").await;
    presses_on(&nilo, &staff, &asked, "🔵 Público", "Nilo Exemplo (estágio)\nEsse botão é de uma pergunta anterior")
        .await;
    presses_on(&teo, &staff, &asked, "🔴 Privado", "Comentário gravado").await;
    plays(&teo, &others, &[(Says(&show), "só pode ser mostrado em conversa privada")]).await;
    let before = others.messages().len();
    neighbour.says(&others, &show);
    let read = does(&teo, &chat, &Says(&history), "[PRIVADO] Chave com o vizinho.").await;
    assert!(read.text.contains("[PRIVADO] Ir em dupla."), "{}", read.text);
    served.bot.caught_up().await;
    assert_eq!(others.messages().len(), before + 1, "a stranger is told nothing: {}", others.transcript());

    let by_the_bot = |group: &Chat| -> Vec<Message> {
        group.messages().into_iter().filter(|message| message.from_bot && !message.service).collect()
    };
    for message in by_the_bot(&staff).iter().chain(&by_the_bot(&others)) {
        let private =
            ["Zilda", "Ir em dupla", "Chave com o vizinho"].iter().find(|words| message.text.contains(**words));
        assert_eq!(private, None, "{}", message.text);
    }
    assert!(by_the_bot(&others).iter().all(|message| !message.text.contains(&protocol)), "{}", others.transcript());
}

/// A group becomes a supergroup, gets another number, and the bot writes into the void.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_becomes_a_supergroup_is_served_as_before_and_what_waits_arrives_there() {
    let served = Served::start().await;
    let (teo, _) = served.teo().await;
    let (ana, _) = served.bound(ANA, "Ana").await;
    let group = served.world.group("Campo", &[&ana, &teo]);
    team(&served, &ana, &group).await;
    let protocol = served.ticket();
    plays(&teo, &group, &[(Says(&format!("/ver {protocol}")), protocol.as_str())]).await;
    is_held_up(&served, &teo, &group, "/fila").await;
    let grown = group.upgrades();
    hears(&grown, 0, "A fila está vazia").await;
    // It is the staff's still, and his ticket the one he means.
    plays(&teo, &grown, &[(Says("/ver"), protocol.as_str())]).await;
    let listed = served.run(&["channel", "list"]).join("\n");
    assert!(listed.contains(&grown.id().to_string()) && !listed.contains(&group.id().to_string()), "{listed}");
}

/// The same, where the bot learns of it by the refusal of what it sends.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_refused_because_the_group_grew_goes_to_the_supergroup() {
    let served = Served::start().await;
    let (teo, _) = served.teo().await;
    let (ana, _) = served.bound(ANA, "Ana").await;
    served.world.set_patience(SOON);
    let group = served.world.group("Campo", &[&ana, &teo]);
    team(&served, &ana, &group).await;
    let protocol = served.ticket();
    plays(&teo, &group, &[(Says(&format!("/ver {protocol}")), protocol.as_str())]).await;
    // For seven seconds nothing comes in behind this question.
    served.world.fail("getUpdates", 3, Failure::InternalError, Effect::Undone);
    is_held_up(&served, &teo, &group, "/fila").await;
    let before = tried(&served, &group);
    let grown = group.upgrades();
    hears(&grown, 0, "A fila está vazia").await;
    assert_eq!(tried(&served, &group), before + 1, "the old number was refused once");
    plays(&teo, &grown, &[(Says("/ver"), protocol.as_str())]).await;
}

/// Numbers of messages begin anew in a supergroup: none of them is one of the group it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_a_supergroup_is_not_taken_for_one_of_the_group_it_was() {
    let served = Served::start().await;
    let (teo, chat) = served.teo().await;
    let (ana, _) = served.bound(ANA, "Ana").await;
    let group = served.world.group("Campo", &[&ana, &teo]);
    team(&served, &ana, &group).await;
    let protocol = served.ticket();
    plays(&teo, &group, &[(Says(&format!("/comentar {protocol}")), "Quem pode ler")]).await;
    let asked = does(&teo, &group, &Presses("🔴 Privado"), "Escreva o comentário").await;
    let before = group.messages().len();
    let comment = teo.replies(&group, asked.id, "Poste trocado.");
    hears(&group, before, "Comentário gravado").await;
    is_held_up(&served, &teo, &group, "/meus").await;
    let grown = group.upgrades();
    hears(&grown, 0, "Seus atendimentos").await;
    while grown.last().id.0 + 1 < comment.0 {
        teo.says(&grown, "bom dia");
    }
    let before = grown.messages().len();
    let same = teo.says(&grown, "/fila");
    assert_eq!(same, comment, "the number comes again");
    hears(&grown, before, "A fila está vazia").await;
    teo.edits(&grown, same, "/meus");
    hears(&grown, before, "não muda nada").await;
    let history = does(&teo, &chat, &Says(&format!("/historico {protocol}")), "Histórico ·").await;
    assert!(history.text.contains("[PRIVADO] Poste trocado."), "{}", history.text);
}

/// All people are spoken to in the language of the server, and buttons work in that language only.
#[tokio::test(flavor = "multi_thread")]
async fn each_person_is_answered_in_their_language_in_a_group_too() {
    let served = Served::start().await;
    let (ana, _) = served.bound(ANA, "Ana").await;
    let (teo, _) = served.teo().await;
    let bia = served.world.person("Bia", "en");
    let chat = bia.chat(&served.bot);
    plays(&bia, &chat, &[(Says("/start"), "ask an administrator for a code")]).await;
    let welcome = does(&bia, &chat, &Says(&format!("/link {}", served.code(3))), "Sou o bote").await;
    plays(&bia, &chat, &[(Says("/language"), "Which language"), (Presses("English"), "I speak English now")]).await;
    // A button says what it does, not how it was called.
    presses_on(&bia, &chat, &welcome, "Fila", "The queue is empty").await;
    let group = served.world.supergroup("Campo", &[&ana, &teo, &bia]);
    team(&served, &ana, &group).await;
    plays(&bia, &group, &[(Says("/help"), "opens a ticket"), (Says("/meus"), "You hold no tickets")]).await;
    plays(&teo, &group, &[(Says("/ajuda"), "abre um atendimento"), (Says("/mine"), "Você não tem atendimentos")]).await;
    for scope in ["all_private_chats", "all_group_chats"] {
        for (language, line) in [("pt", "fila: "), ("en", "queue: "), ("", "fila: ")] {
            let menu = served.bot.commands(scope, language);
            assert!(menu.iter().any(|one| one.starts_with(line)), "{scope} {language:?}: {menu:?}");
        }
    }
}

/// A group counts as one person, and one answers the questions of the other.
#[tokio::test(flavor = "multi_thread")]
async fn colleagues_in_a_group_have_each_their_own_conversation_in_each_topic() {
    const ASKS: &str = "Primeira etapa · Qual é o cliente?";
    let served = Served::start().await;
    let (ana, _) = served.bound(ANA, "Ana").await;
    let (teo, _) = served.teo().await;
    let (caio, _) = served.bound(CAIO, "Caio").await;
    let forum = served.world.forum("Campo", &[&ana, &teo, &caio]);
    team(&served, &ana, &forum).await;
    let [to_teo, to_caio] = ["Téo Exemplo (campo)\n", "Caio Exemplo (campo)\n"];
    let his = does(&teo, &forum, &Says("/abrir"), &format!("{to_teo}{ASKS}")).await;
    let other = does(&caio, &forum, &Says("/abrir"), &format!("{to_caio}{ASKS}")).await;
    // Whichever message they answer, each answers for themselves.
    answers(&caio, &forum, &his, "1002", &format!("{to_caio}T.F. · 1002")).await;
    let line = answers(&teo, &forum, &other, "1001", &format!("{to_teo}Z.F. · 1001")).await;

    let topic = forum.topic("Poste 7");
    let there = does(&teo, &topic, &Says("/abrir"), &format!("{to_teo}{ASKS}")).await;
    answers(&teo, &topic, &there, "1003", &format!("{to_teo}A.F. · 1003")).await;
    assert!(topic.messages().iter().all(|message| message.topic.as_deref() == Some("Poste 7")));
    let general = forum.messages().into_iter().filter(|message| message.topic.is_none());
    assert!(general.into_iter().all(|message| !message.text.contains("1003")), "{}", forum.transcript());
    // Back in the forum, the question of then is open still.
    presses_on(&teo, &forum, &line, "Sem conexão", &format!("{to_teo}Z.F. · 1001")).await;
}
